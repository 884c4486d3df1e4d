"""Making and revoking keys, from code and from the command line."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.access.authentication import caller_of
from integrations.access.errors import KeyRefused
from integrations.access.models import ApiKey
from integrations.access.operations import create_api_key, revoke_api_key
from tests.factories import make_merchant

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"scopes": []}, "may do nothing"),
        ({"scopes": ["catalog:erase"]}, "no scope 'catalog:erase'"),
        (
            {"scopes": ["catalog:read"], "expires_at": timezone.now() - timedelta(1)},
            "expired from the start",
        ),
        ({"scopes": ["catalog:read"], "networks": ["x"]}, "'x' is no address"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(arguments, told):
    with pytest.raises(KeyRefused, match=told):
        create_api_key(make_merchant(), "ERP", **arguments)
    assert not ApiKey.objects.exists()


def test_revoking_twice_changes_nothing():
    key, _ = create_api_key(make_merchant(), "ERP", ["catalog:read"])
    revoke_api_key(key)
    first = ApiKey.objects.get().revoked_at
    revoke_api_key(key)

    assert ApiKey.objects.get().revoked_at == first


def test_the_command_prints_a_key_that_works():
    merchant = make_merchant()
    out = StringIO()
    call_command(
        "create_api_key",
        merchant.slug,
        "--scopes",
        "catalog:read",
        "configurator:read",
        "--days=3",
        stdout=out,
    )
    caller = caller_of(f"Bearer {out.getvalue().strip()}", "")

    assert caller.scopes == {"catalog:read", "configurator:read"}
    assert ApiKey.objects.get().expires_at > timezone.now() + timedelta(days=2)


@pytest.mark.parametrize(
    "arguments", [["nobody", "--scopes", "all"], ["joinery", "--scopes", "x:y"]]
)
def test_the_command_says_what_is_wrong(arguments):
    make_merchant()

    with pytest.raises(CommandError, match="There is no"):
        call_command("create_api_key", *arguments)


@pytest.mark.parametrize("days", ["0", "-1", "36501", "99999999999"])
def test_a_key_that_would_be_expired_or_never_is_not_made_by_the_command(days):
    make_merchant()
    with pytest.raises(CommandError, match="Give --days from 1 to 36,500"):
        call_command("create_api_key", "joinery", "--scopes", "catalog:read", f"--days={days}")
    assert not ApiKey.objects.exists()
