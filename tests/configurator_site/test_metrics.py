"""What a monitor draws."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.urls import resolve
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from catalog.jobs.models import Worker
from configurator_site.settings import BASE_DIR
from integrations.automations.models import Run
from integrations.automations.operations import Wish as Automated
from integrations.automations.operations import make_automation
from integrations.webhooks.delivery import Outcome, keep
from integrations.webhooks.operations import Wish, make_endpoint, send_test
from tests.api import make_shop
from tests.factories import make_merchant
from tests.integrations.automations.asking import STEP

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = "of-the-monitor"
    return {"authorization": "Bearer of-the-monitor"}


def figures(client, token):
    answer = client.get("/metrics", headers=token)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (each.name, *each.labels.values()): each.value
        for family in families
        for each in family.samples
    }


def test_without_a_token_of_the_site_there_is_no_such_page(client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "header", [None, "Bearer another", "Basic of-the-monitor", "of-the-monitor"]
)
def test_without_the_token_nothing_is_told(client, token, header):
    answer = client.get("/metrics", headers={} if header is None else {"authorization": header})
    assert (answer.status_code, answer.content) == (401, b"")


def test_requests_and_evaluations_are_counted(client, token):
    make_shop()
    before = figures(client, token)
    assert client.get("/embed/joinery/desk/?frame=oak").status_code == 200
    assert client.get("/nowhere-at-all").status_code == 404
    after = figures(client, token)

    widget = resolve("/embed/joinery/desk/").view_name

    def more(*key):
        return after.get(key, 0) - before.get(key, 0)

    assert more("configurator_requests_total", "GET", widget, "200") == 1
    assert more("configurator_requests_total", "GET", "none", "404") == 1
    assert more("configurator_request_seconds_count", widget) == 1
    assert more("configurator_evaluation_seconds_count") >= 1


COUNT = """
import sys
from pathlib import Path
from configurator_site.sharing import share_figures
print(share_figures(Path(sys.argv[1])))
from configurator.figures import REQUESTS
REQUESTS.labels("home", "GET", "200").inc()
"""
SUM = """
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_what_processes_of_one_server_count_is_told_as_their_sum(tmp_path):
    gone = tmp_path / f"{socket.gethostname()[:60]}-999999999"
    gone.mkdir()
    places = {
        subprocess.run(
            [sys.executable, "-c", COUNT, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
            cwd=BASE_DIR,
        ).stdout.strip()
        for _ in range(2)
    }
    (place,) = places
    told = subprocess.run(
        [sys.executable, "-c", SUM],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": place},
    ).stdout
    assert 'configurator_requests_total{method="GET",route="home",status="200"} 2.0' in told
    assert not gone.exists()


def test_work_that_waits_and_who_does_it_are_told(client, token):
    now = timezone.now()
    Worker.objects.create(name="alive", started_at=now, seen_at=now)
    Worker.objects.create(name="gone", started_at=now, seen_at=now - timedelta(hours=1))
    endpoint, _ = make_endpoint(make_merchant(), Wish("ERP", "http://127.0.0.1:9/"))
    keep(send_test(endpoint), Outcome(503, "It answered 503.", 12))
    waiting = send_test(endpoint)
    type(waiting).objects.filter(pk=waiting.pk).update(due_at=now - timedelta(minutes=5))
    automation = make_automation(endpoint.merchant, Automated("Ask", "quote.created", [STEP]))
    for state, minutes in ((Run.State.WAITING, 8), (Run.State.WAITING, -8), (Run.State.FAILED, 90)):
        Run.objects.create(
            automation=automation, state=state, due_at=now - timedelta(minutes=minutes)
        )

    told = figures(client, token)

    assert told[("configurator_workers",)] == 1
    assert (told["configurator_jobs", "waiting"], told["configurator_jobs", "failed"]) == (0, 0)
    assert told["configurator_webhook_endpoints", "active"] == 1
    assert told[("configurator_webhook_endpoints_failing",)] == 1
    assert told[("configurator_webhook_deliveries_pending",)] == 2
    assert 300 <= told[("configurator_webhook_delivery_oldest_due_seconds",)] < 400
    assert told["configurator_webhook_attempts_last_hour", "failed"] == 1
    runs = {state: told["configurator_automation_runs", state] for state in Run.State.values}
    assert runs == {**dict.fromkeys(Run.State.values, 0), "waiting": 2, "failed": 1}
    assert 480 <= told[("configurator_automation_run_oldest_due_seconds",)] < 580
