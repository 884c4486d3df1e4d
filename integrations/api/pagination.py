"""Lists are read page by page: `limit` entries behind the one that `after` names, in an order that
does not move.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from pydantic import Field

from integrations.api.endpoint import Call, answer_json
from integrations.api.reading import Query

MOST_LISTED = 100
LISTED = 50


class PageQuery(Query):
    """Which part of a list is asked for."""

    limit: Annotated[int, Field(ge=1, le=MOST_LISTED, description="How many entries at most.")] = (
        LISTED
    )
    after: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Taken from `next` of the page before."
        ),
    ] = None


def answer_page[Row](
    call: Call,
    query: PageQuery,
    found: Sequence[Row],
    told: Callable[[Row], Mapping[str, Any]],
    mark: Callable[[Row], object],
) -> HttpResponse:
    """Answer a page of `found`, which holds one row more than `query.limit` where another page
    follows.

    `told` returns an entry, `mark` what names the last one to the next page.
    """
    shown = found[: query.limit]
    following = None
    if len(found) > query.limit:
        asked = query.model_dump(exclude_none=True, exclude_defaults=True) | {
            "after": str(mark(shown[-1]))
        }
        following = call.address(f"{call.request.path}?{urlencode(asked)}")
    return answer_json({"data": [told(row) for row in shown], "next": following})
