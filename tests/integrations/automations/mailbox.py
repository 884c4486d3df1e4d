"""A real SMTP server for tests, and what it was handed."""

import email
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """A server on this machine: `answers` says what it answers to each mail, `taken` is what it
    took.
    """

    url: str = ""
    answer: Callable[["Mailbox"], str] = lambda box: "250 taken"
    refuse: str = ""
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[list[str]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        self.envelopes.append(list(envelope.rcpt_tos))
        return self.answer(self)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a server as long as the block does."""
    found = Mailbox()
    # The server does not take just any port; one that was free a moment ago still is.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        found.url = f"smtp://127.0.0.1:{port}?plain=1"
        yield found
    finally:
        controller.stop()
