"""What this process counts for monitors; `/metrics` tells it together with what the others count."""

from prometheus_client import CollectorRegistry, Counter, Histogram

FIGURES = CollectorRegistry()
SECONDS = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)

EVALUATION_SECONDS = Histogram(
    "configurator_evaluation_seconds",
    "How long evaluations take that were not known already: what is left, at which price, of which parts.",
    registry=FIGURES,
    buckets=SECONDS,
)
REQUEST_SECONDS = Histogram(
    "configurator_request_seconds",
    "How long requests take, by the name of their address.",
    ("route",),
    registry=FIGURES,
    buckets=SECONDS,
)
REQUESTS = Counter(
    "configurator_requests",
    "Requests that were answered.",
    ("route", "method", "status"),
    registry=FIGURES,
)
