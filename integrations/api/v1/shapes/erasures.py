"""What erasures look like, field by field."""

from integrations.api.v1.shapes.answer import Answer


class Erased(Answer):
    """How much was erased."""

    erased: int
    """Configurations, and quotes that were given without one."""
    more: bool
    """There is more of this customer: ask again."""


class Erasure(Answer):
    """That personal data was erased; not whose."""

    configuration: str | None
    quotes: list[str]
    by: str
    at: str


class ErasurePage(Answer):
    """Some of the erasures, newest first."""

    data: list[Erasure]
    next: str | None
