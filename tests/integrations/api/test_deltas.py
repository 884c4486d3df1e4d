"""Only what has changed since an answer: put over that answer, it is the whole new one."""

import os
import random

import pytest

from configurator.answering import follow
from configurator.compiled_product import compile_product
from configurator.evaluation_json import evaluation_json
from configurator.offers import Offer
from integrations.api.deltas import DELTA, answer_tag, applied, delta
from integrations.api.v1.shapes import evaluations as shapes
from pricing.in_force import InForce
from tests.api import RETAIL, told
from tests.configurator.test_complete_law import cases

SEED = int(os.environ["ENGINE_SEED"])


@pytest.mark.parametrize("case", list(cases(4)), ids=lambda case: case.name)
def test_a_change_put_over_the_old_answer_is_the_new_one(case):
    """The law, for random products and walks through their states."""
    offer = Offer("joinery", 1, 1, compile_product(case.model), InForce(RETAIL))
    chance = random.Random(f"{SEED} {case.name}")
    before = evaluation_json(follow(offer, {}), None, 1)
    for state in case.states:
        after = evaluation_json(
            follow(offer, {}, state, quantity=chance.choice([1, 1, 3])), None, 1
        )
        if after["conflict"]:
            continue
        change = delta(before, after)
        assert applied(change, before) == after
        assert change["since"] == answer_tag(before)
        assert set(change["changed"]) == {
            key for key in after["options"] if after["options"][key] != before["options"][key]
        }
        before = after


@pytest.mark.database
class TestOfTheApi:
    """What callers send and get."""

    STEEL = {"frame": "steel"}

    def evaluate(self, api, **body):
        return api.post("products/desk/evaluate", body)

    def test_a_caller_who_has_an_answer_is_told_what_changed(self, api):
        first = self.evaluate(api, choices=self.STEEL)
        asked = {"choices": self.STEEL, "changes": {"top": "glass"}}
        whole = self.evaluate(api, **asked)

        change = self.evaluate(api, **asked, since={"etag": first.headers["ETag"]})

        assert change.headers["Content-Type"] == DELTA
        shapes.EvaluationDelta.model_validate(told(change))
        assert applied(told(change), told(first)) == told(whole)
        assert change.headers["ETag"] == whole.headers["ETag"]
        assert told(change)["since"] == first.headers["ETag"]
        assert "depth" in told(change)["changed"]
        assert "width" not in told(change)["options"]

    def test_a_walk_is_told_in_changes_alone(self, api):
        held = self.evaluate(api, choices={})
        have, tag = told(held), held.headers["ETag"]
        for changes in ({"top": "oak"}, {"engraved": True}, {"top": "glass"}, {"frame": "steel"}):
            before = {"choices": have["choices"], "quantity": have["quantity"], "etag": tag}
            answer = self.evaluate(api, choices=have["choices"], changes=changes, since=before)
            assert answer.headers["Content-Type"] == DELTA
            have, tag = applied(told(answer), have), answer.headers["ETag"]
            whole = told(self.evaluate(api, choices=have["choices"]))
            assert {**have, "retracted": {}} == whole

    def test_another_quantity_is_a_change_too(self, api):
        first = told(self.evaluate(api, choices=self.STEEL))

        change = told(self.evaluate(api, choices=self.STEEL, quantity=3, since={"quantity": 1}))

        assert applied(change, first) == told(self.evaluate(api, choices=self.STEEL, quantity=3))

    @pytest.mark.parametrize(
        "since",
        [
            {"etag": '"another"'},
            {"choices": {"frame": "oak", "top": "glass"}},
        ],
    )
    def test_where_the_answer_is_not_that_of_now_all_is_told(self, api, since):
        answer = self.evaluate(api, choices=self.STEEL, since=since)

        assert answer.headers["Content-Type"] == "application/json"
        assert told(answer) == told(self.evaluate(api, choices=self.STEEL))

    def test_prices_that_changed_meanwhile_are_told_whole(self, api, shop):
        first = self.evaluate(api, choices=self.STEEL)
        rows = [{"product": "desk", "line": "base", "amount": "310.00"}]
        assert api.post("price-lists/retail/amounts", {"rows": rows}).status_code == 200

        answer = self.evaluate(api, choices=self.STEEL, since={"etag": first.headers["ETag"]})

        assert answer.headers["Content-Type"] == "application/json"

    def test_a_clash_is_told_as_ever(self, api):
        asked = {"choices": {"top": "glass"}, "changes": {"frame": "oak"}}

        answer = self.evaluate(api, **asked, since={})

        assert (answer.status_code, told(answer)["code"]) == (409, "choices-conflict")

    @pytest.mark.parametrize("more", [{"why": True}, {"complete": "cheapest"}, {"trace": True}])
    def test_it_does_not_go_with_what_is_told_beside(self, api, more):
        answer = self.evaluate(api, choices={}, since={}, **more)

        assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")

    def test_choices_of_then_that_cannot_be_read_are_named(self, api):
        answer = self.evaluate(api, choices={}, since={"choices": {"top": "granite"}})

        assert told(answer)["code"] == "choices-malformed"
        assert told(answer)["errors"][0]["pointer"] == "/since/choices/top"
