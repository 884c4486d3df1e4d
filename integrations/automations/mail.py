"""One e-mail: made so that no text becomes a header, sent as often as it takes under one Message-ID
(ADR 0197).
"""

import re
import smtplib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage as Written
from email.policy import default
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.validators import validate_email

from integrations.automations.actions import StepFailed

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")
MOST_SUBJECT = 200
MOST_ADDRESS = 254


@dataclass(frozen=True)
class Picture:
    """A picture that the HTML part shows by `cid:` and its name."""

    name: str
    content: bytes
    kind: str = "jpeg"


class Mail(EmailMultiAlternatives):
    """A mail whose pictures travel with its HTML part, as `multipart/related`."""

    pictures: tuple[Picture, ...] = ()

    def message(self, *, policy: Any = default) -> Written:
        """Return the mail as it is sent."""
        written: Written = super().message(policy=policy)
        html = next(
            (part for part in written.walk() if part.get_content_type() == "text/html"), None
        )
        for each in self.pictures if html is not None else ():
            html.add_related(  # type: ignore[union-attr]
                each.content,
                "image",
                each.kind,
                cid=f"<{each.name}>",
                disposition="inline",
                filename=each.name,
            )
        return written


def is_configured() -> bool:
    """Tell whether this site sends mail at all."""
    return "default" in settings.MAILERS


def one_line(text: str) -> str:
    """Return `text` as a header takes it: one line, without anything that nobody sees."""
    return _BLANK.sub(" ", text).strip()[:MOST_SUBJECT]


def address(text: str) -> str:
    """Return an address as mail goes to it; refuse with ValueError what is none."""
    found = text.strip()
    try:
        validate_email(found)
    except ValidationError:
        raise ValueError("expected an e-mail address such as maria@shop.example") from None
    if len(found) > MOST_ADDRESS:
        raise ValueError("expected an e-mail address of at most 254 characters")
    return found


def sender(name: str) -> str:
    """Return whom mail comes from: the site's own address, under the name of a merchant."""
    return str(Address(display_name=one_line(name), addr_spec=settings.DEFAULT_FROM_EMAIL))


def message_id(step: str) -> str:
    """Return the Message-ID of a step's mail, the same at every attempt."""
    return f"<{step}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


def send(mail: Mail) -> None:
    """Hand a mail to the server; refuse with StepFailed, for good where the server says so."""
    if not is_configured():
        raise StepFailed("This site sends no mail: the operator sets MAIL_URL.")
    try:
        mailers.default.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refused:
        answers = list(refused.recipients.values())
        told = "; ".join(_said(code, said) for code, said in answers)
        raise StepFailed(
            f"The server takes no mail for it: {told}", all(code >= 500 for code, _ in answers)
        ) from None
    except smtplib.SMTPResponseException as error:
        is_final = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
        raise StepFailed(
            f"The server answered: {_said(error.smtp_code, error.smtp_error)}", is_final
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        raise StepFailed(f"The mail server cannot be reached: {error}") from None


def _said(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
