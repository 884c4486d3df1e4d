"""Shapes, materials and shape checks in the administration."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import drafts
from catalog.admin.operations import OperationsField
from catalog.models import Material, Merchant, Product, Shape
from catalog.product_model import read
from tests.configurator.geometry.shelves import shelf
from tests.configurator.geometry.test_instances import ROW
from tests.factories import make_user

pytestmark = pytest.mark.database

SHELF = {
    "label": "Shelf",
    "key": "shelf",
    "position": 20,
    "form": "box",
    "orientation": "flat",
    "length": "width - 40",
    "width": "300",
    "thickness": "20",
    "x": "20",
    "y": "0",
    "z": "i * gap",
    "repeat": "i = boards",
    "each": "gap = (2000 mm - 20 mm) / (boards + 1)\nis_lowest = i == 1",
    "material": "board",
    "edges": "L1 = true\nL2 = is_lowest",
    "sku": "SH-1",
}


@pytest.fixture
def product(merchant: Merchant) -> Product:
    return drafts.write(merchant, shelf())


@pytest.fixture
def maria(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


def change(row: Any) -> str:
    return reverse(f"admin:catalog_{row._meta.model_name}_change", args=[row.pk])


def errors_of(answer: Any) -> dict[str, str]:
    errors = answer.context["adminform"].form.errors
    return {name: " ".join(map(str, told)) for name, told in errors.items()}


def test_saving_a_shape_as_it_is_changes_nothing(maria: Client, product: Product) -> None:
    before = drafts.read(product)
    row = product.shapes.get(key="shelf")
    page = maria.get(change(row)).context["adminform"].form
    assert page["each"].value() == SHELF["each"]
    assert maria.post(change(row), {**SHELF, "label_de": "Boden"}).status_code == 302
    assert drafts.read(product) == before


def test_a_turned_shape_is_written_point_by_point(maria: Client, product: Product) -> None:
    adding = f"{reverse('admin:catalog_shape_add')}?product={product.pk}"
    left_out = ("length", "width", "thickness", "repeat", "each", "edges")
    fields = {
        **SHELF,
        **dict.fromkeys(left_out, ""),
        "key": "knob",
        "label": "Knob",
        "form": "turned",
        "z": "0",
    }
    answer = maria.post(adding, {**fields, "outline": "5, 0\n\n min(width, 9 mm) , boards * 10"})
    assert answer.status_code == 302
    row = Shape.objects.get(key="knob")
    assert row.outline == [["5", "0"], ["min(width, 9 mm)", "boards * 10"]]
    assert (
        maria.get(change(row)).context["adminform"].form["outline"].value()
        == "5, 0\nmin(width, 9 mm), boards * 10"
    )
    assert drafts.read(product).shapes[-1].outline == (
        ("5", "0"),
        ("min(width, 9 mm)", "boards * 10"),
    )


PINS = (
    "pins: hole B | x = 30 | y = 40 | diameter = 5 | depth = 12 | nx = boards | px = 32 | "
    "when = is_lowest | sku = PIN"
)


def test_operations_are_written_line_by_line(maria: Client, product: Product) -> None:
    row = product.shapes.get(key="shelf")
    text = f"{PINS}\n\nslot: cut_out A | x = min(width, 9 mm) | length = 20 | width = 5"
    assert maria.post(change(row), {**SHELF, "operations": text}).status_code == 302
    pins, slot = drafts.read(product).shapes[-1].operations
    assert (pins.kind, pins.face, pins.nx, pins.when, pins.sku) == (
        "hole",
        "B",
        "boards",
        "is_lowest",
        "PIN",
    )
    assert (slot.kind, slot.x, slot.length, slot.depth) == (
        "cut_out",
        "min(width, 9 mm)",
        "20",
        None,
    )
    shown = maria.get(change(row)).context["adminform"].form["operations"].value()
    assert shown == text.replace("\n\n", "\n")
    before = drafts.read(product)
    assert maria.post(change(row), {**SHELF, "operations": shown}).status_code == 302
    assert drafts.read(product) == before


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"when": "i == 1 || i == 2"}, "when = i == 1 || i == 2"),
        ({"when": "i == 1\n  or i == 2"}, "when = i == 1 or i == 2"),
        ({"when": "wood in (oak) # | bar\n or i > 1"}, "when = wood in (oak) or i > 1"),
        ({"x": "1 # it's"}, "x = 1"),
        ({"x": "1 # mm"}, "x = 1 # mm"),
        ({"when": "'it''s | x' == \"a\"\" | b\""}, "when = 'it''s | x' == \"a\"\" | b\""),
        ({"sku": "A|B = 3"}, 'sku = "A|B = 3"'),
        ({"sku": '5" pin'}, 'sku = "5"" pin"'),
    ],
)
def test_an_operation_of_a_file_reads_back_from_its_line(
    fields: dict[str, str], shown: str
) -> None:
    field = OperationsField(required=False)
    text = field.prepare_value([{"key": "pin", "diameter": 5, **fields, "py": 3}])
    assert f" | {shown}" in text
    told = shown.partition(" = ")[2]
    name = next(iter(fields))
    expected = fields[name] if name == "sku" else told
    assert field.clean(text) == [
        {"key": "pin", "kind": "hole", "face": "A", "diameter": "5", name: expected, "py": "3"}
    ]


def test_expressions_of_several_lines_stay_a_line_each(maria: Client, product: Product) -> None:
    """Files have them; the form of such a shape is kept as it is shown."""
    row = product.shapes.get(key="shelf")
    row.each = {"gap": "(2000 mm - 20 mm)\n  / (boards + 1)", "is_lowest": "i == 1"}
    row.save()
    form = maria.get(change(row)).context["adminform"].form
    assert form["each"].value() == "gap = (2000 mm - 20 mm) / (boards + 1)\nis_lowest = i == 1"


@pytest.mark.parametrize(
    ("fields", "place", "told"),
    [
        ({"z": "i * gpa"}, "z", "gpa"),
        ({"repeat": "i = bords"}, "repeat", "bords"),
        ({"repeat": ""}, "z", "unknown option"),
        ({"each": "gap = boards >"}, "each", "expected"),
        ({"edges": "L3 = true"}, "edges", "one of L1, L2, W1, W2"),
        ({"edges": "L1 = width"}, "edges", "condition"),
        ({"outline": "5"}, "outline", "Line 1: write two numbers"),
        ({"outline": "5, wdth"}, "outline", "wdth"),
        ({"when": "boards"}, "when", "condition"),
        ({"operations": "pins"}, "operations", "line 1: begin with a key, a kind and a face"),
        ({"operations": "\npins: hle A"}, "operations", "line 2: 'hle' is no kind"),
        ({"operations": "pins: hole C"}, "operations", "'c' is no face"),
        ({"operations": "pins: hole A | z = 3"}, "operations", "'z = 3' is none of its fields"),
        ({"operations": "pins: hole A | x = 3 | x = 4"}, "operations", "'x' stands twice"),
        ({"operations": "pins: hole A | x = wdth"}, "operations", "wdth"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_input(
    maria: Client, product: Product, fields: dict[str, str], place: str, told: str
) -> None:
    row = product.shapes.get(key="shelf")
    errors = errors_of(maria.post(change(row), {**SHELF, **fields}))
    assert told.lower() in errors[place].lower()


def test_a_material_looks_as_an_option_that_there_is(maria: Client, product: Product) -> None:
    row = product.materials.get()
    fields = {
        "label": "Board",
        "key": "board",
        "position": 10,
        "finishes": "wood, wod",
        "colour": "#FFF",
        "density": "wood.dens",
        "roughness": "0.5",
        "metallic": "0",
    }
    assert errors_of(maria.post(change(row), fields)).keys() == {"finishes", "colour", "density"}
    right = {**fields, "finishes": "wood", "colour": "#ffffff", "density": "wood.density"}
    assert maria.post(change(row), right).status_code == 302
    assert Material.objects.get().roughness == "0.5"


def test_a_finding_leads_to_the_page_of_its_shape(maria: Client, product: Product) -> None:
    product.shapes.filter(key="side").update(material="bord")
    page = maria.get(reverse("admin:catalog_product_check", args=[product.pk])).content.decode()
    assert change(product.shapes.get(key="side")) in page


def test_the_spacing_of_instances_and_a_shape_of_each_are_edited(
    maria: Client, merchant: Merchant
) -> None:
    draft = drafts.write(merchant, read(ROW))
    assembly = draft.assemblies.get()
    fields = {"label": "Box", "key": "boxes", "position": 10, "at_least": 1, "at_most": 4}
    fields["lead_time"] = "longest"
    page = maria.get(change(assembly)).context["adminform"].form
    assert page["spacing"].value() == "x = width + height / 10\nz = 2 mm"
    wrong = maria.post(change(assembly), {**fields, "spacing": "x = wdth"})
    assert "wdth" in errors_of(wrong)["spacing"]
    answer = maria.post(change(assembly), {**fields, "spacing": "y = height + width"})
    assert answer.status_code == 302
    assert drafts.read(draft).assemblies[0].spacing == {"y": "height + width"}
    post = maria.get(change(draft.shapes.get(key="post"))).context["adminform"].form
    assert post["of"].value() == "boxes"
