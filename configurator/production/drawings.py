"""Panels as DXF, for machines that nest and bore: closed outlines, full circles, a layer for each
tool and depth.

A drawing shows the finished panel from its face A, in millimetres, its lower left corner at 0, 0.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from ezdxf import units
from ezdxf._options import options
from ezdxf.document import Drawing
from ezdxf.filemanagement import new

from configurator.geometry.cuts import FACES, Cut
from configurator.production.panels import Panel
from configurator.production.workshop import Workshop, short

VERSION = "R2010"
_TEXT_HEIGHT = 10.0
_LENGTH, _WIDTH, _THICKNESS = range(3)

# Time and random numbers would make each file another one.
options.write_fixed_meta_data_for_testing = True


class DrawingBoard:
    """One document that panels are drawn in, one after the other: making it takes longer than a
    drawing.

    Not to be shared between threads.
    """

    def __init__(self) -> None:
        self._document: Drawing = new(VERSION, units=units.MM)
        # What is only added when a document is first written has its handles from then on.
        self._document.write(io.StringIO())
        self._next_handle = str(self._document.entitydb.handles)
        self._layers = {layer.dxf.name for layer in self._document.layers}

    def draw(
        self, panel: Panel, workshop: Workshop, face: str = "A", texts: Sequence[str] = ()
    ) -> bytes:
        """Return the DXF of `panel`; of the face B it is turned over about its length.

        Where the workshop wants one drawing, that of A shows the cuts of all faces, each in its
        layer; otherwise that of B has those of B, and that of A all others.
        """
        self._clean()
        space = self._document.modelspace()
        length, width, thickness = panel.lengths
        outline = [(0.0, 0.0), (length, 0.0), (length, width), (0.0, width)]
        self._closed(space, outline, workshop.layer("outline", thickness=thickness))
        for cut in panel.cuts:
            is_shown = workshop.both_faces == "one_drawing" or (cut.face == "B") == (face == "B")
            if is_shown:
                self._cut(space, cut, panel, workshop, is_turned=face == "B")
        layer = self._layer(workshop.layer("text"))
        for row, text in enumerate(texts):
            place = (_TEXT_HEIGHT, width - (2 * row + 2) * _TEXT_HEIGHT)
            attributes = {"layer": layer, "height": _TEXT_HEIGHT, "insert": place}
            space.add_text(text, dxfattribs=attributes)
        told = io.StringIO()
        self._document.write(told)
        return told.getvalue().encode()

    def _clean(self) -> None:
        """Take away the panel before, so that the next has the handles it would have alone."""
        document = self._document
        document.modelspace().delete_all_entities()
        for layer in [each.dxf.name for each in document.layers]:
            if layer not in self._layers:
                document.layers.remove(layer)
        document.entitydb.purge()
        document.entitydb.handles.reset(self._next_handle)

    def _layer(self, name: str) -> str:
        if name not in self._document.layers:
            self._document.layers.add(name)
        return name

    def _closed(self, space: Any, points: Sequence[tuple[float, float]], layer: str) -> None:
        attributes = {"layer": self._layer(layer)}
        space.add_lwpolyline(points, close=True, dxfattribs=attributes)

    def _cut(self, space: Any, cut: Cut, panel: Panel, workshop: Workshop, is_turned: bool) -> None:
        _, width, thickness = panel.lengths
        axes = FACES[cut.face]
        deep = panel.lengths[axes.deep]
        depth = deep if cut.depth is None else cut.depth
        for left, low in cut.corners():
            long, wide = cut.size
            box = {axes.along: (left, left + long), axes.up: (low, low + wide)}
            box[axes.deep] = (deep - depth, deep) if axes.is_upper else (0.0, depth)
            (x0, x1), (y0, y1) = box[_LENGTH], box[_WIDTH]
            if is_turned:
                y0, y1 = width - y1, width - y0
            layer = _layer_of(cut, box, thickness, depth, workshop)
            if cut.diameter is None:
                self._closed(space, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], layer)
                continue
            middle = (x0 + x1) / 2, (y0 + y1) / 2
            attributes = {"layer": self._layer(layer)}
            if axes.deep == _THICKNESS:
                space.add_circle(middle, cut.diameter / 2, dxfattribs=attributes)
            elif axes.deep == _LENGTH:
                ends = ((x0, middle[1]), (x1, middle[1]))
                space.add_line(*(ends if not axes.is_upper else ends[::-1]), dxfattribs=attributes)
            else:
                begin, end = (y1, y0) if axes.is_upper != is_turned else (y0, y1)
                space.add_line((middle[0], begin), (middle[0], end), dxfattribs=attributes)


def _layer_of(
    cut: Cut,
    box: dict[int, tuple[float, float]],
    thickness: float,
    depth: float,
    workshop: Workshop,
) -> str:
    face = cut.face.upper()
    if cut.diameter is None:
        return workshop.layer(cut.kind, face=face, depth=depth, thickness=thickness)
    if FACES[cut.face].deep == _THICKNESS:
        return workshop.layer("hole", face=face, diameter=cut.diameter, depth=depth)
    low, high = box[_THICKNESS]
    return workshop.layer(
        "edge_hole", face=face, diameter=cut.diameter, depth=depth, height=(low + high) / 2
    )


def panel_drawings(
    panels: Sequence[Panel], workshop: Workshop, locale: str | None = None
) -> Iterator[tuple[Panel, str, bytes]]:
    """Return each panel with the end of its file's name and its DXF: "" or "_B" for a second
    drawing, of the cuts in face B.

    A second drawing is made only where a workshop wants two and the face has any.
    """
    board = DrawingBoard()
    for panel in panels:
        texts = drawing_texts(panel, locale)
        yield panel, "", board.draw(panel, workshop, "A", texts)
        has_back = any(cut.face == "B" for cut in panel.cuts)
        if workshop.both_faces == "two_drawings" and has_back:
            yield panel, "_B", board.draw(panel, workshop, "B", texts)


def drawing_texts(panel: Panel, locale: str | None) -> tuple[str, ...]:
    """Return what a drawing says about its panel: id and name, finished size, material."""
    size = " x ".join(short(each) for each in panel.lengths)
    material = "" if panel.material is None else panel.material.label.in_locale(locale)
    told = (f"{panel.id} {panel.label.in_locale(locale)}", f"{size} mm", material)
    return tuple(each for each in told if each)
