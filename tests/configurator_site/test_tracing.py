"""Requests are traced where the environment names who takes the traces, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

from configurator_site.settings import BASE_DIR
from tests.integrations.egress.receiver import receiver, saying

ASK = """
from configurator_site.wsgi import application
from opentelemetry import trace

def start(status, headers):
    print(status)

environment = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
    "wsgi.input": __import__("io").BytesIO(), "wsgi.url_scheme": "http", "wsgi.errors": __import__("sys").stderr,
}
b"".join(application(environment, start))
provider = trace.get_tracer_provider()
print(type(provider).__name__)
if hasattr(provider, "shutdown"):
    provider.shutdown()
"""


def asked(folder: Path, **given: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("OTEL_")
    }
    environment |= {"DEBUG": "1", "DATA_DIR": str(folder), "EMBEDDED_WORKER": "0", **given}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        capture_output=True,
        text=True,
        check=False,
        cwd=BASE_DIR,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_the_variable_nothing_is_traced(tmp_path):
    assert asked(tmp_path).split("\n")[:2] == ["200 OK", "ProxyTracerProvider"]


def test_with_the_variable_a_request_is_told(tmp_path):
    with receiver(saying(200)) as there:
        told = asked(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=there.url.removesuffix("/in"))
        assert told.split("\n")[:2] == ["200 OK", "TracerProvider"]
        assert [each.line for each in there.requests] == ["POST /v1/traces HTTP/1.1"]
