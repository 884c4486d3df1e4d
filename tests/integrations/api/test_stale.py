"""Whatever answers with an ETag can be changed with If-Match: refused where somebody was faster,
done otherwise.
"""

import orjson
import pytest
from django.db import transaction

from catalog import drafts
from catalog.models import Role
from catalog.operations import publish
from catalog.product_model import read
from configurator import scene_pictures
from integrations.api.openapi import document
from integrations.api.v1.examples import EVALUATE_SCENE, QUOTE, UPLOAD_ASSET
from tests.api import told
from tests.configurator.geometry.shelves import shelf
from tests.configurator.prints.plates import PLATE
from tests.factories import make_user
from tests.integrations.api.test_isolation import OPERATIONS, everything, example_body, named
from tests.integrations.automations.asking import S3

pytestmark = pytest.mark.database

PATHS = document()["paths"]
TAGGED = {
    path
    for path, item in PATHS.items()
    if "ETag" in item.get("get", {}).get("responses", {}).get("200", {}).get("headers", {})
}


def read_at(path):
    """Return the address at which the thing that `path` changes is read with an ETag; None where
    there is none.
    """
    parts = f"/api/v1/{path}".split("/")
    whole = ("/".join(parts[:length]) for length in range(len(parts), 3, -1))
    return next((each for each in whole if each in TAGGED), None)


CHANGES = [each for each in OPERATIONS if each[0] in {"PUT", "PATCH", "DELETE"}]
COMPLETE = [each for each in OPERATIONS if each[2]["operationId"] == "completeConfiguration"]


@pytest.fixture
def made(api, shop):
    """A thing of each kind, as in the examples of the document."""
    row = told(api.post("configurations", {"product": "desk", "choices": {"frame": "oak"}}))
    publish(drafts.write(shop, shelf()))
    built = told(api.post("configurations", {"product": "shelf", **EVALUATE_SCENE}))
    publish(drafts.write(shop, read({**PLATE, "layers": []})))
    printed = told(api.post("configurations", {"product": "plate", "choices": {"name": "Ada"}}))
    promised = told(api.post("quotes", QUOTE))
    quote = told(api.post("quotes/accept", {"token": promised["token"]}))
    bodies = {each[2]["operationId"]: example_body(each[2]) for each in OPERATIONS}
    assert api.call("PUT", "calendar", bodies["replaceCalendar"]).status_code == 200
    assert (
        api.post("price-thresholds", {**bodies["createPriceThreshold"], "key": "desk"}).status_code
        == 201
    )
    workshop = {**bodies["createWorkshop"], "key": "desk"}
    assert api.post("workshops", workshop).status_code == 201
    created = api.post("price-lists", {"key": "desk", "name": "Desk", "currency": "CHF"})
    assert created.status_code == 201
    endpoint = told(
        api.post("webhook-endpoints", {"name": "Receiver", "url": "https://erp.example/in"})
    )
    assert api.call("PUT", "products/bench/definition", bodies["putDefinition"]).status_code == 201
    for address, name in (("rules/top", "putPart"), ("options/wood/values/oak", "putValue")):
        put = api.call("PUT", f"products/bench/definition/{address}", bodies[name])
        assert put.status_code in {200, 201}
    storage = told(api.post("storages", {"name": "Mine", **S3}))
    key = told(api.post("api-keys", bodies["createApiKey"]))
    client = told(api.post("oauth-clients", bodies["createOauthClient"]))
    person = make_user("vera", shop, Role.VIEWER).memberships.get()
    automation = told(api.post("automations", {"name": "Mine", "event": "quote.created"}))
    upload = told(api.post("imports", bodies["beginImport"]))
    return {
        "imports/{id}": f"imports/{upload['id']}",
        "definition/options/{member}/values": "definition/options/wood/values",
        "{value}": "oak",
        "products/{key}/definition": "products/bench/definition",
        "{part}": "rules",
        "{member}": "top",
        "{number}": "1",
        "webhook-endpoints/{id}": f"webhook-endpoints/{endpoint['id']}",
        "configurations/{id}/scene": f"configurations/{built['id']}/scene",
        "configurations/{id}/cut-list": f"configurations/{built['id']}/cut-list",
        "configurations/{id}/nesting": f"configurations/{built['id']}/nesting",
        "configurations/{id}/production-files/{file}": (
            f"configurations/{built['id']}/production-files/drawings.zip"
        ),
        "configurations/{id}/model.glb": f"configurations/{built['id']}/model.glb",
        "configurations/{id}/pictures/{view}": f"configurations/{built['id']}/pictures/front",
        "configurations/{id}/prints/{print}": f"configurations/{printed['id']}/prints/front",
        "quotes/{id}": f"quotes/{quote['id']}",
        "storages/{id}": f"storages/{storage['id']}",
        "api-keys/{id}": f"api-keys/{key['id']}",
        "oauth-clients/{id}": f"oauth-clients/{client['id']}",
        "people/{id}": f"people/{person.pk}",
        "automations/{id}": f"automations/{automation['id']}",
        "{name}": told(api.post("assets", UPLOAD_ASSET))["name"],
        "{key}": "desk",
        "{id}": row["id"],
    }


def filled(path, made):
    for part, value in made.items():
        path = path.replace(part, value)
    return path.removeprefix("/api/v1/")


def body_of(operation):
    body = example_body(operation)
    return {**body, "currency": "CHF"} if operation["operationId"] == "replacePriceList" else body


def test_there_are_changes_to_ask():
    assert len(CHANGES) >= 8
    assert len(TAGGED) >= 8


@pytest.mark.parametrize("case", [*CHANGES, *COMPLETE], ids=named)
def test_a_stale_tag_is_refused_and_changes_nothing(api, made, case):
    method, path, operation = case
    read = read_at(path)
    assert read is not None
    assert "If-Match" in [each["name"] for each in operation["parameters"]]
    assert "412" in operation["responses"]
    now = api.get(filled(read, made)).headers["ETag"]
    before = everything()
    for stale in ('"stale"', 'W/"stale" , "r0"', '"0"'):
        answer = api.call(method, filled(path, made), body_of(operation), If_Match=stale)
        assert (answer.status_code, told(answer)["code"][:13]) in {
            (412, "changed-meanw"),
            (412, "configuration"),
        }, stale
        assert answer.headers["ETag"] == now
    assert everything() == before
    answer = api.call(method, filled(path, made), body_of(operation), If_Match="stale")
    assert (answer.status_code, told(answer)["errors"][0]["parameter"]) == (400, "If-Match")


@pytest.mark.parametrize("case", CHANGES, ids=named)
def test_the_tag_that_was_read_lets_the_change_through(api, made, case):
    method, path, operation = case
    now = api.get(filled(read_at(path), made)).headers["ETag"]
    ways = {
        "as it was": now,
        "weak": f'"other", W/{now}',
        "packed": f'{now[:-1]}-gzip"',
        "any": "*",
    }
    for way, sent in ways.items():
        # Each way begins at the same state: to make it anew takes far longer.
        with transaction.atomic():
            answer = api.call(method, filled(path, made), body_of(operation), If_Match=sent)
            assert answer.status_code == 200, (way, answer.content)
            if method != "DELETE":
                read = api.get(filled(read_at(path), made))
                assert answer.headers["ETag"] == read.headers["ETag"], way
            transaction.set_rollback(True)


def test_a_calendar_that_is_not_there_has_no_tag(api):
    body = {"time_zone": "Europe/Berlin"}

    assert api.call("PUT", "calendar", body, If_Match="*").status_code == 412
    assert api.get("calendar").status_code == 404
    assert api.call("PUT", "calendar", body).status_code == 200


# What `made` has none of; they are tagged as all that is read is.
NOT_MADE = {
    "/api/v1/products/{key}/checks/{id}",
    "/api/v1/products/{key}/shape-sweeps/{id}",
    "/api/v1/products/{key}/definition/options/{member}/values",
    "/api/v1/products/{key}/differences",
    "/api/v1/configurations/{id}/compare/{other}",
    "/api/v1/deliveries/{id}",
    "/api/v1/events/{id}",
    "/api/v1/automation-runs/{id}",
    "/api/v1/approvals/{id}",
}
LISTS = {path for path in TAGGED if "{" not in path} - {"/api/v1/calendar", "/api/v1/price-limits"}


def test_everything_that_is_read_has_a_tag_and_lists_are_not_sent_twice(api, made):
    assert {path for path, item in PATHS.items() if "get" in item} == TAGGED
    for path in sorted(LISTS):
        address = filled(path, made)
        tag = api.get(address).headers["ETag"]
        again = api.get(address, If_None_Match=tag)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert api.get(address, If_None_Match='"other"').status_code == 200


def test_a_list_that_changed_has_another_tag(api):
    before = api.get("price-lists").headers["ETag"]
    api.post("price-lists", {"key": "x", "name": "X", "currency": "CHF"})

    assert api.get("price-lists", If_None_Match=before).status_code == 200


WHOLE = [each for each in CHANGES if "428" in each[2]["responses"]]
PATHS_WHOLE = [path for _, path, _ in WHOLE]


def test_what_is_there_is_not_replaced_or_deleted_unread(api, made):
    """Each tells the tag of what is there; `*` says that anything may be."""
    assert len(WHOLE) > 15
    wrong = []
    # Reading a definition is written down, as every export is.
    tags = {each: api.get(filled(each, made)).headers["ETag"] for each in map(read_at, PATHS_WHOLE)}
    before = everything()
    for method, path, operation in WHOLE:
        now = tags[read_at(path)]
        answer = api.client.generic(
            method,
            f"/api/v1/{filled(path, made)}",
            orjson.dumps(body_of(operation)),
            "application/json",
            headers={"Authorization": f"Bearer {api.secret}"},
        )
        code = told(answer).get("code")
        found = (answer.status_code, code, answer.headers.get("ETag"))
        if found != (428, "precondition-required", now):
            wrong.append((operation["operationId"], *found))
    assert wrong == []
    assert everything() == before


@pytest.mark.parametrize("path", sorted(TAGGED - NOT_MADE - LISTS))
def test_a_tag_that_a_proxy_marked_is_known_again(api, made, path, monkeypatch):
    monkeypatch.setattr(scene_pictures, "MOST_SECONDS_TO_WAIT", 30.0)
    address = filled(path, made)
    tag = api.get(address).headers["ETag"]
    marked = [tag, f"W/{tag}", f'{tag[:-1]}-gzip"', f'W/{tag[:-1]}-br"', f'"other", {tag}', "*"]

    assert [api.get(address, If_None_Match=each).status_code for each in marked] == [304] * len(
        marked
    )
    assert api.get(address, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize(
    "address", ["/api/v1/openapi.json", "/.well-known/jwks.json", "/m/joinery/jwks.json"]
)
def test_a_marked_tag_is_known_again_outside_the_api(shop, client, address):
    tag = client.get(address).headers["ETag"]
    marked = [tag, f"W/{tag}", f'{tag[:-1]}-gzip"', f'W/{tag}, "other"']

    assert [
        client.get(address, headers={"If-None-Match": each}).status_code for each in marked
    ] == [304] * len(marked)


@pytest.mark.parametrize("operation", ["createPriceList", "createPriceThreshold"])
def test_a_key_that_is_taken_is_told_so(api, operation):
    ((_, path, declared),) = [each for each in OPERATIONS if each[2]["operationId"] == operation]
    body = example_body(declared)
    assert api.post(path, body).status_code == 201
    before = everything()

    answer = api.post(path, body)

    assert (answer.status_code, told(answer)["code"]) == (409, "key-taken")
    assert told(answer)["errors"][0]["pointer"] == "/key"
    assert everything() == before
