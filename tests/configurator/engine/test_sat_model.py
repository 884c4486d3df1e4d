"""Sums over variables of a solver's model, and what the solver says of them."""

import pytest

from configurator.engine.optimise.linear import Linear, total
from configurator.engine.optimise.sat_model import LARGEST, LARGEST_TOTAL, SatModel, Solved


def asked(model: SatModel, number: Linear) -> Solved:
    return model.solve(number, 1.0, {})


def test_a_sum_rounded_down_stays_the_least_when_it_is_turned_round() -> None:
    # Something between 3 and 5 is, turned round, between -5 and -3.
    turned = Linear(3, {}, 3, 3, slack=2).times(-1)

    assert (turned.constant, turned.low, turned.slack) == (-5, -5, 2)


def test_slack_adds_up() -> None:
    assert total([Linear(slack=1), Linear(slack=2).times(3)]).slack == 7


def test_a_sum_is_held_between_bounds_only_where_a_literal_holds() -> None:
    model = SatModel()
    number, literal = model.variable(0, 10), model.variable()
    model.within(Linear(0, {number: 2}), 7, 20, [literal])

    assert asked(model, Linear(0, {number: 1})).bound == 0
    model.clause([literal])
    assert asked(model, Linear(0, {number: 1})).bound == 4


def test_bounds_that_no_sum_reaches_leave_no_answer() -> None:
    model = SatModel()
    number = model.variable(0, 10)
    model.within(Linear(1, {number: 2}), 4, 4)

    assert asked(model, Linear(0, {number: 1})).status == "INFEASIBLE"


def test_what_the_solver_cannot_hold_is_left_out_and_told() -> None:
    model = SatModel()
    number, other = model.variable(0, 3), model.variable(0, 2)
    model.within(Linear(0, {number: LARGEST, other: 1}), 2, LARGEST)

    assert not model.is_whole
    assert asked(model, Linear(0, {number: 1})).status == "OPTIMAL"


def test_factors_that_share_much_are_held_by_what_they_share() -> None:
    model = SatModel()
    number, other = model.variable(0, 3), model.variable(0, 3)
    model.within(Linear(0, {number: LARGEST, other: -2 * LARGEST}), 1, 3 * LARGEST)

    assert model.is_whole
    answer = asked(model, Linear(0, {number: 1}))
    assert (answer.solution[number - 1], answer.solution[other - 1]) == (1, 0)


def test_a_product_is_worth_what_its_factors_are() -> None:
    model = SatModel()
    width, height = model.variable(3, 50), model.variable(-4, 60)
    model.within(Linear(0, {width: 1, height: 1}), 61, 110)
    sides = Linear(10, {width: 2}, 16, 110), Linear(0, {height: 1}, -4, 60)
    area = model.product(*sides)

    assert area is not None
    expected = min((10 + 2 * w) * h for w in range(3, 51) for h in range(-4, 61) if w + h >= 61)
    answer = asked(model, area)
    assert (answer.status, answer.bound, answer.worth(area)) == ("OPTIMAL", expected, expected)


def test_a_product_too_large_for_a_bound_is_none() -> None:
    model = SatModel()
    side = Linear(0, {model.variable(0, LARGEST_TOTAL): 1}, 0, LARGEST_TOTAL)

    assert model.product(side, Linear(2, {}, 2, 2)) is None


@pytest.mark.parametrize("amount", [1, 1 << 12, 1 << 24])
def test_the_least_is_found_however_large_the_sums(amount: int) -> None:
    """What presolve sums up in 32 bits hid answers: three of ten are had at least, each dearer than
    the one before.
    """
    model = SatModel()
    chosen = [model.variable() for _ in range(10)]
    enforced = model.variable()
    cost = Linear(0, {each: amount * place for place, each in enumerate(chosen, 1)}, 0, 55 * amount)
    model.within(Linear(0, dict.fromkeys(chosen, 1)), 3, 10)
    model.within(cost, 10 * amount, 55 * amount, [enforced])
    model.clause([enforced, chosen[0]])

    answer = asked(model, cost)
    assert (answer.status, answer.bound, answer.worth(cost)) == ("OPTIMAL", 6 * amount, 6 * amount)
