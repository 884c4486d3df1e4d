"""Why a caller is turned away before anything is looked at."""

from catalog.errors import Refusal


class NotAuthenticated(Refusal):
    """No credential came, or one that is unknown, expired or revoked; which of these is not told."""

    slug = "not-authenticated"
    title = "A valid credential is needed"
    status = 401

    def headers(self) -> dict[str, str]:
        """Return how a caller says who it is."""
        return {**super().headers(), "WWW-Authenticate": 'Bearer realm="api"'}


class AddressRefused(Refusal):
    """The API key may not be used from the caller's address."""

    slug = "address-refused"
    title = "This key may not be used from here"
    status = 403


class OriginRefused(Refusal):
    """The publishable key is for pages of other sites than the one that calls."""

    slug = "origin-refused"
    title = "This key may not be used on this page"
    status = 403


class NotForShoppers(Refusal):
    """A publishable key opens what a shopper may do; this is not among it."""

    slug = "not-for-shoppers"
    title = "A publishable key does not open this"
    status = 403


class GrantRefused(Refusal):
    """Nobody gives a key, a client or a person more than they hold themselves; `scopes` names what
    is too much.
    """

    slug = "grant-refused"
    title = "You cannot give more than you hold"
    status = 422


class LastOwner(Refusal):
    """A merchant has an owner always: the last one stays, and stays an owner."""

    slug = "last-owner"
    title = "The last owner stays"
    status = 409


class MemberAlready(Refusal):
    """The person is a member of the merchant already."""

    slug = "member-already"
    title = "This person is a member already"
    status = 409


class ScopeMissing(Refusal):
    """The credential is valid and lacks the scope that the operation needs; `scope` names it."""

    slug = "scope-missing"
    title = "The credential lacks a scope"
    status = 403


class KeyRefused(Refusal):
    """An API key or OAuth client that cannot be made so: unknown scopes, no scope at all, an address
    range, a site or a redirect that is none.
    """

    slug = "api-key-refused"
    title = "This credential cannot be made"
    status = 422
