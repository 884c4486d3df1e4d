"""What compiles, what is refused and why, and that one compiled product serves many at once."""

import pickle
import threading
from decimal import Decimal
from typing import Any

import pytest

from catalog.product_model import ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.constraints.refusals import ChoiceUnknown, EngineRefused
from configurator.engine.solver.compiled import compile_model
from tests.examples.desk import desk


def number(key: str, first: int, last: int, step: int = 1, **parts: Any) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "number",
        "label": key,
        "number": {"first": first, "last": last, "step": step},
        **parts,
    }


def choice(key: str, *values: str, **parts: Any) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "choice",
        "label": key,
        "values": [{"key": v, "label": v} for v in values],
        **parts,
    }


def model(
    *options: dict[str, Any], rules: tuple[str, ...] = (), tables: tuple[dict[str, Any], ...] = ()
) -> ProductModel:
    listed = [{"key": f"r{place}", "then": text} for place, text in enumerate(rules, 1)]
    return read(
        {
            "product": "p",
            "name": "P",
            "options": list(options),
            "rules": listed,
            "tables": list(tables),
        }
    )


def test_numbers_that_no_rule_tells_apart_are_one_class():
    compiled = compile_model(model(number("width", 1, 100_000), rules=("width > 500",)))
    assert len(compiled.classes.first[0]) == 3


def test_values_that_no_rule_tells_apart_are_one_class():
    fabrics = [f"f{place}" for place in range(231)]
    compiled = compile_model(model(choice("fabric", *fabrics), rules=("fabric is not f7",)))
    assert len(compiled.classes.first[0]) == 3
    assert len(deduce(compiled, {}).domains["fabric"].values) == 230


def test_a_comparison_over_too_many_combinations_is_refused_with_its_place():
    wide = [number(key, 1, 5_000) for key in ("width", "height", "depth")]
    with pytest.raises(EngineRefused) as refused:
        compile_model(model(*wide, rules=("abs(width - height) * depth <= 4000000",)))
    assert refused.value.data["path"] == "rules/r1/then"
    assert "width (5,001)" in refused.value.sentence


def test_a_number_of_which_rules_tell_too_many_steps_apart_is_refused(monkeypatch):
    monkeypatch.setattr("configurator.engine.solver.compiled.MAX_CLASSES", 1000)
    with pytest.raises(EngineRefused, match="wider step"):
        compile_model(model(number("width", 1, 5000), rules=("floor(width / 2) * 2 == width",)))


def test_a_stepped_range_with_too_many_numbers_is_refused():
    with pytest.raises(EngineRefused, match="wider step"):
        compile_model(model(number("width", 0, 2_000_000)))


def test_a_stepped_range_without_a_step_is_refused():
    with pytest.raises(EngineRefused, match="step above 0"):
        compile_model(model(number("width", 0, 10, 0)))


def test_parts_of_a_comparison_are_merged_before_it_is_tabulated():
    wide = [number(key, 1, 5_000) for key in ("width", "height", "depth")]
    compiled = compile_model(
        model(*wide, rules=("ceil(width / 1000) + ceil(height / 1000) <= ceil(depth / 1000)",))
    )
    domains = deduce(compiled, {"width": Decimal(3000), "depth": Decimal(4500)}).domains
    assert domains["height"].runs == ((Decimal(1), Decimal(2000)),)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["a", "100..300"], "'100..300' for 'colour'"),
        (["a"], "1 cell for 2 options"),
    ],
)
def test_a_table_with_a_wrong_cell_is_refused(row, expected):
    table = {"key": "t", "options": ["size", "colour"], "rows": [row]}
    with pytest.raises(EngineRefused, match=expected):
        compile_model(model(choice("size", "a", "b"), choice("colour", "red"), tables=(table,)))


def test_a_table_over_a_multi_choice_is_refused_with_a_rewrite():
    extras = {
        "key": "extras",
        "kind": "multi",
        "label": "extras",
        "values": [{"key": "usb", "label": "usb"}],
    }
    table = {"key": "t", "options": ["extras"], "rows": [["usb"]]}
    with pytest.raises(EngineRefused, match="rules with 'has'"):
        compile_model(model(extras, tables=(table,)))


def test_a_number_cell_off_the_steps_matches_nothing():
    table = {"key": "t", "options": ["size", "width"], "rows": [["a", 155], ["b", 150]]}
    compiled = compile_model(
        model(choice("size", "a", "b"), number("width", 100, 300, 50), tables=(table,))
    )
    assert deduce(compiled, {}).inferred == {"size": "b", "width": Decimal(150)}


def test_a_range_cell_holds_both_its_ends():
    table = {"key": "t", "options": ["width"], "rows": [["149.5..250"]]}
    compiled = compile_model(model(number("width", 100, 300, 50), tables=(table,)))
    assert deduce(compiled, {}).domains["width"].runs == ((Decimal(150), Decimal(250)),)


def test_a_large_table_stays_exact():
    sizes = [f"s{place}" for place in range(50)]
    rows = [[size, place * 10] for place, size in enumerate(sizes)] * 40
    table = {"key": "t", "options": ["size", "width"], "rows": rows}
    compiled = compile_model(
        model(choice("size", *sizes), number("width", 0, 600, 10), tables=(table,))
    )
    assert deduce(compiled, {"size": "s30"}).inferred == {"width": Decimal(300)}


def test_a_product_without_options_has_one_configuration():
    assert deduce(compile_model(model()), {}).consistent


def test_a_choice_without_values_makes_the_product_void_only_where_it_is_required():
    assert not deduce(compile_model(model(choice("size"))), {}).consistent
    assert deduce(compile_model(model(choice("size", required=False))), {}).domains["size"].none


def test_a_rule_that_is_false_makes_the_product_void():
    assert not deduce(compile_model(model(choice("size", "a"), rules=("false",))), {}).consistent


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("frme", "oak"),
        ("frame", "pine"),
        ("width", Decimal(1005)),
        ("width", "1000"),
        ("extras", ("tray", "sofa")),
    ],
)
def test_a_choice_that_no_option_declares_is_refused(option, value):
    with pytest.raises(ChoiceUnknown):
        deduce(compile_model(desk()), {option: value})


def test_a_compiled_product_survives_pickling_and_answers_the_same():
    compiled = compile_model(desk())
    before = deduce(compiled, {"top": "glass"}), default_completion(compiled, {"top": "glass"})
    again = pickle.loads(pickle.dumps(compiled))
    assert (deduce(again, {"top": "glass"}), default_completion(again, {"top": "glass"})) == before


def test_many_threads_get_the_answers_of_one():
    tops: list[dict[str, Any]] = [
        {},
        {"top": "glass"},
        {"top": "oak"},
        {"frame": "oak"},
        {"width": Decimal(1900)},
    ]
    expected = [deduce(compile_model(desk()), choices) for choices in tops]
    compiled = compile_model(desk())
    wrong: list[Any] = []

    def ask() -> None:
        for _ in range(10):
            for choices, answer in zip(tops, expected, strict=True):
                compiled.memory.forget()
                if deduce(compiled, choices) != answer:
                    wrong.append(choices)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_solver_is_made_anew_when_questions_pile_up_and_answers_the_same(monkeypatch):
    monkeypatch.setattr("configurator.engine.solver.search.MAX_QUESTIONS", 3)
    compiled = compile_model(desk())
    for width in range(1000, 2010, 100):
        choices = {"width": Decimal(width)}
        assert deduce(compiled, choices) == deduce(compile_model(desk()), choices)
