"""Checks of drafts over the API."""

import pytest

from catalog.models import CheckRun, Merchant
from tests.api import Api, told
from tests.integrations.api.write_examples import _say_something_twice

pytestmark = pytest.mark.database


def test_a_small_draft_is_checked_at_once_and_not_twice(api: Api) -> None:
    first = api.post("products/desk/checks", None)
    assert (first.status_code, told(first)["state"]) == (200, "done")
    assert told(api.post("products/desk/checks", None))["id"] == told(first)["id"]
    followed = api.get(first.headers["Location"].partition("/api/v1/")[2])
    assert told(followed) == told(first)


def test_a_large_draft_is_answered_with_how_far_its_check_is(api: Api, shop: Merchant) -> None:
    made = told(api.post("products/desk/checks", None))["id"]
    CheckRun.objects.filter(public_id=made).update(
        state="running", stage="Rules", done=3, total=9, findings=[]
    )
    answer = api.post("products/desk/checks", None)
    assert answer.status_code == 202
    document = told(api.get(f"products/desk/checks/{made}"))
    assert [document[name] for name in ("state", "stage", "done", "total")] == [
        "running",
        "Rules",
        3,
        9,
    ]


def test_a_finding_is_accepted_and_taken_back(api: Api, shop: Merchant) -> None:
    _say_something_twice(shop)
    (finding,) = told(api.post("products/desk/checks", None))["findings"]
    body = {"identity": finding["identity"], "reason": "Clearer for shoppers."}
    (accepted,) = told(api.post("products/desk/accepted-findings", body))["data"]
    assert (accepted["code"], accepted["reason"]) == ("rule-redundant", "Clearer for shoppers.")
    (shown,) = told(api.post("products/desk/checks", None))["findings"]
    assert shown["accepted"]["reason"] == "Clearer for shoppers."
    assert told(api.post("products/desk/accepted-findings", {**body, "reason": None}))["data"] == []


def test_an_error_is_not_accepted(api: Api, shop: Merchant) -> None:
    shop.products.get().rules.create(key="never", then="false")
    findings = told(api.post("products/desk/checks", None))["findings"]
    error = next(each for each in findings if each["severity"] == "error")
    answer = api.post(
        "products/desk/accepted-findings", {"identity": error["identity"], "reason": "Well."}
    )
    assert (answer.status_code, told(answer)["code"]) == (409, "finding-not-acceptable")


def test_a_reason_of_blanks_is_none(api: Api) -> None:
    answer = api.post("products/desk/accepted-findings", {"identity": "x", "reason": "  "})
    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")
