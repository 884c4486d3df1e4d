"""Requests of ours reach the open network and nothing else, end in time, and believe no answer too
much.
"""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from integrations.egress import client
from integrations.egress.addresses import may_be_reached, read_allowed
from integrations.egress.client import Unreachable, post, refuse_closed
from integrations.egress.targets import UrlRefused, read_target
from tests.integrations.egress.receiver import dripping, endless, hanging, receiver, saying

CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.9.10",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.2",
    "192.168.0.1",
    "192.168.255.255",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::a00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:1::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2620:4f:8000::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "no-address",
]
OPEN = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "192.169.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
]


@pytest.fixture(autouse=True)
def no_network_of_ours(settings: Settings) -> None:
    settings.EGRESS_ALLOWED = []


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where connections would have gone to: none is made."""
    asked: list[Any] = []

    def connect(address: Any, timeout: float) -> Any:
        asked.append(address)
        raise OSError("not here")

    monkeypatch.setattr(socket, "create_connection", connect)
    return asked


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let every name have these addresses, at each look-up the next ones; return what is looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_there_are_enough_closed_addresses():
    assert len(CLOSED) >= 45


@pytest.mark.parametrize("address", CLOSED)
def test_a_closed_address_is_never_connected_to(address, connects, monkeypatch):
    names(monkeypatch, [address])
    with pytest.raises((UrlRefused, Unreachable)):
        post("https://shop.example/in", b"{}", {}, 5)
    assert not may_be_reached(address)
    assert connects == []


@pytest.mark.parametrize(
    "address", [each for each in CLOSED if "%" not in each and each != "no-address"]
)
def test_a_closed_address_in_a_url_is_refused_where_it_is_written(address, connects):
    url = f"http://[{address}]/in" if ":" in address else f"http://{address}/in"
    with pytest.raises(UrlRefused):
        refuse_closed(read_target(url))
    with pytest.raises(UrlRefused):
        post(url, b"{}", {}, 5)
    assert connects == []


@pytest.mark.parametrize("address", OPEN)
def test_an_open_address_is_connected_to_as_it_was_found(address, connects, monkeypatch):
    names(monkeypatch, [address])
    with pytest.raises(Unreachable):
        post("https://shop.example/in", b"{}", {}, 5)
    assert connects == [(address, 443)]


def test_one_closed_address_among_open_ones_closes_the_name(connects, monkeypatch):
    names(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(UrlRefused, match="private network"):
        post("https://shop.example/in", b"{}", {}, 5)
    assert connects == []


def test_a_name_that_moves_between_looking_and_connecting_moves_nothing(connects, monkeypatch):
    asked = names(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    with pytest.raises(Unreachable):
        post("https://shop.example/in", b"{}", {}, 5)
    assert (asked, connects) == (["shop.example"], [("1.1.1.1", 443)])


def test_an_operator_opens_networks_and_with_them_their_ports(connects, settings):
    settings.EGRESS_ALLOWED = ["10.1.0.0/16", "fd00::/8", "::1/128"]
    for url in ("http://10.1.2.3:8069/in", "http://[fd00::7]:9000/", "http://[::1]/"):
        with pytest.raises(Unreachable):
            post(url, b"{}", {}, 5)
    assert [each[0] for each in connects] == ["10.1.2.3", "fd00::7", "::1"]
    with pytest.raises(UrlRefused):
        post("http://10.2.0.1/in", b"{}", {}, 5)


def test_an_operator_writes_whole_networks():
    assert len(read_allowed(["10.0.0.0/8", " fd00::/8"])) == 2
    with pytest.raises(ValueError, match="host bits"):
        read_allowed(["10.0.0.1/8"])


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://shop.example/", "begins with https"),
        ("file:///etc/hosts", "begins with https"),
        ("//shop.example/", "begins with https"),
        ("shop.example", "begins with https"),
        ("https://maria:secret@shop.example/", "name and password"),
        ("https://maria@shop.example/", "name and password"),
        ("https:///in", "no name of a host"),
        ("https://shop.example/in#part", "behind #"),
        ("https://shop.example/a b", "no blanks"),
        ("https://shop.example/a\r\nX-Other: 1", "no blanks"),
        ("https://shop.example\\other", "no blanks"),
        ("https://shop_.example/", "no name of a host"),
        ("https://-shop.example/", "no name of a host"),
        ("https://sh☃p.example/", "no name of a host"),
        ("https://shop..example/", "no name of a host"),
        ("https://shop.example:99999/", "no URL"),
        ("https://shop.example:0/", "no port 0"),
        ("https://[::1/", "no URL"),
        (f"https://shop.example/{'x' * 2000}", "at most 2,000"),
    ],
)
def test_what_is_no_plain_web_address_is_refused(url, told):
    with pytest.raises(UrlRefused, match=told):
        read_target(url)


def test_a_url_is_read_as_it_is_asked_for():
    target = read_target("https://Bücher.example:8443/in?shop=1")
    assert (target.host, target.port, target.path) == ("xn--bcher-kva.example", 8443, "/in?shop=1")
    assert target.host_header == "xn--bcher-kva.example:8443"
    assert read_target("http://[2606:4700::1]").host_header == "[2606:4700::1]"
    assert read_target("https://shop.example").path == "/"


def test_ports_of_other_services_are_closed(monkeypatch, connects):
    names(monkeypatch, ["1.1.1.1"])
    for port in (22, 25, 5432, 6379):
        with pytest.raises(UrlRefused, match=f"Port {port}"):
            refuse_closed(read_target(f"https://shop.example:{port}/"))
        with pytest.raises(UrlRefused, match=f"Port {port}"):
            post(f"https://shop.example:{port}/", b"{}", {}, 5)
    assert connects == []


# -- answers


@pytest.fixture
def this_machine(settings: Settings) -> Iterator[None]:
    settings.EGRESS_ALLOWED = ["127.0.0.0/8"]
    yield


def test_what_is_sent_arrives_and_what_is_answered_comes_back(this_machine):
    with receiver(saying(202, "Retry-After: 7\r\nX-Two: a\r\n", "taken")) as there:
        answer = post(there.url, b'{"a": 1}', {"X-One": "1"}, 5)
    (request,) = there.requests
    assert (request.line, request.body) == ("POST /in HTTP/1.1", b'{"a": 1}')
    assert request.headers["host"] == there.url.split("/")[2]
    assert request.headers["x-one"] == "1"
    assert (answer.status, answer.headers["retry-after"], answer.body) == (202, "7", b"taken")


def test_a_redirect_is_an_answer_and_is_not_followed(this_machine):
    with (
        receiver(saying(200)) as other,
        receiver(saying(307, f"Location: {other.url}\r\n")) as there,
    ):
        assert post(there.url, b"{}", {}, 5).status == 307
    assert other.requests == []


def test_of_a_long_answer_the_first_kilobyte_is_kept(this_machine):
    with receiver(endless) as there:
        answer = post(there.url, b"{}", {}, 5)
    assert (answer.status, len(answer.body)) == (200, 1024)


@pytest.mark.parametrize("answering", [hanging, dripping])
def test_who_does_not_come_to_an_end_is_left_at_the_deadline(answering, this_machine):
    start = time.monotonic()
    with receiver(answering) as there, pytest.raises(Unreachable, match=r"within 0\.3 seconds"):
        post(there.url, b"{}", {}, 0.3)
    assert time.monotonic() - start < 5


def test_a_status_counts_though_the_rest_does_not_come(this_machine, monkeypatch):
    def half(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nbegun")
        connection.recv(1)

    monkeypatch.setattr(client, "REST_SECONDS", 0.1)
    with receiver(half) as there:
        answer = post(there.url, b"{}", {}, 5)
    assert (answer.status, answer.body) == (200, b"begun")


def test_what_is_no_answer_of_a_web_server_is_told_so(this_machine):
    with (
        receiver(lambda connection, _: connection.sendall(b"220 mail.example ESMTP\r\n")) as there,
        pytest.raises(Unreachable, match="no answer of a web server"),
    ):
        post(there.url, b"{}", {}, 5)


def test_nobody_there_is_told(this_machine):
    with receiver(saying(200)) as there:
        url = there.url
    with pytest.raises(Unreachable, match="No connection"):
        post(url, b"{}", {}, 5)


def test_a_connection_that_cannot_be_secured_is_told(this_machine):
    with (
        receiver(saying(200)) as there,
        pytest.raises(Unreachable, match=r"could not be secured|No connection|within"),
    ):
        post(there.url.replace("http:", "https:"), b"{}", {}, 0.3)


def test_a_header_cannot_write_another_one(this_machine):
    with receiver(saying(200)) as there:
        for name, value in (
            ("X-One", "1\r\nX-Two: 2"),
            ("X-One\r\nX-Two", "1"),
            ("X One", "1"),
            ("X-One", "a\0b"),
        ):
            with pytest.raises(Unreachable):
                post(there.url, b"{}", {name: value}, 5)
    assert there.requests == []


def test_a_host_that_is_unknown_is_told(monkeypatch):
    def look_up(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(Unreachable, match=r"shop\.example is not known"):
        post("https://shop.example/", b"{}", {}, 5)


def test_a_look_up_that_takes_too_long_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1) or [])
    with pytest.raises(Unreachable, match="not found in time"):
        post("https://shop.example/", b"{}", {}, 0.1)
