"""What the checks remark about price lines, parts, lead times, layers, tables and pages, each with
an example.
"""

from decimal import Decimal
from typing import Any

import pytest

from catalog.expressions.types import Scope, bind
from catalog.findings import Finding, Progress
from catalog.product_model import Text, read
from configurator.engine.face.choices import EngineExhausted
from configurator.engine_checks import rules as rules_module
from configurator.engine_checks import tables as tables_module
from configurator.engine_checks.bounds import Bounds, bounds
from configurator.engine_checks.findings import findings
from pricing.price_list import PriceList
from tests.configurator.test_engine_checks import choice, frame, light, product, rules, top, width


def of(document: dict[str, Any], code: str, *price_lists: PriceList) -> list[Finding]:
    """Return what is found of one code, and make sure that everything could be looked at."""
    listed = [each for each in findings(read(document), price_lists) if isinstance(each, Finding)]
    assert code == "not-examined" or not [
        each.sentence for each in listed if each.code == "not-examined"
    ]
    return [each for each in listed if each.code == code]


def amount(text: Any, key: str = "base", **parts: Any) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "amount": text, **parts}


# -- prices


def test_a_formula_that_divides_by_zero_somewhere_is_an_error_with_the_configuration():
    shelves = {
        "key": "shelves",
        "kind": "number",
        "label": "Shelves",
        "number": {"first": 0, "last": 5},
    }
    (finding,) = of(
        product(options=[shelves], price_lines=[amount("100 / shelves")]), "price-undefined"
    )
    assert (finding.severity, finding.path, finding.example) == (
        "error",
        "price_lines/base/amount",
        {"shelves": 0},
    )
    assert "With 0 as 'Shelves'" in finding.sentence


def test_a_division_by_zero_that_rules_forbid_is_none():
    shelves = {
        "key": "shelves",
        "kind": "number",
        "label": "Shelves",
        "number": {"first": 0, "last": 5},
    }
    document = product(
        options=[shelves], rules=rules("shelves > 0"), price_lines=[amount("100 / shelves")]
    )
    assert of(document, "price-undefined") == []


def test_a_price_that_reads_what_may_be_left_open_is_a_warning():
    document = product(options=[frame(), width(required=False)], price_lines=[amount("width / 10")])
    (finding,) = of(document, "price-undefined")
    assert "With no 'Width'" in finding.sentence


def test_an_attribute_that_a_value_lacks_leaves_it_without_price():
    material = top()
    material["values"][0]["attributes"] = {"cost": 5}
    (finding,) = of(
        product(options=[material], price_lines=[amount("top.cost * 2")]), "price-undefined"
    )
    assert finding.example == {"top": "board"}


def test_configurations_to_which_no_price_line_applies_are_a_warning():
    lines = [amount(10, when="frame is steel"), amount(20, "glass", when="top is glass")]
    (finding,) = of(product(price_lines=lines), "price-missing")
    assert (finding.severity, finding.example) == ("warning", {"frame": "oak", "top": "board"})


def test_numbers_between_the_ranges_of_price_lines_are_a_gap():
    lines = [amount(100, when="width <= 1200 mm"), amount(200, "wide", when="width >= 1500 mm")]
    (finding,) = of(product(price_lines=lines), "price-gap")
    assert (finding.severity, finding.example) == ("warning", {"width": 1300})
    assert "1300 to 1400 mm" in finding.sentence


def test_ranges_that_touch_or_numbers_that_are_not_sold_leave_no_gap():
    touching = [amount(100, when="width <= 1200 mm"), amount(200, "wide", when="width > 1200 mm")]
    assert of(product(price_lines=touching), "price-gap") == []
    apart = [amount(100, when="width <= 1200 mm"), amount(200, "wide", when="width >= 1500 mm")]
    sold = rules("width <= 1200 mm or width >= 1500 mm")
    assert of(product(price_lines=apart, rules=sold), "price-gap") == []


def test_a_total_below_zero_is_an_error_with_the_choices_that_lead_there():
    lines = [
        amount(100),
        amount(-60, "steel", when="frame is steel"),
        amount(-70, "glass", when="top is glass"),
    ]
    (finding,) = of(product(price_lines=lines), "price-negative")
    assert finding.severity == "error"
    assert finding.example == {"frame": "steel", "top": "glass"}
    on_request = PriceList("retail", Text("Retail"), "EUR", on_request=True)
    (finding,) = of(product(price_lines=lines), "price-negative", on_request)
    assert finding.severity == "warning"


def test_the_example_of_a_total_below_zero_has_only_the_choices_that_matter():
    surcharges = [
        choice(f"extra{place}", f"Extra {place}", {"a": "A", "b": "B"}) for place in range(6)
    ]
    lines = [
        amount(100),
        amount(-150, "steel", when="frame is steel"),
        *(
            {
                "key": f"extra{place}",
                "label": "Extra",
                "option": f"extra{place}",
                "amounts": {"a": 1, "b": 2},
            }
            for place in range(6)
        ),
    ]
    document = product(options=[frame(), *surcharges], price_lines=lines)
    (finding,) = of(document, "price-negative")
    assert finding.example == {"frame": "steel"}
    lines[-1]["amounts"] = {"a": 1, "b": 60}
    (finding,) = of(document, "price-negative")
    assert finding.example == {"frame": "steel", "extra5": "a"}


def test_the_example_of_a_total_that_is_too_large_has_only_the_choices_that_matter():
    lines = [
        amount("width * width * width * width", when="frame is steel"),
        amount(5, "glass", when="top is glass"),
    ]
    (finding,) = of(product(options=[frame(), top(), width()], price_lines=lines), "price-overflow")
    assert set(finding.example) == {"frame", "width"}


def height(**parts: Any) -> dict[str, Any]:
    return {**width(**parts), "key": "height", "label": "Height"}


GRID = {
    "a": "width <= 1200 mm and height <= 1200 mm",
    "b": "width <= 1200 mm and height > 1200 mm",
    "c": "width > 1200 mm and height <= 1200 mm",
    "d": "width > 1200 mm and height > 1200 mm",
}


def grid(**changed: str | None) -> dict[str, Any]:
    texts = {**GRID, **changed}
    lines = [
        amount(place, key, when=text)
        for place, (key, text) in enumerate(texts.items())
        if text is not None
    ]
    return product(options=[width(), height()], price_lines=[amount(1), *lines])


def test_a_combination_of_two_numbers_without_a_price_line_is_a_gap():
    (finding,) = of(grid(d="width > 1200 mm and height >= 1500 mm"), "price-gap")
    assert (finding.severity, finding.path) == ("warning", "price_lines/a/when")
    assert finding.example["width"] > 1200 and 1200 < finding.example["height"] < 1500
    (corner,) = of(grid(d=None), "price-gap")
    assert min(corner.example.values()) > 1200
    assert "no price line of a, b and c holds, though they do around it" in corner.sentence


def test_two_numbers_whose_lines_touch_or_that_are_not_sold_leave_no_gap():
    assert of(grid(), "price-gap") == []
    sold = rules("width <= 1200 mm or height <= 1200 mm")
    assert of({**grid(d=None), "rules": sold}, "price-gap") == []
    # One of them holds beside another: these add up, and are no scale.
    assert of(grid(c="width > 1000 mm and height <= 1200 mm", d=None), "price-gap") == []


def test_lines_that_compute_with_two_numbers_are_looked_at_number_by_number():
    texts = ["width * height <= 1440000", "width * height > 1690000"]
    lines = [
        amount(1),
        *(amount(place, f"l{place}", when=text) for place, text in enumerate(texts)),
    ]
    (finding,) = of(product(options=[width(), height()], price_lines=lines), "price-gap")
    assert 1_440_000 < finding.example["width"] * finding.example["height"] <= 1_690_000
    fine = {"first": 800, "last": 2000, "step": 1}
    large = product(options=[width(number=fine), height(number=fine)], price_lines=lines)
    (told,) = of(large, "not-examined")
    assert "l0 and l1 leave a gap between them was not looked at" in told.sentence


def test_what_the_search_for_a_total_below_zero_cannot_prove_is_told():
    lines = [
        amount(100),
        amount(-60, "steel", when="frame is steel"),
        amount(-70, "glass", when="top is glass"),
    ]
    document = product(price_lines=lines, rules=rules("not (frame is steel and top is glass)"))
    (finding,) = of(document, "not-examined")
    assert (finding.severity, finding.path) == ("note", "price_lines")
    assert "not proved" in finding.sentence


def test_minimum_maximum_material_and_breaks_that_are_not_negative_need_no_search():
    lines = [
        amount("20", per="m", quantity="width / 1000", breaks=[{"pieces": 10, "percent": -30}]),
        {"key": "least", "label": "Least", "minimum": 30},
        {"key": "most", "label": "Most", "maximum": 900, "of": ["base"]},
    ]
    document = product(price_lines=lines)
    assert of(document, "price-negative") == of(document, "not-examined") == []


def test_a_break_that_takes_off_more_than_there_is_is_not_taken_for_proved():
    document = product(price_lines=[amount(20, breaks=[{"pieces": 10, "percent": -130}])])
    assert "not proved" in of(document, "not-examined")[0].sentence


def test_a_maximum_below_zero_is_a_total_below_zero():
    lines = [amount(100), {"key": "most", "label": "Most", "maximum": -5}]
    (finding,) = of(product(price_lines=lines), "price-negative")
    assert finding.severity == "error"


def test_a_total_too_large_to_be_right_is_an_error_with_the_choices_that_lead_there():
    lines = [amount(100), amount("width * width * width * width", "wide", when="frame is steel")]
    (finding,) = of(product(options=[frame(), width()], price_lines=lines), "price-overflow")
    # 1800 is the first of which the fourth power is ten millions of millions.
    assert (finding.severity, finding.example) == ("error", {"frame": "steel", "width": 1800})


@pytest.mark.parametrize(
    "line",
    [
        {"amount": "width * width * width * width", "per": "m", "quantity": "width"},
        {"amount": "width * width * width * width", "once": True},
        {"minimum": "width * width * width * width"},
    ],
)
def test_materials_minima_and_what_counts_once_can_be_too_large_too(line):
    lines = [amount(100), {"key": "more", "label": "More", **line}]
    (finding,) = of(product(options=[width()], price_lines=lines), "price-overflow")
    assert finding.example["width"] >= 1500


def test_large_totals_that_rules_forbid_are_none():
    lines = [amount("width * width * width * width")]
    document = product(options=[width()], price_lines=lines, rules=rules("width <= 1700 mm"))
    assert of(document, "price-overflow") == []
    assert of(product(options=[width()], price_lines=lines), "price-overflow")


def test_a_division_by_zero_is_an_error_beside_what_is_left_open():
    shelves = {
        "key": "shelves",
        "kind": "number",
        "label": "Shelves",
        "number": {"first": 0, "last": 5},
    }
    options = [shelves, width(required=False)]
    by_severity = {
        each.severity: each.example
        for each in of(
            product(options=options, price_lines=[amount("width / shelves")]), "price-undefined"
        )
    }
    assert by_severity["error"]["shelves"] == 0
    assert "width" not in by_severity["warning"]
    assert list(by_severity) == ["error", "warning"]


@pytest.mark.parametrize(
    "line, place",
    [
        ({"minimum": "1 / shelves"}, "minimum"),
        ({"amount": 1, "cost": "1 / shelves"}, "cost"),
        ({"amount": 1, "breaks": [{"pieces": 5, "amount": "1 / shelves"}]}, "breaks"),
        ({"amount": 1, "per": "m", "quantity": "shelves - 1"}, "quantity"),
        ({"amount": 1, "per": "m", "quantity": "2", "waste": "1 / shelves"}, "waste"),
        ({"amount": 1, "per": "m", "quantity": "2", "at_least": "1 / shelves"}, "at_least"),
    ],
)
def test_every_number_of_a_price_line_that_may_be_undefined_is_a_warning(line, place):
    shelves = {
        "key": "shelves",
        "kind": "number",
        "label": "Shelves",
        "number": {"first": 0, "last": 5},
    }
    lines = [amount(10), {"key": "more", "label": "More", **line}]
    (finding,) = of(product(options=[shelves], price_lines=lines), "price-undefined")
    assert (finding.path, finding.example) == (f"price_lines/more/{place}", {"shelves": 0})


def test_discounts_smaller_than_what_they_are_taken_from_need_no_search():
    rebate = {"key": "rebate", "label": "Rebate", "percent": -20}
    document = product(price_lines=[amount("width * 0.2"), rebate])
    assert of(document, "price-negative") == of(document, "not-examined") == []


def test_a_line_that_never_applies_is_a_note():
    document = product(
        rules=rules("frame is steel"),
        price_lines=[amount(1), amount(2, "oak", when="frame is oak")],
    )
    (finding,) = of(document, "line-never-applies")
    assert (finding.severity, finding.path) == ("note", "price_lines/oak/when")


# -- parts, lead times, pictures


def part(**parts: Any) -> dict[str, Any]:
    return {"key": "board", "label": "Board", "part": "B-1", **parts}


def test_a_quantity_below_zero_is_a_warning():
    (finding,) = of(
        product(bom_lines=[part(quantity="(width - 1000 mm) / 100")]), "quantity-undefined"
    )
    assert (finding.severity, finding.path) == ("warning", "bom_lines/board/quantity")
    assert finding.example == {"width": 800}


def test_a_measure_counts_only_where_there_is_a_quantity():
    line = part(
        quantity="if width >= 1000 mm then 1 else 0", measures={"length": "width - 1000 mm"}
    )
    assert of(product(bom_lines=[line]), "measure-undefined") == []
    (finding,) = of(product(bom_lines=[{**line, "quantity": 1}]), "measure-undefined")
    assert finding.path == "bom_lines/board/measures/length"


def test_a_part_from_a_value_without_sku_is_an_error_where_it_can_be_chosen():
    document = product(bom_lines=[{"key": "top", "label": "Top", "option": "top"}])
    found = of(document, "no-sku")
    assert [(each.severity, each.path, each.example) for each in found] == [
        ("error", f"options/top/values/{value}/sku", {"top": value}) for value in ("glass", "board")
    ]
    assert len(of({**document, "rules": rules("top is glass")}, "no-sku")) == 1


def test_a_condition_may_leave_out_values_without_sku():
    line = {"key": "top", "label": "Top", "option": "top", "when": "top is glass and frame is oak"}
    document = product(bom_lines=[line])
    assert [each.example for each in of(document, "no-sku")] == [{"frame": "oak", "top": "glass"}]
    assert of({**document, "rules": rules("top is glass implies frame is steel")}, "no-sku") == []


def test_a_lead_time_below_zero_or_undefined_is_a_warning():
    express = {"key": "express", "label": "Express", "days": -10, "when": "light"}
    base = {"key": "base", "label": "Base", "days": 5}
    (finding,) = of(product(lead_time_lines=[base, express]), "lead-time-negative")
    assert (finding.severity, finding.example) == ("warning", {"light": True})
    broken = {"key": "base", "label": "Base", "days": "10 / (width - 800 mm)"}
    assert of(product(lead_time_lines=[broken]), "lead-time-undefined")[0].example == {"width": 800}


def test_a_value_without_any_lead_time_is_a_warning_and_not_zero_days():
    days = [
        {"key": key, "label": key, "days": 5, "when": f"top is {key}"} for key in ("glass", "board")
    ]
    assert of(product(lead_time_lines=days), "lead-time-missing") == []
    (finding,) = of(product(lead_time_lines=days[:1]), "lead-time-missing")
    assert (finding.severity, finding.path) == ("warning", "options/top/values/board")
    assert finding.example == {"top": "board"}
    assert "no lead-time line applies, so it is said to be ready in 0 days" in finding.sentence
    assert (
        of(product(lead_time_lines=days[:1], rules=rules("top is glass")), "lead-time-missing")
        == []
    )
    always = {"key": "always", "label": "Always", "days": 0}
    assert of(product(lead_time_lines=[*days[:1], always]), "lead-time-missing") == []


def test_choices_to_which_no_lead_time_line_applies_are_told_together():
    days = [
        {"key": "steel", "label": "Steel", "days": 5, "when": "frame is steel"},
        {"key": "glass", "label": "Glass", "days": 9, "when": "top is glass"},
    ]
    (finding,) = of(product(lead_time_lines=days), "lead-time-missing")
    assert (finding.path, finding.example) == ("lead_time_lines", {"frame": "oak", "top": "board"})
    document = product(
        options=[top(required=False)], lead_time_lines=[{**days[1], "when": "given(top)"}]
    )
    assert [each.example for each in of(document, "lead-time-missing")] == [{}]


def test_a_part_that_two_lines_list_at_once_is_a_warning():
    twice = [part(), {**part(), "key": "again", "when": "frame is steel"}]
    (finding,) = of(product(bom_lines=twice), "part-listed-twice")
    assert (finding.severity, finding.path) == ("warning", "bom_lines/again")
    assert finding.example == {"frame": "steel"}
    assert "more than one of the lines 'board' and 'again' lists the part B-1" in finding.sentence
    always = [part(), {**part(), "key": "again"}, {**part(), "key": "third", "when": "light"}]
    assert [each.example for each in of(product(bom_lines=always), "part-listed-twice")] == [{}]


def test_of_many_lines_with_one_part_any_two_that_meet_are_found():
    options = [choice("size", "Size", {f"s{place}": f"S{place}" for place in range(20)}), light()]
    lines = [{**part(), "key": f"l{place}", "when": f"size is s{place}"} for place in range(20)]
    assert of(product(options=options, bom_lines=lines), "part-listed-twice") == []
    lines[17]["when"] = "size is s17 or (light and size is s3)"
    (finding,) = of(product(options=options, bom_lines=lines), "part-listed-twice")
    assert finding.example == {"size": "s3", "light": True}


def test_a_part_in_two_lines_that_never_meet_or_is_cut_is_no_finding():
    apart = [part(when="frame is oak"), {**part(when="frame is steel"), "key": "again"}]
    assert of(product(bom_lines=apart), "part-listed-twice") == []
    cut = [part(measures={"length": 800}), {**part(measures={"length": 800}), "key": "again"}]
    assert of(product(bom_lines=cut), "part-listed-twice") == []


def test_a_part_that_a_value_and_a_line_name_is_found_where_that_value_is_chosen():
    material = top()
    for value in material["values"]:
        value["sku"] = f"T-{value['key']}"
    lines = [{"key": "top", "label": "Top", "option": "top"}, {**part(), "part": "T-glass"}]
    (finding,) = of(product(options=[material], bom_lines=lines), "part-listed-twice")
    assert finding.example == {"top": "glass"}


def test_a_layer_that_is_never_shown_is_a_note():
    layer = {"key": "oak", "image": "oak.png", "when": "frame is oak"}
    (finding,) = of(product(layers=[layer], rules=rules("frame is steel")), "layer-never-shown")
    assert (finding.severity, finding.path) == ("note", "layers/oak/when")


# -- tables, pages, rules


def table(rows: list[list[Any]], **parts: Any) -> list[dict[str, Any]]:
    return [{"key": "made", "options": ["frame", "top"], "rows": rows, **parts}]


def test_rows_that_rules_rule_out_are_found_together():
    rows = [["steel", "glass"], ["oak", "glass"], ["oak", "board"]]
    (finding,) = of(product(tables=table(rows), rules=rules("frame is steel")), "row-unreachable")
    assert (finding.severity, finding.path) == ("warning", "tables/made/rows/1")
    assert finding.also == ("tables/made/rows/2",)
    assert finding.example == {"frame": "oak", "top": "glass"}


def test_a_row_that_forbids_what_is_impossible_anyway_is_a_note():
    document = product(
        tables=table([["oak", "glass"], ["steel", "board"]], allows=False),
        rules=rules("top is board"),
    )
    (finding,) = of(document, "row-idle")
    assert (finding.severity, finding.path) == ("note", "tables/made/rows/0")


def test_a_row_that_stands_twice_is_a_note():
    (finding,) = of(
        product(tables=table([["steel", "*"], ["oak", "*"], ["steel", "*"]])), "row-repeated"
    )
    assert (finding.severity, finding.path) == ("note", "tables/made/rows/2")


def test_a_step_whose_options_are_never_asked_is_found():
    steps = [
        {"key": "look", "label": "Look", "groups": [{"key": "all", "label": "All"}]},
        {"key": "extra", "label": "Extra", "groups": [{"key": "lights", "label": "Lights"}]},
    ]
    options = [frame(group="all"), light(group="lights", when="frame is oak")]
    (finding,) = of(
        product(options=options, steps=steps, rules=rules("frame is steel")), "step-never-shown"
    )
    assert (finding.severity, finding.path) == ("warning", "steps/extra")


def test_a_rule_that_others_imply_names_them_and_the_first_of_two_alike_stays():
    texts = (
        "top is glass implies frame is steel",
        "frame is steel implies light",
        "top is glass implies light",
    )
    (finding,) = of(product(rules=rules(*texts)), "rule-redundant")
    assert finding.path == "rules/r3"
    assert "rule 'r1' and rule 'r2'" in finding.sentence
    (twin,) = of(product(rules=rules(texts[0], texts[0])), "rule-redundant")
    assert twin.path == "rules/r2"


def test_rules_that_contradict_each_other_are_a_warning_for_the_one_that_cannot_fire():
    document = product(
        rules=[
            {"key": "wide", "when": "width > 1500 mm", "then": "frame is steel"},
            {"key": "huge", "when": "width > 1800 mm", "then": "frame is oak"},
        ]
    )
    (finding,) = of(document, "rules-contradict")
    assert (finding.severity, finding.path, finding.also) == (
        "warning",
        "rules/huge",
        ("rules/wide/then",),
    )


def test_rules_that_never_apply_at_once_are_a_note_on_the_first():
    texts = ("top is glass implies frame is steel", "light implies frame is oak")
    (finding,) = of(product(rules=rules(*texts)), "rules-never-together")
    assert (finding.severity, finding.path, finding.also) == ("note", "rules/r1", ("rules/r2",))


def test_a_value_that_needs_another_default_names_it():
    document = product(
        options=[frame(default="oak"), top()], rules=rules("top is glass implies frame is steel")
    )
    (finding,) = of(document, "value-beyond-default")
    assert (finding.path, finding.example) == ("options/top/values/glass", {"top": "glass"})
    assert "'Frame' ('Oak')" in finding.sentence


def test_many_findings_of_a_kind_are_told_as_one_with_their_places():
    options = [choice(f"o{place}", f"O{place}", {"only": "Only"}) for place in range(30)]
    found = of(product(options=options), "option-forced")
    assert len(found) == 4
    assert len(found[-1].also) == 26
    assert found[-1].sentence.startswith("27 more options ask nothing")


def test_a_check_tells_how_far_it_is():
    document = product(rules=rules("top is glass implies frame is steel"))
    stages = {each.stage for each in findings(read(document)) if isinstance(each, Progress)}
    assert {
        "Reading the product",
        "Values that can never be chosen",
        "Rules that others imply",
    } <= stages


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("width", 800, 2000),
        ("width - 1000", -200, 1000),
        ("2 * width + 5", 1605, 4005),
        ("-1 * width", -2000, -800),
        ("1000 / width", Decimal("0.5"), Decimal("1.25")),
        ("abs(width - 900)", 0, 1100),
        ("min(width, 900)", 800, 900),
        ("max(width, 900)", 900, 2000),
        ("round(width, 300)", 900, 2100),
        ("if light then width else 5", 5, 2000),
        ("count(light, frame is oak)", 0, 2),
    ],
)
def test_the_form_of_an_expression_tells_its_bounds(text: str, least: Any, most: Any) -> None:
    options = [frame(), light(), width(number={"first": 800, "last": 2000, "step": 100})]
    model = read(product(options=options))
    found = bounds(model, bind(text, Scope.of(model), "number", lengths=True))
    assert found == Bounds(least, most) or (found.least, found.most) == (least, most)


def test_a_part_of_the_checks_that_is_too_hard_says_so_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hard(product: Any) -> Any:
        raise EngineExhausted("Too hard.")
        yield

    monkeypatch.setattr(rules_module, "redundant", hard)
    listed = [
        each
        for each in findings(read(product(rules=rules("width > 5000 mm implies light"))))
        if isinstance(each, Finding)
    ]
    assert {"rule-never-fires", "not-examined"} == {each.code for each in listed}
    assert "rules that others imply" in next(
        each.sentence for each in listed if each.code == "not-examined"
    )


def test_a_long_table_is_looked_at_as_far_as_questions_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "MOST_ASKED", 1)
    rows = [["oak", "glass"], ["oak", "board"], ["steel", "glass"]]
    document = product(tables=table(rows), rules=rules("frame is steel"))
    (finding,) = of(document, "not-examined")
    assert "from row 2 on" in finding.sentence
