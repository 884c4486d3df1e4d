"""When something happens, and if a condition holds, the steps are done in order; each once,
whatever fails.
"""

from dataclasses import replace

import pytest
from django.db import transaction

from catalog.jobs.worker import work_off
from catalog.models import Merchant
from configurator.completing import complete
from configurator.keeping import save
from configurator.offers import published
from integrations.automations import operations, running
from integrations.automations.actions import Action, Done, Preview, Settings, StepFailed, register
from integrations.automations.models import Approval, Run, Step
from integrations.automations.tasks import sweep_runs
from integrations.webhooks.models import Event
from integrations.webhooks.outbox import record, record_together
from tests.integrations.webhooks.hearing import NOBODY, answering

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def call(shop, endpoint_of):
    """The settings of a step that calls an endpoint which is told of nothing else."""
    endpoint = endpoint_of(shop, events=["automation.called"])
    return "webhook", {"endpoint": endpoint.public_id}


def complete_desk(shop: Merchant, **choices):
    row = save(published(shop.slug, "desk"), choices)
    return complete(row)


def happen(shop, kind="configuration.completed", **data):
    return record(
        shop,
        kind,
        data.get("id", "c1"),
        {"id": "c1", "product": "desk", "version": 1, **data},
        "desk",
    )


def states(run=None):
    return [step.state for step in (run or Run.objects.get()).steps.all()]


def test_a_completed_configuration_sets_an_automation_off(shop, automation_of, call, still):
    automation_of(shop, call, condition="frame is oak", products=["desk"])
    complete_desk(shop, frame="steel")
    complete_desk(shop, frame="oak")
    assert Run.objects.count() == 2
    still.goes_on(seconds=1)
    run = Run.objects.get()
    assert (run.state, states(run)) == ("done", ["done"])
    sent = still.sent["erp"]
    assert [each["type"] for each in sent] == ["automation.called"]
    assert sent[0]["data"]["event"]["data"]["choices"]["frame"] == "oak"
    assert sent[0]["data"]["event"]["type"] == "configuration.completed"
    assert "bom" not in sent[0]["data"]["event"]["data"]
    assert still.headers[0]["webhook-id"] == run.steps.get().public_id == sent[0]["id"]


def test_what_is_rolled_back_sets_nothing_off(shop, automation_of, call):
    automation_of(shop, call)
    with pytest.raises(RuntimeError), transaction.atomic():
        happen(shop)
        raise RuntimeError
    assert not Run.objects.exists()
    assert not Event.objects.exists()


def test_only_what_is_meant_sets_it_off(shop, automation_of, call):
    automation_of(shop, call, products=["desk"])
    record(shop, "configuration.completed", "c2", {"id": "c2"}, "wardrobe")
    happen(shop, "configuration.created")
    assert not Run.objects.exists()
    automation_of(shop, call, name="Margins", event="price.threshold_reached")
    record(shop, "price.threshold_reached", "c1", {}, "desk", costs=True)
    assert not Run.objects.exists()


def test_an_inactive_one_stays_still(shop, automation_of, call):
    automation = automation_of(shop, call)
    operations.change_automation(
        automation, replace(operations.wish_of(automation), is_active=False)
    )
    assert happen(shop) is None


def test_a_step_that_fails_is_tried_again_and_the_ones_before_are_not(
    shop, automation_of, call, endpoint_of, still
):
    mes = endpoint_of(shop, "mes", events=["automation.called"])
    automation_of(shop, call, ("webhook", {"endpoint": mes.public_id}), call)
    still.answers["mes"] = answering(500)
    happen(shop)
    still.goes_on(seconds=1)
    assert states() == ["done", "pending", "pending"]
    still.goes_on(seconds=4)
    assert len(still.sent["mes"]) == 1
    still.goes_on(seconds=2)
    assert len(still.sent["mes"]) == 2
    still.answers.clear()
    still.goes_on(seconds=60)
    assert states() == ["done", "done", "done"]
    assert (len(still.sent["erp"]), len(still.sent["mes"])) == (2, 3)
    assert len({each["id"] for each in still.sent["mes"]}) == 1
    assert len({each["id"] for each in still.sent["erp"]}) == 2
    tries = Step.objects.get(position=2).tries.all()
    assert [each.error for each in tries] == ["mes: It answered 500."] * 2 + [""]
    assert [each.number for each in tries] == [1, 2, 3]


def test_a_step_is_given_up_after_its_pauses_and_helped_on_by_a_person(
    shop, automation_of, call, still
):
    automation_of(shop, call, call)
    still.answers["erp"] = NOBODY
    happen(shop)
    still.goes_on(seconds=1)
    for pause in running.PAUSES:
        still.goes_on(seconds=pause)
    run = Run.objects.get()
    assert (run.state, states()) == ("failed", ["failed", "pending"])
    assert len(still.sent["erp"]) == len(running.PAUSES) + 1
    still.answers.clear()
    operations.retry(run)
    still.goes_on(seconds=1)
    assert states() == ["done", "done"]
    assert len({each["id"] for each in still.sent["erp"]}) == 2


def test_410_is_not_tried_again(shop, automation_of, call, still):
    automation_of(shop, call)
    still.answers["erp"] = answering(410)
    happen(shop)
    still.goes_on(seconds=1)
    assert Run.objects.get().state == "failed"
    assert len(still.sent["erp"]) == 1


def test_retry_after_is_followed_and_counts_as_no_failure(shop, automation_of, call, still):
    automation_of(shop, call)
    still.answers["erp"] = answering(503, retry_after="600")
    happen(shop)
    still.goes_on(seconds=1)
    still.goes_on(seconds=599)
    assert len(still.sent["erp"]) == 1
    still.goes_on(seconds=2)
    assert len(still.sent["erp"]) == 2
    assert Step.objects.get().failures == 0


def test_a_person_passes_over_a_step(shop, automation_of, call, endpoint_of, still):
    mes = endpoint_of(shop, "mes", events=["automation.called"])
    automation_of(shop, ("webhook", {"endpoint": mes.public_id}), call)
    still.answers["mes"] = answering(410)
    happen(shop)
    still.goes_on(seconds=1)
    operations.skip(Run.objects.get())
    still.goes_on(seconds=1)
    assert states() == ["skipped", "done"]
    assert Run.objects.get().state == "done"


def test_a_cancelled_run_does_nothing_more(shop, automation_of, call, still):
    automation_of(shop, call)
    still.answers["erp"] = NOBODY
    happen(shop)
    still.goes_on(seconds=1)
    operations.cancel(Run.objects.get())
    still.goes_on(days=3)
    assert (Run.objects.get().state, len(still.sent["erp"])) == ("cancelled", 1)
    with pytest.raises(operations.RunNotThere):
        operations.cancel(Run.objects.get())
    with pytest.raises(operations.RunNotThere):
        operations.retry(Run.objects.get())


ASK = ("approval", {"title": "Build {product}? {frame}", "instructions": "Look at {id}."})


def test_a_run_waits_for_a_person(shop, automation_of, call, still):
    automation_of(shop, call, ASK, call)
    happen(shop, choices={"frame": "oak"})
    still.goes_on(seconds=1)
    still.goes_on(days=40)
    approval = Approval.objects.get()
    assert (approval.title, approval.instructions) == ("Build desk? oak", "Look at c1.")
    assert (Run.objects.get().state, states()) == ("paused", ["done", "paused", "pending"])
    operations.decide(approval, True, "maria", "Fine.")
    still.goes_on(seconds=1)
    assert (Run.objects.get().state, states()) == ("done", ["done", "done", "done"])
    assert Step.objects.get(position=2).output == {"approved_by": "maria", "note": "Fine."}
    assert len(still.sent["erp"]) == 2
    with pytest.raises(operations.AlreadyDecided):
        operations.decide(approval, False, "olga")


def test_what_is_rejected_ends(shop, automation_of, call, still):
    automation_of(shop, ASK, call)
    happen(shop)
    still.goes_on(seconds=1)
    operations.decide(Approval.objects.get(), False, "maria")
    still.goes_on(days=1)
    assert (Run.objects.get().state, states()) == ("rejected", ["failed", "pending"])
    assert "erp" not in still.sent


def test_an_approval_is_withdrawn_with_its_run(shop, automation_of, still):
    automation_of(shop, ASK)
    happen(shop)
    still.goes_on(seconds=1)
    operations.cancel(Run.objects.get())
    assert Approval.objects.get().state == "withdrawn"


def test_a_run_keeps_the_steps_it_was_set_off_with(shop, automation_of, call, still):
    automation = automation_of(shop, call)
    happen(shop)
    operations.change_automation(automation, replace(operations.wish_of(automation), steps=[]))
    still.goes_on(seconds=1)
    assert len(still.sent["erp"]) == 1


def test_a_worker_that_lost_its_lease_writes_no_outcome(shop, automation_of, call, still):
    automation_of(shop, call)
    happen(shop)
    (stale,) = running.claimed(1, "first")
    still.moment += running.lease()
    (fresh,) = running.claimed(1, "second")
    fresh()
    stale()
    assert (Run.objects.get().state, states()) == ("done", ["done"])
    assert len(still.sent["erp"]) == 1


def test_a_step_that_ends_its_worker_each_time_is_given_up(shop, automation_of, call, still):
    automation_of(shop, call)
    happen(shop)
    for _ in range(running.MOST_ATTEMPTS):
        (piece,) = running.claimed(1, "w")
        run = piece.args[0]
        assert run.has_begun or running._begin(run)
        assert running._start(run, run.steps.get())
        still.moment += running.lease()
    still.goes_on(seconds=1)
    assert Run.objects.get().state == "failed"
    assert "without a word" in Run.objects.get().told
    assert "erp" not in still.sent


def test_a_condition_that_cannot_be_read_any_more_fails_and_says_so(
    shop, automation_of, call, still
):
    automation = automation_of(shop, call, products=["desk"], condition="frame is oak")
    type(automation).objects.update(condition="colour is red")
    happen(shop)
    still.goes_on(seconds=1)
    run = Run.objects.get()
    assert run.state == "failed"
    assert "unknown option 'colour'" in run.told


def test_changes_in_a_crowd_are_one_run_with_the_last_of_them(shop, automation_of, call, still):
    automation_of(shop, call, event="price_list.changed")
    for revision in (1, 2):
        record_together(
            shop, "price_list.changed", "retail", {"key": "retail", "revision": revision}
        )
    still.goes_on(seconds=1)
    assert not still.sent
    still.goes_on(seconds=5)
    record_together(shop, "price_list.changed", "retail", {"key": "retail", "revision": 3})
    still.goes_on(seconds=6)
    assert [each["data"]["event"]["data"]["revision"] for each in still.sent["erp"]] == [2, 3]


class Plain(Settings):
    word: str


def test_a_room_registers_an_action_of_its_own(shop, automation_of, still, monkeypatch):
    done: list[str] = []

    def do(work):
        if work.settings.word == "broken":
            raise ValueError("what nobody expected")
        done.append(work.settings.word)
        return Done("It is said.", output={"word": work.settings.word})

    monkeypatch.setattr("integrations.automations.actions._ACTIONS", {})
    register(
        Action(
            "say",
            "Say",
            "It is said.",
            Plain,
            lambda *_: None,
            lambda work: Preview("It would be said."),
            do,
        )
    )
    automation_of(shop, ("say", {"word": "hello"}), ("say", {"word": "broken"}))
    happen(shop)
    still.goes_on(seconds=1)
    assert done == ["hello"]
    assert Step.objects.get(position=1).output == {"word": "hello"}
    assert Step.objects.get(position=2).told == "ValueError: what nobody expected"


def test_ended_runs_are_swept_and_open_ones_stay(shop, automation_of, call, still):
    automation_of(shop, call)
    automation_of(shop, ASK, name="Ask")
    happen(shop)
    still.goes_on(seconds=1)
    still.goes_on(days=29)
    sweep_runs.call()
    assert Run.objects.count() == 2
    still.goes_on(days=2)
    sweep_runs.call()
    assert Run.objects.get().state == "paused"


def test_a_dry_run_tells_each_step_and_does_none(shop, automation_of, call, still, endpoint_of):
    automation = automation_of(shop, call, ASK, condition="frame is oak", products=["desk"])
    endpoint_of(shop, "other")
    event = happen(shop, choices={"frame": "oak"})
    Run.objects.all().delete()
    told = operations.rehearsed(automation, event)
    assert told.why_not == ""
    assert [kind for kind, _ in told.steps] == ["webhook", "approval"]
    assert told.steps[0][1].details["body"]["data"]["event"]["id"] == event.public_id
    assert told.steps[1][1].told.startswith("Somebody is asked: Build desk? oak")
    assert not Run.objects.exists()
    assert not Approval.objects.exists()
    work_off()
    assert "erp" not in still.sent
    steel = happen(shop, id="c2", choices={"frame": "steel"})
    assert operations.rehearsed(automation, steel).why_not == "The condition does not hold."
    created = happen(shop, "configuration.created")
    assert (
        "is set off by configuration.completed" in operations.rehearsed(automation, created).why_not
    )


def test_a_dry_run_tells_of_what_would_fail(shop, automation_of, call, endpoint_of, still):
    automation = automation_of(shop, call)
    event = happen(shop)
    shop.webhook_endpoints.all().delete()
    assert (
        operations.rehearsed(automation, event).steps[0][1].told
        == "It would fail: There is no such endpoint."
    )


def test_a_failing_action_raises_what_people_read(shop, automation_of, call, still):
    automation_of(shop, call)
    shop.webhook_endpoints.update(state="disabled", disabled_because="It answered 410: it is gone.")
    happen(shop)
    still.goes_on(seconds=1)
    assert Step.objects.get().told == "The endpoint erp is disabled. It answered 410: it is gone."
    assert issubclass(StepFailed, Exception)
