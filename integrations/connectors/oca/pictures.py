"""The pictures of a template that are in the folder: its own, those of its values, and those of
combinations.

The source system shows the picture of the combination that has most values in common; here the
pictures of combinations lie one over another, that of most values on top, each where all its values
are chosen.
"""

import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath

from PIL import Image, ImageOps

from catalog.counts import told_count
from catalog.pictures import Picture, PictureRefused, verified
from catalog.product_model import Layer
from integrations.connectors.oca.kinds import IMAGE, PICTURES
from integrations.connectors.oca.literals import Attached
from integrations.connectors.oca.records import Record, Records
from integrations.connectors.oca.templates import SourceTemplate, ordered, unique

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@dataclass
class Pictured:
    """The pictures of a product by name: its own, those of values by the id of their records, and
    its layers.
    """

    image: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def pictured(records: Records, template: SourceTemplate) -> Pictured:
    """Return the pictures of `template` that are there, with notes on those that are not."""
    return _Pictures(records, template).pictured()


class _Pictures:
    def __init__(self, records: Records, template: SourceTemplate) -> None:
        self.records = records
        self.template = template
        self.found = Pictured()
        self.known: dict[str, Picture] = {}
        self.missing: list[str] = []
        self.refused: list[str] = []

    def pictured(self) -> Pictured:
        self.found.image = self._of(self.template.record)
        for line in self.template.lines:
            for value in line.values:
                name = self._of(value.record)
                if name is not None:
                    self.found.values[value.record.id] = name
        self.found.layers = tuple(self._layers())
        named = {
            self.found.image,
            *self.found.values.values(),
            *(layer.image for layer in self.found.layers),
        }
        self.found.files = {
            name: content for name, content in self.found.files.items() if name in named
        }
        notes = []
        if self.missing:
            notes.append(
                f"{told_count(len(self.missing), 'picture is', 'pictures are')} named, and not in the folder: "
                f"{_some(self.missing)}."
            )
        self.found.notes = (*notes, *self.refused)
        return self.found

    def _of(self, record: Record) -> str | None:
        """Return the name of a record's picture; None where it has none that is there."""
        held = next((record.fields[name] for name in PICTURES if record.fields.get(name)), None)
        if held is None:
            return None
        content = self.records.content(held)
        if content is None:
            self.missing.append(record.text("name") or record.name)
            return None
        try:
            picture = verified(content)
        except PictureRefused as refusal:
            self.refused.append(
                f"The picture of {record.text('name') or record.name} is left out: {refusal.sentence}"
            )
            return None
        same = next(
            (name for name, known in self.known.items() if known.digest == picture.digest), None
        )
        if same is not None:
            return same
        stem = (
            PurePosixPath(held.path).stem
            if isinstance(held, Attached) and held.path
            else record.name
        )
        plain = re.sub(r"[^\w-]+", "-", stem).strip("-_") or "picture"
        stems = [PurePosixPath(name).stem for name in self.known]
        name = f"{self.template.key}/{unique(plain[:80], stems)}.{_ENDINGS[picture.media_type]}"
        self.known[name] = picture
        self.found.files[name] = content
        return name

    def _layers(self) -> list[Layer]:
        """Return a layer for each picture of a combination that can be chosen; all are as large as
        the largest.
        """
        own = [
            record
            for record in self.records.of(IMAGE)
            if self.records.find(record.fields.get("product_tmpl_id")) is self.template.record
        ]
        placed: list[tuple[int, int, str, str]] = []
        # Of pictures with as many values the first by sequence counts there, so it lies on top
        # here.
        for place, record in enumerate(reversed(ordered(own))):
            name, when = self._of(record), self._condition(record)
            if name is not None and when is not None:
                placed.append((when.count(" and ") + 1, place, name, when))
        size = max(
            ((known.width, known.height) for *_, name, _ in placed if (known := self.known[name])),
            default=None,
        )
        layers: list[Layer] = []
        for _, _, name, when in sorted(placed):
            assert size is not None
            key = f"picture_{len(layers) + 1}"
            layers.append(Layer(key, self._as_large(name, size), when=when))
        return layers

    def _as_large(self, name: str, size: tuple[int, int]) -> str:
        """Return the name of a picture as large as the others that it lies with: itself, or one
        made from it.
        """
        known = self.known[name]
        if (known.width, known.height) == size:
            return name
        content = fitted(self.found.files[name], size)
        path = PurePosixPath(name)
        larger = f"{path.parent}/{path.stem}-{size[0]}x{size[1]}{path.suffix}"
        if larger not in self.known:
            self.known[larger] = verified(content)
            self.found.files[larger] = content
        return larger

    def _condition(self, record: Record) -> str | None:
        """Return where all values of a combination are chosen; None where that cannot be."""
        parts = []
        for value in self.records.find_all(record.fields.get("value_ids")):
            if value.id not in self.template.place_of:
                return None
            line, chosen = self.template.place_of[value.id]
            parts.append(f"{line.key} {'has' if line.multi else '=='} {chosen.key}")
        return " and ".join(parts) or None


def fitted(content: bytes, size: tuple[int, int]) -> bytes:
    """Return a picture scaled to fit into `size` and put in its middle, on white where it has no
    transparency.
    """
    with Image.open(BytesIO(content)) as image:
        kind = image.format or "PNG"
        mode = "RGB" if kind == "JPEG" else "RGBA"
        scaled = ImageOps.contain(image.convert(mode), size, Image.Resampling.LANCZOS)
    whole = Image.new(mode, size, "white" if mode == "RGB" else (255, 255, 255, 0))
    whole.paste(scaled, ((size[0] - scaled.width) // 2, (size[1] - scaled.height) // 2))
    out = BytesIO()
    whole.save(out, kind, quality=92)
    return out.getvalue()


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
