"""Definitions over the API: written whole and in parts, published as seen, compared and restored."""

import json

import pytest

from catalog import drafts
from catalog.models import Product
from configurator.offers import published
from integrations.api.v1.examples import DEFINITION, PART, VALUE
from tests.api import Api, told
from tests.examples.desk import desk
from tests.integrations.api.test_problems import problem_of

pytestmark = pytest.mark.database

BENCH = "products/bench/definition"
YAML = "application/yaml"


@pytest.fixture
def bench(api):
    """The digest of the draft of a bench that nobody has published."""
    return told(api.call("PUT", BENCH, DEFINITION))["draft"]


def test_what_is_read_is_what_is_written(api, shop):
    read = api.get("products/desk/definition")
    answer = told(api.call("PUT", "products/desk/definition", read.content))

    assert (answer["is_new"], answer["changes"]) == (False, [])
    assert f'"{answer["draft"]}"' == read.headers["ETag"]
    assert drafts.read(shop.products.get(key="desk")) == desk()


def test_a_file_that_says_the_same_leaves_every_row_in_place(api, shop, bench):
    product = shop.products.get(key="bench")
    before = [*product.options.values_list("pk", flat=True)]

    api.call("PUT", BENCH, DEFINITION)

    assert [*product.options.values_list("pk", flat=True)] == before


def test_yaml_says_what_json_says(api):
    text = api.get("products/desk/definition?prices=true&findings=true", Accept=YAML)
    assert text.headers["Content-Type"] == YAML
    sent = {"Content-Type": YAML, "If-Match": text.headers["ETag"]}

    answer = told(api.call("PUT", "products/desk/definition?prices=true", text.content, **sent))

    assert (answer["changes"], answer["prices"]) == ([], [])


def test_a_trial_tells_all_and_keeps_nothing(api, shop):
    document = told(api.get("products/desk/definition"))
    document["name"] = "Table"
    answer = told(api.call("PUT", "products/desk/definition?dry_run=true", document))
    new = told(api.call("PUT", f"{BENCH}?dry_run=true", DEFINITION))

    assert [each.partition(":")[0] for each in answer["changes"]] == ["The product"]
    assert (new["is_new"], new["dry_run"]) == (True, True)
    assert [each.key for each in shop.products.all()] == ["desk"]
    assert drafts.read(shop.products.get(key="desk")) == desk()


def test_a_draft_that_somebody_edited_is_not_replaced(api, bench):
    api.call("PUT", f"{BENCH}/rules/long_is_oak", PART)
    answer = api.call("PUT", BENCH, DEFINITION, If_Match=f'"{bench}"')

    problem_of(answer, 412, "changed-meanwhile")
    assert answer.headers["ETag"] == api.get(BENCH).headers["ETag"]


def test_prices_are_told_and_taken_only_when_asked(api, shop):
    file = told(api.get("products/desk/definition?prices=true"))
    file["price_lists"][0]["tax_rate"] = 7
    shown = told(api.call("PUT", "products/desk/definition", file))
    assert (len(shown["prices"]), shown["prices_taken"]) == (1, False)
    assert shop.price_lists.get(key="retail").terms().tax_rate == 19

    taken = told(api.call("PUT", "products/desk/definition?prices=true", file))

    assert taken["prices_taken"]
    assert shop.price_lists.get(key="retail").terms().tax_rate == 7


def test_a_first_product_takes_no_prices_unasked(api, shop):
    shop.products.get(key="desk").versions.all()._raw_delete("default")
    file = {**DEFINITION, "tax_rates": [{"tax_class": "standard", "country": "DE", "rate": 19}]}
    answer = told(api.call("PUT", BENCH, file))

    assert (len(answer["prices"]), answer["prices_taken"]) == (1, False)


@pytest.mark.parametrize(
    ("method", "query", "scope"),
    [("GET", "prices", "pricing:read"), ("PUT", "prices", "pricing:write")],
)
def test_prices_need_a_scope_of_their_own(shop, method, query, scope):
    api = Api(shop, ["catalog:inspect", "catalog:write"])
    body = None if method == "GET" else DEFINITION

    answer = api.call(method, f"products/desk/definition?{query}=true", body)

    assert problem_of(answer, 403, "scope-missing")["scope"] == scope


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({**DEFINITION, "product": "desk"}, "/product", "expected bench, or nothing"),
        ({**DEFINITION, "optoins": []}, "/optoins", "did you mean 'options'"),
        ({**DEFINITION, "options": [{"key": "Wood"}]}, "/options/0/key", "small letters"),
        ({**DEFINITION, "name": 7}, "/name", "a text"),
        ({**DEFINITION, "steps": []}, "/options/0/group", "there is no group 'looks'"),
    ],
)
def test_what_cannot_be_read_is_told_by_place_and_with_a_hint(api, body, pointer, detail):
    problem = problem_of(api.call("PUT", BENCH, body), 400, "malformed-input")

    assert any(
        error["pointer"] == pointer and detail in error["detail"] for error in problem["errors"]
    )


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b'{"name": "a", "name": "b"}', "application/json", 400, "malformed-json"),
        (b"{", "application/json", 400, "malformed-json"),
        (b"\xff", "application/json", 400, "malformed-json"),
        (b"a: [", YAML, 400, "malformed-input"),
        (b"a: !!python/object:os.system x", YAML, 400, "malformed-input"),
        (b"- 1", YAML, 400, "malformed-input"),
        (b"{}", "text/plain", 415, "unsupported-media-type"),
    ],
)
def test_a_body_that_is_no_definition_is_a_problem(api, content, media_type, status, code):
    answer = api.call("PUT", BENCH, content, **{"Content-Type": media_type})

    problem_of(answer, status, code)


def test_costs_are_read_and_told_only_with_the_scope_for_them(api, shop, bench):
    line = {"key": "base", "label": "Bench", "amount": 240, "cost": 171}
    api.call("PUT", f"{BENCH}/price_lines/base", line)
    narrow = Api(shop, ["catalog:inspect", "catalog:write"])
    for address in (BENCH, f"{BENCH}/price_lines", f"{BENCH}/price_lines/base"):
        assert problem_of(narrow.get(address), 403, "scope-missing")["scope"] == "pricing:cost"
    assert narrow.get(f"{BENCH}/rules").status_code == 200

    changed = narrow.call("PUT", f"{BENCH}/price_lines/base", {**line, "cost": 180})

    assert told(changed)["changes"] == ["Price line 'base': changed"]


def test_a_part_is_kept_at_its_place(api, bench):
    value = f"{BENCH}/options/wood/values/walnut"
    answer = api.call("PUT", f"{value}?before=ash", VALUE)
    keys = [each["key"] for each in told(api.get(f"{BENCH}/options/wood/values"))["data"]]

    assert (answer.status_code, told(answer)["changes"]) == (
        201,
        ["Option 'wood', value 'walnut': added"],
    )
    assert keys == ["oak", "walnut", "ash"]
    assert told(api.get(value)) == {"key": "walnut", **VALUE}
    assert told(api.call("PUT", value, VALUE))["changes"] == []
    assert told(api.call("DELETE", value))["draft"] == bench


def test_a_part_may_be_written_where_nobody_reads_it(api, bench):
    problem_of(api.call("PUT", f"{BENCH}/colours/red", {}), 404, "not-found")
    problem_of(api.call("PUT", f"{BENCH}/options/sofa/values/red", VALUE), 404, "not-found")
    problem_of(api.get(f"{BENCH}/rules/nothing"), 404, "not-found")
    problem_of(api.call("PUT", f"{BENCH}/rules/new?before=nothing", PART), 404, "not-found")


def test_what_is_wrong_in_a_part_is_told_from_the_part(api, bench):
    answer = api.call("PUT", f"{BENCH}/options/wood/values/walnut", {"lable": "x"})
    elsewhere = api.call("DELETE", f"{BENCH}/steps/make")

    problem = problem_of(answer, 400, "malformed-input")
    assert {error["pointer"] for error in problem["errors"]} == {"/label", "/lable"}
    told_elsewhere = problem_of(elsewhere, 400, "malformed")["errors"][0]
    assert (told_elsewhere["pointer"], "/options/0/group" in told_elsewhere["detail"]) == ("", True)


def test_lists_come_in_pages(api, bench):
    first = told(api.get(f"{BENCH}/options?limit=1"))
    second = told(api.get(first["next"].partition("/api/v1/")[2]))

    assert [each["key"] for each in (*first["data"], *second["data"])] == ["wood", "width"]
    assert second["next"] is None


def test_drafts_are_listed_by_when_they_were_edited(api, shop, bench):
    edited = told(api.get("definitions?limit=1"))["data"][0]["edited_at"]
    later = told(api.get(f"definitions?updated_since={edited.replace('+', '%2B')}"))["data"]

    assert "bench" in [each["product"] for each in later]
    assert told(api.get("definitions?updated_since=2999-01-01T00:00:00Z"))["data"] == []


def test_a_published_product_is_not_deleted_and_a_draft_is(api, shop, bench):
    problem_of(api.call("DELETE", "products/desk/definition"), 409, "product-published")
    assert api.call("DELETE", BENCH).status_code == 200
    assert not Product.objects.for_merchant(shop).filter(key="bench").exists()


def test_a_copy_has_the_draft_and_a_name_of_its_own(api, bench):
    answer = api.post("products/bench/copy", {"key": "garden", "name": "Garden bench"})
    document = told(api.get("products/garden/definition"))

    assert answer.status_code == 201
    assert (document["name"], document["options"]) == (
        "Garden bench",
        told(api.get(BENCH))["options"],
    )
    problem_of(api.post("products/bench/copy", {"key": "desk"}), 409, "key-taken")


def test_the_draft_that_was_seen_is_published_once(api, shop, bench):
    first = api.post("products/bench/publish", {"draft": bench, "note": "First"})
    again = api.post("products/bench/publish", {"draft": bench, "note": "First"})

    assert (first.status_code, told(first)["version"]) == (201, 1)
    assert (again.status_code, told(again)["is_new"]) == (200, False)
    assert published("joinery", "bench").version == 1
    assert told(api.get("products/bench/versions/1"))["note"] == "First"


def test_another_draft_than_the_one_seen_is_not_published(api, bench):
    assert told(api.post("products/bench/checks", None))["draft"] == bench
    api.call("PUT", f"{BENCH}/rules/long_is_oak", PART)
    problem = problem_of(api.post("products/bench/publish", {"draft": bench}), 409, "draft-changed")

    assert "long_is_oak" in problem["changes"][0]


def test_findings_are_accepted_with_what_is_published_and_not_otherwise(api, shop, bench):
    twice = {**PART, "when": "width > 1500", "message": "Said twice."}
    digest = told(api.call("PUT", f"{BENCH}/rules/twice", twice))["draft"]
    findings = told(api.post("products/bench/checks", None))["findings"]
    accept = [{"identity": findings[0]["identity"], "reason": "It says more."}]
    product = shop.products.get(key="bench")
    problem_of(
        api.post("products/bench/publish", {"draft": "0" * 64, "accept": accept}),
        409,
        "draft-changed",
    )
    assert not product.accepted_findings.exists()

    assert (
        api.post("products/bench/publish", {"draft": digest, "accept": accept}).status_code == 201
    )
    assert product.accepted_findings.get().reason == "It says more."


def test_a_draft_with_errors_is_not_published(api, bench):
    broken = told(api.call("PUT", f"{BENCH}/rules/broken", {**PART, "then": "wodo == oak"}))

    problem = problem_of(
        api.post("products/bench/publish", {"draft": broken["draft"]}), 422, "publish-refused"
    )
    assert problem["findings"][0]["severity"] == "error"


def test_a_large_draft_is_checked_before_it_is_published(api, bench, monkeypatch):
    monkeypatch.setattr("catalog.checking.SMALL", 1)
    problem_of(api.post("products/bench/publish", {"draft": bench}), 409, "check-needed")
    monkeypatch.setattr("catalog.checking.SMALL", 600)
    api.post("products/bench/checks", None)
    monkeypatch.setattr("catalog.checking.SMALL", 1)

    assert api.post("products/bench/publish", {"draft": bench}).status_code == 201


def test_a_version_is_compared_and_restored(api, bench):
    api.post("products/bench/publish", {"draft": bench})
    edited = told(api.call("PUT", f"{BENCH}/rules/long_is_oak", PART))["draft"]
    compared = told(api.get("products/bench/differences"))
    assert (compared["before"], compared["after"], compared["count"]) == ("1", "draft", 1)
    assert told(api.get("products/bench/differences?before=draft&after=draft"))["same"]

    trial = told(api.post("products/bench/restore", {"version": 1, "dry_run": True}))
    assert (trial["draft"], api.get(BENCH).headers["ETag"]) == (bench, f'"{edited}"')
    stale = api.post("products/bench/restore", {"version": 1}, If_Match=f'"{bench}"')
    problem_of(stale, 412, "changed-meanwhile")
    found = told(api.post("products/bench/restore", {"version": 1}, If_Match=f'"{edited}"'))

    assert (len(found["changes"]), found["remains"], found["draft"]) == (1, [], bench)
    problem_of(api.post("products/bench/restore", {"version": 2}), 404, "not-found")


def test_the_definition_of_a_version_may_become_a_draft(api, bench):
    api.post("products/bench/publish", {"draft": bench})
    api.call("DELETE", f"{BENCH}/rules/long_is_oak")
    version = api.get("products/bench/versions/1/definition")

    assert told(api.call("PUT", BENCH, version.content))["draft"] == bench


def test_everybody_may_read_the_schema_of_product_files(client):
    answer = client.get("/api/product-file.schema.json")

    assert json.loads(answer.content)["title"] == "Product file"
