"""Schemas say what is refused, in words that generators of clients understand.

`try_generators` has generators read them; these are the rules that they once broke.
"""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import orjson
import pytest

from integrations.api import openapi
from integrations.api.v1.products import BuyerBody
from tests.api import told
from tests.integrations.api.test_isolation import OPERATIONS, WITH_BODY, example_body, named
from tests.integrations.api.test_openapi import schema_of

SCHEMAS = openapi.document()["components"]["schemas"]
OF_BODIES = openapi._reached(
    SCHEMAS,
    {
        each["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, _, each in WITH_BODY
    },
)
KINDS = {str: "string", bool: "boolean", int: "integer"}


def parts(schema: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with its place."""
    if isinstance(schema, list):
        for number, each in enumerate(schema):
            yield from parts(each, f"{at}/{number}")
    elif isinstance(schema, dict):
        yield at, schema
        for name, each in schema.items():
            if name == "properties":
                for key, inner in each.items():
                    yield from parts(inner, f"{at}/{key}")
            elif name not in {"enum", "default", "example", "examples"}:
                yield from parts(each, f"{at}/{name}")


EVERY = [each for name, schema in SCHEMAS.items() for each in parts(schema, name)]
ASKED = [each for name in sorted(OF_BODIES) for each in parts(SCHEMAS[name], name)]


def test_names_are_names_in_every_language():
    assert [name for name in SCHEMAS if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []


def test_every_enum_has_a_type_and_values_of_it():
    wrong = [
        at
        for at, each in EVERY
        if "enum" in each and {each.get("type")} != {KINDS[type(value)] for value in each["enum"]}
    ]
    assert wrong == []


def test_what_may_be_left_out_of_a_body_has_no_default():
    assert [at for at, each in ASKED if "default" in each] == []


def test_no_text_of_a_body_may_be_anything():
    texts = [(at, each) for at, each in ASKED if each.get("type") == "string"]
    assert len(texts) > 50
    assert [at for at, each in texts if not each.keys() & {"pattern", "format", "enum"}] == []


def test_every_text_of_a_body_but_choices_is_bounded():
    free = {"GivenChoices", "WhyBody/value"}
    texts = [
        (at, each)
        for at, each in ASKED
        if each.get("type") == "string" and not at.startswith(tuple(free))
    ]
    bounded = re.compile(r"\{\d+(,\d+)?\}|\{0,62\}|\[0-9\]\$$")
    wrong = [
        at
        for at, each in texts
        if not each.keys() & {"maxLength", "format", "enum"}
        and not bounded.search(each.get("pattern", ""))
    ]
    assert wrong == []


@pytest.mark.parametrize("case", WITH_BODY, ids=named)
def test_a_body_with_an_unknown_field_is_none_by_its_schema(case):
    content = case[2]["requestBody"]["content"]["application/json"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**example_body(case[2]), "unheard": 1}, schema_of(content["schema"]))


def test_the_document_is_what_json_can_say():
    assert orjson.loads(orjson.dumps(openapi.document())) == openapi.document()


BOUNDED = {"channel": 200, "customer_group": 200, "customer": 200, "region": 60}


@pytest.mark.database
@pytest.mark.parametrize(
    "case",
    [
        each
        for each in OPERATIONS
        if each[2]["operationId"]
        in {"evaluateProduct", "createConfiguration", "createQuote", "createPriceList"}
    ],
    ids=named,
)
def test_names_of_buyers_are_bounded_as_the_schema_says(api, case):
    method, path, operation = case
    path = path.replace("{key}", "desk")
    content = operation["requestBody"]["content"]["application/json"]
    for name, most in BOUNDED.items():
        for wrong in ("x" * (most + 1), "", "a\nb"):
            body = {**example_body(operation), name: wrong}
            answer = api.call(method, path, body)
            assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, f"/{name}")
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(body, schema_of(content["schema"]))


def test_no_name_of_a_buyer_is_forgotten():
    assert set(BUYERS := BuyerBody.model_fields) - {"country", "tax_status"} == set(BOUNDED), BUYERS


BAD = [
    ("changeChoices", {"instance": {}}),
    ("changeChoices", {"instance": {"add": "a", "copy": "b"}}),
    ("changeChoices", {"instance": {"move": "a"}}),
    ("changeChoices", {"instance": {"remove": "a", "to": 1}}),
    ("createQuote", {"product": None}),
    ("createQuote", {"configuration": "abc"}),
    ("renameKey", {"option": None}),
    ("renameKey", {"kind": "option"}),
    ("overridePrice", {"amount": 5}),
    ("overridePrice", {"percent": 101}),
    ("overridePrice", {"percent": None, "amount": 0}),
    ("overridePrice", {"kind": "final"}),
    ("overridePrice", {"reason": " "}),
    ("createPriceThreshold", {"currency": None}),
    ("createPriceThreshold", {"currency": "EUX"}),
    ("createPriceThreshold", {"measure": "margin_percent_below"}),
    ("replaceCalendar", {"order_until": "24:00"}),
    ("replacePriceLimits", {"greatest_discount": 101}),
    ("evaluateProduct", {"explanations": 2}),
    ("evaluateProduct", {"complete": "dearest"}),
    ("createPriceList", {"name": {"de": "Handel"}}),
    ("createPriceList", {"tax_rate": 101}),
    ("createPriceList", {"least_over_cost": -100}),
    ("createPriceList", {"paid_increment": 0}),
    ("createPriceList", {"rounding_ending": 10**13}),
    ("createPriceList", {"derived": {"of": "Retail"}}),
    ("keepTaxRates", {"rows": [{"country": "CA", "rate": 5, "taxes": [{"label": {}, "rate": 5}]}]}),
    ("replaceCalendar", {"working_days": []}),
    ("replacePriceLimits", {"greatest_surcharge": -1}),
]


@pytest.mark.database
@pytest.mark.parametrize(("operation", "changes"), BAD)
def test_what_is_refused_for_its_form_is_so_by_its_schema(api, operation, changes):
    ((method, path, declared),) = [
        each for each in OPERATIONS if each[2]["operationId"] == operation
    ]
    made = told(api.post("configurations", {"product": "desk", "choices": {}}))
    path = path.replace("{key}", "desk").replace("{id}", made["id"])
    body = {**example_body(declared), **changes}

    assert api.call(method, path, body).status_code == 400
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            body, schema_of(declared["requestBody"]["content"]["application/json"]["schema"])
        )


@pytest.mark.database
def test_a_whole_number_may_be_written_with_a_point(api):
    made = told(api.post("configurations", {"product": "desk", "choices": {}}))
    body = {"changes": {}, "quantity": 2.0, "instance": {"add": "modules", "to": 1.0}}
    answer = told(api.patch(f"configurations/{made['id']}/choices", body))
    # The desk has no sub-assemblies.
    assert answer["code"] == "instance-refused"


@pytest.mark.database
def test_a_stored_configuration_is_quoted_without_a_quantity_by_its_schema(api):
    ((_, _, declared),) = [each for each in OPERATIONS if each[2]["operationId"] == "createQuote"]
    body = {"configuration": "abc", "order_quantity": 2}
    assert api.post("quotes", body).status_code == 400
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            body, schema_of(declared["requestBody"]["content"]["application/json"]["schema"])
        )
