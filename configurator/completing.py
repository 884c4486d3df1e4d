"""A configuration is completed: it changes no more, its price is signed, and thresholds that it
passes are recorded.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from catalog.product_model import Choice
from configurator.evaluation.evaluation import Evaluation
from configurator.keeping import copy_columns, keep, locked, refuse_stale, save
from configurator.models import Configuration, ReachedThreshold
from configurator.offers import Offer
from configurator.ordering import fit_to_order
from configurator.quoting.kept import keep as keep_quote
from configurator.quoting.signing import signed_quote
from configurator.signals import configuration_completed, price_threshold_reached
from configurator.stored import evaluation_of, offer_of
from pricing.operations import thresholds_of
from pricing.thresholds import Reached, reached


@transaction.atomic
def complete(configuration: Configuration, expected_revision: int | None = None) -> Evaluation:
    """Complete a configuration and sign its price; refuse with NotReady when choices or the price
    are missing.

    The token of the signed price is the row's `quote`, empty where the price is on request. The
    thresholds of the merchant that its price passes are recorded with it, and told by a signal
    each. Safe to repeat: the quote stays.
    """
    row = locked(configuration)
    offer = offer_of(row)
    if row.is_completed:
        copy_columns(row, configuration)
        return evaluation_of(row, offer)
    refuse_stale(row, expected_revision)
    evaluation = fit_to_order(evaluation_of(row, offer), row.locale, offer.version)
    keep(row, offer, evaluation)
    quote = (
        None
        if evaluation.breakdown is None
        else signed_quote(offer, evaluation, configuration=row.public_id)
    )
    row.quote = "" if quote is None else quote.token
    row.state = Configuration.State.COMPLETED
    row.completed_at = timezone.now()
    row.revision += 1
    row.save()
    if quote is not None:
        keep_quote(quote, row)
    passed = _record_thresholds(row, evaluation)
    copy_columns(row, configuration)
    for each in passed:
        price_threshold_reached.send(
            Configuration, configuration=configuration, evaluation=evaluation, reached=each
        )
    configuration_completed.send(
        Configuration, configuration=configuration, evaluation=evaluation, quote=quote
    )
    return evaluation


@transaction.atomic
def complete_choices(
    offer: Offer,
    choices: Mapping[str, Choice],
    quantity: int = 1,
    locale: str = "",
    once: str | None = None,
) -> Configuration:
    """Save `choices` and complete them at once, as the widget's button does; safe to repeat with
    the same `once`.
    """
    configuration = save(offer, choices, quantity, locale, once)
    complete(configuration)
    return configuration


def _record_thresholds(row: Configuration, evaluation: Evaluation) -> tuple[Reached, ...]:
    """Write down which thresholds the price of a configuration that is being completed passes, and
    return them.
    """
    if evaluation.breakdown is None:
        return ()
    passed = reached(thresholds_of(row.merchant), row.product.key, evaluation.breakdown)
    assert row.completed_at is not None
    ReachedThreshold.objects.bulk_create(
        ReachedThreshold.of(row, each, row.completed_at) for each in passed
    )
    return passed
