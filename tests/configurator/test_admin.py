"""Configurations in the administration: told in words, never changed."""

from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from catalog.models import Merchant, Role
from configurator.answering import configurations_of, follow
from configurator.keeping import save
from configurator.models import Configuration
from configurator.offers import offered, published
from pricing.models import OverrideLimits, PriceThreshold
from pricing.money import formatted
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def make_configuration(slug="joinery", **choices):
    merchant = make_shop(slug)
    return save(
        published(slug, "desk"), choices or {"top": "glass", "frame": "steel"}, quantity=2
    ), merchant


@pytest.fixture
def row(client):
    row, merchant = make_configuration()
    client.force_login(make_user("vera", merchant, Role.VIEWER))
    return row


def shown(client, row):
    return client.get(reverse("admin:configurator_configuration_change", args=[row.pk]))


def test_the_list_tells_product_state_and_total(client, row):
    text = client.get(reverse("admin:configurator_configuration_changelist")).content.decode()

    assert row.public_id in text
    assert row.stored["price"]["shown_text"] in text


def test_the_list_reads_no_evaluation(client, row, django_assert_max_num_queries):
    save(published("joinery", "desk"), {"frame": "oak"})
    with django_assert_max_num_queries(14):
        client.get(reverse("admin:configurator_configuration_changelist"))


def test_choices_price_and_parts_are_told_in_words(client, row):
    text = shown(client, row).content.decode()

    assert "Glass" in text
    assert "a person" in text
    assert row.stored["price"]["gross"] in text
    assert "TP-G" in text
    assert "length 1400" in text


def test_a_configuration_without_a_price_says_why(client, row):
    evaluation = {**row.stored, "price": None, "price_problem": "Nobody priced glass."}
    Configuration.objects.filter(pk=row.pk).update(evaluation=evaluation, total=None)

    assert "Nobody priced glass." in shown(client, row).content.decode()


def test_nothing_is_added_changed_or_deleted_here(client, row):
    client.force_login(make_user("olga", row.merchant, Role.OWNER))
    for name, arguments in (("add", []), ("delete", [row.pk])):
        address = reverse(f"admin:configurator_configuration_{name}", args=arguments)
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert Configuration.objects.count() == 1


def test_another_merchants_configurations_are_not_seen(client, row):
    other, _ = make_configuration("other")

    assert (
        other.public_id
        not in client.get(reverse("admin:configurator_configuration_changelist")).content.decode()
    )
    assert shown(client, other).status_code == 302


def product_page(client, product):
    return client.get(
        reverse("admin:catalog_product_change", args=[product.pk]),
        headers={"host": "localhost:8000"},
    )


def test_the_page_of_a_published_product_opens_its_widget(client, row):
    text = product_page(client, row.product).content.decode()

    assert (
        '<a class="tool" href="/embed/joinery/desk/" target="_blank" rel="noopener">Open widget</a>'
        in text
    )


def test_the_page_of_a_published_product_has_what_to_paste_into_a_shop(client, row):
    ((_, text),) = product_page(client, row.product).context["snippets"]

    assert text == (
        '<div data-configurator="http://localhost:8000/embed/joinery/desk/" '
        'style="min-height: max(640px, 100vh)"></div>\n'
        '<script src="http://localhost:8000/static/embed.js" async></script>'
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("http://joinery.example/cabinets", "http://joinery.example may show the widget."),
        (
            "http://other.example/x",
            "Add the line http://other.example to the merchant&#x27;s shop sites.",
        ),
        (
            "https://joinery.example",
            "Browsers load nothing from http://localhost:8000 into a page of",
        ),
        ("javascript:alert(1)", "This is no address of a page."),
    ],
)
def test_the_page_of_a_product_checks_whether_a_page_may_show_it(client, row, asked, told):
    Merchant.objects.update(origins=["http://joinery.example"])
    address = f"{reverse('admin:catalog_product_change', args=[row.product.pk])}?{urlencode({'site': asked})}"
    text = client.get(address, headers={"host": "localhost:8000"}).content.decode()

    assert told in text
    assert (
        "<code>script-src http://localhost:8000</code> and <code>frame-src http://localhost:8000</code>"
        in text
    )


def test_the_page_of_a_draft_alone_has_neither(client, row):
    page = product_page(client, make_product(row.merchant, desk(product="desk-2")))

    assert page.context["snippets"] == []
    assert "Open widget" not in page.content.decode()


def test_every_line_of_the_price_tells_why(client, row):
    text = shown(client, row).content.decode()

    assert "<code>180 * area</code>" in text
    assert "retail, revision" in text
    assert "top = glass" in text


def test_a_product_tells_how_many_configurations_it_has(client, row):
    page = client.get(
        reverse("admin:catalog_product_change", args=[row.product_id])
    ).content.decode()
    address = reverse("admin:configurator_configuration_count", args=[row.product_id])
    assert address in page

    told = client.get(address).content.decode()
    assert configurations_of(published("joinery", "desk").product).told in told


def test_nobody_counts_the_products_of_another_merchant(client, row):
    other, _merchant = make_configuration("carpentry")

    assert (
        client.get(
            reverse("admin:configurator_configuration_count", args=[other.product_id])
        ).status_code
        == 404
    )


# ---- prices by hand ------------------------------------------------------------------------------


def priced(client, row, do="set", **given):
    address = reverse("admin:configurator_configuration_price", args=[row.pk])
    given = (
        {"kind": "discount", "percent": "10", "reason": "A loyal customer.", **given}
        if do == "set"
        else {}
    )
    return client.post(address, {"do": do, **given})


@pytest.fixture
def manager(client, row):
    client.force_login(make_user("maria", row.merchant, Role.PRODUCT_MANAGER))
    return client


def test_a_product_manager_sets_a_price_by_hand_and_revokes_it(manager, row):
    listed = row.total
    assert priced(manager, row).status_code == 302
    row.refresh_from_db()
    assert row.total == listed * 9 / 10
    page = shown(manager, row).content.decode()
    assert "discount of 10 %, set by hand" in page
    assert "by maria" in page
    assert priced(manager, row, "revoke").status_code == 302
    row.refresh_from_db()
    assert (row.total, row.overrides.get().ended_by) == (listed, "maria")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"reason": " "}, "This field is required."),
        ({"percent": ""}, "Give either a percentage or an amount."),
        ({"percent": "-5"}, "A percentage is above 0"),
        ({"kind": "final"}, "A final price is an amount."),
        ({"kind": "final", "percent": "", "amount": "1.999"}, "at most 2 decimals"),
    ],
)
def test_what_is_no_price_by_hand_is_told_in_the_form(manager, row, given, told):
    answer = priced(manager, row, **given)
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert not row.overrides.exists()


def test_only_owners_go_beyond_the_limits(client, manager, row):
    OverrideLimits.objects.create(merchant=row.merchant, greatest_discount=5)
    for _ in range(2):
        assert "at most 5%" in priced(manager, row, beyond_limits="on").content.decode()
    client.force_login(make_user("olga", row.merchant, Role.OWNER))
    assert priced(client, row, beyond_limits="on").status_code == 302
    assert row.overrides.get().beyond_limits


def test_viewers_and_members_of_others_set_no_price(client, row):
    assert "Price by hand" not in shown(client, row).content.decode()
    assert priced(client, row).status_code == 403
    other = make_shop("other", desk(product="bureau"))
    client.force_login(make_user("oscar", other, Role.OWNER))
    assert priced(client, row).status_code == 404
    assert not row.overrides.exists()


def test_a_completed_configuration_keeps_its_price_and_is_copied_for_another(manager, row):
    priced(manager, row)
    assert priced(manager, row, "complete").status_code == 302
    assert "keeps its price" in priced(manager, row, percent="20").content.decode()
    assert priced(manager, row, "copy").status_code == 302
    copy = Configuration.objects.exclude(pk=row.pk).get()
    assert (copy.is_completed, copy.choices, copy.quantity, copy.total) == (
        False,
        row.choices,
        2,
        row.total,
    )
    assert not copy.overrides.exists()


def test_what_a_price_passed_is_told_and_filtered_by(manager, row):
    PriceThreshold.objects.create(
        merchant=row.merchant,
        key="large",
        name="Large orders",
        measure="total_over",
        limit=1,
        currency="EUR",
    )
    priced(manager, row, "complete")
    assert "Large orders" in shown(manager, row).content.decode()
    address = reverse("admin:configurator_configuration_changelist")
    told = {
        each: row.public_id in manager.get(f"{address}?threshold={each}").content.decode()
        for each in ("any", "large")
    }
    assert told == {"any": True, "large": True}
    assert row.public_id not in manager.get(f"{address}?threshold=other").content.decode()


@pytest.fixture
def publish_page(client):
    merchant = make_shop()
    client.force_login(make_user("maria", merchant))
    product = merchant.products.get(key="desk")
    address = reverse("admin:catalog_product_publish", args=[product.pk])
    return product, lambda: client.get(address).content.decode()


def test_publishing_tells_before_in_words_and_money_what_changes(publish_page):
    product, page = publish_page
    line = product.price_lines.get(key="base")
    before = follow(published("joinery", "desk"), {}).breakdown
    line.amount = "1000"
    line.save()
    after = follow(offered(product, None), {}).breakdown
    text = unescape(page())
    assert "Price line 'base': amount" in text
    assert f"{formatted(after.shown, 'EUR')} instead of {formatted(before.shown, 'EUR')}" in text


def test_publishing_tells_that_prices_stay(publish_page):
    product, page = publish_page
    product.options.filter(key="top").update(help="Wipes clean")
    assert "and every preset costs the same" in page()


def test_publishing_an_unchanged_draft_tells_that_nothing_changes(publish_page):
    _, page = publish_page
    assert "Nothing: the draft is as version 1." in page()
