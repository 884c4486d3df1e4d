"""What load balancers and monitors ask."""

import pytest
from django.db import OperationalError, connection


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
