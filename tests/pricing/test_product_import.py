"""The page that brings a product file in: what would change first, prices and pictures only with a
tick.
"""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Asset, Product, Role
from catalog.operations import publish
from pricing.models import PriceList
from pricing.operations import export_product, import_product
from pricing.price_list import read_price_list
from pricing.product_file import ProductFile, write_product_file
from pricing.product_import import PicturesField
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_user, picture

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SHOP = {"key": "shop", "name": "Shop", "currency": "EUR", "tax_rate": 19, "is_default": True}


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }


@pytest.fixture
def shop():
    merchant = make_merchant("shop")
    publish(import_product(merchant, ProductFile(desk(), (read_price_list(SHOP),))))
    return merchant


@pytest.fixture
def manager(client, shop):
    client.force_login(make_user(merchant=shop))
    return client


def text(name: str = "Writing desk", tax: int = 7, **changes: Any) -> str:
    lists = (read_price_list({**SHOP, "tax_rate": tax}),)
    return write_product_file(ProductFile(desk(name=name, **changes), lists))


ADDRESS = "admin:pricing_product_import"


def shown(client, **fields):
    return client.post(reverse(ADDRESS), fields)


def taken(client, page, **ticks):
    fields = {name: page.context[name] for name in ("token", "seen")}
    return client.post(
        reverse(ADDRESS), {**fields, "merchant": page.context["merchant"].pk, **ticks}
    )


def test_what_would_change_is_shown_and_nothing_kept(manager, shop):
    page = shown(manager, text=text())
    told = page.content.decode()
    assert "Price list &#x27;shop&#x27;: tax rate 19 → 7" in told
    assert "name “Desk” → “Writing desk”" in told
    assert "Shoppers keep seeing version 1" in told
    assert (str(shop.products.get()), PriceList.objects.get().tax_rate) == ("Desk", 19)


def test_the_draft_is_replaced_and_prices_stay_without_the_tick(manager, shop):
    answer = taken(manager, shown(manager, text=text()))
    assert answer.status_code == 302
    assert (str(shop.products.get()), PriceList.objects.get().tax_rate) == ("Writing desk", 19)


def test_prices_are_taken_with_the_tick(manager):
    taken(manager, shown(manager, text=text()), with_prices="on")
    assert PriceList.objects.get().tax_rate == 7


def test_what_changed_after_it_was_shown_is_shown_again(manager, shop):
    page = shown(manager, text=text())
    PriceList.objects.update(tax_rate=21)
    again = taken(manager, page, with_prices="on")
    assert again.status_code == 409
    assert "tax rate 21 → 7" in again.content.decode()
    assert PriceList.objects.get().tax_rate == 21
    assert taken(manager, again, with_prices="on").status_code == 302


def test_a_file_is_chosen_with_its_pictures(manager, shop):
    model = desk(product="bench", image="tops/steel.png")
    file = SimpleUploadedFile("bench.yaml", write_product_file(ProductFile(model)).encode())
    beside = [
        SimpleUploadedFile("Steel.png", picture()),
        SimpleUploadedFile("other.png", picture()),
    ]
    page = shown(manager, file=file, pictures=beside)
    assert "names no such picture: other.png" in page.content.decode()
    taken(manager, page)
    assert [each.name for each in Asset.objects.all()] == ["tops/steel.png"]
    assert Product.objects.filter(key="bench").exists()
    assert default_storage.listdir("uploads") == ([], [])


def test_a_picture_that_others_show_is_replaced_with_the_tick_alone(manager, shop):
    old, new = picture(colour="#000000"), picture(colour="#ffffff")
    import_product(shop, ProductFile(desk(image="desk.png")), {"desk.png": old})
    make_product(shop, desk(product="bureau", image="desk.png"))

    def page():
        return shown(
            manager, text=text(image="desk.png"), pictures=[SimpleUploadedFile("desk.png", new)]
        )

    before = Asset.objects.get().digest
    taken(manager, page())
    assert Asset.objects.get().digest == before
    taken(manager, page(), with_pictures="on")
    assert Asset.objects.get().digest != before


def test_every_place_that_is_wrong_is_told_with_its_line(manager):
    page = shown(
        manager, text="product: desk\nname: Desk\ncurrency: EUR\noptions:\n  - {key: A B}\n"
    )
    assert page.status_code == 422
    assert "Line 5" in page.content.decode()


@pytest.mark.parametrize(
    "fields", [{}, {"text": " "}, {"text": "a: 1", "file": SimpleUploadedFile("a", b"a")}]
)
def test_a_file_or_a_text_is_asked_for(manager, fields):
    assert "Choose a file, or paste its text." in shown(manager, **fields).content.decode()


def test_a_file_that_changes_nothing_is_told_so(manager, shop):
    page = shown(manager, text=write_product_file(export_product(shop.products.get())))
    assert "the draft is already as the file says" in page.content.decode()
    assert b"Replace the draft" not in page.content


def test_a_viewer_and_another_merchant_take_nothing(client, manager, shop):
    page = shown(manager, text=text())
    client.force_login(make_user("vic", shop, Role.VIEWER))
    assert client.get(reverse(ADDRESS)).status_code == 403
    client.force_login(make_user("rita", make_merchant("rival")))
    assert taken(client, page).status_code == 403
    assert str(shop.products.get()) == "Desk"


def test_whoever_has_several_merchants_says_whose_it_is(client, shop):
    rival = make_merchant("rival")
    client.force_login(make_user("root", shop))
    make_user("x")
    rival.memberships.create(user=client.get(reverse(ADDRESS)).wsgi_request.user, role=Role.OWNER)
    assert b'name="merchant"' in client.get(reverse(ADDRESS)).content
    taken(client, shown(client, text=text(), merchant=rival.pk))
    assert str(rival.products.get()) == "Writing desk"
    assert str(shop.products.get()) == "Desk"


def test_the_list_of_products_leads_to_it(manager):
    assert (
        reverse(ADDRESS)
        in manager.get(reverse("admin:catalog_product_changelist")).content.decode()
    )


def test_a_3d_model_may_be_as_large_as_where_it_is_uploaded():
    content = bytes(11 * 1024 * 1024)
    field = PicturesField()
    assert field.clean([SimpleUploadedFile("chair.glb", content)])
    with pytest.raises(ValidationError, match="pictures of at most 10 MB"):
        field.clean([SimpleUploadedFile("oak.png", content)])
