"""E-mails of automations, as a real SMTP server is handed them."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from catalog.models import Role
from catalog.operations import keep_asset, publish
from configurator.completing import complete
from configurator.keeping import save
from configurator.models import Configuration
from configurator.offers import published
from configurator_site.settings import mailers
from integrations.automations import links, operations
from integrations.automations.errors import StepRefused
from integrations.automations.models import Run, Step, Unsubscribed
from integrations.webhooks.delivery import disable
from integrations.webhooks.models import Event
from integrations.webhooks.outbox import record
from tests.factories import make_user, picture
from tests.integrations.automations.mailbox import mailbox

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TO = {"to": "maria@shop.example"}


@pytest.fixture
def post(settings):
    with mailbox() as found:
        settings.MAILERS = mailers(found.url)
        settings.DEFAULT_FROM_EMAIL = "no-reply@configurator.example"
        yield found


@pytest.fixture
def pictured(shop):
    """The shop, whose desk has a picture."""
    keep_asset(shop, "desk.png", picture())
    desk = shop.products.get(key="desk")
    desk.image = "desk.png"
    desk.save()
    publish(desk)
    return shop


def complete_desk(shop, locale="de", **choices):
    row = save(
        published(shop.slug, "desk"), {"frame": "oak", "width": Decimal(1600), **choices}, 2, locale
    )
    complete(row)
    return row


def parts(message):
    return {part.get_content_type(): part for part in message.walk()}


def text_of(message, kind="plain"):
    return parts(message)[f"text/{kind}"].get_content()


def test_a_completed_design_goes_out_in_the_shoppers_language(pictured, automation_of, still, post):
    automation_of(pictured, ("email", TO))
    row = complete_desk(pictured)
    still.goes_on(seconds=1)
    (message,) = post.taken
    assert post.envelopes == [["maria@shop.example"]]
    assert message["Subject"] == "Ihr Entwurf: Schreibtisch"
    assert message["To"] == "maria@shop.example"
    assert message["From"] == "Joinery <no-reply@configurator.example>"
    assert message["Message-ID"] == f"<{Step.objects.get().public_id}@localhost>"
    assert message["List-Unsubscribe"] is None
    plain, html = text_of(message), text_of(message, "html")
    for told in ("Gestell", "Eiche", "Menge: 2", "Gesamt", "€", "Ihren Entwurf ansehen"):
        assert told in plain, told
    assert "Eiche" in html and 'lang="de"' in html
    assert "1.600 mm" in plain or "1600 mm" in plain
    assert row.public_id not in plain + html
    assert Step.objects.get().told == "It was sent to maria@shop.example."


def test_the_picture_travels_with_the_mail(pictured, automation_of, still, post):
    automation_of(pictured, ("email", TO))
    complete_desk(pictured)
    still.goes_on(seconds=1)
    found = parts(post.taken[0])
    assert "multipart/alternative" in found and "multipart/related" in found
    image = found["image/jpeg"]
    assert image["Content-ID"] == "<design>"
    assert 'src="cid:design"' in text_of(post.taken[0], "html")
    assert Image.open(BytesIO(image.get_content())).format == "JPEG"


def test_styles_stand_at_each_element(pictured, automation_of, still, post):
    automation_of(pictured, ("email", TO))
    complete_desk(pictured)
    still.goes_on(seconds=1)
    html = text_of(post.taken[0], "html")
    assert html.count('style="') > 20
    assert "prefers-color-scheme: dark" in html
    assert "http" not in re.sub(r"http://localhost:8000/mail/[^\"]*", "", html)


def test_parts_are_left_out(pictured, automation_of, still, post):
    automation_of(
        pictured,
        ("email", {**TO, "picture": False, "price": False, "summary": False, "link": False}),
    )
    complete_desk(pictured)
    still.goes_on(seconds=1)
    message = post.taken[0]
    whole = text_of(message) + text_of(message, "html")
    assert "image/jpeg" not in parts(message)
    assert not [told for told in ("€", "Eiche", "/mail/design/") if told in whole]


def test_texts_are_the_merchants_by_language(pictured, automation_of, still, post):
    said = {
        "subject": {"default": "{product} for {total}", "de": "{product} für {total}"},
        "text": {"default": "Hello", "de": "Guten Tag,\n\nIhr {product} in {frame} <b>."},
        "copies": ["sales@shop.example"],
        "reply_to": "sales@shop.example",
    }
    automation_of(pictured, ("email", {**TO, **said}))
    complete_desk(pictured)
    complete_desk(pictured, "fr")
    still.goes_on(seconds=1)
    german, french = sorted(post.taken, key=lambda each: "für" not in each["Subject"])
    assert german["Subject"].startswith("Schreibtisch für ") and german["Subject"].endswith("€")
    assert french["Subject"].startswith("Desk for ")
    assert "Ihr Schreibtisch in Eiche <b>." in text_of(german)
    assert "in Eiche &lt;b&gt;." in text_of(german, "html")
    assert german["Reply-To"] == "sales@shop.example"
    assert german["Bcc"] is None
    assert post.envelopes[0] == ["maria@shop.example", "sales@shop.example"]


def test_a_shopper_gets_it_at_the_address_they_typed(shop, automation_of, still, post):
    automation_of(shop, ("email", {"to": "{engraving}"}))
    for typed in ("Anna@Shop.example", "Anna", ""):
        data = {"id": "gone", "product": "desk", "version": 1, "choices": {"engraving": typed}}
        record(shop, "configuration.completed", "gone", data, "desk")
    still.goes_on(seconds=1)
    assert post.envelopes == [["Anna@Shop.example"]]
    states = {step.told: step.state for step in Step.objects.all()}
    assert (
        states["'Anna' is no address: expected an e-mail address such as maria@shop.example."]
        == "failed"
    )
    assert (
        states["Nobody was there to get it: no address was given, or it is unsubscribed."] == "done"
    )


@pytest.mark.parametrize(
    "typed",
    ["Nice\r\nBcc: all@shop.example", "Nice\nX-Spam: no\n\nBody", "Ni\x1bce\x0b", "\u2028x"],
)
def test_no_choice_writes_a_header(shop, automation_of, still, post, typed):
    automation_of(
        shop, ("email", {**TO, "subject": {"default": "For {engraving}"}, "text": {"default": "x"}})
    )
    data = {"id": "gone", "product": "desk", "version": 1, "choices": {"engraving": typed}}
    record(shop, "configuration.completed", "gone", data, "desk")
    still.goes_on(seconds=1)
    (message,) = post.taken
    assert post.envelopes == [["maria@shop.example"]]
    assert {"Bcc", "X-Spam"}.isdisjoint(message.keys())
    assert message["Subject"].startswith("For ")


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"to": "maria"}, "/steps/0/settings/to"),
        ({"to": "maria@shop.example\nBcc: all@shop.example"}, "/steps/0/settings/to"),
        ({"to": "{emial}"}, "/steps/0/settings/to"),
        ({**TO, "copies": ["x"]}, "/steps/0/settings/copies/0"),
        ({**TO, "reply_to": "x"}, "/steps/0/settings/reply_to"),
        ({**TO, "subject": {"de": "Hallo"}}, "/steps/0/settings/subject"),
        ({**TO, "text": {"default": "{prodct}"}}, "/steps/0/settings/text/default"),
        ({**TO, "text": {"default": "x", "not a language": "y"}}, "/steps/0/settings/text"),
        ({**TO, "link_days": 0}, "/steps/0/settings/link_days"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_place(shop, automation_of, said, place):
    with pytest.raises(StepRefused) as refused:
        automation_of(shop, ("email", said))
    assert refused.value.data["errors"][0]["pointer"] == place


def test_an_event_about_no_configuration_needs_words(shop, automation_of, still, post):
    with pytest.raises(StepRefused):
        automation_of(shop, ("email", TO), event="endpoint.disabled")
    said = {"subject": {"default": "{name} is disabled"}, "text": {"default": "{reason}"}}
    automation_of(shop, ("email", {**TO, **said}), event="endpoint.disabled")
    record(
        shop,
        "endpoint.disabled",
        "whe_1",
        {"id": "whe_1", "name": "ERP", "reason": "It answered 410: it is gone."},
    )
    still.goes_on(seconds=1)
    assert post.taken[0]["Subject"] == "ERP is disabled"
    assert "It answered 410: it is gone." in text_of(post.taken[0])


def test_marketing_can_be_unsubscribed_by_one_click(pictured, automation_of, still, post, client):
    automation_of(pictured, ("email", {**TO, "to": "Maria@shop.example", "marketing": True}))
    complete_desk(pictured)
    still.goes_on(seconds=1)
    message = post.taken[0]
    link = message["List-Unsubscribe"].strip("<>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in text_of(message) and link in text_of(message, "html")
    path = link.removeprefix("http://localhost:8000")
    assert "Unsubscribe" in client.get(path).content.decode()
    assert not Unsubscribed.objects.exists()
    for _ in range(2):
        answer = client.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert Unsubscribed.objects.get().address == "maria@shop.example"
    complete_desk(pictured)
    still.goes_on(seconds=1)
    assert len(post.taken) == 1
    assert client.post(f"{path[:-2]}x/").status_code == 404


def test_what_is_no_marketing_goes_out_all_the_same(pictured, automation_of, still, post):
    Unsubscribed.objects.create(merchant=pictured, address="maria@shop.example")
    automation_of(pictured, ("email", TO))
    complete_desk(pictured)
    still.goes_on(seconds=1)
    assert len(post.taken) == 1


def test_a_link_leads_to_the_design_until_it_ends(pictured, automation_of, still, post, client):
    automation_of(pictured, ("email", {**TO, "link_days": 3}))
    row = complete_desk(pictured)
    still.moment = datetime.now(UTC)
    still.goes_on(seconds=1)
    link = re.search(r"http://localhost:8000(/mail/design/\S+)", text_of(post.taken[0]))[1]
    answer = client.get(link)
    assert answer.status_code == 302
    assert answer.url == f"/embed/joinery/desk/c/{row.public_id}/?lang=de"
    assert client.get(answer.url).status_code == 200
    assert client.get(link.replace(".", "x.", 1)).status_code == 404
    old = links.design_link(row.public_id, "de", datetime.now(UTC) - timedelta(seconds=1))
    gone = client.get(old.removeprefix("http://localhost:8000"), headers={"Accept-Language": "de"})
    assert (gone.status_code, "Dieser Link ist abgelaufen" in gone.content.decode()) == (410, True)
    Configuration.objects.all().delete()
    assert client.get(link).status_code == 404


def test_a_link_of_one_purpose_is_none_of_another(client):
    address = links.unsubscribe_link("joinery", "a@b.example").replace("unsubscribe/", "design/")
    assert client.get(address.removeprefix("http://localhost:8000")).status_code == 404


def test_a_server_that_says_never_is_not_asked_again(pictured, automation_of, still, post):
    post.refuse = "550 no such mailbox"
    automation_of(pictured, ("email", TO))
    complete_desk(pictured)
    still.goes_on(seconds=1)
    assert Run.objects.get().state == "failed"
    assert Step.objects.get().told == "The server takes no mail for it: 550 no such mailbox"


def test_a_server_that_says_later_is_asked_later_under_the_same_id(
    pictured, automation_of, still, post
):
    answers = iter(["451 later", "250 taken"])
    post.answer = lambda box: next(answers)
    automation_of(pictured, ("email", TO))
    complete_desk(pictured)
    still.goes_on(seconds=1)
    assert Run.objects.get().state == "waiting"
    still.goes_on(seconds=6)
    assert Run.objects.get().state == "done"
    assert len({message["Message-ID"] for message in post.taken}) == 1


def test_a_site_without_a_server_says_so(pictured, automation_of, still, settings):
    settings.MAILERS = {}
    automation_of(pictured, ("email", TO))
    complete_desk(pictured)
    still.goes_on(seconds=1)
    assert Step.objects.get().told == "This site sends no mail: the operator sets MAIL_URL."


def test_a_dry_run_shows_the_mail_and_sends_none(pictured, automation_of, post):
    automation = automation_of(pictured, ("email", TO))
    complete_desk(pictured)
    (kind, preview), *_ = operations.rehearsed(
        automation, Event.objects.get(type="configuration.completed")
    ).steps
    assert (kind, preview.told) == ("email", "maria@shop.example gets an e-mail.")
    assert preview.details["subject"] == "Ihr Entwurf: Schreibtisch"
    assert "Gesamt" in preview.details["text"]
    assert post.taken == []


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (
            "smtp://u:p%40ss@mail.example",
            {"port": 587, "use_tls": True, "use_ssl": False, "password": "p@ss"},
        ),
        ("smtps://mail.example", {"port": 465, "use_tls": False, "use_ssl": True, "username": ""}),
        ("smtp://mail.example:2525?plain=1", {"port": 2525, "use_tls": False, "use_ssl": False}),
    ],
)
def test_one_setting_says_how_mail_is_sent(url, options):
    found = mailers(url)["default"]["OPTIONS"]
    assert found.items() >= {"host": "mail.example", **options}.items()
    assert mailers("console:")["default"]["BACKEND"].endswith("console.EmailBackend")
    assert mailers("") == {}


def test_owners_are_told_by_mail_that_an_endpoint_was_disabled(shop, endpoint_of, still, post):
    for name, role in (("olga", Role.OWNER), ("omar", Role.OWNER), ("maria", Role.PRODUCT_MANAGER)):
        person = make_user(name, shop, role)
        person.email = f"{name}@shop.example"
        person.save()
    disable(endpoint_of(shop), "It answered 410: it is gone.")
    still.goes_on(seconds=1)
    (message,) = post.taken
    assert post.envelopes == [["olga@shop.example", "omar@shop.example"]]
    assert message["Subject"] == "The webhook endpoint “erp” is disabled"
    assert "It answered 410: it is gone." in message.get_content()
    assert message["Message-ID"] == f"<{Event.objects.get().public_id}@localhost>"


def test_nobody_is_told_where_nobody_has_an_address(shop, endpoint_of, still, post):
    disable(endpoint_of(shop), "It answered 410: it is gone.")
    still.goes_on(seconds=1)
    assert post.taken == []
    assert not Event.objects.exists()
