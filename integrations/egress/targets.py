"""Where a URL leads, read strictly: what is not plainly a web address is refused before anything is
asked.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

from catalog.errors import Refusal

PORTS = frozenset((80, 443, 8080, 8443))
MOST_URL = 2_000
_DEFAULTS = {"http": 80, "https": 443}
# What a URL is written with, by RFC 3986; all else comes percent-encoded.
_VISIBLE = re.compile(r"[!#-\[\]_a-z~]+", re.ASCII)


class UrlRefused(Refusal):
    """A URL that requests are not sent to: no web address, with a password in it, or of a port that
    is not open.
    """

    slug = "url-refused"
    title = "Nothing is sent to this URL"


@dataclass(frozen=True)
class Target:
    """Where a request goes: `host` in ASCII without brackets, `path` with its query as it is sent."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def has_open_port(self) -> bool:
        """Whether the port is one of those that anybody may be called at."""
        return self.port in PORTS

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULTS[self.scheme] else f"{name}:{self.port}"


def read_target(url: str) -> Target:
    """Return where `url` leads; refuse with UrlRefused."""
    if len(url) > MOST_URL:
        raise UrlRefused(f"Give a URL of at most {MOST_URL:,} characters.")
    plain = _with_ascii_host(url)
    if not _VISIBLE.fullmatch(plain):
        raise UrlRefused(
            "A URL has no blanks, quotes or backslashes; write them as %20 and the like."
        )
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError as error:
        raise UrlRefused(f"This is no URL: {error}.") from None
    if parts.scheme not in _DEFAULTS:
        raise UrlRefused("Give a URL that begins with https:// or http://.")
    if "@" in parts.netloc:
        raise UrlRefused(
            "Take name and password out of the URL: it is shown to people and written to logs."
        )
    if parts.fragment:
        raise UrlRefused("Take the part behind # out of the URL: it is never sent.")
    if port == 0:
        raise UrlRefused("There is no port 0.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(
        parts.scheme, read_host(parts.hostname or ""), port or _DEFAULTS[parts.scheme], path
    )


def _with_ascii_host(url: str) -> str:
    """Return `url` with its host as it is asked for in the network, such as `xn--…`."""
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    name, colon, port = (
        host.rpartition(":") if host.rpartition(":")[2].isdigit() else (host, "", "")
    )
    if name.isascii():
        return url
    try:
        return f"{scheme}{mark}{idna.encode(name.lower(), strict=True).decode()}{colon}{port}{slash}{path}"
    except idna.IDNAError as error:
        raise UrlRefused(f"'{name}' is no name of a host: {error}.") from None


def read_host(name: str) -> str:
    """Return a host's name as it is asked for; refuse with UrlRefused."""
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    try:
        return idna.encode(name.removesuffix("."), strict=True).decode()
    except idna.IDNAError as error:
        raise UrlRefused(f"'{name}' is no name of a host: {error}.") from None
