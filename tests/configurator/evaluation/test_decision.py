"""Where a change leads: decided without HTTP and prices, and answered by the state, however
somebody came to it.
"""

import pytest

from catalog.memory import forget_all
from catalog.product_model import read
from configurator import answering
from configurator.answering import follow
from configurator.compiled_product import compile_product
from configurator.evaluation.decision import decide
from configurator.offers import Offer
from pricing.in_force import InForce
from tests.api import RETAIL

VALUES = [{"key": "x", "label": "X"}, {"key": "y", "label": "Y"}]
LAMP = {
    "product": "lamp",
    "name": "Lamp",
    "options": [
        {"key": "shade", "kind": "choice", "label": "Shade", "default": "x", "values": VALUES},
        {"key": "foot", "kind": "choice", "label": "Foot", "default": "x", "values": VALUES},
        {"key": "dimmed", "kind": "boolean", "label": "Dimmed"},
        {
            "key": "dial",
            "kind": "choice",
            "label": "Dial",
            "required": False,
            "when": "dimmed",
            "values": VALUES,
        },
    ],
    "rules": [
        {
            "key": "one",
            "then": "not (shade is y and foot is y)",
            "message": "Only one of both is y.",
        }
    ],
    "price_lines": [{"key": "base", "label": "Base", "amount": 1}],
}
PRODUCT = compile_product(read(LAMP))


@pytest.fixture
def offer() -> Offer:
    forget_all()
    return Offer("joinery", 1, 1, PRODUCT, InForce(RETAIL))


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The choices of each state that is evaluated, in turn."""
    states: list[object] = []
    evaluate_state = answering.evaluate_state

    def noted(product, prices, choices, *others):
        states.append(dict(choices))
        return evaluate_state(product, prices, choices, *others)

    monkeypatch.setattr(answering, "evaluate_state", noted)
    return states


def test_a_change_leads_to_a_state() -> None:
    decision = decide(PRODUCT, {"foot": "y", "shade": "x"}, {"shade": None, "dimmed": True})
    assert (decision.choices, decision.retracted, decision.clash) == (
        {"foot": "y", "dimmed": True},
        {},
        None,
    )
    assert list(decision.choices) == ["foot", "dimmed"]


def test_what_a_change_switches_off_goes_with_it() -> None:
    decision = decide(PRODUCT, {"dimmed": True, "dial": "y"}, {"dimmed": False})
    assert (decision.choices, decision.retracted) == ({"dimmed": False}, {"dial": "y"})


def test_a_refused_change_leaves_what_was_chosen() -> None:
    decision = decide(PRODUCT, {"shade": "y"}, {"foot": "y"})
    assert decision.choices == {"shade": "y"}
    assert decision.clash is not None
    assert (decision.clash.choices, decision.clash.changes) == ({"shade": "y"}, {"foot": "y"})


def test_choices_that_clash_by_themselves_leave_what_the_cheapest_repair_does() -> None:
    decision = decide(PRODUCT, {"shade": "y", "foot": "y"})
    assert len(decision.choices) == 1
    assert decision.clash is not None


def test_a_state_is_evaluated_once_whichever_way_leads_to_it(
    offer: Offer, evaluated: list[object]
) -> None:
    clicked = follow(offer, {"foot": "y"}, {"dimmed": True})
    assert follow(offer, {"dimmed": True, "foot": "y"}) is clicked
    assert follow(offer, {"dimmed": True}, {"foot": "y"}) is clicked
    assert follow(offer, {"dimmed": True, "foot": "y", "dial": "x"}, {"dial": None}) is clicked
    assert evaluated == [{"foot": "y", "dimmed": True}]


def test_a_clash_is_answered_by_the_state_it_leaves(offer: Offer, evaluated: list[object]) -> None:
    state = follow(offer, {"shade": "y"})
    refused = follow(offer, {"shade": "y"}, {"foot": "y"})
    assert refused.conflict is not None
    assert refused.options is state.options
    assert follow(offer, {"shade": "y"}, {"foot": "y"}) is refused
    assert evaluated == [{"shade": "y"}]


def test_what_went_with_a_change_is_told_of_the_way_alone(
    offer: Offer, evaluated: list[object]
) -> None:
    went = follow(offer, {"dimmed": True, "dial": "y"}, {"dimmed": False})
    assert went.retracted == {"dial": "y"}
    assert follow(offer, {"dimmed": False}).retracted == {}
    assert evaluated == [{"dimmed": False}]
