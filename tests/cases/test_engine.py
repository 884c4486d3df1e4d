"""The handed cases that are hard or long for the engine."""

import re

import pytest

from catalog.findings import Finding
from catalog.product_model import ProductModel
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from configurator.engine.face.choices import compile_model, deduce, default_completion
from configurator.engine_checks.findings import findings
from tests.cases.reading import CASES, answers, needs_cases

pytestmark = needs_cases


def test_ten_modules_do_not_fit_into_nine_slots_and_that_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is right stands in "46-ten-modules-nine-slots.md"."""
    name = "46-ten-modules-nine-slots.json"
    questions = [{"choices": {"rack": "small"}}, {"choices": {"full": True}}]
    small, full = answers(name, *questions, monkeypatch=monkeypatch)
    assert small["unchecked"] == full["unchecked"] == []
    assert small["options"]["full"]["values"]["true"]["free"] is False
    assert [key for key, value in full["options"]["rack"]["values"].items() if value["free"]] == [
        "large"
    ]


def test_a_module_too_many_is_a_clash_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "46-ten-modules-nine-slots.json"
    question = {"choices": {"rack": "small"}, "changes": {"full": True}}
    (answer,) = answers(name, question, monkeypatch=monkeypatch)
    assert answer["conflict"]["explanations"][0]["rules"]


@pytest.fixture(scope="module")
def long_constraints() -> ProductModel:
    return product_of(read_uvl((CASES / "45-long-constraints.uvl").read_text()), "long")


def test_a_constraint_of_thousands_of_literals_is_compiled_in_linear_size(
    long_constraints: ProductModel,
) -> None:
    text = (CASES / "45-long-constraints.uvl").read_text()
    compiled = compile_model(long_constraints)
    assert sum(map(len, compiled.search.program.clauses)) < 4 * len(re.findall(r"\bf\d+", text))
    assert deduce(compiled, {}).domains["f0"].values == (True, False)
    values = default_completion(compiled, {"f0": True}).values
    for line in text[text.index("f0 =>") :].splitlines():
        alternatives = [inside.split(" & ") for inside in re.findall(r"\((.*?)\)", line)]
        assert any(
            all(values[name.removeprefix("!")] is not name.startswith("!") for name in each)
            for each in alternatives
        )


def test_long_constraints_are_published_without_an_error(long_constraints: ProductModel) -> None:
    assert not [
        each
        for each in findings(long_constraints)
        if isinstance(each, Finding) and each.severity == "error"
    ]
