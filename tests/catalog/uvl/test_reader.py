"""Reading and writing feature models."""

import pytest

from catalog.uvl.features import UvlRefused
from catalog.uvl.reader import read_uvl
from catalog.uvl.writer import write_uvl

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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("features\n\tA\n\t\toptional\n\t\t\tA", "two features 'A'"),
        ("features\n\tA\nconstraints\n\tA => B", "Line 4: there is no feature 'B'"),
        ("features\n\tA\n\t\tsome\n\t\t\tB", "Line 3: expected mandatory"),
        ("features\n\tA\n\tB", "one root"),
        ("features\n\tA\n\t\toptional\n\t\t\tInteger size", "Line 4: the Integer feature has no bounds"),
        ("features\n\tA\n\t\toptional\n\t\t\tB cardinality [1..3]", "several times"),
        ("features\n\tA\nconstraints\n\tA.price > 3", "Line 4: attributes and numbers are not computed with"),
        ("features\n\tA\nconstraints\n\t(A", "expected ')'"),
        ("features\n\tA\nconstraints\n\tA A", "too much"),
        ("features\n\tA {price", "not closed"),
        ("features\n\tA\n\t\t[3..1]\n\t\t\tB", "at least 3 and at most 1"),
        ("imports\n\tother\nfeatures\n\tA", "several files"),
        ("constraints\n\tA", "no features"),
        ("strange\n\tA", "no section"),
        ("features\n\tA ~", "means nothing"),
    ],
)
def test_what_cannot_be_held_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(UvlRefused) as refused:
        read_uvl(text)
    assert told in refused.value.sentence
