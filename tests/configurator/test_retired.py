"""Products that are not sold any more: nothing new begins, and what is stored goes on."""

from decimal import Decimal

import pytest
from django.db import transaction

from catalog.errors import NotFound
from catalog.models import Merchant, Role
from catalog.operations import bring_back, publish, retire
from catalog.signals import product_retired
from configurator.answering import follow
from configurator.completing import complete, complete_choices
from configurator.keeping import choose, save
from configurator.listing import products_from
from configurator.offers import Retired, published
from configurator.preparing import current_versions
from configurator.quoting.kept import accept
from configurator.quoting.quotes import quote, quote_configuration, verify
from integrations.webhooks.models import Event
from tests.api import Api, make_shop, told
from tests.embed import Shopper
from tests.examples.desk import desk
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CHOICES = {"frame": "steel", "top": "glass"}
NEW = {
    "evaluate": ("products/desk/evaluate", {"choices": {}}),
    "evaluate a version": ("products/desk/evaluate", {"choices": {}, "version": 1}),
    "why": ("products/desk/why", {"choices": {}, "option": "top"}),
    "scene": ("products/desk/scene", {"choices": {}}),
    "count": ("products/desk/count", {"choices": {}}),
    "quote": ("quotes", {"product": "desk", "choices": CHOICES}),
    "store": ("configurations", {"product": "desk", "choices": CHOICES}),
}


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def product(shop):
    return shop.products.get(key="desk")


def offer():
    return published("joinery", "desk")


def test_it_holds_at_once_and_until_it_is_brought_back(product):
    assert offer().version == 1
    retire(product)
    with pytest.raises(Retired):
        offer()
    with pytest.raises(Retired):
        published("joinery", "desk", 1)
    assert published("joinery", "desk", even_retired=True).version == 1
    bring_back(product)
    assert offer().version == 1


def test_one_that_is_taken_back_with_its_transaction_was_not_retired(product):
    offer()
    with transaction.atomic():
        retire(product)
        transaction.set_rollback(True)
    assert offer().version == 1


def test_it_is_told_once(product):
    heard = []

    def hear(product, **_):
        heard.append((product.key, product.retired_at))

    product_retired.connect(hear)
    try:
        first = retire(product)
        again = retire(product)
    finally:
        product_retired.disconnect(hear)
    assert heard == [("desk", first.retired_at)]
    assert again.retired_at == first.retired_at


def test_endpoints_hear_of_it_and_not_of_its_return(shop, product):
    from integrations.webhooks.operations import Wish, make_endpoint

    make_endpoint(shop, Wish("ERP", "http://127.0.0.1:9/"))
    for _ in range(2):
        retire(product)
    bring_back(product)
    event = Event.objects.get()
    assert (event.type, event.object_id, event.data["version"]) == ("product.retired", "desk", 1)
    product.refresh_from_db()
    retire(product)
    assert [each.sequence for each in Event.objects.order_by("pk")] == [1, 2]


def test_what_was_never_published_is_not_retired(shop):
    draft = make_product(shop, desk(product="bureau"))
    for ask in (retire, bring_back):
        with pytest.raises(NotFound, match="not published"):
            ask(draft)


def test_a_draft_may_be_published_and_stays_retired_until_it_is_brought_back(shop, product):
    retire(product)
    product.name = "Our desk"
    product.save()
    publish(product)
    with pytest.raises(Retired):
        offer()
    bring_back(product)
    assert offer().version == 2


@pytest.mark.parametrize("call", NEW.values(), ids=NEW)
def test_nothing_new_begins(shop, product, call):
    retire(product)
    answer = Api(shop).post(*call)
    assert (answer.status_code, told(answer)["code"]) == (410, "product-retired")
    assert "no longer sold" in told(answer)["detail"]
    bring_back(product)
    assert told(Api(shop).post(*call)).get("code") != "product-retired"


def test_the_widget_says_so_in_its_language(client, product):
    page = "/embed/joinery/desk/"
    assert client.get(page).status_code == 200
    retire(product)
    for language, sentence in (
        ("en", "This product is no longer sold."),
        ("de", "Dieses Produkt wird nicht mehr verkauft."),
        ("fr", "Ce produit n’est plus vendu."),
    ):
        answer = client.get(f"{page}?lang={language}", headers={"accept-language": language})
        assert answer.status_code == 410
        assert sentence in answer.content.decode()
        assert answer.headers["Content-Security-Policy"]


def test_a_page_that_is_open_already_says_so_at_the_next_click(client, product):
    for htmx in (False, True):
        shopper = Shopper(client, "/embed/joinery/desk/", htmx)
        shopper.opens()
        assert shopper.chooses(frame="steel").status == 200
        before = shopper.page
        retire(product)
        assert shopper.chooses(frame="oak").status == 410
        bring_back(product)
        shopper.page = before
        assert shopper.chooses(frame="oak").status == 200


def test_what_is_stored_goes_on(shop, product):
    still_open, done = save(offer(), CHOICES), complete_choices(offer(), CHOICES)
    given = quote(offer(), CHOICES).signed.token
    retire(product)
    assert choose(still_open, {"width": Decimal(1600)}).complete
    assert quote_configuration(still_open).signed.token
    complete(still_open)
    assert complete(done).breakdown.total == done.total
    assert verify(shop, given).valid
    assert verify(shop, given).changed == ("unavailable",)
    assert accept(shop, given).accepted_at
    api = Api(shop)
    assert api.get(f"configurations/{done.public_id}").status_code == 200
    assert api.get(f"configurations/{done.public_id}/bom").status_code == 200


def test_the_page_of_a_completed_design_is_still_there_with_its_picture(client, shop, product):
    done = complete_choices(offer(), CHOICES)
    page = f"/embed/joinery/desk/c/{done.public_id}/"
    assert client.get(page).status_code == 200
    retire(product)
    assert client.get(page).status_code == 200


def test_it_can_still_be_read_and_stands_in_no_list(shop, product):
    api = Api(shop)
    assert told(api.get("products/desk"))["retired_at"] is None
    retired = retire(product)
    for address in ("products/desk", "products/desk?version=1"):
        assert told(api.get(address))["retired_at"] == retired.retired_at.isoformat()
    assert api.get("products/desk/versions").status_code == 200
    assert told(api.get("products"))["data"] == []
    assert products_from(shop) == []
    assert list(current_versions()) == []


def test_systems_retire_and_bring_back(shop, product):
    api = Api(shop)
    first, again = (told(api.post("products/desk/retire", None)) for _ in range(2))
    assert first == again
    assert (first["key"], first["version"]) == ("desk", 1)
    assert first["retired_at"] is not None
    assert told(api.post("products/desk/bring-back", None))["retired_at"] is None
    assert api.post("products/nowhere/retire", None).status_code == 404
    make_product(shop, desk(product="bureau"))
    assert api.post("products/bureau/retire", None).status_code == 404


@pytest.mark.parametrize(
    ("role", "may"), [(Role.OWNER, True), (Role.PRODUCT_MANAGER, True), (Role.VIEWER, False)]
)
def test_people_retire_and_bring_back_on_the_page_of_the_product(client, shop, product, role, may):
    client.force_login(make_user("maria", shop, role))
    page = f"/admin/catalog/product/{product.pk}/"
    assert (">Retire<" in client.get(f"{page}change/").content.decode()) == may
    client.post(f"{page}retire/")
    product.refresh_from_db()
    assert (product.retired_at is not None) == may
    if may:
        shown = client.get(f"{page}change/").content.decode()
        assert ">Bring back<" in shown and "The product is retired since" in shown
        assert "Version 1, retired" in client.get("/admin/catalog/product/").content.decode()
        client.post(f"{page}retire/", {"back": "1"})
        assert follow(offer(), CHOICES).complete
