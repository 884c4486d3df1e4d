"""Ways out of clashes on the desk."""

from decimal import Decimal

import pytest

from configurator.engine.compiled import Compiled, compile_model
from configurator.engine.repair import Repair, repairs
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
    assert repairs(compile_model(desk(rules=[*DESK["rules"], {"key": "never", "then": "false"}])), CLASH) == ()


def test_the_order_of_choices_does_not_matter(compiled):
    assert repairs(compiled, CLASH) == repairs(compiled, dict(reversed(CLASH.items())))
