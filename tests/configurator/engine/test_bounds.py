"""Hard questions stay within their budget: what was not decided is unchecked, the rest right; or
they are refused.
"""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import pytest

from catalog.product_model import ProductModel, read
from configurator.compiled_product import compile_product
from configurator.engine.answers.deduce import alternatives, deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.constraints.refusals import EngineExhausted
from configurator.engine.solver.compiled import compile_model
from configurator.engine.solver.effort import counted
from configurator.engine.solver.patience import Patience
from configurator.engine.solver.search import Budget
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import compile_prices
from pricing.in_force import Tariff, in_force

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def pigeons(count: int, holes: int, when: str | None = None) -> ProductModel:
    """As many multi-choices of one value as pigeons, no three alike: hard to refute where they are
    too many by one.

    That no three are alike is said of each three, which no count sees through. With `when`, the
    name of a yes/no option, only where that is yes.
    """
    keys = [f"p{number}" for number in range(count)]
    values = [{"key": f"h{number}", "label": str(number)} for number in range(holes)]
    one = {"kind": "multi", "values": values, "at_least": 1, "at_most": 1}
    return read(
        {
            "product": "pigeons",
            "name": "Pigeons",
            "options": [
                *([{"key": when, "kind": "boolean", "label": when}] if when else []),
                *({"key": key, "label": key, **one} for key in keys),
                {"key": "note", "kind": "boolean", "label": "Note"},
            ],
            "rules": [
                {
                    "key": "_".join((*three, value["key"])),
                    "then": f"not ({' and '.join(f'{key} has {value["key"]}' for key in three)})",
                    **({"when": when} if when else {}),
                }
                for three in combinations(keys, 3)
                for value in values
            ],
        }
    )


def test_a_product_too_hard_to_decide_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("configurator.engine.solver.search.MOST_CONFLICTS", 2_000)
    with pytest.raises(EngineExhausted, match="one table") as refusal:
        deduce(compile_model(pigeons(11, 5)), {})
    assert refusal.value.status == 409


def test_after_a_refusal_easier_questions_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configurator.engine.solver.search.MOST_CONFLICTS", 2_000)
    compiled = compile_model(pigeons(11, 5))
    with pytest.raises(EngineExhausted):
        deduce(compiled, {})
    assert not deduce(compiled, {"p0": ("h0",), "p1": ("h0",), "p2": ("h0",)}).consistent


def test_what_the_budget_does_not_suffice_for_is_unchecked_and_not_offered() -> None:
    compiled = compile_model(pigeons(11, 5, when="apart"))
    budget = Budget(400)
    deduction = deduce(compiled, {}, budget)
    assert deduction.consistent
    assert deduction.unchecked == ("apart",)
    assert deduction.domains["apart"].values == (False,)
    assert deduction.domains["apart"].unchecked == (True,)
    assert "apart" not in deduction.inferred
    assert deduction.domains["p0"].checked
    assert not deduction.domains["apart"].allows(True)


def test_a_question_on_a_budget_takes_no_more_conflicts_than_that() -> None:
    compiled = compile_model(pigeons(11, 5, when="apart"))
    budget = Budget(400)
    deduce(compiled, {"note": True}, budget)
    # The solver looks at its bound where it starts anew, every hundred conflicts or more.
    assert -200 < budget.left < 400


def test_asked_again_a_hard_question_may_take_more_and_is_told_in_the_end() -> None:
    compiled = compile_model(pigeons(9, 4, when="apart"))
    exact = deduce(compile_model(pigeons(9, 4, when="apart")), {})
    assert exact.inferred["apart"] is False
    work = []
    while True:
        budget = compiled.patience.budget({}, 60)
        work.append(budget.left)
        deduction = deduce(compiled, {}, budget)
        if not deduction.unchecked:
            break
        assert deduction.domains["apart"].values == (False,)
        compiled.patience.left_open({})
    assert work == [60 * 4**times for times in range(len(work))]
    assert len(work) > 1
    assert deduction == exact


def test_no_question_may_ever_take_more_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configurator.engine.solver.patience.MOST_TO_BEGIN", 1_000)
    patience = Patience()
    taken = []
    for _ in range(6):
        taken.append(patience.budget({"note": True}, 100).left)
        patience.left_open({"note": True})
    assert taken == [100, 400, 1_000, 1_000, 1_000, 1_000]
    assert patience.budget({}, 100).left == 100


def test_what_was_too_hard_once_is_refused_without_trying_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("configurator.engine.solver.search.MOST_TO_BEGIN", 500)
    compiled = compile_model(pigeons(11, 5, when="apart"))
    for expected in (True, False):
        with counted() as work, pytest.raises(EngineExhausted, match="make another one"):
            deduce(compiled, {"apart": True}, Budget(100))
        assert (work.conflicts > 0) is expected


def test_alternatives_and_settled_values_are_told_as_far_as_the_budget_goes() -> None:
    compiled = compile_model(pigeons(11, 5, when="apart"))
    assert alternatives(compiled, {"apart": False}, Budget(100))["apart"].unchecked == (True,)
    exact = default_completion(compiled, {"note": True})
    partly = default_completion(
        compile_model(pigeons(11, 5, when="apart")), {"note": True}, Budget(0)
    )
    assert partly.unchecked or partly.values == exact.values
    assert partly.values.items() <= exact.values.items()


def test_a_default_that_is_hard_to_refute_is_unchecked_with_all_that_comes_after_it() -> None:
    plain = pigeons(9, 4, when="apart")
    model = replace(plain, options=(replace(plain.options[0], default=True), *plain.options[1:]))
    exact = default_completion(compile_model(model), {"p0": ("h3",)})
    partly = default_completion(compile_model(model), {"p0": ("h3",)}, Budget(0))
    assert exact.values["apart"] is False
    assert "apart" in partly.unchecked
    assert partly.values.items() <= exact.values.items()


def test_an_evaluation_of_a_hard_product_shows_nothing_unproved_as_free() -> None:
    product = compile_product(pigeons(11, 5, when="apart"))
    prices = compile_prices(product.model, in_force(Tariff(), product.model.currency, NOW))
    evaluation = evaluate(product, prices, {})
    assert evaluation.unchecked == ("apart",)
    assert evaluation.options["apart"].values["true"].free is None
    assert evaluation.options["apart"].values["false"].free is True
    document = evaluation_json(evaluation)
    assert document["unchecked"] == ["apart"]
    assert document["options"]["apart"]["values"]["true"]["free"] is None
