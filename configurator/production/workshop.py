"""A workshop as its files need it: boards, edge bands and saw, and its words for columns and layers.

Lengths are millimetres.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from catalog.errors import Refusal

type WorkshopLength = Annotated[float, Field(strict=True, ge=0, le=100_000, allow_inf_nan=False)]
type BoardLength = Annotated[float, Field(strict=True, gt=0, le=100_000, allow_inf_nan=False)]
type WorkshopWord = Annotated[str, Field(strict=True, max_length=100)]

_STRICT = ConfigDict(extra="forbid", strict=False)

ColumnField = Literal[
    "id",
    "name",
    "quantity",
    "length",
    "width",
    "thickness",
    "cut_length",
    "cut_width",
    "material",
    "material_sku",
    "grain",
    "L1",
    "L2",
    "W1",
    "W2",
    "edges",
    "sku",
    "label",
    "enabled",
]
COLUMNS: tuple[str, ...] = get_args(ColumnField)
"""What a column of a cut list may hold."""

LAYER_WORDS: Mapping[str, frozenset[str]] = {
    "outline": frozenset({"thickness"}),
    "hole": frozenset({"face", "diameter", "depth"}),
    "edge_hole": frozenset({"face", "diameter", "depth", "height"}),
    "pocket": frozenset({"face", "depth"}),
    "groove": frozenset({"face", "depth"}),
    "cut_out": frozenset({"face", "thickness"}),
    "text": frozenset(),
}
"""What each kind of layer may name in its template."""

_WORD = re.compile(r"\{([^{}]*)\}")
_LAYER = re.compile(r"[A-Za-z0-9_.-]{1,120}")


class WorkshopRefused(Refusal):
    """A workshop that cannot be read; `data` names the field."""

    slug = "workshop-refused"
    title = "The workshop cannot be read"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the cut list: its title, and one of COLUMNS."""

    __pydantic_config__ = _STRICT

    title: WorkshopWord
    field: ColumnField


@dataclass(frozen=True, slots=True)
class Band:
    """What edges are banded with: its name in lists, and how thick it is."""

    __pydantic_config__ = _STRICT

    name: WorkshopWord = ""
    thickness: WorkshopLength = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A board as it is bought: its grain runs along `length`.

    One without `material` or `thickness` is for all of them. A material is named by the part number
    of the chosen value, by that value, or by the material's own key.
    """

    __pydantic_config__ = _STRICT

    length: BoardLength = 2800.0
    width: BoardLength = 2070.0
    material: WorkshopWord = ""
    thickness: BoardLength | None = None


@dataclass(frozen=True, slots=True)
class Saw:
    """How boards are divided: by cuts from edge to edge (`guillotine`), or any way (`free`).

    `kerf` is what a cut takes away, `trim` what is cut off all round a board first. The rest of a
    board is kept where it is at least `offcut_length` by `offcut_width`.
    """

    __pydantic_config__ = _STRICT

    cuts: Literal["guillotine", "free"] = "guillotine"
    kerf: Annotated[float, Field(strict=True, ge=0, le=50, allow_inf_nan=False)] = 4.0
    trim: Annotated[float, Field(strict=True, ge=0, le=500, allow_inf_nan=False)] = 10.0
    offcut_length: WorkshopLength = 600.0
    offcut_width: WorkshopLength = 200.0


_PLAIN_COLUMNS = tuple(
    Column(title, name)  # type: ignore[arg-type]
    for title, name in (
        ("Part", "id"),
        ("Name", "name"),
        ("Quantity", "quantity"),
        ("Length", "length"),
        ("Width", "width"),
        ("Thickness", "thickness"),
        ("Cut length", "cut_length"),
        ("Cut width", "cut_width"),
        ("Material", "material"),
        ("Grain", "grain"),
        ("L1", "L1"),
        ("L2", "L2"),
        ("W1", "W1"),
        ("W2", "W2"),
        ("Part number", "sku"),
    )
)

PLAIN_LAYERS: Mapping[str, str] = {
    "outline": "OUTLINE_T{thickness}",
    "hole": "DRILL_{face}_D{diameter}_T{depth}",
    "edge_hole": "HDRILL_{face}_D{diameter}_T{depth}_Z{height}",
    "pocket": "POCKET_{face}_T{depth}",
    "groove": "GROOVE_{face}_T{depth}",
    "cut_out": "CUTOUT_{face}_T{thickness}",
    "text": "LABEL",
}


def _known_layers(layers: Mapping[str, str]) -> Mapping[str, str]:
    """Return templates of layers; refuse with ValueError a word that they may not name, and letters
    that no machine reads.
    """
    for kind, template in layers.items():
        if kind not in LAYER_WORDS:
            raise ValueError(f"there is no layer '{kind}'; there are {', '.join(LAYER_WORDS)}")
        known = LAYER_WORDS[kind]
        for word in _WORD.findall(template):
            if word not in known:
                may = ", ".join(sorted(known)) or "nothing"
                raise ValueError(f"'{kind}' has no '{word}'; it may name {may}")
        if not _LAYER.fullmatch(_WORD.sub("0", template)):
            raise ValueError(f"'{kind}' is written in letters, digits, '_', '-' and '.'")
    return layers


@dataclass(frozen=True, slots=True)
class Workshop:
    """How one workshop wants its files.

    `oversize` is added all round a panel that is cut; banded sides lose what their band adds, a band
    being that of the panel's material, or that called "" without one. `separator` parts the columns
    of a CSV file. `layers` are templates by kind, such as DRILL_{face}_D{diameter}; `decimal` writes
    the point in them. `both_faces` says whether holes of face B stand in the drawing of face A, or
    in a second drawing that shows the panel turned over.
    """

    __pydantic_config__ = _STRICT

    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=50)] = _PLAIN_COLUMNS
    separator: Literal[",", ";", "\t"] = ","
    oversize: Annotated[float, Field(strict=True, ge=0, le=500, allow_inf_nan=False)] = 0.0
    bands: Annotated[Mapping[WorkshopWord, Band], Field(max_length=500)] = field(
        default_factory=dict
    )
    sheets: Annotated[tuple[Sheet, ...], Field(min_length=1, max_length=500)] = (Sheet(),)
    saw: Saw = Saw()
    layers: Annotated[
        Mapping[WorkshopWord, WorkshopWord], Field(max_length=20), AfterValidator(_known_layers)
    ] = field(default_factory=dict)
    decimal: Annotated[str, Field(strict=True, max_length=1, pattern=r"^[A-Za-z_.-]$")] = "_"
    both_faces: Literal["one_drawing", "two_drawings"] = "one_drawing"

    def layer(self, kind: str, **lengths: str | float) -> str:
        """Return the name of a layer of `kind`, its numbers written as the workshop writes them."""
        told = {
            name: each if isinstance(each, str) else short(each).replace(".", self.decimal)
            for name, each in lengths.items()
        }
        template = self.layers.get(kind, PLAIN_LAYERS[kind])
        return _WORD.sub(lambda word: told[word[1]], template)

    def band(self, keys: tuple[str, ...]) -> Band:
        """Return the band of a material that goes by any of `keys`."""
        return next((self.bands[key] for key in (*keys, "") if key in self.bands), Band())

    def sheets_for(self, keys: tuple[str, ...], thickness: float) -> tuple[Sheet, ...]:
        """Return the boards of a material of this thickness; those that name it before the others."""
        fitting = [
            sheet
            for sheet in self.sheets
            if (not sheet.material or sheet.material in keys)
            and (sheet.thickness is None or abs(sheet.thickness - thickness) < 0.05)
        ]
        own = tuple(sheet for sheet in fitting if sheet.material)
        return own or tuple(fitting)


_WORKSHOP: TypeAdapter[Workshop] = TypeAdapter(Workshop)


def read_workshop(document: Any) -> Workshop:
    """Return the workshop that plain JSON values describe; refuses with WorkshopRefused, naming the
    field.
    """
    try:
        return _WORKSHOP.validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "/".join(str(each) for each in first["loc"])
        told = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise WorkshopRefused(f"{place or 'workshop'}: {told}.", field=place) from None


def workshop_json(workshop: Workshop) -> dict[str, Any]:
    """Return `workshop` as plain JSON values, which `read_workshop` reads."""
    told: dict[str, Any] = _WORKSHOP.dump_python(workshop, mode="json")
    return told


def short(number: float) -> str:
    """Return a length to a hundredth of a millimetre, without needless zeros: 18, 15.88."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
