"""Prices by hand through the API, and what is told of them and of thresholds."""

import pytest

from integrations.api.v1.shapes import configurations as shapes
from tests.api import Api, told

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DISCOUNT = {"kind": "discount", "percent": 10, "reason": "A loyal customer."}


@pytest.fixture
def made(api):
    return told(api.post("configurations", {"product": "desk", "choices": {}, "quantity": 2}))


def address(made):
    return f"configurations/{made['id']}/override"


def put(api, made, document=DISCOUNT, **headers):
    return api.call("PUT", address(made), document, **headers)


def test_a_discount_is_a_line_of_the_price(api, made):
    answer = put(api, made, {**DISCOUNT, "by": "maria"})
    found = shapes.Configuration.model_validate(told(answer))
    assert answer.headers["ETag"] == '"r2"'
    assert found.evaluation.price.order_lines[-1].kind == "override"
    assert float(found.total) == float(made["total"]) * 0.9
    (override,) = found.overrides
    assert (override.by, override.percent, override.ended_at) == ("maria", "10", None)


def test_without_a_name_it_is_the_credential_that_sets_it(api, made):
    assert told(put(api, made))["overrides"][0]["by"]


def test_put_is_idempotent_and_so_is_delete(api, made):
    assert told(put(api, made))["revision"] == told(put(api, made))["revision"] == 2
    first, second = (told(api.call("DELETE", address(made))) for _ in range(2))
    assert first["revision"] == second["revision"] == 3
    assert (first["total"], first["overrides"][0]["ended_at"] is not None) == (made["total"], True)


def test_a_final_price_may_be_an_exact_text(api, made):
    assert (
        told(put(api, made, {"kind": "final", "amount": "450.05", "reason": "Agreed."}))["total"]
        == "450.05"
    )


def test_if_match_refuses_who_read_an_older_state(api, made):
    put(api, made)
    for method, document in (("PUT", DISCOUNT | {"percent": 5}), ("DELETE", None)):
        answer = api.call(method, address(made), document, If_Match='"r1"')
        assert (answer.status_code, told(answer)["code"]) == (412, "configuration-changed")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"reason": ""}, "/reason"),
        ({"reason": None}, "/reason"),
        ({"percent": -5}, ""),
        ({"percent": None}, ""),
        ({"amount": "5"}, ""),
        ({"amount": "-5", "percent": None}, "/amount"),
        ({"kind": "gift"}, "/kind"),
    ],
)
def test_what_is_no_price_by_hand_is_refused_at_its_place(api, made, changes, pointer):
    document = {name: each for name, each in {**DISCOUNT, **changes}.items() if each is not None}
    answer = put(api, made, document)
    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")
    assert pointer in [each["pointer"] for each in told(answer)["errors"]]


def test_beyond_the_limits_it_is_refused_and_the_limit_named(api, made):
    api.call("PUT", "price-limits", {"greatest_discount": 5})
    answer = put(api, made)
    assert (answer.status_code, told(answer)["code"], told(answer)["limit"]) == (
        *(422, "override-refused"),
        "greatest_discount",
    )
    assert told(put(api, made, {**DISCOUNT, "beyond_limits": True}))["overrides"][0][
        "beyond_limits"
    ]


def test_beyond_the_limits_needs_a_scope_of_its_own(api, made, shop):
    narrow = Api(shop, ["pricing:override"])
    assert put(narrow, made).status_code == 200
    answer = put(narrow, made, {**DISCOUNT, "percent": 20, "beyond_limits": True})
    assert (answer.status_code, told(answer)["scope"]) == (403, "pricing:exceed")


def test_a_completed_configuration_keeps_its_price(api, made):
    put(api, made)
    completed = told(api.post(f"configurations/{made['id']}/complete", {}))
    assert completed["total"] != made["total"]
    assert (
        told(api.get(f"configurations/{made['id']}/price"))["price"]["total"] == completed["total"]
    )
    assert told(put(api, made, {**DISCOUNT, "percent": 1}))["code"] == "configuration-completed"
    assert told(api.call("DELETE", address(made)))["code"] == "configuration-completed"


def test_what_a_configuration_passed_is_told_and_can_be_listed(api, made):
    threshold = {"key": "large", "measure": "total_over", "limit": 1, "currency": "EUR"}
    api.post("price-thresholds", threshold)
    other = told(api.post("configurations", {"product": "desk", "choices": {}}))
    completed = told(api.post(f"configurations/{made['id']}/complete", {}))
    shapes.Configuration.model_validate(completed)
    (passed,) = completed["reached_thresholds"]
    assert (passed["key"], passed["measured"], passed["at"]) == (
        "large",
        made["total"],
        completed["completed_at"],
    )
    listed = told(api.get("configurations?threshold=large"))["data"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert other["reached_thresholds"] == []


def test_a_price_on_request_is_told_and_the_configuration_completed(api):
    body = {
        "name": "Project",
        "currency": "EUR",
        "own_lines_only": True,
        "on_request": True,
        "channel": "project",
    }
    assert api.post("price-lists", {"key": "project", **body}).status_code == 201
    made = told(
        api.post(
            "configurations",
            {"product": "desk", "choices": {}, "price_list": "project", "complete": True},
        )
    )
    assert (made["state"], made["total"], made["evaluation"]["price"]) == ("completed", None, None)
    price = told(api.get(f"configurations/{made['id']}/price"))
    assert (price["price_on_request"], bool(price["price_problem"])) == (True, True)


def test_without_the_word_of_the_list_it_is_not(api):
    body = {"name": "Project", "currency": "EUR", "own_lines_only": True, "channel": "project"}
    api.post("price-lists", {"key": "project", **body})
    answer = api.post(
        "configurations",
        {"product": "desk", "choices": {}, "price_list": "project", "complete": True},
    )
    assert told(answer)["code"] == "configuration-not-ready"
