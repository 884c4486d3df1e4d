"""The ranges of addresses that a key may be used from."""

import ipaddress
from collections.abc import Iterable

from integrations.access.errors import KeyRefused

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return addresses and ranges such as `203.0.113.7` and `2001:db8::/32`; refuse with KeyRefused
    what is none.
    """
    networks = []
    for text in texts:
        try:
            networks.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError:
            raise KeyRefused(
                f"'{text}' is no address and no range such as 203.0.113.0/24."
            ) from None
    return tuple(networks)


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Tell whether `address` lies in one of `networks`; an address that cannot be read lies in
    none.
    """
    try:
        where = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(where, ipaddress.IPv6Address) and where.ipv4_mapped:
        where = where.ipv4_mapped
    return any(where in network for network in networks)
