"""What publishing remarks about shapes and materials, and where."""

from typing import Any

import pytest

from catalog import checks
from catalog.product_model import ProductModel
from tests.configurator.geometry.shelves import SHELF, shelf


def with_shape(**fields: Any) -> ProductModel:
    return shelf(
        shapes=[{"key": "a", "label": "A", "length": 100, "width": 50, "thickness": 20, **fields}]
    )


def errors(model: ProductModel) -> list[tuple[str, str]]:
    found = [each for each in checks.basic_findings(model) if each.severity == "error"]
    return [(each.code, each.path) for each in found]


def sentence(model: ProductModel) -> str:
    (finding,) = [each for each in checks.basic_findings(model) if each.severity == "error"]
    return finding.sentence


def test_the_shelf_is_sound() -> None:
    assert errors(shelf()) == []


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"width": None}, "shape-size", "width"),
        (
            {"form": "profile", "outline": [[0, 0], [9, 0], [0, 9]], "width": None},
            "shape-size",
            "thickness",
        ),
        ({"form": "profile", "width": None, "thickness": None}, "shape-outline", "outline"),
        ({"outline": [[0, 0], [1, 1]]}, "shape-outline", "outline"),
        ({"material": "bord"}, "unknown-material", "material"),
        ({"repeat": {"width": 3}}, "shape-name", "repeat/width"),
        ({"each": {"and": 3}}, "shape-name", "each/and"),
        ({"repeat": {"i": 2}, "each": {"i": 3}}, "shape-name", "each/i"),
        ({"repeat": {"i": "j", "j": 2}}, "shape-repeat", "repeat/i"),
        ({"repeat": {"i": "i + 1"}}, "shape-repeat", "repeat/i"),
        ({"repeat": dict.fromkeys("ijkl", 1)}, "shape-repeat", "repeat"),
        ({"repeat": {"i": 100_000}}, "shape-repeat", "repeat/i"),
        ({"x": "wdith"}, "expression-refused", "x"),
        ({"x": "2 kg"}, "expression-refused", "x"),
        ({"length": "width * width"}, "expression-refused", "length"),
        ({"repeat": {"i": "width"}}, "expression-refused", "repeat/i"),
        ({"each": {"gap": "gap + 1"}}, "expression-refused", "each/gap"),
        ({"when": "width"}, "expression-refused", "when"),
        ({"edges": {"L1": "boards"}}, "expression-refused", "edges/L1"),
    ],
)
def test_what_is_wrong_with_a_shape_is_told_at_its_field(
    fields: dict[str, Any], code: str, place: str
) -> None:
    assert (code, f"shapes/a/{place}") in errors(with_shape(**fields))


def test_a_counter_is_known_to_its_own_shape_alone() -> None:
    first = {
        "key": "a",
        "label": "A",
        "length": "i * 10",
        "width": 5,
        "thickness": 2,
        "repeat": {"i": 3},
    }
    other = {**first, "key": "b", "repeat": {}}
    assert errors(shelf(shapes=[first, other])) == [("expression-refused", "shapes/b/length")]


def test_a_refusal_names_shape_field_and_place() -> None:
    assert sentence(with_shape(length="width - tickness")).startswith(
        "Shape 'a', length: unknown option 'tickness' at 8–16"
    )


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"finishes": ["wod"]}, "unknown-option", "finishes"),
        ({"finishes": ["width"]}, "material-finish", "finishes"),
        ({"density": "width"}, "expression-refused", "density"),
        ({"roughness": "wood"}, "expression-refused", "roughness"),
    ],
)
def test_what_is_wrong_with_a_material_is_told_at_its_field(
    fields: dict[str, Any], code: str, place: str
) -> None:
    materials = [{"key": "board", "label": "Board", **fields}]
    assert errors(shelf(materials=materials)) == [(code, f"materials/board/{place}")]


def test_a_key_stands_once_among_shapes_among_materials_and_among_checks() -> None:
    twice = {name: SHELF[name] * 2 for name in ("shapes", "materials")}  # type: ignore[operator]
    twice["shape_checks"] = [{"key": "few", "then": "boards < 5"}] * 2
    assert errors(shelf(**twice)) == [
        ("key-repeated", "materials/board"),
        ("key-repeated", "shapes/side"),
        ("key-repeated", "shapes/shelf"),
        ("key-repeated", "shape_checks/few"),
    ]


def test_shapes_that_cannot_be_built_are_found_before_they_are_sold() -> None:
    """Nothing is wrong with the formula itself: only with numbers it shows."""
    options = [{**SHELF["options"][0], "default": 300}, *SHELF["options"][1:]]  # type: ignore[index]
    board = {"key": "a", "label": "A", "length": "width - 300 mm", "width": 5, "thickness": 2}
    model = shelf(options=options, shapes=[board])
    found = [each for each in checks.findings(model) if each.code == "scene-refused"]
    assert [(each.severity, each.path) for each in found] == [("warning", "shapes/a")]
    assert found[0].sentence == "Shape 'a', length: 0 mm is no size from 0.001 to 100,000 mm."
    assert found[0].example is not None and found[0].example["width"] == 300


def of_model(**more):
    return {"key": "stool", "label": "Stool", "form": "model", "model": "stool.glb", **more}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (of_model(model=None), "model: a 3D model needs one"),
        (of_model(length="9", width="9"), "width: a 3D model takes one length"),
        (of_model(material="board"), "its file tells what it is made of"),
        (of_model(grain="length"), "a 3D model has none"),
        (of_model(outline=[[0, 0], [1, 0], [1, 1]]), "outline: a 3D model has none"),
        (of_model(edges={"L1": "true"}), "only those of a box can be banded"),
        (of_model(operations=[{"key": "a", "diameter": 5}]), "only a box is machined"),
        (of_model(slots={"Seat": "boart"}), "'Seat', and there is no such material; did you"),
        (of_model(variant="width"), "variant: expected a text"),
        (of_model(model="stool.png"), "'stool.png' is no 3D model; name a .glb"),
        (
            of_model(model="stol.glb"),
            "There is no 3D model 'stol.glb' among the uploaded ones; did",
        ),
        ({**SHELF["shapes"][0], "turn": "90"}, "turn: only a shape of the form model has one"),
    ],
)
def test_a_3d_model_that_says_too_much_or_too_little_is_found(given, told):
    found = checks.basic_findings(shelf(shapes=[given], assets={"stool.glb": "0" * 64}))
    assert told in " ".join(each.sentence for each in found)


def test_a_3d_model_is_no_picture():
    found = checks.basic_findings(
        shelf(shapes=[of_model()], image="stool.glb", assets={"stool.glb": "0" * 64})
    )
    assert [each.sentence for each in found] == ["'stool.glb' is a 3D model and no picture."]
