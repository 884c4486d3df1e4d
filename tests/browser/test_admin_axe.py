"""axe has nothing to say about any page of the administration, and nothing lies beside the screen,
wide and narrow.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route

from catalog.models import Merchant, Role
from configurator.draft_links import make_draft_link
from pricing.models import PriceList
from tests.admin_pages import MODELS, make_whole_merchant, pages_of
from tests.browser.waiting import until
from tests.factories import make_user
from tests.forms import Forms

pytestmark = [pytest.mark.browser, pytest.mark.database]

# On the narrow screen the same page is asked again for what depends on the layout.
RULES: Any = {
    1200: {"resultTypes": ["violations"]},
    390: {
        "resultTypes": ["violations"],
        "runOnly": {
            "type": "rule",
            "values": ["color-contrast", "scrollable-region-focusable", "target-size"],
        },
    },
}
# What scrolls by itself may be wider than the screen.
BESIDE = """() => [...document.querySelectorAll("#content :is(input, select, textarea, button, a, h2, p)")]
    .filter(each => each.checkVisibility())
    .filter(each => !each.closest(".draft-table, .results, .tabular, pre, .readonly, .section-links"))
    .filter(each => each.getBoundingClientRect().right > window.innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 80))"""

# What scripts draw once the page is ready is there, and labelled.
DRAWN = """() => [...document.querySelectorAll("select.admin-autocomplete")].every(
    each => each.nextElementSibling?.querySelector("[role=combobox][aria-label]"))"""

type Faults = Callable[[str, HttpResponse], list[Any]]


@pytest.fixture
def merchant(transactional_db: None) -> Merchant:
    return make_whole_merchant()


@pytest.fixture
def owner(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("olga", merchant, Role.OWNER))
    return client


@pytest.fixture
def faults(page: Page, widget_site: str) -> Faults:
    """What is wrong with an answer, at each width; answers that are no pages are passed over."""
    shown: list[bytes] = [b""]

    def show(route: Route) -> None:
        route.fulfill(body=shown[0], content_type="text/html; charset=utf-8")

    page.route("**/shown-here", show)

    def faults_of(told: str, answer: HttpResponse) -> list[Any]:
        found: list[Any] = []
        if (
            answer.status_code not in (200, 409, 422)
            or "html" not in answer.headers["Content-Type"]
        ):
            return found
        shown[0] = answer.content
        page.goto(f"{widget_site}/shown-here")
        until(page, DRAWN)
        for width, options in RULES.items():
            page.set_viewport_size({"width": width, "height": 900})
            violations = Axe().run(page, options=options).response["violations"]
            found += [
                (told, width, each["id"], node["html"][:160], node["failureSummary"][-160:])
                for each in violations
                for node in each["nodes"][:2]
            ]
            found += [(told, width, "beside", each) for each in page.evaluate(BESIDE)[:2]]
        return found

    return faults_of


def opened(owner: Client, merchant: Merchant) -> Iterator[tuple[str, HttpResponse]]:
    """Every page there is; of those that Django prints alike for all kinds of rows, one."""
    alike: set[str] = set()
    for model in MODELS:
        for page in pages_of(model, merchant):
            kind = next((each for each in ("/history/", "/delete/") if page.endswith(each)), "")
            if kind not in alike:
                yield page, owner.get(page)
            if kind:
                alike.add(kind)


def sent_off(owner: Client, merchant: Merchant) -> Iterator[tuple[str, HttpResponse]]:
    """Pages that follow on something that was sent: refusals, previews, what was made."""
    product, price_list = merchant.products.get(key="desk"), PriceList.objects.get(key="retail")
    option = product.options.get(key="top")
    change = reverse("admin:catalog_option_change", args=[option.pk])
    draft = reverse("admin:configurator_configuration_draft", args=[product.pk])
    rename = reverse("admin:catalog_product_rename", args=[product.pk])
    amounts = reverse("admin:pricing_amounts", args=[price_list.pk])
    fields = Forms(owner.get(change).content.decode()).sent
    yield (
        "refused",
        owner.post(change, {**fields, "key": "frame", "when": "top is is", "values-0-key": ""}),
    )
    option.label = "Somebody else's"
    option.save()
    yield "merged", owner.post(change, {**fields, "label": "Mine"})
    yield "to publish", owner.get(reverse("admin:catalog_product_publish", args=[product.pk]))
    yield "draft link", owner.post(draft, {"days": "3"})
    yield "draft in the widget", owner.get(make_draft_link(product).path)
    yield "renaming", owner.get(rename, {"name": "option/frame", "to": "base"})
    yield "no renaming", owner.get(rename, {"name": "option/frame", "to": "top"})
    fields = Forms(owner.get(change).content.decode()).sent
    yield "offered", owner.post(change, {**fields, "key": "worktop"}, follow=True)
    cells = "Prices 2027\n\nArticle\tNet\nTP-O\t81,50\nTP-X\t99,00\n"
    yield "file mapped", owner.post(amounts, {"cells": cells}, follow=True)
    rows = "price_list\tproduct\tline\tvalue\tamount\tvalid_from\nretail\tdesk\tbase\t\t319\t2027-01-01T00:00:00+00:00"
    yield "file previewed", owner.post(amounts, {"cells": rows, "dry_run": "on"})


@pytest.mark.parametrize("pages", [opened, sent_off])
def test_axe_finds_nothing_on_any_page(
    owner: Client,
    merchant: Merchant,
    faults: Faults,
    pages: Callable[..., Iterator[tuple[str, HttpResponse]]],
) -> None:
    answers = list(pages(owner, merchant))
    assert sum(answer.status_code < 300 for _, answer in answers) > 7
    found = [each for told, answer in answers for each in faults(told, answer)]
    assert found == []
