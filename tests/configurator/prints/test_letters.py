"""Letters stand in their area, in millimetres, as large as they can."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from io import BytesIO
from math import dist

import manifold3d
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from catalog.print_checks import TYPEFACES
from configurator.prints.files import covered, pdf_file, png_file, print_file, svg_file
from configurator.prints.fonts import font, having, lacking
from configurator.prints.letters import Area, Lettering, lettering, polygons
from configurator.prints.refusals import PrintRefused

PLATE = Area(width=300, height=40, size=20, least=5)
LATIN = "ABCXYZ abcxyz ÄÖÜß éèçñ Ł 0123456789 .,&-'()"


def ink(letters: Lettering) -> tuple[float, float, float, float]:
    points = np.array([point for ring in polygons(letters, 0.001) for point in ring])
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def filled(letters: Lettering) -> manifold3d.CrossSection:
    """Return the ink by a library of its own, by the rule that files are filled by."""
    return manifold3d.CrossSection(polygons(letters, 0.001), manifold3d.FillRule.NonZero)


@given(
    text=st.text(alphabet=LATIN, min_size=1, max_size=40).filter(lambda each: each.strip()),
    typeface=st.sampled_from(TYPEFACES),
    align=st.sampled_from(["left", "middle", "right"]),
    curve=st.sampled_from([0, 150, -90]),
)
def test_letters_are_within_their_area_and_no_larger_than_asked(text, typeface, align, curve):
    area = replace(PLATE, width=300, height=200, align=align, curve=curve)
    try:
        letters = lettering(text, typeface, area)
    except PrintRefused as refused:
        assert refused.data["reason"] == "large"
        return
    left, bottom, right, top = ink(letters)
    assert area.least <= letters.size <= area.size
    assert min(left, bottom, area.width - right, area.height - top) > -0.01


@pytest.mark.parametrize(("align", "side"), [("left", 0), ("right", 300)])
def test_a_short_text_stands_at_the_side_it_is_aligned_to(align, side):
    left, _, right, _ = ink(lettering("Ada", "sans", replace(PLATE, align=align)))
    assert min(abs(left - side), abs(right - side)) < 0.01


def test_ink_is_in_the_middle_of_the_height():
    _, bottom, _, top = ink(lettering("gypsy", "serif", PLATE))
    assert bottom == pytest.approx(PLATE.height - top, abs=0.01)


def test_capitals_have_the_height_that_is_asked_for():
    _, bottom, _, top = ink(lettering("H", "sans", PLATE))
    assert top - bottom == pytest.approx(20, abs=0.01)


def test_a_long_text_is_written_smaller():
    short, long = (lettering("Ada" * count, "sans", PLATE) for count in (1, 15))
    assert short.size == 20 > long.size
    left, _, right, _ = ink(long)
    assert right - left == pytest.approx(300, abs=0.01)


def test_a_text_that_does_not_fit_is_refused_with_its_width():
    with pytest.raises(
        PrintRefused, match=r"letters 5 mm high it is \d+ mm wide, and there are 100"
    ):
        lettering("Ada " * 50, "sans", replace(PLATE, width=100))


def test_a_line_that_meets_its_own_beginning_is_refused():
    with pytest.raises(PrintRefused, match="round more than the whole circle"):
        lettering("Ada " * 40, "sans", replace(PLATE, height=300, curve=30))


@pytest.mark.parametrize(("curve", "is_over"), [(120, True), (-120, False)])
def test_a_curved_line_goes_round_its_circle(curve, is_over):
    """The middle of each letter's foot lies on the circle."""
    letters = lettering("HHHHHHHHHHH", "sans", replace(PLATE, height=200, curve=curve))
    feet = []
    for letter in letters.letters:
        a, b, _, _, e, f = letter.placed
        half = font("sans").get_glyph_h_advance(letter.glyph) / 2
        feet.append((a * half + e, b * half + f))
    top = feet[len(feet) // 2]
    assert (top[1] > feet[0][1]) is is_over
    assert [dist(foot, (top[0], top[1] - curve)) for foot in feet] == pytest.approx(
        [abs(curve)] * 11
    )


def test_kerning_brings_letters_together():
    def wide(text):
        left, _, right, _ = ink(lettering(text, "serif", PLATE))
        return right - left

    assert wide("AVAVAV") < wide("AAA") + wide("VVV")


@pytest.mark.parametrize("typeface", TYPEFACES)
def test_every_typeface_writes_the_languages_of_the_alps(typeface):
    assert lacking(typeface, LATIN) == ()


def test_what_a_typeface_lacks_is_told_with_one_that_has_it():
    assert having("Ω") == ("sans", "hand")
    with pytest.raises(PrintRefused, match=r"has no 'Ж'; leave that out, or choose sans"):
        lettering("Жук"[0], "serif", PLATE)
    with pytest.raises(PrintRefused, match="or write it otherwise") as refused:
        lettering("木", "sans", PLATE)
    assert refused.value.data["characters"] == ["木"]


def test_what_is_written_from_the_right_is_refused_though_a_typeface_has_it():
    assert font("hand").get_nominal_glyph(ord("א")) is not None
    with pytest.raises(PrintRefused, match="'א'"):
        lettering("א 2026", "hand", PLATE)


@pytest.mark.parametrize(
    "wrong",
    [{"width": 0}, {"height": -1}, {"height": 1e-6}, {"least": 0}, {"least": 21}, {"least": 1e-6}],
)
def test_an_area_that_is_none_is_refused(wrong):
    with pytest.raises(PrintRefused):
        replace(PLATE, **wrong)


def test_a_picture_has_the_ink_of_the_outlines():
    letters = lettering("Für Ada & Łukasz", "hand", PLATE)
    for dpi in (72, 300):
        pixel = (25.4 / dpi) ** 2
        shown = covered(letters, dpi / 25.4).sum() / 255 * pixel
        assert shown == pytest.approx(filled(letters).area(), rel=0.01)


def test_a_png_tells_its_size_in_inches():
    with Image.open(BytesIO(png_file(lettering("Ada", "round", PLATE), "#102030", 300))) as image:
        assert image.size == (round(300 / 25.4 * 300), round(40 / 25.4 * 300))
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.getpixel((0, 0)) == (16, 32, 48, 0)


@pytest.mark.parametrize("dpi", [10, 5_000])
def test_a_resolution_that_nobody_has_is_refused(dpi):
    with pytest.raises(PrintRefused, match="ask for 72 to 1200"):
        png_file(lettering("Ada", "round", PLATE), "#102030", dpi)


def test_a_picture_of_too_many_pixels_is_refused_with_a_resolution_that_is_made():
    wide = lettering("Ada", "round", replace(PLATE, width=600, height=400))
    with pytest.raises(PrintRefused) as refused:
        png_file(wide, "#102030", 1_200)
    assert png_file(wide, "#102030", refused.value.data["most"])
    hall = lettering("Ada", "round", replace(PLATE, width=100_000, height=9_000))
    with pytest.raises(PrintRefused, match="pixels; take the SVG or PDF"):
        png_file(hall, "#102030", 72)
    assert print_file(hall, "#102030", "pdf")


def test_an_svg_is_one_path_in_millimetres():
    letters = lettering("Ada", "round", PLATE)
    drawing = ElementTree.fromstring(svg_file(letters, "#102030"))
    [path] = drawing
    assert (drawing.get("width"), drawing.get("viewBox")) == ("300mm", "0 0 300 40")
    assert path.get("fill") == "#102030"
    assert (path.get("d") or "").count("M") == len(polygons(letters))


def test_a_pdf_has_the_size_of_the_area_no_typeface_and_equal_bytes():
    letters = lettering("Ada", "round", PLATE)
    written = pdf_file(letters, "#102030")
    assert re.search(rb"/MediaBox ?\[0 0 850\.39\d* 113\.38\d*\]", written)
    assert b"/Font" not in written
    assert pdf_file(letters, "#102030") == written
