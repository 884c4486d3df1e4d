"""Where people let OAuth clients in, and where clients get their tokens, give them back and ask
about them: what cannot be read is refused as RFC 6749 says.
"""

import base64
import binascii
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.cache import add_never_cache_headers
from django.utils.csp import CSP
from oauth2_provider import views
from oauth2_provider.models import get_access_token_model
from oauth2_provider.settings import oauth2_settings

from catalog.database_trouble import RETRY_SECONDS, UNAVAILABLE
from catalog.nul import NUL
from catalog.nul_requests import fields_with_nul
from integrations.access.authentication import role_of
from integrations.access.models import ApiClient
from integrations.access.oauth import CODE, GRANTS, MACHINE, granted_to
from integrations.access.scopes import SCOPES
from integrations.access.secrets import digest

logger = logging.getLogger(__name__)


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
    """Gives tokens: to clients for themselves, for a code, and for a refresh token."""

    refuses_nul = True

    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        return _answered(
            request, lambda: super(TokenView, self).dispatch(request, *arguments, **named)
        )

    def post(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if request.POST.get("grant_type", MACHINE) not in GRANTS:
            return _refused("unsupported_grant_type", f"Send grant_type={MACHINE} or {CODE}.")
        answer: HttpResponse = super().post(request, *arguments, **named)
        return answer


class RevokeTokenView(views.RevokeTokenView):  # type: ignore[misc]
    """Takes tokens back."""

    refuses_nul = True

    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        return _answered(
            request, lambda: super(RevokeTokenView, self).dispatch(request, *arguments, **named)
        )


class IntrospectView(TokenView):
    """Tells a client about a token of its own, as RFC 7662 says; of any other only that it is not
    active.
    """

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        # Of two clients that a request names, the toolkit believes the one whose secret is right.
        if (
            scheme.lower() != "basic"
            or "client_secret" in request.POST
            or not self.authenticate_client(request)
        ):
            return _refused("invalid_client", "Send client id and secret as Basic.", 401)
        client = unquote_plus(base64.b64decode(credentials).decode().partition(":")[0])
        tokens = get_access_token_model().objects.select_related("user", "application__merchant")
        checksum = digest(request.POST.get("token", ""))
        token = tokens.filter(token_checksum=checksum, application__client_id=client).first()
        told: dict[str, Any] = {"active": False}
        if token is not None and token.is_valid():
            is_in = token.user is None or role_of(token.user, token.application.merchant)
            told = (
                {
                    "active": True,
                    "scope": token.scope,
                    "client_id": client,
                    "token_type": "Bearer",
                    "exp": int(token.expires.timestamp()),
                    **({"username": token.user.get_username()} if token.user else {}),
                }
                if is_in
                else told
            )
        return JsonResponse(told, headers={"Cache-Control": "no-store"})


class AuthorizeView(views.AuthorizationView):  # type: ignore[misc]
    """Asks a member of the client's merchant whether the client may act with their rights."""

    template_name = "access/authorize.html"
    login_url = reverse_lazy("admin:login")

    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if request.method == "GET" and "approval_prompt" in request.GET:
            # The toolkit would let a client in again without asking.
            asked = request.GET.copy()
            del asked["approval_prompt"]
            request.GET = asked  # type: ignore[assignment]
        response: HttpResponseBase = super().dispatch(request, *arguments, **named)
        add_never_cache_headers(response)
        return response

    def create_authorization_response(
        self, request: HttpRequest, scopes: str, credentials: dict[str, Any], allow: bool
    ) -> Any:
        """Give a code for what both person and client may do; with nothing of that, none."""
        client = ApiClient.objects.select_related("merchant").get(
            client_id=credentials["client_id"]
        )
        granted = granted_to(request.user, client, scopes.split())
        allowed = bool(allow and granted and request.method == "POST")
        return super().create_authorization_response(
            request, " ".join(granted), credentials, allowed
        )

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**given)
        client = context.get("application")
        if client is not None:
            granted = granted_to(self.request.user, client, context.get("scopes", ()))
            context |= {
                "client": client,
                "granted": [SCOPES[scope] for scope in granted],
                "is_member": role_of(self.request.user, client.merchant) is not None,
                "site": urlsplit(context["redirect_uri"]).netloc,
            }
        return context

    def render_to_response(self, context: dict[str, Any], **named: Any) -> Any:
        if "client" in context and not context["granted"]:
            named["status"] = 403
        response = super().render_to_response(context, **named)
        if "client" in context:
            # Browsers hold where a form leads to against the policy, redirects included.
            parts = urlsplit(context["redirect_uri"])
            back = f"{parts.scheme}://{parts.netloc}"
            response._csp_config = {**settings.SECURE_CSP, "form-action": [CSP.SELF, back]}
        return response

    def redirect(self, redirect_to: str, application: Any) -> HttpResponseBase:
        """Send the person back; every answer tells who it comes from, refusals too (RFC 9207)."""
        parts = urlsplit(redirect_to)
        query = [each for each in parse_qsl(parts.query, True) if each[0] != "iss"]
        query.append(("iss", oauth2_settings.oauth2_authorization_server_issuer(self.request)))
        told = urlunsplit(parts._replace(query=urlencode(query)))
        if application is None:
            asked = self.request.GET.get("client_id", "")
            application = ApiClient.objects.filter(client_id=asked).first()
        answer: HttpResponseBase = super().redirect(told, application)
        return answer
