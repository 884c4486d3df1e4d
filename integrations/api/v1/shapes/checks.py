"""What checks and their findings look like, field by field."""

from typing import Any, Literal

from integrations.api.v1.shapes.answer import Answer


class AcceptedReason(Answer):
    """That a finding may stay, and why."""

    reason: str
    by: str = ""
    at: str = ""


class Finding(Answer):
    """One remark of the checks about a draft."""

    severity: Literal["error", "warning", "note"]
    """An error stops publishing, a warning should be looked at, a note may be read."""
    code: str
    """The kind of remark, such as value-dead."""
    path: str
    """The place in the product file, such as options/top/values/glass; empty for the whole."""
    sentence: str
    """What is wrong and what to do."""
    identity: str
    """Stays the same from check to check while the matter does."""
    also: list[str] | None = None
    """Further places of which the same is said."""
    example: dict[str, Any] | None = None
    """The choices that show it."""
    accepted: AcceptedReason | None = None
    """Where somebody accepted the finding."""


class Check(Answer):
    """One check of a draft."""

    id: str
    product: str
    draft: str
    """The digest of the draft that is checked: what `publish` takes as seen."""
    state: Literal["running", "done", "stopped"]
    stage: str
    """What is being looked at."""
    done: int
    """How much of the stage is done, of `total`."""
    total: int
    started_at: str
    findings: list[Finding]
    """Errors first; empty until the check is done."""


class AcceptedFinding(Answer):
    """A finding that may stay, and why."""

    identity: str
    code: str
    path: str
    reason: str
    by: str
    at: str


class AcceptedFindings(Answer):
    """All that is accepted of the findings about a product."""

    data: list[AcceptedFinding]
