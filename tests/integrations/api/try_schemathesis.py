"""Have schemathesis try the API against its document, all phases; needs the network and minutes, so
no test.

    python -m tests.integrations.api.try_schemathesis /tmp/schemathesis 1 2
    DATABASE_URL=postgresql://… python -m tests.integrations.api.try_schemathesis /tmp/schemathesis
    1 2 -n 20

What follows the seeds is handed on to schemathesis. For each seed a shop of its own is made and the
server is started. Without DATABASE_URL the database is an SQLite file in the folder; another one is
migrated, and gets a merchant for each seed. `schemathesis.toml` and `schemathesis_checks` say how
it is asked, and what may be refused though it follows the schema.
"""

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

VERSION = "4.32.5"
HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def installed(folder: Path) -> Path:
    """Return the program, installed in the folder where it is not yet."""
    program = folder / "v" / "bin" / "schemathesis"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "v"], check=True)
        command = [
            folder / "v" / "bin" / "python",
            "-m",
            "pip",
            "install",
            "-q",
            f"schemathesis=={VERSION}",
        ]
        subprocess.run(command, check=True)
    return program


def a_shop(slug: str) -> tuple[str, dict[str, Any]]:
    """Return the key of a new shop, and what is there by the beginning of an address."""
    from catalog import drafts
    from catalog.operations import publish
    from integrations.api.v1.examples import UPLOAD_ASSET
    from tests.api import Api, make_shop, told
    from tests.examples.desk import desk

    shop = make_shop(slug)
    api = Api(shop)
    hearing = _hearing(shop, api)
    ids = []
    for choices in ({}, {"frame": "oak"}, {"frame": "steel", "top": "glass", "width": 1600}):
        ids.append(told(api.post("configurations", {"product": "desk", "choices": choices}))["id"])
    told(api.post(f"configurations/{ids[-1]}/complete", {}))
    threshold = {"key": "large", "measure": "total_over", "limit": 1000, "currency": "EUR"}
    api.post("price-thresholds", threshold)
    api.call("PUT", "calendar", {"time_zone": "Europe/Berlin", "order_until": "14:00"})
    check = told(api.post("products/desk/checks", None))["id"]
    quotes = [
        told(api.post("quotes", {"product": "desk", "choices": {}}))["claims"]["jti"]
        for _ in range(2)
    ]
    # The desk stays on sale, whatever is tried.
    publish(drafts.write(shop, desk(product="bureau")))
    # Some are taken away by what is tried, so there are several.
    assets = [f"tops/{number}.png" for number in range(4)]
    for name in assets:
        api.post("assets", {**UPLOAD_ASSET, "name": name})
    known = {
        "/api/v1/products/{key}/retire": {"key": ["bureau"]},
        "/api/v1/products/{key}/bring-back": {"key": ["bureau"]},
        "/api/v1/quotes/": {"id": quotes},
        "/api/v1/products/{key}/checks": {"key": ["desk"], "id": [check]},
        "/api/v1/products/": {"key": ["desk"]},
        "/api/v1/price-lists/": {"key": ["retail", "trade"]},
        "/api/v1/price-thresholds/": {"key": ["large"]},
        "/api/v1/configurations/": {"id": ids},
        "/api/v1/assets/": {"name": assets},
        **hearing(),
    }
    return str(api.secret), known


def _hearing(shop: Any, api: Any) -> Callable[[], dict[str, Any]]:
    """Make who hears of events; what is returned tells later what is there of them, by the
    beginning of an address.
    """
    from integrations.automations.models import Approval, Run
    from integrations.webhooks.models import Event
    from tests.api import told
    from tests.integrations.automations.asking import S3, set_off

    # Some are taken away by what is tried, so there are several.
    url = "https://erp.example/in"
    made = {
        "webhook-endpoints": [{"name": f"Receiver {number}", "url": url} for number in range(4)],
        "automations": [
            {"name": f"Told {number}", "event": "configuration.completed"} for number in range(4)
        ],
        "storages": [{"name": f"Place {number}", **S3} for number in range(4)],
    }
    ids = {
        kind: [told(api.post(kind, body))["id"] for body in bodies] for kind, bodies in made.items()
    }
    tests = [
        told(api.post(f"webhook-endpoints/{each}/test", None)) for each in ids["webhook-endpoints"]
    ]
    ids["deliveries"] = [each["id"] for each in tests]

    def there() -> dict[str, Any]:
        events = Event.objects.for_merchant(shop)
        for number, event in enumerate(events):
            set_off(shop, f"Asked {number}", event)
        ids["events"] = [each.public_id for each in events]
        ids["automation-runs"] = [
            each.public_id for each in Run.objects.filter(event__merchant=shop)
        ]
        ids["approvals"] = [
            each.public_id for each in Approval.objects.filter(step__run__event__merchant=shop)
        ]
        return {f"/api/v1/{kind}/": {"id": each} for kind, each in ids.items()}

    return there


def a_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def served(port: int, environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Return the server, once it answers; what it says is in the log."""
    granian = Path(sys.executable).parent / "granian"
    command = [
        granian,
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    command += ["--log-level", "error", "configurator_site.wsgi:application"]
    with log.open("wb") as said:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=said, stderr=said)
    for _ in range(240):
        try:
            urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5).close()
        except (URLError, OSError):
            time.sleep(0.25)
        else:
            return server
    server.terminate()
    sys.exit("the server does not answer")


def try_seeds(folder: Path, seeds: list[str], options: list[str]) -> bool:
    """Return whether nothing was found with any seed."""
    folder.mkdir(parents=True, exist_ok=True)
    program = installed(folder)
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'tried.sqlite3'}")
    os.environ |= {
        "DEBUG": "1",
        "DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "configurator_site.settings",
        "API_REQUESTS_PER_MINUTE": "1000000",
        "API_WORK_SECONDS_PER_MINUTE": "1000000",
        "PYTHONPATH": str(ROOT),
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    is_clean = True
    for seed in seeds:
        secret, known = a_shop(f"tried-{datetime.now(UTC):%H%M%S}-{uuid.uuid4().hex[:6]}")
        connections.close_all()
        port = a_port()
        environment = os.environ | {
            "KNOWN_TO_SCHEMATHESIS": json.dumps(known),
            "SCHEMATHESIS_HOOKS": "tests.integrations.api.schemathesis_checks",
            "API_SECRET": secret,
        }
        server = served(port, environment, folder / f"server-{seed}.log")
        began = time.monotonic()
        try:
            command = [program, "--config-file", HERE / "schemathesis.toml", "run", "--seed", seed, *options,
                       f"http://127.0.0.1:{port}/api/v1/openapi.json"]  # fmt: skip
            done = subprocess.run(command, cwd=folder, env=environment, check=False)
        finally:
            server.terminate()
            server.wait()
        print(f"seed {seed}: {'nothing' if not done.returncode else 'something'} found in "
              f"{time.monotonic() - began:.0f} s")  # fmt: skip
        is_clean &= not done.returncode
    return is_clean


if __name__ == "__main__":
    given = sys.argv[2:]
    first_option = next(
        (place for place, each in enumerate(given) if each.startswith("-")), len(given)
    )
    sys.exit(
        not try_seeds(
            Path(sys.argv[1]).resolve(), given[:first_option] or ["1", "2"], given[first_option:]
        )
    )
