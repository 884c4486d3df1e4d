"""Features with a type or with copies, attributes, and constraints that compute."""

from dataclasses import replace
from decimal import Decimal

import pytest

from catalog.product_model import Kind, ProductModel, read, write
from catalog.uvl.features import AttributeOf, Compare, Has, Implies, Number, UvlRefused
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
            assert (
                "within its bounds" in refused.sentence or "no text satisfies" in refused.sentence
            ), case
            continue
        if size(product) > 40_000:
            continue
        assert read(write(product)) == product, case
        found = [
            told_by_product(product, values, places)
            for values in configurations_of_product(product)
        ]
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
    assert [str(depth.at(place)) for place in range(len(depth))] == ["1", "1.5", "2", "2.5", "3"]
    assert options["Engraving"].kind is Kind.TEXT
    assert options["Engraving"].text and (
        options["Engraving"].text.min_length,
        options["Engraving"].text.max_length,
    ) == (2, 20)
    assert (options["Wood"].kind, options["Wood"].required) == (Kind.CHOICE, False)
    assert [value.label.default for value in options["Wood"].values] == ["oak", "dark oak"]
    assert [label for label in options if label.startswith("Height")] == [
        "Height #1",
        "Height #2",
        "Height #3",
    ]
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
        (
            "Real A",
            "A > 0 & A < 1",
            "Line 4: an option counts in steps, and 'A' takes any number; write its step",
        ),
        ("Integer A {step 0.5}", "A > 0 & A < 1", "Line 4: an option counts in steps"),
        ("Integer A", "A > 1 & A < 2", "Line 4: no number of 'A' is within its bounds"),
        (
            "Integer A",
            "A > 0.1234567890123456 & A < 2.5 & A * 1.2345678901234567 > 1",
            "is longer than 15 digits",
        ),
        (
            "String A",
            "A == 'x' | R",
            "Line 6: a text that is typed in is not known while rules are decided",
        ),
        ("String A", "A => A == 'x' & A == 'y'", "no text satisfies its constraints"),
        ("String A", "A => A == ''", "an empty text cannot be chosen"),
        ("String A", "len(A) > 5 & len(A) < 3", "no text of 'A' is as long as its constraints say"),
        ("Integer A", "A + A < 4", "the Integer feature 'A' has no least number"),
        ("Integer A", "A > 3 & (A < 2 | A * 2 == 5)", "no number of 'A' is within its bounds"),
        ("String A {values [1]}", "R", "Line 4: 'values' of 'A' has to be a list of texts"),
        ("Integer A {values ['a']}", "R", "Line 4: 'values' of 'A' has to be a list of numbers"),
    ],
)
def test_what_no_option_can_hold_is_refused_with_its_line_and_what_to_write(
    features: str, constraint: str, told: str
) -> None:
    text = f"features\n\tR\n\t\toptional\n\t\t\t{features}\nconstraints\n\t{constraint}\n"
    with pytest.raises(UvlRefused) as refused:
        product_of(read_uvl(text), "product")
    assert told in refused.value.sentence


def test_copies_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.uvl.copies.MOST_FEATURES", 100)
    deep = "".join(
        "\t" * (2 * depth + 1)
        + f"F{depth} cardinality [1..3]\n"
        + "\t" * (2 * depth + 2)
        + "optional\n"
        for depth in range(4)
    )
    text = f"features\n{deep}" + "\t" * 9 + "Leaf\n"
    with pytest.raises(UvlRefused, match="has more than 100 features"):
        product_of(read_uvl(text), "product")


def product_told(features: str, *constraints: str) -> ProductModel:
    told = "".join(f"\t{each}\n" for each in constraints)
    return product_of(
        read_uvl(f"features\n\tR\n\t\tmandatory\n{features}\nconstraints\n{told}"), "product"
    )


@pytest.mark.parametrize(
    ("constraints", "least", "most"),
    [
        (("A > 1 + 1", "A < (10 - 1)"), 3, 8),
        (("A + B <= 12", "A >= B"), 1, 11),
        (("A == 2 * B + 1",), 3, 11),
        (("A < 3 | A == 7", "A > 0"), 1, 7),
        (("(O & A >= 2) | (!O & A >= 3)", "A <= B"), 2, 5),
        (("!(A < 2 | A > 6)",), 2, 6),
        (("sum(A, B) == 9",), 4, 8),
        (("floor(A / 2) == 3",), 6, 8),
        (("A - B >= 0 & A - B < 3",), 1, 8),
        (("A == 1 | A > 1", "A == 9 | A < 9"), 1, 9),
        (("A * -2 >= -8", "A * 3 >= -2"), -1, 4),
    ],
)
def test_bounds_that_constraints_imply_are_read(
    constraints: tuple[str, ...], least: int, most: int
) -> None:
    features = "\t\t\tInteger A\n\t\t\tInteger B\n\t\toptional\n\t\t\tO"
    number = product_told(features, "B >= 1 & B <= 5", *constraints).option_by_key["a"].number
    assert number is not None
    assert (number.first, number.last) == (least, most)


def test_bounds_of_numbers_that_may_be_absent_count_them_as_nothing() -> None:
    features = "\t\t\tInteger A\n\t\toptional\n\t\t\tInteger B"
    product = product_told(features, "B => B >= 3 & B <= 5", "A == B")
    number = product.option_by_key["a"].number
    assert number is not None and (number.first, number.last) == (0, 5)


@pytest.mark.parametrize(
    ("constraint", "texts"),
    [
        ("City == R.home", ["Rome"]),
        ("City == O.town | City == R.home", ["Bern", "Rome"]),
        ("City == Other", ["Bern", "Oslo"]),
        ("(O & City == 'Bern') | (!O & City == 'Oslo')", ["Bern", "Oslo"]),
    ],
)
def test_a_text_that_constraints_compare_with_others_is_one_of_them(
    constraint: str, texts: list[str]
) -> None:
    text = (
        "features\n\tR {home 'Rome'}\n\t\tmandatory\n\t\t\tString City\n"
        "\t\t\tString Other {values ['Bern', 'Oslo']}\n\t\toptional\n\t\t\tO {town 'Bern'}\n"
        f"constraints\n\t{constraint}\n"
    )
    city = product_of(read_uvl(text), "product").option_by_key["city"]
    assert [value.label.default for value in city.values] == texts


def test_the_length_of_a_text_is_computed_with_where_it_is_known() -> None:
    features = (
        "\t\t\tString A {values ['x', 'yyy']}\n\t\t\tString B\n\t\t\tInteger W {values [4, 10, 8]}"
    )
    product = product_told(features, "len(B) == 3", "len(A) + len(B) < W", "len(A) != 3 | W > 9")
    assert len(list(configurations_of_product(loosened(product)))) == 3
    with pytest.raises(UvlRefused, match="a text that is typed in is not known"):
        product_told("\t\t\tString A\n\t\t\tString B", "len(A) == len(B)")


def loosened(product: ProductModel) -> ProductModel:
    """Return the product without free texts, which can be written in too many ways."""
    return replace(
        product, options=tuple(each for each in product.options if each.kind is not Kind.TEXT)
    )


def test_names_with_dots_are_features_first_and_attributes_else() -> None:
    text = (
        (
            "features\n\tR {b.c 1, d {e 2, f {g 3}}}\n\t\toptional\n\t\t\tR.b {c 5}\n\t\t\tX.'y'\n"
            "constraints\n\tR.b => R.b.c > 4\n\tR.d.f.g + R.d.e == 5\n"
        )
        .replace("b.c 1, ", "")
        .replace("X.'y'", 'X."y z".w')
    )
    model = read_uvl(text)
    assert [feature.name for feature in model.root.all()] == ["R", "R.b", "X.y z.w"]
    assert model.constraints[0] == Implies(
        Has("R.b"), Compare(">", AttributeOf("R.b", "c"), Number(Decimal(4)))
    )
    assert read_uvl(write_uvl(model)) == model
    assert product_of(model, "product").options


def test_each_copy_of_a_feature_has_its_value_and_its_attributes() -> None:
    features = "\t\t\tReal Board cardinality [1..3] {step 0.5, price 2}"
    product = product_told(
        features, "Board >= 1 & Board <= 2", "sum(price) <= 4", "sum(Board) >= 3", "avg(Board) < 2"
    )
    options = {option.label.default: option for option in product.options}
    assert list(options) == ["Board #1", "Board #2", "Board #3"]
    assert [option.required for option in options.values()] == [True, False, False]
    found = sorted(
        tuple(str(value) for _, value in sorted(values.items()))
        for values in configurations_of_product(product)
    )
    assert found == [("1", "2"), ("1.5", "1.5"), ("1.5", "2"), ("2", "1"), ("2", "1.5")]


def test_a_model_that_is_imported_again_and_again_counts_each_time() -> None:
    part = "features\n\tR\n\t\toptional\n\t\t\tB\n"
    uses = "".join(f"\t\t\tp{number}.R\n" for number in range(3))
    imports = "".join(f"\tpart as p{number}\n" for number in range(3))
    text = f"imports\n{imports}features\n\tA\n\t\toptional\n{uses}"

    def files(path: str, file: str) -> tuple[str, str]:
        return f"{path}.uvl", part

    whole = len(text) + 3 * len(part)
    assert read_uvl(text, files, whole).root.name == "A"
    with pytest.raises(UvlRefused, match="with all that it imports"):
        read_uvl(text, files, whole - 1)
