"""The first steps of a new site: a merchant, and the people who work for it."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.crypto import get_random_string

from catalog.errors import Malformed
from catalog.models import Membership, Merchant, Role

# Without letters and digits that look alike in print: 20 of these are 110 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz" + "ACDEFGHJKLMNPQRTUVWXYZ" + "2346789"


@dataclass(frozen=True)
class Opened:
    """A merchant and its owner; `password` is None where the person was there before."""

    merchant: Merchant
    membership: Membership
    is_new: bool
    password: str | None


@transaction.atomic
def open_merchant(slug: str, name: str, owner: str, email: str = "", country: str = "") -> Opened:
    """Make the merchant and its owner, or find those that are there; refuse names that Django
    refuses with Malformed.

    Nothing that exists is changed, except that the person becomes an owner of the merchant. So it
    may be said again.
    """
    people = get_user_model()
    merchant = Merchant.objects.filter(slug=slug).first()
    is_new = merchant is None
    if merchant is None:
        merchant = Merchant(slug=slug, name=name, country=country)
        _made(merchant)
    person = people._default_manager.filter(username=owner).first()
    password = None
    if person is None:
        password = get_random_string(20, _LETTERS)
        person = people(username=owner, email=email)
        person.set_password(password)
        _made(person)
    membership, _ = Membership.objects.update_or_create(
        merchant=merchant, user=person, defaults={"role": Role.OWNER}
    )
    return Opened(merchant, membership, is_new, password)


def _made(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        told = [f"{name}: {' '.join(sentences)}" for name, sentences in error.message_dict.items()]
        raise Malformed(" ".join(told)) from error
    row.save()
