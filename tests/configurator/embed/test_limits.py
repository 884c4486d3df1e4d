"""Shoppers of one address may do much, and not everything."""

import pytest

from configurator.models import Configuration
from tests.embed import post_form
from tests.forms import Forms

pytestmark = pytest.mark.database


@pytest.fixture
def page(desk_version):
    return f"/embed/{desk_version.product.merchant.slug}/{desk_version.product.key}/"


def test_pages_and_clicks_beyond_the_limit_are_told_to_wait(client, page, settings):
    settings.WIDGET_REQUESTS = 2
    sent = Forms(client.get(page).content.decode()).sent
    assert post_form(client, page, sent).status_code == 200
    answer = client.get(page, headers={"Accept-Language": "de"})

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "frame-ancestors https://" in answer.headers["Content-Security-Policy"]
    assert "Aus Ihrem Netz kamen zu viele Anfragen" in answer.content.decode()
    assert client.get(page, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_what_is_kept_has_a_limit_of_its_own(client, page, settings):
    settings.WIDGET_SAVES = 1
    sent = Forms(client.get(page).content.decode()).sent
    answers = [
        post_form(client, page, {**sent, "share": "1", "quantity": quantity}).status_code
        for quantity in ("1", "2")
    ]

    assert answers == [200, 429]
    assert Configuration.objects.count() == 1
    assert client.get(page).status_code == 200


def test_completing_the_rest_counts_by_the_time_it_takes(client, page, settings):
    settings.WIDGET_WORK_SECONDS = 0
    sent = Forms(client.get(page).content.decode()).sent

    assert post_form(client, page, {**sent, "rest": "cheapest"}).status_code == 429
    assert post_form(client, page, sent).status_code == 200
