"""Expressions over the instances of sub-assemblies: what they give, how they are refused, how they
are told.
"""

from decimal import Decimal
from fractions import Fraction

import pytest

from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import evaluate, function_of
from catalog.expressions.parser import parse
from catalog.expressions.render import render, told
from catalog.expressions.types import Scope, bind
from tests.catalog.modules import nested, wardrobe

MODEL = wardrobe()
SCOPE = Scope.of(MODEL)
TWO = {
    "room": Decimal(2000),
    "premium": False,
    "modules": Decimal(2),
    "modules.1.width": Decimal(600),
    "modules.1.door": "glass",
    "modules.2.width": Decimal(400),
    "modules.2.door": "wood",
    "modules.2.lock": True,
}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("count(modules)", 2),
        ("modules", 2),
        ("count(modules, door is glass)", 1),
        ("count(modules, not door is glass)", 1),
        ("count(modules, width < room)", 2),
        ("sum(modules, width)", 1000),
        ("sum(modules, width) <= 1 m", True),
        ("sum(modules, 5)", 10),
        ("sum(modules, width / 1 mm * room / 1 mm)", 2_000_000),
        ("sum(modules, door.kg)", 14),
        ("sum(modules, weight)", 18),
        ("sum(modules, if door is glass then 1 else 7)", 8),
        ("max(modules, width)", 600),
        ("min(modules, width)", 400),
        ("min(modules, room)", 2000),
        ("all(modules, width <= 600)", True),
        ("all(modules, door is wood)", False),
        ("any(modules, lock)", True),
        ("any(modules, not premium)", True),
        ("modules.2.width = 400", True),
        ("modules.1.width > modules.2.width", True),
        ("modules.3.width > 0", False),
        ("modules.2: door is wood and lock", True),
        ("(modules.1: lock) or premium", False),
        ("modules.1.door.kg", 9),
        ("count(modules) >= 2 implies any(modules, door is glass)", True),
    ],
)
def test_instances_that_there_are_count(text, result):
    node = bind(text, SCOPE, "any")
    expected = result if isinstance(result, bool) else Fraction(result)
    assert [evaluate(node, TWO), function_of(node)(TWO)] == [expected, expected]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("sum(modules, width)", 0),
        ("max(modules, width)", None),
        ("all(modules, lock)", True),
        ("count(modules)", 0),
    ],
)
def test_of_no_instances_the_sum_is_nothing_and_all_holds(text, result):
    scope = Scope.of(wardrobe(at_least=0))
    expected = result if isinstance(result, bool) or result is None else Fraction(result)
    assert evaluate(bind(text, scope, "any"), {"modules": Decimal(0)}) == expected


def test_a_sub_assembly_that_is_switched_off_counts_as_none():
    scope = Scope.of(wardrobe(when="premium"))
    assert evaluate(bind("count(modules)", scope, "number"), {"premium": False}) == 0


def test_instances_within_instances_are_read_from_the_outermost():
    scope = Scope.of(nested())
    values = {
        "wardrobes": Decimal(2),
        "wardrobes.1.modules": Decimal(1),
        "wardrobes.1.modules.1.door": "glass",
        "wardrobes.2.modules": Decimal(2),
        "wardrobes.2.modules.1.door": "wood",
        "wardrobes.2.modules.2.door": "wood",
    }
    assert evaluate(bind("sum(wardrobes, sum(modules, weight))", scope, "number"), values) == 25
    assert evaluate(bind("sum(wardrobes, count(modules))", scope, "number"), values) == 3
    assert evaluate(bind("wardrobes.2.modules.1.door is wood", scope), values) is True
    assert evaluate(bind("wardrobes.2: all(modules, door is wood)", scope), values) is True


def test_a_contained_product_reads_no_names_of_the_product_around_it():
    with pytest.raises(ExpressionRefused, match="unknown option 'room'"):
        bind("modules.1: width <= room", SCOPE)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sum(modules, wdth)", "unknown option 'wdth' at 13–17; did you mean 'width'?"),
        ("modules.4.width > 3", "there is no instance 'modules.4' at 0–15; 'modules' has 3 at most"),
        ("modules.2.wdth > 1", "unknown option 'modules.2.wdth' at 0–14; did you mean 'width'?"),
        ("modles.2: lock", "unknown sub-assembly 'modles' at 0–14; did you mean 'modules'?"),
        ("modules.2 > 3", "expected '.', found '>' at 10–11; modules.2 is an instance; name one of its options, or "
         "write 'modules.2: …'"),
        ("width > 3", "unknown option 'width' at 0–5; 'width' is asked in each of 'modules': write "
         "'sum(modules, width)' or 'all(modules, …)'"),
        ("all(room, 3)", "'all' takes a sub-assembly and a condition at 0–12; such as 'all(modules, …)'"),
        ("sum(modules)", "'sum' over a sub-assembly takes the sub-assembly and what to take of each at 0–12; as in "
         "'sum(modules, …)'"),
        ("count(modules, width)", "expected a condition (something that is true or false), found a number at 15–20; "
         "write 'given(width)' or compare it"),
        ("sum(modules, width) <= 3 kg", "cannot compare mm and kg at 0–27"),
        ("1 + modules.2: lock", "'modules.2:' cannot stand here without parentheses at 4–14; write (modules.2: …)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place_and_a_hint(text, sentence):
    with pytest.raises(ExpressionRefused) as refusal:
        bind(text, SCOPE, "any")
    assert refusal.value.sentence == sentence


@pytest.mark.parametrize(
    "text",
    ["modules.2: width > 3 and lock", "(modules.2: width > 3) and premium", "all(modules, width <= room)",
     "modules.1.width > modules.2.width", "if premium then modules.2: lock"],
)  # fmt: skip
def test_written_out_and_read_again_an_expression_is_the_same(text):
    assert render(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sum(modules, width) <= 1 m", "Width of every Module together is at most 1000 mm"),
        ("all(modules, door is wood)", "in each Module: Door is Wood"),
        ("any(modules, lock)", "in at least one Module: Lock is chosen"),
        (
            "count(modules, width > 600) <= 1",
            "number of Module where Width is more than 600 mm is at most 1",
        ),
        ("max(modules, width) <= room", "the largest Width of any Module is at most Room"),
        ("modules.2: door is wood", "Module 2 – Door is Wood"),
        ("not all(modules, door is wood)", "it does not hold that in each Module: Door is Wood"),
    ],
)
def test_people_are_told_once_what_is_said_of_every_instance(text, sentence):
    assert told(bind(text, SCOPE), MODEL, None) == sentence


def test_people_are_told_in_their_language():
    assert told(bind("all(modules, door is wood)", SCOPE), MODEL, "de") == "je Modul: Tür ist Holz"


def test_an_expression_about_an_instance_may_be_as_long_as_one_that_stands_alone():
    long = " or ".join(["width > 300"] * 266)
    assert 3_900 < len(long) <= 4_000
    bind(f"modules >= 2 and (modules.2: {long})", SCOPE)
