"""The readable page of the API."""

import re
from html.parser import HTMLParser

import pytest

from integrations.access.scopes import SCOPES
from integrations.api.openapi import document, problem_kinds


class Page(HTMLParser):
    """The page's ids, links, inline code and elements that a strict policy would block."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.blocked = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids += [given["id"]] if "id" in given else []
        if tag in {"a", "link", "script", "img"}:
            self.links.append(given.get("href") or given.get("src") or "")
        if (
            tag in {"script", "style"}
            or "style" in given
            or any(name.startswith("on") for name in given)
        ):
            self.blocked.append(tag)


@pytest.fixture
def html(client):
    response = client.get("/api/docs/")
    assert response.status_code == 200
    return response.content.decode()


def test_it_tells_every_operation_scope_and_problem(html):
    operations = [operation for item in document()["paths"].values() for operation in item.values()]

    assert all(f'id="{operation["operationId"]}"' in html for operation in operations)
    assert all(f'id="problem-{kind.slug}"' in html for kind in problem_kinds())
    assert all(scope in html for scope in SCOPES)


def test_every_operation_has_a_call_to_try(html):
    for path in document()["paths"]:
        address = f"http://testserver{path}".replace("{key}", "desk")
        address = address.replace("{view}", "corner").replace("{print}", "engraving")
        address = address.replace("{part}", "rules").replace("{number}", "1")
        assert re.split("{(?:id|member|value|kid)}", address)[0] in html
    assert html.count("Try it") == sum(len(item) for item in document()["paths"].values())


def test_every_link_within_the_page_leads_somewhere(html):
    page = Page(html)

    assert [link for link in page.links if link.startswith("#") and link[1:] not in page.ids] == []
    assert len(page.ids) == len(set(page.ids))


def test_it_needs_nothing_that_the_policy_forbids(html, client):
    page = Page(html)

    assert page.blocked == []
    assert [link for link in page.links if "//" in link] == []
    assert "unsafe" not in client.get("/api/docs/").headers["Content-Security-Policy"]


def test_words_of_the_code_are_escaped(html):
    assert "<code>Authorization: Bearer …</code>" in html
    assert "`" not in html
