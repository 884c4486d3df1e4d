"""What goes to the machines: the drawings of all panels, by material and thickness, with a manifest
that names each of them.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from configurator.production.cut_list import CutRow, harmless
from configurator.production.drawings import panel_drawings
from configurator.production.panels import BoardMaterial
from configurator.production.workshop import Workshop, short

_PLAIN = re.compile(r"[^A-Za-z0-9_.-]+")


def machine_files(
    rows: Sequence[CutRow], workshop: Workshop, locale: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """Return path and content of the manifest and of each drawing.

    A path names material and thickness, `BX-WM-16_15.88/P01.dxf`; the id is that of the cut list.
    """
    drawn = [
        (panel, f"{folder(panel.material, panel.lengths[2])}/{panel.id}{end}.dxf", content)
        for panel, end, content in panel_drawings([row.panel for row in rows], workshop, locale)
    ]
    paths: dict[str, list[str]] = {}
    for panel, path, _ in drawn:
        paths.setdefault(panel.id, []).append(path)
    yield "manifest.csv", _manifest(rows, paths, locale)
    for _, path, content in drawn:
        yield path, content


def folder(material: BoardMaterial | None, thickness: float) -> str:
    """Return what the folder of a material and thickness is called, in plain letters."""
    name = "board" if material is None else material.keys[0]
    return f"{_PLAIN.sub('-', name).strip('-.') or 'board'}_{short(thickness)}"


def _manifest(rows: Sequence[CutRow], paths: dict[str, list[str]], locale: str | None) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    titles = (
        "id",
        "name",
        "quantity",
        "length",
        "width",
        "thickness",
        "material",
        "files",
        "parts",
    )
    writer.writerow(titles)
    for row in rows:
        named = (" ".join(paths[row.panel.id]), " ".join(row.panel.names))
        told = (*(row.field(name, locale) for name in titles[:7]), *named)
        writer.writerow(harmless(each) if isinstance(each, str) else each for each in told)
    return written.getvalue().encode()
