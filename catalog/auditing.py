"""What is written down of changes: who, what, when, before and after, in the transaction of the change."""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from django.db.models import Model

from catalog.acting import actor
from catalog.models import Merchant
from catalog.models.audit import AuditEntry
from catalog.noting import noted

MOST_BYTES = 8_000
"""Of what is kept of one side of a change, as JSON."""
MOST_TEXT = 500
MOST_SENTENCES = 50
HIDDEN = "•••"
COSTS_FIELDS = frozenset({"cost", "costs", "least_over_cost"})
_OF_COSTS = re.compile(r"\bcosts?\b")
_SECRET = re.compile(
    r"secret|password|passphrase|token|signature|private|digest|credential|checksum|access_key|"
    # Whatever a header is called, what it says may let in; a chain_key is that of a certificate.
    r"^headers$|header_values|authorization|api[-_]?key|chain_key",
    re.IGNORECASE,
)


def record(
    merchant: Merchant,
    action: str,
    key: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    changes: Sequence[str] = (),
) -> None:
    """Write down that whoever acts here did `action`, such as "product.published", to the thing
    `key`.

    Of two sides only fields that differ are kept, of each at most MOST_BYTES, and nothing of what a
    field holds that is called like a secret. A change in which nothing differs is none, and is not
    written down.
    """
    if before is not None and after is not None:
        before, after = _differing(before, after)
        if not before and not after and not changes:
            return
    who = actor()
    more = len(changes) - MOST_SENTENCES
    sentences = [each[:MOST_TEXT] for each in changes[:MOST_SENTENCES]]
    AuditEntry.objects.create(
        merchant=merchant,
        actor_kind=who.kind,
        actor=who.name[:150],
        actor_reference=who.reference[:40],
        action=action,
        thing=action.partition(".")[0],
        key=key[:200],
        changes=[*sentences, *([f"… and {more} more"] if more > 0 else ())],
        before=_bounded(before),
        after=_bounded(after),
        request_id=noted().get("request_id", ""),
    )


def facts_of(row: Model) -> dict[str, Any]:
    """Return what a row says, field by field, as it is written down."""
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }


def _differing(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [
        name for name in {**before, **after} if _plain(before.get(name)) != _plain(after.get(name))
    ]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _bounded(side: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return one side of a change as plain JSON values without secrets, small enough to keep; the
    largest fields are the first to be cut.
    """
    if side is None:
        return None
    told: dict[str, Any] = {name: _without_secrets(name, each) for name, each in side.items()}
    sizes = {name: len(orjson.dumps(each)) for name, each in told.items()}
    for name in sorted(sizes, key=lambda each: -sizes[each]):
        if sum(sizes.values()) <= MOST_BYTES:
            break
        told[name] = f"… ({sizes[name]:,} bytes)"
        sizes[name] = len(told[name])
    return dict(list(told.items())[:MOST_SENTENCES])


def _without_secrets(name: str, value: Any) -> Any:
    if _SECRET.search(name) and value not in (None, ""):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(each): _without_secrets(str(each), inner) for each, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets("", each) for each in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    """Return a value as JSON keeps it, texts at most MOST_TEXT long."""
    if value is None or isinstance(value, bool | int | float):
        # What is too large for a number of JSON is told as a text.
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    text = str(value).replace("\0", "")
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def hidden_costs(entry: AuditEntry) -> AuditEntry:
    """Return an entry, not to be saved, as those see it who must not see costs."""
    told = copy(entry)
    told.changes = without_costs(entry.changes)
    told.before, told.after = _without_costs(entry.before), _without_costs(entry.after)
    return told


def without_costs(sentences: Sequence[str]) -> list[str]:
    """Return sentences about changes without the figures, where costs are among them."""
    return [
        f"{told.partition(': ')[0]}: changed" if _OF_COSTS.search(told) else told
        for told in sentences
    ]


def _without_costs(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if name in COSTS_FIELDS else _without_costs(each)
            for name, each in value.items()
        }
    return [_without_costs(each) for each in value] if isinstance(value, list) else value
