"""What we send is taken by the libraries that receivers use, and what somebody changed is not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
import svix

from integrations.webhooks.signing import new_secret, signed_headers, told_secret

ID = "evt_Vb3kq0Zt9mRr2XyLw1sPdA"
BODY = json.dumps({"type": "configuration.completed", "data": {"name": "Schreibtisch, größer"}}).encode()

READERS = {
    "standardwebhooks": (standardwebhooks.Webhook, standardwebhooks.WebhookVerificationError),
    "svix": (svix.Webhook, svix.WebhookVerificationError),
}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=sorted(READERS))
def reader(request: pytest.FixtureRequest):
    return READERS[request.param]


@pytest.fixture
def secret() -> bytes:
    return new_secret()


def test_what_we_sign_is_taken(reader, secret):
    reader[0](told_secret(secret)).verify(BODY, signed_headers([secret], ID, now(), BODY))


def test_while_a_secret_is_replaced_both_take_it(reader, secret):
    newer = new_secret()
    headers = signed_headers([newer, secret], ID, now(), BODY)
    for each in (secret, newer):
        reader[0](told_secret(each)).verify(BODY, headers)


def test_a_secret_that_is_over_takes_nothing(reader, secret):
    with pytest.raises(reader[1]):
        reader[0](told_secret(secret)).verify(BODY, signed_headers([new_secret()], ID, now(), BODY))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_is_too_old_or_to_come_is_not_taken(reader, secret, minutes):
    at = now() + timedelta(minutes=minutes)
    with pytest.raises(reader[1]):
        reader[0](told_secret(secret)).verify(BODY, signed_headers([secret], ID, at, BODY))


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "evt_another"},
        {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) - 60)},
        {"webhook-signature": "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    ],
)
def test_a_changed_header_is_not_taken(reader, secret, changed):
    with pytest.raises(reader[1]):
        reader[0](told_secret(secret)).verify(BODY, {**signed_headers([secret], ID, now(), BODY), **changed})


def test_a_changed_body_is_not_taken(reader, secret):
    with pytest.raises(reader[1]):
        reader[0](told_secret(secret)).verify(BODY + b" ", signed_headers([secret], ID, now(), BODY))


def test_a_secret_is_as_long_as_the_standard_wants():
    assert 24 <= len(new_secret()) <= 64
    assert new_secret() != new_secret()
