"""The address a request comes from, and what limits know it by."""

import ipaddress
import logging
from collections.abc import Mapping

from django.conf import settings

logger = logging.getLogger(__name__)

# Whoever has one address of IPv6 has all of these.
SUBSCRIBER_PREFIX = 64
_warned: list[str] = []


def client_address(meta: Mapping[str, str]) -> str:
    """Return the caller's address, trusting `X-Forwarded-For` for as many hops as there are proxies
    in front of us.

    With TRUSTED_PROXIES 0 the header is ignored, for anybody may send it.
    """
    hops = settings.TRUSTED_PROXIES
    if hops:
        forwarded = [
            part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
        ]
        if len(forwarded) >= hops:
            return forwarded[-hops]
    return meta.get("REMOTE_ADDR", "")


def counted_address(meta: Mapping[str, str]) -> str | None:
    """Return what requests of one subscriber are counted under; None where nobody knows whose they
    are.

    Behind a proxy that TRUSTED_PROXIES does not know, everybody has the address of the proxy: a
    limit would be one for all of them.
    """
    told = client_address(meta)
    if not settings.TRUSTED_PROXIES and "HTTP_X_FORWARDED_FOR" in meta and _is_private(told):
        if not _warned:
            _warned.append(told)
            logger.warning(
                "A proxy at %s is in front and TRUSTED_PROXIES is 0: no limit of an address holds.",
                told,
            )
        return None
    # What most callers have needs no parsing.
    if ":" not in told:
        return told or None
    try:
        address = ipaddress.IPv6Address(told.partition("%")[0])
    except ValueError:
        return told
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, SUBSCRIBER_PREFIX), strict=False))


def _is_private(told: str) -> bool:
    try:
        return not ipaddress.ip_address(told).is_global
    except ValueError:
        return True
