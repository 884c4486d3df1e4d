"""Configurations that are kept: made, changed, completed, read."""

import pytest

from configurator.models import Configuration
from integrations.api.v1.shapes import configurations as shapes
from tests.api import told

pytestmark = pytest.mark.database

STEEL = {"product": "desk", "choices": {"frame": "steel", "top": "glass"}, "quantity": 2}


@pytest.fixture
def made(api):
    return told(api.post("configurations", STEEL))


def test_a_configuration_has_the_shape_that_is_documented(api):
    response = api.post("configurations", STEEL)

    assert response.status_code == 201
    shapes.Configuration.model_validate(told(response))


def test_a_new_configuration_is_found_where_the_answer_says(api):
    response = api.post("configurations", STEEL)

    again = api.client.get(
        response.headers["Location"], headers={"Authorization": f"Bearer {api.secret}"}
    )

    assert told(again) == told(response)
    assert again.headers["ETag"] == response.headers["ETag"] == '"r1"'


def test_it_is_kept_as_it_was_evaluated(api, made):
    evaluated = told(
        api.post("products/desk/evaluate", {"choices": STEEL["choices"], "quantity": 2})
    )

    assert made["evaluation"] == evaluated
    assert made["total"] == evaluated["price"]["total"]
    assert made["fingerprint"] == evaluated["fingerprint"]


def test_a_clash_keeps_nothing(api):
    response = api.post(
        "configurations", {"product": "desk", "choices": {"frame": "oak", "top": "glass"}}
    )

    assert (response.status_code, told(response)["code"]) == (409, "choices-conflict")
    assert not Configuration.objects.exists()


def test_changes_leave_what_they_do_not_name(api, made):
    response = api.patch(f"configurations/{made['id']}/choices", {"changes": {"width": 1600}})

    assert response.status_code == 200
    assert told(response)["choices"] == {"frame": "steel", "top": "glass", "width": 1600}
    assert (told(response)["revision"], response.headers["ETag"]) == (2, '"r2"')
    assert told(response)["quantity"] == 2


def test_the_quantity_may_change_alone(api, made):
    response = api.patch(f"configurations/{made['id']}/choices", {"changes": {}, "quantity": 5})

    assert told(response)["quantity"] == told(response)["evaluation"]["quantity"] == 5


def test_a_clashing_change_leaves_everything_as_it_was(api, made):
    path = f"configurations/{made['id']}"

    response = api.patch(f"{path}/choices", {"changes": {"frame": "oak"}})

    assert response.status_code == 409
    assert told(response)["repairs"][0] == {"frame": "oak", "top": "laminate"}
    assert told(api.get(path)) == made


def test_a_change_of_what_somebody_else_changed_is_refused(api, made):
    path = f"configurations/{made['id']}/choices"
    api.patch(path, {"changes": {"width": 1500}}, If_Match='"r1"')

    late = api.patch(path, {"changes": {"width": 1700}}, If_Match='"r1"')

    assert (late.status_code, told(late)["code"]) == (412, "configuration-changed")
    assert late.headers["ETag"] == '"r2"'
    assert told(api.get(f"configurations/{made['id']}"))["choices"]["width"] == 1500


@pytest.mark.parametrize("tag", ['W/"r3"', '"something"', '"r2", "r3"', '""'])
def test_a_tag_that_is_not_the_current_one_is_refused(api, made, tag):
    response = api.patch(f"configurations/{made['id']}/choices", {"changes": {}}, If_Match=tag)

    assert response.status_code == 412


@pytest.mark.parametrize("tag", ["r1", "1", '"r1', '"r1";'])
def test_what_is_no_tag_is_not_read(api, made, tag):
    response = api.patch(f"configurations/{made['id']}/choices", {"changes": {}}, If_Match=tag)

    assert (response.status_code, told(response)["code"]) == (400, "malformed-input")


def test_one_of_several_tags_is_enough(api, made):
    response = api.patch(
        f"configurations/{made['id']}/choices", {"changes": {}}, If_Match='"r,7" , W/"r1" ,"r1"'
    )

    assert response.status_code == 200


def test_any_revision_will_do_for_a_star(api, made):
    assert (
        api.patch(f"configurations/{made['id']}/choices", {"changes": {}}, If_Match="*").status_code
        == 200
    )


def test_completing_is_final(api, made):
    path = f"configurations/{made['id']}"

    done = api.post(f"{path}/complete", {})
    later = api.patch(f"{path}/choices", {"changes": {"width": 1500}})

    assert (done.status_code, told(done)["state"]) == (200, "completed")
    assert told(done)["completed_at"] is not None
    assert (later.status_code, told(later)["code"]) == (409, "configuration-completed")


def test_completing_needs_no_body(api, made):
    assert api.call("POST", f"configurations/{made['id']}/complete").status_code == 200


def test_completing_again_answers_the_same(api, made):
    path = f"configurations/{made['id']}/complete"

    assert told(api.post(path, {})) == told(api.post(path, {}))


def test_what_is_not_ready_is_not_completed(api):
    engraved = {"product": "desk", "choices": {"top": "oak", "engraved": True}}
    made = told(api.post("configurations", engraved))

    response = api.post(f"configurations/{made['id']}/complete", {})

    assert (response.status_code, told(response)["code"]) == (409, "configuration-not-ready")
    assert told(response)["missing"] == ["engraving"]


def test_it_can_be_completed_when_it_is_made(api):
    assert told(api.post("configurations", {**STEEL, "complete": True}))["state"] == "completed"


def test_completing_at_once_what_is_not_ready_keeps_nothing(api):
    body = {"product": "desk", "choices": {"top": "oak", "engraved": True}, "complete": True}

    assert api.post("configurations", body).status_code == 409
    assert not Configuration.objects.exists()


def test_the_parts_are_those_of_the_evaluation(api, made):
    bom = told(api.get(f"configurations/{made['id']}/bom"))

    shapes.Bom.model_validate(bom)
    assert bom["items"] == made["evaluation"]["bom"]


def test_the_price_is_that_of_the_evaluation(api, made):
    price = told(api.get(f"configurations/{made['id']}/price"))

    shapes.ConfigurationPrice.model_validate(price)
    assert price["price"] == made["evaluation"]["price"]


def test_a_configuration_that_did_not_change_is_not_sent_again(api, made):
    assert api.get(f"configurations/{made['id']}", If_None_Match='"r1"').status_code == 304


def test_the_list_has_the_newest_first(api):
    ids = [told(api.post("configurations", STEEL))["id"] for _ in range(3)]
    page = told(api.get("configurations?limit=2"))
    following = told(api.get(page["next"].partition("/api/v1/")[2]))

    shapes.ConfigurationPage.model_validate(page)
    assert [each["id"] for each in page["data"] + following["data"]] == ids[::-1]
    assert following["next"] is None


def test_the_list_can_be_narrowed(api, made):
    done = told(
        api.post("configurations", {**STEEL, "choices": {"frame": "oak"}, "complete": True})
    )

    def ids(query):
        return [each["id"] for each in told(api.get(f"configurations?{query}"))["data"]]

    assert ids("state=completed") == [done["id"]]
    assert ids(f"fingerprint={made['fingerprint']}") == [made["id"]]
    assert ids("product=sofa") == []
    assert len(ids("product=desk")) == 2


def test_the_list_tells_the_total_as_the_breakdown_does(api, made):
    assert (
        told(api.get("configurations"))["data"][0]["total"] == made["evaluation"]["price"]["total"]
    )


def test_a_configuration_keeps_its_price_list_when_the_merchant_changes_it(api, shop, made):
    shop.price_lists.filter(key="retail").update(tax_rate=7)

    response = api.patch(f"configurations/{made['id']}/choices", {"changes": {}})

    assert told(response)["evaluation"]["price"]["tax_rate"] == "19"
