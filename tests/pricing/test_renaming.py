"""Amounts kept in price lists follow keys that are renamed, and published versions keep their
prices.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import operations
from catalog.checking import findings_of
from catalog.drafts import read
from catalog.errors import KeyTaken
from catalog.models import Merchant, Product
from catalog.renaming import Name
from configurator.answering import follow
from configurator.offers import published
from pricing.layouts import Column, Layout
from pricing.models import ListAmount, PriceList
from pricing.price_files import keep_by, look, remember
from pricing.spreadsheets import lines_of
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_product, make_user
from tests.forms import Forms

pytestmark = pytest.mark.database

LINE = Name("price_line", "base")
GLASS = Name("value", "glass", "top")


@pytest.fixture
def product(db: None) -> Product:
    """The published desk, whose base and glass top have other amounts in the list than in the
    version.
    """
    merchant: Merchant = make_shop()
    desk = merchant.products.get(key="desk")
    kept: Any = {"price_list": PriceList.objects.get(key="retail"), "product": desk}
    ListAmount.objects.create(**kept, line="base", amount="1000")
    ListAmount.objects.create(**kept, line="top", value="glass", amount="500")
    return desk


def unit_total(top: str = "glass") -> str:
    offer = published("joinery", "desk")
    return str(follow(offer, {"frame": "steel", "top": top}).breakdown.unit_total)


def kept() -> set[tuple[str, str, str, bool]]:
    return set(ListAmount.objects.values_list("line", "value", "amount", "earlier"))


def test_shoppers_pay_the_same_before_and_after_a_renamed_draft_is_published(
    product: Product,
) -> None:
    before = unit_total()
    operations.rename(product, {LINE: "start", GLASS: "safety_glass"})
    assert unit_total() == before
    operations.publish(product)
    assert unit_total("safety_glass") == before
    first = product.versions.get(number=1)
    assert (
        str(
            follow(
                published("joinery", "desk", first.number), {"frame": "steel", "top": "glass"}
            ).breakdown.unit_total
        )
        == before
    )


def test_the_checks_of_the_draft_speak_of_the_new_keys_alone(product: Product) -> None:
    before = len(findings_of(product, read(product)))
    found = operations.rename(product, {LINE: "start", GLASS: "safety_glass"})
    assert [each.after for each in found.places if each.path.startswith("list_amounts")] == [
        "start = 1000",
        "top safety_glass = 500",
    ]
    assert len(findings_of(product, read(product))) == before


def test_an_amount_renamed_back_is_the_one_it_was(product: Product) -> None:
    operations.rename(product, {LINE: "start"})
    operations.rename(product, {Name("price_line", "start"): "base"})
    assert ("base", "", "1000", False) in kept()
    assert not any(line == "base" and earlier for line, _, _, earlier in kept())


def test_an_amount_changed_meanwhile_is_not_what_the_published_version_costs_by_renaming_back(
    product: Product,
) -> None:
    before = unit_total()
    operations.rename(product, {LINE: "start"})
    ListAmount.objects.filter(line="start").update(amount="1100")
    with pytest.raises(KeyTaken, match="'base', at another amount in price list 'retail'"):
        operations.rename(product, {Name("price_line", "start"): "base"})
    assert unit_total() == before
    ListAmount.objects.filter(line="start").update(amount="1000")
    operations.rename(product, {Name("price_line", "start"): "base"})
    assert unit_total() == before


def test_values_that_change_keys_one_after_the_other_keep_what_is_paid(product: Product) -> None:
    oak = unit_total("oak")
    operations.rename(product, {Name("value", "oak", "top"): "spare"})
    with pytest.raises(KeyTaken, match="choose a key that no version has"):
        operations.rename(product, {GLASS: "oak"})  # Shoppers who choose oak would pay for glass.
    assert unit_total("oak") == oak
    operations.rename(product, {GLASS: "safety_glass"})
    with pytest.raises(KeyTaken, match="choose a key that no version has"):
        operations.rename(
            product, {Name("value", "spare", "top"): "glass"}
        )  # It would cost what is kept for glass.
    operations.publish(product)
    assert unit_total("spare") == oak


def test_who_gives_a_key_that_is_sold_at_another_amount_reads_why_nothing_follows(
    product: Product, client: Client
) -> None:
    client.force_login(make_user("maria", product.merchant))
    operations.rename(product, {Name("value", "oak", "top"): "spare"})
    page = reverse("admin:catalog_option_change", args=[product.options.get(key="top").pk])
    sent = Forms(client.get(page).content.decode()).sent
    answer = client.post(page, {**sent, "values-0-key": "oak"}, follow=True)
    told = [str(each) for each in answer.context["messages"]]
    assert any("what names the old one cannot be renamed with it" in each for each in told)
    assert any(
        "choose a key that no version has, or make both amounts the same first" in each
        for each in told
    )


# ---- remembered mappings of price files ----------------------------------------------------------

FILE = "Article;Retail\nBase unit;1100\nGlass;90\n"
MAPPED = Layout(
    columns=(Column("Article", "item"), Column("Retail", "amount", price_list="retail")),
    product="desk",
    items={"Base unit": "base", "Glass": "desk/top/glass"},
)


def remembered(merchant: Merchant) -> Layout:
    remember(merchant, MAPPED, list(lines_of(FILE)), "a/b.csv")
    return look(merchant, FILE).layout


def test_a_remembered_mapping_of_a_draft_follows_its_keys(merchant: Merchant) -> None:
    PriceList.objects.create(merchant=merchant, key="retail", name="Retail", currency="EUR")
    product = make_product(merchant)
    assert dict(remembered(merchant).items) == {"Base unit": "base", "Glass": "desk/top/glass"}
    preview = operations.renaming_of(product, {LINE: "start", GLASS: "safety_glass"})
    assert dict(look(merchant, FILE).layout.items) == {
        "Base unit": "base",
        "Glass": "desk/top/glass",
    }
    operations.rename(product, {LINE: "start", GLASS: "safety_glass"})
    layout = look(merchant, FILE).layout
    assert dict(layout.items) == {"Base unit": "start", "Glass": "desk/top/safety_glass"}
    assert sorted(
        each.after for each in preview.places if each.path == "price_file_layouts/a b.csv"
    ) == [
        "Base unit → start",
        "Glass → desk/top/safety_glass",
    ]
    assert keep_by(merchant, layout, lines_of(FILE)).refused == 0


def test_one_of_a_published_product_is_told_and_reads_on(product: Product) -> None:
    before = remembered(product.merchant)
    found = operations.rename(product, {GLASS: "safety_glass"})
    assert [each.text for each in found.doubts if each.path.startswith("price_file_layouts")] == [
        "Glass → desk/top/glass"
    ]
    assert look(product.merchant, FILE).layout.items == before.items
    assert keep_by(product.merchant, before, lines_of(FILE)).refused == 0


def test_a_mapping_of_another_product_is_left_alone(merchant: Merchant) -> None:
    other = make_product(merchant, desk(product="other"))
    make_product(merchant)
    remembered(merchant)
    assert not operations.rename(other, {LINE: "start"}).doubts
    assert dict(look(merchant, FILE).layout.items) == {
        "Base unit": "base",
        "Glass": "desk/top/glass",
    }


def test_a_preview_keeps_nothing(product: Product) -> None:
    before = kept()
    assert len(operations.renaming_of(product, {LINE: "start"}).places) == 1
    assert kept() == before


def test_a_preview_locks_nothing_for_it_is_asked_outside_of_a_transaction(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        pytest.fail("rows were locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", locked)
    assert len(operations.renaming_of(product, {LINE: "start"}).places) == 1


def test_a_formula_of_a_published_product_stays_and_is_told(product: Product) -> None:
    ListAmount.objects.filter(line="base").update(amount="width * 2")
    found = operations.rename(product, {Name("option", "width"): "breadth"})
    assert [each.why for each in found.doubts] == [
        "Shoppers of the published version pay it now. Make it “breadth * 2” when you publish the new key."
    ]
    assert ("base", "", "width * 2", False) in kept()


def test_amounts_of_a_product_nobody_sees_yet_are_renamed_where_they_are(product: Product) -> None:
    copy = operations.duplicate(product, "desk-2")
    operations.rename(copy, {LINE: "start", Name("option", "width"): "breadth"})
    rows = ListAmount.objects.filter(product=copy)
    assert set(rows.values_list("line", "earlier")) == {("start", False), ("top", False)}
