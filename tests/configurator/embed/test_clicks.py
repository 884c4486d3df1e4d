"""A click is decided without HTTP, templates and database."""

from dataclasses import fields
from typing import Any

import pytest

from configurator.compiled_product import compile_product
from configurator.embed.clicks import Click, click
from configurator.embed.forms import PostedForm
from configurator.offers import Offer
from pricing.in_force import InForce
from tests.api import RETAIL
from tests.examples.desk import desk

EMPTY: dict[str, Any] = {"past": (), "inputs": {}, "windows": {}, "checks": 0, "quantity": "1"}


@pytest.fixture(scope="module")
def offer() -> Offer:
    return Offer("joinery", 1, 1, compile_product(desk()), InForce(RETAIL))


def clicked(offer: Offer, **form: Any) -> Click:
    """Return what a form leads to whose other fields are empty, and whose buttons were not pressed."""
    plain = {each.name: False if each.name.startswith("is_") else "" for each in fields(PostedForm)}
    return click(offer, PostedForm(**{**plain, **EMPTY, **form}), "en", {})


def test_a_click_leads_to_a_state_and_keeps_the_one_before_to_go_back_to(offer: Offer) -> None:
    found = clicked(offer, state="frame=oak", inputs={"top": ["oak"]})
    assert (found.evaluation.choices, found.past, found.status) == (
        {"frame": "oak", "top": "oak"},
        ("frame=oak",),
        200,
    )


def test_a_refused_click_stays_and_is_a_conflict(offer: Offer) -> None:
    found = clicked(offer, state="frame=oak", inputs={"top": ["glass"]})
    assert (found.evaluation.choices, found.past, found.status) == ({"frame": "oak"}, (), 409)


def test_a_way_out_brings_the_keyboard_to_what_was_asked_for(offer: Offer) -> None:
    found = clicked(offer, state="frame=oak", apply="frame=steel&top=glass", about="top")
    assert (found.evaluation.values["top"], found.focus, found.status) == ("glass", "top", 200)


def test_what_is_no_answer_is_told_beside_what_holds(offer: Offer) -> None:
    found = clicked(offer, state="frame=oak", inputs={"width": ["wide"]}, step="size")
    assert [each.option for each in found.invalid] == ["width"]
    assert (found.focus, found.status, found.evaluation.choices) == ("width", 422, {"frame": "oak"})


def test_undo_leads_to_the_state_before(offer: Offer) -> None:
    found = clicked(offer, state="frame=oak&top=oak", past=("", "frame=oak"), is_undo=True)
    assert (found.evaluation.choices, found.past) == ({"frame": "oak"}, ("",))


def test_a_quantity_that_nobody_can_read_is_none(offer: Offer) -> None:
    found = clicked(offer, state="frame=oak", quantity="many")
    assert (found.quantity, found.evaluation.quantity, found.status) == (None, 1, 422)
