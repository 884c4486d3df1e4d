"""Amounts kept in price lists follow keys that are renamed, and published versions keep their prices."""

from typing import Any

import pytest

from catalog import operations
from catalog.checking import findings_of
from catalog.drafts import read
from catalog.errors import KeyTaken
from catalog.models import Merchant, Product
from catalog.renaming import Name
from configurator.offers import published
from configurator.operations import follow
from pricing.models import ListAmount, PriceList
from tests.api import make_shop

pytestmark = pytest.mark.database

LINE = Name("price_line", "base")
GLASS = Name("value", "glass", "top")


@pytest.fixture
def product(db: None) -> Product:
    """The published desk, whose base and glass top have other amounts in the list than in the version."""
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


def test_shoppers_pay_the_same_before_and_after_a_renamed_draft_is_published(product: Product) -> None:
    before = unit_total()
    operations.rename(product, {LINE: "start", GLASS: "safety_glass"})
    assert unit_total() == before
    operations.publish(product)
    assert unit_total("safety_glass") == before
    first = product.versions.get(number=1)
    assert (
        str(follow(published("joinery", "desk", first.number), {"frame": "steel", "top": "glass"}).breakdown.unit_total)
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


def test_an_amount_changed_meanwhile_is_not_what_the_published_version_costs_by_renaming_back(product: Product) -> None:
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
        operations.rename(product, {Name("value", "spare", "top"): "glass"})  # It would cost what is kept for glass.
    operations.publish(product)
    assert unit_total("spare") == oak


def test_a_preview_keeps_nothing(product: Product) -> None:
    before = kept()
    assert len(operations.renaming_of(product, {LINE: "start"}).places) == 1
    assert kept() == before


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
