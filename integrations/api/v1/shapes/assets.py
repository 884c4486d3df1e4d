"""What assets look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer


class AssetModel(Answer):
    """What the file of a 3D model tells."""

    lower: list[int | float]
    """The lower corner of its bounds in millimetres: to the right, to the back, up."""
    upper: list[int | float]
    size: list[int | float]
    triangles: int
    variants: list[str]
    """Its looks, as the variant of a shape names them."""
    materials: list[str]
    """What the slots of a shape name; "" for one without a name."""
    parts: list[str]
    warnings: list[str]
    """What may trouble who sees it, such as a file that is too large for phones."""


class Asset(Answer):
    """A picture or a 3D model under a name."""

    name: str
    kind: Literal["picture", "model"]
    media_type: str
    digest: str
    """The SHA-256 of its content: that of a model with its credit told in it."""
    size: int
    """In bytes."""
    width: int | None
    """In pixels; null for a model."""
    height: int | None
    credit: str
    licence: str
    uploaded_at: str
    picture: str | None
    """Where the picture is, for anybody; null for a model."""
    model: AssetModel | None
    used_by: list[str]
    """The products whose drafts name it. Versions keep their content whatever becomes of it."""
    content: str
    """Where the file itself is, for callers with the scope `catalog:read`."""
    url: str


class AssetFile(Answer):
    """The file as it is kept."""


class AssetPage(Answer):
    """Some of the assets."""

    data: list[Asset]
    next: str | None
