"""Lists are read page by page: `limit` entries behind the place where the page before ended, in an
order that does not move.

That place is told as a sealed word: it says nothing of how many rows there are, holds for one list
of one merchant alone, and stays when what stood there is deleted.
"""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from pydantic import Field

from catalog.errors import NotFound
from integrations.api.endpoint import Call, Operation, answer_json
from integrations.api.problems import MalformedInput
from integrations.api.reading import Query

MOST_LISTED = 100
LISTED = 50
PART = "application/vnd.configurator.part+json"
"""The media type of a page whose entries have only the fields that were asked for."""
_TAG_BYTES = 8


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
    fields: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z_]{1,40}(,[a-z_]{1,40}){0,49}$",
            description="Only these fields of each entry, with commas between them; all, without it.",
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

    `told` returns an entry, `mark` what names the last one to the next page. Refuses with
    MalformedInput fields that entries do not have.
    """
    names = _fields_asked(call, query)
    shown = found[: query.limit]
    following = None
    if len(found) > query.limit:
        asked = query.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | {
            "after": str(mark(shown[-1]))
        }
        following = call.address(f"{call.request.path}?{urlencode(asked)}")
    entries = [told(row) for row in shown]
    if names is None:
        return answer_json({"data": entries, "next": following})
    parts = [{name: each for name, each in entry.items() if name in names} for entry in entries]
    answer = answer_json({"data": parts, "next": following})
    answer.headers["Content-Type"] = PART
    return answer


def fields_of(declared: Operation) -> tuple[str, ...]:
    """Return the fields that the entries of a list have, as its operation declares them."""
    (entry,) = get_args(declared.answers[200].model_fields["data"].annotation)
    return tuple(entry.model_fields)


def _fields_asked(call: Call, query: PageQuery) -> frozenset[str] | None:
    if query.fields is None:
        return None
    names = frozenset(query.fields.split(","))
    known = fields_of(call.declared)
    if unknown := sorted(names.difference(known)):
        told = f"there is no field {unknown[0]}; there are {', '.join(known)}"
        raise MalformedInput(
            "Ask for fields that entries of this list have.",
            errors=[{"parameter": "fields", "detail": told}],
        )
    return names


def marked(call: Call, *position: int) -> str:
    """Return the place where a page ends as a word for `after`."""
    place = struct.pack(f">{len(position)}q", *position)
    tag = _digest(call, b"tag", place)[:_TAG_BYTES]
    hidden = _mixed(place, _digest(call, b"hide", tag))
    return urlsafe_b64encode(tag + hidden).rstrip(b"=").decode()


def position(call: Call, query: PageQuery, numbers: int = 1) -> tuple[int, ...]:
    """Return the place that `query.after` names, in so many `numbers`; empty where the list begins.

    Refuses with NotFound a word that was not given for this list.
    """
    if query.after is None:
        return ()
    try:
        content = urlsafe_b64decode(query.after + "=" * (-len(query.after) % 4))
        tag, hidden = content[:_TAG_BYTES], content[_TAG_BYTES:]
        place = _mixed(hidden, _digest(call, b"hide", tag))
        is_ours = hmac.compare_digest(_digest(call, b"tag", place)[:_TAG_BYTES], tag)
        if is_ours:
            return struct.unpack(f">{numbers}q", place)
    except (ValueError, struct.error):
        pass
    raise NotFound("There is no such page. Begin again without 'after'.")


def _digest(call: Call, purpose: bytes, content: bytes) -> bytes:
    salt = f"integrations.api.pagination {call.caller.merchant.pk} {call.request.path}"
    return salted_hmac(salt, purpose + content, algorithm="sha256").digest()


def _mixed(content: bytes, key: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(content, key, strict=False))
