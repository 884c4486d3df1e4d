"""What load balancers and monitors ask."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from catalog.jobs.models import Worker
from configurator_site import health
from integrations.automations.models import Run
from integrations.automations.operations import Wish as Automated
from integrations.automations.operations import make_automation
from integrations.webhooks.operations import Wish, make_endpoint, send_test
from tests.factories import make_merchant
from tests.integrations.automations.asking import STEP


def test_a_living_process_says_so_without_a_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-cache" in response.headers["Cache-Control"]


@pytest.mark.database
@pytest.mark.django_db
def test_a_process_with_its_database_is_ready(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_process_without_its_database_is_not_ready(client, monkeypatch):
    def unreachable(*args, **kwargs):
        raise OperationalError("no connection")

    monkeypatch.setattr(connection, "cursor", unreachable)

    assert client.get("/readyz").status_code == 503


def test_only_reading_is_allowed(client):
    assert client.post("/healthz").status_code == 405


def schema_told(client):
    response = client.get("/readyz")
    return response.status_code, response.json().get("schema")


@pytest.mark.database
@pytest.mark.django_db
def test_a_schema_that_is_older_than_the_code_is_told_with_what_to_do(client):
    MigrationRecorder.Migration.objects.filter(app="pricing").delete()

    status, told = schema_told(client)
    assert status == 503
    assert told.startswith("older than the code: run manage.py migrate (pricing.0001_")


@pytest.mark.database
@pytest.mark.django_db
def test_a_schema_that_is_newer_than_the_code_is_told(client):
    MigrationRecorder.Migration.objects.create(app="catalog", name="9999_later")

    assert schema_told(client) == (
        503,
        "newer than the code: catalog.9999_later is none of its migrations",
    )


@pytest.mark.database
@pytest.mark.django_db
def test_servers_go_on_while_the_next_release_is_rolled_out(client):
    assert schema_told(client) == (200, "ok")
    MigrationRecorder.Migration.objects.create(app="catalog", name="9999_later")

    assert schema_told(client) == (200, "ok")


@pytest.mark.database
@pytest.mark.django_db
def test_tables_of_software_that_is_gone_do_not_matter(client):
    MigrationRecorder.Migration.objects.create(app="some_plugin", name="0001_initial")

    assert schema_told(client) == (200, "ok")


@pytest.mark.django_db
def test_a_database_without_tables_is_told(client, monkeypatch):
    MigrationRecorder.Migration.objects.all().delete()

    status, told = schema_told(client)
    assert status == 503
    assert "run manage.py migrate" in told


@pytest.mark.django_db
def test_a_full_disk_is_told(client, monkeypatch):
    monkeypatch.setattr(
        health.shutil, "disk_usage", lambda path: SimpleNamespace(free=health.LEAST_FREE_BYTES - 1)
    )
    response = client.get("/readyz")

    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert response.json()["disk"] == "full: 31 MB are free in DATA_DIR"


@pytest.mark.django_db
def test_a_disk_that_is_gone_is_told(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"

    assert client.get("/readyz").json()["disk"] == "cannot be read"


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has standbys")
def test_a_database_that_takes_no_writes_is_told(client):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

    assert client.get("/readyz").json()["database"] == "takes no writes"


@pytest.mark.database
@pytest.mark.django_db
def test_work_beside_the_requests_is_told_and_takes_no_server_away(client):
    now = timezone.now()
    assert "start manage.py worker" in client.get("/readyz").json()["worker"]
    Worker.objects.create(name="one", started_at=now, seen_at=now)
    merchant = make_merchant()
    endpoint, _ = make_endpoint(merchant, Wish("ERP", "http://127.0.0.1:9/"))
    delivery = send_test(endpoint)
    told = client.get("/readyz").json()
    assert (told["worker"], told["deliveries"], told["runs"]) == ("ok", "ok", "ok")
    automation = make_automation(merchant, Automated("Ask", "quote.created", [STEP]))
    Run.objects.create(automation=automation, due_at=now - timedelta(minutes=7))
    Worker.objects.update(seen_at=now - timedelta(minutes=5))
    type(delivery).objects.update(due_at=now - timedelta(minutes=6))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "none was heard of for 30" in answer.json()["worker"]
    assert "waits for 36" in answer.json()["deliveries"]
    assert "waits for 42" in answer.json()["runs"]
    Run.objects.update(state=Run.State.PAUSED)
    assert client.get("/readyz").json()["runs"] == "ok"
