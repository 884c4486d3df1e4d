"""The page where the shapes of a draft are modelled beside a preview."""

import pytest
from django.urls import reverse

from catalog import drafts
from catalog.models import Role
from configurator.geometry.inspection import inspection
from tests.configurator.geometry.shelves import shelf
from tests.factories import make_merchant, make_product, make_user
from tests.forms import Forms

pytestmark = [pytest.mark.database, pytest.mark.django_db]

CHOICES = {"o.width": "900", "o.boards": "2", "o.wood": "ash"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def product(client, merchant):
    client.force_login(make_user("maria", merchant))
    return drafts.write(merchant, shelf())


def here(product):
    return reverse("admin:configurator_configuration_shape_preview", args=[product.pk])


def editor(product, key="shelf"):
    row = product.shapes.get(key=key)
    return reverse("admin:configurator_configuration_shape_row", args=[product.pk, row.pk])


def now(answer, key="shelf"):
    return next(each for each in answer.context["rows"] if each.row.key == key)


def test_each_row_tells_what_it_comes_to_with_the_choices(client, product):
    answer = client.get(here(product), CHOICES)
    row = now(answer)
    assert (len(row.parts), row.size, row.place) == (2, "860 × 300 × 20", "20, 0, 660")
    assert now(answer, "side").size == "2000 × 300 × 20"


def test_the_model_of_the_page_has_meshes_of_one_shape_each(client, product):
    told = client.get(here(product), CHOICES).context["told"]
    answer = client.get(told["src"])
    assert answer.headers["Content-Type"] == "model/gltf-binary"
    assert inspection(answer.content, "glb").upper == pytest.approx((900, 300, 2000))
    assert told["meshes"].split() == ["side", "shelf"]


def test_the_policy_of_the_page_lets_in_the_viewer_and_nothing_unsafe(client, product):
    policy = client.get(here(product), CHOICES).headers["Content-Security-Policy"]
    assert "connect-src 'self' blob:" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy


def test_what_is_left_open_is_chosen_so_that_there_is_something_to_see(client, product):
    answer = client.get(here(product))
    assert answer.context["looked"].faults == []
    assert answer.context["told"]["document"]["size"][2] == 2000


def test_choices_by_chance_and_of_a_preset_stand_in_the_address(client, product):
    answer = client.get(here(product), {"random": "5"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == client.get(here(product), {"random": "5"})["Location"]
    assert "o.width=" in answer.headers["Location"]
    product.presets.create(key="low", label="Low", position=1, choices={"boards": 1, "width": 400})
    answer = client.get(here(product), {"preset": "low"}, headers=HTMX)
    assert answer.headers["HX-Replace-Url"] == f"{here(product)}?o.width=400&o.boards=1"
    assert 'name="o.width" value="400"' in answer.content.decode()


def test_a_saved_row_shows_at_once_and_nothing_else_of_it_changes(client, product):
    before = drafts.read(product)
    form = Forms(client.get(editor(product), headers=HTMX).content.decode()).sent
    answer = client.post(editor(product), {**form, **CHOICES, "thickness": "30"}, headers=HTMX)
    assert answer.status_code == 200
    assert now(answer).size == "860 × 300 × 30"
    text = answer.content.decode()
    assert "<html" not in text and f'id="now-{product.shapes.get(key="side").pk}"' in text
    after = drafts.read(product)
    assert after.shapes[1].thickness == "30"
    assert [each.label for each in after.shapes] == [each.label for each in before.shapes]
    assert (after.shapes[1].each, after.shapes[1].sku) == (before.shapes[1].each, "SH-1")


def test_a_formula_that_cannot_be_read_is_told_in_the_editor(client, product):
    form = Forms(client.get(editor(product), headers=HTMX).content.decode()).sent
    answer = client.post(editor(product), {**form, "thickness": "wdth"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Unknown option &#x27;wdth&#x27;" in answer.content.decode()
    assert drafts.read(product).shapes[1].thickness == "20"


def test_what_cannot_be_built_is_told_by_part_and_field_in_the_place_of_the_picture(
    client, product
):
    product.shapes.filter(key="shelf").update(length="width - 900")
    answer = client.get(here(product), CHOICES)
    (fault,) = answer.context["looked"].faults
    assert fault.place == "shelf › length"
    assert "0 mm is no size" in fault.sentence
    assert now(answer).faults[0][0] == "length"
    assert answer.context["told"] == {}


def test_a_draft_that_cannot_be_read_names_every_formula(client, product):
    product.shapes.filter(key="shelf").update(length="wdth", z="gpa")
    answer = client.get(here(product), CHOICES)
    assert [each.place for each in answer.context["looked"].faults] == [
        "shelf › length",
        "shelf › z",
    ]
    assert {at for at, _ in now(answer).faults} == {"length", "z"}


def test_somebody_elses_change_of_another_field_is_kept(client, product):
    form = Forms(client.get(editor(product), headers=HTMX).content.decode()).sent
    product.shapes.filter(key="shelf").update(width="250")
    client.post(editor(product), {**form, "thickness": "30"}, headers=HTMX)
    row = product.shapes.get(key="shelf")
    assert (row.width, row.thickness) == ("250", "30")


def test_a_viewer_sees_the_shapes_and_changes_none(client, merchant, product):
    client.force_login(make_user("vera", merchant, Role.VIEWER))
    page = client.get(here(product), CHOICES)
    assert page.status_code == 200 and "hx-post" not in page.content.decode()
    assert client.get(editor(product), headers=HTMX).status_code == 403
    assert client.post(editor(product), {"thickness": "1"}, headers=HTMX).status_code == 403


def test_shapes_of_another_merchant_are_not_found(client, product):
    other = make_product(make_merchant("other"))
    assert client.get(here(other)).status_code == 404
    row = product.shapes.get(key="shelf")
    address = reverse("admin:configurator_configuration_shape_row", args=[other.pk, row.pk])
    assert client.get(address, headers=HTMX).status_code == 404


def test_without_htmx_the_editor_is_the_page_of_the_shape(client, product):
    row = product.shapes.get(key="shelf")
    answer = client.get(editor(product))
    assert answer.headers["Location"] == reverse("admin:catalog_shape_change", args=[row.pk])
