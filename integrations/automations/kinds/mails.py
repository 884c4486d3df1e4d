"""The step that sends an e-mail: texts by language, and of a configuration its picture, summary,
price and link.
"""

import re
from typing import Annotated, Any

from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from catalog.errors import Malformed, NotFound
from catalog.jobs import clock
from catalog.locales import LOCALE_PATTERN, MOST_LOCALE
from catalog.models import Merchant
from configurator.embed.languages import interface_language
from configurator.stored import configuration_of
from integrations.automations import mail
from integrations.automations.actions import Action, Done, Preview, Settings, StepFailed, Work
from integrations.automations.design_mail import Design, design_of, written
from integrations.automations.links import unsubscribe_link
from integrations.automations.mail import Mail
from integrations.automations.marks import DEFAULT, facts_of, filled, in_language, refuse_marks
from integrations.automations.models import Unsubscribed
from integrations.automations.names import marks_for
from integrations.webhooks.catalogue import KINDS

_LOCALE = re.compile(LOCALE_PATTERN)
_MARK = re.compile(r"\{[a-z][a-z0-9_.]*\}")
MOST_COPIES = 10


def _recipient(text: str) -> str:
    return text if _MARK.fullmatch(text) else mail.address(text)


def _by_language(texts: dict[str, str]) -> dict[str, str]:
    if texts and DEFAULT not in texts:
        raise ValueError(f"expected a text for '{DEFAULT}' beside the languages")
    if strange := [
        each
        for each in texts
        if each != DEFAULT and (len(each) > MOST_LOCALE or not _LOCALE.match(each))
    ]:
        raise ValueError(f"'{strange[0]}' is no language such as de or fr-CA")
    return texts


type Line = Annotated[str, Field(max_length=150, pattern=r"^[^\x00-\x1f]*$")]
type Words = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
_TEXTS: Any = Field(default_factory=dict, max_length=40)


class MailSettings(Settings):
    """Whom an e-mail goes to, and what it says."""

    to: Annotated[str, Field(max_length=254), AfterValidator(_recipient)]
    """An address, or the mark of a text option in which shoppers write theirs, such as {email}."""
    copies: Annotated[
        list[Annotated[str, AfterValidator(mail.address)]], Field(max_length=MOST_COPIES)
    ] = []
    """Addresses that get a copy without the others seeing it."""
    reply_to: Annotated[
        str, Field(max_length=254), AfterValidator(lambda text: text and mail.address(text))
    ] = ""
    """Where answers go; the site's own address reads none."""
    language: Annotated[str, Field(max_length=MOST_LOCALE, pattern=rf"^$|{LOCALE_PATTERN}")] = ""
    """Such as de; empty: that in which the shopper configured."""
    subject: Annotated[dict[str, Line], AfterValidator(_by_language)] = _TEXTS
    """By language; empty: "Your design" and the product's name. Marks such as {product} are filled.
    """
    text: Annotated[dict[str, Words], AfterValidator(_by_language)] = _TEXTS
    """What stands above the picture, by language. Marks are filled; an empty line begins a new
    paragraph.
    """
    picture: bool = True
    """Shows the picture of the configuration."""
    summary: bool = True
    """Lists what was chosen."""
    price: bool = True
    """Tells the price, with its tax and until when it holds."""
    link: bool = True
    """Leads to the configuration, until the link ends."""
    link_days: Annotated[int, Field(ge=1, le=366)] = 30
    """So many days the link holds."""
    marketing: bool = False
    """Advertises: who unsubscribed gets none, and everybody can unsubscribe by one click."""


def _texts(settings: MailSettings) -> list[tuple[str, str]]:
    named = [
        (f"/{field}/{key}", text)
        for field in ("subject", "text")
        for key, text in getattr(settings, field).items()
    ]
    return [("/to", settings.to), *named]


def _check(merchant: Merchant, kind: str, settings: MailSettings) -> None:
    known = marks_for(merchant, kind) | {"reference"}
    for pointer, text in _texts(settings):
        refuse_marks(text, known, pointer)
    if KINDS[kind].object not in ("configuration", "quote") and not (
        settings.subject and settings.text
    ):
        told = "Say subject and text: this event is about no configuration that would be told."
        raise Malformed(
            told, errors=[{"pointer": "/text" if settings.subject else "/subject", "detail": told}]
        )


def _design(work: Work[MailSettings]) -> Design | None:
    """Return the configuration that the event is about; None where it is about none, or that is
    gone.
    """
    kind = KINDS[work.event["type"]]
    public_id = work.data.get("id") if kind.object == "configuration" else None
    public_id = work.data.get("configuration") or public_id
    if not public_id:
        return None
    try:
        row = configuration_of(work.merchant, str(public_id))
    except NotFound:
        return None
    return design_of(row, work.settings.language, work.settings.link_days, clock.now())


def made(work: Work[MailSettings]) -> Mail | None:
    """Return the mail of a step, not sent; None where nobody is there to get it. Refuses with
    StepFailed.
    """
    said = work.settings
    design = _design(work)
    facts = {**facts_of(work.data), **(design.facts if design else {})}
    if design is not None:
        facts["reference"] = design.done.reference
    # An address is what was typed, not what is told of it.
    to = filled(said.to, facts_of(work.data)).strip()
    if not to:
        return None
    try:
        to = mail.address(to)
    except ValueError as error:
        raise StepFailed(
            f"'{mail.one_line(to)[:80]}' is no address: {error}.", is_final=True
        ) from None
    if (
        said.marketing
        and Unsubscribed.objects.for_merchant(work.merchant).filter(address=to.lower()).exists()
    ):
        return None
    locale = design.locale if design else said.language or "en"
    interface = design.interface if design else interface_language(locale) or "en"
    with translation.override(interface):
        subject = in_language(said.subject, locale) or _("Your design: %(product)s") % {
            "product": "{product}"
        }
        text = in_language(said.text, locale) or _("Here is what you configured.")
    unsubscribe = unsubscribe_link(work.merchant.slug, to.lower()) if said.marketing else ""
    subject = mail.one_line(filled(subject, facts))
    picture = design.picture if design and said.picture else None
    context = {
        "language": locale,
        "subject": subject,
        "paragraphs": [
            part.strip() for part in re.split(r"\n\s*\n", filled(text, facts)) if part.strip()
        ],
        "design": design,
        "picture": picture,
        "shows_summary": said.summary and design is not None,
        "shows_price": said.price and design is not None,
        "link": design.link if design and said.link else "",
        "unsubscribe": unsubscribe,
    }
    plain, html = written(context, work.merchant, interface)
    headers = {"Message-ID": mail.message_id(work.step), "Auto-Submitted": "auto-generated"}
    if unsubscribe:
        # One click, as RFC 8058 has it.
        headers |= {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    found = Mail(
        subject=subject,
        body=plain,
        from_email=mail.sender(work.merchant.name),
        to=[to],
        bcc=list(said.copies),
        reply_to=[said.reply_to] if said.reply_to else None,
        headers=headers,
    )
    found.attach_alternative(html, "text/html")
    if picture is not None:
        found.pictures = (picture,)
    return found


def _do(work: Work[MailSettings]) -> Done:
    message = made(work)
    if message is None:
        return Done("Nobody was there to get it: no address was given, or it is unsubscribed.")
    mail.send(message)
    return Done(
        f"It was sent to {message.to[0]}.",
        output={"message_id": message.extra_headers["Message-ID"]},
    )


def _preview(work: Work[MailSettings]) -> Preview:
    message = made(work)
    if message is None:
        return Preview("Nobody would get an e-mail: no address was given, or it is unsubscribed.")
    details = {"subject": message.subject, "from": message.from_email, "text": message.body}
    return Preview(
        f"{message.to[0]} gets an e-mail.", {**details, "copies": ", ".join(message.bcc)}
    )


ACTION = Action(
    kind="email",
    title="Send an e-mail",
    told="In the shopper's language, with picture, summary, price and a link where the event is about a configuration.",
    settings=MailSettings,
    check=_check,
    preview=_preview,
    do=_do,
)
