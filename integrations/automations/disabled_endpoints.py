"""A mail to the owners of a merchant when one of its webhook endpoints was disabled, without
anybody setting it up.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.tasks import task
from django.urls import reverse

from catalog.models import Merchant, Role
from integrations.automations import mail
from integrations.automations.mail import Mail
from integrations.webhooks.models import Endpoint, Event
from integrations.webhooks.outbox import Hearer

KIND = "endpoint.disabled"


def owners_of(merchant: Merchant) -> list[str]:
    """Return the addresses of a merchant's owners, those who have one."""
    people = get_user_model()._default_manager.filter(
        is_active=True, memberships__merchant=merchant, memberships__role=Role.OWNER
    )
    return list(people.exclude(email="").order_by("pk").values_list("email", flat=True))


@task
def tell_owners(event: int) -> None:
    """Send the mail about an event of this kind; what fails is tried again as any job is."""
    row = Event.objects.select_related("merchant").filter(pk=event).first()
    if row is None or not (owners := owners_of(row.merchant)) or not mail.is_configured():
        return
    name, reason = str(row.data["name"]), str(row.data["reason"])
    address = settings.PUBLIC_URL + reverse("admin:webhooks_endpoint_changelist")
    body = (
        f"The webhook endpoint “{name}” of {row.merchant} is disabled: it is told of nothing any more.\n\n{reason}\n\n"
        f"Mend the receiver, then enable the endpoint and send it what it missed:\n{address}\n"
    )
    subject = mail.one_line(f"The webhook endpoint “{name}” is disabled")
    headers = {"Message-ID": mail.message_id(row.public_id), "Auto-Submitted": "auto-generated"}
    mail.send(Mail(subject, body, mail.sender(str(row.merchant)), owners, headers=headers))


def _wants(merchant: Merchant, kind: str, product: str | None, costs: bool) -> bool:
    return kind == KIND and mail.is_configured() and bool(owners_of(merchant))


def _hear(event: Event, due_at: datetime) -> None:
    if event.type == KIND:
        tell_owners.enqueue(event.pk)


HEARER = Hearer(rows=Endpoint.objects.none, wants=_wants, hear=_hear, has_begun=lambda event: None)
