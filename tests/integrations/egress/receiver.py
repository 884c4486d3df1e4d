"""Receivers of requests on this machine, good ones and bad ones."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

type Answering = Callable[[socket.socket, "Request"], None]


@dataclass(frozen=True)
class Request:
    """What was received: the first line, the headers by their names in small letters, and the body."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server on 127.0.0.1 that answers each request by `answer`, and keeps them all."""

    answer: Answering
    secured: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    _socket: socket.socket = field(
        default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=64)
    )

    def __post_init__(self) -> None:
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/in"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with (
                self.secured.wrap_socket(connection, server_side=True)
                if self.secured
                else connection as found
            ):
                request = read_request(found)
                if request is not None:
                    self.requests.append(request)
                    self.answer(found, request)
        except OSError:
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def read_request(connection: socket.socket) -> Request | None:
    content = b""
    while b"\r\n\r\n" not in content:
        more = connection.recv(65536)
        if not more:
            return None
        content += more
    head, _, body = content.partition(b"\r\n\r\n")
    line, *rows = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Request(line, headers, body)


def saying(status: int, headers: str = "", body: str = "") -> Answering:
    """Return an answering with this status."""
    text = f"HTTP/1.1 {status} Told\r\nContent-Length: {len(body)}\r\n{headers}\r\n{body}"
    return lambda connection, _: connection.sendall(text.encode())


def hanging(connection: socket.socket, _: Request) -> None:
    """Take the request and say nothing."""
    connection.recv(1)


def dripping(connection: socket.socket, _: Request) -> None:
    """Begin an answer, a letter at a time, and never come to its end."""
    while True:
        connection.sendall(b"H")
        time.sleep(0.02)


def endless(connection: socket.socket, _: Request) -> None:
    """Take the request, and tell of it without an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"and so on " * 1000)


@contextmanager
def receiver(answer: Answering, secured: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    found = Receiver(answer, secured)
    threading.Thread(target=found.serve, daemon=True).start()
    try:
        yield found
    finally:
        found.close()
