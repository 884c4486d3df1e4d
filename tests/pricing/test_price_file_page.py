"""The page on which a vendor's price file is mapped: proposed, changed, confirmed, remembered."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Role
from pricing.models import ListAmount, PriceFileLayout
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_merchant, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LINES = [
    {"key": "base", "label": "Desk", "amount": 200},
    {
        "key": "top",
        "label": "Top",
        "option": "top",
        "amounts": {"glass": 80, "oak": 60, "laminate": 9},
    },
]
TEXT = "Prices 2027;;\nArt. No.;Net;Gross\nTP-G;81,50;97\nTP-X;99,00;118\nTP-O;-;-\n"


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    local = "django.core.files.storage.FileSystemStorage"
    own = {"BACKEND": local, "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": own}


@pytest.fixture
def shop():
    return make_shop(model=desk(price_lines=LINES))


@pytest.fixture
def manager(client, shop):
    client.force_login(make_user(merchant=shop))
    return client


@pytest.fixture
def brought(manager, shop):
    """Bring the file in on the page of the retail list, and return the address on which it is
    mapped.
    """
    retail = shop.price_lists.get(key="retail")
    file = SimpleUploadedFile("vendor.csv", TEXT.encode("cp1252"))
    answer = manager.post(
        reverse("admin:pricing_amounts", args=[retail.pk]), {"file": file, "dry_run": "on"}
    )
    assert answer.status_code == 302
    return answer.url


def fields(page, **changes):
    """Return what a browser would send back from the page."""
    form = page.context["form"]
    sent = {field.html_name: field.value() for field in form}
    for number, each in enumerate(page.context["asked"], 1):
        sent |= {f"called-{number}": each.name, f"item-{number}": each.target}
    sent |= {name: page.context[name] for name in ("seen", "items")}
    return {**sent, "shown_header": form.layout.header, "act": "look", **changes}


def told(page):
    return unescape(page.content.decode())


def test_the_likely_mapping_is_shown_with_what_would_come_of_it(manager, brought):
    page = manager.get(brought)
    assert [column.field.value() for column in page.context["columns"]] == ["item", "amount", ""]
    assert (
        "1 price changes, median +1.9%, 0 stay, 1 without an amount left out, 1 row refused."
        in told(page)
    )
    assert "there is no line or value called 'TP-X'" in told(page)
    assert [each.name for each in page.context["asked"]] == ["TP-X"]
    assert not ListAmount.objects.exists()


def test_what_is_confirmed_is_brought_in_and_remembered(manager, brought, shop):
    page = manager.get(brought)
    answer = manager.post(brought, fields(page, act="take"))
    assert answer.status_code == 302
    assert set(ListAmount.objects.values_list("value", "amount")) == {("glass", "81.5")}
    assert PriceFileLayout.objects.get().name == "vendor.csv"
    assert manager.get(brought).status_code == 302


def test_a_changed_mapping_is_shown_before_it_is_taken(manager, brought):
    page = manager.get(brought)
    changed = {"column-1": "", "column-2": "amount|price_list|trade", "item-1": "top/laminate"}
    shown = manager.post(brought, fields(page, act="take", **changed))
    assert "You have changed the mapping" in told(shown)
    assert not ListAmount.objects.exists()
    manager.post(brought, fields(shown, act="take"))
    kept = set(ListAmount.objects.values_list("price_list__key", "value", "amount"))
    assert kept == {("trade", "glass", "97"), ("trade", "laminate", "118")}
    assert PriceFileLayout.objects.get().document["items"] == {"TP-X": "top/laminate"}


def test_a_row_is_left_out_by_hand(manager, brought):
    page = manager.post(brought, fields(manager.get(brought), **{"item-1": "-"}))
    assert page.context["report"].refused == 0
    assert page.context["form"].layout.items == {"TP-X": ""}


def test_another_header_brings_another_proposal(manager, brought):
    page = manager.post(brought, fields(manager.get(brought), header="1"))
    assert page.context["columns"][0].heading == "Prices 2027"
    again = manager.post(brought, fields(page, header="2"))
    assert [column.heading for column in again.context["columns"]] == ["Art. No.", "Net", "Gross"]


def test_the_mapping_is_offered_for_the_next_file_with_this_header(manager, brought, shop):
    page = manager.post(brought, fields(manager.get(brought), **{"item-1": "top/laminate"}))
    manager.post(brought, fields(page, act="take"))
    retail = shop.price_lists.get(key="retail")
    cells = "ART. NO.\tNet\tGross\nTP-X\t101\t120\n"
    answer = manager.post(reverse("admin:pricing_amounts", args=[retail.pk]), {"cells": cells})
    page = manager.get(answer.url)
    assert page.context["remembered"] is not None
    assert page.context["report"].changed == 1


def test_the_columns_of_the_download_are_taken_as_they_are(manager, shop):
    retail = shop.price_lists.get(key="retail")
    cells = "price_list\tproduct\tline\tamount\nretail\tdesk\tbase\t210\n"
    page = manager.post(reverse("admin:pricing_amounts", args=[retail.pk]), {"cells": cells})
    assert page.context["report"].created == 1


def test_a_wrong_day_is_told_at_its_input(manager, brought):
    page = manager.post(brought, fields(manager.get(brought), valid_from="tomorrow"))
    assert page.status_code == 422
    assert "This is no day" in told(page)


def test_a_viewer_and_another_merchant_do_not_see_it(client, manager, brought, shop):
    client.force_login(make_user("vic", shop, Role.VIEWER))
    assert client.get(brought).status_code == 403
    client.force_login(make_user("rita", make_merchant("rival")))
    assert client.get(brought).status_code == 404


def test_mappings_are_listed_and_forgotten(manager, brought):
    manager.post(brought, fields(manager.get(brought), act="take"))
    row = PriceFileLayout.objects.get()
    assert "vendor.csv" in told(manager.get(reverse("admin:pricing_pricefilelayout_changelist")))
    manager.post(reverse("admin:pricing_pricefilelayout_delete", args=[row.pk]), {"post": "yes"})
    assert not PriceFileLayout.objects.exists()
