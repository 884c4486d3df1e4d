"""What storages look like, field by field."""

from typing import Any, Literal

from integrations.api.v1.shapes.answer import Answer


class Storage(Answer):
    """A place that steps put files into; its secret is told nowhere."""

    id: str
    name: str
    kind: Literal["local", "s3", "sftp"]
    settings: dict[str, Any]
    has_secret: bool
    created_at: str
    url: str


class StoragePage(Answer):
    """Some of the storages."""

    data: list[Storage]
    next: str | None
