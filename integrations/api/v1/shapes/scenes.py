"""What scenes and their models look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer


class SceneOperation(Answer):
    """What is taken out of a part: `nx` × `ny` of it, `px` and `py` apart."""

    key: str
    kind: Literal["hole", "pocket", "groove", "cut_out"]
    face: Literal["A", "B", "x0", "x1", "y0", "y1"]
    """A and B are the large faces, A where the thickness ends; the others are edges."""
    x: int | float
    """From the lower corner of the part, along the face: the centre of a hole, or a lower corner."""
    y: int | float
    diameter: int | float | None
    length: int | float | None
    width: int | float | None
    depth: int | float | None
    """Null where it goes through."""
    nx: int
    px: int | float
    ny: int
    py: int | float
    sku: str
    """A piece that each of them takes."""


class ScenePart(Answer):
    """A solid or a 3D model in its place."""

    name: str
    """The key of its shape, with the number of each counter where it repeats: shelf.2."""
    shape: str
    label: str
    form: Literal["box", "profile", "turned", "model"]
    sku: str
    material: str | None
    lower: list[int | float]
    """The lower corner of its bounding box: from the left, from the front, from the floor."""
    upper: list[int | float]
    length: int | float
    width: int | float
    thickness: int | float
    weight: int | float | None
    """Null where the density of its material, or the weight of a 3D model, is not known."""
    surface: int | float | None
    """Null for a 3D model, as its volume is: it need not be closed."""
    volume: int | float | None
    """That of the whole part, or what operations leave of it where the detail is production."""
    edges: list[Literal["L1", "L2", "W1", "W2"]]
    """The edges that are banded: L1, L2 along its length, W1, W2 across."""
    banding: int | float
    """How long these edges are together."""
    grain: Literal["length", "width"] | None
    operations: list[SceneOperation]
    variant: str | None
    """The look of its file that a 3D model has; null where that is the one the file shows first."""


class SceneMaterial(Answer):
    """What parts are made of."""

    key: str
    label: str
    colour: str
    """Such as #b58a5a."""
    roughness: int | float
    metallic: int | float
    density: int | float | None
    """In kilograms per cubic metre."""
    finish: str | None
    """The option it looks as."""


class SceneVariant(Answer):
    """A value of an option that changes colours and looks of 3D models alone."""

    name: str
    """What it is called in the model: wood=oak."""
    option: str
    value: str
    label: str
    colours: dict[str, str]
    """The colour of each material that it changes."""
    models: dict[str, str]
    """The look of each 3D model that it changes, by the name of its part."""


class SceneCredit(Answer):
    """Whose work a 3D model is: to be shown wherever it is."""

    credit: str
    licence: str


class Scene(Answer):
    """Parts in their places. Lengths are millimetres: to the right, to the back, up."""

    lower: list[int | float]
    upper: list[int | float]
    size: list[int | float]
    """How wide, deep and high the whole is."""
    weight: int | float | None
    """In kilograms; null unless it is known of every part."""
    centre_of_gravity: list[int | float] | None
    surface: int | float | None
    """In square metres, hidden faces included; null with a 3D model."""
    volume: int | float | None
    """In cubic metres; null with a 3D model."""
    counts: dict[str, int]
    """How many parts each shape has."""
    hardware: dict[str, int]
    """How many pieces of each SKU the operations take."""
    parts: list[ScenePart]
    materials: list[SceneMaterial]
    variants: list[SceneVariant]
    credits: list[SceneCredit]


class SceneModel(Answer):
    """The file of a scene."""

    fingerprint: str
    """Equal fingerprint, equal file: its ETag."""
    url: str


class ScenePicture(Answer):
    """A picture of a scene from one side, 1,200 by 900 pixels unless another size is asked for."""

    view: Literal["corner", "front", "side", "back", "top"]
    fingerprint: str
    """Equal fingerprint, equal picture: its ETag."""
    url: str
    camera_orbit: str
    """Where a viewer (model-viewer) looks from to show the same: 30deg 75deg 2.4822m."""
    field_of_view: str


class ProductScene(Answer):
    """What choices look like in space."""

    product: str
    version: int
    fingerprint: str
    complete: bool
    model: SceneModel
    pictures: list[ScenePicture]
    scene: Scene


class ConfigurationScene(ProductScene):
    """What a configuration looks like in space."""

    configuration: str


class ModelFile(Answer):
    """The model as binary glTF 2.0."""


class PrintFile(Answer):
    """The print as SVG, PDF or PNG."""


class PictureFile(Answer):
    """The picture."""
