"""Where a request comes from, and whose requests are counted together."""

import pytest

from catalog.client_addresses import client_address, counted_address


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "1.2.3.4", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_forwarded_addresses_are_believed_for_known_proxies_only(
    settings, hops, forwarded, address
):
    settings.TRUSTED_PROXIES = hops

    assert client_address({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}) == address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a:b", "a:b"),
        ("", None),
    ],
)
def test_who_has_many_addresses_is_counted_once(address, counted):
    assert counted_address({"REMOTE_ADDR": address}) == counted


def test_behind_a_proxy_that_is_not_known_nobody_is_counted_for_all(settings):
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}
    assert counted_address(meta) is None

    settings.TRUSTED_PROXIES = 1
    assert counted_address(meta) == "203.0.113.7"


def test_a_header_of_the_open_network_frees_nobody():
    meta = {"REMOTE_ADDR": "8.8.8.8", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}
    assert counted_address(meta) == "8.8.8.8"
