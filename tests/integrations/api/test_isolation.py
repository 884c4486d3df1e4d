"""Every address, asked with another merchant's key: nothing is found, nothing is told, nothing
changes.
"""

import json
import re

import pytest
from django.apps import apps
from django.core import serializers

from configurator.offers import published
from configurator.quoting.quotes import quote
from configurator.quoting.signing_keys import rotate_signing_key
from integrations.access.operations import ClientWish, create_api_key, register_client
from integrations.api.openapi import document
from integrations.automations.models import Approval, Run, Storage
from integrations.automations.storing import StorageWish, keep_storage
from integrations.connectors import importing
from integrations.webhooks.operations import Wish, make_endpoint, send_test
from tests.api import Api, make_shop, told
from tests.examples.desk import desk
from tests.factories import make_model, make_user
from tests.integrations.automations.asking import S3, set_off

pytestmark = pytest.mark.database

# What stands in an address beside whose it is: a part of a definition, a version.
WITHIN = {"{part}": "rules", "{member}": "top", "{value}": "oak", "{number}": "1"}
WITHIN["{kid}"] = "A" * 43
# A product that is not there is made: one's own, whoever else has one of that key.
MAKING = {"putDefinition"}
UPLOAD = {"format": "uvl", "files": {"a.uvl": "features\n\tA\n"}, "key": "a"}
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    # Whose it is has nothing to do with where it is looked at from, what is printed on it, or what
    # it is compared with.
    (
        method.upper(),
        re.sub(r"{view}|{print}|{other}", "front", path.removeprefix("/api/v1/")).replace(
            "{file}", "drawings.zip"
        ),
        operation,
    )
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    if method in METHODS
]
OF_ONE = [each for each in OPERATIONS if "{" in each[1]]
LISTS = [each for each in OPERATIONS if each[0] == "GET" and "{" not in each[1]]
WITH_BODY = [each for each in OPERATIONS if "requestBody" in each[2]]


def within(path):
    """Return an address with what stands in it beside whose it is."""
    return re.sub("|".join(WITHIN), lambda found: WITHIN[found[0]], path)


def named(case):
    return case[2]["operationId"] if isinstance(case, tuple) else None


def example_body(operation):
    content = operation.get("requestBody", {}).get("content", {})
    return content["application/json"]["example"] if content else None


def everything():
    """Return all rows of all tables but those that count calls."""
    rows = [
        row
        for model in apps.get_models()
        if model._meta.label not in {"access.ApiKey", "sessions.Session"}
        for row in model._base_manager.order_by("pk")
    ]
    return serializers.serialize("json", rows)


def before_of(rows):
    """Return each row by itself."""
    return [json.dumps(row, sort_keys=True) for row in json.loads(rows)]


@pytest.fixture
def others():
    """A merchant with a product and a configuration of its own."""
    merchant = make_shop("other", desk(product="bureau"))
    made = told(Api(merchant).post("configurations", {"product": "bureau", "choices": {}}))
    endpoint, _ = make_endpoint(merchant, Wish("Theirs", "http://127.0.0.1:9/"))
    delivery = send_test(endpoint)
    automation = set_off(merchant, "Their automation", delivery.event)
    run = Run.objects.get(automation=automation)
    storage = keep_storage(Storage(merchant=merchant), StorageWish("Theirs", **S3))
    key, _ = create_api_key(merchant, "Their key", ["catalog:read"])
    client, _ = register_client(merchant, ClientWish("Their program", ["catalog:read"]))
    person = make_user("theo", merchant).memberships.get()
    return {
        "api-keys/{id}": f"api-keys/{key.public_id}",
        "oauth-clients/{id}": f"oauth-clients/{client.public_id}",
        "people/{id}": f"people/{person.pk}",
        f"signing-keys/{WITHIN['{kid}']}": f"signing-keys/{rotate_signing_key(merchant).kid}",
        "imports/{id}": f"imports/{importing.begin_import(merchant, importing.Wish(**UPLOAD)).public_id}",
        "webhook-endpoints/{id}": f"webhook-endpoints/{endpoint.public_id}",
        "deliveries/{id}": f"deliveries/{delivery.public_id}",
        "events/{id}": f"events/{delivery.event.public_id}",
        "automations/{id}": f"automations/{automation.public_id}",
        "storages/{id}": f"storages/{storage.public_id}",
        "automation-runs/{id}": f"automation-runs/{run.public_id}",
        "approvals/{id}": f"approvals/{Approval.objects.get(step__run=run).public_id}",
        "{name}": make_model(merchant, "theirs.glb").name,
        "quotes/{id}": f"quotes/{quote(published('other', 'bureau'), {}).signed.claims['jti']}",
        "{key}": "bureau",
        "{id}": made["id"],
    }


def test_there_are_addresses_to_ask():
    assert len(OF_ONE) >= 8
    assert len(LISTS) >= 2


@pytest.mark.parametrize("case", OF_ONE, ids=named)
def test_anothers_things_are_not_found_and_do_not_change(api, others, case):
    method, path, operation = case
    path = within(path)
    for part, value in others.items():
        path = path.replace(part, value)
    before = everything()

    response = api.call(method, path, example_body(operation))

    if operation["operationId"] in MAKING:
        assert response.status_code == 201
        assert set(before_of(before)) <= set(before_of(everything()))
        return
    assert (response.status_code, told(response)["code"]) == (404, "not-found")
    assert everything() == before


@pytest.mark.parametrize(
    "case", [each for each in OF_ONE if each[2]["operationId"] not in MAKING], ids=named
)
def test_what_is_anothers_reads_like_what_does_not_exist(api, others, case):
    method, path, operation = case
    missing = {"{key}": "nowhere", "{id}": "A" * 22, "{name}": "nowhere.glb"}
    answers = []
    for parts in (others, missing):
        address = within(path)
        for part, value in parts.items():
            address = address.replace(part, value)
        problem = told(api.call(method, address, example_body(operation)))
        del problem["request_id"]
        answers.append(
            {name: str(value).replace("bureau", "nowhere") for name, value in problem.items()}
        )

    assert answers[0] == answers[1]


@pytest.mark.parametrize("case", LISTS, ids=named)
def test_a_list_shows_only_ones_own(api, others, case):
    answer = api.call("GET", case[1]).content.decode()

    assert not any(value in answer for value in others.values())


@pytest.mark.parametrize("case", WITH_BODY, ids=named)
def test_a_merchant_in_the_body_is_refused(api, others, case):
    method, path, operation = case
    path = within(path).replace("{key}", "desk").replace("{id}", others["{id}"])
    path = path.replace("{name}", "a.png")

    response = api.call(method, path, {**example_body(operation), "merchant": "other"})

    assert (response.status_code, told(response)["code"]) == (400, "malformed-input")


def test_a_page_does_not_begin_behind_anothers_configuration(api, others):
    assert api.get(f"configurations?after={others['{id}']}").status_code == 404


def test_what_is_anothers_is_not_compared_with(api, others):
    mine = told(api.post("configurations", {"product": "desk", "choices": {}}))["id"]

    assert api.get(f"configurations/{mine}/compare/{others['{id}']}").status_code == 404


def test_anothers_product_cannot_be_kept(api, others):
    before = everything()

    assert api.post("configurations", {"product": "bureau", "choices": {}}).status_code == 404
    assert everything() == before


def test_anothers_price_list_cannot_be_used(api, others, shop):
    shop.price_lists.filter(key="trade").delete()

    assert (
        api.post("products/desk/evaluate", {"choices": {}, "price_list": "trade"}).status_code
        == 404
    )
