"""The scheme of a shop's page in the widget: on every page and through every form, and never part
of a choice.
"""

import re
from html import unescape

import pytest
from django.test import Client

from catalog.models import Merchant
from configurator.embed import views
from tests.api import make_shop
from tests.embed import Page, Shopper
from tests.examples.desk import desk

URL = "/embed/joinery/desk/"


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def shopper(request: pytest.FixtureRequest, db: None, client: Client) -> Shopper:
    make_shop(model=desk())
    return Shopper(client, URL, htmx=request.param)


def scheme_of(text: str) -> str:
    found = re.search(r'<html lang="en"(?: data-scheme="(\w+)")?>', text)
    assert found is not None
    return found[1] or ""


def link_of(page: Page) -> str:
    found = re.search(r'id="share" href="([^"]*)" data-link="([^"]*)"', page.text)
    assert found is not None
    return " ".join(found.groups())


@pytest.mark.parametrize(
    ("query", "scheme"),
    [
        ("", ""),
        ("light", "light"),
        ("dark", "dark"),
        ("auto", ""),
        ('blue"><script>', ""),
        ("DARK", ""),
    ],
)
def test_the_page_says_the_scheme_of_its_address(
    shop: Merchant, client: Client, query: str, scheme: str
) -> None:
    text = client.get(URL, {"color-scheme": query, "top": "glass"}).content.decode()
    assert scheme_of(text) == scheme
    assert f'<meta name="color-scheme" content="{scheme or "light dark"}">' in text
    assert 'name="state" value="top=glass"' in text


def test_two_shoppers_of_one_state_each_get_their_own_scheme(
    shop: Merchant, client: Client
) -> None:
    asked = ["dark", "light", "", "dark"]
    assert [
        scheme_of(client.get(URL, {"color-scheme": each}).content.decode()) for each in asked
    ] == asked


def test_every_form_carries_it_on(shopper: Shopper) -> None:
    page = shopper.opens("?color-scheme=dark")
    for step in (
        lambda: shopper.chooses(top="glass"),
        lambda: shopper.presses("undo"),
        lambda: shopper.chooses(),
    ):
        page = step()
        assert page.action == f"{URL}?color-scheme=dark"
        if not shopper.headers:
            assert scheme_of(page.text) == "dark"
    if shopper.headers:
        assert "color-scheme=dark" in page.response["HX-Replace-Url"]


def test_a_refused_form_is_refused_in_the_same_colours(shop: Merchant, client: Client) -> None:
    answer = client.post(f"{URL}?color-scheme=dark", b"x", content_type="application/json")
    assert (answer.status_code, scheme_of(answer.content.decode())) == (415, "dark")


@pytest.mark.parametrize("path", ["nothing/", "desk/c/unknown/", "desk/c/dZgvgG0CfIjCfAuovZXcnA/"])
def test_a_page_that_is_not_there_has_it_too(shop: Merchant, client: Client, path: str) -> None:
    assert (
        scheme_of(client.get(f"/embed/joinery/{path}?color-scheme=dark").content.decode()) == "dark"
    )


def test_a_site_that_is_not_listed_is_told_so_in_its_own_colours(
    shop: Merchant, client: Client
) -> None:
    headers = {"HTTP_SEC_FETCH_DEST": "iframe", "HTTP_REFERER": "https://other.example/"}
    answer = client.get(f"{URL}?color-scheme=light", **headers)
    assert (answer.status_code, scheme_of(answer.content.decode())) == (403, "light")


def test_links_that_are_given_away_leave_it_to_who_opens_them(shopper: Shopper) -> None:
    page = shopper.opens("?color-scheme=dark&top=glass")
    assert "top=glass" in link_of(page) and "color-scheme" not in link_of(page)


def test_what_was_completed_has_it_and_leads_back_with_it(shopper: Shopper) -> None:
    shopper.opens("?color-scheme=dark&top=glass&frame=steel")
    answer = shopper.presses("complete")
    address = answer.response["HX-Replace-Url" if shopper.headers else "Location"]
    assert "color-scheme=dark" in address
    text = shopper.client.get(address).content.decode()
    assert scheme_of(text) == "dark"
    change = re.search(r'id="change" href="([^"]*)"', text)
    assert change is not None and "color-scheme=dark" in change[1]
    assert scheme_of(shopper.client.get(unescape(change[1])).content.decode()) == "dark"
    assert "color-scheme" not in link_of(Page(answer.response, text, (), (), ""))
    if shopper.headers:
        assert "color-scheme" not in answer.data("completed")["url"]


def test_the_way_back_from_texts_too_long_for_an_address_keeps_language_and_scheme(
    shop: Merchant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = Shopper(client, URL)
    shopper.opens("?color-scheme=dark&lang=en-GB&top=glass&frame=steel")
    address = shopper.presses("complete").response["Location"]
    monkeypatch.setattr(views.done, "change_address", lambda *_: ("", ("engraving",)))
    change = re.search(r'id="change" href="([^"]*)"', client.get(address).content.decode())
    assert change is not None
    assert unescape(change[1]).endswith("/?change=1&lang=en-GB&color-scheme=dark")
