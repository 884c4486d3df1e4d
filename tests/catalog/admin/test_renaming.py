"""The page that renames a key everywhere, and the offer of it after a key was edited."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import drafts
from catalog.models import Merchant, Product, Role
from catalog.renaming import Name, renamed
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_user
from tests.forms import Forms

pytestmark = pytest.mark.database


@pytest.fixture
def product(merchant: Merchant) -> Product:
    return make_product(merchant)


@pytest.fixture
def maria(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


def page_of(product: Product) -> str:
    return reverse("admin:catalog_product_rename", args=[product.pk])


def save(maria: Client, table: str, pk: int, **changes: Any) -> Any:
    page = reverse(f"admin:catalog_{table}_change", args=[pk])
    return maria.post(page, {**Forms(maria.get(page).content.decode()).sent, **changes})


def test_everything_that_has_a_key_can_be_chosen(maria: Client, product: Product) -> None:
    text = maria.get(page_of(product)).content.decode()
    for written in ("option/top", "value/top/glass", "price_line/base", "attribute/frame/weight"):
        assert written.split("/")[0] in text
    assert '<option value="value/top/glass">top › glass</option>' in text


def test_each_place_is_shown_before_and_after_and_nothing_is_kept_yet(
    maria: Client, product: Product
) -> None:
    text = maria.get(page_of(product), {"name": "option/top", "to": "worktop"}).content.decode()
    assert "top != glass" in text and "worktop != glass" in text
    assert "6 places" in text
    assert drafts.read(product) == desk()


def test_what_was_shown_is_renamed(maria: Client, product: Product) -> None:
    page = f"{page_of(product)}?name=option%2Ftop&to=worktop"
    answer = maria.post(page, Forms(maria.get(page).content.decode()).sent, follow=True)
    assert drafts.read(product) == renamed(desk(), {Name("option", "top"): "worktop"}).model
    assert "6 places follow" in answer.content.decode()


def test_several_keys_edited_on_one_page_are_offered_together(
    maria: Client, product: Product
) -> None:
    option = product.options.get(key="top")
    answer = save(maria, "option", option.pk, **{"key": "worktop", "values-0-key": "safety_glass"})
    page = answer.headers["Location"]
    maria.post(page, Forms(maria.get(page).content.decode()).sent)
    names = {Name("option", "top"): "worktop", Name("value", "glass", "top"): "safety_glass"}
    assert drafts.read(product) == renamed(desk(), names).model


def test_a_key_that_nothing_names_is_saved_without_an_offer(
    maria: Client, product: Product
) -> None:
    rule = product.rules.get(key="glass_needs_steel")
    assert save(maria, "rule", rule.pk, key="other").headers["Location"].endswith("#rules")


def test_a_key_that_is_taken_is_told_on_the_page(maria: Client, product: Product) -> None:
    answer = maria.get(page_of(product), {"name": "option/top", "to": "frame"})
    assert answer.status_code == 422
    assert "There is an option &#x27;frame&#x27; already" in answer.content.decode()
    assert 'value="frame"' in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["", "option", "option/a/b", "value/top", "nothing/top", "option/zz", "value/a/b/c"]
)
def test_a_name_that_there_is_not_is_told(maria: Client, product: Product, name: str) -> None:
    assert maria.post(page_of(product), {"name": name, "to": "x"}).status_code == 422


def test_people_go_on_to_where_they_were_and_nowhere_else(maria: Client, product: Product) -> None:
    fields = {"name": "option/top", "to": "worktop", "next": "https://evil.example/"}
    assert maria.post(page_of(product), fields).headers["Location"].startswith("/admin/")


def test_others_neither_see_nor_rename_it(
    client: Client, product: Product, merchant: Merchant
) -> None:
    client.force_login(make_user("otto", make_merchant("other")))
    assert client.post(page_of(product), {"name": "option/top", "to": "worktop"}).status_code == 404
    client.force_login(make_user("vera", merchant, Role.VIEWER))
    assert client.post(page_of(product), {"name": "option/top", "to": "worktop"}).status_code == 403
    assert drafts.read(product) == desk()
