"""The doors at which people and programs show who they are: how often somebody may knock is
limited.
"""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from catalog import limits
from catalog.client_addresses import counted_address
from catalog.limits import Quota, TooManyRequests

LOGIN, OAUTH = "admin:login", "oauth2_provider"


class Doors:
    """Counts attempts to log in, by account and by address, and calls of OAuth by address; beyond
    the limits it answers 429.

    An attempt that succeeds does not count: who knows the password is never locked out by it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        attempt: list[Quota] | None = getattr(request, "login_attempt", None)
        # Only a right password leads on: a wrong one is told on the page, and whoever sends it may
        # be logged in as somebody else.
        if attempt and response.status_code == HTTPStatus.FOUND and request.user.is_authenticated:
            limits.give_back(attempt)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named: Any
    ) -> HttpResponse | None:
        """Count an attempt; return what refuses it, None where it may go on."""
        if request.method != "POST" or (match := request.resolver_match) is None:
            return None
        address = counted_address(request.META)
        if match.namespace == OAUTH and address is not None:
            quota = Quota("oauth", address, settings.TOKEN_REQUESTS, settings.API_WINDOW_SECONDS)
            return _refused_token([quota])
        if match.view_name == LOGIN:
            quotas = _of_login(request, address)
            refused = _refused_login(request, quotas)
            if refused is None:
                request.login_attempt = quotas  # type: ignore[attr-defined]
            return refused
        return None


def _of_login(request: HttpRequest, address: str | None) -> list[Quota]:
    # A name is what somebody typed, perhaps a password: what is counted under is its digest.
    name = request.POST.get("username", "").strip().casefold().encode()
    account = hashlib.sha256(name).hexdigest()[:32]
    window = settings.LOGIN_WINDOW_SECONDS
    quotas = [Quota("login", account, settings.LOGIN_ATTEMPTS, window)]
    if address is not None:
        quotas.append(Quota("logins", address, settings.LOGIN_ADDRESS_ATTEMPTS, window))
    return quotas


def _refused_login(request: HttpRequest, quotas: list[Quota]) -> HttpResponse | None:
    try:
        limits.refuse_when_spent(limits.spend(quotas))
    except TooManyRequests as refusal:
        seconds = refusal.data["retry_after"]
        context = {**site.each_context(request), "minutes": -(-seconds // 60)}
        response = render(request, "admin/access/too_many_attempts.html", context, status=429)
        response.headers["Retry-After"] = str(seconds)
        return response
    return None


def _refused_token(quotas: list[Quota]) -> HttpResponse | None:
    told = limits.spend(quotas)
    try:
        limits.refuse_when_spent(told)
    except TooManyRequests as refusal:
        # RFC 6749 knows no word of its own for it.
        document = {"error": "temporarily_unavailable", "error_description": refusal.sentence}
        headers = {**limits.headers_of(told), **refusal.headers(), "Cache-Control": "no-store"}
        return JsonResponse(document, status=429, headers=headers)
    return None
