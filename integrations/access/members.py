"""People of a merchant and their roles: added, changed and removed, while an owner always stays."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet

from catalog.errors import Malformed, NotFound
from catalog.models import Membership, Merchant
from catalog.roles import Role, scopes_of
from integrations.access.authentication import forget_callers
from integrations.access.errors import LastOwner, MemberAlready
from integrations.access.operations import Holder


def members_of(merchant: Merchant) -> QuerySet[Membership]:
    """Return the memberships of a merchant, the oldest first."""
    return Membership.objects.filter(merchant=merchant).select_related("user").order_by("pk")


def member_called(merchant: Merchant, id: str) -> Membership:
    """Return the membership of that id; refuse with NotFound."""
    known = id.isascii() and id.isdecimal() and len(id) < 19
    found = members_of(merchant).filter(pk=int(id)).first() if known else None
    if found is None:
        raise NotFound("There is no person of this id.")
    return found


@transaction.atomic
def add_member(merchant: Merchant, username: str, role: Role, holder: Holder) -> Membership:
    """Make a person with an account on this site a member; refuse with Malformed who has none, with
    MemberAlready who is one, and with GrantRefused a role that may more than `holder`.
    """
    holder.refuse_scopes(scopes_of(role))
    _locked(merchant)
    people = get_user_model()
    user = people._default_manager.filter(username=username).first()
    if user is None:
        sentence = "Nobody on this site has this user name. An operator makes accounts."
        raise Malformed(sentence, errors=[{"pointer": "/username", "detail": sentence}])
    if members_of(merchant).filter(user=user).exists():
        raise MemberAlready("This person is a member already. Change the role instead.")
    return Membership.objects.create(merchant=merchant, user=user, role=role)


@transaction.atomic
def change_role(membership: Membership, role: Role, holder: Holder) -> Membership:
    """Give a member another role; refuse with GrantRefused where the role before or after may more
    than `holder`, and with LastOwner where nobody would be an owner. Safe to repeat.
    """
    membership = _held(membership, holder)
    holder.refuse_scopes(scopes_of(role))
    if role != Role.OWNER:
        _refuse_last(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    forget_callers()
    return membership


@transaction.atomic
def remove_member(membership: Membership, holder: Holder) -> None:
    """End a membership, and with it the tokens of that person; refuse as `change_role` does."""
    membership = _held(membership, holder)
    _refuse_last(membership)
    membership.delete()
    forget_callers()


def _held(membership: Membership, holder: Holder) -> Membership:
    _locked(membership.merchant)
    membership = member_called(membership.merchant, str(membership.pk))
    holder.refuse_scopes(scopes_of(membership.role))
    return membership


def _locked(merchant: Merchant) -> None:
    """Have two changes at once come one after the other, lest both take one of two owners."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def _refuse_last(membership: Membership) -> None:
    others = members_of(membership.merchant).filter(role=Role.OWNER, user__is_active=True)
    if membership.role == Role.OWNER and not others.exclude(pk=membership.pk).exists():
        raise LastOwner("Make somebody else an owner first.")
