"""A draft in the real widget, behind a signed link that expires: looked at, and neither ordered nor
kept.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog import drafts, operations
from catalog.errors import Malformed, NotFound
from catalog.models import Merchant, Product, Role
from catalog.renaming import Name
from configurator.draft_links import MOST_DAYS, LinkExpired, make_draft_link, read_draft_link
from configurator.models import Configuration
from tests.embed import HTMX, Shopper, post_form
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_user

pytestmark = pytest.mark.database


@pytest.fixture
def product(shop: Merchant) -> Product:
    """The desk, whose draft calls the top by another key than the published version."""
    product = shop.products.get(key="desk")
    operations.rename(product, {Name("option", "top"): "worktop"})
    product.refresh_from_db()
    return product


@pytest.fixture
def colleague(product: Product, client: Client) -> Shopper:
    return Shopper(client, make_draft_link(product).path)


def test_the_widget_shows_the_draft_and_says_so(colleague: Shopper, product: Product) -> None:
    page = colleague.opens()
    assert page.status == 200
    assert "o.worktop" in dict(page.fields)
    link = make_draft_link(product)
    assert (
        f"Draft {link.digest} Not published: it can be looked at, not ordered. This link holds until"
        in page.words
    )
    assert "has changed" not in page.words


def test_until_when_the_link_holds_is_told_in_the_readers_language(colleague: Shopper) -> None:
    page = colleague.opens("?lang=de")
    assert re.search(
        r'gilt bis <time datetime="20[^"]+">\d+\. \w+ 20\d\d(, | um )\d\d:\d\d UTC</time>\.',
        page.text,
    )


@pytest.mark.parametrize("htmx", [False, True])
def test_choices_are_followed_in_the_draft_with_its_prices(
    product: Product, client: Client, htmx: bool
) -> None:
    colleague = Shopper(client, make_draft_link(product).path, htmx=htmx)
    colleague.opens()
    page = colleague.chooses(worktop="glass")
    assert page.values("state") == ["worktop=glass"]
    assert "Glass" in page.words


def test_a_shared_address_shows_the_choices_again(colleague: Shopper) -> None:
    assert colleague.opens("?worktop=glass").values("o.worktop") == ["glass"]


def test_nothing_can_be_ordered(colleague: Shopper) -> None:
    page = colleague.opens("?worktop=oak&frame=oak")
    assert ("complete", "1") not in page.buttons
    answer = colleague.presses("complete")
    assert answer.status == 422
    assert "This is a draft: it can be looked at, not ordered." in answer.words
    assert not Configuration.objects.exists()


def test_the_form_of_a_draft_orders_nothing_at_the_widget_itself(
    colleague: Shopper, client: Client
) -> None:
    page = colleague.opens("?worktop=oak&frame=oak")
    fields = {**dict(page.fields), "complete": "1"}
    answer = post_form(client, "/embed/joinery/desk/", fields)
    assert "so it was brought up to date" in answer.content.decode()
    assert not Configuration.objects.exists()


def test_a_draft_that_changed_since_is_shown_as_it_is_now_and_told(
    colleague: Shopper, product: Product
) -> None:
    operations.rename(product, {Name("option", "worktop"): "plate"})
    page = colleague.opens()
    assert "o.plate" in dict(page.fields)
    assert "It has changed since this link was made." in page.words


def test_a_product_that_was_never_published_is_shown(shop: Merchant, client: Client) -> None:
    product = make_product(shop, desk(product="new-desk"))
    assert Shopper(client, make_draft_link(product).path).opens().status == 200
    assert client.get("/embed/joinery/new-desk/").status_code == 404


def test_an_expired_link_says_so_and_an_open_page_loads_anew(
    product: Product, client: Client
) -> None:
    link = make_draft_link(product, 1, timezone.now() - timedelta(days=2))
    answer = client.get(link.path)
    assert answer.status_code == 410
    assert "has expired" in answer.content.decode()
    assert client.post(link.path, {}, **HTMX).headers["HX-Refresh"] == "true"
    with pytest.raises(LinkExpired):
        read_draft_link("joinery", "desk", link.token)


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_a_link_holds_some_days_and_no_more(product: Product, days: int) -> None:
    with pytest.raises(Malformed, match=f"1 to {MOST_DAYS} days"):
        make_draft_link(product, days)


def test_a_link_is_for_one_product_of_one_merchant(product: Product, client: Client) -> None:
    other = make_product(make_merchant("other"))
    token = make_draft_link(other).token
    make_product(product.merchant, desk(product="second"))
    for merchant, key in (("joinery", "desk"), ("other", "second"), ("joinery", "second")):
        assert client.get(reverse("draft", args=[merchant, key, token])).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: "x.y",
        lambda token: "x",
    ],
)
def test_a_link_that_was_tampered_with_is_none(product: Product, client: Client, change) -> None:
    token = change(make_draft_link(product).token)
    assert client.get(reverse("draft", args=["joinery", "desk", token])).status_code == 404
    with pytest.raises(NotFound):
        read_draft_link("joinery", "desk", token)


def test_it_may_be_framed_by_the_merchants_sites_and_is_not_indexed_or_cached(
    colleague: Shopper,
) -> None:
    headers = colleague.opens().response.headers
    assert "frame-ancestors https://joinery.example" in headers["Content-Security-Policy"]
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "private, no-store"


def test_a_draft_that_cannot_be_shown_says_why(product: Product, client: Client) -> None:
    path = make_draft_link(product).path
    product.rules.update(then="frame is is oak")
    assert client.get(path).status_code == 422


def test_editors_make_links_and_nobody_else(product: Product, client: Client) -> None:
    page = reverse("admin:configurator_configuration_draft", args=[product.pk])
    client.force_login(make_user("maria", product.merchant))
    answer = client.post(page, {"days": "3"})
    link = answer.context["link"]
    assert read_draft_link("joinery", "desk", link.token).expires_at == link.expires_at
    assert answer.context["address"].endswith(link.path)
    assert (
        "Show draft to a colleague"
        in client.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()
    )
    assert client.post(page, {"days": "365"}).status_code == 422
    client.force_login(make_user("vera", product.merchant, Role.VIEWER))
    assert client.post(page, {"days": "3"}).status_code == 403
    assert (
        "Show draft to a colleague"
        not in client.get(
            reverse("admin:catalog_product_change", args=[product.pk])
        ).content.decode()
    )
    client.force_login(make_user("otto", make_merchant("other")))
    assert client.post(page, {"days": "3"}).status_code == 404


def test_making_a_link_changes_no_draft(product: Product) -> None:
    before = drafts.read(product)
    make_draft_link(product)
    assert drafts.read(Product.objects.get(pk=product.pk)) == before
