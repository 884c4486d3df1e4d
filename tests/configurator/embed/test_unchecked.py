"""A product so hard that an answer takes longer than a click may: the widget says so, and tells it
when it is known.
"""

import pytest
from django.test import Client

from catalog.models import Merchant
from tests.configurator.engine.test_bounds import pigeons
from tests.embed import Page, Shopper
from tests.factories import make_version

pytestmark = pytest.mark.database


@pytest.fixture
def shopper(shop: Merchant, client: Client, monkeypatch: pytest.MonkeyPatch) -> Shopper:
    for module in ("decision", "evaluate", "alternatives"):
        monkeypatch.setattr(f"configurator.evaluation.{module}.MOST_CONFLICTS", 20)
    # The checks of such a product take long, and are not what is asked about here.
    monkeypatch.setattr("catalog.checking.findings_of", lambda *_: ())
    make_version(shop, pigeons(9, 4, when="apart"))
    return Shopper(client, f"/embed/{shop.slug}/pigeons/")


def is_checking(page: Page) -> bool:
    return any(name == "check" for name, _value in page.buttons)


def test_a_value_that_is_not_checked_yet_says_so_and_cannot_be_chosen(shopper: Shopper) -> None:
    page = shopper.opens()
    assert "Being checked" in page.section("o-apart")
    assert 'id="o-apart--true" disabled' in page.text
    assert "Some answers are still being checked." in page.words


def test_without_scripts_a_button_asks_again_until_everything_is_told(shopper: Shopper) -> None:
    page = shopper.opens()
    asked = 0
    while is_checking(page) and asked < 300:
        page = shopper.presses("check", "1")
        asked += 1
    assert 1 < asked < 300
    assert "Needs a change" in page.section("o-apart")
    assert "Being checked" not in page.words


def test_the_page_asks_again_by_itself_a_few_times_and_then_leaves_it_to_the_shopper(
    shopper: Shopper,
) -> None:
    page = shopper.opens()
    assert 'hx-trigger="load delay' in page.text
    page = shopper.presses("check", "6")
    assert is_checking(page)
    assert 'hx-trigger="load delay' not in page.text


def test_a_nonsense_count_of_checks_does_no_harm(shopper: Shopper) -> None:
    shopper.opens()
    assert shopper.presses("check", "many").status == 200
