"""The rest of a product's choices, asked for with an evaluation."""

import pytest

from integrations.api.v1.shapes import evaluations as shapes
from tests.api import told

pytestmark = pytest.mark.database


def evaluation(api, **body):
    response = api.post("products/desk/evaluate", body)
    assert response.status_code == 200, told(response)
    return told(response)


def test_a_completion_has_the_shape_that_is_documented(api):
    shapes.Evaluation.model_validate(evaluation(api, choices={"top": "oak"}, complete="cheapest"))


def test_the_cheapest_rest_is_told_beside_an_evaluation_that_it_does_not_change(api):
    answer = evaluation(api, choices={"top": "oak"}, complete="cheapest")
    completion = answer.pop("completion")

    assert answer == evaluation(api, choices={"top": "oak"})
    # 290 for the desk and 140 for a square metre of oak, of which 1000 by 600 mm are the least.
    assert (completion["price"]["total"], completion["bound"], completion["proven"]) == (
        "374.00",
        "374.00",
        True,
    )
    assert completion["values"]["top"] == "oak"
    assert completion["changes"]["width"] == 1000


def test_the_changes_of_a_completion_lead_to_what_it_tells(api):
    completion = evaluation(api, choices={"top": "oak"}, complete="cheapest")["completion"]
    answer = evaluation(api, choices={"top": "oak"}, changes=completion["changes"])

    assert answer["complete"]
    assert answer["values"] == completion["values"]
    assert answer["price"]["total"] == completion["price"]["total"]


def test_the_fastest_rest_takes_no_glass(api):
    completion = evaluation(api, choices={"width": 1600}, complete="fastest")["completion"]

    assert (completion["lead_time"]["days"], completion["bound"], completion["proven"]) == (
        10,
        10,
        True,
    )
    assert completion["values"]["top"] != "glass"


def test_the_closest_rest_keeps_what_is_shown(api):
    completion = evaluation(api, choices={"frame": "oak"}, complete="closest")["completion"]

    assert (completion["changes"], completion["changed"], completion["proven"]) == ({}, 0, True)


def test_the_rest_closest_to_a_preset_differs_where_a_choice_demands_it(api):
    completion = evaluation(api, choices={"width": 1400}, complete={"preset": "studio"})[
        "completion"
    ]

    assert (completion["preset"], completion["changed"], completion["proven"]) == (
        "studio",
        1,
        True,
    )
    assert {key: completion["values"][key] for key in ("frame", "top", "width", "extras")} == {
        "frame": "steel",
        "top": "glass",
        "width": 1400,
        "extras": ["lamp"],
    }


def test_a_completion_tells_the_text_that_nobody_can_invent(api):
    completion = evaluation(api, choices={"top": "oak", "engraved": True}, complete="cheapest")[
        "completion"
    ]

    assert completion["missing"] == ["engraving"]


def test_a_clash_has_no_completion(api):
    body = {"choices": {"frame": "oak"}, "changes": {"top": "glass"}, "complete": "cheapest"}
    response = api.post("products/desk/evaluate", body)

    assert (response.status_code, told(response)["code"]) == (409, "choices-conflict")
    assert "completion" not in told(response)["evaluation"]


def test_a_preset_that_is_not_there_is_not_found(api):
    response = api.post("products/desk/evaluate", {"choices": {}, "complete": {"preset": "loft"}})

    assert (response.status_code, told(response)["code"]) == (404, "not-found")


@pytest.mark.parametrize("wrong", ["nicest", 3, {"preset": 3}, {"objective": "cheapest"}])
def test_a_wish_is_one_of_the_words_that_are_known(api, wrong):
    response = api.post("products/desk/evaluate", {"choices": {}, "complete": wrong})

    assert (response.status_code, told(response)["code"]) == (400, "malformed-input")
    assert told(response)["errors"][0]["pointer"].startswith("/complete")
