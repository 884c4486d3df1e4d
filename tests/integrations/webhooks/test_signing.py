"""What we send is taken by the libraries that receivers use, in Python and JavaScript; what
somebody changed is not.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
import svix

from integrations.webhooks.signing import (
    is_signed,
    new_key,
    new_secret,
    signed_headers,
    told_secret,
)
from tests.node import installed

HERE = Path(__file__).parent / "libraries"
ID = "evt_Vb3kq0Zt9mRr2XyLw1sPdA"
BODY = json.dumps(
    {"type": "configuration.completed", "data": {"name": "Schreibtisch, größer"}}
).encode()
CHANGED = BODY.replace(b"completed", b"created")

type Case = tuple[bytes, Mapping[str, str], bytes]


def by_python(library: Any, cases: list[Case]) -> list[bool]:
    answers = []
    for secret, headers, body in cases:
        try:
            library.Webhook(told_secret(secret)).verify(body, dict(headers))
            answers.append(True)
        except library.WebhookVerificationError:
            answers.append(False)
    return answers


def by_node(library: str, cases: list[Case]) -> list[bool]:
    if missing := [program for program in ("node", "npm") if shutil.which(program) is None]:
        told = f"{' and '.join(missing)} is not installed here"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    told_cases = [
        {
            "secret": told_secret(secret),
            "headers": dict(headers),
            "body": base64.b64encode(body).decode(),
        }
        for secret, headers, body in cases
    ]
    text, modules = json.dumps({"library": library, "cases": told_cases}), installed(HERE)
    with tempfile.TemporaryDirectory() as folder:
        # Packages are looked for beside the file that names them.
        (Path(folder) / "node_modules").symlink_to(modules)
        command = ["node", shutil.copy(HERE / "run.mjs", folder)]
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    answers: list[bool] = json.loads(done.stdout)
    return answers


def by_us(cases: list[Case]) -> list[bool]:
    return [
        is_signed(told_secret(secret), headers, body, datetime.now(UTC))
        for secret, headers, body in cases
    ]


READERS: dict[str, Callable[[list[Case]], list[bool]]] = {
    "standardwebhooks in Python": partial(by_python, standardwebhooks),
    "svix in Python": partial(by_python, svix),
    "standardwebhooks in JavaScript": partial(by_node, "standardwebhooks"),
    "svix in JavaScript": partial(by_node, "svix"),
    "manage.py listen": by_us,
}


def messages() -> tuple[dict[str, Case], dict[str, Case]]:
    """Return messages by what is about them: those that a receiver takes, and those that it does
    not.
    """
    secret, newer, now = new_secret(), new_secret(), datetime.now(UTC)
    good = signed_headers([secret], ID, now, BODY)
    both = signed_headers([newer, secret], ID, now, BODY)
    takes = {
        "as it was sent": (secret, good, BODY),
        "by the secret before, while it is replaced": (secret, both, BODY),
        "by the new secret, while it is replaced": (newer, both, BODY),
        "with a key pair beside": (
            secret,
            signed_headers([secret], ID, now, BODY, [new_key()]),
            BODY,
        ),
        "almost five minutes old": (
            secret,
            signed_headers([secret], ID, now - timedelta(seconds=280), BODY),
            BODY,
        ),
    }
    another = str(int(good["webhook-timestamp"]) - 60)
    refuses = {
        "another body": (secret, good, CHANGED),
        "another id": (secret, {**good, "webhook-id": "evt_another"}, BODY),
        "another time": (secret, {**good, "webhook-timestamp": another}, BODY),
        "too old": (secret, signed_headers([secret], ID, now - timedelta(minutes=6), BODY), BODY),
        "of the time to come": (
            secret,
            signed_headers([secret], ID, now + timedelta(minutes=6), BODY),
            BODY,
        ),
        "of another secret": (newer, good, BODY),
        "of a key pair alone": (
            secret,
            _only_public(signed_headers([secret], ID, now, BODY, [new_key()])),
            BODY,
        ),
        "another signature": (secret, {**good, "webhook-signature": "v1," + "A" * 43 + "="}, BODY),
        **{
            f"no {name}": (
                secret,
                {each: value for each, value in good.items() if each != name},
                BODY,
            )
            for name in good
        },
    }
    return takes, refuses


def _only_public(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {**headers, "webhook-signature": headers["webhook-signature"].split()[1]}


@pytest.mark.parametrize("reader", READERS)
def test_a_library_takes_what_is_ours_and_nothing_else(reader):
    takes, refuses = messages()
    named = {**takes, **refuses}
    answers = dict(zip(named, READERS[reader](list(named.values())), strict=True))

    assert [name for name in takes if not answers[name]] == []
    assert [name for name in refuses if answers[name]] == []


def test_a_secret_is_as_long_as_the_standard_wants():
    assert 24 <= len(new_secret()) <= 64
    assert new_secret() != new_secret()
