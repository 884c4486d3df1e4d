"""What is done with configurations: kept, changed, completed, each safe to repeat."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.dispatch import Signal

from catalog.errors import NotFound
from catalog.models import Version
from configurator import signals
from configurator.answering import follow
from configurator.completing import complete, complete_choices
from configurator.keeping import AlreadyCompleted, Stale, choose, save
from configurator.models import Configuration
from configurator.offers import Offer, published
from configurator.ordering import ChoicesConflict, NotReady
from configurator.stored import offer_of

pytestmark = pytest.mark.database


@pytest.fixture
def offer(desk_version: Version) -> Offer:
    return published(desk_version.product.merchant.slug, "desk")


@contextmanager
def heard(signal: Signal) -> Iterator[list[Any]]:
    """Collect what a signal tells."""
    news: list[Any] = []

    def listen(sender: object, **told: Any) -> None:
        news.append(told["configuration"].public_id)

    signal.connect(listen)
    yield news
    signal.disconnect(listen)


def test_a_kept_configuration_holds_what_followed_from_its_choices(offer: Offer) -> None:
    configuration = save(offer, {"frame": "oak"})
    evaluation = follow(offer, {"frame": "oak"})
    assert configuration.fingerprint == evaluation.fingerprint
    assert evaluation.breakdown and configuration.total == evaluation.breakdown.total


def test_a_repeated_save_finds_the_first_ones_row(offer: Offer) -> None:
    first = save(offer, {"frame": "oak"}, once="page-1")
    second = save(offer, {"frame": "steel"}, once="page-1")
    assert (second.pk, Configuration.objects.count()) == (first.pk, 1)


def test_choices_that_clash_are_not_kept(offer: Offer) -> None:
    configuration = save(offer, {"frame": "oak"})
    with pytest.raises(ChoicesConflict, match="glass top needs the steel frame"):
        choose(configuration, {"top": "glass"})
    configuration.refresh_from_db()
    assert (configuration.choices, configuration.revision) == ({"frame": "oak"}, 1)


def test_a_change_read_from_an_older_state_is_refused(offer: Offer) -> None:
    configuration = save(offer, {})
    choose(configuration, {"frame": "oak"}, expected_revision=1)
    with pytest.raises(Stale):
        choose(configuration, {"frame": "steel"}, expected_revision=1)


def test_completing_twice_answers_the_same_and_tells_once(offer: Offer) -> None:
    configuration = save(offer, {})
    again = Configuration.objects.get(pk=configuration.pk)
    with heard(signals.configuration_completed) as news:
        first = complete(configuration)
        second = complete(again)
    assert (first, again.is_completed, news) == (second, True, [configuration.public_id])


def test_a_completed_configuration_does_not_change(offer: Offer) -> None:
    configuration = complete_choices(offer, {})
    with pytest.raises(AlreadyCompleted):
        choose(configuration, {"frame": "oak"})


def test_what_is_still_to_choose_is_named(offer: Offer) -> None:
    configuration = save(offer, {"top": "oak", "engraved": True})
    with pytest.raises(NotReady, match="Engraving"):
        complete(configuration)


def test_a_stored_configuration_keeps_the_price_list_it_was_kept_with(offer: Offer) -> None:
    configuration = save(offer, {})
    assert offer_of(configuration).price_list == offer.price_list


def test_a_product_nobody_published_is_not_found(offer: Offer) -> None:
    with pytest.raises(NotFound):
        published(offer.merchant, "chair")
    with pytest.raises(NotFound):
        published(offer.merchant, "desk", version=99)
