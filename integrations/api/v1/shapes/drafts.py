"""What is answered about drafts, field by field."""

from integrations.api.v1.shapes.answer import Answer


class RenamedPlace(Answer):
    """A place that names a renamed key, before and after."""

    path: str
    before: str
    after: str


class RenameDoubt(Answer):
    """A place that may name a renamed key and is left as it is; `why` says why."""

    path: str
    text: str
    why: str


class Renaming(Answer):
    """What a key's new name changes in a draft; `doubts` are for somebody to look at."""

    product: str
    places: list[RenamedPlace]
    doubts: list[RenameDoubt]


class DraftLink(Answer):
    """A link that shows a draft to whoever has it; `draft` is the beginning of the draft's digest."""

    product: str
    url: str
    expires_at: str
    draft: str


class ProductStanding(Answer):
    """Whether a product is on sale."""

    key: str
    version: int
    """The newest version."""
    retired_at: str | None
    """Since when it is not sold any more; null while it is."""
    url: str
    """Where the whole product is read."""
