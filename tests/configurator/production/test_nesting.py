"""Every panel lies on a board, or is named: inside the trim, a kerf apart, with its grain along the
board's, and so that the saw can cut it.
"""

import random
from collections import Counter
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from zipfile import ZipFile

import pytest

from catalog.product_model import Text
from configurator.making import FILES, Making
from configurator.production import nesting as nestings
from configurator.production.cut_list import cut_list
from configurator.production.nesting import MOST_PANELS, TooMany, nesting
from configurator.production.panels import BoardMaterial, Panel
from configurator.production.sheet_drawings import sheet_svg
from configurator.production.workshop import Band, Saw, Sheet, Workshop
from tests.configurator.production.panels import demo_panels

LISTS = 20
CLOSE = 0.011
OAK = BoardMaterial("front", "oak", Text("Oak"), "OAK-19")


def panel(number, length, width, count=1, grain=None, material=OAK, thickness=19.0):
    name = f"P{number:02}"
    return Panel(
        name, Text(name), (name,), count, (length, width, thickness), material, grain=grain
    )


def random_panels(seed):
    chance = random.Random(seed)
    grains = (None, "length", "width") if seed % 2 else (None,)
    return [
        panel(
            number,
            chance.randrange(100, 2001),
            chance.randrange(60, 901),
            chance.randrange(1, 6),
            chance.choice(grains),
        )
        for number in range(1, chance.randrange(4, 19))
    ]


def saw_cuts(boxes):
    """Tell whether cuts from edge to edge part the boxes, each one into pieces that they part too."""
    if len(boxes) < 2:
        return True
    for low, high in ((0, 2), (1, 3)):
        for place in {box[high] for box in boxes}:
            before = [box for box in boxes if box[high] <= place + CLOSE]
            behind = [box for box in boxes if box[low] >= place - CLOSE]
            if before and behind and len(before) + len(behind) == len(boxes):
                return saw_cuts(before) and saw_cuts(behind)
    return False


def boxes_of(laid_sheet, kerf=0.0):
    return [
        (each.x, each.y, each.x + each.length + kerf, each.y + each.width + kerf)
        for each in laid_sheet.laid
    ]


@pytest.mark.parametrize("cuts", ["guillotine", "free"])
def test_every_panel_is_laid_out_or_named_inside_the_trim_and_a_kerf_apart(cuts):
    workshop = Workshop(saw=Saw(cuts=cuts))
    for seed in range(LISTS):
        rows = cut_list(random_panels(seed), workshop)
        (found,) = nesting(rows, workshop)
        placed = Counter(each.id for sheet in found.sheets for each in sheet.laid)
        needed = {row.panel.id: row.panel.count for row in rows}
        assert placed + Counter(found.unplaceable) == needed
        for sheet in found.sheets:
            for left, low, right, high in boxes_of(sheet):
                assert min(left, low) >= 10 - CLOSE
                assert right <= sheet.sheet.length - 10 + CLOSE
                assert high <= sheet.sheet.width - 10 + CLOSE
            boxes = boxes_of(sheet, workshop.saw.kerf)
            for one, other in combinations(boxes, 2):
                meets = [
                    one[axis] < other[axis + 2] - CLOSE and other[axis] < one[axis + 2] - CLOSE
                    for axis in (0, 1)
                ]
                assert not all(meets)
            assert cuts == "free" or saw_cuts(boxes)


def test_grain_runs_along_the_board():
    workshop = Workshop()
    for seed in range(1, LISTS, 2):
        rows = cut_list(random_panels(seed), workshop)
        by_id = {row.panel.id: row for row in rows}
        for found in nesting(rows, workshop):
            for each in (each for sheet in found.sheets for each in sheet.laid):
                row = by_id[each.id]
                lying = (row.cut_length, row.cut_width)
                assert (each.length, each.width) == (lying[::-1] if each.is_turned else lying)
                assert row.panel.grain is None or each.is_turned == (row.panel.grain == "width")


def test_offcuts_are_free_of_panels_and_of_each_other():
    workshop = Workshop()
    for seed in range(LISTS):
        for found in nesting(cut_list(random_panels(seed), workshop), workshop):
            for sheet in found.sheets:
                rests = [(o.x, o.y, o.x + o.length, o.y + o.width) for o in sheet.offcuts]
                others = boxes_of(sheet, workshop.saw.kerf)
                for place, rest in enumerate(rests):
                    for other in (*others, *rests[:place]):
                        over = [
                            rest[axis] < other[axis + 2] - CLOSE
                            and other[axis] < rest[axis + 2] - CLOSE
                            for axis in (0, 1)
                        ]
                        assert not all(over)


def test_the_base_cabinet_takes_three_boards_as_worked_out_by_hand():
    """The white boards come to 2 * 876 * 610 + 2 * 806.25 * 609 + 2 * 804.75 * 584.6 = 2,991,646 mm²
    of a board of 2800 * 2070 = 5,796,000, which is 51.6 %; back and doors have a board each.
    """
    workshop = Workshop(bands={"": Band("ABS", 1.0)})
    found = nesting(cut_list(demo_panels("base_cabinet.yaml"), workshop), workshop)
    told = [
        (each.material.label.default, each.thickness, len(each.sheets), round(each.share, 3))
        for each in found
    ]
    assert told == [
        ("White melamine", 15.875, 1, 0.516),
        ("Back", 6.35, 1, 0.121),
        ("Sage", 18.0, 1, 0.124),
    ]
    assert not any(each.unplaceable for each in found)


def test_what_fits_on_no_board_is_named_once_for_each_that_is_needed():
    rows = cut_list([panel(1, 3000, 300, count=2), panel(2, 500, 300)], Workshop())
    (found,) = nesting(rows, Workshop())
    assert found.unplaceable == ("P01", "P01")
    assert [each.id for sheet in found.sheets for each in sheet.laid] == ["P02"]


def test_a_board_whose_grain_would_run_across_fits_no_other_way():
    rows = cut_list([panel(1, 2500, 300, grain="width"), panel(2, 2500, 300)], Workshop())
    (found,) = nesting(rows, Workshop())
    assert found.unplaceable == ("P01",)


def test_the_smaller_of_two_boards_is_taken_where_it_is_enough():
    workshop = Workshop(sheets=(Sheet(), Sheet(1300, 600)))
    (found,) = nesting(cut_list([panel(1, 1200, 500)], workshop), workshop)
    assert [each.sheet for each in found.sheets] == [Sheet(1300, 600)]
    (both,) = nesting(cut_list([panel(1, 1200, 500), panel(2, 2000, 900)], workshop), workshop)
    assert not both.unplaceable


def test_each_rest_is_laid_out_once_however_many_formats_there_are(monkeypatch):
    """Of twelve formats, each a panel larger than the one before, there are twelve rests; tried
    anew each time they come up, they would be 4,095.
    """
    asked = []
    best = nestings._best
    monkeypatch.setattr(nestings, "_best", lambda *given: asked.append(1) or best(*given))
    steps = range(12)
    workshop = Workshop(sheets=tuple(Sheet(300.0 + 100 * step, 300.0) for step in steps))
    rows = cut_list([panel(step, 200 + 100 * step, 200) for step in steps], workshop)
    (found,) = nesting(rows, workshop)

    assert len(asked) == 12 * 13 / 2
    assert Counter(each.id for sheet in found.sheets for each in sheet.laid) == {
        row.panel.id: 1 for row in rows
    }


def test_beyond_what_is_tried_each_panel_still_lies_on_a_board(monkeypatch):
    monkeypatch.setattr(nestings, "MOST_TRIED", 0)
    workshop = Workshop(sheets=(Sheet(900, 400), Sheet(400, 900), Sheet()))
    rows = cut_list(random_panels(1), workshop)
    (found,) = nesting(rows, workshop)
    placed = Counter(each.id for sheet in found.sheets for each in sheet.laid)

    assert placed == {row.panel.id: row.panel.count for row in rows}
    assert not found.unplaceable


def test_a_panel_narrower_than_its_bands_is_named():
    narrow = replace(panel(1, 200, 100), edges=("L1", "L2"))
    workshop = Workshop(bands={"": Band("thick", 60.0)})
    (found,) = nesting(cut_list([narrow], workshop), workshop)

    assert (found.sheets, found.unplaceable) == ((), ("P01",))


def test_a_board_of_the_material_itself_comes_before_one_for_all():
    own = Sheet(2440, 1220, material="OAK-19")
    workshop = Workshop(sheets=(Sheet(), own))
    (found,) = nesting(cut_list([panel(1, 1200, 500)], workshop), workshop)
    assert [each.sheet for each in found.sheets] == [own]


def test_equal_lists_have_equal_layouts():
    rows = cut_list(demo_panels("wardrobe.yaml"), Workshop())
    assert nesting(rows, Workshop()) == nesting(rows, Workshop())


def test_more_panels_than_are_laid_out_at_once_are_refused_before_any_is():
    rows = cut_list([panel(1, 100, 100, count=MOST_PANELS + 1)], Workshop())
    with pytest.raises(TooMany):
        nesting(rows, Workshop())


def test_the_boards_of_materials_that_are_called_alike_are_all_in_the_archive():
    front = replace(OAK, key="carcase")
    rows = cut_list([panel(1, 500, 300), panel(2, 500, 300, material=front)], Workshop())
    making = Making(None, Workshop(), rows)
    with ZipFile(BytesIO(FILES["boards.zip"].make(making))) as made:
        names = made.namelist()
        drawn = [made.read(name).decode() for name in names]

    assert names == ["OAK-19_19_01.svg", "OAK-19_19_02.svg"]
    assert [">P01<" in drawn[0], ">P02<" in drawn[1]] == [True, True]


def test_a_board_is_drawn_with_what_is_cut_from_it():
    (found,) = nesting(cut_list([panel(1, 1200, 500, count=2)], Workshop()), Workshop())
    drawn = sheet_svg(found.sheets[0], "Oak & ash").decode()
    assert drawn.count('class="panel"') == 2
    assert drawn.count('class="offcut"') == len(found.sheets[0].offcuts) > 0
    assert "<title>Oak &amp; ash</title>" in drawn
