"""Lists are read page by page: `limit` entries behind the one that `after` names, in an order that does not move."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field

from integrations.api.endpoint import Call
from integrations.api.reading import Query

MOST_LISTED = 100
LISTED = 50


class PageQuery(Query):
    """Which part of a list is asked for."""

    limit: Annotated[int, Field(ge=1, le=MOST_LISTED, description="How many entries at most.")] = LISTED
    after: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Taken from `next` of the page before."),
    ] = None


def page(call: Call, query: PageQuery, entries: Sequence[dict[str, Any]], last: str | None) -> dict[str, Any]:
    """Return `entries` as a page; `last` names the entry that the next page follows, None when there is none."""
    following = None
    if last is not None:
        asked = query.model_dump(exclude_none=True, exclude_defaults=True) | {"after": last}
        following = call.address(f"{call.request.path}?{urlencode(asked)}")
    return {"data": list(entries), "next": following}
