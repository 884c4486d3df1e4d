"""The page about webhooks tells every event, and its examples take what we send and nothing else,
in each language.
"""

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.webhooks.catalogue import KINDS
from integrations.webhooks.signing import (
    new_key,
    new_secret,
    signed_headers,
    told_public_key,
    told_secret,
)

HERE = Path(__file__).parent / "examples"
PAGE = (Path(__file__).parents[3] / "docs" / "guide" / "webhooks.md").read_text()
BODY = json.dumps(
    {"type": "configuration.completed", "data": {"name": "größer"}}, ensure_ascii=False
).encode()

type Case = dict[str, Any]


def example(name: str) -> str:
    """Return the code of the page that is marked with `name`."""
    (code,) = re.findall(rf"^```\w+ {name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(code)


def by_python(name: str) -> Callable[[list[Case], Path], list[bool]]:
    def ask(cases: list[Case], folder: Path) -> list[bool]:
        of_page: dict[str, Any] = {}
        exec(compile(example(name), f"webhooks.md/{name}", "exec"), of_page)
        return [
            of_page["verified"](each["secret"], each["headers"], base64.b64decode(each["body"]))
            for each in cases
        ]

    return ask


def by_node(name: str) -> Callable[[list[Case], Path], list[bool]]:
    def ask(cases: list[Case], folder: Path) -> list[bool]:
        (folder / "webhooks.mjs").write_text(example(name))
        shutil.copy(HERE / "run.mjs", folder)
        return run(["node", "run.mjs"], cases, folder)

    return ask


def by_php(cases: list[Case], folder: Path) -> list[bool]:
    (folder / "webhooks.php").write_text(f"<?php\n{example('php')}")
    return run(["php", str(HERE / "run.php"), str(folder / "webhooks.php")], cases, folder)


def run(command: list[str], cases: list[Case], folder: Path) -> list[bool]:
    if shutil.which(command[0]) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{command[0]} is not installed here")
        pytest.skip(f"{command[0]} is not installed here")
    text = json.dumps(cases)
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    answers: list[bool] = json.loads(done.stdout)
    return answers


READERS = {
    "python": by_python("python"),
    "standardwebhooks": by_python("standardwebhooks"),
    "node": by_node("node"),
    "php": by_php,
}
PUBLIC_READERS = {
    "public_key": by_python("public_key"),
    "public_key_in_node": by_node("public_key_in_node"),
}


def cases() -> tuple[list[Case], list[bool]]:
    """Return messages, and which of them are to be taken."""
    secret, newer, id, now = (
        new_secret(),
        new_secret(),
        "evt_Vb3kq0Zt9mRr2XyLw1sPdA",
        datetime.now(UTC),
    )
    good = signed_headers([secret], id, now, BODY)
    both = signed_headers([newer, secret], id, now, BODY)
    found: list[tuple[bytes, Mapping[str, str], bytes, bool]] = [
        (secret, good, BODY, True),
        (secret, both, BODY, True),
        (newer, both, BODY, True),
        (newer, good, BODY, False),
        (secret, good, BODY + b" ", False),
        (secret, {**good, "webhook-id": "evt_another"}, BODY, False),
        (secret, signed_headers([secret], id, now - timedelta(minutes=6), BODY), BODY, False),
        (secret, signed_headers([secret], id, now + timedelta(minutes=6), BODY), BODY, False),
        (secret, {**good, "webhook-timestamp": "soon"}, BODY, False),
        (secret, {**good, "webhook-signature": "v1,"}, BODY, False),
        (
            secret,
            {name: each for name, each in good.items() if name != "webhook-signature"},
            BODY,
            False,
        ),
    ]
    told = [
        {
            "secret": told_secret(key),
            "headers": dict(headers),
            "body": base64.b64encode(body).decode(),
        }
        for key, headers, body, _ in found
    ]
    return told, [is_good for *_, is_good in found]


@pytest.mark.parametrize("reader", sorted(READERS))
def test_the_example_takes_what_is_ours_and_nothing_else(reader: str, tmp_path: Path) -> None:
    told, expected = cases()
    assert READERS[reader](told, tmp_path) == expected


def public_cases() -> tuple[list[Case], list[bool]]:
    """Return messages that are verified with a public key, and which of them are to be taken."""
    secret, key, newer, id, now = (
        new_secret(),
        new_key(),
        new_key(),
        "evt_Vb3kq0Zt9mRr2XyLw1sPdA",
        datetime.now(UTC),
    )
    good = signed_headers([secret], id, now, BODY, [key])
    both = signed_headers([new_secret(), secret], id, now, BODY, [newer, key])
    found: list[tuple[bytes, Mapping[str, str], bytes, bool]] = [
        (key, good, BODY, True),
        (key, both, BODY, True),
        (newer, both, BODY, True),
        (newer, good, BODY, False),
        (key, good, BODY + b" ", False),
        (key, {**good, "webhook-id": "evt_another"}, BODY, False),
        (key, {**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) - 60)}, BODY, False),
        (key, signed_headers([secret], id, now - timedelta(minutes=6), BODY, [key]), BODY, False),
        (key, signed_headers([secret], id, now, BODY), BODY, False),
        (key, {**good, "webhook-signature": "v1a"}, BODY, False),
        (
            key,
            {name: each for name, each in good.items() if name != "webhook-timestamp"},
            BODY,
            False,
        ),
    ]
    told = [
        {
            "secret": told_public_key(each),
            "headers": dict(headers),
            "body": base64.b64encode(body).decode(),
        }
        for each, headers, body, _ in found
    ]
    return told, [is_good for *_, is_good in found]


@pytest.mark.parametrize("reader", sorted(PUBLIC_READERS))
def test_who_has_the_public_key_takes_what_is_ours_and_nothing_else(
    reader: str, tmp_path: Path
) -> None:
    told, expected = public_cases()
    assert PUBLIC_READERS[reader](told, tmp_path) == expected


def test_the_page_tells_every_event() -> None:
    assert re.findall(r"^\| `([a-z_.]+)` \|", PAGE, re.MULTILINE) == list(KINDS)
