"""Sites as a merchant lists them: `https://shop.example`, or `https://*.shop.example` for all below
it.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def site_of(address: str) -> str:
    """Return scheme, host and unusual port of an address; empty for what is no address in the web."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (
        f":{port}" if port not in (None, _PORTS[parts.scheme]) else ""
    )


def is_listed(site: str, listed: Sequence[str]) -> bool:
    """Tell whether `site` (see `site_of`) is one of those `listed`, as browsers match: http covers
    https as well.
    """
    asked = {site, f"http{site.removeprefix('https')}"} if site.startswith("https:") else {site}
    for each in listed:
        scheme, star, below = each.strip().rstrip("/").lower().partition("*")
        if star and any(
            one.startswith(scheme) and one.endswith(below) and one != f"{scheme}{below[1:]}"
            for one in asked
        ):
            return True
        if not star and site_of(scheme) in asked:
            return True
    return False
