"""Workshops in the administration: lists an entry a line, and files beside a configuration."""

import pytest
from django.urls import reverse

from catalog import drafts
from catalog.models import Membership
from catalog.operations import publish
from catalog.roles import Role
from configurator.admin.workshop_lines import (
    read_bands,
    read_sheets,
    write_bands,
    write_sheets,
)
from configurator.models import Configuration, Workshop
from integrations.api.v1.examples import EVALUATE_SCENE
from tests.api import Api, make_shop, told
from tests.configurator.geometry.shelves import shelf

pytestmark = pytest.mark.database


@pytest.fixture
def shop():
    return make_shop()


FILLED = {
    "key": "panel_saw",
    "name": "Panel saw",
    "sheets": "2800 x 2070\nBX-16: 3660 x 1830 x 15,875",
    "cuts": "guillotine",
    "kerf": "4.4",
    "trim": "10",
    "offcut_length": "600",
    "offcut_width": "200",
    "bands": "all others: ABS | 1\nFN-OAK: Veneer | 2",
    "oversize": "0",
    "columns": "Length = cut_length\nQty = quantity",
    "separator": ";",
    "layers": "hole = BORE_{diameter}",
    "decimal": "p",
    "both_faces": "two_drawings",
}
ADD = "admin:configurator_workshop_add"


def test_what_is_written_a_line_each_is_kept(admin_client, shop):
    answer = admin_client.post(reverse(ADD), {**FILLED, "merchant": shop.pk})
    assert answer.status_code == 302
    settings = Workshop.objects.get(merchant=shop).settings
    assert settings["sheets"][1] == {
        "length": 3660,
        "width": 1830,
        "material": "BX-16",
        "thickness": 15.875,
    }
    assert settings["bands"] == {
        "": {"name": "ABS", "thickness": 1},
        "FN-OAK": {"name": "Veneer", "thickness": 2},
    }
    assert settings["columns"][1] == {"title": "Qty", "field": "quantity"}
    assert (settings["saw"]["kerf"], settings["decimal"]) == (4.4, "p")


def test_a_workshop_is_shown_as_it_was_written(admin_client, shop):
    admin_client.post(reverse(ADD), {**FILLED, "merchant": shop.pk})
    row = Workshop.objects.get(merchant=shop)
    form = (
        admin_client.get(reverse("admin:configurator_workshop_change", args=[row.pk]))
        .context["adminform"]
        .form
    )
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    assert shown["sheets"] == "2800 x 2070\nBX-16: 3660 x 1830 x 15.875"
    assert shown["bands"] == FILLED["bands"]
    assert shown["columns"] == FILLED["columns"]
    assert shown["layers"] == FILLED["layers"]


@pytest.mark.parametrize(
    ("name", "written", "says"),
    [
        ("sheets", "2800 by 2070", "Line 1: write length x width"),
        ("bands", "FN-OAK Veneer", "Line 1: write the material"),
        ("bands", "a: b | 1\na: c | 1", "Line 2: 'a' stands twice."),
        ("columns", "Length", "Line 1: write both sides of ="),
        ("columns", "Length = size", "columns/0/field"),
        ("layers", "hole = D{size}", "has no 'size'"),
        ("kerf", "70", "saw/kerf"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_input(admin_client, shop, name, written, says):
    answer = admin_client.post(reverse(ADD), {**FILLED, name: written, "merchant": shop.pk})
    errors = answer.context["adminform"].form.errors
    assert says in " ".join(errors[name])
    assert not Workshop.objects.exists()


def test_lines_come_back_as_they_were_read():
    for text in ("2800 x 2070", "BX-16: 2800 x 2070", "BX-16: 2440.1234 x 2070 x 15.875"):
        assert write_sheets(read_sheets(text)) == text
    for text in ("all others: ABS | 1", "FN-OAK: Veneer 23 mm | 0.8"):
        assert write_bands(read_bands(text)) == text


@pytest.fixture
def configuration(shop):
    api = Api(shop)
    publish(drafts.write(shop, shelf()))
    made = told(api.post("configurations", {"product": "shelf", **EVALUATE_SCENE}))["id"]
    return Configuration.objects.get(public_id=made)


def test_the_page_of_a_configuration_leads_to_its_files(admin_client, shop, configuration):
    admin_client.post(reverse(ADD), {**FILLED, "merchant": shop.pk})
    page = admin_client.get(
        reverse("admin:configurator_configuration_change", args=[configuration.pk])
    ).content.decode()
    address = reverse(
        "admin:configurator_configuration_production", args=[configuration.pk, "cut-list.csv"]
    )
    assert f'href="{address}?workshop=panel_saw"' in page
    content = admin_client.get(f"{address}?workshop=panel_saw").content.decode()
    assert content.splitlines()[0] == "Length;Qty"


def test_a_viewer_finds_no_production_files(client, django_user_model, shop, configuration):
    user = django_user_model.objects.create_user("vera", password="v", is_staff=True)
    Membership.objects.create(user=user, merchant=shop, role=Role.VIEWER)
    client.force_login(user)
    address = reverse(
        "admin:configurator_configuration_production", args=[configuration.pk, "cut-list.csv"]
    )
    assert client.get(address).status_code == 403
    page = client.get(reverse("admin:configurator_configuration_change", args=[configuration.pk]))
    assert address not in page.content.decode()
