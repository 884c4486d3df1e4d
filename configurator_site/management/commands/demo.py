"""Try the whole product out: `manage.py demo`."""

import multiprocessing
import os
import secrets
import socket
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from configurator.command_line import told_plainly
from configurator_site.demo import loading
from configurator_site.demo.shop import SHOP_HOST, WIDGET_HOST


class Command(BaseCommand):
    help = (
        "Migrates the database, loads seven demo products (once), prints where everything is, and serves it on this "
        "machine only. Each start gives the demo's administrator a new password and makes a new API key; the keys of "
        "the last few starts stay valid."
    )
    # The database that they ask for may not be there yet.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port to serve on (8000)")
        parser.add_argument(
            "--no-serve", action="store_true", help="only load, and print where everything will be"
        )
        parser.add_argument(
            "--anyway", action="store_true", help="also in a database that holds other data"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port: int = options["port"]
        if not options["no_serve"]:
            _refuse_taken(port)
        self.began = time.monotonic()
        self._progress("Database: migrating")
        call_command("migrate", verbosity=0, interactive=False)
        with told_plainly():
            if not options["anyway"]:
                loading.refuse_other_data()
            merchant = loading.demo_merchant(f"http://{SHOP_HOST}:{port}")
            self._progress("Products: reading product files")
            for each in loading.load_products(merchant):
                done = "published" if each.is_new else "is there already"
                self._progress(f"Products: {each.key}, version {each.version}, {done}")
            self._progress("Administrator and API key: making new ones")
            password, key = loading.new_password(merchant), loading.new_key(merchant)
        self._tell(port, password, key, serves=not options["no_serve"])
        if not options["no_serve"]:
            connections.close_all()
            _serve(port)

    def _progress(self, step: str) -> None:
        self.stdout.write(f"{time.monotonic() - self.began:5.1f} s  {step}")
        self.stdout.flush()

    def _tell(self, port: int, password: str, key: str, serves: bool) -> None:
        widgets = f"http://{WIDGET_HOST}:{port}"
        lines = [
            "",
            self.style.SUCCESS("Ready. The shop and the widget are different sites for a browser:"),
            "",
            f"  Shop with the widget   http://{SHOP_HOST}:{port}/",
            f"  Widget alone           {widgets}/embed/{loading.MERCHANT}/base-cabinet/",
            f"  Admin                  {widgets}/admin/   user {loading.USER}, password {password}",
            f"  API, described         {widgets}/api/docs/",
            f"  API key                {key}",
            "",
            f'  curl -H "Authorization: Bearer {key}" {widgets}/api/v1/products',
            "",
            *(["Stop it with Ctrl+C.", ""] if serves else []),
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _refuse_taken(port: int) -> None:
    if not 0 < port < 65536:
        raise CommandError(f"{port} is no port.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((WIDGET_HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}); choose another with --port."
            ) from error


def _serve(port: int) -> None:
    """Serve the site until somebody stops it."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # The server's processes read the settings anew, if they are no copies of this one: give them a
    # secret that no other demo has.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ.setdefault("SECRET_KEY", _own_secret(settings.DATA_DIR))
    os.environ.setdefault("PUBLIC_URL", f"http://{WIDGET_HOST}:{port}")
    os.environ.setdefault("EMBEDDED_WORKER", "1")
    server = Server(
        "configurator_site.wsgi:application",
        address=WIDGET_HOST,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=min(8, 2 * (os.cpu_count() or 1)),
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_access=False,
    )
    server.serve()


def _own_secret(folder: Path) -> str:
    """Return the demo's secret, made once and readable for its owner only."""
    path = folder / "demo-secret"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
