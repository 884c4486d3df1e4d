"""Ways out of clashes on the desk."""

from decimal import Decimal

import pytest

from configurator.engine.answers.repair import Repair, repairs
from configurator.engine.solver.compiled import Compiled, compile_model
from tests.examples.desk import DESK, desk

CLASH = {"frame": "oak", "top": "glass", "width": Decimal(1900)}


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(desk())


def test_repairs_take_back_the_fewest_choices_first(compiled):
    assert repairs(compiled, CLASH) == (Repair(("frame",)), Repair(("top", "width")))


def test_a_kept_choice_is_never_taken_back(compiled):
    assert repairs(compiled, CLASH, frozenset({"frame"})) == (Repair(("top", "width")),)


def test_no_repair_exists_where_the_kept_choices_clash_by_themselves(compiled):
    assert repairs(compiled, CLASH, frozenset({"frame", "top"})) == ()


def test_no_more_repairs_than_wanted_are_returned(compiled):
    assert repairs(compiled, CLASH, limit=1) == (Repair(("frame",)),)


def test_consistent_choices_need_no_repair(compiled):
    assert repairs(compiled, {"frame": "oak"}) == (Repair(()),)


def test_a_void_product_cannot_be_repaired():
    assert (
        repairs(
            compile_model(desk(rules=[*DESK["rules"], {"key": "never", "then": "false"}])), CLASH
        )
        == ()
    )


def test_the_order_of_choices_does_not_matter(compiled):
    assert repairs(compiled, CLASH) == repairs(compiled, dict(reversed(CLASH.items())))


def test_of_as_many_choices_those_on_the_least_important_options_are_given_up_first():
    def with_importance(**importance):
        options = [
            {**option, "importance": importance.get(option["key"], 5)} for option in DESK["options"]
        ]
        return repairs(compile_model(desk(options=options)), {"frame": "oak", "top": "glass"})

    assert with_importance() == (Repair(("frame",)), Repair(("top",)))
    assert with_importance(top=2) == (Repair(("top",)), Repair(("frame",)))
    assert with_importance(frame=9) == (Repair(("top",)), Repair(("frame",)))


def test_fewer_choices_are_given_up_before_less_important_ones():
    options = [
        {**option, "importance": 9 if option["key"] == "frame" else 1} for option in DESK["options"]
    ]
    assert repairs(compile_model(desk(options=options)), CLASH) == (
        Repair(("frame",)),
        Repair(("top", "width")),
    )
