"""Hitting sets, the cheapest first, against all of them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from configurator.engine.answers.hitting_sets import HittingSets

PARTS = range(6)
SETS = st.lists(st.frozensets(st.sampled_from(PARTS), min_size=1, max_size=4), max_size=6)
WEIGHTS = st.lists(st.integers(1, 9), min_size=len(PARTS), max_size=len(PARTS))


def hitting(sets, weights, most=1_000):
    def missed(chosen):
        return next((sorted(each) for each in sets if each.isdisjoint(chosen)), None)

    return HittingSets(missed, {part: (weights[part], part) for part in PARTS}, most)


@given(SETS, WEIGHTS)
def test_every_minimal_hitting_set_comes_in_the_order_of_its_cost(sets, weights):
    expected = []
    for count in range(len(PARTS) + 1):
        for some in itertools.combinations(PARTS, count):
            hits = all(not each.isdisjoint(some) for each in sets)
            if hits and not any(set(smaller) <= set(some) for smaller in expected):
                expected.append(some)
    found = hitting(sets, weights)
    assert list(found) == sorted(
        expected, key=lambda some: (len(some), sum(weights[part] for part in some), some)
    )
    assert found.is_complete


def test_an_empty_set_cannot_be_hit():
    found = hitting([frozenset()], [1] * 6)
    assert list(found) == []
    assert found.is_complete


def test_after_so_many_questions_the_answers_end_and_it_is_told():
    found = hitting([frozenset({0, 1}), frozenset({2, 3}), frozenset({4, 5})], [1] * 6, most=4)
    assert len(list(found)) < 8
    assert not found.is_complete
    assert found.asked == 4
