"""What the workshop gets of a stored configuration: its cut list, its boards and its drawings, in the
words of a workshop of the merchant.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from catalog.errors import KeyTaken, NotFound, Refusal
from catalog.models import Merchant
from configurator.choices import kept_choices
from configurator.models import Configuration
from configurator.models import Workshop as Row
from configurator.production.archives import archive
from configurator.production.cut_list import CutRow, cut_list, cut_list_csv, cut_list_xlsx
from configurator.production.machine_files import folder, machine_files
from configurator.production.nesting import MOST_PANELS, LaidSheet, Nesting, nesting
from configurator.production.panels import board_materials, panels
from configurator.production.sheet_drawings import sheet_svg
from configurator.production.workshop import Workshop, read_workshop, workshop_json
from configurator.scenes import scene_of_configuration
from configurator.stored import model_of


class TooManyPanels(Refusal):
    """More panels than are laid out on boards at once."""

    slug = "too-many-panels"
    title = "These are too many panels"
    status = 422


@dataclass(frozen=True)
class Making:
    """A configuration on its way through a workshop."""

    configuration: Configuration
    workshop: Workshop
    rows: tuple[CutRow, ...]

    @property
    def locale(self) -> str | None:
        """The language of its texts."""
        return self.configuration.locale or None

    def nesting(self) -> tuple[Nesting, ...]:
        """Return the boards that its panels are cut from; refuses with TooManyPanels what nobody
        waits for.
        """
        needed = sum(row.panel.count for row in self.rows)
        if needed > MOST_PANELS:
            raise TooManyPanels(
                f"These are {needed:,} panels, and {MOST_PANELS:,} are laid out at once; "
                "lay out fewer pieces."
            )
        return nesting(self.rows, self.workshop)


def workshop_called(merchant: Merchant, key: str) -> Row:
    """Return the merchant's workshop of that key; refuse with NotFound where there is none."""
    row: Row | None = Row.objects.for_merchant(merchant).filter(key=key).first()
    if row is None:
        raise NotFound(f"There is no workshop '{key}'.")
    return row


@transaction.atomic
def keep_workshop(
    merchant: Merchant, key: str, name: str, workshop: Workshop, is_new: bool = False
) -> Row:
    """Make a workshop, or give the one of that key another name and other settings; return its row.

    Refuses with KeyTaken a new one whose key is taken, with NotFound one that is not there.
    """
    row = Row(merchant=merchant, key=key) if is_new else workshop_called(merchant, key)
    row.name, row.settings = name, workshop_json(workshop)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        told = f"There is a workshop '{key}' already; replace it instead."
        raise KeyTaken(told) from None
    return row


def making_of(
    configuration: Configuration, key: str | None = None, hidden: Collection[str] = ()
) -> Making:
    """Return what the workshop `key` makes of a stored configuration, in all its pieces; without a
    key a plain one. Materials do not tell what is chosen for options that are `hidden`.

    Refuses with NotFound a product without shapes and a workshop that is not there, with
    SceneRefused what cannot be built.
    """
    workshop = Workshop()
    if key is not None:
        workshop = read_workshop(workshop_called(configuration.merchant, key).settings)
    scene, model = scene_of_configuration(configuration, hidden), model_of(configuration)
    values = kept_choices(model, configuration.stored["values"])
    materials = board_materials(scene, model, values)
    found = panels(scene, materials, configuration.quantity)
    return Making(configuration, workshop, cut_list(found, workshop))


@dataclass(frozen=True)
class FileKind:
    """A file that is made of a configuration: its media type, and what makes its bytes."""

    media_type: str
    make: Callable[[Making], bytes]


def _sheets(making: Making) -> bytes:
    # Two materials may be called alike: faces and carcase of the same boards, or names without a
    # plain letter. Their boards are counted together, or one file would take the other's place.
    boards: dict[str, list[LaidSheet]] = {}
    for found in making.nesting():
        boards.setdefault(folder(found.material, found.thickness), []).extend(found.sheets)
    return archive(
        (f"{name}_{number:02}.svg", sheet_svg(sheet, f"{name} {number}/{len(sheets)}"))
        for name, sheets in boards.items()
        for number, sheet in enumerate(sheets, 1)
    )


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: Mapping[str, FileKind] = {
    "cut-list.csv": FileKind(
        "text/csv", lambda each: cut_list_csv(each.rows, each.workshop, each.locale)
    ),
    "cut-list.xlsx": FileKind(
        XLSX, lambda each: cut_list_xlsx(each.rows, each.workshop, each.locale)
    ),
    "drawings.zip": FileKind(
        "application/zip",
        lambda each: archive(machine_files(each.rows, each.workshop, each.locale)),
    ),
    "boards.zip": FileKind("application/zip", _sheets),
}
"""The production files by their names."""


def cut_list_json(making: Making) -> list[dict[str, Any]]:
    """Return the rows of a cut list as plain JSON values."""
    names = ("id", "name", "quantity", "length", "width", "thickness", "cut_length", "cut_width")
    return [
        {
            **{name: row.field(name, making.locale) for name in names},
            "material": row.field("material", making.locale) or None,
            "material_sku": row.field("material_sku") or None,
            "grain": row.panel.grain,
            "edges": dict(row.bands),
            "sku": row.panel.sku,
            "parts": list(row.panel.names),
        }
        for row in making.rows
    ]


def nesting_json(making: Making) -> list[dict[str, Any]]:
    """Return the boards of each material as plain JSON values."""
    return [
        {
            "material": found.material.label.in_locale(making.locale) if found.material else None,
            "material_sku": (found.material.sku or None) if found.material else None,
            "thickness": found.thickness,
            "used": round(found.share, 4),
            "boards": [
                {
                    "length": each.sheet.length,
                    "width": each.sheet.width,
                    "used": round(each.share, 4),
                    "panels": [
                        {
                            "id": laid.id,
                            "x": laid.x,
                            "y": laid.y,
                            "length": laid.length,
                            "width": laid.width,
                            "turned": laid.is_turned,
                        }
                        for laid in each.laid
                    ],
                    "offcuts": [
                        {"x": rest.x, "y": rest.y, "length": rest.length, "width": rest.width}
                        for rest in each.offcuts
                    ],
                }
                for each in found.sheets
            ],
            "unplaceable": list(found.unplaceable),
        }
        for found in making.nesting()
    ]
