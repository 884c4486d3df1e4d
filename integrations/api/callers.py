"""What Django REST framework asks before a handler runs: who calls, how often, and whether it may."""

from typing import Any, cast

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from catalog.acting import Actor
from catalog.client_addresses import client_address, counted_address
from catalog.limits import headers_of, refuse_when_spent
from integrations.access import throttle
from integrations.access.authentication import Caller, caller_of
from integrations.access.errors import NotAuthenticated
from integrations.access.models import ApiClient, ApiKey
from integrations.access.publishable import refuse_operation


class BearerAuthentication(BaseAuthentication):
    """Makes `request.user` the Caller of an API key or an OAuth token; there is no person behind
    it.
    """

    def authenticate(self, request: Request) -> tuple[Caller, str]:
        """Return the caller and its credential; refuse with NotAuthenticated, TooManyRequests,
        AddressRefused or OriginRefused.
        """
        told = request._request.META
        try:
            caller = caller_of(
                told.get("HTTP_AUTHORIZATION"), client_address(told), told.get("HTTP_ORIGIN")
            )
        except NotAuthenticated:
            throttle.refuse_strangers(counted_address(told))
            raise
        return caller, caller.credential


def actor_behind(caller: Caller) -> Actor:
    """Return who acts where `caller` calls, by the name that its key or client has now."""
    kind, _, number = caller.credential.partition(":")
    if kind == "key":
        key = ApiKey.objects.for_merchant(caller.merchant).filter(pk=number).first()
        return Actor("key", "" if key is None else str(key), caller.credential)
    number, _, user = number.partition("/")
    client = ApiClient.objects.filter(merchant=caller.merchant, pk=number).first()
    name = "" if client is None else str(client.name)
    if user:
        return Actor("person", f"{caller.person} ({name})", user)
    return Actor("client", name, caller.credential)


def caller_behind(request: Request) -> Caller:
    """Return who sent a request that was authenticated."""
    return cast(Caller, request.user)


def counted_as(caller: Caller, address: str | None) -> str:
    """Return whose limits a call counts under: the credential's, but each shopper's own of a
    publishable key.
    """
    return caller.credential if caller.origins is None else f"{caller.credential}/{address}"


class HasScope(BasePermission):
    """Lets a caller in who has the scope that the operation declares; a publishable key only where
    shoppers may.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Refuse with ScopeMissing, which names the scope, or with NotForShoppers."""
        if view.caller.origins is not None:
            refuse_operation(view.declared.id)
        view.caller.needs(view.declared.scope)
        return True


class RequestLimit(BaseThrottle):
    """Counts requests of a credential and of an address in a fixed window, and tells with every
    answer how many are left.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request; refuse with TooManyRequests where the window has none left."""
        plain = request._request
        kind = view.declared.kind(plain.method)
        address = counted_address(plain.META)
        allowances = throttle.spend(counted_as(view.caller, address), address, kind)
        view.answer_headers.update(headers_of(allowances))
        refuse_when_spent(allowances)
        return True


def admit(view: APIView, request: Request) -> None:
    """Ask all three in turn. Django REST framework counts last; here what lacks a scope is counted
    as well.
    """
    view.perform_authentication(request)
    view.check_throttles(request)
    view.check_permissions(request)
