"""The cut list of a configuration: each panel with its finished size, the size it is cut to, and the
bands of its edges; as rows, CSV and a spreadsheet.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from configurator.production.panels import BoardMaterial, Panel
from configurator.production.workshop import Workshop

EDGES = ("L1", "L2", "W1", "W2")
_DATED = datetime(2000, 1, 1)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBERS = {"quantity", "length", "width", "thickness", "cut_length", "cut_width"}


@dataclass(frozen=True, slots=True)
class CutRow:
    """A panel as it is cut. Lengths are millimetres; `bands` names what each banded edge gets."""

    panel: Panel
    cut_length: float
    cut_width: float
    bands: Mapping[str, str]

    def field(self, name: str, locale: str | None = None) -> str | int | float:
        """Return what the column `name` of the workshop holds, a number where it is one."""
        panel, material = self.panel, self.panel.material
        length, width, thickness = panel.lengths
        told: dict[str, str | int | float] = {
            "id": panel.id,
            "name": panel.label.in_locale(locale),
            "label": f"{panel.id} {panel.label.in_locale(locale)}",
            "quantity": panel.count,
            "length": length,
            "width": width,
            "thickness": thickness,
            "cut_length": self.cut_length,
            "cut_width": self.cut_width,
            "material": "" if material is None else material.label.in_locale(locale),
            "material_sku": "" if material is None else material.sku,
            "grain": panel.grain or "",
            "edges": " ".join(edge for edge in EDGES if edge in self.bands),
            "sku": panel.sku,
            "enabled": "true",
            **{edge: self.bands.get(edge, "") for edge in EDGES},
        }
        return told[name]


def cut_list(panels: Sequence[Panel], workshop: Workshop) -> tuple[CutRow, ...]:
    """Return a row for each panel, in their order.

    A band along the length adds to the width, so the board is cut that much narrower; the oversize
    of the workshop is added on all four sides.
    """
    return tuple(_row(panel, workshop) for panel in panels)


def _row(panel: Panel, workshop: Workshop) -> CutRow:
    keys = () if panel.material is None else panel.material.keys
    band = workshop.band(keys)
    length, width, _ = panel.lengths
    along = sum(edge.startswith("L") for edge in panel.edges)
    across = len(panel.edges) - along
    name = band.name or _material_name(panel.material)
    return CutRow(
        panel,
        round(length - across * band.thickness + 2 * workshop.oversize, 4),
        round(width - along * band.thickness + 2 * workshop.oversize, 4),
        dict.fromkeys(panel.edges, name),
    )


def _material_name(material: BoardMaterial | None) -> str:
    return "x" if material is None else material.sku or material.label.default


def cut_list_csv(rows: Sequence[CutRow], workshop: Workshop, locale: str | None = None) -> bytes:
    """Return the cut list as UTF-8 CSV: the workshop's columns, with a point in numbers.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    told = io.StringIO(newline="")
    writer = csv.writer(told, delimiter=workshop.separator, lineterminator="\r\n")
    writer.writerow([harmless(column.title) for column in workshop.columns])
    for row in rows:
        writer.writerow(_written(row.field(column.field, locale)) for column in workshop.columns)
    return told.getvalue().encode()


def cut_list_xlsx(rows: Sequence[CutRow], workshop: Workshop, locale: str | None = None) -> bytes:
    """Return the cut list as a spreadsheet of one page; equal rows give equal bytes."""
    from xlsxwriter import Workbook

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(target, options)
    book.set_properties({"created": _DATED})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    for place, column in enumerate(workshop.columns):
        sheet.write_string(0, place, column.title, bold)
        widest = len(column.title)
        for number, row in enumerate(rows, 1):
            worth: Any = row.field(column.field, locale)
            if column.field in _NUMBERS:
                sheet.write_number(number, place, worth)
            else:
                sheet.write_string(number, place, str(worth))
            widest = max(widest, len(str(worth)))
        sheet.set_column(place, place, min(widest + 2, 60))
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _written(worth: str | int | float) -> str:
    if isinstance(worth, str):
        return harmless(worth)
    return str(int(worth)) if worth == int(worth) else repr(worth)


def harmless(text: str) -> str:
    """Return a text as a field of CSV that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
