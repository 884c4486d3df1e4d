"""Limits are exact however many processes count: 100 of 200 requests are admitted, not 101."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from catalog.limits import Charge, MemoryCounters
from integrations.access.counters.shared_file import FileCounters
from integrations.access.models import Count
from integrations.access.tasks import sweep_counts

COUNTING = '''
"""Two processes of ten clients each, with ten requests of each client, against a limit of 100."""
import os, sys, threading
import django
django.setup()
from django.conf import settings
from catalog import limits
settings.API_REQUESTS, settings.API_WINDOW_SECONDS, settings.API_ADDRESS_REQUESTS = 100, 3600, 0
settings.DATABASES["default"]["NAME"] = sys.argv[1] or settings.DATABASES["default"]["NAME"]
from integrations.access import throttle

def ask():
    for _ in range(10):
        admitted.append(throttle.spend("key:1", None, "read")[0].left >= 0)

read, write = os.pipe()
ours = os.fork()
admitted = []
clients = [threading.Thread(target=ask) for _ in range(10)]
for each in clients: each.start()
for each in clients: each.join()
assert not limits._own._counts, "counted in memory"
if not ours:
    os.write(write, bytes(admitted))
    os._exit(0)
os.waitpid(ours, 0)
print(sum(admitted) + sum(os.read(read, 1000)))
'''


def admitted(folder: Path, counters: str, name: str = "") -> int:
    """Return how many of 200 requests were let in, in processes of their own."""
    environment = {**os.environ, "COUNTERS": counters, "DATA_DIR": str(folder), "DEBUG": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "configurator_site.settings"
    command = [sys.executable, "-c", COUNTING, name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return int(done.stdout)


def test_two_processes_count_together_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'db.sqlite3'}")

    assert admitted(tmp_path, "database") == 100


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_processes_count_together_in_postgresql(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("asks PostgreSQL")
    assert admitted(tmp_path, "database", connection.settings_dict["NAME"]) == 100


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="asks Redis")
def test_two_processes_count_together_in_redis(tmp_path):
    socket = tmp_path / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", ""]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            assert server.poll() is None
            time.sleep(0.01)
        assert admitted(tmp_path, f"unix://{socket}") == 100
    finally:
        server.terminate()
        server.wait()


STEPS = [(60, 1, 1), (60, 1, 2), (120, 1, 1), (60, -1, 1), (60, 1, 2), (180, -5, 0)]


def comes_to_what_it_should(counters):
    for began, more, comes_to in STEPS:
        charges = [Charge("b", began, 60, more), Charge("a", began, 60, more)]
        assert counters.add(charges) == {"a": comes_to, "b": comes_to}


def test_in_a_file_and_in_memory_a_later_window_begins_anew(tmp_path):
    comes_to_what_it_should(FileCounters(tmp_path / "limits.bin"))
    comes_to_what_it_should(MemoryCounters())


def test_in_a_full_file_the_count_that_ends_first_goes(tmp_path):
    counters = FileCounters(tmp_path / "limits.bin", slots=8)
    for number in range(8):
        counters.add([Charge(f"n{number}", 60 * (number + 1), 60, 5)])
    counters.add([Charge("new", 6_000, 60, 1)])

    kept = [counters.add([Charge(f"n{each}", 60 * (each + 1), 60, 1)]) for each in range(1, 8)]
    assert [used for each in kept for used in each.values()] == [6] * 7


@pytest.mark.database
def test_a_later_window_begins_anew_and_an_earlier_one_gets_nothing_back(db):
    if connection.vendor != "postgresql":
        pytest.skip("asks PostgreSQL")
    from integrations.access.counters.postgresql import PostgresCounters

    counters = PostgresCounters()
    try:
        comes_to_what_it_should(counters)
    finally:
        # It counts over a connection of its own, which no test rolls back.
        counters._counted("DELETE FROM access_count RETURNING name, used", ())
        counters.close()


@pytest.mark.database
def test_counts_that_ended_are_swept_away(db):
    now = int(time.time())
    for name, ends in (("old", now - 4_000), ("new", now)):
        Count.objects.create(name=name, began=ends - 60, ends=ends, used=1)
    sweep_counts.call()

    assert [each.name for each in Count.objects.all()] == ["new"]
