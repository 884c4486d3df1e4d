"""Configurations are found by what the caller's own system calls them, and in pages that hold while
rows are written.
"""

from datetime import datetime, timedelta

import pytest

from configurator.models import Configuration
from integrations.api.pagination import PART
from tests.api import Api, make_shop, told
from tests.examples.desk import desk

pytestmark = pytest.mark.database

DESK = {"product": "desk", "choices": {"frame": "oak"}}
MARKED = {
    **DESK,
    "reference": "SO-1/10",
    "metadata": {"order": "SO-1"},
    "customer": "C-1",
    "country": "DE",
}


@pytest.fixture
def made(api):
    return told(api.post("configurations", MARKED))


def ids(api, query):
    return [each["id"] for each in told(api.get(f"configurations?{query}"))["data"]]


def following(page):
    return page["next"].partition("/api/v1/")[2]


def test_a_configuration_tells_what_was_written_on_it_and_who_buys(api, made):
    read = told(api.get(f"configurations/{made['id']}"))

    assert (read["reference"], read["metadata"]) == ("SO-1/10", {"order": "SO-1"})
    assert read["buyer"] == {
        "channel": None,
        "customer_group": None,
        "customer": "C-1",
        "country": "DE",
        "region": None,
        "tax_status": None,
    }
    assert read["updated_at"] == read["changed_at"]


@pytest.mark.parametrize(
    "query",
    ["reference=SO-1/10", "metadata=order", "metadata=order:SO-1", "customer=C-1"],
)
def test_it_is_found_by_each_of_them(api, made, query):
    api.post("configurations", DESK)

    assert ids(api, query) == [made["id"]]


@pytest.mark.parametrize(
    "query",
    ["reference=SO-1", "metadata=line", "metadata=order:SO-2", "metadata=order:", "customer=C"],
)
def test_what_has_another_is_not_found(api, made, query):
    assert ids(api, query) == []


def test_a_reference_names_one_configuration(api, made):
    again = api.post("configurations", MARKED)

    assert (again.status_code, told(again)["code"]) == (409, "reference-taken")
    assert told(again)["configuration"] == made["id"]
    assert Configuration.objects.count() == 1


def test_another_merchant_may_have_the_same_reference(api, made):
    other = Api(make_shop("other", desk(product="bureau")))

    assert other.post("configurations", {**MARKED, "product": "bureau"}).status_code == 201


def test_a_reference_moves_when_it_is_taken_from_the_one_before(api, made):
    copy = told(api.post("configurations", DESK))
    assert api.patch(f"configurations/{copy['id']}", {"reference": "SO-1/10"}).status_code == 409

    api.patch(f"configurations/{made['id']}", {"reference": None})
    moved = api.patch(f"configurations/{copy['id']}", {"reference": "SO-1/10"})

    assert told(moved)["reference"] == "SO-1/10"


def test_metadata_that_is_not_named_stays_and_null_takes_away(api, made):
    path = f"configurations/{made['id']}"
    api.patch(path, {"metadata": {"line": "10", "plant": "2"}})

    read = told(api.patch(path, {"metadata": {"plant": None, "line": "20"}}))

    assert read["metadata"] == {"line": "20", "order": "SO-1"}
    assert read["reference"] == "SO-1/10"


def test_at_most_fifty_entries_are_kept(api, made):
    path = f"configurations/{made['id']}"
    some = {f"k{number}": "v" for number in range(49)}
    assert api.patch(path, {"metadata": some}).status_code == 200

    answer = api.patch(path, {"metadata": {"one_more": "v"}})

    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")
    assert told(answer)["errors"][0]["pointer"] == "/metadata"
    assert "one_more" not in told(api.get(path))["metadata"]


@pytest.mark.parametrize(
    "written",
    [
        {"reference": ""},
        {"reference": " SO"},
        {"reference": "x" * 101},
        {"metadata": {"1": "digit first"}},
        {"metadata": {"a:b": "colon"}},
        {"metadata": {"a": 1}},
        {"metadata": {"a": "x" * 501}},
    ],
)
def test_what_cannot_be_found_again_is_refused(api, made, written):
    assert api.post("configurations", {**DESK, **written}).status_code == 400
    assert api.patch(f"configurations/{made['id']}", written).status_code == 400


def test_a_completed_one_takes_marks_and_nothing_else(api, made):
    path = f"configurations/{made['id']}"
    done = told(api.post(f"{path}/complete", {}))

    marked = api.patch(path, {"reference": "INV-9", "metadata": {"invoice": "9"}})
    refused = [api.patch(path, each) for each in ({"quantity": 3}, {"customer": "C-2"})]

    assert marked.status_code == 200
    assert [(each.status_code, told(each)["code"]) for each in refused] == [
        (409, "configuration-completed")
    ] * 2
    now = told(api.get(path))
    changed = {"reference", "metadata", "revision", "changed_at", "updated_at"}
    assert {name for name in now if now[name] != done[name]} == changed


def test_another_buyer_pays_the_tax_of_the_country(api, made):
    api.call("POST", "tax-rates", {"rows": [{"country": "FR", "rate": 20, "label": "TVA"}]})

    moved = told(api.patch(f"configurations/{made['id']}", {"country": "FR", "customer": None}))

    assert moved["evaluation"]["price"]["tax_rate"] == "20"
    assert (moved["buyer"]["country"], moved["buyer"]["customer"]) == ("FR", None)
    assert ids(api, "customer=C-1") == []


def test_another_quantity_is_priced(api, made):
    more = told(api.patch(f"configurations/{made['id']}", {"quantity": 3}))

    assert (more["quantity"], more["evaluation"]["quantity"]) == (3, 3)
    assert more["buyer"] == made["buyer"]


def test_changing_nothing_leaves_the_revision(api, made):
    same = {"reference": "SO-1/10", "metadata": {"order": "SO-1"}, "customer": "C-1"}

    assert told(api.patch(f"configurations/{made['id']}", same))["revision"] == made["revision"]


def test_what_was_updated_since_comes_in_the_order_of_its_change(api):
    first, second, third = (told(api.post("configurations", DESK)) for _ in range(3))
    touched = told(api.patch(f"configurations/{first['id']}", {"reference": "late"}))
    since = second["updated_at"].replace("+", "%2B")

    assert ids(api, f"updated_since={since}") == [second["id"], third["id"], first["id"]]
    later = datetime.fromisoformat(touched["updated_at"]) + timedelta(microseconds=1)
    assert ids(api, f"updated_since={later.isoformat().replace('+', '%2B')}") == []


def test_a_page_of_changes_misses_nothing_that_changes_meanwhile(api):
    first, second, third = (told(api.post("configurations", DESK)) for _ in range(3))
    since = first["updated_at"].replace("+", "%2B")
    page = told(api.get(f"configurations?limit=2&updated_since={since}"))
    assert [each["id"] for each in page["data"]] == [first["id"], second["id"]]
    api.patch(f"configurations/{second['id']}", {"reference": "moved"})

    rest = told(api.get(following(page)))

    assert [each["id"] for each in rest["data"]] == [third["id"], second["id"]]


def test_pages_hold_while_rows_come_and_go(api):
    made = [told(api.post("configurations", DESK))["id"] for _ in range(4)][::-1]
    page = told(api.get("configurations?limit=2"))
    api.post("configurations", DESK)
    Configuration.objects.get(public_id=page["data"][-1]["id"]).delete()

    rest = told(api.get(following(page)))

    assert [each["id"] for each in page["data"] + rest["data"]] == made


def test_a_page_of_another_list_is_no_page(api, made):
    api.post("configurations", DESK)
    word = following(told(api.get("configurations?limit=1"))).partition("after=")[2]
    since = made["updated_at"].replace("+", "%2B")

    for path in (f"quotes?after={word}", f"configurations?after={word}&updated_since={since}"):
        assert (api.get(path).status_code, told(api.get(path))["code"]) == (404, "not-found")


def test_only_the_fields_that_were_asked_for_come(api, made):
    answer = api.get("configurations?fields=id,reference")

    assert told(answer)["data"] == [{"id": made["id"], "reference": "SO-1/10"}]
    assert answer.headers["Content-Type"] == PART


def test_the_next_page_has_the_same_fields(api, made):
    api.post("configurations", DESK)

    page = told(api.get("configurations?fields=id&limit=1"))

    assert told(api.get(following(page)))["data"] == [{"id": made["id"]}]


def test_a_field_that_is_not_there_is_named(api):
    answer = api.get("products?fields=key,weight")

    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")
    assert told(answer)["errors"][0]["parameter"] == "fields"
    assert "there is no field weight" in told(answer)["errors"][0]["detail"]
