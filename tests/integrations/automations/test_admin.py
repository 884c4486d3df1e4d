"""Automations in the administration: an owner makes and tries them, others look and approve."""

import pytest
from django.urls import reverse

from catalog.models import Role
from integrations.automations.models import Approval, Automation, Run
from integrations.webhooks.outbox import record
from tests.factories import make_merchant, make_user
from tests.integrations.webhooks.hearing import answering

pytestmark = [pytest.mark.database, pytest.mark.django_db]

FORM = {
    "name": "Large orders",
    "event": "configuration.completed",
    "products": "desk",
    "condition": "total > 1000 and frame is steel",
    "is_active": "on",
}
ASK = ("approval", {"title": "Build {product}?"})


@pytest.fixture
def owner(client, shop):
    client.force_login(make_user("olga", shop, Role.OWNER))
    return client


def page(client, name, /, *args, **asked):
    return client.get(reverse(f"admin:automations_{name}", args=args), asked).content.decode()


def send(client, name, /, *args, **said):
    return client.post(
        reverse(f"admin:automations_{name}", args=args), said, follow=True
    ).content.decode()


def do(client, action, at, *rows):
    return send(
        client, f"{at}_changelist", action=action, _selected_action=[row.pk for row in rows]
    )


def happen(shop, **choices):
    data = {"id": "c1", "product": "desk", "version": 1, "total": "1296.00", "choices": choices}
    return record(shop, "configuration.completed", "c1", data, "desk")


def test_an_owner_makes_an_automation_step_by_step(owner, shop, endpoint_of):
    endpoint = endpoint_of(shop)
    assert "Add what is to be done" in send(owner, "automation_add", **FORM)
    row = Automation.objects.get()
    assert (row.name, row.products, row.condition) == ("Large orders", ["desk"], FORM["condition"])
    assert "Nothing is done yet" in page(owner, "automation_change", row.pk)
    assert "erp (http" in page(owner, "automation_add_step", row.pk, "webhook")
    send(owner, "automation_add_step", row.pk, "webhook", do="keep", endpoint=endpoint.public_id)
    send(
        owner,
        "automation_add_step",
        row.pk,
        "approval",
        do="keep",
        title="Build {product}?",
        instructions="",
    )
    send(owner, "automation_step", row.pk, 1, do="up")
    row.refresh_from_db()
    assert [step["kind"] for step in row.steps] == ["approval", "webhook"]
    shown = page(owner, "automation_change", row.pk)
    assert "Ask a person" in shown and "Build {product}?" in shown
    assert 'value="Build {product}?"' in page(owner, "automation_step", row.pk, 0)
    send(owner, "automation_step", row.pk, 0, do="delete")
    send(owner, "automation_change", row.pk, **(FORM | {"condition": ""}))
    row.refresh_from_db()
    assert ([step["kind"] for step in row.steps], row.condition) == (["webhook"], "")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"condition": "frame is stel"}, "did you mean &#x27;steel&#x27;?"),
        ({"products": "", "condition": "frame is steel"}, "unknown option &#x27;frame&#x27;"),
        ({"products": "wardrobe"}, "There is no product &#x27;wardrobe&#x27;"),
        ({"event": "endpoint.test"}, "Select a valid choice"),
        ({"name": "Oak"}, "There is an automation"),
    ],
)
def test_what_cannot_be_is_told_at_its_input(owner, shop, automation_of, given, told):
    automation_of(shop, ASK)
    assert told in send(owner, "automation_add", **{**FORM, **given})
    assert Automation.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("approval", {"title": "{prodct}"}, "did you mean &#x27;product&#x27;?"),
        ("approval", {"title": ""}, "This field is required"),
        ("webhook", {"endpoint": "whe_none"}, "Select a valid choice"),
    ],
)
def test_a_step_that_cannot_be_is_told_at_its_input(owner, shop, automation_of, kind, given, told):
    row = automation_of(shop)
    assert told in send(owner, "automation_add_step", row.pk, kind, do="keep", **given)
    row.refresh_from_db()
    assert row.steps == []


def test_an_owner_tries_an_automation_with_a_past_event(owner, shop, automation_of):
    row = automation_of(shop, ASK, condition="frame is oak", products=["desk"])
    oak, steel = happen(shop, frame="oak"), happen(shop, frame="steel")
    assert "Somebody is asked: Build desk?" in page(
        owner, "automation_rehearse", row.pk, event=oak.public_id
    )
    assert "The condition does not hold." in page(
        owner, "automation_rehearse", row.pk, event=steel.public_id
    )
    assert not Approval.objects.exists()


def test_a_failed_run_tells_why_and_is_helped_on(owner, shop, automation_of, endpoint_of, still):
    automation_of(
        shop, ("webhook", {"endpoint": endpoint_of(shop, events=["automation.called"]).public_id})
    )
    still.answers["erp"] = answering(410)
    happen(shop)
    still.goes_on(seconds=1)
    run = Run.objects.get()
    shown = page(owner, "run_change", run.pk)
    assert "erp: It answered 410." in shown and run.steps.get().public_id in shown
    still.answers.clear()
    assert "goes on at the step that failed" in do(owner, "retry", "run", run)
    still.goes_on(seconds=1)
    assert "This run cannot be tried again: Done." in do(owner, "retry", "run", run)
    assert "This run has ended" in do(owner, "cancel", "run", run)
    assert "No step of this run can be passed over" in do(owner, "skip", "run", run)


def test_a_product_manager_approves_and_may_not_change_automations(
    client, shop, automation_of, still
):
    row = automation_of(shop, ASK)
    for _ in range(2):
        happen(shop)
    still.goes_on(seconds=1)
    client.force_login(make_user("maria", shop, Role.PRODUCT_MANAGER))
    first, second = Approval.objects.order_by("pk")
    assert "approved, the run goes on" in do(client, "approve", "approval", first)
    assert "Approved by maria" in do(client, "reject", "approval", first)
    assert "rejected, the run ends" in do(client, "reject", "approval", second)
    first.refresh_from_db()
    assert first.by == "maria"
    assert "Build desk?" in page(client, "approval_change", first.pk)
    assert "Oak" in page(client, "automation_changelist")
    for name, args in (
        ("add_step", [row.pk, "approval"]),
        ("step", [row.pk, 0]),
        ("rehearse", [row.pk]),
    ):
        assert (
            client.get(reverse(f"admin:automations_automation_{name}", args=args)).status_code
            == 403
        )


def test_anothers_automations_are_not_there(owner, automation_of, still):
    theirs = automation_of(make_merchant("other"), ASK)
    record(theirs.merchant, "configuration.completed", "c1", {"id": "c1"})
    still.goes_on(seconds=1)
    approval = Approval.objects.get()
    for at in ("automation", "run", "approval"):
        assert "Oak" not in page(owner, f"{at}_changelist")
    for name, args in (
        ("add_step", [theirs.pk, "approval"]),
        ("step", [theirs.pk, 0]),
        ("rehearse", [theirs.pk]),
    ):
        assert (
            owner.get(reverse(f"admin:automations_automation_{name}", args=args)).status_code == 404
        )
    do(owner, "approve", "approval", approval)
    do(owner, "cancel", "run", approval.step.run)
    approval.refresh_from_db()
    assert approval.state == "open"
