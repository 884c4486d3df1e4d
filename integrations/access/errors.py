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


class ScopeMissing(Refusal):
    """The credential is valid and lacks the scope that the operation needs; `scope` names it."""

    slug = "scope-missing"
    title = "The credential lacks a scope"
    status = 403


class KeyRefused(Refusal):
    """An API key that cannot be made: unknown scopes, no scope at all, or an address range that is
    none.
    """

    slug = "api-key-refused"
    title = "This API key cannot be made"
    status = 422
