"""Links in e-mails: signed, so that nobody makes one up; those to a design end after some days (ADR
0197).

Nothing is kept of a link.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from catalog.errors import NotFound, Refusal

_DESIGN, _UNSUBSCRIBE = "automations.design", "automations.unsubscribe"


class MailLinkExpired(Refusal):
    """A link of an e-mail whose time is over."""

    slug = "mail-link-expired"
    title = "This link has expired"
    status = 410


@dataclass(frozen=True)
class Unsubscribing:
    """Who wants no marketing any more, and of which merchant (a slug)."""

    merchant: str
    address: str


def design_link(public_id: str, language: str, expires_at: datetime) -> str:
    """Return the address that leads to a stored configuration until then."""
    token = _signer(_DESIGN).sign_object([public_id, language, int(expires_at.timestamp())])
    return settings.PUBLIC_URL + reverse("mail-design", args=[token])


def read_design_link(token: str, now: datetime) -> tuple[str, str]:
    """Return the configuration's id and the language; refuse with NotFound what is no link, or
    MailLinkExpired.
    """
    public_id, language, seconds = _read(_DESIGN, token, 3)
    if now.timestamp() >= seconds:
        raise MailLinkExpired("This link has expired. Ask the shop for a new one.")
    return public_id, language


def unsubscribe_link(merchant: str, address: str) -> str:
    """Return the address at which somebody unsubscribes; it has no end, since the wish has none."""
    token = _signer(_UNSUBSCRIBE).sign_object([merchant, address])
    return settings.PUBLIC_URL + reverse("mail-unsubscribe", args=[token])


def read_unsubscribe_link(token: str) -> Unsubscribing:
    """Return who unsubscribes from what; refuse with NotFound what is no such link."""
    return Unsubscribing(*_read(_UNSUBSCRIBE, token, 2))


def _read(purpose: str, token: str, parts: int) -> Any:
    try:
        found = _signer(purpose).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound("There is no such link.") from None
    if not isinstance(found, list) or len(found) != parts:
        raise NotFound("There is no such link.")
    return found


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=purpose, sep=".")
