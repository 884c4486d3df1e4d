"""The page that shows the shapes of a product with numbers."""

import pytest
from django.urls import reverse

from catalog import drafts
from catalog.models import Role
from catalog.operations import publish
from configurator.geometry.inspection import inspection
from tests.configurator.geometry.shelves import shelf
from tests.factories import make_merchant, make_product, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]

CHOICES = {"o.width": "900", "o.boards": "2", "o.wood": "ash"}


@pytest.fixture
def product(client):
    merchant = make_merchant()
    client.force_login(make_user("vera", merchant, Role.VIEWER))
    return drafts.write(merchant, shelf())


def page(client, product, **question):
    return client.get(
        reverse("admin:configurator_configuration_shapes", args=[product.pk]), question
    )


def test_every_part_is_shown_with_its_numbers(client, product):
    answer = page(client, product, **CHOICES)
    (lowest,) = [part for part in answer.context["parts"] if part["name"] == "shelf.1"]
    assert (lowest["length"], lowest["lower"], lowest["numbers"]) == (
        860,
        [20, 0, 660],
        {"i": 1, "gap": 660, "is_lowest": True},
    )
    text = answer.content.decode()
    assert "900 × 300 × 2000 mm" in text
    assert "gap = 660" in text


def test_what_cannot_be_built_leads_to_its_shape(client, product):
    product.shapes.filter(key="shelf").update(length="width - 900")
    answer = page(client, product, **CHOICES)
    shape = product.shapes.get(key="shelf")
    assert "Shape &#x27;shelf&#x27;, length: 0 mm is no size" in answer.content.decode()
    assert answer.context["place"] == reverse("admin:catalog_shape_change", args=[shape.pk])


def test_a_check_that_does_not_hold_leads_to_the_check(client, product):
    check = product.shape_checks.create(
        key="few", position=1, then="boards < 2", message="Only one board."
    )
    answer = page(client, product, **CHOICES)
    assert "Only one board." in answer.content.decode()
    assert answer.context["place"] == reverse("admin:catalog_shapecheck_change", args=[check.pk])


def test_a_formula_that_cannot_be_read_is_told(client, product):
    product.shapes.filter(key="shelf").update(length="wdth")
    answer = page(client, product, **CHOICES)
    assert (answer.status_code, answer.context["scene"]) == (200, None)
    assert "wdth" in answer.context["refusal"]


def test_a_published_version_is_shown_as_it_was(client, product):
    publish(product)
    product.shapes.filter(key="shelf").update(width="400")
    of_draft, of_version = (
        page(client, product, **CHOICES),
        page(client, product, version="1", **CHOICES),
    )
    assert (of_draft.context["scene"]["size"][1], of_version.context["scene"]["size"][1]) == (
        400,
        300,
    )


def test_the_model_is_downloaded(client, product):
    shown = page(client, product, **CHOICES)
    address = reverse("admin:configurator_configuration_shapes", args=[product.pk])
    answer = client.get(f"{address}?{shown.context['file']}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="shelf.glb"'
    assert inspection(answer.content, "glb").upper == pytest.approx((900, 300, 2000))


def test_a_choice_that_cannot_be_read_is_told_at_its_input(client, product):
    form = page(client, product, **{**CHOICES, "o.width": "wide"}).context["form"]
    assert form.errors.keys() == {"o.width"}


def test_the_page_of_a_product_leads_there_only_if_it_has_shapes(client, product):
    address = reverse("admin:configurator_configuration_shapes", args=[product.pk])
    assert (
        address
        in client.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()
    )
    product.shapes.all().delete()
    assert (
        address
        not in client.get(
            reverse("admin:catalog_product_change", args=[product.pk])
        ).content.decode()
    )


def test_the_shapes_of_another_merchant_are_not_found(client, product):
    other = make_product(make_merchant("other"))
    assert page(client, other).status_code == 404


def test_operations_are_shown_beside_their_part(client, product):
    pins = {"key": "pins", "x": 40, "y": 40, "diameter": 5, "nx": 3, "px": 32}
    product.shapes.filter(key="shelf").update(operations=[pins])
    assert "pins 3 × 1" in page(client, product, **CHOICES).content.decode()


def test_the_model_is_there_with_every_operation_made(client, product):
    assert "every operation" not in page(client, product, **CHOICES).content.decode()
    pins = {"key": "pins", "x": 40, "y": 40, "diameter": 5, "nx": 3, "px": 32}
    product.shapes.filter(key="shelf").update(operations=[pins])
    answer = page(client, product, **CHOICES)
    assert f"?{answer.context['whole']}".replace("&", "&amp;") in answer.content.decode()
    seen = page(client, product, **CHOICES, file="glb")
    made = page(client, product, **CHOICES, file="production")
    assert len(made.content) > len(seen.content) + 2_000
    assert {each["Content-Type"] for each in (seen, made)} == {"model/gltf-binary"}
    product.shapes.filter(key="shelf").update(
        operations=[
            {"key": f"half{end}", "kind": "cut_out", "length": "width - 40", "width": 200, "y": end}
            for end in (0, 100)
        ]
    )
    refused = page(client, product, **CHOICES, file="production")
    assert "nothing of a board" in refused.content.decode()


def test_each_part_leads_to_how_its_numbers_come_about(client, product):
    answer = page(client, product, **CHOICES, part="shelf.2")
    text = answer.content.decode()
    assert "part=shelf.1#why" in text
    groups = dict(answer.context["why"].groups)
    (length, *_) = groups["Size"]
    assert (length[0], length[1].formula, length[1].worth) == ("length", "width - 40", 860)
    assert [place for place, _ in groups["Values of each"]] == ["gap", "is_lowest"]
    assert dict(groups["Place of its lower corner"])["from the floor"].worth == 1320
    assert "<code>i</code> = 2" in text
    assert page(client, product, **CHOICES, part="shelf.9").context["why"] is None
