"""What becomes of a race that the database decided: two people keep the same thing at once, and one
of them is told.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.errors import Refusal

UNIQUE, PARENT = "23505", "23503"
_SQLITE_UNIQUE = re.compile(
    r"UNIQUE constraint failed: (?:index '(?P<index>[^']+)'|(?P<table>\w+)\.)"
)


class TakenMeanwhile(Refusal):
    """Somebody else kept or removed at the same time what stands in the way of this."""

    slug = "taken-meanwhile"
    title = "Somebody was faster"
    status = 409


def lost_race(error: IntegrityError) -> TakenMeanwhile | None:
    """Return what to tell about `error`, None where it is no race but a fault of ours.

    A race is a unique key that somebody else has taken, or a row that is gone to which another was
    to belong.
    """
    state = getattr(error.__cause__, "sqlstate", None)
    if state == PARENT or "FOREIGN KEY constraint failed" in str(error):
        return TakenMeanwhile(
            "Somebody removed what this belongs to at the same time. Look at it again."
        )
    found = _SQLITE_UNIQUE.search(str(error))
    if state != UNIQUE and found is None:
        return None
    if state == UNIQUE:
        diagnosis = getattr(error.__cause__, "diag", None)
        name, table = (
            getattr(diagnosis, "constraint_name", None),
            getattr(diagnosis, "table_name", None),
        )
    else:
        assert found is not None
        name, table = found["index"], found["table"]
    noun = next((str(each._meta.verbose_name) for each in _tables(name, table)), "row")
    return TakenMeanwhile(
        f"Somebody kept a {noun} at the same time, and there can be only one of its kind. Nothing was kept here: "
        "look at theirs, then decide."
    )


def _tables(name: str | None, table: str | None) -> Iterator[type[models.Model]]:
    for each in apps.get_models():
        if each._meta.db_table == table or name in {
            constraint.name for constraint in each._meta.constraints
        }:
            yield each


class LostRaces:
    """Answers 409 in words, on every page, where a race was lost that the page itself did not
    answer.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        refusal = lost_race(exception) if isinstance(exception, IntegrityError) else None
        if refusal is None:
            return None
        return render(request, "409.html", {"refusal": refusal}, status=refusal.status)
