"""The API has dated versions: inside one nothing is taken away, and nothing more is wanted."""

import copy
import json

import pytest

from integrations.access import versions
from integrations.access.operations import ClientWish, register_client
from integrations.access.versions import VERSIONS
from integrations.api.openapi import document
from tests.api import Api, told
from tests.integrations.api.breaking import breaking
from tests.integrations.api.write_snapshot import FOLDER, contract

NOW = contract(json.loads(json.dumps(document())))
EVALUATE = "/api/v1/products/{key}/evaluate"


def test_nothing_that_callers_rely_on_changed_without_a_new_date():
    snapshot = json.loads((FOLDER / f"{VERSIONS[-1]}.json").read_text())

    assert breaking(snapshot, NOW) == [], (
        "give it a new date in integrations/access/versions.py, then write the snapshot"
    )


def test_every_version_has_a_snapshot_and_they_are_in_order():
    assert sorted(each.stem for each in FOLDER.glob("*.json")) == list(VERSIONS)


@pytest.mark.database
def test_a_credential_is_pinned_to_the_version_it_was_made_under(api):
    assert api.get("products").headers["Configurator-Version"] == VERSIONS[-1]


@pytest.mark.database
def test_a_header_asks_for_another_version_than_the_pinned_one(shop, monkeypatch):
    old = Api(shop)
    monkeypatch.setattr(versions, "VERSIONS", (VERSIONS[-1], "2030-01-31"))
    new = Api(shop)
    told_versions = [
        each.headers["Configurator-Version"]
        for each in (
            old.get("products"),
            new.get("products"),
            old.get("products", Configurator_Version="2030-01-31"),
        )
    ]

    assert told_versions == [VERSIONS[-1], "2030-01-31", "2030-01-31"]


@pytest.mark.database
@pytest.mark.parametrize("asked", ["2020-01-01", "1", "", "2026-11-31"])
def test_an_unknown_version_is_refused(api, asked):
    answer = api.get("products", Configurator_Version=asked)

    assert (answer.status_code, told(answer)["code"]) == (400, "version-unknown")
    assert told(answer)["known"] == list(VERSIONS)


@pytest.mark.database
def test_oauth_clients_are_pinned_too(merchant):
    client, _ = register_client(merchant, ClientWish("ERP", ("catalog:read",)))

    assert client.api_version == VERSIONS[-1]


def schema(changed, name):
    return changed["components"]["schemas"][name]


def _take_away_operation(changed):
    del changed["paths"]["/api/v1/quotes"]["post"]


def _take_away_sent_field(changed):
    del schema(changed, "EvaluateBody")["properties"]["quantity"]


def _take_away_answered_field(changed):
    del schema(changed, "Configuration")["properties"]["state"]


def _take_away_value(changed):
    schema(changed, "CreateListBody")["properties"]["shows"]["enum"].pop()


def _want_field(changed):
    schema(changed, "EvaluateBody")["required"].append("quantity")


def _change_type(changed):
    schema(changed, "Configuration")["properties"]["quantity"]["type"] = "string"


def _may_be_missing(changed):
    schema(changed, "Configuration")["required"].remove("state")


def _may_be_null(changed):
    told = schema(changed, "Configuration")["properties"]
    told["quantity"] = {"anyOf": [told["quantity"], {"type": "null"}]}


def _tighten(changed):
    told = schema(changed, "CreateListBody")["properties"]["key"]
    told = schema(changed, told["$ref"].rpartition("/")[2]) if "$ref" in told else told
    told["pattern"] = "^[a-z]{1,5}$"


def _want_parameter(changed):
    for each in changed["paths"]["/api/v1/products"]["get"]["parameters"]:
        each["required"] = True


def _take_away_parameter(changed):
    changed["paths"]["/api/v1/products"]["get"]["parameters"].pop()


def _want_scope(changed):
    for each in changed["paths"][EVALUATE]["post"]["security"]:
        for scopes in each.values():
            scopes.append("catalog:write")


def _answer_otherwise(changed):
    answers = changed["paths"]["/api/v1/configurations"]["post"]["responses"]
    answers["200"] = answers.pop("201")


BREAKING = [each for name, each in sorted(globals().items()) if name.startswith("_")
            and callable(each) and getattr(each, "__module__", "") == __name__]  # fmt: skip


@pytest.mark.parametrize("change", BREAKING, ids=lambda each: each.__name__.strip("_"))
def test_what_breaks_callers_is_found(change):
    changed = copy.deepcopy(NOW)
    change(changed)

    assert breaking(NOW, changed) != []


def add_operation(changed):
    changed["paths"]["/api/v1/new"] = changed["paths"]["/api/v1/products"]


def add_optional_field(changed):
    schema(changed, "EvaluateBody")["properties"]["mood"] = {"type": "string"}


def add_answered_field(changed):
    told = schema(changed, "Configuration")
    told["properties"]["mood"] = {"type": "string"}
    told["required"].append("mood")


def add_value(changed):
    schema(changed, "CreateListBody")["properties"]["shows"]["enum"].append("both")


def add_parameter(changed):
    parameters = changed["paths"]["/api/v1/products"]["get"]["parameters"]
    parameters.append({**parameters[0], "name": "mood", "required": False})


def take_null_too(changed):
    told = schema(changed, "EvaluateBody")["properties"]
    told["choices"] = {"anyOf": [told["choices"], {"type": "null"}]}


@pytest.mark.parametrize(
    "change",
    [
        add_operation,
        add_optional_field,
        add_answered_field,
        add_value,
        add_parameter,
        take_null_too,
    ],
    ids=lambda each: each.__name__,
)
def test_what_is_added_breaks_nobody(change):
    changed = copy.deepcopy(NOW)
    change(changed)

    assert breaking(NOW, changed) == []
