"""A product with questions that cannot be settled is told before it is published, with the smallest
example.
"""

import pytest

from catalog.findings import Finding
from catalog.product_model import Choice, ProductModel, read, write
from configurator.engine.face.choices import Compiled
from configurator.engine_checks.findings import findings
from tests.configurator.engine.test_all_different import seats
from tests.configurator.engine.test_bounds import pigeons


def too_hard(model: ProductModel) -> list[Finding]:
    return [
        each
        for each in findings(model)
        if isinstance(each, Finding) and each.code == "question-too-hard"
    ]


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a question take so little that small products are too hard for it."""
    monkeypatch.setattr("configurator.engine.solver.search.MOST_CONFLICTS", 500)
    monkeypatch.setattr("configurator.engine.solver.search.MOST_TO_BEGIN", 500)
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


def test_of_two_choices_those_are_looked_at_that_the_most_constraints_read_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = write(pigeons(5, 3, when="apart"))
    document["options"] += [
        {"key": key, "kind": "boolean", "label": key} for key in ("close", "quick")
    ]
    document["rules"] = [
        {**rule, "when": "apart and close and quick"} for rule in document["rules"]
    ]
    looked_at: list[dict[str, Choice]] = []

    def unsettled(_compiled: Compiled, choices: dict[str, Choice]) -> list[str]:
        looked_at.append(choices)
        return ["p0"] if choices == {"close": True, "quick": True} else []

    monkeypatch.setattr("configurator.engine_checks.hard._unsettled", unsettled)
    (found,) = too_hard(read(document))
    assert (found.severity, found.path, found.example) == (
        "warning",
        "options/p0",
        {"close": True, "quick": True},
    )
    pairs = [choices for choices in looked_at if len(choices) == 2]
    assert {tuple(choices) for choices in pairs} == {
        ("apart", "close"),
        ("apart", "quick"),
        ("close", "quick"),
    }
