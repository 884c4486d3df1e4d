"""The audit log: what operations write down, and what may never be read out of it."""

import pytest
from django.core.management import call_command

from catalog.acting import Actor, acting
from catalog.auditing import MOST_BYTES, hidden_costs, record
from catalog.models import AuditEntry, Role
from catalog.models.audit import AuditIsAppendOnly
from catalog.operations import publish, retire
from tests.api import Api, make_shop, told
from tests.factories import make_user
from tests.integrations.api.test_problems import problem_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop():
    return make_shop()


def entries(shop, action):
    return list(AuditEntry.objects.for_merchant(shop).filter(action=action))


def test_only_what_differs_is_kept_and_nothing_where_nothing_does(shop):
    record(shop, "thing.changed", "a", before={"x": 1, "y": 2}, after={"x": 1, "y": 3})
    record(shop, "thing.changed", "a", before={"x": 1}, after={"x": 1})

    (entry,) = entries(shop, "thing.changed")
    assert (entry.before, entry.after) == ({"y": 2}, {"y": 3})


def test_secrets_are_hidden_however_deep(shop):
    sides = {"secret": "whsec_1", "settings": {"access_key": "AKIA", "list": [{"password": "p"}]}}
    sides |= {"headers": {"X-Own": "k3y"}, "chain_key": "-----BEGIN", "Authorization": "Basic"}
    record(shop, "storage.created", "a", after=sides)

    kept = str(entries(shop, "storage.created")[0].after)
    assert not any(each in kept for each in ("whsec_1", "AKIA", "'p'", "k3y", "BEGIN", "Basic"))


def test_what_is_kept_is_bounded(shop):
    large = {f"field{number}": "ä" * 400 for number in range(100)} | {"small": 1}
    record(shop, "thing.changed", "a", after=large, changes=["c" * 1000] * 80)

    (entry,) = entries(shop, "thing.changed")
    assert len(str(entry.after)) < 2 * MOST_BYTES
    assert (len(entry.changes), entry.changes[-1]) == (51, "… and 30 more")


def test_an_entry_is_neither_changed_nor_deleted(shop):
    record(shop, "thing.changed", "a")
    (entry,) = entries(shop, "thing.changed")
    for change in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor="nobody"),
    ):
        with pytest.raises(AuditIsAppendOnly):
            change()


def test_publishing_is_written_down_once_and_with_who_did_it(shop):
    product = shop.products.get(key="desk")
    product.name = "Desk of oak"
    product.save()
    with acting(lambda: Actor("person", "maria", "user:3")):
        publish(product)
        publish(product)
        retire(product)

    entry = entries(shop, "product.published")[0]
    assert (entry.actor, entry.actor_kind, entry.key) == ("maria", "person", "desk")
    assert entry.after["version"] == 2
    assert len(entries(shop, "product.retired")) == 1


def test_the_command_line_leaves_a_trace(shop, capsys):
    call_command("export_product", "desk")

    assert [each.key for each in entries(shop, "product.exported")] == ["desk"]


def test_a_change_of_prices_by_api_leaves_a_trace(shop):
    api = Api(shop)
    rows = [{"product": "desk", "line": "base", "amount": "310"}]
    api.post("price-lists/retail/amounts", {"rows": rows})
    api.post("price-lists/retail/amounts", {"rows": [{**rows[0], "amount": "320"}]})
    terms = {"name": "Retail", "currency": "EUR", "tax_rate": 7, "is_default": True}
    api.call("PUT", "price-lists/retail", terms)

    last = entries(shop, "amounts.changed")[0]
    assert last.changes[1] == "desk base: 310 → 320"
    assert (last.actor_kind, last.actor.partition(" ")[0]) == ("key", "Test")
    assert last.actor_reference.startswith("key:")
    assert last.request_id.startswith("req_")
    assert entries(shop, "price-list.changed")[0].after["tax_rate"] == 7


def test_what_is_refused_leaves_no_trace(shop):
    api = Api(shop)
    before = AuditEntry.objects.count()
    api.call("PUT", "products/bench/definition?dry_run=true", {"name": "B", "options": []})
    api.post("price-lists/retail/amounts", {"rows": [], "dry_run": True})
    api.call("PUT", "price-lists/retail", {"name": "Retail", "currency": "CHF"})

    assert AuditEntry.objects.count() == before


def test_the_api_reads_it_by_filters_and_in_pages(shop):
    api = Api(shop)
    for key in ("a", "b", "c"):
        api.post("products/desk/copy", {"key": key})
    first = told(api.get("audit?limit=2"))
    rest = told(api.get(first["next"].partition("/api/v1/")[2]))
    of_one = told(api.get("audit?object=product/b"))["data"]

    assert [each["object"]["key"] for each in first["data"]] == ["c", "b"]
    assert rest["data"][0]["object"]["key"] == "a"
    assert [each["action"] for each in of_one] == ["product.copied"]
    assert told(api.get("audit?actor=person"))["data"] == []
    assert told(api.get(f"audit?actor={of_one[0]['actor']['id']}&limit=1"))["data"]
    assert told(api.get("audit?since=2999-01-01T00:00:00Z"))["data"] == []
    assert told(api.get("audit?until=2000-01-01T00:00:00Z"))["data"] == []
    problem_of(api.get("audit?actor=key:x"), 400, "malformed-input")


def test_costs_are_hidden_from_who_must_not_see_them(shop):
    record(
        shop,
        "product.edited",
        "desk",
        before={"line": {"cost": 171}},
        after={"line": {"cost": 180}},
        changes=["Price line 'base': cost 171 → 180"],
    )
    (entry,) = entries(shop, "product.edited")[:1]
    narrow = Api(shop, ["audit:read"]).get("audit").content.decode()

    assert "171" not in narrow
    assert hidden_costs(entry).changes == ["Price line 'base': changed"]
    assert entry.before == {"line": {"cost": 171}}


def test_an_owner_looks_through_it_in_the_administration(shop, client):
    client.force_login(make_user("olga", shop, Role.OWNER))
    shop.name = "The Joinery"
    page = client.get(f"/admin/catalog/merchant/{shop.pk}/change/")
    form = page.context["adminform"].form
    data = {name: "" if value is None else value for name, value in form.initial.items()}
    data |= {"name": "The Joinery", "origins": "", "locales": "de", "memberships-TOTAL_FORMS": 0}
    client.post(
        f"/admin/catalog/merchant/{shop.pk}/change/", {**data, "memberships-INITIAL_FORMS": 0}
    )

    (entry,) = entries(shop, "merchant.changed")
    listed = client.get("/admin/catalog/auditentry/?q=Joinery&thing=merchant").content.decode()
    shown = client.get(f"/admin/catalog/auditentry/{entry.pk}/change/").content.decode()

    assert entry.after["name"] == "The Joinery"
    assert "Merchant changed" in listed
    assert "The Joinery" in shown
    assert client.get("/admin/catalog/auditentry/add/").status_code == 403


@pytest.mark.parametrize("role", [Role.PRODUCT_MANAGER, Role.VIEWER])
def test_others_do_not_see_it(shop, client, role):
    client.force_login(make_user("maria", shop, role))
    record(shop, "thing.changed", "a")

    assert client.get("/admin/catalog/auditentry/").status_code == 403
