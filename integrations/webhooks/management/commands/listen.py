"""See events as they come, on one's own machine: `manage.py listen joinery`."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.jobs.worker import is_any_alive
from configurator.command_line import merchant_called, told_plainly
from integrations.webhooks.catalogue import chosen
from integrations.webhooks.models import Endpoint
from integrations.webhooks.operations import Wish, make_endpoint
from integrations.webhooks.signing import is_signed

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = (
        "Makes an endpoint on this machine for as long as it runs, and prints each event that arrives, verified as a "
        "receiver would. Needs a running worker, and the network 127.0.0.0/8 in EGRESS_ALLOWED (as with DEBUG=1)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merchant", metavar="SLUG", help="whose events")
        parser.add_argument(
            "--events",
            nargs="+",
            default=[],
            choices=[kind.name for kind in chosen()],
            metavar="NAME",
        )
        parser.add_argument(
            "--port", type=int, default=0, help="the port to listen on; any, without it"
        )
        parser.add_argument("--full", action="store_true", help="with price and parts")
        parser.add_argument("--most", type=int, metavar="N", help="end after so many")

    def handle(self, *args: Any, **options: Any) -> None:
        with told_plainly():
            merchant = merchant_called(options["merchant"])
            server = _server(options["port"], self)
            wish = Wish(
                name=f"listen on port {server.server_port}, {socket.gethostname()}"[:100],
                url=f"http://{HOST}:{server.server_port}/",
                events=options["events"],
                payload="full" if options["full"] else "thin",
                costs=True,
            )
            with closing(server), _endpoint(merchant, wish) as secret:
                server.secret = secret
                self.stdout.write(f"Listening for {merchant}. Stop with Ctrl+C.")
                if not is_any_alive():
                    self.stdout.write(
                        "No worker has been heard of: start `manage.py worker` in another window."
                    )
                self.stdout.flush()
                self._listen(server, options["most"])

    def _listen(self, server: "Listener", most: int | None) -> None:
        try:
            while most is None or server.seen < most:
                server.handle_request()
        except KeyboardInterrupt:
            self.stdout.write("")

    def tell(self, headers: dict[str, str], body: bytes, secret: str) -> bool:
        """Print a message; tell whether it is verified."""
        is_ours = is_signed(secret, headers, body, timezone.now())
        mark = self.style.SUCCESS("verified") if is_ours else self.style.ERROR("NOT OURS")
        document = json.loads(body)
        self.stdout.write(
            f"{mark}  {document['type']}  {document['object']['id']}  #{document['object']['sequence']}"
        )
        self.stdout.write(json.dumps(document["data"], indent=2, ensure_ascii=False))
        self.stdout.flush()
        return is_ours


class Listener(HTTPServer):
    """A server that hands what comes to a command."""

    close = HTTPServer.server_close
    command: Command
    secret = ""
    seen = 0


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        is_ours = self.server.command.tell(headers, body, self.server.secret)
        self.server.seen += 1
        self.send_response(204 if is_ours else 401)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the command does."""


def _server(port: int, command: Command) -> Listener:
    try:
        server = Listener((HOST, port), _Handler)
    except OSError as error:
        raise CommandError(
            f"Port {port} cannot be used ({error.strerror}); choose another with --port."
        ) from error
    server.command = command
    return server


@contextmanager
def _endpoint(merchant: Any, wish: Wish) -> Iterator[str]:
    endpoint, secret = make_endpoint(merchant, wish)
    try:
        yield secret
    finally:
        Endpoint.objects.filter(pk=endpoint.pk).delete()
