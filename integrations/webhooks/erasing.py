"""Events without what was erased, and nothing of what receivers answered to them."""

from configurator.erasing import Erased
from integrations.webhooks.models import Attempt, Event


def on_erased(erased: Erased, **_: object) -> None:
    """Take personal data out of the events about the same things. What was sent stays at its
    receivers.
    """
    events = events_about(erased)
    Attempt.objects.filter(delivery__event__in=events).update(answer="")
    for event in events:
        event.data = erased.without(event.data)
        event.save(update_fields=["data"])


def events_about(erased: Erased) -> list[Event]:
    """Return all events about what is erased."""
    return list(
        Event.objects.for_merchant(erased.merchant).filter(
            object_type__in=("configuration", "quote"), object_id__in=erased.ids
        )
    )
