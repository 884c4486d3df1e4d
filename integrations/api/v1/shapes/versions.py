"""What versions look like, how two definitions differ, and what publishing and restoring answer."""

from integrations.api.v1.shapes.answer import Answer


class VersionRead(Answer):
    """A published version of a product; it never changes."""

    product: str
    number: int
    digest: str
    """Equal digest, equal definition."""
    published_at: str
    published_by: str | None
    """The person; null where a program published it."""
    note: str
    is_newest: bool
    url: str
    """Where its definition is read."""


class VersionPublished(Answer):
    """The version that holds from now on."""

    product: str
    version: int
    digest: str
    published_at: str
    note: str
    is_new: bool
    """False where nothing had changed since the newest version, which then stays."""
    url: str
    """Where the version is read."""


class DefinitionDifferences(Answer):
    """What differs between two definitions of a product, part by part."""

    product: str
    before: str
    """The number of a version, or draft."""
    after: str
    differences: list[str]
    """In words; the first 500."""
    count: int
    same: bool


class VersionRestored(Answer):
    """What restoring a version did to the draft, or would do where it was a trial."""

    product: str
    version: int
    draft: str
    """The digest of the draft: what `publish` takes as seen."""
    dry_run: bool
    changes: list[str]
    """What became other in the draft."""
    remains: list[str]
    """What is still other than in the version, such as pictures that were replaced since."""
