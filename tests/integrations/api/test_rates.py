"""Exchange rates, tax rates, calendar, thresholds and limits, as a system that owns them writes
them.
"""

from decimal import Decimal

import pytest

from integrations.api.v1.shapes import rates as shapes
from integrations.api.v1.shapes.price_rules import PriceThreshold
from pricing.models import ClosedDays, ExchangeRate, TaxRate
from tests.api import Api, make_shop, told
from tests.examples.desk import desk

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SINCE = "2026-01-01T00:00:00+00:00"
THRESHOLD = {"key": "large", "measure": "total_over", "limit": 1000, "currency": "EUR"}


def rate(into="CHF", number=0.94, **parts):
    return {"currency": "EUR", "into": into, "rate": number, "valid_from": SINCE, **parts}


def evaluated(api, **asked):
    return told(api.post("products/desk/evaluate", {"choices": {}, **asked}))


def counts(answer):
    report = told(answer)
    shapes.RatesReport.model_validate(report)
    return tuple(report[name] for name in ("created", "changed", "deleted", "unchanged", "refused"))


def test_an_exchange_rate_holds_from_the_next_request_on(api):
    swiss = {
        "key": "swiss",
        "name": "CH",
        "currency": "CHF",
        "channel": "ch",
        "derived": {"of": "retail"},
    }
    api.post("price-lists", swiss)
    assert "exchange rate" in evaluated(api, channel="ch")["price_problem"]
    api.post("exchange-rates", {"rows": [rate(number=2)]})
    assert evaluated(api, channel="ch")["price"]["lines"][0]["amount"] == "580.00"
    api.post("exchange-rates", {"rows": [rate(number=0.5)]})
    assert evaluated(api, channel="ch")["price"]["lines"][0]["amount"] == "145.00"


def test_right_rows_are_kept_and_wrong_ones_told_by_row(api, shop):
    rows = [rate(), rate("EUX"), rate("USD", -1), rate("USD", valid_from="2026"), rate(number=0.95)]
    answer = api.post("exchange-rates", {"rows": rows})
    assert counts(answer) == (1, 0, 0, 0, 4)
    places = [(each["row"], each["column"]) for each in told(answer)["errors"]]
    assert places == [(2, "into"), (3, ""), (4, "valid_from"), (5, "valid_from")]
    assert ExchangeRate.objects.get(merchant=shop).rate == Decimal("0.94")


def test_setting_the_same_rates_again_changes_nothing(api):
    rows = {"rows": [rate(), rate("USD", 1.1)]}
    assert counts(api.post("exchange-rates", rows)) == (2, 0, 0, 0, 0)
    assert counts(api.post("exchange-rates", rows)) == (0, 0, 0, 2, 0)
    changed = {"rows": [rate(number=0.95), rate("USD", None), rate("SEK", None)]}
    assert counts(api.post("exchange-rates", {**changed, "dry_run": True})) == (0, 1, 1, 1, 0)
    assert counts(api.post("exchange-rates", changed)) == (0, 1, 1, 1, 0)
    (left,) = told(api.get("exchange-rates"))["data"]
    assert (left["into"], left["rate"]) == ("CHF", "0.95")


def test_a_tax_rate_holds_from_the_next_request_on(api):
    assert evaluated(api, country="AT")["price"]["tax_rate"] == "19"
    row = {"country": "AT", "rate": 20, "label": {"default": "VAT", "de": "USt."}}
    assert counts(api.post("tax-rates", {"rows": [row]})) == (1, 0, 0, 0, 0)
    price = evaluated(api, country="AT", locale="de")["price"]
    assert (price["tax_rate"], price["tax_label"], price["tax_from"]) == ("20", "USt.", "country")
    assert counts(api.post("tax-rates", {"rows": [row]})) == (0, 0, 0, 1, 0)
    (kept,) = told(api.get("tax-rates"))["data"]
    shapes.TaxRate.model_validate(kept)
    assert (kept["label"], kept["region"]) == ({"default": "VAT", "de": "USt."}, None)


def test_wrong_tax_rates_are_told_by_row_and_the_others_kept(api, shop):
    rows = [
        {"country": "at", "rate": 20},
        {"country": "AT", "rate": 101},
        {"country": "CA", "region": "ON", "rate": 13},
        {"country": "CA", "rate": 5, "valid_from": SINCE, "valid_until": SINCE},
    ]
    answer = api.post("tax-rates", {"rows": rows})
    assert counts(answer) == (1, 0, 0, 0, 3)
    assert [each["row"] for each in told(answer)["errors"]] == [1, 2, 4]
    assert TaxRate.objects.get(merchant=shop).region == "ON"


@pytest.mark.parametrize("path", ["exchange-rates", "tax-rates"])
def test_rates_of_others_are_neither_read_nor_written(api, path):
    other = Api(make_shop("other", desk(product="bureau")))
    row = rate() if path == "exchange-rates" else {"country": "AT", "rate": 20}
    other.post(path, {"rows": [row]})
    assert told(api.get(path))["data"] == []
    assert counts(api.post(path, {"rows": [{**row, "rate": None}]})) == (0, 0, 0, 1, 0)
    assert len(told(other.get(path))["data"]) == 1


def test_rates_are_read_page_by_page(api):
    api.post("exchange-rates", {"rows": [rate(each) for each in ("CHF", "USD", "SEK")]})
    first = told(api.get("exchange-rates?limit=2"))
    rest = told(api.get(first["next"].partition("/api/v1/")[2]))
    assert [each["into"] for page in (first, rest) for each in page["data"]] == [
        "CHF",
        "USD",
        "SEK",
    ]


# ---- calendar ------------------------------------------------------------------------------------


def test_a_calendar_holds_from_the_next_request_on(api):
    assert api.get("calendar").status_code == 404
    assert evaluated(api)["lead_time"]["ready_on"] is None
    body = {
        "time_zone": "Europe/Berlin",
        "working_days": ["monday"],
        "closed": [{"first": "2026-12-24"}],
    }
    answer = told(api.call("PUT", "calendar", body))
    shapes.Calendar.model_validate(answer)
    assert answer["closed"] == [{"first": "2026-12-24", "last": "2026-12-24", "name": ""}]
    on_mondays = evaluated(api)["lead_time"]["ready_on"]
    api.call("PUT", "calendar", {"order_until": "14:00"})
    assert on_mondays > evaluated(api)["lead_time"]["ready_on"]
    assert told(api.get("calendar"))["order_until"] == "14:00"
    assert api.call("DELETE", "calendar").status_code == 200
    assert evaluated(api)["lead_time"]["ready_on"] is None


def test_the_same_calendar_again_is_the_same(api, shop):
    body = {"closed": [{"first": "2026-12-24", "last": "2027-01-01", "name": "Christmas"}]}
    first, second = (told(api.call("PUT", "calendar", body)) for _ in range(2))
    assert first == second
    assert ClosedDays.objects.filter(merchant=shop).count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"working_days": []}, "/working_days"),
        ({"working_days": ["someday"]}, "/working_days/0"),
        ({"order_until": "2 pm"}, "/order_until"),
        ({"closed": [{"first": "24.12.2026"}]}, "/closed/0/first"),
        ({"closed": [{"first": "2026-12-24", "last": "2026-12-23"}]}, "/closed/0/last"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_at_its_place_and_nothing_kept(api, body, pointer):
    answer = api.call("PUT", "calendar", body)
    assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, pointer)
    assert api.get("calendar").status_code == 404


# ---- thresholds and limits -----------------------------------------------------------------------


def test_a_threshold_is_made_replaced_and_deleted(api):
    made = api.post("price-thresholds", {**THRESHOLD, "product": "desk"})
    assert made.status_code == 201
    PriceThreshold.model_validate(told(made))
    replaced = told(
        api.call(
            "PUT",
            "price-thresholds/large",
            {"measure": "margin_percent_below", "limit": 12.5, "name": "Thin"},
        )
    )
    assert (replaced["limit"], replaced["currency"], replaced["product"]) == ("12.5", None, None)
    assert [each["key"] for each in told(api.get("price-thresholds"))["data"]] == ["large"]
    assert told(api.call("DELETE", "price-thresholds/large")) == replaced
    assert api.get("price-thresholds/large").status_code == 404


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"currency": None}, ""),
        ({"currency": "EUX"}, "/currency"),
        ({"measure": "margin_percent_below"}, ""),
        ({"product": "nothing"}, "/product"),
        ({"price_list": "nothing"}, "/price_list"),
        ({"price_list": "trade", "currency": "USD"}, "/currency"),
        ({"limit": "much"}, "/limit"),
    ],
)
def test_a_threshold_that_cannot_be_is_refused_at_its_place(api, changes, pointer):
    answer = api.post("price-thresholds", {**THRESHOLD, **changes})
    assert answer.status_code == 400
    assert pointer in [each["pointer"] for each in told(answer)["errors"]]


def test_a_key_that_is_taken_is_refused(api):
    api.post("price-thresholds", THRESHOLD)
    assert told(api.post("price-thresholds", THRESHOLD))["errors"][0]["pointer"] == "/key"


def test_limits_are_read_and_written_as_a_whole(api):
    none = dict.fromkeys(("greatest_discount", "greatest_surcharge", "least_over_cost"))
    assert told(api.get("price-limits")) == none
    kept = told(api.call("PUT", "price-limits", {"greatest_discount": 12.5, "least_over_cost": 5}))
    assert (
        kept
        == told(api.get("price-limits"))
        == {**none, "greatest_discount": "12.5", "least_over_cost": "5"}
    )
    assert told(api.call("PUT", "price-limits", {})) == none


@pytest.mark.parametrize("body", [{"greatest_discount": 101}, {"least_over_cost": -1}])
def test_limits_that_are_no_percentages_are_refused(api, body):
    answer = api.call("PUT", "price-limits", body)
    assert told(answer)["errors"][0]["pointer"] == f"/{next(iter(body))}"
