"""kill -9 of the worker at each of five steps, between what it did and its record: each step is
done once.

A receiver can tell what came twice by the id that goes out with it; the file and the approval are
there once anyway.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.utils import load_backend

from catalog.jobs import clock
from configurator_site.settings import database
from integrations.automations.models import Approval, Run, Step, Storage
from integrations.automations.operations import Wish, decide, make_automation
from integrations.automations.storing import StorageWish, keep_storage
from integrations.webhooks import operations as webhooks
from integrations.webhooks.outbox import record
from tests.factories import make_merchant
from tests.integrations.automations.mailbox import Mailbox, mailbox
from tests.integrations.egress.receiver import Receiver, Request, receiver, saying

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

LONGEST_SECONDS = 240


@dataclass
class Workers:
    """Processes of `manage.py worker`, one at a time; what brings something new to a receiver is
    killed by it.
    """

    environment: dict[str, str]
    kills: int = 0
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def start(self) -> None:
        command = [sys.executable, "manage.py", "worker"]
        environment = {**os.environ, **self.environment}
        self.running.append(
            subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL
            )
        )

    def kill(self) -> None:
        self.running[-1].send_signal(signal.SIGKILL)
        self.running[-1].wait()
        self.kills += 1

    def receive(self, box: Mailbox) -> str:
        """Return what the mail server answers, where there still is somebody to hear it."""
        if len(box.taken) == 1:
            self.kill()
        return "250 taken"

    def call(self, connection: socket.socket, request: Request) -> None:
        """Answer a call, where its id was seen before; else nobody is there any more to hear an
        answer.
        """
        id = request.headers["webhook-id"]
        if id in self.seen:
            connection.sendall(b"HTTP/1.1 204 Told\r\nContent-Length: 0\r\n\r\n")
        else:
            self.seen.add(id)
            self.kill()

    def killed_at(self, effect: Callable[[], bool]) -> None:
        """Let a worker go on until it has an effect, which ends it, and let another one find its
        lease over.
        """
        self.start()
        wait(lambda: effect() and self.running[-1].poll() is not None)
        Run.objects.filter(state=Run.State.WAITING).update(due_at=clock.now())


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver(saying(204)) as found:
        yield found


@pytest.fixture
def post() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


@contextmanager
def on_disk(file: Path) -> Iterator[str]:
    """Give the database of this test as a URL; one that lies in memory is written to a file, and
    used from there.
    """
    if connection.vendor != "sqlite":
        told = connection.settings_dict
        yield f"postgresql://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT'] or 5432}/{told['NAME']}"
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    url = f"sqlite:///{file}"
    known = connections.configure_settings({"default": database(url)})["default"]
    own, other = (
        connections["default"],
        load_backend(known["ENGINE"]).DatabaseWrapper(known, "default"),
    )
    connections["default"] = other
    try:
        yield url
    finally:
        other.close()
        connections["default"] = own


def test_an_automation_of_five_steps_killed_at_each_does_each_once(
    there: Receiver, post: Mailbox, tmp_path: Path, settings
) -> None:
    settings.AUTOMATION_FILES = tmp_path / "files"
    merchant = make_merchant()
    endpoint, _ = webhooks.make_endpoint(
        merchant, webhooks.Wish("ERP", there.url, ["automation.called"])
    )
    storage = keep_storage(Storage(merchant=merchant), StorageWish("Here", "local", {}))
    call = {"kind": "webhook", "settings": {"endpoint": endpoint.public_id}}
    steps = [
        call,
        {"kind": "email", "settings": {"to": "maria@shop.example"}},
        {"kind": "file", "settings": {"storage": storage.public_id, "name": "{id}.json"}},
        {"kind": "approval", "settings": {"title": "Build {id}?"}},
        call,
    ]
    make_automation(merchant, Wish("Five", "configuration.completed", steps))
    record(merchant, "configuration.completed", "c1", {"id": "c1"})
    written = tmp_path / "files" / merchant.slug / "c1.json"

    with on_disk(tmp_path / "db.sqlite3") as url:
        environment = {
            "DEBUG": "1",
            "DATABASE_URL": url,
            "DATA_DIR": str(tmp_path),
            "SEALING_SECRETS": ",".join(settings.SEALING_SECRETS),
            "EGRESS_ALLOWED": "127.0.0.0/8",
            "MAIL_URL": post.url,
            "AUTOMATION_FILES": str(settings.AUTOMATION_FILES),
            "LOG_LEVEL": "ERROR",
        }
        workers = Workers(environment)
        there.answer, post.answer = workers.call, workers.receive
        try:
            workers.killed_at(lambda: len(there.requests) == 1)
            workers.killed_at(lambda: len(post.taken) == 1)
            # A file says nothing when it is written; it is looked for as often as goes.
            threading.Thread(
                target=lambda: (wait(written.exists), workers.kill()), daemon=True
            ).start()
            workers.killed_at(written.exists)
            workers.start()
            wait(Approval.objects.exists)
            workers.kill()
            decide(Approval.objects.get(), True, "maria")
            workers.killed_at(lambda: len(there.requests) == 3)
            workers.start()
            wait(Run.objects.filter(state=Run.State.DONE).exists)
        finally:
            for each in workers.running:
                each.kill()
                each.wait()

        assert workers.kills == 5
        assert (
            list(Step.objects.order_by("position").values_list("state", flat=True)) == ["done"] * 5
        )
        ids = list(Step.objects.order_by("position").values_list("public_id", flat=True))
        assert Counter(each.headers["webhook-id"] for each in there.requests) == {
            ids[0]: 2,
            ids[4]: 2,
        }
        assert Counter(message["Message-ID"] for message in post.taken) == {
            f"<{ids[1]}@localhost>": 2
        }
        assert [
            path.name for path in written.parent.iterdir() if not path.name.endswith(".part")
        ] == ["c1.json"]
        assert Approval.objects.count() == 1
        attempts = list(Step.objects.order_by("position").values_list("attempts", flat=True))
        # What looks for the file may come so late that the approval is already begun.
        assert attempts[3] in {1, 2}
        assert [attempts[place] for place in (0, 1, 4)] == [2, 2, 2]


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not until():
        assert time.monotonic() < end, "it takes too long"
        threading.Event().wait(0.005)
