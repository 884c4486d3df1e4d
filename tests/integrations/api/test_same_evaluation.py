"""Page and API answer the same: the same evaluation goes in, and what the page prints is what the
API says.
"""

from html.parser import HTMLParser

import pytest

from configurator.embed import views
from configurator.embed.states import choices_in
from configurator.evaluation_json import evaluation_json
from configurator.models import Configuration
from tests.api import told
from tests.embed import post_form
from tests.examples.desk import desk

pytestmark = pytest.mark.database

CASES = {
    "untouched": {},
    "oak frame": {"frame": "oak"},
    "glass on steel": {"frame": "steel", "top": "glass", "width": 1700},
    "much of everything": {
        "frame": "oak",
        "top": "oak",
        "width": 1450,
        "depth": 900,
        "drawers": "two",
        "extras": ["lamp", "tray"],
        "engraved": True,
        "engraving": "For Ada",
    },
    "something missing": {"top": "oak", "engraved": True},
}
CLASHES = {
    "glass on oak": ({"frame": "oak"}, {"top": "glass"}),
    "glass cut too deep": ({"top": "glass"}, {"depth": 900}),
    "too wide for oak": ({"width": 1900}, {"frame": "oak"}),
}
STEPS = ("look", "size", "summary")


class Page(HTMLParser):
    """What a page says: its inputs, its text, and which values it marks as blocked."""

    def __init__(self, html):
        super().__init__()
        self.inputs, self.applies, self.blocked, self.labels, self._texts = [], [], set(), [], []
        self._label = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "label" and "value" in (given.get("class") or "").split():
            self._label = "blocked" in given["class"].split()
        if tag == "input":
            self.inputs.append(given)
            if self._label:
                self.blocked.add((given["name"].removeprefix("o."), given["value"]))
        if tag == "button" and given.get("name") == "apply":
            self.applies.append(given["value"])

    def handle_endtag(self, tag):
        if tag == "label":
            self._label = None

    def handle_data(self, data):
        self._texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self._texts).split())

    def form(self):
        """Return the fields that a browser would post."""
        fields = {}
        for each in self.inputs:
            kind = each.get("type", "text")
            if (
                "name" in each
                and "disabled" not in each
                and (kind not in {"radio", "checkbox"} or "checked" in each)
            ):
                fields.setdefault(each["name"], []).append(each.get("value", ""))
        return fields

    def offered(self):
        """Return the listed values on this page: (option, value)."""
        return {
            (each["name"].removeprefix("o."), each["value"])
            for each in self.inputs
            if each.get("type") in {"radio", "checkbox"}
            and each.get("role") != "switch"
            and each["value"]
        }


@pytest.fixture
def widget(client, shop, monkeypatch):
    """Open or post the widget; `.evaluations` are those it printed."""
    seen = []

    def recorded(name):
        original = getattr(views, name)

        def wrapper(evaluation, *rest):
            seen.append(evaluation)
            return original(evaluation, *rest)

        monkeypatch.setattr(views, name, wrapper)

    recorded("whole_page")
    recorded("panel")

    class Face:
        evaluations = seen

        def get(self, choices, step="look", language="en"):
            query = {"step": step, "lang": language}
            for key, choice in choices.items():
                given = ",".join(choice) if isinstance(choice, list) else choice
                query[key] = (
                    {True: "true", False: "false"}.get(given, given)
                    if isinstance(given, bool)
                    else given
                )
            response = client.get("/embed/joinery/desk/", query)
            assert response.status_code == 200
            return Page(response.content.decode())

        def post(self, form, **fields):
            response = post_form(client, "/embed/joinery/desk/", {**form, **fields})
            return response, Page(response.content.decode())

    return Face()


def evaluate(api, choices, changes=None, locale="en"):
    return told(
        api.post(
            "products/desk/evaluate",
            {"choices": choices, "changes": changes or {}, "locale": locale},
        )
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("choices", CASES.values(), ids=CASES)
def test_page_and_api_tell_the_same_evaluation(api, widget, choices, language):
    answer = evaluate(api, choices, locale=language)
    widget.get(choices, language=language)

    assert evaluation_json(widget.evaluations[-1], language, 1) == answer


@pytest.mark.parametrize(("choices", "changes"), CLASHES.values(), ids=CLASHES)
def test_page_and_api_tell_the_same_conflict(api, widget, choices, changes):
    problem = evaluate(api, choices, changes)
    form = next(
        form for step in STEPS if _asks(form := widget.get(choices, step=step).form(), changes)
    )
    response, shown = widget.post(form, **{f"o.{key}": choice for key, choice in changes.items()})
    document = evaluation_json(widget.evaluations[-1], "en", 1)

    assert response.status_code == problem["status"] == 409
    assert document == problem["evaluation"]
    assert all(rule["message"] in shown.text for rule in document["conflict"]["rules"])
    repairs = [choices_in(desk(), text)[0] for text in shown.applies]
    assert [{key: plain(choice) for key, choice in each.items()} for each in repairs] == problem[
        "repairs"
    ]


def _asks(form, changes):
    return changes.keys() <= {name.removeprefix("o.") for name in form}


def plain(choice):
    return list(choice) if isinstance(choice, tuple) else choice


@pytest.mark.parametrize("choices", CASES.values(), ids=CASES)
def test_the_page_blocks_exactly_the_values_that_the_api_says_are_not_free(api, widget, choices):
    answer = evaluate(api, choices)
    offered, blocked = set(), set()
    for step in STEPS:
        shown = widget.get(choices, step=step)
        offered |= shown.offered()
        blocked |= shown.blocked
    states = {
        (option, value): state["free"]
        for option, each in answer["options"].items()
        for value, state in each["values"].items()
    }

    assert offered >= {
        (key, value)
        for key, value in states
        if answer["options"][key]["active"] and key != "engraved"
    }
    assert blocked == {each for each in offered if not states[each]}


@pytest.mark.parametrize("choices", CASES.values(), ids=CASES)
def test_the_page_shows_the_price_that_the_api_tells(api, widget, choices):
    price = evaluate(api, choices)["price"]
    shown = widget.get(choices).text

    assert price["shown_text"].replace("\u00a0", " ") in shown.replace("\u00a0", " ")
    assert all(line["label"] in shown for line in price["lines"] if line["kind"] != "value")


def test_what_the_page_completes_is_what_the_api_reads(api, widget):
    choices = CASES["glass on steel"]
    answer = evaluate(api, choices)
    response, _ = widget.post(widget.get(choices).form(), complete="1")
    row = Configuration.objects.get()
    kept = told(api.get(f"configurations/{row.public_id}"))

    assert response.status_code == 303
    assert (kept["state"], kept["choices"], kept["fingerprint"]) == (
        "completed",
        choices,
        answer["fingerprint"],
    )
    assert kept["evaluation"] == answer
    assert told(api.get(f"configurations/{row.public_id}/bom"))["items"] == answer["bom"]
    assert told(api.get(f"configurations/{row.public_id}/price"))["price"] == answer["price"]
