"""Comparisons, tables and sums too large to be written out are as exact as small ones."""

import itertools
import random
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from benchmarks.made_models import big_table, furniture, rack, two_numbers
from catalog.expressions import nodes
from catalog.expressions.evaluate import evaluate
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice, Kind, ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.explain import explain
from configurator.engine.answers.repair import stands
from configurator.engine.constraints.refusals import EngineRefused
from configurator.engine.solver.compiled import Compiled, compile_model
from configurator.engine.solver.effort import counted


@pytest.fixture(scope="module")
def cable() -> Compiled:
    return compile_model(two_numbers())


def test_two_numbers_of_many_steps_have_the_domains_that_arithmetic_gives(cable: Compiled) -> None:
    strains = np.arange(1, 10_001)
    longest = np.minimum(90_000 - strains, 300_000_000 // strains)
    longest = np.minimum(longest, 100_000)
    domains = deduce(cable, {}).domains
    assert domains["length"].runs == ((Decimal(1), Decimal(int(longest.max()))),)
    for strain in random.Random("strains").sample(range(1, 10_001), 12):
        runs = deduce(cable, {"strain": Decimal(strain)}).domains["length"].runs
        assert runs == ((Decimal(1), Decimal(int(longest[strain - 1]))),), strain
    for length in (1, 3_333, 30_001, 60_000, 79_999, 89_999):
        allowed = strains[longest >= length]
        runs = deduce(cable, {"length": Decimal(length)}).domains["strain"].runs
        assert runs == ((Decimal(1), Decimal(int(allowed.max()))),), length


def test_a_clash_of_two_wide_numbers_names_the_rule(cable: Compiled) -> None:
    clash = explain(cable, {"length": Decimal(60_000), "strain": Decimal(5_001)})
    assert clash.choices == ("length", "strain")
    assert [reason.key for reason in clash.rules] == ["work"]


@pytest.mark.parametrize("made", [furniture, rack])
def test_every_value_shown_is_part_of_a_configuration_that_breaks_no_rule(made: Any) -> None:
    compiled = compile_model(made())
    chance = random.Random("shown")
    for _ in range(2):
        choices: dict[str, Choice] = {}
        for _ in range(5):
            choices |= some_choice(compiled, choices, chance)
            change = some_choice(compiled, choices, chance)
            assert_satisfies(compiled, {**choices, **change})


def test_a_value_of_a_rack_is_shown_exactly_as_far_as_power_heat_and_room_go() -> None:
    compiled = compile_model(rack())
    boards = {
        value.key: value.attributes for value in compiled.model.option_by_key["slot_1"].values
    }
    chosen = {
        "slot_1": "cpu",
        "slot_2": "gpu",
        "slot_4": "gpu",
        "slot_6": "cpu_large",
        "supply": "v650",
        "fan": "normal",
    }
    domains = deduce(compiled, dict(chosen)).domains
    taken = {
        name: sum(boards[chosen[slot]][name] for slot in ("slot_1", "slot_2", "slot_4", "slot_6"))
        for name in ("power", "heat", "units")
    }
    room = {
        "power": 650 - taken["power"],
        "heat": 480 - taken["heat"],
        "units": 34 - taken["units"],
    }
    fitting = {
        key
        for key, attributes in boards.items()
        if all(attributes[name] <= room[name] for name in room)
    }
    assert set(domains["slot_20"].values) == fitting
    assert set(domains["slot_3"].values) == fitting - {"gpu"}


@pytest.fixture(scope="module")
def motor() -> Compiled:
    return compile_model(big_table())


def test_a_table_of_a_hundred_thousand_rows_has_the_domains_that_its_rows_give(
    motor: Compiled,
) -> None:
    for user in range(6):
        chance = random.Random(f"motor {user}")
        choices: dict[str, Choice] = {}
        for _ in range(5):
            choices |= some_choice(motor, choices, chance)
            with counted() as effort:
                found = deduce(motor, choices).domains
            expected = domains_of_rows(motor.model, choices)
            for key, values in expected.items():
                domain = found[key]
                if domain.kind is Kind.NUMBER:
                    assert {
                        value for first, last in domain.runs for value in steps(first, last)
                    } == values, choices
                else:
                    assert set(domain.values) == values, (key, choices)
            # Rows prove nearly all; what is left is few configurations that other rules ask for.
            assert effort.solver_calls <= 12, choices


def test_a_row_that_the_solver_is_hinted_at_is_the_one_it_takes(motor: Compiled) -> None:
    fresh = compile_model(motor.model)
    for choices in (
        {"frame": "b60", "power": "w90"},
        {"shaft": "d30", "ratio": Decimal("12.5")},
        {"mount": "m4"},
    ):
        with counted() as effort:
            assert stands(fresh, choices)
        assert effort.solver_calls <= 3, choices


OVERLOADED: dict[str, Choice] = {
    **{f"slot_{place}": "cpu_large" for place in range(1, 9)},
    **{f"slot_{place}": "gpu" for place in range(9, 13)},
    **{f"slot_{place}": "disk" for place in range(13, 19)},
}


def test_configurations_found_on_the_way_shorten_an_explanation_and_never_choose_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, told = [], []
    for variables_a_demand in (10, 10**9):
        monkeypatch.setattr(
            "configurator.engine.answers.explain.VARIABLES_A_CONSTRAINT", variables_a_demand
        )
        compiled = compile_model(rack())
        with counted() as effort:
            told.append(explain(compiled, OVERLOADED))
        calls.append(effort.solver_calls)
    assert told[0] == told[1]
    assert calls[0] < calls[1] * 0.6


def test_rows_of_a_wide_table_are_told_apart_where_rules_bind_two_of_its_columns() -> None:
    chance = random.Random("bound columns")
    keys = [f"v{place}" for place in range(12)]
    rows = sorted({tuple(chance.choice(keys) for _ in range(4)) for _ in range(700)})
    columns = ["a", "b", "c", "d"]
    options: list[dict[str, Any]] = [
        {
            "key": key,
            "kind": "choice",
            "label": key,
            "values": [{"key": value, "label": value} for value in keys],
        }
        for key in (*columns, "e")
    ]
    rules = [
        {"key": "two", "then": "a in (v0, v1, v2, v3) implies not b in (v0, v1, v2, v3, v4, v5)"},
        {"key": "one", "then": "d is v7 implies e is v2"},
        {"key": "other", "then": "e is v2 implies c in (v1, v3)"},
    ]
    compiled = compile_model(
        read(
            {
                "product": "p",
                "name": "P",
                "options": options,
                "rules": rules,
                "tables": [{"key": "t", "options": columns, "rows": [list(row) for row in rows]}],
            }
        )
    )
    few, many = set(keys[:4]), set(keys[:6])
    possible = [
        (*row, other)
        for row in rows
        for other in keys
        if not (row[0] in few and row[1] in many)
        and (row[3] != "v7" or other == "v2")
        and (other != "v2" or row[2] in ("v1", "v3"))
    ]
    for _ in range(40):
        one = chance.choice(possible)
        chosen = {place: one[place] for place in chance.sample(range(5), chance.randint(0, 3))}
        left = [
            each
            for each in possible
            if all(each[place] == value for place, value in chosen.items())
        ]
        domains = deduce(
            compiled, {(*columns, "e")[place]: value for place, value in chosen.items()}
        ).domains
        for place, key in enumerate((*columns, "e")):
            assert set(domains[key].values) == {each[place] for each in left}, (key, chosen)


def test_a_multi_choice_of_two_hundred_values_is_counted_exactly() -> None:
    keys = [f"v{place}" for place in range(200)]
    compiled = compile_model(
        read(
            {
                "product": "set",
                "name": "Set",
                "options": [
                    {
                        "key": "parts",
                        "kind": "multi",
                        "label": "Parts",
                        "at_least": 40,
                        "at_most": 60,
                        "values": [{"key": key, "label": key} for key in keys],
                    }
                ],
            }
        )
    )
    full = deduce(compiled, {"parts": tuple(keys[:60])}).domains["parts"]
    assert full.values == full.forced == tuple(keys[:60])
    assert len(deduce(compiled, {"parts": tuple(keys[:59])}).domains["parts"].values) == 200
    assert not deduce(compiled, {"parts": tuple(keys[:61])}).consistent


def test_a_wide_comparison_that_tips_again_and_again_is_refused_with_its_place() -> None:
    numbers = [
        {"key": key, "kind": "number", "label": key, "number": {"first": 1, "last": 9_000}}
        for key in ("a", "b")
    ]
    rule = {"key": "r", "then": "abs(floor(a / 7) * 7 - a) * b - abs(b - 4000) * a <= 9"}
    with pytest.raises(EngineRefused, match="wider step") as refused:
        compile_model(read({"product": "p", "name": "P", "options": numbers, "rules": [rule]}))
    assert refused.value.data["path"] == "rules/r/then"


@pytest.mark.parametrize("limits", ["as they are", "nothing"])
@pytest.mark.parametrize("function", ["sum", "min", "max"])
@pytest.mark.parametrize("operator", ["<=", "==", "!=", ">"])
def test_a_fold_takes_those_parts_that_are_there(
    function: Any, operator: Any, limits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limits == "nothing":
        monkeypatch.setattr("configurator.engine.constraints.tabulate.MAX_TABLE", 0)
        monkeypatch.setattr("configurator.engine.constraints.tabulate.MAX_SMALL", 0)
        monkeypatch.setattr("configurator.engine.constraints.tabulate.MIN_SHARES", 2)
    attributes: Mapping[str, Mapping[str, int]] = {
        "small": {"power": 2},
        "large": {"power": 5},
        "dummy": {},
    }
    slots = [
        {
            "key": f"s{place}",
            "kind": "choice",
            "label": f"S{place}",
            "required": False,
            "values": [
                {"key": key, "label": key, "attributes": held} for key, held in attributes.items()
            ],
        }
        for place in range(3)
    ]
    bound = {
        "key": "most",
        "kind": "number",
        "label": "Most",
        "number": {"first": 0, "last": 12, "step": 1},
    }
    model = read({"product": "rack", "name": "Rack", "options": [*slots, bound]})
    power = (("small", Fraction(2)), ("large", Fraction(5)))
    parts = tuple(nodes.AttributeOf(f"s{place}", "power", power) for place in range(3))
    node = nodes.Compare(operator, nodes.Fold(function, parts), nodes.NumberOf("most"))
    compiled = compile_model(model, watch={"folded": node})
    with compiled.search.asking() as search:
        for boards in itertools.product([None, *attributes], repeat=3):
            for most in (0, 2, 4, 5, 7, 10, 12):
                choices: dict[str, Choice] = {
                    f"s{place}": board for place, board in enumerate(boards) if board
                }
                choices["most"] = Decimal(most)
                fixed = compiled.fixed(choices)
                for place, board in enumerate(boards):
                    if board is None:
                        slot = compiled.slots.of_option[f"s{place}"]
                        fixed[slot.index] = compiled.classes.none(slot) or 0
                assumptions = compiled.assumptions(fixed)
                holds = search.solvable([*assumptions, compiled.watched["folded"]])
                assert holds == evaluate(node, choices), (boards, most)
                assert search.solvable([*assumptions, -compiled.watched["folded"]]) != holds


def domains_of_rows(model: ProductModel, choices: Mapping[str, Choice]) -> dict[str, set[Any]]:
    """Return what the gear motor's options can still have, by going through its rows."""
    table = model.tables[0]
    found: dict[str, set[Any]] = {option.key: set() for option in model.options}
    for row in table.rows:
        values = dict(zip(table.options, row, strict=True))
        if any(values[key] != choice for key, choice in choices.items() if key in values):
            continue
        paints = {"grey"} if values["mount"] == "m3" else {"none", "grey", "blue"}
        brakes = {False} if values["frame"] in ("b56", "b57", "b58") else {True, False}
        paints &= {choices.get("paint", paint) for paint in paints}
        brakes &= {choices.get("brake", brake) for brake in brakes}
        if paints and brakes:
            for key, value in values.items():
                found[key].add(value)
            found["paint"] |= paints
            found["brake"] |= brakes
    return found


def steps(first: Decimal, last: Decimal) -> list[Decimal]:
    return [first + place * Decimal("0.5") for place in range(int((last - first) * 2) + 1)]


def some_choice(
    compiled: Compiled, choices: Mapping[str, Choice], chance: random.Random
) -> dict[str, Choice]:
    """Return a choice that is shown as possible."""
    domains = deduce(compiled, choices).domains
    key = chance.choice(
        [key for key, domain in domains.items() if key not in choices and domain.given]
    )
    domain = domains[key]
    if domain.kind is Kind.NUMBER:
        first, last = chance.choice(domain.runs)
        step = domain.step or Decimal(1)
        return {key: first + step * chance.randint(0, int((last - first) / step))}
    return {key: chance.choice(domain.values)}


def assert_satisfies(compiled: Compiled, choices: Mapping[str, Choice]) -> None:
    """Complete `choices` one by one, as the engine shows values, and check every rule by evaluating
    it.
    """
    values = dict(choices)
    chance = random.Random("rest")
    while any(option.key not in values for option in compiled.model.options):
        domains = deduce(compiled, values).domains
        open_ones = {key: domain for key, domain in domains.items() if key not in values}
        key = sorted(open_ones, key=lambda key: (len(open_ones[key].values), key))[0]
        domain = open_ones[key]
        values[key] = (
            domain.runs[0][0] if domain.kind is Kind.NUMBER else chance.choice(domain.values)
        )
    assert_rules_hold(compiled.model, values)


def assert_rules_hold(model: ProductModel, values: Mapping[str, Choice]) -> None:
    scope = Scope.of(model)
    for rule in model.rules:
        if rule.when is None or evaluate(bind(rule.when, scope, "condition"), values):
            assert evaluate(bind(rule.then, scope, "condition"), values), (rule.key, values)
    for table in model.tables:
        assert tuple(values[option] for option in table.options) in set(table.rows), (
            table.key,
            values,
        )
