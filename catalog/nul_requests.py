"""Requests that carry the character NUL: refused before a view sees them, for no database keeps or
compares it.
"""

from collections.abc import Callable, Container, Iterable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from catalog.nul import NUL

PLAIN_FORM, _PARTS = "application/x-www-form-urlencoded", "multipart/form-data"


def fields_with_nul(
    request: HttpRequest, kinds: Container[str] = (PLAIN_FORM, _PARTS)
) -> list[str]:
    """Return the parameters and fields of `request` that hold the character; `` for its path. Files
    are not read.

    Fields are those of a form of one of `kinds`.
    """
    found = [""] if NUL in request.path_info else []
    if "%00" in request.META.get("QUERY_STRING", "") or NUL in request.META.get("QUERY_STRING", ""):
        found += _of(request.GET.lists())
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return found
    is_plain = request.content_type == PLAIN_FORM and not (
        b"%00" in request.body or NUL.encode() in request.body
    )
    if request.content_type in kinds and not is_plain:
        found += _of(request.POST.lists())
    return found


def _of(fields: Iterable[tuple[str, list[Any]]]) -> list[str]:
    return [name for name, values in fields if NUL in name or any(NUL in each for each in values)]


def refuses_nul[View: Callable[..., Any]](view: View) -> View:
    """Mark a view that looks for the character by itself, since it answers in a way of its own."""
    view.refuses_nul = True  # type: ignore[attr-defined]
    return view


class NoNul:
    """Answers 400 to requests with the character in path, parameters or fields; a cookie with it
    was never sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Cookies may be those of other software of the same host: nobody is turned away for them.
        for name in [
            name for name, value in request.COOKIES.items() if NUL in name or NUL in value
        ]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *arguments: Any) -> None:
        is_marked = getattr(getattr(view, "view_class", view), "refuses_nul", False)
        if not is_marked and fields_with_nul(request):
            raise SuspiciousOperation("The request holds the character NUL.")
