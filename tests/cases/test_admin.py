"""The handed cases about the administration."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog import checks, drafts, operations
from catalog.models import Option
from pricing.operations import import_product
from pricing.product_file import read_product_file
from tests.cases.reading import CASES, needs_cases
from tests.factories import make_merchant, make_product, make_user
from tests.forms import Forms

pytestmark = [needs_cases, pytest.mark.django_db, pytest.mark.database]


def test_a_product_in_one_language_is_noted_for_each_other_language_of_the_merchant() -> None:
    file = read_product_file((CASES / "132-a-product-in-one-language.yaml").read_text())
    product = import_product(make_merchant(locales=["de", "fr"]), file)
    notes = [
        each.sentence for each in operations.check(product) if each.code == "missing-translation"
    ]
    assert [note.partition(":")[0] for note in notes] == [
        "No text has a translation to 'de'",
        "No text has a translation to 'fr'",
    ]
    assert all("options › shade › label" in note for note in notes)


def saved(manager: Client, option: Option, **changes: str) -> str:
    """Change inputs of the page of an option, save, take the offer that follows, and return the
    sentence about it.
    """
    page = reverse("admin:catalog_option_change", args=[option.pk])
    fields = Forms(manager.get(page).content.decode()).sent
    offered = manager.post(page, {**fields, **changes}, follow=True)
    (offer, _) = offered.redirect_chain[-1]
    answer = manager.post(offer, Forms(offered.content.decode()).sent, follow=True)
    return str(list(answer.context["messages"])[-1])


def test_a_renamed_option_and_then_a_renamed_value_are_followed_by_all_places_that_name_them(
    client: Client,
) -> None:
    """`CASES / "123-rename-what-twenty-places-use.md"`."""
    merchant = make_merchant()
    product = make_product(merchant)
    client.force_login(make_user("maria", merchant))
    option = product.options.get(key="top")
    assert "Option 'top' is 'worktop' now; 6 places follow." in saved(client, option, key="worktop")
    glass = next(
        name for name in range(3) if option.values.order_by("position")[name].key == "glass"
    )
    told = saved(client, option, **{f"values-{glass}-key": "safety_glass"})
    assert "Value 'glass' of 'worktop' is 'safety_glass' now; 6 places follow." in told
    assert [
        each for each in checks.basic_findings(drafts.read(product)) if each.severity == "error"
    ] == []
