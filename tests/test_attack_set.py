"""Each of the attack set is refused within a second and 500 MB, and whoever asks meanwhile is
answered.
"""

import json
import subprocess
import sys
import threading
import urllib.request
from base64 import b64encode
from time import perf_counter
from urllib.error import HTTPError

import pytest
from pytest_django.live_server_helper import LiveServer

from catalog import glb_uploads
from tests.api import Api, make_shop
from tests.attack_set import ATTACKS
from tests.glb_files import stool_glb

SECONDS, MEGABYTES = 1.0, 500


def test_every_attack_is_refused_with_a_sentence_within_a_second_and_500_mb() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.attack_set"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.keys() == ATTACKS.keys()
    for name, each in found.items():
        assert each["told"], f"{name} is let through"
        assert each["seconds"] < SECONDS, name
        assert each["memory"] < MEGABYTES, name


@pytest.mark.django_db(transaction=True)
def test_the_server_answers_while_an_upload_is_checked(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glb_uploads, "COMMAND", (sys.executable, "-c", "while True: pass"))
    monkeypatch.setattr(glb_uploads, "MOST_SECONDS", 1.0)
    body = {"content": b64encode(stool_glb()).decode(), "name": "stool.glb"}
    upload = urllib.request.Request(
        f"{live_server.url}/api/v1/assets",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {Api(make_shop()).secret}",
            "Idempotency-Key": "stool",
        },
    )
    told: list[str] = []

    def send() -> None:
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(upload)
        told.append(json.loads(refused.value.read())["detail"])

    sending = threading.Thread(target=send)
    sending.start()
    waits = []
    while sending.is_alive():
        began = perf_counter()
        assert urllib.request.urlopen(f"{live_server.url}/readyz").status == 200
        waits.append(perf_counter() - began)
        sending.join(0.05)
    assert told == ["The model takes too long to be read; save a simpler one."]
    assert len(waits) > 3
