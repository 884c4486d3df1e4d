"""Uploads over the API: a worker makes drafts of them, and tells what came of it."""

import pytest

from catalog.jobs.worker import work_off
from catalog.models import AuditEntry, ImportRun
from integrations.api.v1.examples import IMPORT
from tests.api import Api, told
from tests.integrations.api.test_problems import problem_of

pytestmark = pytest.mark.database

OCA = """<odoo>
  <record id="colour" model="product.attribute"><field name="name">Colour</field></record>
  <record id="red" model="product.attribute.value">
    <field name="name">Red</field><field name="attribute_id" ref="colour"/>
  </record>
  <record id="blue" model="product.attribute.value">
    <field name="name">Blue</field><field name="attribute_id" ref="colour"/>
  </record>
  <record id="car" model="product.template">
    <field name="name">Car</field><field name="config_ok" eval="True"/>
  </record>
  <record id="line" model="product.template.attribute.line">
    <field name="product_tmpl_id" ref="car"/><field name="attribute_id" ref="colour"/>
    <field name="value_ids" eval="[(6, 0, [ref('red'), ref('blue')])]"/>
  </record>
</odoo>"""


def carried_out(api, body):
    """Return an import after a worker had it."""
    answer = api.post("imports", body)
    assert answer.status_code == 202, answer.content
    assert told(answer)["state"] == "waiting"
    work_off()
    return told(api.get(answer.headers["Location"].partition("/api/v1/")[2]))


@pytest.mark.django_db
def test_a_feature_model_becomes_a_draft_and_comes_back(api, shop):
    done = carried_out(api, IMPORT)
    text = api.get("products/bicycle/feature-model.uvl")

    assert (done["state"], done["result"]["products"][0]["product"]) == ("done", "bicycle")
    assert [each.key for each in shop.products.get(key="bicycle").options.all()] == [
        "lights",
        "rack",
    ]
    assert "lights" in text.content.decode().lower()
    entry = AuditEntry.objects.for_merchant(shop).get(action="product.created", key="bicycle")
    assert entry.actor_kind == "key"


@pytest.mark.django_db
def test_data_of_another_configurator_becomes_drafts(api, shop):
    body = {"format": "oca", "files": [{"name": "data/car.xml", "content": OCA}], "currency": "EUR"}
    done = carried_out(api, body)

    assert done["state"] == "done", done
    (product,) = done["result"]["products"]
    assert shop.products.filter(key=product["product"]).exists()


@pytest.mark.django_db
def test_a_trial_keeps_nothing(api, shop):
    done = carried_out(api, {**IMPORT, "dry_run": True})

    assert (done["state"], done["dry_run"]) == ("done", True)
    assert not shop.products.filter(key="bicycle").exists()


@pytest.mark.django_db
def test_what_would_be_replaced_tells_no_cost_without_the_scope(shop):
    told_of = {"changes": ["Price line 'base': cost 171.37, was 150"], "prices": ["One: added"]}
    row = ImportRun.objects.create(
        merchant=shop, format="oca", state="done", result={"notes": [], "products": [told_of]}
    )
    path = f"imports/{row.public_id}"
    (narrow,) = told(Api(shop, ["catalog:write"]).get(path))["result"]["products"]
    (known,) = told(Api(shop).get(path))["result"]["products"]

    assert narrow == {"changes": ["Price line 'base': changed"], "prices": ["One: added"]}
    assert known == told_of


@pytest.mark.django_db
def test_what_cannot_be_read_is_told_and_keeps_nothing(api, shop):
    file = {"name": "a.uvl", "content": "features\n\tA\nconstraints\n\tB => A\n"}
    done = carried_out(api, {**IMPORT, "files": [file]})

    assert (done["state"], done["problem"]["code"]) == ("refused", "uvl-refused")
    assert not shop.products.filter(key="bicycle").exists()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"key": None}, "/key"),
        ({"files": [{"name": "a.xml", "content": ""}]}, "/files/0/name"),
        ({"files": [{"name": "../a.uvl", "content": ""}]}, "/files/0/name"),
        ({"files": [{"name": "a/../../b.uvl", "content": ""}]}, "/files/0/name"),
        ({"files": []}, "/files"),
        ({"files": [{"name": "a.uvl", "content": ""}] * 2}, ""),
    ],
)
def test_what_is_no_upload_is_refused_by_its_place(api, change, pointer):
    problem = problem_of(api.post("imports", {**IMPORT, **change}), 400, "malformed-input")

    assert problem["errors"][0]["pointer"] == pointer


def test_a_repeated_upload_is_one(api):
    first = api.post("imports", IMPORT, Idempotency_Key="a")
    again = api.post("imports", IMPORT, Idempotency_Key="a")

    assert told(first)["id"] == told(again)["id"]
