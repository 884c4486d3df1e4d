"""The requests that guides show work as they stand."""

import json
import re
from pathlib import Path

import pytest

from tests.api import Api, make_shop, told

pytestmark = pytest.mark.database

DOCS = Path(__file__).parents[3] / "docs" / "api"
# Those that show answers as HTTP are gone through by test_guide_conversations.
GUIDES = [
    path
    for path in sorted(DOCS.glob("*.md"))
    if "```http" in (text := path.read_text()) and "HTTP/1.1" not in text
]
BLOCK = re.compile(r"^```(http|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def sent(api, text, known):
    """Return the answer to a request as a guide shows it."""
    for name, value in known.items():
        text = text.replace(f"${name}", str(value))
    head, _, body = text.partition("\n\n")
    first, *headers = head.strip().splitlines()
    method, path = first.split(" ", 1)
    given = dict(line.split(": ", 1) for line in headers)
    content = body.encode() if body.strip() else None
    return api.call(method, path.removeprefix("/api/v1/"), content, **given)


def holds(shown, answer):
    """Tell whether an answer says all that is shown of it."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(
            name in answer and holds(each, answer[name]) for name, each in shown.items()
        )
    return bool(shown == answer)


def test_there_are_guides_with_requests():
    assert GUIDES


@pytest.mark.django_db
@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_request_of_a_guide_is_answered_as_it_says(guide):
    api = Api(make_shop())
    blocks = BLOCK.findall(guide.read_text())
    known = {}
    for number, (kind, text) in enumerate(blocks):
        if kind == "json":
            continue
        answer = sent(api, text, known)
        document = told(answer)
        shown = (
            json.loads(blocks[number + 1][1])
            if blocks[number + 1 :][:1] and blocks[number + 1][0] == "json"
            else {}
        )
        assert answer.status_code < 400 or shown.get("status") == answer.status_code, (
            text,
            document,
        )
        assert holds(shown, document), (text, document)
        known |= {name: value for name, value in document.items() if isinstance(value, str | int)}
