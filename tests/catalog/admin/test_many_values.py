"""An option of thousands of values is edited page by page."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from catalog.models import Merchant, Option, Value
from tests.factories import make_product, make_user
from tests.forms import Forms

pytestmark = pytest.mark.database


@pytest.fixture
def top(merchant: Merchant) -> Option:
    top: Option = make_product(merchant).options.get(key="top")
    many = (
        Value(
            option=top, key=f"decor_{number}", label=f"Decor {number}", position=number * 10 + 1000
        )
        for number in range(2000)
    )
    Value.objects.bulk_create(many)
    return top


@pytest.fixture
def maria(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


def address(top: Option) -> str:
    return reverse("admin:catalog_option_change", args=[top.pk])


def opened(client: Client, page: str) -> dict[str, list[str]]:
    answer = client.get(page)
    assert len(answer.content) < 2_500_000
    return Forms(answer.content.decode()).sent


def row_of(sent: dict[str, list[str]], key: str) -> str:
    return next(
        name for name, each in sent.items() if name.endswith("-key") and each == [key]
    ).removesuffix("-key")


def test_a_value_of_two_thousand_is_found_and_changed(maria: Client, top: Option) -> None:
    page = f"{address(top)}?find=decor+1234"
    sent = opened(maria, page)
    assert len(sent) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    answer = maria.post(page, {**sent, f"{row_of(sent, 'decor_1234')}-sku": "D-1234"})
    assert answer.status_code == 302
    assert top.values.get(key="decor_1234").sku == "D-1234"
    assert top.values.count() == 2003


def test_every_page_is_kept_without_touching_the_others(maria: Client, top: Option) -> None:
    page = f"{address(top)}?rows=5"
    sent = opened(maria, page)
    before = list(top.values.exclude(sku="new").values_list("key", "label", "sku"))
    row = sorted(name for name in sent if name.endswith("-sku") and "__prefix__" not in name)[0]
    answer = maria.post(page, {**sent, row: "new", "_continue": "Save"})
    assert answer.headers["Location"] == page
    assert len(set(before) - set(top.values.values_list("key", "label", "sku"))) == 1


def test_a_page_stays_the_same_while_somebody_deletes_values_before_it(
    maria: Client, top: Option
) -> None:
    page = f"{address(top)}?rows=3"
    sent = opened(maria, page)
    top.values.filter(key__in=[f"decor_{number}" for number in range(50)]).delete()
    assert maria.post(page, {**sent, "label": "Worktop"}).status_code == 302
    assert top.values.count() == 1953


def test_a_new_value_comes_after_all_others(maria: Client, top: Option) -> None:
    sent = opened(maria, address(top))
    count = int(sent["values-TOTAL_FORMS"][0])
    last = Forms(maria.get(address(top)).content.decode(), prefix="__prefix__").sent[
        "values-__prefix__-position"
    ]
    new = {
        f"values-{count}-key": "slate",
        f"values-{count}-label": "Slate",
        f"values-{count}-position": last,
    }
    maria.post(address(top), {**sent, **new, "values-TOTAL_FORMS": str(count + 1)})
    assert top.values.last().key == "slate"


def test_a_value_that_is_not_on_the_page_stays_the_default(maria: Client, top: Option) -> None:
    Option.objects.filter(pk=top.pk).update(default="decor_1500")
    assert maria.post(address(top), opened(maria, address(top))).status_code == 302
    top.refresh_from_db()
    assert top.default == "decor_1500"
