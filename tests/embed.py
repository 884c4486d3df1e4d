"""A shopper at the widget without a browser: reads the form of a page, changes inputs, presses
buttons.
"""

import html
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

HTMX = {"HTTP_HX_REQUEST": "true"}
OURS = {"HTTP_HX_QUIET": "true"}


def post_form(client: Client, path: str, fields: Any, **headers: Any) -> HttpResponse:
    """Post `fields` (a mapping; lists for several) as a browser posts a plain form."""
    text = urlencode(fields, doseq=True)
    return client.post(path, text, content_type="application/x-www-form-urlencoded", **headers)


@dataclass(frozen=True)
class Page:
    """An answer of the widget with what its form would post."""

    response: HttpResponse
    text: str
    fields: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]
    action: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def words(self) -> str:
        """What a reader sees, with single blanks."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text)).split())

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    def data(self, name: str) -> Any:
        """Return the JSON in the data attribute `name`."""
        found = re.search(rf'data-{name}="([^"]*)"', self.text)
        return json.loads(html.unescape(found.group(1))) if found and found.group(1) else None

    def section(self, element_id: str) -> str:
        """Return the text from the element with this id to the end of its fieldset or the page."""
        start = self.text.index(f'id="{element_id}"')
        end = self.text.find("</fieldset>", start)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text[start:end])).split())


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []
        self.action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action", "").partition("#")[0]
        if (
            tag == "button"
            and given.get("name")
            and "disabled" not in given
            and "aria-disabled" not in given
        ):
            self.buttons.append((given["name"], given.get("value", "")))
        if tag != "input" or not given.get("name") or "disabled" in given:
            return
        if given.get("type") in {"radio", "checkbox"} and "checked" not in given:
            return
        self.fields.append((given["name"], given.get("value", "")))


def read_page(response: HttpResponse) -> Page:
    text = response.content.decode()
    form = _Form()
    form.feed(text)
    return Page(response, text, tuple(form.fields), tuple(form.buttons), form.action)


class Shopper:
    """Walks through the widget at `path` as a browser without scripts does; with `htmx`, as our
    script does.
    """

    def __init__(self, client: Client, path: str, htmx: bool = False) -> None:
        self.client = client
        self.path = path
        self.headers = {**HTMX, **OURS} if htmx else {}
        self.page: Page

    def opens(self, query: str = "", **headers: str) -> Page:
        self.page = read_page(self.client.get(f"{self.path}{query}", **headers))
        return self.page

    def chooses(self, **inputs: Any) -> Page:
        """Change the inputs of options (a value, or a list of ticked ones) and post the form."""
        return self.presses(None, **inputs)

    def presses(self, button: str | None, value: str = "1", **inputs: Any) -> Page:
        changed = {f"o.{key}": each for key, each in inputs.items()}
        fields = [(name, each) for name, each in self.page.fields if name not in changed]
        for name, each in changed.items():
            fields += [(name, one) for one in (each if isinstance(each, list) else [each])]
        if button is not None:
            fields.append((button, value))
        posted: dict[str, list[str]] = {}
        for name, each in fields:
            posted.setdefault(name, []).append(each)
        self.page = read_page(
            post_form(self.client, self.page.action or self.path, posted, **self.headers)
        )
        return self.page
