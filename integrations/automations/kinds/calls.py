"""The step that calls a webhook endpoint of the merchant: through egress, signed, under the id of
the step.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from catalog.jobs import clock
from catalog.models import Merchant
from integrations.automations.actions import Action, Done, Preview, Settings, StepFailed, Work
from integrations.automations.names import CALLED
from integrations.webhooks import schedule
from integrations.webhooks.catalogue import KINDS
from integrations.webhooks.delivery import attempt
from integrations.webhooks.listening import FULL_ONLY
from integrations.webhooks.models import Delivery, Endpoint, Event
from integrations.webhooks.operations import endpoint_called


class CallSettings(Settings):
    """Which endpoint is called."""

    endpoint: Annotated[str, Field(pattern=r"^whe_[\w-]{1,28}$")]
    """The id of one of your webhook endpoints, whatever events it is told of by itself."""


def _check(merchant: Merchant, kind: str, settings: CallSettings) -> None:
    endpoint_called(merchant, settings.endpoint)


def _event(work: Work[CallSettings], endpoint: Endpoint) -> Event:
    """Return what is sent, an event that is kept nowhere: its id is that of the step."""
    said = dict(work.event)
    if endpoint.payload == Endpoint.Payload.THIN:
        said["data"] = {name: each for name, each in work.data.items() if name not in FULL_ONLY}
    data: dict[str, Any] = {
        "automation": work.automation,
        "name": work.name,
        "run": work.run,
        "step": work.position,
        "event": said,
    }
    kind = KINDS[CALLED]
    return Event(
        merchant=work.merchant,
        public_id=work.step,
        type=kind.name,
        version=kind.version,
        object_type=kind.object,
        object_id=work.run,
        sequence=work.position,
        data=data,
        created_at=datetime.fromisoformat(work.event["timestamp"]),
    )


def _do(work: Work[CallSettings]) -> Done:
    endpoint = endpoint_called(work.merchant, work.settings.endpoint)
    if not endpoint.is_active:
        raise StepFailed(
            f"The endpoint {endpoint} is disabled. {endpoint.disabled_because}".strip()
        )
    outcome = attempt(Delivery(event=_event(work, endpoint), endpoint=endpoint))
    if schedule.is_taken(outcome.status):
        return Done(f"{endpoint} answered {outcome.status}.", outcome.answer)
    raise StepFailed(
        f"{endpoint}: {outcome.error}",
        is_final=outcome.status == schedule.GONE,
        answer=outcome.answer,
        pause=schedule.retry_after(outcome.retry_after, clock.now()),
    )


def _preview(work: Work[CallSettings]) -> Preview:
    endpoint = endpoint_called(work.merchant, work.settings.endpoint)
    return Preview(
        f"{endpoint} is called.", {"url": endpoint.url, "body": _event(work, endpoint).envelope()}
    )


ACTION = Action(
    kind="webhook",
    title="Call a webhook",
    told="One of your webhook endpoints is sent the event, signed, under an id that stays the same.",
    settings=CallSettings,
    check=_check,
    preview=_preview,
    do=_do,
    choices={
        "endpoint": lambda merchant: [
            (row.public_id, f"{row.name} ({row.url})")
            for row in Endpoint.objects.for_merchant(merchant)
        ]
    },
)
