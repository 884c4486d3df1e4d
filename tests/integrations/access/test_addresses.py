"""The ranges that a key may be used from."""

import pytest

from integrations.access.addresses import is_within, read_networks
from integrations.access.errors import KeyRefused


@pytest.mark.parametrize(
    ("address", "network", "inside"),
    [
        ("203.0.113.7", "203.0.113.0/24", True),
        ("203.0.114.7", "203.0.113.0/24", False),
        ("::ffff:203.0.113.7", "203.0.113.0/24", True),
        ("2001:db8::1", "2001:db8::/32", True),
        ("nonsense", "0.0.0.0/0", False),
        ("", "0.0.0.0/0", False),
    ],
)
def test_an_address_lies_in_a_range_or_not(address, network, inside):
    assert is_within(address, read_networks([network])) is inside


def test_what_is_no_range_is_refused():
    with pytest.raises(KeyRefused, match="'home' is no address"):
        read_networks(["203.0.113.7", "home"])
