"""No merchant's people see or touch another merchant's rows in the admin, whatever model it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client
from django.urls import reverse

from catalog import operations
from catalog.admin.scoped import MerchantScopedAdmin
from catalog.models import AuditEntry, Membership, Merchant, Option, Product, Role, Version
from catalog.models.ownership import Owned, path_to_merchant
from tests.examples.everything import PICTURES, everything
from tests.factories import make_merchant, make_model, make_user, picture

pytestmark = pytest.mark.database


def is_owned(model: type[models.Model]) -> bool:
    return hasattr(model, "merchant_path") or any(
        field.name == "merchant" for field in model._meta.get_fields()
    )


SCOPED = sorted(filter(is_owned, admin.site._registry), key=lambda model: model._meta.label)
CATALOG = [model for model in SCOPED if model._meta.app_label == "catalog"]


def furnish(merchant: Merchant) -> Merchant:
    """Give the merchant a row of every kind the catalog has."""
    for name in PICTURES:
        operations.keep_asset(merchant, name, picture())
    make_model(merchant)
    operations.publish(operations.import_model(merchant, everything()))
    return merchant


@pytest.fixture
def own(db: None) -> Merchant:
    return furnish(make_merchant("joinery"))


@pytest.fixture
def other(db: None) -> Merchant:
    return furnish(make_merchant("carpentry"))


@pytest.fixture(params=[Role.OWNER, Role.PRODUCT_MANAGER, Role.VIEWER])
def member(request: pytest.FixtureRequest, own: Merchant, client: Client) -> Client:
    """A member of the joinery, in each role; Django's own permissions, all of them, change nothing."""
    user = make_user("maria", own, request.param)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog"))
    client.force_login(user)
    return client


def row_of(model: type[models.Model], merchant: Merchant) -> Any:
    row = (
        model._default_manager.filter(**{path_to_merchant(model): merchant}).order_by("pk").first()
    )
    assert row is not None, f"furnish() leaves the merchant without a {model._meta.verbose_name}"
    return row


def changelist(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def pages(model: type[models.Model], row: Any) -> Iterator[str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for page in ("change", "delete", "history"):
        yield reverse(f"{name}_{page}", args=[row.pk])


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_admin_of_rows_of_merchants_is_scoped(model: type[models.Model]) -> None:
    assert isinstance(admin.site._registry[model], MerchantScopedAdmin)


def test_every_table_of_the_catalog_says_whose_its_rows_are() -> None:
    free = {
        model
        for model in apps.get_app_config("catalog").get_models()
        if not issubclass(model, Owned)
    }
    assert free == {Merchant, Membership}


# Each of these goes over all models, since furnishing two merchants takes longer than asking for a
# page.


def test_another_merchants_rows_cannot_be_opened(member: Client, other: Merchant) -> None:
    told = {
        (page, answer.status_code, answer.headers.get("Location"))
        for model in CATALOG
        for page in pages(model, row_of(model, other))
        for answer in [member.get(page)]
    }
    refused = {(302, reverse("admin:index")), (403, None)}
    assert {each for each in told if each[1:] not in refused} == set()


def test_another_merchants_rows_cannot_be_changed_or_deleted(
    member: Client, other: Merchant
) -> None:
    for model in CATALOG:
        row = row_of(model, other)
        before = model._default_manager.filter(pk=row.pk).values().get()
        for page in pages(model, row):
            member.post(page, {"post": "yes", "key": "stolen", "label": "Stolen", "name": "Stolen"})
        assert model._default_manager.filter(pk=row.pk).values().get() == before


def test_lists_show_only_the_rows_of_ones_own_merchant(
    member: Client, own: Merchant, other: Merchant
) -> None:
    for model in CATALOG:
        answer = member.get(changelist(model))
        if model is AuditEntry and not own.memberships.filter(role=Role.OWNER).exists():
            assert answer.status_code == 403
            continue
        listed = {row.pk for row in answer.context["cl"].result_list}
        mine = model._default_manager.filter(**{path_to_merchant(model): own})
        assert listed == set(mine.values_list("pk", flat=True)), model


def test_lists_of_another_merchants_product_are_empty(member: Client, other: Merchant) -> None:
    theirs = row_of(Product, other)
    for model in CATALOG:
        answer = member.get(changelist(model), {"product__id__exact": theirs.pk})
        assert answer.status_code in {302, 403} or not list(answer.context["cl"].result_list), model


def test_nothing_is_added_to_another_merchants_product(member: Client, other: Merchant) -> None:
    theirs = row_of(Product, other)
    fields = {
        "key": "new",
        "label": "New",
        "name": "New",
        "merchant": other.pk,
        "product": theirs.pk,
        "then": "true",
    }
    for model in CATALOG:
        rows = model._default_manager.filter(**{path_to_merchant(model): other})
        count = rows.count()
        member.post(f"{changelist(model)}add/?product={theirs.pk}", fields)
        assert rows.count() == count, model


@pytest.mark.parametrize("page", ["check", "publish", "duplicate"])
def test_another_merchants_draft_is_neither_checked_published_nor_duplicated(
    member: Client, other: Merchant, page: str
) -> None:
    theirs = row_of(Product, other)
    url = reverse(f"admin:catalog_product_{page}", args=[theirs.pk])
    answers = [
        member.get(url).status_code,
        member.post(url, {"note": "", "key": "copy"}).status_code,
    ]
    assert answers == [404, 404]


def test_another_merchants_picture_is_not_shown(member: Client, other: Merchant) -> None:
    theirs = other.assets.first()
    assert theirs is not None
    assert member.get(reverse("admin:catalog_asset_content", args=[theirs.pk])).status_code == 404


def test_autocomplete_offers_only_options_of_ones_own_merchant(
    member: Client, other: Merchant
) -> None:
    asked = {"app_label": "catalog", "model_name": "priceline", "field_name": "option", "term": ""}
    answer = member.get(reverse("admin:autocomplete"), asked)
    found = {int(each["id"]) for each in answer.json()["results"]}
    assert found
    assert not Option.objects.for_merchant(other).filter(pk__in=found).exists()


def test_autocomplete_offers_nothing_of_another_merchants_product(
    member: Client, other: Merchant
) -> None:
    asked = {"app_label": "catalog", "model_name": "priceline", "field_name": "option", "term": ""}
    answer = member.get(
        reverse("admin:autocomplete"), {**asked, "product": row_of(Product, other).pk}
    )
    assert answer.json()["results"] == []


def test_a_member_of_no_merchant_sees_nothing(client: Client, own: Merchant) -> None:
    client.force_login(make_user("nobody"))
    assert client.get(reverse("admin:catalog_product_changelist")).status_code == 403


def test_a_superuser_sees_the_rows_of_all_merchants(
    admin_client: Client, own: Merchant, other: Merchant
) -> None:
    answer = admin_client.get(reverse("admin:catalog_version_changelist"))
    assert {row.product.merchant for row in answer.context["cl"].result_list} == {own, other}


def test_a_viewer_looks_and_changes_nothing(client: Client, own: Merchant) -> None:
    client.force_login(make_user("victor", own, Role.VIEWER))
    option = row_of(Option, own)
    url = reverse("admin:catalog_option_change", args=[option.pk])
    assert [client.get(url).status_code, client.post(url, {"key": "changed"}).status_code] == [
        200,
        403,
    ]


@pytest.mark.parametrize("page", ["publish", "duplicate"])
def test_a_viewer_neither_publishes_nor_duplicates(
    client: Client, own: Merchant, page: str
) -> None:
    client.force_login(make_user("victor", own, Role.VIEWER))
    url = reverse(f"admin:catalog_product_{page}", args=[row_of(Product, own).pk])
    assert client.post(url, {"note": "", "key": "copy"}).status_code == 403


def test_a_version_is_read_only_even_for_a_superuser(admin_client: Client, own: Merchant) -> None:
    version = row_of(Version, own)
    change, delete, _ = pages(Version, version)
    assert admin_client.post(change, {"note": "changed"}).status_code == 403
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def test_a_product_manager_sees_the_merchant_and_does_not_change_it(
    client: Client, own: Merchant
) -> None:
    client.force_login(make_user("maria", own))
    url = reverse("admin:catalog_merchant_change", args=[own.pk])
    assert [client.get(url).status_code, client.post(url, {"name": "Changed"}).status_code] == [
        200,
        403,
    ]


def test_a_list_of_members_is_for_owners_only(client: Client, own: Merchant) -> None:
    make_user("olga", own, Role.OWNER)
    client.force_login(make_user("maria", own))
    assert (
        "olga"
        not in client.get(reverse("admin:catalog_merchant_change", args=[own.pk])).content.decode()
    )


def test_an_owner_adds_a_member_by_name(client: Client, own: Merchant) -> None:
    client.force_login(make_user("olga", own, Role.OWNER))
    make_user("paul")
    answer = client.post(
        reverse("admin:catalog_merchant_change", args=[own.pk]),
        {
            "name": own.name,
            "origins": "https://shop.example\nhttps://SHOP.example:443/",
            "locales": "en\nde",
            "memberships-TOTAL_FORMS": 2,
            "memberships-INITIAL_FORMS": 1,
            "memberships-0-id": own.memberships.get().pk,
            "memberships-0-merchant": own.pk,
            "memberships-0-role": "owner",
            "memberships-1-merchant": own.pk,
            "memberships-1-username": "paul",
            "memberships-1-role": "viewer",
        },
    )
    assert answer.status_code == 302, answer.context["errors"]
    own.refresh_from_db()
    assert own.memberships.get(user__username="paul").role == Role.VIEWER
    assert own.origins == ["https://shop.example"]


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"role": "owner", "DELETE": "on"}])
def test_the_last_owner_stays(client: Client, own: Merchant, change: dict[str, str]) -> None:
    client.force_login(make_user("olga", own, Role.OWNER))
    only = own.memberships.get()
    answer = client.post(
        reverse("admin:catalog_merchant_change", args=[own.pk]),
        {
            "name": own.name,
            "origins": "",
            "locales": "",
            "memberships-TOTAL_FORMS": 1,
            "memberships-INITIAL_FORMS": 1,
            "memberships-0-id": only.pk,
            "memberships-0-merchant": own.pk,
            **{f"memberships-0-{name}": value for name, value in change.items()},
        },
    )
    assert "The last owner stays" in answer.content.decode()
    assert own.memberships.get().role == Role.OWNER


@pytest.mark.parametrize(
    "site",
    [
        "shop.example",
        "http://shop.example",
        "https://shop.example/shop",
        "https://*",
        "https://a b",
        "https://u@x.example",
    ],
)
def test_only_whole_sites_may_show_the_configurator(
    client: Client, own: Merchant, site: str
) -> None:
    client.force_login(make_user("olga", own, Role.OWNER))
    answer = client.post(
        reverse("admin:catalog_merchant_change", args=[own.pk]),
        {
            "name": own.name,
            "origins": site,
            "locales": "",
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
        },
    )
    assert "origins" in answer.context["adminform"].form.errors


PASSWORD = "correct horse battery"


def logged_in(client: Client, name: str) -> bool:
    client.post(
        reverse("admin:login"),
        {"username": name, "password": PASSWORD, "next": reverse("admin:index")},
    )
    return bool(client.get(reverse("admin:index")).status_code == 200)


@pytest.mark.parametrize("role", list(Role))
def test_a_membership_lets_its_person_in_and_nobody_else(
    client: Client, merchant: Merchant, role: Role
) -> None:
    user = get_user_model().objects.create_user("paula", password=PASSWORD)
    before = logged_in(client, "paula")
    membership = Membership.objects.create(merchant=merchant, user=user, role=role)
    during = logged_in(client, "paula")
    membership.delete()
    assert (before, during, client.get(reverse("admin:index")).status_code) == (False, True, 302)


def test_a_member_who_is_not_active_does_not_come_in(client: Client, merchant: Merchant) -> None:
    user = make_user("paula", merchant)
    user.is_active = False
    user.save()
    assert not logged_in(client, "paula")
