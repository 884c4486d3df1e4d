"""Publishable keys: they stand in the pages of a shop, so they open what a shopper may do and
nothing else.

They are bound to the sites of the merchant that they name. Everybody can read one, and send it from
a program under any origin: what it opens is no secret of anybody.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from integrations.access.errors import NotForShoppers, OriginRefused
from integrations.access.models import Site

SHOPPER_SCOPES = ("catalog:read", "configurator:evaluate", "configurator:write")
SHOPPER_OPERATIONS = frozenset(
    {
        "listProducts",
        "getProduct",
        "getAsset",
        "evaluateProduct",
        "explainValue",
        "evaluateScene",
        "evaluateModel",
        "evaluatePicture",
        "evaluatePrint",
        "createConfiguration",
    }
)
"""The operations that a publishable key opens. Stored configurations are not among them: whoever
has the key has everybody's."""
WITHHELD = (
    "channel",
    "customer_group",
    "customer",
    "tax_status",
    "price_list",
    "at",
    "why",
    "costs",
    "trace",
)
"""What decides on another price than the page of the shop has, or tells how it comes about."""
OF_SERVERS = ("reference",)
"""What systems of the merchant alone say: a reference that is taken tells whose it is, and with the id of
a configuration anybody opens it in the widget."""
ALLOWED_METHODS = "GET, POST"
ALLOWED_HEADERS = (
    "Authorization, Configurator-Version, Content-Type, Idempotency-Key, If-None-Match"
)
EXPOSED_HEADERS = (
    "Configurator-Version, ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, "
    "Request-Id, Retry-After"
)


def refuse_origin(origins: frozenset[str], origin: str | None) -> None:
    """Refuse with OriginRefused a call that does not come from one of `origins`."""
    if origin is None or origin.lower() not in origins:
        raise OriginRefused(
            "This publishable key is for pages of certain sites only, and this call comes from none of them. "
            "A server takes a secret key."
        )


def refuse_operation(operation: str) -> None:
    """Refuse with NotForShoppers an operation that a publishable key does not open."""
    if operation not in SHOPPER_OPERATIONS:
        raise NotForShoppers(
            "A publishable key evaluates, reads products and keeps configurations. For all else, "
            "call from a server, with a secret key."
        )


def refuse_withheld(asked: object) -> None:
    """Refuse with NotForShoppers a body or query that asks for what is not a shopper's to decide."""
    for name in WITHHELD:
        if getattr(asked, name, None):
            raise NotForShoppers(
                f"With a publishable key `{name}` is not sent: shoppers get the price of the page. "
                "Call from a server, with a secret key."
            )
    for name in OF_SERVERS:
        if getattr(asked, name, None):
            raise NotForShoppers(
                f"With a publishable key `{name}` is not sent: it is for systems of the merchant. "
                "Set it from a server, with a secret key."
            )


def shared_headers(origin: str) -> dict[str, str]:
    """Return the headers that let a page of `origin` read an answer; cookies are never taken."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Vary": "Origin",
    }


def preflight_headers(origin: str | None) -> Mapping[str, Any]:
    """Return the headers that answer a browser which asks before it calls; without those that let
    it call where no publishable key is for `origin`.
    """
    known = {"Vary": "Origin", "Access-Control-Max-Age": "600"}
    if origin is None or not _is_listed(origin.lower()):
        return known
    return known | {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Allow-Headers": ALLOWED_HEADERS,
    }


def _is_listed(origin: str) -> bool:
    now = timezone.now()
    return Site.objects.filter(
        Q(key__expires_at=None) | Q(key__expires_at__gt=now), origin=origin, key__revoked_at=None
    ).exists()
