"""The only way out: one request to a URL that somebody else chose (ADR 0193).

The name is looked up once, every address it has must be one that may be reached, and the connection
goes to that very address. No redirect is followed, no proxy is used, no more than the first
kilobyte of an answer is kept, and all of it together ends at the deadline.
"""

import logging
import secrets
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from ipaddress import ip_address
from queue import Empty, SimpleQueue

import h11
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from integrations.egress.addresses import Network, is_allowed, may_be_reached, read_allowed
from integrations.egress.targets import Target, UrlRefused, read_host, read_target

_LOG = logging.getLogger(__name__)

MOST_KEPT = 1024
MOST_HEADERS = 16 * 1024
# Of an answer no more than this is read, whatever it consists of.
MOST_READ = 64 * 1024
_AT_ONCE = 4096
REST_SECONDS = 1.0
AGENT = "open-configurator"


class Unreachable(Exception):
    """No answer came; the text tells a person why."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, headers by their names in small letters, and the first kilobyte
    of the body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Certificate:
    """What a client shows of itself: a chain of certificates and its private key, in PEM."""

    chain: bytes
    key: bytes = field(repr=False)


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; refuse with Unreachable where there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise Unreachable(f"No whole answer came within {self.seconds:g} seconds.")
        return left

    def of_rest(self) -> "Deadline":
        """Return the deadline of what follows the status: a second, or less where less is left."""
        return Deadline(min(REST_SECONDS, self.left()))


def allowed_networks() -> tuple[Network, ...]:
    """Return the networks that the operator opened, and write them to the log once."""
    return _networks(tuple(settings.EGRESS_ALLOWED))


@cache
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    found = read_allowed(texts)
    if found:
        _LOG.warning("Requests may go to these networks of yours: %s", ", ".join(map(str, found)))
    return found


def refuse_closed(target: Target) -> None:
    """Refuse with UrlRefused a target of which the address, where it names one, or the port is
    closed.
    """
    try:
        ip_address(target.host)
    except ValueError:
        if not target.has_open_port and not allowed_networks():
            raise UrlRefused(_told_port(target)) from None
        return
    _refuse_addresses(target, [target.host])


def is_in_house(target: Target) -> bool:
    """Tell whether a target names an address that the operator opened."""
    return is_allowed(target.host, allowed_networks())


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
    *,
    certificate: Certificate | None = None,
    most_kept: int = MOST_KEPT,
) -> Answer:
    """Send `body` to `url` and return what is answered within `seconds`; refuse with UrlRefused or
    Unreachable.

    `certificate` is shown to a receiver that asks for one; of the answer's body `most_kept` bytes
    are kept.
    """
    return _sent("POST", url, body, headers, seconds, certificate, most_kept)


def put(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """Put `body` to `url`, and answer and refuse as `post` does."""
    return _sent("PUT", url, body, headers, seconds, None, MOST_KEPT)


def connected_to(
    host: str, port: int, open_ports: Collection[int], seconds: float
) -> socket.socket:
    """Return a plain connection to a vetted address of `host`, for what speaks no HTTP; refuse as
    `post` does.

    The port has to be one of `open_ports`, unless the operator opened the network.
    """
    target, deadline, networks = (
        Target("http", read_host(host), port, "/"),
        Deadline(seconds),
        allowed_networks(),
    )
    try:
        addresses = _addresses(target, deadline)
        _refuse_private(addresses)
        if port not in open_ports and not all(is_allowed(each, networks) for each in addresses):
            raise UrlRefused(
                f"Port {port} is not open here. Use {' or '.join(map(str, sorted(open_ports)))}."
            )
        return _connected(target, addresses, deadline, None)
    except TimeoutError as error:
        raise Unreachable(f"No connection within {seconds:g} seconds.") from error
    except OSError as error:
        raise Unreachable(f"No connection: {error.strerror or error}.") from error


def _sent(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
    certificate: Certificate | None,
    most_kept: int,
) -> Answer:
    target = read_target(url)
    deadline = Deadline(seconds)
    try:
        addresses = _addresses(target, deadline)
        _refuse_addresses(target, addresses)
        with _connected(target, addresses, deadline, certificate) as connection:
            return _asked(connection, method, target, body, headers, deadline, most_kept)
    except ssl.SSLError as error:
        raise Unreachable(
            f"The connection could not be secured: {error.reason or error}."
        ) from error
    except TimeoutError as error:
        raise Unreachable(f"No whole answer came within {seconds:g} seconds.") from error
    except h11.ProtocolError as error:
        raise Unreachable(f"What came back is no answer of a web server: {error}.") from error
    except OSError as error:
        raise Unreachable(f"No connection: {error.strerror or error}.") from error


def _addresses(target: Target, deadline: Deadline) -> list[str]:
    """Return all addresses that the target's name has now."""
    try:
        return [str(ip_address(target.host))]
    except ValueError:
        pass
    found: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(row[4][0]) for row in rows)))
        except (OSError, UnicodeError) as error:
            found.put(error if isinstance(error, OSError) else OSError(str(error)))

    # A look-up cannot be given up, so it gets a thread that nobody waits for.
    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = found.get(timeout=deadline.left())
    except Empty:
        raise Unreachable("The name of the host was not found in time.") from None
    if isinstance(answer, OSError):
        raise Unreachable(f"The host {target.host} is not known: {answer.strerror or answer}.")
    return answer


def _refuse_addresses(target: Target, addresses: list[str]) -> None:
    """Refuse with UrlRefused unless every address may be reached, and the port is open there."""
    networks = allowed_networks()
    _refuse_private(addresses)
    if not target.has_open_port and not all(is_allowed(each, networks) for each in addresses):
        raise UrlRefused(_told_port(target))


def _refuse_private(addresses: list[str]) -> None:
    networks = allowed_networks()
    if not addresses or not all(may_be_reached(each, networks) for each in addresses):
        raise UrlRefused(
            "This URL leads into a private network. An operator may allow it by EGRESS_ALLOWED."
        )


def _told_port(target: Target) -> str:
    return f"Port {target.port} is not open here. Use 80, 443, 8080 or 8443."


def _connected(
    target: Target, addresses: list[str], deadline: Deadline, certificate: Certificate | None
) -> socket.socket:
    """Return a connection to the first of `addresses` that takes one, secured where the target says
    so.
    """
    trouble: OSError | None = None
    for number, address in enumerate(addresses):
        # What does not answer leaves time for the others.
        seconds = deadline.left() / (len(addresses) - number)
        try:
            plain = socket.create_connection((address, target.port), timeout=seconds)
        except OSError as error:
            trouble = error
            continue
        if not target.is_secure:
            return plain
        plain.settimeout(deadline.left())
        try:
            context = _tls() if certificate is None else _tls_as(certificate)
            return context.wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise
    raise trouble or OSError("no address")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@lru_cache(maxsize=100)
def _tls_as(certificate: Certificate) -> ssl.SSLContext:
    """Return what secures connections on which `certificate` is shown."""
    context = ssl.create_default_context()
    # OpenSSL reads keys from files alone: on the disk it is encrypted by a word that nobody else
    # ever has.
    word = secrets.token_bytes(32).hex().encode()
    key = load_pem_private_key(certificate.key, password=None)
    closed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word))
    with tempfile.NamedTemporaryFile() as file:
        file.write(closed + certificate.chain)
        file.flush()
        context.load_cert_chain(file.name, password=word)
    return context


def _asked(
    connection: socket.socket,
    method: str,
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    deadline: Deadline,
    most_kept: int,
) -> Answer:
    told = {
        "Host": target.host_header,
        "User-Agent": AGENT,
        "Accept": "*/*",
        "Connection": "close",
        "Content-Length": str(len(body)),
        **headers,
    }
    # h11 refuses names and values that would write headers of their own.
    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADERS)
    head = talk.send(h11.Request(method=method, target=target.path, headers=list(told.items())))
    _send(connection, b"".join(each or b"" for each in (head, talk.send(h11.Data(body)))), deadline)
    talk.send(h11.EndOfMessage())
    return _answer(connection, talk, deadline, most_kept)


def _send(connection: socket.socket, content: bytes, deadline: Deadline) -> None:
    rest = memoryview(content)
    while rest:
        connection.settimeout(deadline.left())
        rest = rest[connection.send(rest) :]


def _answer(
    connection: socket.socket, talk: h11.Connection, deadline: Deadline, most_kept: int
) -> Answer:
    response: h11.Response | None = None
    kept, read = b"", 0
    while len(kept) < most_kept and read < MOST_READ:
        try:
            event = talk.next_event()
            if event is h11.NEED_DATA:
                connection.settimeout(deadline.left())
                content = connection.recv(_AT_ONCE)
                read += len(content)
                talk.receive_data(content)
                continue
        except (OSError, Unreachable, h11.ProtocolError):
            # The status says all; of the rest, what comes is kept.
            if response is None:
                raise
            break
        if isinstance(event, h11.Response):
            response = event
            deadline = deadline.of_rest()
        elif isinstance(event, h11.Data):
            kept += bytes(event.data)
        elif not isinstance(event, h11.InformationalResponse):
            break
    if response is None:
        raise Unreachable("The answer does not begin within the first 64 kilobytes.")
    found = {name.decode("ascii"): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status_code, found, kept[:most_kept])
