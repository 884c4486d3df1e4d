"""What workshops, cut lists and boards look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer


class WorkshopColumn(Answer):
    """A column of the cut list."""

    title: str
    field: str


class WorkshopBand(Answer):
    """What edges are banded with."""

    name: str
    thickness: int | float


class WorkshopSheet(Answer):
    """A board as it is bought."""

    length: int | float
    width: int | float
    material: str
    """Empty: for all of them."""
    thickness: int | float | None


class WorkshopSaw(Answer):
    """How boards are divided."""

    cuts: Literal["guillotine", "free"]
    kerf: int | float
    trim: int | float
    offcut_length: int | float
    offcut_width: int | float


class WorkshopSettings(Answer):
    """How a workshop wants its files, whether it was said or is as a plain workshop has it."""

    columns: list[WorkshopColumn]
    separator: str
    oversize: int | float
    bands: dict[str, WorkshopBand]
    """By material; that of the empty name is for all others."""
    sheets: list[WorkshopSheet]
    saw: WorkshopSaw
    layers: dict[str, str]
    """The templates that the workshop says itself, by kind."""
    decimal: str
    both_faces: Literal["one_drawing", "two_drawings"]


class KeptWorkshop(Answer):
    """How one workshop wants its files."""

    key: str
    name: str
    settings: WorkshopSettings
    url: str


class WorkshopPage(Answer):
    """Some of the workshops, in order of their keys."""

    data: list[KeptWorkshop]
    next: str | None


class CutListRow(Answer):
    """A panel: boards that are made alike. Lengths are millimetres."""

    id: str
    """Names it in the cut list, on boards and in the names of drawings."""
    name: str
    quantity: int
    """In all pieces of the configuration."""
    length: int | float
    """The finished size; `cut_length` and `cut_width` are without bands, with the oversize."""
    width: int | float
    thickness: int | float
    cut_length: int | float
    cut_width: int | float
    material: str | None
    """The chosen value, or what the material is called."""
    material_sku: str | None
    grain: Literal["length", "width"] | None
    edges: dict[str, str]
    """The edges that are banded, L1, L2 along its length, W1, W2 across, each with its band."""
    sku: str
    parts: list[str]
    """The parts of the scene that it stands for, in one piece."""


class CutList(Answer):
    """The panels of a configuration."""

    configuration: str
    product: str
    version: int
    fingerprint: str
    quantity: int
    workshop: str | None
    files: dict[str, str]
    """The address of each production file by its name."""
    rows: list[CutListRow]


class LaidPanel(Answer):
    """A panel on a board: its lower corner and its size there, in millimetres."""

    id: str
    x: int | float
    y: int | float
    length: int | float
    width: int | float
    turned: bool
    """Whether its length lies across the board."""


class Offcut(Answer):
    """A rest of a board that is worth keeping."""

    x: int | float
    y: int | float
    length: int | float
    width: int | float


class Board(Answer):
    """A board with what is cut from it."""

    length: int | float
    width: int | float
    used: int | float
    """How much of it becomes panels, from 0 to 1."""
    panels: list[LaidPanel]
    offcuts: list[Offcut]


class MaterialNesting(Answer):
    """The boards of one material and thickness."""

    material: str | None
    material_sku: str | None
    thickness: int | float
    used: int | float
    boards: list[Board]
    unplaceable: list[str]
    """Panels that fit on no board of the workshop, once for each that is needed."""


class Nesting(Answer):
    """Which boards a configuration is cut from."""

    configuration: str
    product: str
    version: int
    fingerprint: str
    quantity: int
    workshop: str | None
    materials: list[MaterialNesting]


class ProductionFile(Answer):
    """A production file: CSV, a spreadsheet or a ZIP."""
