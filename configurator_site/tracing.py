"""Traces for OpenTelemetry, where a variable of its own names somebody who takes them; none
otherwise.

OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER and the like are read as
OpenTelemetry defines them.
"""

import os
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SERVICE = "open-configurator"


def begin_tracing() -> bool:
    """Have each request traced where the environment asks for it, and tell whether it does.

    Called once in a process, before Django reads its middleware. Refuses with ImproperlyConfigured
    where the extra `[otel]` is not installed.
    """
    if (
        not any(os.environ.get(name) for name in VARIABLES)
        or os.environ.get("OTEL_SDK_DISABLED") == "true"
    ):
        return False
    if find_spec("opentelemetry") is None:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set: pip install 'open-configurator[otel]'."
        )
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME") or SERVICE
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument()
    return True
