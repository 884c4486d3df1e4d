"""The calls of the guides are made as they stand there, one after the other, and answer as it is
told.

What a guide shows of ids, tokens, tags and times is another one each time: what is answered in its
place is sent where it is shown again.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.api import told

pytestmark = pytest.mark.database

DOCS = Path(__file__).parents[3] / "docs" / "api"
GUIDES = sorted(page.name for page in DOCS.glob("*.md") if "HTTP/1.1" in page.read_text())
OTHER_EACH_TIME = {"id", "configuration", "quote", "updated_at", "etag"}
ANY = "…"


@dataclass
class Message:
    """A call or an answer, as a guide writes it."""

    first: str
    headers: dict[str, str]
    body: Any


@dataclass
class Seen:
    """What stands in the place of what a guide shows."""

    real: dict[str, str] = field(default_factory=dict)

    def written(self, text: str) -> str:
        for shown, real in self.real.items():
            text = text.replace(shown, real)
            text = text.replace(shown.replace("+", "%2B"), real.replace("+", "%2B"))
        return text

    def differences(self, shown: Any, real: Any, place: str = "") -> list[str]:
        """Return where `real` is not what is shown; learns what is other each time."""
        if shown == ANY:
            return []
        if isinstance(shown, dict) and isinstance(real, dict):
            found = []
            for name, each in shown.items():
                if name not in real:
                    found.append(f"{place}/{name} is missing")
                    continue
                if name in OTHER_EACH_TIME and isinstance(each, str) and each != ANY:
                    self.real.setdefault(each, real[name])
                    each = self.real[each]
                found += self.differences(each, real[name], f"{place}/{name}")
            return found
        if isinstance(shown, list) and isinstance(real, list):
            is_open = bool(shown) and shown[-1] == ANY
            if len(real) < len(shown) - is_open or (len(real) > len(shown) and not is_open):
                return [f"{place} has {len(real)} entries"]
            pairs = zip(shown, real, strict=False)
            return [
                told
                for number, (one, other) in enumerate(pairs)
                for told in self.differences(one, other, f"{place}/{number}")
            ]
        return [] if shown == real else [f"{place} is {real!r}, not {shown!r}"]


def messages(page: str) -> list[Message]:
    """Return what stands in the blocks of a guide: calls, each with its answer behind it."""
    found = []
    for block in re.findall(r"```http\n(.*?)```", (DOCS / page).read_text(), re.DOTALL):
        head, _, body = block.partition("\n\n")
        first, *lines = head.strip().split("\n")
        headers = dict(line.split(": ", 1) for line in lines)
        found.append(Message(first, headers, json.loads(body) if body.strip() else None))
    return found


def test_there_are_guides():
    assert {"custom-front-end.md", "erp-order.md"} <= {*GUIDES}


@pytest.mark.parametrize("page", GUIDES)
def test_a_guide_works_as_it_is_written(api, page):
    given = messages(page)
    assert len(given) % 2 == 0
    seen = Seen()
    for call, answer in zip(given[::2], given[1::2], strict=True):
        method, path = seen.written(call.first).split(" ")
        body = None if call.body is None else json.loads(seen.written(json.dumps(call.body)))
        headers = {name.replace("-", "_"): each for name, each in call.headers.items()}

        real = api.call(method, path.removeprefix("/api/v1/"), body, **headers)

        status = int(answer.first.removeprefix("HTTP/1.1 "))
        assert real.status_code == status, (call.first, real.content[:2000])
        for name, shown in answer.headers.items():
            if name == "ETag" and not re.fullmatch(r'"r\d+"', shown):
                seen.real[shown.strip('"')] = real.headers["ETag"].strip('"')
            else:
                assert real.headers[name] == shown, call.first
        assert seen.differences(answer.body, told(real)) == [], call.first
