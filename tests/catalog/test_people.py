"""The first merchant of a new site, and who owns it."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.models import Membership, Merchant, Role
from tests.factories import make_merchant, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def create(*words: str) -> str:
    out = StringIO()
    call_command("create_merchant", *words, stdout=out)
    return out.getvalue()


def test_a_new_merchant_has_an_owner_who_gets_in_with_the_password_that_was_shown(
    client: Client,
) -> None:
    words = ("--email", "olga@joinery.example", "--country", "CA")
    said = create("joinery", "The Joinery", "--owner", "olga", *words)
    assert Merchant.objects.get().country == "CA"
    assert "Made the merchant 'joinery' (The Joinery)." in said
    password = said.rsplit(" ", 1)[1].strip()
    assert authenticate(username="olga", password=password) is not None
    client.login(username="olga", password=password)
    assert client.get("/admin/").status_code == 200
    assert Membership.objects.get().role == Role.OWNER


def test_said_again_it_changes_nothing() -> None:
    said = create("joinery", "The Joinery", "--owner", "olga")
    password = said.rsplit(" ", 1)[1].strip()
    again = create("joinery", "Another name", "--owner", "olga")
    assert "Found the merchant 'joinery' (The Joinery)." in again
    assert "olga was there before, owns it, and keeps the password." in again
    assert authenticate(username="olga", password=password) is not None
    assert (Merchant.objects.count(), Membership.objects.count()) == (1, 1)


def test_a_second_owner_is_added_and_a_member_becomes_one() -> None:
    merchant = make_merchant("joinery")
    make_user("maria", merchant, Role.VIEWER)
    create("joinery", "The Joinery", "--owner", "maria")
    create("joinery", "The Joinery", "--owner", "olga")
    roles = dict(Membership.objects.values_list("user__username", "role"))
    assert roles == {"maria": Role.OWNER, "olga": Role.OWNER}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["The Joinery!", "The Joinery", "--owner", "olga"], "slug: "),
        (["joinery", "", "--owner", "olga"], "name: "),
        (["joinery", "The Joinery", "--owner", "olga olga"], "username: "),
        (["joinery", "The Joinery", "--owner", "olga", "--email", "olga"], "email: "),
        (["joinery", "The Joinery", "--owner", "olga", "--country", "ca"], "country: "),
    ],
)
def test_what_cannot_be_is_told_by_its_field_and_nothing_is_made(
    words: list[str], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        create(*words)
    assert not Merchant.objects.exists()
