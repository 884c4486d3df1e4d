"""What constraints leave possible of a number: never less than there is, by trying everything."""

import itertools
import random
from decimal import Decimal
from fractions import Fraction

from catalog.uvl.bounds import Possible
from catalog.uvl.features import (
    And,
    Arithmetic,
    Attribute,
    AttributeOf,
    Compare,
    Feature,
    FeatureModel,
    Formula,
    Gathered,
    Has,
    Implies,
    Not,
    Number,
    Or,
    Same,
    Term,
    Type,
    ValueOf,
    Whole,
)
from tests.catalog.uvl.small_models import SEED
from tests.catalog.uvl.typed_models import _Told

RANGE = [Decimal(number) for number in range(-3, 4)]
NAMES = ("A", "B", "O")


def random_constraints(chance: random.Random) -> tuple[Formula, ...]:
    def number(depth: int) -> Term:
        shape = chance.choice(
            ("value", "value", "constant", "attribute", "sum", "computed", "computed", "whole")
        )
        if depth == 0 or shape in ("value", "constant", "attribute"):
            if shape == "attribute":
                return AttributeOf("S", "load")
            return (
                ValueOf(chance.choice(NAMES))
                if shape == "value"
                else Number(Decimal(chance.randint(-3, 4)))
            )
        if shape == "sum":
            return Gathered(
                chance.choice(("sum", "avg")),
                tuple(ValueOf(name) for name in chance.sample(NAMES, 2)),
            )
        if shape == "whole":
            return Whole(chance.choice(("floor", "ceil")), number(depth - 1))
        return Arithmetic(chance.choice("+-*/"), number(depth - 1), number(depth - 1))

    def formula(depth: int) -> Formula:
        if depth == 0 or chance.random() < 0.5:
            if chance.random() < 0.2:
                return Has(chance.choice(("O", "S")))
            return Compare(chance.choice(("==", "!=", "<", "<=", ">", ">=")), number(2), number(1))
        if chance.random() < 0.25:
            return Not(formula(depth - 1))
        pair = formula(depth - 1), formula(depth - 1)
        return chance.choice((And(pair), Or(pair), Implies(*pair), Same(*pair)))

    return tuple(formula(2) for _ in range(chance.randint(1, 4)))


def test_no_number_that_a_configuration_has_is_left_out() -> None:
    narrowed = 0
    for place in range(100):
        chance = random.Random(f"{SEED}/bounds {place}")
        load: dict[str, Attribute] = {"load": Decimal(chance.randint(-2, 3))}
        root = Feature(
            "R",
            mandatory=(Feature("A", type=Type.INTEGER), Feature("B", type=Type.INTEGER)),
            optional=(Feature("O", type=Type.INTEGER), Feature("S", attributes=load)),
        )
        model = FeatureModel(root, random_constraints(chance))
        possible = Possible(
            model,
            {"A": (None, None), "B": (Fraction(-2), Fraction(3)), "O": (None, Fraction(4))},
            {},
        )
        names = {name: name for name in ("R", *NAMES, "S")}
        for a, b, o, s in itertools.product(RANGE, RANGE[1:], [None, *RANGE], (False, True)):
            there = {
                "R": True,
                "A": a,
                "B": b,
                **({} if o is None else {"O": o}),
                **({"S": True} if s else {}),
            }
            told = _Told(model, names, names, there)
            if all(told.holds(formula) for formula in model.constraints):
                for name in NAMES:
                    ends = possible.ends(name)
                    assert name not in there or ends is not None, (place, name, there)
                    if name in there and ends is not None:
                        low, high = ends
                        assert low is None or low <= there[name], (place, name, ends, there)
                        assert high is None or high >= there[name], (place, name, ends, there)
        narrowed += possible.ends("A") != (None, None)
    assert narrowed > 10
