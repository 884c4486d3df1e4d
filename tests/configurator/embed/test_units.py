"""Lengths in the unit that a shopper wants: shown, typed and kept on every way, never changing a
choice.
"""

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Merchant
from catalog.product_model import LENGTH_UNITS, Choice, read
from configurator.compiled_product import CompiledProduct, compile_product
from configurator.embed.forms import changes_of
from configurator.embed.options import Reader, option_shown
from configurator.evaluation.evaluate import evaluate
from pricing.breakdown import compile_prices
from pricing.in_force import InForce
from tests.api import RETAIL, make_shop
from tests.embed import Page, Shopper
from tests.examples.desk import desk

URL = "/embed/joinery/desk/"


@pytest.fixture
def shopper(db: None, client: Client) -> Shopper:
    make_shop(model=desk(units=["mm", "in"]))
    return Shopper(client, URL)


def width_of(page: Page) -> str:
    return page.values("o.width")[0]


def facts(page: Page) -> dict[str, str]:
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.text)
    return dict(found)


def test_without_units_of_its_own_a_product_is_shown_as_ever(
    shop: Merchant, client: Client
) -> None:
    page = Shopper(client, URL).opens("?step=size&shown-in=in")
    assert (width_of(page), page.values("shown-in")) == ("1400", [""])
    assert "show-in" not in {name for name, _value in page.buttons}


def test_a_shopper_switches_the_unit_of_all_lengths_without_scripts(shopper: Shopper) -> None:
    assert width_of(shopper.opens("?step=size")) == "1400"
    page = shopper.presses("show-in", "in")
    assert (width_of(page), page.values("state")) == ("≈ 55 1/8", [""])
    assert facts(page)["Width"] == "≈ 55 1/8 in"
    assert "≈ 39 3/8–78 3/4 in, in steps of 10 mm" in page.section("o-width")
    assert width_of(shopper.presses("show-in", "mm")) == "1400"


def test_the_slider_goes_on_in_the_units_own_steps_and_says_so(shopper: Shopper) -> None:
    shopper.opens("?step=size")
    page = shopper.presses("show-in", "in")
    slider = re.search(r'<input type="range"[^>]*id="o-width-range">', page.text)
    assert slider is not None
    assert (
        'data-unit="mm"' in slider[0] and 'max="2000"' in slider[0] and 'value="1400"' in slider[0]
    )
    assert 'aria-valuetext="≈ 55 1/8 in"' in slider[0]
    # What the script writes into the input while the slider moves.
    assert shopper.chooses(width="1410 mm").values("state") == ["width=1410"]


def test_a_number_is_read_in_the_unit_that_is_shown(shopper: Shopper) -> None:
    shopper.opens("?step=size&shown-in=in")
    assert shopper.chooses(width="59 1/16").values("state") == ["width=1500"]
    page = shopper.chooses(width="1600")
    assert (page.status, page.values("state")) == (422, ["width=1500"])
    assert "Nearest: ≈ 78 3/4 in." in page.section("o-width")
    assert shopper.chooses(width="160 cm").values("state") == ["width=1600"]


def test_what_was_typed_wrongly_stays_in_the_unit_it_was_typed_in(shopper: Shopper) -> None:
    shopper.opens("?step=size")
    page = shopper.presses("show-in", "in", width="9999")
    assert (page.status, width_of(page), page.values("shown-in")) == (422, "9999", ["mm"])


def test_a_change_and_the_switch_come_together(shopper: Shopper) -> None:
    shopper.opens("?step=size")
    page = shopper.presses("show-in", "in", width="1500")
    assert (page.values("state"), width_of(page)) == (["width=1500"], "≈ 59 1/16")


def test_undo_reload_and_share_keep_the_unit(shopper: Shopper) -> None:
    shopper.opens("?step=size")
    shopper.presses("show-in", "in")
    page = shopper.chooses(width="59 1/16")
    link = re.search(r'id="share" href="([^"]*)"', page.text)
    assert link is not None
    assert link[1].replace("&amp;", "&") == f"{URL}?width=1500&step=size&shown-in=in"
    page = shopper.presses("undo")
    assert (page.values("state"), width_of(page)) == ([""], "≈ 55 1/8")
    assert width_of(shopper.opens("?step=size&width=1500&shown-in=in")) == "≈ 59 1/16"
    assert width_of(shopper.opens("?step=size&width=1500&shown-in=miles")) == "1500"


def test_a_link_says_even_the_first_unit_since_a_shops_page_may_ask_for_another(
    shopper: Shopper,
) -> None:
    shopper.opens("?step=size&shown-in=in")
    page = shopper.presses("show-in", "mm")
    link = re.search(r'id="share"[^>]*data-link="([^"]*)"', page.text)
    assert link is not None and "shown-in=mm" in link[1]


def test_the_page_of_what_was_completed_shows_it_too_and_leads_back(shopper: Shopper) -> None:
    shopper.opens("?step=size&shown-in=in")
    answer = shopper.presses("complete").response
    assert answer.status_code == 303
    text = shopper.client.get(answer["Location"]).content.decode()
    assert "≈ 55 1/8 in" in text and "1400 mm" not in text
    change = re.search(r'id="change" href="([^"]*)"', text)
    assert change is not None and "shown-in=in" in change[1]
    without = shopper.client.get(answer["Location"].partition("?")[0]).content.decode()
    assert "1400 mm" in without and "55 1/8" not in without


def test_conflicts_ways_out_and_the_summary_speak_in_the_shown_unit(shopper: Shopper) -> None:
    shopper.opens("?frame=oak&shown-in=in")
    page = shopper.chooses(width="74 13/16")
    assert page.status == 409
    assert "≈ 74 13/16 in does not go with your choices yet" in page.words
    assert "An oak frame carries up to 1800 mm." in page.words
    assert "≈ 55 1/8 in" in shopper.opens("?step=-summary&shown-in=in").words


def test_sentences_made_from_conditions_follow_the_switch(db: None, client: Client) -> None:
    rules = [{"key": "narrow", "when": "frame == oak", "then": "width <= 1800"}]
    make_shop(model=desk(units=["mm", "in"], rules=rules))
    shopper = Shopper(client, URL)
    for unit, typed, told in (("mm", "1900", "1800 mm"), ("in", "74 13/16", "≈ 70 7/8 in")):
        shopper.opens(f"?step=size&frame=oak&shown-in={unit}")
        assert f"Width is at most {told}." in shopper.chooses(width=typed).words


def test_numbers_that_look_alike_are_named_once(db: None, client: Client) -> None:
    fine = {"first": 0, "last": 999, "step": 0.1, "unit": "mm"}
    width = {"key": "width", "kind": "number", "label": "Width", "number": fine}
    make_shop(model=read({"product": "desk", "name": "Desk", "units": ["in"], "options": [width]}))
    shopper = Shopper(client, URL)
    shopper.opens()
    assert "Nearest: ≈ 23 5/8 in." in shopper.chooses(width="23.62").words
    assert shopper.chooses(width="23 5/8").values("state") == ["width=600.1"]


def test_one_unit_is_shown_without_a_switch_and_the_first_of_several_by_itself(
    db: None, client: Client
) -> None:
    make_shop(model=desk(units=["in"]))
    page = Shopper(client, URL).opens("?step=size")
    assert (width_of(page), [name for name, _ in page.buttons if name == "show-in"]) == (
        "≈ 55 1/8",
        [],
    )
    make_shop("second", desk(units=["cm", "in", "m", "mm"]))
    shopper = Shopper(client, "/embed/second/desk/")
    assert width_of(shopper.opens("?step=size")) == "140"
    assert [value for name, value in shopper.page.buttons if name == "show-in"] == [
        "cm",
        "in",
        "m",
        "mm",
    ]
    assert width_of(shopper.presses("show-in", "m")) == "1.4"


# ---- the law -------------------------------------------------------------------------------------

NUMBERS: list[dict[str, Any]] = [
    {"first": -5, "last": 2000, "step": 0.1, "unit": "mm"},
    {"first": 3.3, "last": 303.3, "step": 2.5, "unit": "cm"},
    {"first": 0, "last": 9, "step": 0.001, "unit": "m"},
    {"first": 9, "last": 48, "step": 0.015625, "unit": "in"},
    {"first": 0, "last": 12, "step": 0.1, "unit": "ft"},
    {"first": 0, "last": 500, "step": 0.5, "unit": "kg"},
    {"first": 1, "last": 8, "step": 1},
]
MODEL = read(
    {
        "product": "p",
        "name": "P",
        "units": list(LENGTH_UNITS),
        "options": [
            {
                "key": f"n{place}",
                "label": "N",
                "kind": "number",
                "number": number,
                "required": False,
            }
            | ({"default": number["first"]} if place % 2 else {})
            for place, number in enumerate(NUMBERS)
        ],
    }
)
PRODUCT: CompiledProduct = compile_product(MODEL)


def choices() -> st.SearchStrategy[dict[str, Choice]]:
    numbers = {option.key: option.number for option in MODEL.options if option.number is not None}
    each = {key: st.integers(0, len(number) - 1).map(number.at) for key, number in numbers.items()}
    return st.fixed_dictionaries({}, optional=each)


@given(
    choices(),
    st.sampled_from(["", *LENGTH_UNITS]),
    st.sampled_from(["en", "de", "fr", "de-CH", "xx"]),
)
def test_a_form_shown_in_any_unit_and_posted_untouched_changes_nothing(
    chosen: dict[str, Choice], unit: str, locale: str
) -> None:
    evaluation = evaluate(PRODUCT, compile_prices(MODEL, InForce(RETAIL)), chosen)
    reader = Reader(locale, "EUR", unit)
    shown = [option_shown(evaluation, option, reader) for option in MODEL.options]
    inputs = {each.key: [each.number.value] for each in shown if each.number is not None}
    assert changes_of(evaluation, inputs, locale, unit) == ({}, ())
    assert evaluation.choices == chosen
