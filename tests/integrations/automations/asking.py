"""An automation that has asked somebody."""

from catalog.jobs import clock
from catalog.models import Merchant
from integrations.automations import running
from integrations.automations.models import Automation, Run, Step
from integrations.automations.operations import Wish, make_automation
from integrations.webhooks.models import Event

S3 = {
    "kind": "s3",
    "settings": {
        "endpoint": "https://s3.example",
        "region": "eu-1",
        "bucket": "orders",
        "access_key": "AKID",
    },
    "secret": "secret",
}
STEP = {"kind": "approval", "settings": {"title": "Shall it be built?", "instructions": ""}}


def set_off(merchant: Merchant, name: str, event: Event) -> Automation:
    """Return an automation that was set off by `event` and waits for an approval."""
    automation = make_automation(merchant, Wish(name, "quote.created", [STEP]))
    run = Run.objects.create(
        automation=automation,
        event=event,
        said=event.envelope(),
        due_at=clock.now(),
        worker="once",
        turns=1,
    )
    Step.objects.create(run=run, position=1, **STEP)
    running.carry_on(run)
    return automation
