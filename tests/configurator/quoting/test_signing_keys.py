"""The keys that sign quotes: made once, published before they sign and as long as what they signed
counts.
"""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from catalog.errors import NotFound
from catalog.memory import forget_all
from configurator import sealing
from configurator.models import MOST_VALID_DAYS, QuoteTerms, SigningKey
from configurator.offers import published
from configurator.quoting import signing_keys
from configurator.quoting.quotes import quote, verify
from configurator.quoting.signing_keys import (
    KEYS_SECONDS,
    PUBLISHED_AHEAD,
    SIGNER_SECONDS,
    published_keys,
    rotate_signing_key,
    signer_of,
    states_of,
    withdraw_signing_key,
)
from tests.api import make_shop
from tests.clock import Clock

pytestmark = pytest.mark.database


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def shop(db):
    return make_shop()


def quoted(slug="joinery", **given):
    return quote(published(slug, "desk"), {}, **given).signed


def kids(slug="joinery"):
    return [each["kid"] for each in published_keys(slug)]


def test_the_first_key_is_made_when_it_is_needed_and_stays(shop):
    first = signer_of("joinery").kid
    forget_all()

    assert signer_of("joinery").kid == first == SigningKey.objects.get().kid


def test_each_merchant_has_a_key_of_its_own(shop):
    make_shop("other")

    assert signer_of("joinery").kid != signer_of("other").kid
    assert kids("joinery") == [signer_of("joinery").kid]
    assert {each["kid"] for each in published_keys()} == {
        signer_of("joinery").kid,
        signer_of("other").kid,
    }


def test_there_is_no_key_for_nobody(db):
    with pytest.raises(NotFound):
        signer_of("nobody")
    assert not SigningKey.objects.exists()


def test_of_two_processes_that_make_the_first_key_at_once_both_use_the_one(shop, monkeypatch):
    original, raced = signing_keys.sealed, []

    def slow(secret, place):
        # Between looking for a key and keeping a new one, another process keeps its own.
        if not raced:
            raced.append(True)
            raced.append(signer_of("joinery").kid)
        return original(secret, place)

    monkeypatch.setattr(signing_keys, "sealed", slow)

    assert signer_of("joinery").kid == raced[1] == SigningKey.objects.get().kid


def test_a_rotation_takes_the_key_that_another_made_at_the_same_time(shop, clock, monkeypatch):
    quoted()
    original, raced = signing_keys.sealed, []

    def slow(secret, place):
        if not raced:
            raced.append(True)
            raced.append(rotate_signing_key(shop).kid)
        return original(secret, place)

    monkeypatch.setattr(signing_keys, "sealed", slow)

    assert rotate_signing_key(shop).kid == raced[1]
    assert SigningKey.objects.count() == 2


def test_a_key_that_appears_after_one_was_missed_is_taken_and_no_other_made(shop, monkeypatch):
    original, raced = signing_keys._keys_of, []

    def slow(merchant):
        found = original(merchant)
        # Just after this look at the table another process keeps the first key.
        if not raced:
            raced.append(True)
            raced.append(signer_of("joinery").kid)
        return found

    monkeypatch.setattr(signing_keys, "_keys_of", slow)

    assert signer_of("joinery").kid == raced[1] == SigningKey.objects.get().kid


def test_a_first_key_of_a_clock_that_is_ahead_signs_at_once(shop):
    kid = signer_of("joinery").kid
    SigningKey.objects.update(signs_from=timezone.now() + timedelta(seconds=5))
    forget_all()

    assert signer_of("joinery").kid == kid
    assert kids() == [kid]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_key():
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory database of SQLite has no writers beside each other")
    make_shop()

    def ask(_):
        try:
            return signer_of("joinery").kid
        finally:
            connection.close()

    # Whether they meet is chance, so more than once.
    for _ in range(5):
        SigningKey.objects.all().delete()
        forget_all()
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(ask, range(24)))
        assert found == {SigningKey.objects.get().kid}


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_rolled_back_signs_for_nobody():
    make_shop()
    with transaction.atomic():
        lost = signer_of("joinery").kid
        transaction.set_rollback(True)

    assert signer_of("joinery").kid == SigningKey.objects.get().kid != lost


def test_a_warm_signer_keeps_the_quote_and_asks_who_listens(
    shop, django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        quoted()
    offer = published("joinery", "desk")
    with django_assert_num_queries(4) as asked:
        quote(offer, {})
    begun, kept, heard, ended = (each["sql"] for each in asked)
    assert begun.startswith("SAVEPOINT") and ended.startswith("RELEASE")
    assert kept.startswith("INSERT") and "keptquote" in kept
    assert "webhooks_endpoint" in heard


# ---- rotation ------------------------------------------------------------------------------------


def test_a_new_key_is_published_before_it_signs(shop, clock):
    old = quoted().kid
    new = rotate_signing_key(shop).kid
    forget_all()

    assert kids() == [old, new]
    assert quoted().kid == old
    clock.goes_on(seconds=PUBLISHED_AHEAD.total_seconds() - 1)
    assert quoted().kid == old
    clock.goes_on(seconds=2)
    assert quoted().kid == new
    assert kids() == [old, new]


def test_a_new_key_waits_longer_than_anybody_keeps_the_old_set():
    assert timedelta(seconds=KEYS_SECONDS + SIGNER_SECONDS) < PUBLISHED_AHEAD


def test_what_a_rotated_key_signed_still_counts(shop, clock):
    token = quoted().token
    rotate_signing_key(shop)
    clock.goes_on(hours=2)
    quoted()

    assert verify(shop, token).valid


def test_an_old_key_is_published_until_its_last_quote_has_expired(shop, clock):
    QuoteTerms.objects.create(merchant=shop, valid_days=MOST_VALID_DAYS, most_days=MOST_VALID_DAYS)
    old = quoted().kid
    new = rotate_signing_key(shop).kid
    # The last moment at which it signs, and a process that hears of the new key late.
    clock.goes_on(minutes=59, seconds=59)
    last = quoted()
    assert last.kid == old

    clock.goes_on(days=MOST_VALID_DAYS, seconds=-1)
    assert verify(shop, last.token).valid
    assert old in kids()
    clock.goes_on(days=3)
    assert verify(shop, last.token).reason == "expired"
    assert kids() == [new]


def test_rotating_again_while_a_key_waits_makes_no_other(shop, clock):
    quoted()
    first = rotate_signing_key(shop)

    assert rotate_signing_key(shop) == first
    clock.goes_on(hours=2)
    assert rotate_signing_key(shop) != first
    assert SigningKey.objects.count() == 3


def test_the_first_key_of_all_need_not_wait(shop):
    key = rotate_signing_key(shop)

    assert signer_of("joinery").kid == key.kid


def test_the_state_of_every_key_is_told(shop, clock):
    quoted()
    rotate_signing_key(shop)
    clock.goes_on(hours=2)
    rotate_signing_key(shop)
    states = states_of(list(SigningKey.objects.order_by("number")), timezone.now())

    assert list(states.values())[::-1] == ["superseded", "signs", "published"]


# ---- withdrawal ----------------------------------------------------------------------------------


def test_what_a_withdrawn_key_signed_counts_no_more(shop):
    token, kid = quoted().token, quoted().kid
    withdraw_signing_key(SigningKey.objects.get())
    forget_all()
    fresh = quoted()

    assert verify(shop, token).reason == "withdrawn-key"
    assert kids() == [fresh.kid] != [kid]
    assert verify(shop, fresh.token).valid


def test_withdrawing_a_key_that_waits_changes_nothing_about_the_one_that_signs(shop, clock):
    kid = quoted().kid
    withdraw_signing_key(rotate_signing_key(shop))
    clock.goes_on(hours=2)

    assert (quoted().kid, kids()) == (kid, [kid])


def test_withdrawing_an_old_key_makes_no_other(shop, clock):
    quoted()
    rotate_signing_key(shop)
    clock.goes_on(hours=2)
    new = quoted().kid
    old = SigningKey.objects.get(number=1)
    withdraw_signing_key(old)
    withdraw_signing_key(old)

    assert (kids(), SigningKey.objects.count()) == ([new], 2)


# ---- at rest -------------------------------------------------------------------------------------


def test_a_private_key_lies_encrypted_and_is_shown_nowhere(shop, client, caplog):
    caplog.set_level(logging.DEBUG)
    signer = signer_of("joinery")
    raw = signer.private.private_bytes_raw()
    key = SigningKey.objects.get()
    answers = json.dumps(published_keys()) + client.get("/m/joinery/jwks.json").content.decode()

    assert raw not in bytes(key.sealed)
    assert "private" not in repr(signer)
    assert '"d"' not in answers
    for told in (answers, caplog.text, repr(signer), repr(key.__dict__)):
        assert raw.hex() not in told
        assert signing_keys.encoded(raw) not in told


def test_what_is_sealed_opens_in_its_own_place_only(settings):
    content = sealing.sealed(b"secret", "signing-key/1/a")

    assert sealing.opened(content, "signing-key/1/a") == b"secret"
    assert sealing.opened(content, "signing-key/2/a") is None
    assert sealing.opened(content[:-1] + bytes([content[-1] ^ 1]), "signing-key/1/a") is None
    assert sealing.opened(b"", "signing-key/1/a") is None
    assert sealing.sealed(b"secret", "signing-key/1/a") != content


def test_an_older_secret_still_opens_what_it_sealed(shop, settings):
    kid = signer_of("joinery").kid
    settings.SEALING_SECRETS = ["a new one", *settings.SEALING_SECRETS]
    forget_all()

    assert signer_of("joinery").kid == kid


def test_where_no_secret_opens_the_key_another_is_made_and_what_was_signed_still_counts(
    shop, settings, caplog
):
    before = quoted()
    settings.SEALING_SECRETS = ["quite another one"]
    forget_all()
    after = quoted()

    assert after.kid != before.kid
    assert "cannot be opened" in caplog.text
    assert verify(shop, before.token).valid
    assert verify(shop, after.token).valid


def test_two_processes_with_different_secrets_make_one_key_each(shop, settings):
    for secret in ("one", "two", "one", "two", "one"):
        settings.SEALING_SECRETS = [secret]
        forget_all()
        assert verify(shop, quoted().token).valid

    assert SigningKey.objects.count() == 2


def test_nothing_is_sealed_with_a_secret_that_nobody_has_later(shop, settings):
    settings.SEALING_SECRETS = []

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        signer_of("joinery")


# ---- on the command line -------------------------------------------------------------------------


def test_no_id_of_a_key_begins_as_an_option_does(shop, monkeypatch):
    told = iter(["-kid", "--kid", "kid"])
    monkeypatch.setattr(signing_keys, "thumbprint", lambda public: next(told, "kid"))
    assert signer_of("joinery").kid == "kid"
    assert next(told, None) is None


def test_keys_are_rotated_and_withdrawn_on_the_command_line(shop, capsys):
    kid = signer_of("joinery").kid
    call_command("rotate_signing_key", "joinery")
    new = SigningKey.objects.get(number=2)
    assert (
        capsys.readouterr().out
        == f"joinery: {new.kid} signs from {new.signs_from.isoformat()} on\n"
    )
    call_command("rotate_signing_key", "--all")
    assert new.kid in capsys.readouterr().out

    call_command("withdraw_signing_key", "joinery", kid)
    assert kid not in kids()


@pytest.mark.parametrize(
    "arguments",
    [
        ("rotate_signing_key",),
        ("rotate_signing_key", "--all", "joinery"),
        ("rotate_signing_key", "nobody"),
        ("withdraw_signing_key", "joinery", "nothing"),
    ],
)
def test_what_is_not_there_is_told(shop, arguments):
    with pytest.raises(CommandError):
        call_command(*arguments)


def test_without_the_servers_secret_no_key_is_made(shop, settings):
    settings.SEALING_SECRETS = []
    with pytest.raises(CommandError, match="SECRET_KEY"):
        call_command("rotate_signing_key", "joinery")

    assert not SigningKey.objects.exists()


def test_another_merchants_key_is_not_withdrawn(shop):
    make_shop("other")
    kid = signer_of("other").kid
    with pytest.raises(CommandError):
        call_command("withdraw_signing_key", "joinery", kid)

    assert kids("other") == [kid]
