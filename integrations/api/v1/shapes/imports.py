"""What imports look like, field by field."""

from typing import Any, Literal

from integrations.api.v1.shapes.answer import Answer


class ImportedProduct(Answer):
    """A product that was imported, or would be where it was a trial."""

    product: str
    draft: str
    """The digest of its draft."""
    is_new: bool
    changes: list[str]
    """What became other in a draft that was there."""
    prices: list[str]
    """What the data says otherwise of price lists; it is not taken."""
    notes: list[str]
    findings: list[dict[str, Any]]
    """What of it could not be said as it was."""


class ImportResult(Answer):
    """What came of an import."""

    notes: list[str]
    left_out: list[str]
    """What was not imported, and why."""
    products: list[ImportedProduct]


class ImportError(Answer):
    """A place that is wrong."""

    pointer: str
    detail: str


class ImportProblem(Answer):
    """Why nothing was imported."""

    code: str
    detail: str
    errors: list[ImportError] = []


class Import(Answer):
    """An upload that becomes drafts."""

    id: str
    format: Literal["uvl", "oca"]
    state: Literal["waiting", "running", "done", "refused", "failed"]
    dry_run: bool
    started_at: str
    ended_at: str | None
    result: ImportResult | None
    """Once it is done."""
    problem: ImportProblem | None
    """Once it is refused or failed; nothing was kept then."""
