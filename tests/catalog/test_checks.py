"""The register of publish checks."""

from collections.abc import Iterator

import pytest

from catalog import checks
from catalog.errors import Refusal
from catalog.findings import Finding
from catalog.product_model import ProductModel
from tests.examples.desk import desk


@pytest.fixture(autouse=True)
def empty_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_basic", [])
    monkeypatch.setattr(checks, "_further", [])
    monkeypatch.setattr(checks, "_wide", [])


def remark(severity: str) -> checks.Check:
    def check(model: ProductModel) -> Iterator[Finding]:
        yield Finding(severity, "remark", model.product, f"A {severity}.")

    return check


def test_findings_come_errors_first() -> None:
    for severity in ("note", "error", "warning"):
        checks.register(remark(severity))
    assert [each.severity for each in checks.findings(desk())] == ["error", "warning", "note"]


def test_a_check_registered_twice_runs_once() -> None:
    check = checks.register(remark("note"))
    checks.register(check)
    assert len(checks.findings(desk())) == 1


def test_further_checks_wait_until_the_basic_ones_find_no_error() -> None:
    checks.register(remark("error"), basic=True)
    checks.register(remark("warning"))
    assert [each.code for each in checks.findings(desk())] == ["remark", "more-is-checked"]


def test_where_nothing_waits_no_note_says_so() -> None:
    checks.register(remark("error"), basic=True)
    assert [each.code for each in checks.findings(desk())] == ["remark"]


def test_a_check_that_refuses_becomes_an_error_with_its_sentence() -> None:
    def refuse(model: ProductModel) -> Iterator[Finding]:
        raise Refusal("The model is too large.", path="options")

    checks.register(refuse)
    assert checks.findings(desk()) == (
        Finding("error", "refused", "options", "The model is too large."),
    )
