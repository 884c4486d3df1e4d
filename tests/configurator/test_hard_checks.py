"""A product with questions that cannot be settled is told before it is published, with the smallest example."""

import pytest

from catalog.findings import Finding
from catalog.product_model import ProductModel
from configurator.engine_checks.findings import findings
from tests.configurator.engine.test_bounds import pigeons
from tests.configurator.engine.test_grids import seats


def too_hard(model: ProductModel) -> list[Finding]:
    return [each for each in findings(model) if isinstance(each, Finding) and each.code == "question-too-hard"]


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a question take so little that small products are too hard for it."""
    monkeypatch.setattr("configurator.engine.search.MOST_CONFLICTS", 500)
    monkeypatch.setattr("configurator.engine.search.MOST_TO_BEGIN", 500)
    monkeypatch.setattr("configurator.engine_checks.hard.MOST_TO_BEGIN", 500)


def test_whether_there_is_any_configuration_has_to_be_known() -> None:
    (found,) = too_hard(pigeons(11, 5))
    assert (found.severity, found.example) == ("error", {})


def test_a_value_that_would_be_checked_for_ever_is_told_by_its_option() -> None:
    (found,) = too_hard(pigeons(11, 5, when="apart"))
    assert (found.severity, found.path, found.example) == ("warning", "options/apart", {})
    assert "'apart'" in found.sentence


def test_what_is_counted_is_not_too_hard() -> None:
    assert too_hard(seats(12, 11, when="apart")) == too_hard(pigeons(4, 2, when="apart")) == []
