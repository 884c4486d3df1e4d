"""Why choices on the desk clash."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.engine.compiled import Compiled, compile_model
from configurator.engine.explain import Explanation, Reason, explain, minimal, smallest
from tests.examples.desk import DESK, desk


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(desk())


def test_a_clash_names_the_choices_and_the_rule(compiled):
    choices = {"frame": "oak", "top": "glass", "extras": ("lamp",)}
    assert explain(compiled, choices) == Explanation(("frame", "top"), (Reason("rule", "glass_needs_steel"),))


def test_a_table_is_named_where_it_is_the_reason(compiled):
    explanation = explain(compiled, {"top": "glass", "depth": Decimal(800)})
    assert explanation == Explanation(("top", "depth"), (Reason("table", "depths"),))


def test_the_condition_of_an_option_is_named(compiled):
    explanation = explain(compiled, {"top": "glass", "drawers": "one"})
    assert explanation.rules == (Reason("option_condition", "drawers"),)


def test_the_need_of_a_value_is_named_where_it_is_a_reason():
    rules = [
        {"key": "no_steel", "when": "width > 1500", "then": "not (frame is steel)"},
        {"key": "no_oak", "when": "width > 1500", "then": "not (frame is oak)"},
    ]
    explanation = explain(compile_model(desk(rules=rules)), {"width": Decimal(1600)})
    assert explanation.rules == (Reason("required", "frame"), Reason("rule", "no_steel"), Reason("rule", "no_oak"))


def test_the_order_of_choices_does_not_matter(compiled):
    choices = {"frame": "oak", "top": "glass", "drawers": "two"}
    assert explain(compiled, choices) == explain(compiled, dict(reversed(choices.items())))


def test_a_void_product_is_explained_without_choices():
    rules = [*DESK["rules"], {"key": "never", "then": "false"}]
    assert explain(compile_model(desk(rules=rules)), {"top": "oak"}) == Explanation((), (Reason("rule", "never"),))


def test_consistent_choices_have_no_explanation(compiled):
    with pytest.raises(ValueError, match="consistent"):
        explain(compiled, {"frame": "oak"})


CONFLICTS = st.lists(st.frozensets(st.integers(0, 7), min_size=1), min_size=1, max_size=6)


@given(CONFLICTS, st.randoms(use_true_random=False))
def test_a_minimal_conflict_contains_no_smaller_one_and_is_the_same_whatever_is_told_on_the_way(conflicts, chance):
    def clash(numbers):
        found = [conflict for conflict in conflicts if conflict <= set(numbers)]
        return chance.choice(found) if found else None

    def all_of_it(numbers):
        return numbers if clash(numbers) is not None else None

    found = frozenset(minimal(all_of_it, range(8)))
    assert clash(found) is not None
    assert all(clash(found - {number}) is None for number in found)
    assert frozenset(minimal(clash, range(8))) == found


@given(CONFLICTS)
def test_a_smallest_conflict_is_as_small_as_any(conflicts):
    found = smallest(lambda numbers: not any(conflict <= set(numbers) for conflict in conflicts), 8)
    assert frozenset(found) in conflicts
    assert len(found) == min(len(conflict) for conflict in conflicts)
