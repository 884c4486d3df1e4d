"""What a monitor draws, as Prometheus reads it: work that waits, who does it, and how events are
delivered.

That is asked of the database when somebody looks, so that every process tells the same. Requests
and evaluations are counted by each process, and told as the sum of all processes of the server that
is asked.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from catalog.jobs import clock
from catalog.jobs.models import Job, Worker
from catalog.jobs.worker import SILENT
from configurator.figures import FIGURES
from configurator_site.sharing import VARIABLE
from integrations.automations.models import Run
from integrations.automations.operations import oldest_due as oldest_run
from integrations.webhooks.models import Attempt, Delivery, Endpoint
from integrations.webhooks.operations import oldest_due as oldest_delivery

_LATELY = timedelta(hours=1)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the figures to whoever brings METRICS_TOKEN; where none is set there is nothing here."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token, settings.METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    registry = CollectorRegistry()
    registry.register(Site())
    counted = FIGURES
    if VARIABLE in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # its authors annotate nothing
    # Not in one registry: what several processes count has no names beforehand that could clash.
    return HttpResponse(
        generate_latest(registry) + generate_latest(counted), content_type=CONTENT_TYPE_LATEST
    )


class Site(Collector):
    """The figures of this site, of all its processes together."""

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: that would ask the database for what is asked again at once."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the figures as they are now."""
        now = clock.now()
        alive = Worker.objects.filter(seen_at__gt=now - SILENT).count()
        yield GaugeMetricFamily(
            "configurator_workers", "Workers that were heard of in the last minute.", alive
        )
        yield from _jobs(now)
        yield from _webhooks(now)
        yield from _automations(now)


def _jobs(now: datetime) -> Iterator[Metric]:
    kept = dict(Job.objects.values_list("state").annotate(count=Count("pk")))
    states = (Job.State.WAITING, Job.State.FAILED)
    yield _by(
        "configurator_jobs", "Jobs that wait or run, and that were given up.", "state", states, kept
    )
    due = Job.objects.filter(state=Job.State.WAITING, due_at__lte=now).aggregate(
        oldest=Min("due_at")
    )["oldest"]
    yield _age(
        "configurator_job_oldest_due_seconds",
        "For how long the oldest job that is due waits.",
        due,
        now,
    )


def _webhooks(now: datetime) -> Iterator[Metric]:
    endpoints = dict(Endpoint.objects.values_list("state").annotate(count=Count("pk")))
    yield _by(
        "configurator_webhook_endpoints",
        "Webhook endpoints.",
        "state",
        Endpoint.State.values,
        endpoints,
    )
    failing = (
        Endpoint.objects.filter(state=Endpoint.State.ACTIVE).exclude(failing_since=None).count()
    )
    yield GaugeMetricFamily(
        "configurator_webhook_endpoints_failing", "Active ones that take nothing.", failing
    )
    pending = Delivery.objects.filter(state=Delivery.State.PENDING).count()
    yield GaugeMetricFamily(
        "configurator_webhook_deliveries_pending", "Deliveries that wait.", pending
    )
    name = "configurator_webhook_delivery_oldest_due_seconds"
    yield _age(name, "For how long the oldest delivery that is due waits.", oldest_delivery(), now)
    lately = Attempt.objects.filter(at__gt=now - _LATELY)
    tries = lately.aggregate(
        taken=Count("pk", filter=Q(error="")), failed=Count("pk", filter=~Q(error=""))
    )
    told = "Attempts of the last hour."
    yield _by("configurator_webhook_attempts_last_hour", told, "result", ("taken", "failed"), tries)


def _automations(now: datetime) -> Iterator[Metric]:
    runs = dict(Run.objects.values_list("state").annotate(count=Count("pk")))
    told = "Runs of automations of the last 30 days."
    yield _by("configurator_automation_runs", told, "state", Run.State.values, runs)
    name = "configurator_automation_run_oldest_due_seconds"
    yield _age(name, "For how long the oldest run that is due waits.", oldest_run(), now)


def _by(
    name: str, told: str, label: str, values: Iterable[str], counts: Mapping[str, int]
) -> Metric:
    family = GaugeMetricFamily(name, told, labels=[label])
    for value in values:
        family.add_metric([str(value)], counts.get(value, 0))
    return family


def _age(name: str, told: str, since: datetime | None, now: datetime) -> Metric:
    seconds = 0.0 if since is None else max((now - since).total_seconds(), 0.0)
    return GaugeMetricFamily(name, told, seconds)
