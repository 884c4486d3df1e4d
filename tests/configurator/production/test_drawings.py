"""Drawings of the demo's panels, read by a DXF library: one closed outline, a circle or a line for
each hole, nothing outside.
"""

import io
import os
import zipfile
from collections import Counter

import ezdxf
import pytest

from catalog.product_model import Text
from configurator.geometry.cuts import Cut
from configurator.production.archives import archive
from configurator.production.cut_list import cut_list
from configurator.production.drawings import DrawingBoard, panel_drawings
from configurator.production.machine_files import machine_files
from configurator.production.panels import Panel
from configurator.production.workshop import Workshop
from tests.configurator.production.panels import demo_panels, demo_scene

CONFIGURATIONS = int(os.environ.get("PRODUCTION_CONFIGURATIONS", "3"))
PRODUCTS = (
    "base_cabinet.yaml",
    "wardrobe.yaml",
    "desk.yaml",
    "cnc_router.yaml",
    "shelving_wall.yaml",
)
CLOSE = 1e-6


def read(content):
    document = ezdxf.read(io.StringIO(content.decode()))
    audit = document.audit()
    assert not audit.errors
    assert not audit.fixes
    return document


def by_kind(document):
    found = Counter()
    for entity in document.modelspace():
        found[entity.dxftype()] += 1
    return found


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_panel_has_one_outline_and_a_mark_for_each_hole_inside_it(name):
    for number in range(CONFIGURATIONS):
        for panel, _, content in panel_drawings(demo_panels(name, number), Workshop()):
            document, (length, width, _) = read(content), panel.lengths
            holes = sum(cut.count for cut in panel.cuts if cut.diameter is not None)
            others = sum(cut.count for cut in panel.cuts if cut.diameter is None)
            kinds = by_kind(document)
            assert kinds["CIRCLE"] + kinds["LINE"] == holes
            assert kinds["LWPOLYLINE"] == 1 + others
            for line in document.modelspace().query("LWPOLYLINE"):
                assert line.closed
                points = [tuple(point) for point in line.get_points("xy")]
                assert len(set(points)) == len(points) == 4
            for circle in document.modelspace().query("CIRCLE"):
                (x, y, _), radius = circle.dxf.center, circle.dxf.radius
                assert radius - CLOSE <= x <= length - radius + CLOSE
                assert radius - CLOSE <= y <= width - radius + CLOSE
            for line in document.modelspace().query("LINE"):
                for x, y, _ in (line.dxf.start, line.dxf.end):
                    assert -CLOSE <= x <= length + CLOSE
                    assert -CLOSE <= y <= width + CLOSE


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_panels_are_all_boards_of_the_scene(name):
    for number in range(CONFIGURATIONS):
        scene, *_ = demo_scene(name, number)
        boards = [part.name for part in scene.parts if part.solid.form == "box"]
        found = [each for panel in demo_panels(name, number) for each in panel.names]
        assert sorted(found) == sorted(boards)


def board(*cuts):
    return Panel("P01", Text("Side"), ("side",), 1, (800.0, 300.0, 18.0), None, cuts=cuts)


def test_layers_tell_face_diameter_and_depth():
    cuts = (
        Cut("pin", "hole", "A", 100, 50, diameter=5, depth=12.5),
        Cut("through", "hole", "A", 100, 90, diameter=8),
        Cut("dowel", "hole", "x1", 40, 9, diameter=8, depth=25),
        Cut("back", "groove", "B", 0, 280, length=800, width=8, depth=9),
    )
    ((_, _, content),) = panel_drawings([board(*cuts)], Workshop())
    layers = {entity.dxf.layer for entity in read(content).modelspace()}
    assert layers == {
        "OUTLINE_T18",
        "DRILL_A_D5_T12_5",
        "DRILL_A_D8_T18",
        "HDRILL_X1_D8_T25_Z9",
        "GROOVE_B_T9",
        "LABEL",
    }


def test_a_hole_in_an_end_is_a_line_from_the_edge_inwards():
    cuts = (
        Cut("left", "hole", "x0", 40, 9, diameter=8, depth=25),
        Cut("right", "hole", "x1", 40, 9, diameter=8, depth=25),
        Cut("front", "hole", "y0", 70, 9, diameter=8, depth=30),
        Cut("rear", "hole", "y1", 70, 9, diameter=8, depth=30),
    )
    ((_, _, content),) = panel_drawings([board(*cuts)], Workshop())
    lines = [
        (tuple(line.dxf.start)[:2], tuple(line.dxf.end)[:2])
        for line in read(content).modelspace().query("LINE")
    ]
    assert lines == [
        ((0, 40), (25, 40)),
        ((800, 40), (775, 40)),
        ((70, 0), (70, 30)),
        ((70, 300), (70, 270)),
    ]


def test_the_second_drawing_shows_the_panel_turned_over_with_the_cuts_of_its_back():
    cuts = (
        Cut("pin", "hole", "A", 100, 50, diameter=5, depth=12),
        Cut("hinge", "hole", "B", 100, 22.5, diameter=35, depth=13),
    )
    drawn = list(panel_drawings([board(*cuts)], Workshop(both_faces="two_drawings")))
    circles = {
        end: [tuple(each.dxf.center)[:2] for each in read(content).modelspace().query("CIRCLE")]
        for _, end, content in drawn
    }
    assert circles == {"": [(100, 50)], "_B": [(100, 277.5)]}


def test_a_drawing_is_the_same_whatever_was_drawn_before():
    panels = demo_panels("base_cabinet.yaml")
    there = {panel.id: content for panel, _, content in panel_drawings(panels, Workshop())}
    back = {panel.id: content for panel, _, content in panel_drawings(panels[::-1], Workshop())}
    alone = {panel.id: DrawingBoard().draw(panel, Workshop()) for panel in panels[:1]}
    assert there == back
    assert alone["P01"] == DrawingBoard().draw(panels[0], Workshop())


def test_the_archive_has_a_drawing_for_each_panel_and_names_them():
    workshop = Workshop()
    rows = cut_list(demo_panels("base_cabinet.yaml"), workshop)
    content = archive(machine_files(rows, workshop))
    assert content == archive(machine_files(rows, workshop))
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        names = files.namelist()
        manifest = files.read("manifest.csv").decode().splitlines()
    assert names[:3] == ["manifest.csv", "BX-WM-16_15.88/P01.dxf", "BX-WM-16_15.88/P02.dxf"]
    assert len(names) == 1 + len(rows)
    assert (
        manifest[6]
        == "P06,Shelf,2,804.75,584.6,15.875,White melamine,BX-WM-16_15.88/P06.dxf,shelf.1 shelf.2"
    )
