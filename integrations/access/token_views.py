"""Where OAuth clients get their tokens and give them back: what cannot be read is refused as RFC
6749 says.
"""

import base64
import binascii
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from oauth2_provider import views

from catalog.database_trouble import RETRY_SECONDS, UNAVAILABLE
from catalog.nul import NUL
from catalog.nul_requests import fields_with_nul

logger = logging.getLogger(__name__)

GRANT = "client_credentials"


def _refused(error: str, description: str, status: int = 400) -> HttpResponse:
    headers = {"Cache-Control": "no-store"} | (
        {"WWW-Authenticate": 'Basic realm="oauth"'} if status == 401 else {}
    )
    return JsonResponse(
        {"error": error, "error_description": description}, status=status, headers=headers
    )


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """Return the refusal of a request that cannot be read; None where it can."""
    if fields := fields_with_nul(request):
        named = ", ".join(ascii(name) for name in fields)
        return _refused("invalid_request", f"A field holds the character NUL: {named}.")
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic" and not _is_readable(credentials):
        return _refused(
            "invalid_client",
            "Send client id and secret as 'Authorization: Basic …' (RFC 6749).",
            401,
        )
    return None


def _answered(request: HttpRequest, ask: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return what `ask` answers to a request that can be read; 503 in words where the database is
    away.
    """
    try:
        return _unreadable(request) or ask()
    except UNAVAILABLE as error:
        logger.error("No tokens are given, the database is away: %s", error)
        response = _refused("temporarily_unavailable", "Ask again in a few seconds.", 503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response


def _is_readable(credentials: str) -> bool:
    try:
        return NUL not in unquote_plus(base64.b64decode(credentials).decode())
    except (ValueError, binascii.Error):
        return False


class TokenView(views.TokenView):  # type: ignore[misc]
    """Gives tokens to clients for themselves; no other grant is known here."""

    refuses_nul = True

    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        return _answered(
            request, lambda: super(TokenView, self).dispatch(request, *arguments, **named)
        )

    def post(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if request.POST.get("grant_type", GRANT) != GRANT:
            return _refused("unsupported_grant_type", f"Send grant_type={GRANT}.")
        answer: HttpResponse = super().post(request, *arguments, **named)
        return answer


class RevokeTokenView(views.RevokeTokenView):  # type: ignore[misc]
    """Takes tokens back."""

    refuses_nul = True

    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        return _answered(
            request, lambda: super(RevokeTokenView, self).dispatch(request, *arguments, **named)
        )
