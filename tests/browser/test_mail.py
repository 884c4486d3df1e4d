"""How the e-mail of a completed design looks in Chromium, at the width of a phone and of a mail
program's pane.
"""

import os
from base64 import b64encode
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from catalog.jobs import clock
from catalog.models import Merchant
from configurator.keeping import save
from configurator.offers import published
from integrations.automations.actions import Work
from integrations.automations.kinds.mails import MailSettings, made
from tests.browser.test_looks import violations

WORDS = {
    "default": "Thank you for your time.\n\nThis is what you put together.",
    "fr": "Merci de votre visite.\n\nVoici ce que vous avez composé.",
}


def mail_of(merchant: Merchant, locale: str, **said: Any) -> EmailMessage:
    """Return the mail of a base cabinet."""
    offer = published(merchant.slug, "base-cabinet")
    row = save(offer, {}, 2, locale)
    said = {"to": "maria@shop.example", "text": WORDS, "marketing": True, **said}
    event = {
        "type": "configuration.completed",
        "timestamp": clock.now().isoformat(),
        "data": {"id": row.public_id, "product": "base-cabinet"},
    }
    mail = made(
        Work(
            merchant, "aut_1", "Mail", "run_1", "stp_1", 1, event, MailSettings.model_validate(said)
        )
    )
    assert mail is not None
    return mail.message()


def page_of(message: EmailMessage) -> str:
    """Return the HTML part as a mail program shows it, with the picture that travels along."""
    found = {part.get_content_type(): part for part in message.walk()}
    picture = b64encode(found["image/jpeg"].get_content()).decode()
    html: str = found["text/html"].get_content()
    return html.replace("cid:design", f"data:image/jpeg;base64,{picture}")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 700])
def test_a_mail_fits_its_window_and_can_be_read(
    browser: Browser, cabinets: Merchant, tmp_path: Path, scheme: Any, width: int
) -> None:
    Merchant.objects.filter(pk=cabinets.pk).update(accent="#ffcc00")
    cabinets.refresh_from_db()
    html = page_of(mail_of(cabinets, "fr-CA"))
    with closing(browser.new_context(color_scheme=scheme, java_script_enabled=True)) as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(html, wait_until="load")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sheet = page.locator(".sheet").bounding_box()
        picture = page.locator(".picture img").bounding_box()
        assert sheet is not None and picture is not None
        assert sheet["width"] == min(600, width - 24)
        assert picture["width"] >= sheet["width"] - 60
        assert page.locator(".picture img").evaluate("image => image.naturalWidth") > 500
        ground = page.locator(".sheet").evaluate("each => getComputedStyle(each).backgroundColor")
        assert ground == ("rgb(23, 27, 31)" if scheme == "dark" else "rgb(255, 255, 255)")
        assert violations(page) == []
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/mail-{width}-{scheme}.png", full_page=True)
