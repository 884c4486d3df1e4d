"""Every answer of the engine equals that of plain enumeration, on random small models with every
construct.

`ENGINE_MODELS` sets how many models a run takes (250), `ENGINE_SEED` where it starts; a failure
tells the seed and the number of the model.
"""

import os
import random
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from catalog.product_model import Choice, ProductModel, read
from configurator.engine.answers.deduce import alternatives, deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.answers.domains import Domain
from configurator.engine.answers.explain import explain, explanations
from configurator.engine.answers.repair import repairs
from configurator.engine.solver.compiled import Compiled, compile_model
from tests.configurator.engine.after import after, as_settled
from tests.configurator.engine.oracle import Asked, Maker, Oracle, Sketch
from tests.configurator.engine.oracle_ways import check_explanations, check_repairs, check_whys

MODELS = int(os.environ.get("ENGINE_MODELS", "250"))
SEED = int(os.environ["ENGINE_SEED"])
BATCHES = 10


WAYS = ["written out", "held beside the clauses", "summed step by step"]


def take_way(way: str, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold comparisons and tables as products of another size do, by limits set to nothing."""
    if batch % 2:
        # These models are so small that all they consist of would be on one island.
        monkeypatch.setattr("configurator.engine.solver.components.LEAST_SLOTS", 1)
    if way != "written out":
        for limit in (
            "constraints.tabulate.MAX_TABLE",
            "sat.encode.MAX_ROWS",
            "sat.encode.MAX_BOXES",
        ):
            monkeypatch.setattr(f"configurator.engine.{limit}", 0)
        monkeypatch.setattr("configurator.engine.moves.multi_variable.MANY", 2)
        monkeypatch.setattr("configurator.engine.moves.multi_variable.FRUIT", 1)
        monkeypatch.setattr("configurator.engine.answers.explain.VARIABLES_A_CONSTRAINT", 0)
        for least in ("sat.all_different.LEAST_ROWS", "sat.pigeonholes.LEAST_ROWS"):
            monkeypatch.setattr(f"configurator.engine.{least}", 2)
    if way == "summed step by step":
        monkeypatch.setattr("configurator.engine.constraints.tabulate.MAX_SMALL", 0)
        monkeypatch.setattr("configurator.engine.constraints.tabulate.MIN_SHARES", 2)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_answers_as_enumeration_does(
    batch: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_way(way, batch, monkeypatch)
    for number in range(batch, MODELS, BATCHES):
        if WAYS[number // BATCHES % len(WAYS)] == way:
            check_random(f"ENGINE_SEED={SEED}, model {number}", f"{SEED}/{number}")


@pytest.mark.parametrize("way", WAYS)
def test_what_is_asked_only_where_it_is_answered_may_go_unasked(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two conditions read each other's options: where the one stays empty, it is not asked."""
    take_way(way, 0, monkeypatch)
    check_random("asked by itself", "407/190")


def check_random(case: str, seed: str) -> None:
    maker = Maker(random.Random(seed))
    sketch = maker.sketch()
    check_model(case, maker, sketch, read(sketch.document()))


def check_model(case: str, maker: Maker, sketch: Sketch, model: ProductModel) -> None:
    oracle = Oracle(sketch)
    compiled = compile_model(model)
    check_state(case, compiled, sketch, oracle, {})
    for consistent in (True, True, False, False):
        choices = maker.choices(sketch, oracle, consistent)
        check_state(f"{case}, {choices}", compiled, sketch, oracle, choices)
        if maker.random.random() < 0.3:
            check_freshness(f"{case}, {choices}", compiled, model, engine_choices(choices))


def check_state(
    case: str, compiled: Compiled, sketch: Sketch, oracle: Oracle, choices: dict[str, Any]
) -> None:
    given = engine_choices(choices)
    left = oracle.configurations(choices)
    deduction = deduce(compiled, given)
    assert deduction.consistent == bool(left), case
    if left:
        for each in sketch.asked:
            assert told(deduction.domains[each.key]) == expected_domain(oracle, each, left), (
                f"{case}: {each.key}"
            )
        inferred = {key: plain(value) for key, value in deduction.inferred.items()}
        assert inferred == expected_inferred(oracle, choices, left), case
        check_settled(case, compiled, sketch, oracle, choices)
        assert repairs(compiled, given)[0].retract == (), case
    else:
        check_explanation(case, compiled, oracle, choices)
        check_explanations(case, compiled, oracle, choices)
    for keep in (frozenset[str](), frozenset(list(choices)[-1:])):
        check_repairs(case, compiled, oracle, choices, keep)
    check_whys(case, compiled, oracle, choices)
    for key, domain in alternatives(compiled, given).items():
        others = oracle.configurations(
            {other: choice for other, choice in choices.items() if other != key}
        )
        assert told(domain) == expected_domain(oracle, sketch.option(key), others), (
            f"{case}: instead of {key}"
        )


def check_settled(
    case: str, compiled: Compiled, sketch: Sketch, oracle: Oracle, choices: dict[str, Any]
) -> None:
    given = engine_choices(choices)
    settled = default_completion(compiled, given)
    values = {key: plain(value) for key, value in settled.values.items()}
    expected, unsettled = oracle.settled(choices)
    assert values == {key: plain(value) for key, value in engine_choices(expected).items()}, case
    assert settled.unsettled == unsettled, case
    assert settled.preferred == oracle.preferences_held(choices), case
    chosen = {key for key, source in settled.sources.items() if source == "chosen"}
    assert chosen == choices.keys() & settled.values.keys(), case
    left = oracle.configurations(choices)
    for each in sketch.asked:
        for value in next_values(each):
            wanted = {**choices, each.key: value}
            if oracle.configurations(wanted):
                answer = after(compiled, given, settled, each.key, engine_choice(value))
                anew = default_completion(compiled, engine_choices(wanted))
                assert answer == as_settled(anew), f"{case}: with {each.key} = {value}"
    assert left


def check_explanation(
    case: str, compiled: Compiled, oracle: Oracle, choices: dict[str, Any]
) -> None:
    explanation = explain(compiled, engine_choices(choices))
    kept = {key: choices[key] for key in explanation.choices}
    rules = [(str(reason.kind), reason.key) for reason in explanation.rules]
    assert not oracle.stated(kept) & oracle.demanded(rules), f"{case}: {explanation} is no conflict"
    for key in kept:
        fewer = {other: choice for other, choice in kept.items() if other != key}
        assert oracle.stated(fewer) & oracle.demanded(rules), f"{case}: {key} is superfluous"
        assert oracle.configurations(fewer), f"{case}: {key} is superfluous with all rules"
    for rule in rules:
        others = [other for other in rules if other != rule]
        assert oracle.stated(kept) & oracle.demanded(others), f"{case}: {rule} is superfluous"


def check_freshness(
    case: str, used: Compiled, model: ProductModel, choices: Mapping[str, Choice]
) -> None:
    fresh = compile_model(model)
    assert deduce(fresh, choices) == deduce(used, choices), case
    assert repairs(fresh, choices, limit=2) == repairs(used, choices, limit=2), case
    if deduce(fresh, choices).consistent:
        assert default_completion(fresh, choices) == default_completion(used, choices), case
    else:
        assert explain(fresh, choices) == explain(used, choices), case
        assert explanations(fresh, choices) == explanations(used, choices), case


def engine_choice(value: Any) -> Choice:
    return (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else value
    )


def engine_choices(choices: Mapping[str, Any]) -> dict[str, Choice]:
    return {key: engine_choice(value) for key, value in choices.items()}


def plain(value: Any) -> Any:
    return Fraction(value) if isinstance(value, Decimal) else value


def next_values(each: Asked) -> list[Any]:
    if each.kind == "multi":
        return [tuple(value for value in each.values if value in state) for state in each.states()]
    return each.values


def told(domain: Domain) -> dict[str, Any]:
    """Return a domain as the oracle tells it."""
    answer: dict[str, Any] = {"none": domain.none, "given": domain.given}
    if domain.kind == "number":
        step = Fraction(domain.step or 1)
        answer["values"] = [
            Fraction(first) + place * step
            for first, last in domain.runs
            for place in range(int((Fraction(last) - Fraction(first)) / step) + 1)
        ]
    elif domain.kind == "multi":
        answer |= {"values": list(domain.values), "forced": list(domain.forced)}
    elif domain.kind in ("choice", "boolean"):
        answer["values"] = list(domain.values)
    return answer


def expected_domain(oracle: Oracle, each: Asked, left: int) -> dict[str, Any]:
    states = oracle.possible(each.key, left)
    if each.kind == "multi":
        members = [value for value in each.values if any(value in state for state in states)]
        forced = [value for value in each.values if all(value in state for state in states)]
        return {
            "none": frozenset() in states,
            "given": bool(members),
            "values": members,
            "forced": forced if states else [],
        }
    values = [state for state in states if state is not None]
    answer: dict[str, Any] = {"none": None in states, "given": bool(values)}
    if each.kind == "boolean":
        answer["values"] = sorted(values, reverse=True)
    elif each.kind != "text":
        answer["values"] = values
    return answer


def expected_inferred(oracle: Oracle, choices: Mapping[str, Any], left: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in oracle.sketch.asked:
        states = oracle.possible(each.key, left)
        if (
            each.key in choices
            or each.kind == "text"
            or len(states) != 1
            or states[0] in (None, frozenset())
        ):
            continue
        state = states[0]
        found[each.key] = (
            tuple(value for value in each.values if value in state)
            if each.kind == "multi"
            else state
        )
    return found
