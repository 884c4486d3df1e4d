"""Who acts: a person, a key or a client, a command or a job; known wherever something is written
down of it.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest, HttpResponse

type ActorKind = Literal["person", "key", "client", "command", "job", "system"]


@dataclass(frozen=True)
class Actor:
    """Who acts. `reference` names a row, such as user:3 or key:7; `name` is what people read."""

    kind: ActorKind
    name: str = ""
    reference: str = ""


SYSTEM = Actor("system")
_who: ContextVar[Callable[[], Actor]] = ContextVar("acting", default=lambda: SYSTEM)


def actor() -> Actor:
    """Return who acts here."""
    return _who.get()()


def acts(who: Callable[[], Actor]) -> None:
    """Let somebody be the one who acts, to the end of the block of `acting` around it."""
    _who.set(who)


class acting:
    """Have somebody act while the block lasts; who it is is asked when something is written down."""

    # A class, since it stands around every request: a generator takes three times the calls.
    def __init__(self, who: Callable[[], Actor]) -> None:
        self._who = who

    def __enter__(self) -> None:
        self._token = _who.set(self._who)

    def __exit__(self, *exception: object) -> None:
        _who.reset(self._token)


class Acting:
    """A middleware: whoever is logged in acts, until a credential of the API tells otherwise."""

    def __init__(self, inner: Callable[[HttpRequest], HttpResponse]) -> None:
        self._inner = inner

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(lambda: _person(request)):
            return self._inner(request)


def _person(request: HttpRequest) -> Actor:
    user = request.user
    if user.pk is None:
        return SYSTEM
    return Actor("person", user.get_username(), f"user:{user.pk}")
