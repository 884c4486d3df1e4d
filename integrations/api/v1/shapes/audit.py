"""What entries of the audit log look like, field by field."""

from typing import Any, Literal

from integrations.api.v1.shapes.answer import Answer


class AuditActor(Answer):
    """Who did it, as it was called then."""

    kind: Literal["person", "key", "client", "command", "job", "system"]
    name: str
    id: str
    """What names it for `actor`, such as user:3, key:7 or client:2."""


class AuditedThing(Answer):
    """What it was done to."""

    kind: str
    """Such as product, price-list or asset."""
    key: str


class AuditEntry(Answer):
    """One thing that somebody did; it never changes."""

    id: int
    at: str
    actor: AuditActor
    action: str
    """Such as product.published or price-list.changed."""
    object: AuditedThing
    changes: list[str]
    """What became other, in words; the first 50."""
    before: dict[str, Any] | None
    """The fields that became other, as they were; at most 8 kB, without secrets."""
    after: dict[str, Any] | None
    request_id: str
    """Finds the request in the server's log."""


class AuditPage(Answer):
    """Some of the audit log, the newest first."""

    data: list[AuditEntry]
    next: str | None
