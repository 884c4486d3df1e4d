"""The handed cases that are hard or long for the engine."""

import pytest

from tests.cases.reading import answers, needs_cases

pytestmark = needs_cases


def test_ten_modules_do_not_fit_into_nine_slots_and_that_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "46-ten-modules-nine-slots.json"
    questions = [{"choices": {"rack": "small"}}, {"choices": {"full": True}}]
    small, full = answers(name, *questions, monkeypatch=monkeypatch)
    assert small["unchecked"] == full["unchecked"] == []
    assert small["options"]["full"]["values"]["true"]["free"] is False
    assert [key for key, value in full["options"]["rack"]["values"].items() if value["free"]] == ["large"]


def test_a_module_too_many_is_a_clash_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "46-ten-modules-nine-slots.json"
    question = {"choices": {"rack": "small"}, "changes": {"full": True}}
    (answer,) = answers(name, question, monkeypatch=monkeypatch)
    assert answer["conflict"]["explanations"][0]["rules"]
