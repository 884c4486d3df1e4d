"""Reading and writing feature models."""

import random
from decimal import Decimal

import pytest

from catalog.uvl.features import (
    Aggregate,
    Arithmetic,
    Compare,
    Number,
    Or,
    Type,
    UvlRefused,
    ValueOf,
    Whole,
)
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from catalog.uvl.writer import write_uvl
from tests.catalog.uvl.small_models import SEED

DESK = """
namespace Furniture

features
    Desk {abstract true}
        mandatory
            Frame
                alternative
                    "Steel, painted" {price 12.5, description 'cold & grey'}
                    Oak
            Top
                [1..2]
                    Glass
                    "Oak top"
        optional
            Drawers // the wooden ones
                or
                    "One drawer"
                    "Two drawers" {constraint !Glass}

constraints
    Glass => "Steel, painted"
    !(Drawers & Glass) | Oak <=> "Oak top"
"""


def test_a_model_written_and_read_again_is_the_same() -> None:
    model = read_uvl(DESK)
    assert read_uvl(write_uvl(model)) == model


def test_groups_attributes_and_the_constraints_of_features_are_read() -> None:
    model = read_uvl(DESK)
    features = {feature.name: feature for feature in model.root.all()}
    assert features["Frame"].groups[0].is_alternative
    assert (features["Top"].groups[0].least, features["Top"].groups[0].most) == (1, 2)
    assert features["Steel, painted"].attributes["description"] == "cold & grey"
    assert len(model.constraints) == 3


LEVELS = """include
    Arithmetic.*
    Type

features
    Shelf {load 40, /* in
        kilograms */ maker 'Larch & Lane'}
        mandatory
            Integer Width
            Real Depth {step 0.5}
            String "Its name"
        optional
            Board cardinality [2..5]
                mandatory
                    Integer Height {price -.5}
constraints
    Width >= 30 & Width <= 120
    Depth -3 > .5 / (Width + 1) * 2
    sum(price) + avg(price, Board) < ceil(Depth) - floor(Width / 7)
    (Width) == 30 | !"Its name" == Shelf.maker
    len("Its name") <= 20
"""


def test_types_copies_and_everything_that_computes_are_read() -> None:
    model = read_uvl(LEVELS)
    features = {feature.name: feature for feature in model.root.all()}
    assert features["Depth"].type is Type.REAL
    assert features["Board"].copies == (2, 5)
    assert features["Height"].attributes["price"] == Decimal("-0.5")
    width, depth = ValueOf("Width"), ValueOf("Depth")
    quotient = Arithmetic("/", Number(Decimal("0.5")), Arithmetic("+", width, Number(Decimal(1))))
    assert model.constraints[1] == Compare(
        ">",
        Arithmetic("-", depth, Number(Decimal(3))),
        Arithmetic("*", quotient, Number(Decimal(2))),
    )
    assert model.constraints[2] == Compare(
        "<",
        Arithmetic("+", Aggregate("sum", "price"), Aggregate("avg", "price", "Board")),
        Arithmetic(
            "-", Whole("ceil", depth), Whole("floor", Arithmetic("/", width, Number(Decimal(7))))
        ),
    )
    assert isinstance(model.constraints[3], Or)
    assert [line for _, line in model.told()] == [17, 18, 19, 20, 21]
    assert read_uvl(write_uvl(model)) == model


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("features\n\tA\n\t\toptional\n\t\t\tA", "two features 'A'"),
        ("features\n\tA\nconstraints\n\tA => B", "Line 4: there is no feature 'B'"),
        ("features\n\tA\nconstraints\n\tB >= 1", "Line 4: there is no feature 'B'"),
        (
            "features\n\tA\nconstraints\n\tA & B.price + 1 > C.price",
            "Line 4: there is no feature 'B.price'",
        ),
        ("features\n\tA\nconstraints\n\tsum(B, C) > 1", "no feature is called so"),
        ("features\n\tInteger A\nconstraints\n\tavg(A, B) > 1", "Line 4: there is no feature 'B'"),
        ("features\n\tA\n\t\tsome\n\t\t\tB", "Line 3: expected mandatory"),
        ("features\n\tA\n\tB", "one root"),
        (
            "features\n\tA\n\t\toptional\n\t\t\tB cardinality [1..*]",
            "Line 4: 'B' may be there any number of times",
        ),
        ("features\n\tA\n\t\toptional\n\t\t\tB cardinality [3..1]", "at least 3 and at most 1"),
        ("features\n\tA\n\t\toptional\n\t\t\tB cardinality 3", "expected [n..m]"),
        ("features\n\tA\nconstraints\n\tA.price > 3", "Line 4: 'A' has no attribute 'price'"),
        (
            "features\n\tA {flag true}\nconstraints\n\tA.flag == 1",
            "no number or text as its attribute 'flag'",
        ),
        ("features\n\tA\nconstraints\n\tA > 3", "Line 4: 'A' has no value"),
        ("features\n\tA\nconstraints\n\tlen(A) > 3", "no String feature"),
        (
            "features\n\tA\nconstraints\n\tsum(price) > 3",
            "no feature has a number as its attribute 'price'",
        ),
        ("features\n\tA {price 1}\nconstraints\n\tsum(price, B) > 3", "there is no feature 'B'"),
        ("features\n\tA {price 1}\nconstraints\n\tA.price + 3", "no condition; compare it"),
        (
            "features\n\tA {price 1}\nconstraints\n\t(A & A) + 1 > A.price",
            "a condition cannot be computed with",
        ),
        (
            "features\n\tA {price 1}\nconstraints\n\tA.price == 'x'",
            "a number is compared with a text",
        ),
        ("features\n\tA {name 'x'}\nconstraints\n\tA.name < 'x'", "with == and != only"),
        (
            "features\n\tA {name 'x'}\nconstraints\n\tA.name * 2 > 1",
            "a text cannot be computed with",
        ),
        ("features\n\tA {name 'x'}\nconstraints\n\tA.b.c > 1", "'A' has no attribute 'b.c'"),
        ("features\n\tA\nconstraints\n\t(A", "expected ')'"),
        ("features\n\tA\nconstraints\n\tA A", "too much"),
        ("features\n\tA {price", "not closed"),
        ("features\n\tA\n\t\t[3..1]\n\t\t\tB", "at least 3 and at most 1"),
        ("imports\n\tother\nfeatures\n\tA", "Line 2: the imported model 'other' is not there"),
        ("constraints\n\tA", "no features"),
        ("strange\n\tA", "no section"),
        ("features\n\tA ~", "means nothing"),
    ],
)
def test_what_cannot_be_held_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(UvlRefused) as refused:
        read_uvl(text)
    assert told in refused.value.sentence


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 51 + "A" + ")" * 51,
        "!" * 51 + "A",
        "A.p" + " + A.p" * 200 + " > 1",
        "A.p" + " * A.p" * 200 + " > 1",
        "A" + " => A" * 200,
        "A" + " <=> A" * 200,
        "floor(" * 51 + "A.p" + ")" * 51 + " > 1",
    ],
)
def test_a_formula_that_is_too_deep_is_refused_by_its_line(formula: str) -> None:
    with pytest.raises(UvlRefused) as refused:
        read_uvl(f"features\n\tA {{p 1}}\nconstraints\n\t{formula}\n")
    assert refused.value.data["line"] == 4


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 49 + "A" + ")" * 49,
        "A.p" + " + A.p" * 140 + " > 1",
        "A" + " => A" * 140,
        " | ".join(["A"] * 3_000),
    ],
)
def test_what_is_as_deep_as_may_be_becomes_a_product_and_comes_back(formula: str) -> None:
    features = "features\n" + "".join(
        "\t" * (2 * depth + 1)
        + f"F{depth} cardinality [1..1]\n"
        + "\t" * (2 * depth + 2)
        + "optional\n"
        for depth in range(99)
    )
    text = f"{features}{chr(9) * 199}A {{p 1}}\nconstraints\n\t{formula}\n"
    model = read_uvl(text)
    assert read_uvl(write_uvl(model)) == model
    assert product_of(model, "deep").options


def test_however_broken_a_text_is_it_is_read_or_refused() -> None:
    pieces = [
        *(
            '"',
            ".",
            " & ",
            " | ",
            "=>",
            "(",
            ")",
            "[1..3]",
            "[",
            "]",
            "{",
            "}",
            "sum(",
            "avg(",
            "len(",
            "floor(",
        ),
        *(
            "Width",
            "price",
            "1",
            "-1",
            "'x'",
            " cardinality [0..2]",
            "Integer ",
            "String ",
            "values [1, 2]",
            "!",
            "/",
        ),
        *(
            "\t",
            "\n",
            "true",
            ".a",
            "constraint Width > 1",
            "imports\n\tx\n",
            "{step 0}",
            "{step -1}",
            "==",
            "9" * 30,
        ),
    ]
    chance = random.Random(SEED)
    read = 0
    for _ in range(3_000):
        text = chance.choice((DESK, LEVELS))
        for _ in range(chance.randint(1, 3)):
            start = chance.randrange(len(text) + 1)
            text = (
                text[:start]
                + chance.choice(pieces)
                + text[start + chance.choice((0, 0, 1, 3, 12)) :]
            )
        try:
            product_of(read_uvl(text), "product")
            read += 1
        except UvlRefused:
            continue
    assert read > 30


def test_a_model_with_the_character_nul_is_refused_with_its_line() -> None:
    with pytest.raises(UvlRefused, match="Line 2: a text cannot hold the character NUL"):
        read_uvl('features\n    "De\0sk"\n')
