"""The OAuth server: authorization codes with PKCE for people, client credentials for machines, and
refresh tokens that are exchanged at every use.

The toolkit does the protocol. What it leaves to us is here: who may ask for what, from where, how
long a chain of refresh tokens may go on, and that an old client secret holds for a while.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from oauth2_provider.models import get_refresh_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    IntrospectEndpoint,
    RefreshTokenGrant,
    ResourceEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)

from catalog.client_addresses import client_address
from catalog.roles import scopes_of
from integrations.access.addresses import is_within, read_networks
from integrations.access.authentication import note_use, role_of
from integrations.access.models import ApiClient

CODE, REFRESH, MACHINE = "authorization_code", "refresh_token", "client_credentials"
GRANTS = (CODE, REFRESH, MACHINE)
LONGEST_CHAIN = timedelta(seconds=settings.OAUTH2_PROVIDER["REFRESH_TOKEN_EXPIRE_SECONDS"])
"""So long after a person let a client in, its last refresh token ends."""


def granted_to(user: Any, client: ApiClient, asked: Any) -> list[str]:
    """Return those of the scopes `asked` that `client` may have and `user` holds for its merchant,
    each once.
    """
    role = role_of(user, client.merchant)
    held = scopes_of(role) if role else frozenset()
    return [scope for scope in dict.fromkeys(asked) if scope in held and scope in client.scopes]


class Server(
    AuthorizationEndpoint,  # type: ignore[misc]
    IntrospectEndpoint,  # type: ignore[misc]
    TokenEndpoint,  # type: ignore[misc]
    ResourceEndpoint,  # type: ignore[misc]
    RevocationEndpoint,  # type: ignore[misc]
):
    """What oauthlib offers, without the grants that nobody should use any more."""

    def __init__(
        self,
        request_validator: Any,
        token_expires_in: Any = None,
        token_generator: Any = None,
        refresh_token_generator: Any = None,
        **_: Any,
    ) -> None:
        code = AuthorizationCodeGrant(request_validator)
        bearer = BearerToken(
            request_validator, token_generator, token_expires_in, refresh_token_generator
        )
        AuthorizationEndpoint.__init__(
            self,
            default_response_type="code",
            response_types={"code": code},
            default_token_type=bearer,
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type=MACHINE,
            grant_types={
                CODE: code,
                REFRESH: RefreshTokenGrant(request_validator),
                MACHINE: ClientCredentialsGrant(request_validator),
            },
            default_token_type=bearer,
        )
        ResourceEndpoint.__init__(self, "Bearer", {"Bearer": bearer})
        RevocationEndpoint.__init__(self, request_validator)
        IntrospectEndpoint.__init__(self, request_validator)


class Validator(OAuth2Validator):  # type: ignore[misc]
    """What the toolkit asks before it gives a token."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Tell whether client and secret belong together, and it calls from where it may."""
        return bool(super().authenticate_client(request, *args, **kwargs)) and _is_here(request)

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        """Tell whether a secret is the client's; after a rotation the one before counts for a
        while.
        """
        if super()._check_secret(provided_secret, stored_secret):
            return True
        # What is stored is salted, so it is one client's alone.
        rotated = ApiClient.objects.filter(
            client_secret=stored_secret, old_until__gt=timezone.now()
        ).first()
        return rotated is not None and bool(
            super()._check_secret(provided_secret, rotated.old_secret)
        )

    def authenticate_client_id(
        self, client_id: str, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Tell whether this is a public client that calls from where it may."""
        return bool(super().authenticate_client_id(client_id, request)) and _is_here(request)

    def validate_code(
        self, client_id: str, code: str, client: ApiClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Tell whether the code holds, and the person is a member yet."""
        return bool(
            super().validate_code(client_id, code, client, request, *args, **kwargs)
        ) and bool(granted_to(request.user, client, request.scopes))

    def validate_refresh_token(
        self, refresh_token: str, client: ApiClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Tell whether the refresh token holds, its chain is not too old, and the person is a
        member yet.

        The toolkit counts from the last exchange, so that a chain could go on for ever.
        """
        if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
            return False
        tokens, row = get_refresh_token_model(), request.refresh_token_instance
        family = tokens.objects.filter(token_family=row.token_family)
        began = family.aggregate(began=Min("created"))["began"] or row.created
        if began + LONGEST_CHAIN <= timezone.now() or role_of(row.user, client.merchant) is None:
            tokens.revoke_family(row.token_family)
            return False
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Return the scopes that a refresh token still stands for: roles and clients change."""
        before = super().get_original_scopes(refresh_token, request, *args, **kwargs)
        asked = before.split() if isinstance(before, str) else before
        return granted_to(request.refresh_token_instance.user, request.client, asked)

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a token that was given, and that the client was used."""
        kept = super().save_bearer_token(token, request, *args, **kwargs)
        note_use(request.client)
        return kept


def _is_here(request: Any) -> bool:
    networks = read_networks(request.client.networks)
    return not networks or is_within(client_address(request.headers), networks)
