"""The register of actions: each kind of step says what it needs, what it would do, and does it (ADR
0184).

Rooms further left register more, such as one that pushes to a shop.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from catalog.models import Merchant
from integrations.automations.errors import StepRefused


class Settings(BaseModel):
    """What people say of a step; unknown fields are refused, and nothing is taken for what it is
    not.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


@dataclass(frozen=True)
class Work[Said: Settings]:
    """A step that is to be done: for whom, after what event, with which settings.

    `event` is the whole event as endpoints are sent it. `step` is the id that goes out with the
    effect, the same at every attempt. `outputs` are those of the steps before, in order.
    """

    merchant: Merchant
    automation: str
    name: str
    run: str
    step: str
    position: int
    event: Mapping[str, Any]
    settings: Said
    outputs: Sequence[Mapping[str, Any]] = ()
    seconds: float = 60.0

    @property
    def data(self) -> Mapping[str, Any]:
        """What the event says of its object."""
        data: Mapping[str, Any] = self.event["data"]
        return data


@dataclass(frozen=True)
class Done:
    """A step was done: what people are told, what came back in short, and what later steps may use."""

    told: str
    answer: str = ""
    output: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """A person has to decide before the run goes on."""

    title: str
    instructions: str


class StepFailed(Exception):
    """A step was not done. `is_final`: trying again would not help. `pause`: the other side says
    when to come again.
    """

    def __init__(
        self, told: str, is_final: bool = False, answer: str = "", pause: timedelta | None = None
    ) -> None:
        super().__init__(told)
        self.told = told
        self.is_final = is_final
        self.answer = answer
        self.pause = pause


@dataclass(frozen=True)
class Preview:
    """What a step would do: a sentence, and more of it by name, as plain values."""

    told: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Action[Said: Settings]:
    """A kind of step.

    `check` refuses, with a Refusal, settings that can do nothing for events of a kind; `preview`
    changes nothing anywhere. `choices` are what people choose from for a field, as pairs of a value
    and its label.
    """

    kind: str
    title: str
    told: str
    settings: type[Said]
    check: Callable[[Merchant, str, Said], None]
    preview: Callable[[Work[Said]], Preview]
    do: Callable[[Work[Said]], Done | Ask]
    choices: Mapping[str, Callable[[Merchant], list[tuple[str, str]]]] = field(default_factory=dict)


_ACTIONS: dict[str, Action[Any]] = {}


def register(action: Action[Any]) -> None:
    """Have automations offer `action`; rooms do so when they are ready."""
    _ACTIONS[action.kind] = action


def actions() -> Mapping[str, Action[Any]]:
    """Return all actions by their kind."""
    return _ACTIONS


def action_of(kind: str) -> Action[Any]:
    """Return the action of that kind; refuse with StepRefused where there is none."""
    found = _ACTIONS.get(kind)
    if found is None:
        raise StepRefused(f"There is no kind of step '{kind}'. There are {', '.join(_ACTIONS)}.")
    return found


def read_settings(kind: str, document: Any) -> Settings:
    """Return the settings that plain JSON values tell; refuse with StepRefused, each place told as
    a pointer.
    """
    try:
        return action_of(kind).settings.model_validate(document)  # type: ignore[no-any-return]
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        errors = [
            {"pointer": "".join(f"/{part}" for part in each["loc"]), "detail": each["msg"]}
            for each in found
        ]
        first = errors[0]
        raise StepRefused(
            f"{first['pointer'] or 'It'}: {first['detail']}.", errors=errors
        ) from None
