"""The catalog's own publish checks, each with the smallest change to the desk that wakes it."""

from collections.abc import Mapping
from typing import Any

import pytest

from catalog.findings import Finding, to_json
from catalog.model_checks import CHECKS
from catalog.product_model import ProductModel
from tests.examples.desk import DESK, desk
from tests.examples.everything import everything


def found(model: ProductModel) -> list[Finding]:
    return [finding for check in CHECKS for finding in check(model)]


def with_option(**option: Any) -> ProductModel:
    return desk(
        options=[
            *DESK["options"],
            {"key": "extra", "kind": "boolean", "label": "Extra", "group": "storage", **option},
        ]
    )


def with_frame(**changes: Any) -> ProductModel:
    first, *others = DESK["options"]
    return desk(options=[{**first, **changes}, *others])


def table(*rows: Any, options: tuple[str, ...] = ("top", "width")) -> ProductModel:
    return desk(tables=[{"key": "t", "options": options, "rows": list(rows)}])


def number(**domain: Any) -> ProductModel:
    return with_option(kind="number", number=domain)


def test_the_desk_has_no_findings() -> None:
    assert found(desk()) == []


def test_the_model_of_everything_has_no_errors_but_the_pictures_it_lacks() -> None:
    errors = [each for each in found(everything()) if each.severity == "error"]
    assert {each.code for each in errors} == {"unknown-picture"}


CASES: Mapping[str, tuple[ProductModel, str, str, str]] = {
    "two options of one key": (
        with_option(key="top"),
        "key-repeated",
        "options/top",
        "two options",
    ),
    "two values of one key": (
        with_frame(values=[{"key": "steel", "label": "A"}, {"key": "steel", "label": "B"}]),
        "key-repeated",
        "options/frame/values/steel",
        "two values",
    ),
    "an option and a derived value of one key": (
        with_option(key="area"),
        "key-repeated",
        "derived/area",
        "an option and a derived value",
    ),
    "two rules of one key": (
        desk(rules=[{"key": "r", "then": "true"}, {"key": "r", "then": "true"}]),
        "key-repeated",
        "rules/r",
        "two rules",
    ),
    "an option called by a word of ours": (
        with_option(key="and"),
        "key-reserved",
        "options/and",
        "another key",
    ),
    "a group that does not exist": (
        with_option(group="storrage"),
        "unknown-group",
        "options/extra/group",
        "did you mean 'storage'?",
    ),
    "an option in no group": (
        with_option(group=None),
        "no-group",
        "options/extra/group",
        "in no group",
    ),
    "no options": (desk(options=[], derived=[]), "no-options", "options", "asks nothing"),
    "a choice without values": (
        with_option(kind="choice"),
        "no-values",
        "options/extra",
        "no values",
    ),
    "a yes or no with values": (
        with_option(values=[{"key": "a", "label": "A"}]),
        "idle-values",
        "options/extra",
        "never shown",
    ),
    "a number without a range": (
        with_option(kind="number"),
        "no-range",
        "options/extra",
        "no range",
    ),
    "a range that runs backwards": (
        number(first=10, last=5),
        "number-range",
        "options/extra/number",
        "backwards",
    ),
    "a step of nothing": (
        number(first=0, last=5, step=0),
        "number-step",
        "options/extra/number",
        "more than 0",
    ),
    "a range that ends off step": (
        number(first=0, last=10, step=3),
        "number-range",
        "options/extra/number",
        "end at 9",
    ),
    "a range of too many steps": (
        number(first=0, last=100_000, step=0.05),
        "number-steps",
        "options/extra/number",
        "1,000,000",
    ),
    "a default that is no value": (
        with_frame(default="steal"),
        "default",
        "options/frame/default",
        "did you mean 'steel'?",
    ),
    "a default off the steps": (
        with_option(kind="number", default=5, number={"first": 0, "last": 10, "step": 2}),
        "default",
        "options/extra/default",
        "0 to 10 in steps of 2",
    ),
    "a default that is no yes or no": (
        with_option(default="steel"),
        "default",
        "options/extra/default",
        "yes or no",
    ),
    "a default the pattern refuses": (
        with_option(kind="text", default="12", text={"pattern": "[a-z]+"}),
        "default",
        "options/extra/default",
        "pattern",
    ),
    "a default colour without a number sign": (
        with_option(kind="colour", default="9fb49c"),
        "default",
        "options/extra/default",
        "#9fb49c",
    ),
    "a pattern that cannot be read": (
        with_option(kind="text", text={"pattern": "["}),
        "pattern",
        "options/extra/text/pattern",
        "cannot be read",
    ),
    "a pattern that looks behind": (
        with_option(kind="text", text={"pattern": "(?<=a)b"}),
        "pattern",
        "options/extra/text/pattern",
        "cannot be read",
    ),
    "a length no text has": (
        with_option(kind="text", text={"min_length": 5, "max_length": 4}),
        "text-length",
        "options/extra/text",
        "no text",
    ),
    "more members than there are": (
        with_option(kind="multi", values=[{"key": "a", "label": "A"}], at_least=2),
        "count",
        "options/extra",
        "at least 2",
    ),
    "a swatch that is no colour": (
        with_frame(
            values=[
                {"key": "steel", "label": "A", "swatch": "grey"},
                {"key": "oak", "label": "Oak"},
            ]
        ),
        "swatch",
        "options/frame/values/steel/swatch",
        "no colour",
    ),
    "a condition with an unknown name": (
        with_option(when="tpo == glass"),
        "expression-refused",
        "options/extra/when",
        "did you mean 'top'?",
    ),
    "a number for a condition": (
        with_option(when="width"),
        "expression-refused",
        "options/extra/when",
        "condition",
    ),
    "a condition that reads a text": (
        with_option(when="length(engraving) > 3"),
        "expression-refused",
        "options/extra/when",
        "engraving",
    ),
    "a formula that reads itself": (
        desk(derived=[{"key": "area", "label": "Area", "formula": "area + 1"}]),
        "expression-refused",
        "derived/area/formula",
        "computed from itself",
    ),
    "an amount that is a condition": (
        desk(
            price_lines=[
                {"key": "p", "label": "P", "option": "frame", "amounts": {"oak": "top == glass"}}
            ]
        ),
        "expression-refused",
        "price_lines/p/amounts/oak",
        "number",
    ),
    "a table column that is no option": (
        table(["oak", 1400], options=("topp", "width")),
        "unknown-option",
        "tables/t",
        "did you mean 'top'?",
    ),
    "a table column of texts": (
        table(["a"], options=("engraving",)),
        "table-columns",
        "tables/t",
        "cannot list texts",
    ),
    "a table column of a multi-choice": (
        table(["lamp"], options=("extras",)),
        "table-columns",
        "tables/t",
        "'extras has'",
    ),
    "a table with one option twice": (
        table(["oak", "oak"], options=("top", "top")),
        "table-columns",
        "tables/t",
        "two columns",
    ),
    "a table row that is too short": (
        table(["oak"]),
        "table-cell",
        "tables/t/rows/1",
        "1 cell for 2 columns",
    ),
    "a table cell that is no value": (
        table(["oak", "*"], ["glas", "*"]),
        "table-cell",
        "tables/t/rows/2",
        "did you mean 'glass'?",
    ),
    "a table cell off the steps": (
        table(["oak", 1405]),
        "table-cell",
        "tables/t/rows/1",
        "in steps of 10",
    ),
    "a table range outside the numbers": (
        table(["oak", "10..20"]),
        "table-cell",
        "tables/t/rows/1",
        "lies outside",
    ),
    "a table range that runs backwards": (
        table(["oak", "1500..1400"]),
        "table-cell",
        "tables/t/rows/1",
        "backwards",
    ),
    "a preset for an unknown option": (
        desk(presets=[{"key": "p", "label": "P", "choices": {"tpo": "oak"}}]),
        "unknown-option",
        "presets/p/choices/tpo",
        "did you mean 'top'?",
    ),
    "a preset with an unknown value": (
        desk(presets=[{"key": "p", "label": "P", "choices": {"extras": ["lam"]}}]),
        "preset",
        "presets/p/choices/extras",
        "did you mean 'lamp'?",
    ),
    "a picture that was not uploaded": (
        desk(image="desk.png"),
        "unknown-picture",
        "image",
        "'desk.png'",
    ),
    "a currency that is none": (desk(currency="eur"), "currency", "currency", "such as EUR"),
    "a language that is none": (desk(locale="german"), "locale", "locale", "such as en"),
    "a translation to what is no language": (
        desk(name={"default": "Desk", "german": "Tisch"}),
        "locale",
        "name",
        "'german'",
    ),
}


@pytest.mark.parametrize(("model", "code", "path", "words"), CASES.values(), ids=CASES.keys())
def test_each_fault_is_found_alone_and_where_it_is(
    model: ProductModel, code: str, path: str, words: str
) -> None:
    findings = [each for each in found(model) if each.path == path and each.code == code]
    assert [words in each.sentence for each in findings] == [True], found(model)


def test_an_option_that_shoppers_never_see_needs_no_group() -> None:
    assert not any(
        each.code == "no-group" for each in found(with_option(group=None, internal=True))
    )


def test_the_place_in_an_expression_is_told() -> None:
    (finding,) = found(with_option(when="width > 3 and tpo == glass"))
    assert (
        finding.sentence
        == "Option 'extra', when: unknown option 'tpo' at 14–17; did you mean 'top'?"
    )


def test_a_large_table_with_a_wrong_column_is_told_in_a_few_findings() -> None:
    assert len(found(table(*(["glas", "*"] for _ in range(3000))))) == 21


def test_a_finding_becomes_plain_json_without_an_example_it_lacks() -> None:
    finding = Finding("note", "c", "p", "S.")
    told = {
        "severity": "note",
        "code": "c",
        "path": "p",
        "sentence": "S.",
        "identity": finding.identity,
    }
    assert to_json(finding) == told


def test_a_finding_is_the_same_while_what_it_turns_on_stays_however_it_is_worded() -> None:
    first = Finding("note", "c", "p", "S.", about=("rule r1",))
    assert (
        first.identity == Finding("warning", "c", "p", "Other words.", about=("rule r1",)).identity
    )
    assert first.identity != Finding("note", "c", "p", "S.", about=("rule r2",)).identity
    assert Finding("note", "c", "p", "S.").identity != Finding("note", "c", "p", "T.").identity


def test_a_preference_is_read_like_a_rule() -> None:
    (finding,) = found(
        desk(preferences=[{"key": "wooden", "when": "top == oak", "then": "frmae == oak"}])
    )
    assert (finding.path, finding.severity) == ("preferences/wooden/then", "error")
    assert finding.sentence == (
        "Preference 'wooden', then: unknown option 'frmae' at 0–5; did you mean 'frame'?"
    )


def test_two_preferences_of_one_key_are_told() -> None:
    twice = [{"key": "wooden", "then": "frame == oak"}] * 2
    assert [each.sentence for each in found(desk(preferences=twice))] == [
        "There are two preferences with the key 'wooden'."
    ]


@pytest.mark.parametrize("importance", [0, 10, -1])
def test_an_importance_is_one_of_nine(importance: int) -> None:
    (finding,) = found(with_frame(importance=importance))
    assert (finding.code, finding.path) == ("importance", "options/frame/importance")
    assert "give it one of 1 to 9" in finding.sentence
