"""Features with a type or with copies, attributes, and constraints that compute."""

import pytest

from catalog.product_model import Kind, read, write
from catalog.uvl.features import UvlRefused
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_and_places, product_of
from catalog.uvl.writer import write_uvl
from tests.catalog.uvl.small_models import configurations_of_product
from tests.catalog.uvl.typed_models import configurations, size, told_by_product, typed_models


def test_a_product_has_one_configuration_for_each_of_a_model_with_types_copies_and_sums() -> None:
    compared = 0
    for case, model in typed_models(150):
        try:
            product, places = product_and_places(model, "product")
        except UvlRefused as refused:
            assert "within its bounds" in refused.sentence or "no text satisfies" in refused.sentence, case
            continue
        if size(product) > 40_000:
            continue
        assert read(write(product)) == product, case
        found = [told_by_product(product, values, places) for values in configurations_of_product(product)]
        assert len(found) == len(set(found)), case
        assert set(found) == configurations(model), case
        compared += 1
    assert compared > 80


def test_random_models_of_all_levels_survive_writing_and_reading() -> None:
    for case, model in typed_models(200):
        assert read_uvl(write_uvl(model)) == model, case


SHELF = """features
	Shelf
		mandatory
			Integer Width
			Real Depth {step 0.5}
			String Engraving
		optional
			String Wood
			Board cardinality [1..3] {price 5}
				mandatory
					Integer Height
constraints
	Width >= 30 & Width < 120
	0.5 < Depth & Depth <= 3
	len(Engraving) <= 20 & len(Engraving) > 1
	Wood => Wood == 'oak' | Wood == 'dark oak'
	Height >= 10
	Height <= 40
	Wood == 'oak' => Height > 20
"""


def test_what_constraints_say_of_one_feature_is_declared_by_its_option() -> None:
    product = product_of(read_uvl(SHELF), "shelf")
    options = {option.label.default: option for option in product.options}
    width, depth = options["Width"].number, options["Depth"].number
    assert width and depth
    assert (width.first, width.last, width.step) == (30, 119, 1)
    assert [str(depth.at(place)) for place in range(len(depth))] == ["1.0", "1.5", "2.0", "2.5", "3.0"]
    assert options["Engraving"].kind is Kind.TEXT
    assert options["Engraving"].text and (
        options["Engraving"].text.min_length,
        options["Engraving"].text.max_length,
    ) == (2, 20)
    assert (options["Wood"].kind, options["Wood"].required) == (Kind.CHOICE, False)
    assert [value.label.default for value in options["Wood"].values] == ["oak", "dark oak"]
    assert [label for label in options if label.startswith("Height")] == ["Height #1", "Height #2", "Height #3"]
    assert sorted(rule.then for rule in product.rules) == [
        "board implies (wood is oak implies (if board then height_1 else 0) > 20)",
        "board_2 implies (wood is oak implies (if board_2 then height_2 else 0) > 20)",
        "board_3 implies (wood is oak implies (if board_3 then height_3 else 0) > 20)",
        "board_3 implies board_2",
    ]


@pytest.mark.parametrize(
    ("features", "constraint", "told"),
    [
        ("Integer A", "A > 0", "Line 4: the Integer feature 'A' has no greatest number"),
        ("Integer A", "A < 3", "write both as a constraint, such as A => A >= 0 & A <= 100"),
        ("Real A", "A > 0 & A < 1", "Line 4: an option counts in steps, and 'A' takes any number; write its step"),
        ("Integer A {step 0.5}", "A > 0 & A < 1", "Line 4: an option counts in steps"),
        ("Integer A", "A > 1 & A < 2", "Line 4: no number of 'A' is within its bounds"),
        ("Integer A", "A > 0.1234567890123456 & A < 2.5 & A * 1.2345678901234567 > 1", "is longer than 15 digits"),
        ("String A", "A == 'x' | R", "Line 6: a text that is typed in is not known while rules are decided"),
        ("String A", "A => A == 'x' & A == 'y'", "no text satisfies its constraints"),
        ("String A", "A => A == ''", "an empty text cannot be chosen"),
        ("String A", "len(A) > 5 & len(A) < 3", "no text of 'A' is as long as its constraints say"),
        ("Integer A cardinality [1..2]", "R", "Line 4: 'A' is there several times and has one value"),
        ("A cardinality [1..2] {price 3}", "sum(price) < 5", "Line 6: 'price' of 'A' may count once or for every copy"),
    ],
)
def test_what_no_option_can_hold_is_refused_with_its_line_and_what_to_write(
    features: str, constraint: str, told: str
) -> None:
    text = f"features\n\tR\n\t\toptional\n\t\t\t{features}\nconstraints\n\t{constraint}\n"
    with pytest.raises(UvlRefused) as refused:
        product_of(read_uvl(text), "product")
    assert told in refused.value.sentence


def test_copies_cannot_grow_without_end() -> None:
    deep = "".join(
        "\t" * (2 * depth + 1) + f"F{depth} cardinality [1..60]\n" + "\t" * (2 * depth + 2) + "optional\n"
        for depth in range(5)
    )
    text = f"features\n{deep}" + "\t" * 11 + "Leaf\n"
    with pytest.raises(UvlRefused, match="has more than 20,000 features"):
        product_of(read_uvl(text), "product")
