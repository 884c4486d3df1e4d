import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.geometry.outlines import (
    OutlineRefused,
    area,
    centroid,
    perimeter,
    plain_outline,
    triangles,
)

ANGLE = ((0, 0), (30, 0), (30, 5), (5, 5), (5, 30), (0, 30))
numbers = st.integers(-50, 50)


def test_an_outline_goes_counter_clockwise_whichever_way_it_was_written():
    assert area(plain_outline(ANGLE)) == area(plain_outline(ANGLE[::-1])) == 275


def test_points_that_say_nothing_are_left_out():
    assert plain_outline(((0, 0), (5, 0), (10, 0), (10, 10), (10, 10), (0, 10), (0, 0))) == (
        *((10, 0), (10, 10)),
        *((0, 10), (0, 0)),
    )


def test_the_angle_has_the_measures_that_its_two_legs_have_together():
    assert perimeter(ANGLE) == 120
    across, up = centroid(ANGLE)
    # Legs of 30 x 5 and 5 x 25, about their own centres.
    assert across == pytest.approx((150 * 15 + 125 * 2.5) / 275)
    assert up == pytest.approx((150 * 2.5 + 125 * 17.5) / 275)


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ([(0, 0), (10, 10), (10, 0), (0, 20)], "crosses itself"),
        ([(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)], "crosses itself"),
        ([(0, 0), (5, 0), (10, 0)], "no area"),
        ([(1, 1), (1, 1), (1, 1), (1, 1)], "no area"),
    ],
)
def test_what_bounds_no_area_is_refused(points, told):
    with pytest.raises(OutlineRefused, match=told):
        plain_outline(tuple(points))


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9))
def test_the_triangles_of_an_outline_cover_it_once(points):
    try:
        outline = plain_outline(tuple(points))
    except OutlineRefused:
        return
    cut = triangles(outline)
    assert len(cut) == len(outline) - 2
    areas = [area([outline[corner] for corner in corners]) for corners in cut]
    assert min(areas) >= 0
    assert sum(areas) == pytest.approx(area(outline))
