"""Two people have one page of a draft open: neither writes over the other in silence."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from catalog.models import Merchant, Option, Product, Step
from tests.factories import make_product, make_user
from tests.forms import Forms

pytestmark = pytest.mark.database


@pytest.fixture
def product(merchant: Merchant) -> Product:
    return make_product(merchant)


@pytest.fixture
def maria(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


@pytest.fixture
def top(product: Product) -> Option:
    return product.options.get(key="top")


def address(row: Any) -> str:
    return reverse(f"admin:catalog_{row._meta.model_name}_change", args=[row.pk])


def opened(client: Client, row: Any) -> dict[str, Any]:
    """What the page of `row` sends when nothing is changed."""
    return dict(Forms(client.get(address(row)).content.decode()).sent)


def told(answer: Any) -> str:
    return " ".join(str(each) for each in get_messages(answer.wsgi_request))


def test_what_only_one_of_them_changed_is_kept_of_both(maria: Client, top: Option) -> None:
    page = opened(maria, top)
    Option.objects.filter(pk=top.pk).update(help="Ten years", required=False)
    answer = maria.post(address(top), {**page, "label": "Worktop"})
    top.refresh_from_db()
    assert (top.label, top.help, top.required) == ("Worktop", "Ten years", False)
    assert "“Help” is “Ten years”" in told(answer)


def test_what_both_changed_is_told_and_not_written_over(maria: Client, top: Option) -> None:
    page = opened(maria, top)
    Option.objects.filter(pk=top.pk).update(label="Table top")
    answer = maria.post(address(top), {**page, "label": "Worktop"})
    top.refresh_from_db()
    assert top.label == "Table top"
    assert "“Table top" in str(answer.context["adminform"].form.errors["label"])
    again = Forms(answer.content.decode()).sent
    assert again["label"] == ["Worktop"]
    maria.post(address(top), again)
    top.refresh_from_db()
    assert top.label == "Worktop"


def test_a_translation_kept_meanwhile_stays(maria: Client, top: Option) -> None:
    page = opened(maria, top)
    Option.objects.filter(pk=top.pk).update(translations={"label": {"de": "Tafel"}})
    maria.post(address(top), {**page, "help": "Wipes clean"})
    top.refresh_from_db()
    assert (top.help, top.translations["label"]) == ("Wipes clean", {"de": "Tafel"})


def test_values_are_merged_row_by_row(maria: Client, top: Option) -> None:
    page = opened(maria, top)
    glass, oak = top.values.get(key="glass"), top.values.get(key="oak")
    top.values.filter(pk=glass.pk).update(sku="G-2")
    row = next(
        name for name, sent in page.items() if name.endswith("-id") and sent == [str(oak.pk)]
    )
    maria.post(address(top), {**page, row.replace("-id", "-sku"): "O-2"})
    assert {value.key: value.sku for value in top.values.filter(key__in=("glass", "oak"))} == {
        "glass": "G-2",
        "oak": "O-2",
    }


def test_a_value_deleted_meanwhile_is_named_and_the_rest_is_kept(
    maria: Client, top: Option
) -> None:
    page = opened(maria, top)
    top.values.get(key="oak").delete()
    answer = maria.post(address(top), {**page, "label": "Worktop"})
    top.refresh_from_db()
    assert top.label == "Worktop"
    assert "Value “Oak” was deleted by somebody else meanwhile." in told(answer)
    assert not top.values.filter(key="oak").exists()


def test_a_value_deleted_meanwhile_that_was_changed_here_is_refused_by_name(
    maria: Client, top: Option
) -> None:
    page = opened(maria, top)
    oak = top.values.get(key="oak")
    row = next(
        name for name, sent in page.items() if name.endswith("-id") and sent == [str(oak.pk)]
    )
    oak.delete()
    answer = maria.post(
        address(top), {**page, row.replace("-id", "-sku"): "O-2", "label": "Worktop"}
    )
    assert "Value “Oak” was deleted by somebody else meanwhile" in answer.content.decode()
    again = Forms(answer.content.decode()).sent
    assert maria.post(address(top), again).status_code == 302
    top.refresh_from_db()
    assert top.label == "Worktop"


def test_a_value_added_meanwhile_stays(maria: Client, top: Option) -> None:
    page = opened(maria, top)
    top.values.create(key="slate", label="Slate", position=90)
    maria.post(address(top), {**page, "label": "Worktop"})
    assert top.values.filter(key="slate").exists()


def test_the_settings_of_a_product_are_merged_as_well(maria: Client, product: Product) -> None:
    page = opened(maria, product)
    Product.objects.filter(pk=product.pk).update(description="Solid")
    maria.post(address(product), {**page, "name": "Writing desk"})
    product.refresh_from_db()
    assert (product.name, product.description) == ("Writing desk", "Solid")


def test_groups_of_a_step_are_merged_as_well(maria: Client, product: Product) -> None:
    step = Step.objects.filter(product=product).exclude(groups=None).first()
    assert step is not None
    page, group = opened(maria, step), step.groups.first()
    assert group is not None
    step.groups.filter(pk=group.pk).update(help="Choose one")
    maria.post(address(step), {**page, "label": "First of all"})
    group.refresh_from_db()
    assert group.help == "Choose one"


def test_the_order_in_a_list_is_not_written_over_by_an_older_list(
    maria: Client, product: Product, top: Option
) -> None:
    url = f"{reverse('admin:catalog_option_changelist')}?product__id__exact={product.pk}"
    page = dict(Forms(maria.get(url).content.decode()).sent)
    frame = product.options.get(key="frame")
    Option.objects.filter(pk=top.pk).update(position=900)
    row = next(
        name for name, sent in page.items() if name.endswith("-id") and sent == [str(frame.pk)]
    )
    maria.post(url, {**page, row.replace("-id", "-position"): "700", "_save": "Save"})
    assert dict(
        product.options.filter(key__in=("top", "frame")).values_list("key", "position")
    ) == {
        "top": 900,
        "frame": 700,
    }
