"""Price lists and their amounts, as a system that owns prices writes them."""

import pytest

from integrations.api.v1.shapes import price_lists as shapes
from pricing.models import PriceList
from tests.api import told

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DEALERS = {
    "key": "dealers",
    "name": "Dealers",
    "currency": "EUR",
    "channel": "dealers",
    "derived": {"of": "retail"},
}


def base_amount(api, **asked):
    price = told(api.post("products/desk/evaluate", {"choices": {}, **asked}))["price"]
    return price["price_list"], price["lines"][0]["amount"]


def test_a_list_that_is_made_holds_at_once(api):
    answer = api.post("price-lists", {**DEALERS, "derived": {"of": "retail", "percent": -40}})
    assert answer.status_code == 201
    shapes.PriceList.model_validate(told(answer))
    assert base_amount(api, channel="dealers") == ("dealers", "174.00")


def test_replaced_terms_hold_at_once_and_what_is_not_said_has_its_default(api):
    api.post("price-lists", DEALERS)
    answer = api.call(
        "PUT",
        "price-lists/dealers",
        {"name": "D", "currency": "EUR", "derived": {"of": "retail", "percent": 10}},
    )
    assert (told(answer)["name"], told(answer)["channel"], told(answer)["derived"]["percent"]) == (
        "D",
        None,
        10,
    )
    assert base_amount(api, price_list="dealers") == ("dealers", "319.00")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"currency": "EUX"}, "/currency"),
        ({"derived": {"of": "retale"}}, "/derived/of"),
        ({"derived": {"of": "retail", "factor": 0}}, "/derived/factor"),
        ({"derived": {"of": "re-tail"}}, "/derived/of"),
        ({"derived": {"of": "retail", "percent": -100}}, "/derived/percent"),
        ({"tax_rate": 101}, "/tax_rate"),
        ({"rounding_increment": 0}, "/rounding_increment"),
        ({"taxes": [{"label": {"de": "Steuer"}, "rate": 19}]}, "/taxes/0/label"),
        ({"valid_from": "2027-01-01"}, "/valid_from"),
        ({"is_default": True, "channel": None, "derived": None}, ""),
    ],
)
def test_a_list_that_cannot_be_is_refused_at_its_place(api, changes, pointer):
    answer = api.post("price-lists", {**DEALERS, **changes})
    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")
    assert told(answer)["errors"][0]["pointer"] == pointer
    assert not PriceList.objects.filter(key="dealers").exists()


def test_a_list_becomes_the_default_in_place_of_the_one_before(api):
    api.post(
        "price-lists",
        {"key": "spring", "name": "Spring", "currency": "EUR", "derived": {"of": "retail"}},
    )
    assert base_amount(api)[0] == "retail"
    for _ in range(2):
        answer = api.call("PUT", "price-lists/spring/default")
        assert (answer.status_code, told(answer)["is_default"]) == (200, True)
        assert base_amount(api)[0] == "spring"
    assert not told(api.get("price-lists/retail"))["is_default"]


def test_only_a_list_for_everybody_becomes_the_default(api):
    api.post("price-lists", DEALERS)
    answer = api.call("PUT", "price-lists/dealers/default")
    assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, "/is_default")
    assert api.call("PUT", "price-lists/nowhere/default").status_code == 404
    assert base_amount(api)[0] == "retail"


def test_a_list_keeps_its_currency(api):
    answer = api.call("PUT", "price-lists/trade", {"name": "Trade", "currency": "USD"})
    assert told(answer)["errors"][0]["pointer"] == "/currency"


def test_amounts_that_are_right_are_kept_and_wrong_ones_told_by_row(api):
    rows = [
        {"product": "desk", "line": "base", "amount": "299.90"},
        {"product": "desk", "line": "top", "value": "marble", "amount": 5},
    ]
    report = told(api.post("price-lists/retail/amounts", {"rows": rows}))
    assert (report["created"], report["refused"], report["errors"][0]["row"]) == (1, 1, 2)
    assert report["errors"][0]["column"] == "value"
    assert base_amount(api) == ("retail", "299.90")


def test_a_dry_run_keeps_nothing(api):
    rows = [{"product": "desk", "line": "base", "amount": 299.9}]
    report = told(api.post("price-lists/retail/amounts", {"rows": rows, "dry_run": True}))
    assert (report["created"], report["told"]) == (1, "1 price changes, median +3.4%, 0 stay.")
    assert base_amount(api) == ("retail", "290.00")


def test_null_takes_an_amount_away(api):
    row = {"product": "desk", "line": "base"}
    api.post("price-lists/retail/amounts", {"rows": [{**row, "amount": 1}]})
    assert (
        told(api.post("price-lists/retail/amounts", {"rows": [{**row, "amount": None}]}))["deleted"]
        == 1
    )
    assert base_amount(api) == ("retail", "290.00")


def test_amounts_are_read_page_by_page(api):
    values = ("glass", "oak", "laminate")
    rows = [
        {"product": "desk", "line": "top", "value": value, "amount": "180 * area"}
        for value in values
    ]
    api.post("price-lists/retail/amounts", {"rows": rows})
    first = told(api.get("price-lists/retail/amounts?limit=2&product=desk"))
    rest = told(api.get(first["next"].partition("/api/v1/")[2]))
    assert [each["value"] for page in (first, rest) for each in page["data"]] == list(values)
    assert rest["next"] is None


def test_lists_are_read_page_by_page(api):
    first = told(api.get("price-lists?limit=1"))
    rest = told(api.get(first["next"].partition("/api/v1/")[2]))
    assert [each["key"] for page in (first, rest) for each in page["data"]] == ["retail", "trade"]


def test_a_list_that_would_leave_products_without_a_price_says_how_many(api):
    terms = {
        "name": "Retail",
        "currency": "EUR",
        "tax_rate": 19,
        "is_default": True,
        "own_lines_only": True,
    }
    answer = api.call("PUT", "price-lists/retail", terms)
    assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, "/own_lines_only")
    assert "1 product would have no price in this list: desk" in told(answer)["errors"][0]["detail"]
    assert base_amount(api)[0] == "retail"
    assert api.call("PUT", "price-lists/retail", {**terms, "accept_lost": True}).status_code == 200
    assert told(api.post("products/desk/evaluate", {"choices": {}}))["price"] is None
