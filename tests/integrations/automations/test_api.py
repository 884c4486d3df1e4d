"""Automations over the API: what is refused with its place, and a run from event to end."""

import pytest

from catalog.jobs.worker import work_off
from integrations.access.scopes import SCOPES
from tests.api import Api, told

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ASK = {"kind": "approval", "settings": {"title": "Build {product}?"}}
WISH = {
    "name": "Oak",
    "event": "configuration.completed",
    "products": ["desk"],
    "condition": "frame is oak",
}


@pytest.fixture
def api(shop):
    return Api(shop)


def made(api, **wish):
    answer = api.post("automations", {**WISH, "steps": [ASK], **wish})
    assert answer.status_code == 201, told(answer)
    return told(answer)


def test_a_run_goes_from_event_to_end(api):
    row = made(api)
    assert row["steps"] == [
        {"kind": "approval", "settings": {"title": "Build {product}?", "instructions": ""}}
    ]
    for frame in ("oak", "steel"):
        api.post(
            "configurations", {"product": "desk", "choices": {"frame": frame}, "complete": True}
        )
    work_off()
    (run,) = told(api.get(f"automations/{row['id']}/runs?state=paused"))["data"]
    (approval,) = told(api.get("approvals?state=open"))["data"]
    assert (approval["run"], approval["title"]) == (run["id"], "Build desk?")
    answer = api.post(f"approvals/{approval['id']}/approve", {"by": "maria"})
    assert (answer.status_code, told(answer)["state"]) == (200, "approved")
    work_off()
    whole = told(api.get(f"automation-runs/{run['id']}"))
    assert (whole["state"], whole["steps"][0]["told"]) == ("done", "Approved by maria.")
    assert told(api.get("approvals?state=open"))["data"] == []
    again = api.post(f"approvals/{approval['id']}/reject", {"by": "olga"})
    assert (again.status_code, told(again)["code"]) == (409, "already-decided")
    retried = api.post(f"automation-runs/{run['id']}/retry", None)
    assert (retried.status_code, told(retried)["code"]) == (409, "run-not-there")


@pytest.mark.parametrize(
    ("wish", "status", "code", "place"),
    [
        ({"event": "endpoint.test"}, 400, "malformed", "/event"),
        ({"products": ["wardrobe"]}, 400, "malformed", "/products"),
        ({"condition": "frame is stel"}, 422, "condition-refused", "/condition"),
        ({"steps": [ASK, {"kind": "say", "settings": {}}]}, 422, "step-refused", "/steps/1/settings"),
        ({"steps": [{"kind": "approval", "settings": {}}]}, 422, "step-refused", "/steps/0/settings/title"),
        ({"steps": [{"kind": "approval", "settings": {"title": "{prodct}"}}]}, 422, "step-refused",
         "/steps/0/settings/title"),
        ({"steps": [{"kind": "webhook", "settings": {"endpoint": "whe_none"}}]}, 422, "step-refused",
         "/steps/0/settings"),
        ({"steps": [{"kind": "approval", "settings": {"title": "x", "y": 1}}]}, 422, "step-refused",
         "/steps/0/settings/y"),
        ({"name": "Taken"}, 409, "key-taken", "/name"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(api, wish, status, code, place):
    made(api, name="Taken")
    answer = api.post("automations", {**WISH, "steps": [ASK], **wish})
    assert (answer.status_code, told(answer)["code"]) == (status, code)
    assert told(answer)["errors"][0]["pointer"] == place


def test_margins_need_their_scope(shop, api):
    secret = made(api, name="Margins", event="price.threshold_reached", condition="", costs=True)
    plain = Api(shop, [scope for scope in SCOPES if scope != "pricing:cost"])
    assert plain.post("automations", {**WISH, "costs": True}).status_code == 403
    assert (
        plain.post(f"automations/{secret['id']}/rehearse", {"event": "evt_none"}).status_code == 403
    )


def test_the_kinds_of_steps_tell_their_settings(api):
    kinds = {each["kind"]: each["schema"] for each in told(api.get("automation-actions"))["data"]}
    assert {"webhook", "approval"} <= kinds.keys()
    assert kinds["approval"]["required"] == ["title"]
    assert kinds["approval"]["additionalProperties"] is False
