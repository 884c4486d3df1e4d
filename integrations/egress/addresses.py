"""Which addresses a request of ours may be sent to: those of the open network, and those an
operator allows.

Python's `is_global` is no such filter: it is true for addresses that lead into private networks by
another notation. Sources: the IANA registries of special-purpose addresses for IPv4 and IPv6 (RFC
6890 and later), RFC 6052 for NAT64.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

_V4_SPECIAL = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# All that is given out to be used lies in here, but for the exceptions.
_V6_OPEN = IPv6Network("2000::/3")
_V6_SPECIAL = tuple(
    IPv6Network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_COMPATIBLE = IPv6Network("::/96")
_NAT64 = IPv6Network("64:ff9b::/96")


def read_allowed(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks such as `10.1.0.0/16` and `fd00::/8`; refuse with ValueError what is none."""
    return tuple(ip_network(text.strip(), strict=True) for text in texts)


def may_be_reached(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Tell whether a request may go to `address`: it is in the open network, or in one of
    `allowed`.
    """
    meant = _unwrapped(address)
    return meant is not None and (is_allowed(address, allowed) or _is_open(meant))


def is_allowed(address: str, allowed: Iterable[Network]) -> bool:
    """Tell whether an operator allows `address` by name of its network."""
    meant = _unwrapped(address)
    return meant is not None and any(
        meant in network for network in allowed if network.version == meant.version
    )


def _unwrapped(address: str) -> Address | None:
    """Return the address that is meant, also by one that carries an IPv4 address in IPv6; None for
    no address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return found
    # The part behind % names an interface of this machine.
    if found.scope_id is not None:
        return None
    # `::` and `::1` are no IPv4 addresses, though they look like it.
    if int(found) > 1 and any(found in each for each in (_MAPPED, _COMPATIBLE, _NAT64)):
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found


def _is_open(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _V4_SPECIAL)
    return address in _V6_OPEN and not any(address in network for network in _V6_SPECIAL)
