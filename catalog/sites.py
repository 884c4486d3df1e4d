"""Sites as a merchant lists them: `https://shop.example`, or `https://*.shop.example` for all below
it.
"""

import re
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


def origin_of(text: str) -> str:
    """Return `text` as an origin, as browsers write it; refuse with ValueError what is none."""
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        parts, port, host = urlsplit(""), "", ""
    plain = parts.scheme == "https" or (
        parts.scheme == "http" and host in ("localhost", "127.0.0.1")
    )
    if (
        not plain
        or not re.fullmatch(r"[a-z0-9.-]+", host)
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise ValueError(f"'{text}' is no site; write it as https://shop.example, without a path.")
    if parts.path.strip("/"):
        raise ValueError(f"'{text}' has a path; write only {parts.scheme}://{host}{port}.")
    default = {"https": ":443", "http": ":80"}[parts.scheme]
    return f"{parts.scheme}://{host}{'' if port == default else port}"
