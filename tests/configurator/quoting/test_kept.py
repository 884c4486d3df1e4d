"""Quotes as rows: kept when they are given, accepted once while they hold, told as expired once at
their end.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from catalog.errors import NotFound, Refusal
from catalog.jobs import clock as database_clock
from catalog.models import Merchant, Role
from configurator.completing import complete_choices
from configurator.keeping import save
from configurator.models import Configuration, KeptQuote, SigningKey
from configurator.offers import Offer, published
from configurator.quoting import ending
from configurator.quoting.ending import KEPT_EXPIRED, tell_expired_quotes
from configurator.quoting.kept import (
    QuoteExpired,
    QuoteNotYetValid,
    QuoteRefused,
    accept,
    kept_quote,
    quotes_of,
    state_of,
)
from configurator.quoting.quotes import quote, quote_configuration, verify
from configurator.quoting.signing_keys import rotate_signing_key, withdraw_signing_key
from configurator.quoting.tokens import LEEWAY_SECONDS
from configurator.signals import quote_accepted, quote_expired
from tests.api import make_shop
from tests.clock import Clock
from tests.examples.desk import desk
from tests.factories import make_user

pytestmark = pytest.mark.database

CHOICES = {"frame": "steel", "top": "glass"}
DAY = 24 * 3600


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of this machine and of the database, both as a test has it."""
    clock = Clock(monkeypatch)
    now = database_clock.now
    ahead = connection.vendor == "postgresql"
    monkeypatch.setattr(
        database_clock, "now", lambda: now() + (clock.ahead if ahead else timedelta())
    )
    return clock


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """What is told of quotes: accepted or expired, and which."""
    heard: list[tuple[str, str]] = []

    def on_accepted(quote: KeptQuote, **_: Any) -> None:
        heard.append(("accepted", quote.public_id))

    def on_expired(quote: KeptQuote, **_: Any) -> None:
        heard.append(("expired", quote.public_id))

    quote_accepted.connect(on_accepted)
    quote_expired.connect(on_expired)
    yield heard
    quote_accepted.disconnect(on_accepted)
    quote_expired.disconnect(on_expired)


def offer() -> Offer:
    return published("joinery", "desk")


def token(expires_in: int = DAY, **given: Any) -> str:
    return quote(offer(), CHOICES, expires_in=expires_in, **given).signed.token


def refusal(ask: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as found:
        ask()
    return found.value


# ---- kept ----------------------------------------------------------------------------------------


def test_a_quote_is_kept_with_what_its_token_says(shop):
    found = quote(offer(), CHOICES, quantity=3, expires_in=DAY).signed
    row = KeptQuote.objects.get()
    assert (row.merchant, row.public_id, row.token, row.product) == (
        shop,
        found.claims["jti"],
        found.token,
        "desk",
    )
    assert (f"{row.total:.2f}", row.currency) == (found.claims["total"], found.claims["currency"])
    assert (row.given_at, row.expires_at) == (found.issued_at, found.expires_at)
    assert (row.accepted_at, row.expired_at, row.configuration) == (None, None, None)


def test_that_of_a_configuration_is_kept_with_it_and_stays_without_it(shop):
    row = save(offer(), CHOICES)
    quote_configuration(row)
    done = complete_choices(offer(), CHOICES)
    assert [each.configuration for each in KeptQuote.objects.order_by("pk")] == [row, done]
    assert KeptQuote.objects.get(configuration=done).token == done.quote
    Configuration.objects.all().delete()
    assert KeptQuote.objects.filter(configuration=None).count() == 2


def test_what_is_rolled_back_was_never_given(shop):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        token()
        raise ZeroDivisionError
    assert not KeptQuote.objects.exists()


def test_an_offer_in_place_of_another_is_kept_once_it_is_accepted(shop, clock):
    old = token(expires_in=60)
    clock.goes_on(minutes=3)
    offered = verify(shop, old).now.quote.signed
    assert KeptQuote.objects.count() == 1
    row = accept(shop, offered.token)
    assert (row.public_id, row.merchant, row.expires_at) == (
        offered.claims["jti"],
        shop,
        offered.expires_at,
    )
    assert KeptQuote.objects.count() == 2


def test_that_of_an_earlier_release_is_kept_once_it_is_accepted_with_its_configuration(shop):
    done = complete_choices(offer(), CHOICES)
    KeptQuote.objects.all().delete()
    assert accept(shop, done.quote).configuration == done


# ---- accepted ------------------------------------------------------------------------------------


def test_a_quote_is_accepted_once_however_often_it_is_said(shop, told, clock):
    given = token(expires_in=60)
    first = accept(shop, given)
    clock.goes_on(days=2)
    again = accept(shop, given)
    assert told == [("accepted", first.public_id)]
    assert first.accepted_at == again.accepted_at
    assert state_of(again) == "accepted"


def test_a_quote_holds_as_long_as_clocks_may_differ_and_no_longer(shop, told, clock):
    accepted, late = token(expires_in=60), token(expires_in=60)
    clock.goes_on(seconds=60 + LEEWAY_SECONDS - 10)
    assert tell_expired_quotes.call() is None
    accept(shop, accepted)
    clock.goes_on(seconds=20)
    refused = refusal(lambda: accept(shop, late))
    assert isinstance(refused, QuoteExpired)
    assert (refused.slug, refused.status) == ("quote-expired", 409)
    assert refused.data["expired_at"] == KeptQuote.objects.get(token=late).expires_at.isoformat()
    assert [what for what, _ in told] == ["accepted"]


def test_one_that_was_told_as_expired_is_not_accepted_any_more(shop, told, clock):
    given = token(expires_in=60)
    clock.goes_on(minutes=3)
    tell_expired_quotes.call()
    clock.ahead = timedelta()
    assert isinstance(refusal(lambda: accept(shop, given)), QuoteExpired)
    assert [what for what, _ in told] == ["expired"]


def test_one_that_begins_later_is_not_accepted_yet(shop, told, clock):
    given = token(valid_from=clock.now() + timedelta(days=2))
    refused = refusal(lambda: accept(shop, given))
    assert isinstance(refused, QuoteNotYetValid)
    assert "valid_from" in refused.data
    clock.goes_on(days=2, seconds=5)
    accept(shop, given)
    assert len(told) == 1


def _changed(given: str) -> str:
    head, payload, signature = given.split(".")
    return (
        f"{head}.{payload}.{signature[:-4]}{'AAAA' if not signature.endswith('AAAA') else 'BBBB'}"
    )


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda given: "no token", "malformed"),
        (lambda given: given.split(".")[0] + ".e30.e30", "wrong-signature"),
        (_changed, "wrong-signature"),
    ],
    ids=["malformed", "other", "changed"],
)
def test_what_is_no_quote_is_refused_with_the_reason(shop, told, made, reason):
    refused = refusal(lambda: accept(shop, made(token())))
    assert isinstance(refused, QuoteRefused)
    assert (refused.status, refused.data["reason"]) == (422, reason)
    assert told == []


def test_what_a_withdrawn_or_unknown_key_signed_is_refused(shop, told):
    given = token()
    withdraw_signing_key(SigningKey.objects.get())
    assert refusal(lambda: accept(shop, given)).data["reason"] == "withdrawn-key"
    SigningKey.objects.all().delete()
    assert refusal(lambda: accept(shop, given)).data["reason"] == "unknown-key"
    assert told == []


def test_anothers_quote_is_not_found_and_stays_as_it_is(shop, told):
    other = make_shop("other", desk(product="bureau"))
    rotate_signing_key(other)
    given = token()
    assert isinstance(refusal(lambda: accept(other, given)), NotFound)
    assert isinstance(
        refusal(lambda: kept_quote(other, KeptQuote.objects.get().public_id)), NotFound
    )
    assert KeptQuote.objects.get().accepted_at is None
    assert told == []


def test_a_telling_that_fails_leaves_the_quote_open(shop):
    given = token()

    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    quote_accepted.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            accept(shop, given)
    finally:
        quote_accepted.disconnect(fail)
    assert state_of(KeptQuote.objects.get()) == "open"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "not kept"])
def test_of_many_who_accept_at_once_one_is_told(told, is_kept):
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory database of SQLite has no writers beside each other")
    shop = make_shop()
    given = token()
    if not is_kept:
        KeptQuote.objects.all().delete()
    together = threading.Barrier(4)
    found: list[KeptQuote] = []

    def ask() -> None:
        together.wait()
        found.append(accept(shop, given))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({(row.pk, row.accepted_at) for row in found}) == 1
    assert len(found) == 4
    assert len(told) == 1


# ---- expired -------------------------------------------------------------------------------------


def test_what_ended_unaccepted_is_told_once(shop, told, clock):
    given, taken, lasting = token(expires_in=60), token(expires_in=60), token(expires_in=DAY)
    accept(shop, taken)
    told.clear()
    clock.goes_on(minutes=3)
    for _ in range(2):
        tell_expired_quotes.call()
    assert told == [("expired", KeptQuote.objects.get(token=given).public_id)]
    states = {state_of(row): row.token for row in KeptQuote.objects.all()}
    assert states == {"expired": given, "accepted": taken, "open": lasting}
    for state, each in states.items():
        assert [row.token for row in quotes_of(shop, state)] == [each]


def test_whoever_is_killed_meanwhile_leaves_the_rest_to_the_next(shop, told, clock, monkeypatch):
    """Batches of two; the third telling ends its worker, and undoes its own batch alone."""
    monkeypatch.setattr(ending, "_AT_ONCE", 2)
    for _ in range(5):
        token(expires_in=60)
    clock.goes_on(minutes=3)
    killed = []

    def kill(**_: Any) -> None:
        if len(told) == 3 and not killed:
            killed.append(True)
            raise KeyboardInterrupt

    quote_expired.connect(kill)
    try:
        with pytest.raises(KeyboardInterrupt):
            tell_expired_quotes.call()
        assert KeptQuote.objects.filter(expired_at__isnull=False).count() == 2
        tell_expired_quotes.call()
    finally:
        quote_expired.disconnect(kill)
    # What the killed one had told was rolled back with its batch, as an event in the outbox is.
    assert KeptQuote.objects.filter(expired_at=None).count() == 0
    assert len(told) == 5 + 1


def test_they_are_told_in_batches(shop, clock, monkeypatch):
    monkeypatch.setattr(ending, "_AT_ONCE", 3)
    for _ in range(7):
        token(expires_in=60)
    clock.goes_on(minutes=3)
    sizes = []
    while found := ending._tell_some():
        sizes.append(found)
    assert sizes == [3, 3, 1]


def test_what_nobody_accepted_is_deleted_a_year_after_its_end(shop, clock):
    token(expires_in=60)
    taken = token(expires_in=60)
    accept(shop, taken)
    clock.goes_on(minutes=3)
    tell_expired_quotes.call()
    clock.goes_on(seconds=KEPT_EXPIRED.total_seconds() - DAY)
    tell_expired_quotes.call()
    assert KeptQuote.objects.count() == 2
    clock.goes_on(days=2)
    tell_expired_quotes.call()
    assert [row.token for row in KeptQuote.objects.all()] == [taken]


# ---- in the administration -----------------------------------------------------------------------


@pytest.mark.parametrize(("role", "may"), [(Role.PRODUCT_MANAGER, True), (Role.VIEWER, False)])
def test_people_accept_what_holds_and_are_told_what_does_not(client, shop, told, clock, role, may):
    late = token(expires_in=60)
    clock.goes_on(minutes=3)
    given = token()
    client.force_login(make_user("maria", shop, role))
    page = "/admin/configurator/keptquote/"
    shown = client.get(page).content.decode()
    assert all(row.public_id in shown for row in KeptQuote.objects.all())
    assert (
        KeptQuote.objects.get(token=late).public_id
        not in client.get(f"{page}?state=open").content.decode()
    )
    rows = list(KeptQuote.objects.values_list("pk", flat=True))
    answer = client.post(
        page, {"action": "accept", "_selected_action": rows}, follow=True
    ).content.decode()
    accepted = [row.token for row in KeptQuote.objects.exclude(accepted_at=None)]
    assert accepted == ([given] if may else [])
    assert ("1 accepted." in answer, "This quote has expired." in answer) == (may, may)
    assert len(told) == (1 if may else 0)


def test_nobody_accepts_the_quotes_of_another_shop(client, shop, told):
    make_shop("other", desk(product="bureau"))
    token()
    client.force_login(make_user("olga", Merchant.objects.get(slug="other"), Role.OWNER))
    page = "/admin/configurator/keptquote/"
    row = KeptQuote.objects.get()
    assert row.public_id not in client.get(page).content.decode()
    client.post(page, {"action": "accept", "_selected_action": [row.pk]})
    assert told == []
