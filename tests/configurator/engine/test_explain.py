"""Why choices on the desk clash."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.engine.answers.default_completion import default_completion
from configurator.engine.answers.explain import (
    Explanation,
    Reason,
    explain,
    explanations,
    left_out,
    minimal,
    smallest,
    why,
    why_not,
)
from configurator.engine.solver.compiled import Compiled, compile_model
from tests.examples.desk import DESK, desk


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(desk())


def test_a_clash_names_the_choices_and_the_rule(compiled):
    choices = {"frame": "oak", "top": "glass", "extras": ("lamp",)}
    assert explain(compiled, choices) == Explanation(
        ("frame", "top"), (Reason("rule", "glass_needs_steel"),)
    )


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
    assert explanation.rules == (
        Reason("required", "frame"),
        Reason("rule", "no_steel"),
        Reason("rule", "no_oak"),
    )


def test_the_order_of_choices_does_not_matter(compiled):
    choices = {"frame": "oak", "top": "glass", "drawers": "two"}
    assert explain(compiled, choices) == explain(compiled, dict(reversed(choices.items())))


def test_a_void_product_is_explained_without_choices():
    rules = [*DESK["rules"], {"key": "never", "then": "false"}]
    assert explain(compile_model(desk(rules=rules)), {"top": "oak"}) == Explanation(
        (), (Reason("rule", "never"),)
    )


def test_consistent_choices_have_no_explanation(compiled):
    with pytest.raises(ValueError, match="consistent"):
        explain(compiled, {"frame": "oak"})


def test_all_explanations_come_the_smallest_first(compiled):
    answer = explanations(
        compiled, {"frame": "oak", "top": "glass", "width": Decimal(1900), "drawers": "two"}
    )
    assert [(each.choices, [reason.key for reason in each.rules]) for each in answer.found] == [
        (("frame", "top"), ["glass_needs_steel"]),
        (("frame", "width"), ["wide_oak_frame"]),
        (("top", "drawers"), ["drawers"]),
    ]
    assert answer.complete


def test_only_as_many_explanations_as_wanted_are_told(compiled):
    choices = {"frame": "oak", "top": "glass", "width": Decimal(1900)}
    answer = explanations(compiled, choices, 1)
    assert (len(answer.found), answer.complete) == (1, False)
    assert answer.found[0] == explain(compiled, choices)


def test_choices_that_stand_together_have_none(compiled):
    assert explanations(compiled, {"frame": "oak"}).found == ()


def test_a_value_that_is_out_is_explained_by_the_other_choices(compiled):
    (explanation,) = why_not(compiled, {"frame": "oak", "top": "oak"}, "top", "glass").found
    assert explanation == Explanation(("frame",), (Reason("rule", "glass_needs_steel"),))


def test_a_value_that_is_possible_has_no_explanation_why_not(compiled):
    assert why_not(compiled, {"frame": "steel"}, "top", "glass").found == ()


def test_an_inferred_value_is_explained_by_the_choices_that_leave_only_it(compiled):
    choices = {"top": "glass", "depth": Decimal(600)}
    assert why(compiled, choices, default_completion(compiled, choices), "frame").found == (
        Explanation(("top",), (Reason("rule", "glass_needs_steel"),)),
    )


def test_a_value_that_was_chosen_or_is_a_default_follows_from_nothing(compiled):
    settled = default_completion(compiled, {"top": "oak"})
    assert (
        why(compiled, {"top": "oak"}, settled, "top").found
        == why(compiled, {}, settled, "frame").found
        == ()
    )


def test_a_value_that_follows_from_a_preference_says_so():
    compiled = compile_model(desk(preferences=[{"key": "wooden", "then": "frame == oak"}]))
    (explanation,) = why(compiled, {}, default_completion(compiled, {}), "frame").found
    assert explanation == Explanation((), (Reason("preference", "wooden"),))


def test_a_value_that_follows_from_a_default_names_the_option_left_at_it():
    options = [
        {**each, "default": None} if each["key"] == "top" else each for each in DESK["options"]
    ]
    rules = [
        {"key": "steel_has_glass", "when": "frame == steel", "then": "top == glass"},
        *DESK["rules"],
    ]
    compiled = compile_model(desk(options=options, rules=rules))
    (explanation,) = why(compiled, {}, default_completion(compiled, {}), "top").found
    assert explanation == Explanation((), (Reason("rule", "steel_has_glass"),), ("frame",))


CONFLICTS = st.lists(st.frozensets(st.integers(0, 7), min_size=1), min_size=1, max_size=6)


@given(CONFLICTS, st.randoms(use_true_random=False))
def test_a_minimal_conflict_contains_no_smaller_one_and_is_the_same_whatever_is_told_on_the_way(
    conflicts, chance
):
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


@given(CONFLICTS, st.randoms(use_true_random=False))
def test_what_is_left_out_is_no_more_than_has_to_be(conflicts, chance):
    def clash(numbers):
        found = [conflict for conflict in conflicts if conflict <= set(numbers)]
        return chance.choice(found) if found else None

    left = left_out(clash, (), range(8))
    kept = set(range(8)) - set(left)
    assert clash(kept) is None
    assert all(
        clash({*(each for each in kept if each < number), number}) is not None for number in left
    )


def test_where_the_search_for_explanations_ends_early_it_ends_alike_in_a_fresh_and_a_used_engine(
    monkeypatch,
):
    monkeypatch.setattr("configurator.engine.answers.explain.MOST_ASKED", 3)
    choices = {"frame": "oak", "top": "glass", "width": Decimal(1900), "drawers": "two"}
    used, fresh = compile_model(desk()), compile_model(desk())
    for key in choices:
        explanations(used, {other: choice for other, choice in choices.items() if other != key})
    answer = explanations(fresh, choices)
    assert not answer.complete
    assert answer == explanations(used, choices)
