"""What a monitor draws."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from catalog.jobs.models import Worker
from integrations.webhooks.delivery import Outcome, keep
from integrations.webhooks.operations import Wish, make_endpoint, send_test
from tests.factories import make_merchant

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = "of-the-monitor"
    return {"authorization": "Bearer of-the-monitor"}


def figures(client, token):
    answer = client.get("/metrics", headers=token)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_without_a_token_of_the_site_there_is_no_such_page(client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("header", [None, "Bearer another", "Basic of-the-monitor", "of-the-monitor"])
def test_without_the_token_nothing_is_told(client, token, header):
    answer = client.get("/metrics", headers={} if header is None else {"authorization": header})
    assert (answer.status_code, answer.content) == (401, b"")


def test_work_that_waits_and_who_does_it_are_told(client, token):
    now = timezone.now()
    Worker.objects.create(name="alive", started_at=now, seen_at=now)
    Worker.objects.create(name="gone", started_at=now, seen_at=now - timedelta(hours=1))
    endpoint, _ = make_endpoint(make_merchant(), Wish("ERP", "http://127.0.0.1:9/"))
    keep(send_test(endpoint), Outcome(503, "It answered 503.", 12))
    waiting = send_test(endpoint)
    type(waiting).objects.filter(pk=waiting.pk).update(due_at=now - timedelta(minutes=5))

    told = figures(client, token)

    assert told[("configurator_workers",)] == 1
    assert (told["configurator_jobs", "waiting"], told["configurator_jobs", "failed"]) == (0, 0)
    assert told["configurator_webhook_endpoints", "active"] == 1
    assert told[("configurator_webhook_endpoints_failing",)] == 1
    assert told[("configurator_webhook_deliveries_pending",)] == 2
    assert 300 <= told[("configurator_webhook_delivery_oldest_due_seconds",)] < 400
    assert told["configurator_webhook_attempts_last_hour", "failed"] == 1
