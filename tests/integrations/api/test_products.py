"""What a caller reads of products, and what follows from choices."""

from datetime import UTC, date, datetime

import pytest

from catalog.models import Product
from catalog.operations import publish
from configurator.answering import configurations_of
from configurator.offers import published
from integrations.api.v1.shapes import products as shapes
from integrations.api.v1.shapes.evaluations import Evaluation, Price, Why
from integrations.api.v1.shapes.problems import ConflictProblem
from pricing.calendar import Calendar, Schedule
from pricing.models import ListAmount, TaxRate, WorkCalendar
from tests.api import Api, make_shop, told
from tests.examples.desk import desk
from tests.factories import make_product, make_version

pytestmark = pytest.mark.database


def test_the_list_has_published_products_only(api, shop):
    make_product(shop, desk(product="draft"))

    page = told(api.get("products"))

    assert [product["key"] for product in page["data"]] == ["desk"]
    assert page["next"] is None


def test_pages_follow_each_other_without_gaps_or_doubles(api, shop):
    for key in ("bench", "chair", "shelf"):
        make_version(shop, desk(product=key))
    seen, path = [], "products?limit=2"
    while path:
        page = told(api.get(path))
        shapes.ProductPage.model_validate(page)
        seen += [product["key"] for product in page["data"]]
        path = page["next"] and page["next"].partition("/api/v1/")[2]

    assert seen == ["bench", "chair", "desk", "shelf"]


def test_a_list_tells_names_as_they_were_published(api, shop):
    Product.objects.for_merchant(shop).update(name="Not yet published")

    assert told(api.get("products?locale=de"))["data"][0]["name"] == "Schreibtisch"


def test_a_product_has_the_shape_that_is_documented(api):
    shapes.Product.model_validate(told(api.get("products/desk")))


def test_a_product_tells_all_that_a_front_end_needs(api):
    product = told(api.get("products/desk"))

    assert [step["key"] for step in product["steps"]] == ["look", "size"]
    assert product["steps"][0]["groups"][0]["options"] == ["frame", "top"]
    assert [option["key"] for option in product["options"]][:3] == ["frame", "top", "width"]
    assert product["options"][2]["number"] == {
        "first": 1000,
        "last": 2000,
        "step": 10,
        "unit": "mm",
    }
    assert product["presets"][0]["choices"]["width"] == 1600
    assert [each["key"] for each in product["price_lists"]] == ["retail", "trade"]
    assert product["default_price_list"] == "retail"
    assert product["locales"] == ["de"]


def test_texts_come_in_the_language_asked_for(api):
    product = told(api.get("products/desk?locale=de"))

    assert product["name"] == "Schreibtisch"
    assert product["options"][0]["values"][1]["label"] == "Eiche"


def test_an_older_version_can_still_be_read(api, shop):
    make_version(shop, desk(name="Desk, second edition"))

    assert told(api.get("products/desk?version=1"))["name"] == "Desk"
    assert told(api.get("products/desk?version=2"))["versions"] == [2, 1]


def test_versions_are_listed_newest_first(api, shop):
    make_version(shop, desk(name="Desk, second edition"))
    page = told(api.get("products/desk/versions?limit=1"))
    following = told(api.get(page["next"].partition("/api/v1/")[2]))

    assert [version["number"] for version in page["data"] + following["data"]] == [2, 1]
    assert following["next"] is None


def test_a_product_that_did_not_change_is_not_sent_again(api):
    first = api.get("products/desk")

    again = api.get("products/desk", If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["products/sofa", "products/desk?version=9", "products/sofa/versions"]
)
def test_what_is_not_there_is_not_found(api, path):
    response = api.get(path)

    assert (response.status_code, told(response)["code"]) == (404, "not-found")


def test_an_evaluation_has_the_shape_that_is_documented(api):
    response = api.post("products/desk/evaluate", {"choices": {"frame": "oak", "extras": ["lamp"]}})

    assert response.status_code == 200
    Evaluation.model_validate(told(response))


def test_choices_and_changes_lead_to_one_answer(api):
    separate = told(
        api.post(
            "products/desk/evaluate", {"choices": {"frame": "oak"}, "changes": {"width": 1600}}
        )
    )
    together = told(
        api.post("products/desk/evaluate", {"choices": {"frame": "oak", "width": 1600}})
    )

    assert separate == together


def test_a_null_retracts_a_choice(api):
    answer = told(
        api.post(
            "products/desk/evaluate", {"choices": {"frame": "oak"}, "changes": {"frame": None}}
        )
    )

    assert answer["choices"] == {}


def test_the_price_list_is_the_one_named(api):
    answer = told(api.post("products/desk/evaluate", {"choices": {}, "price_list": "trade"}))

    assert (answer["price"]["price_list"], answer["price"]["shows"]) == ("trade", "net")


def test_quantity_multiplies_price_and_parts(api):
    answer = told(api.post("products/desk/evaluate", {"choices": {}, "quantity": 3}))

    assert answer["quantity"] == 3
    assert float(answer["price"]["total"]) == 3 * float(answer["price"]["unit_total"])
    assert {item["key"]: item["quantity"] for item in answer["bom"]}["frame"] == 3


def test_the_answer_speaks_the_language_asked_for(api):
    answer = told(api.post("products/desk/evaluate", {"choices": {}, "locale": "de"}))

    assert answer["options"]["frame"]["told"] == "Stahl"


def test_a_clash_is_a_problem_that_holds_the_ways_out_and_the_evaluation(api):
    response = api.post(
        "products/desk/evaluate", {"choices": {"frame": "oak"}, "changes": {"top": "glass"}}
    )
    problem = told(response)

    assert response.status_code == 409
    ConflictProblem.model_validate(problem)
    assert problem["detail"] == "A glass top needs the steel frame."
    assert sorted(problem["conflict"]) == ["frame", "top"]
    assert problem["repairs"] == [{"frame": "steel", "top": "glass"}]
    assert problem["evaluation"]["choices"] == {"frame": "oak"}


def test_a_repair_sent_as_changes_ends_the_clash(api):
    asked = {"choices": {"frame": "oak"}, "changes": {"top": "glass"}}
    repair = told(api.post("products/desk/evaluate", asked))["repairs"][0]

    response = api.post("products/desk/evaluate", {**asked, "changes": repair})

    assert response.status_code == 200
    assert told(response)["values"]["top"] == "glass"


def test_a_new_version_is_answered_once_the_process_has_heard_of_it(api, shop):
    from catalog.memory import forget_all

    publish(make_product(shop, desk(name="Desk, second edition")))
    forget_all()

    assert told(api.post("products/desk/evaluate", {"choices": {}}))["version"] == 2


def test_a_warm_evaluation_asks_only_whether_prices_changed(api, django_assert_num_queries):
    asked = {"choices": {"frame": "oak"}}
    api.post("products/desk/evaluate", asked)

    with django_assert_num_queries(1):
        api.post("products/desk/evaluate", asked)


def test_an_evaluation_keeps_nothing(api, shop, django_assert_num_queries):
    other = Api(make_shop("other"))
    for caller in (api, other):
        caller.post("products/desk/evaluate", {"choices": {}}, Idempotency_Key="ignored-here")
    from configurator.models import Configuration
    from integrations.access.models import KeptAnswer

    assert not Configuration.objects.exists()
    assert not KeptAnswer.objects.exists()


def test_the_day_of_being_ready_stands_beside_lead_time_values_and_ways_out(api, shop):
    WorkCalendar.objects.create(merchant=shop)
    asked = {"choices": {"frame": "steel", "top": "glass"}, "at": "2026-12-14T08:00:00Z"}
    evaluation = told(api.post("products/desk/evaluate", asked))
    days, ready_on = evaluation["lead_time"]["days"], evaluation["lead_time"]["ready_on"]
    assert ready_on == Schedule(Calendar(), date(2026, 12, 14)).ready_on(days).isoformat()
    oak = evaluation["options"]["top"]["values"]["oak"]
    then = Schedule(Calendar(), date(2026, 12, 14)).ready_on(days + oak["days_difference"])
    assert oak["ready_on"] == then.isoformat() != ready_on


def test_a_price_of_another_day_can_be_asked(api, shop):
    product = shop.products.get(key="desk")
    ListAmount.objects.create(
        price_list=shop.price_lists.get(key="retail"),
        product=product,
        line="base",
        amount="310",
        valid_from=datetime(2027, 1, 1, tzinfo=UTC),
    )
    prices = [
        told(api.post("products/desk/evaluate", {"choices": {"frame": "steel"}, "at": at}))[
            "price"
        ]["lines"][0]
        for at in ("2026-12-31T23:59:59Z", "2027-01-01T01:00:00+01:00")
    ]
    assert [line["amount"] for line in prices] == ["290.00", "310.00"]


def test_a_time_without_offset_is_refused(api):
    response = api.post("products/desk/evaluate", {"choices": {}, "at": "2027-01-01T00:00:00"})
    assert (response.status_code, told(response)["errors"][0]["pointer"]) == (400, "/at")


def test_who_buys_and_where_decide_on_list_and_tax(api, shop):
    shop.price_lists.filter(key="trade").update(channel="trade")
    TaxRate.objects.create(merchant=shop, country="AT", rate=20, label="USt.")
    price = told(
        api.post("products/desk/evaluate", {"choices": {}, "channel": "trade", "country": "AT"})
    )["price"]
    assert (price["price_list"], price["price_list_because"]) == ("trade", "channel")
    assert (price["tax_rate"], price["tax_label"], price["tax_from"]) == ("20", "USt.", "country")
    unknown = told(api.post("products/desk/evaluate", {"choices": {}, "country": "FR"}))["price"]
    assert (unknown["tax_known"], unknown["tax"], unknown["tax_from"]) == (False, None, "unknown")


def test_costs_are_told_only_to_who_may_see_them_and_asks(shop):
    asked = {"choices": {}, "costs": True}
    assert (
        Api(shop, ["configurator:evaluate"]).post("products/desk/evaluate", asked).status_code
        == 403
    )
    assert "margin" in told(Api(shop).post("products/desk/evaluate", asked))["price"]
    assert "margin" not in told(Api(shop).post("products/desk/evaluate", {"choices": {}}))["price"]


def test_why_is_told_only_to_who_may_see_it_and_asks(shop):
    asked = {"choices": {"frame": "oak"}, "why": True}
    refused = Api(shop, ["configurator:evaluate"]).post("products/desk/evaluate", asked)
    assert (refused.status_code, told(refused)["scope"]) == (403, "pricing:read")
    price = told(Api(shop).post("products/desk/evaluate", asked))["price"]
    assert [each["key"] for each in price["why"]] == [each["key"] for each in price["lines"]]
    assert price["why_text"].startswith("Desk: €290.00")
    Price.model_validate(price)


# ---- explanations, ways out, trace ---------------------------------------------------------------

CLASH = {"choices": {"top": "glass", "width": 2000}, "changes": {"frame": "oak"}}


def test_one_explanation_is_told_unless_all_are_asked_for(api):
    few = told(api.post("products/desk/evaluate", CLASH))["evaluation"]["conflict"]
    everything = told(api.post("products/desk/evaluate", {**CLASH, "explanations": "all"}))[
        "evaluation"
    ]["conflict"]

    assert len(few["explanations"]) == 1
    assert [each["told"] for each in everything["explanations"]] == [
        "A glass top needs the steel frame. Because of Frame: Oak; Top: Glass.",
        "An oak frame carries up to 1800 mm. Because of Frame: Oak; Width: 2000 mm.",
    ]
    assert everything["explained"]


def test_all_ways_out_begin_with_those_told_unasked(api):
    clash = {"choices": {"frame": "oak"}, "changes": {"top": "glass", "width": 1900}}
    few = told(api.post("products/desk/evaluate", clash))["evaluation"]["conflict"]
    everything = told(api.post("products/desk/evaluate", {**clash, "repairs": "all"}))[
        "evaluation"
    ]["conflict"]

    assert everything["repairs"][: len(few["repairs"])] == few["repairs"]
    assert not everything["more"]


@pytest.mark.parametrize(
    "wrong", [{"explanations": 2}, {"explanations": True}, {"repairs": 4}, {"trace": "yes"}]
)
def test_how_many_is_one_of_the_words_that_are_known(api, wrong):
    response = api.post("products/desk/evaluate", {"choices": {}, **wrong})

    assert (response.status_code, told(response)["code"]) == (400, "malformed-input")
    assert told(response)["errors"][0]["detail"].startswith("expected ")


def test_a_trace_tells_what_was_in_force_and_changes_nothing_else(api):
    plain = told(api.post("products/desk/evaluate", {"choices": {"frame": "oak"}}))
    traced = told(api.post("products/desk/evaluate", {"choices": {"frame": "oak"}, "trace": True}))
    trace = traced.pop("trace")

    assert traced == plain
    assert "wide_oak_frame" in [reason["key"] for reason in trace["in_force"]]
    assert "glass_needs_steel" not in [reason["key"] for reason in trace["in_force"]]
    assert [reason["key"] for reason in trace["narrowed"]["top"]] == ["glass_needs_steel"]
    assert trace["answers_remembered"] == 1


def test_a_conflict_has_a_trace_too(api):
    trace = told(api.post("products/desk/evaluate", {**CLASH, "trace": True}))["evaluation"][
        "trace"
    ]

    assert trace["solver_calls"] > 0
    assert trace["propagations"] > 0


def test_why_a_value_cannot_be_had(api):
    response = api.post(
        "products/desk/why", {"choices": {"frame": "oak"}, "option": "top", "value": "glass"}
    )

    assert response.status_code == 200
    Why.model_validate(told(response))
    (explanation,) = told(response)["explanations"]
    assert explanation["told"] == "A glass top needs the steel frame. Because of Frame: Oak."


def test_why_a_value_is_set(api):
    body = {"choices": {"top": "glass"}, "option": "frame", "explanations": "all", "locale": "de"}
    answer = told(api.post("products/desk/why", body))

    assert (answer["value"], answer["source"], answer["explained"]) == ("steel", "inferred", True)
    assert [each["told"] for each in answer["explanations"]] == [
        "Eine Glasplatte braucht das Stahlgestell. Wegen Platte: Glas."
    ]


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"choices": {}, "option": "tpo"}, "/option"),
        ({"choices": {}, "option": "top", "value": "marble"}, "/value"),
        ({"choices": {"top": "marble"}, "option": "top"}, "/choices/top"),
    ],
)
def test_a_question_about_what_is_not_there_is_malformed(api, body, pointer):
    response = api.post("products/desk/why", body)

    assert (response.status_code, told(response)["code"]) == (400, "choices-malformed")
    assert told(response)["errors"][0]["pointer"] == pointer


def test_configurations_are_counted_with_choices_and_without(api, shop):
    product = published(shop.slug, "desk").product
    everything = told(api.post("products/desk/count", {}))
    assert everything["exact"]
    assert everything["least"] == everything["most"] == str(configurations_of(product).least)
    parts = [
        told(api.post("products/desk/count", {"choices": {"frame": key}}))
        for key in ("steel", "oak")
    ]
    assert sum(int(part["least"]) for part in parts) == int(everything["least"])
    assert (
        told(api.post("products/desk/count", {"choices": {"frame": "oak", "top": "glass"}}))["most"]
        == "0"
    )
    assert (
        told(api.post("products/desk/count", {"choices": {"frame": "gold"}}))["code"]
        == "choices-malformed"
    )
