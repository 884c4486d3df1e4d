"""A price is set by hand for an open configuration, and taken back."""

from dataclasses import replace

from django.db import transaction

from catalog.auditing import record
from configurator.answering import follow
from configurator.evaluation.evaluation import Evaluation
from configurator.keeping import copy_columns, end_override, keep, locked_open
from configurator.models import Configuration, PriceOverride
from configurator.offers import Offer
from configurator.ordering import consistent, fit_to_order
from configurator.signals import price_overridden
from configurator.stored import choices_of, offer_of, override_of
from pricing.operations import override_limits
from pricing.override import Override, OverrideRefused, overridden, refuse_beyond

_KEEPS_ITS_PRICE = "A completed configuration keeps its price. Create a new one with its choices."


@transaction.atomic
def override_price(
    configuration: Configuration, override: Override, expected_revision: int | None = None
) -> Evaluation:
    """Let `override` decide on the price of an open configuration, in place of one before it;
    return what follows.

    Setting the same again changes nothing. Refuses with OverrideRefused what leaves the merchant's
    limits, unless `override` says that it may, and with NotReady where there is no price to change
    yet.
    """
    row = locked_open(configuration, expected_revision, _KEEPS_ITS_PRICE)
    offer = offer_of(row)
    evaluation = consistent(
        follow(offer, choices_of(row), quantity=row.quantity), row.locale, offer.version
    )
    if evaluation.price_on_request:
        raise OverrideRefused(
            "Its price is on request, so there is no price that could be changed."
        )
    fit_to_order(evaluation, row.locale, offer.version)
    # What is fit to be ordered has a price, unless that is on request.
    assert evaluation.breakdown is not None
    changed = overridden(offer.prices, evaluation.breakdown, override)
    if not override.beyond_limits:
        refuse_beyond(override_limits(row.merchant), evaluation.breakdown, changed)
    before = override_of(row)
    evaluation = replace(evaluation, breakdown=changed)
    if before is not None and before.is_same(override):
        copy_columns(row, configuration)
        return evaluation
    end_override(row, override.by, override.at)
    facts = {name: getattr(override, name) for name in PriceOverride.columns}
    row.overrides.create(**facts)
    old = {} if before is None else {name: getattr(before, name) for name in PriceOverride.columns}
    record(row.merchant, "price.overridden", row.public_id, before=old, after=facts)
    _keep_price(row, configuration, offer, evaluation)
    return evaluation


@transaction.atomic
def revoke_override(
    configuration: Configuration, by: str, expected_revision: int | None = None
) -> Evaluation:
    """Take back the price that was set by hand for an open configuration; without one nothing
    changes.
    """
    row = locked_open(configuration, expected_revision, _KEEPS_ITS_PRICE)
    offer = offer_of(row)
    evaluation = consistent(
        follow(offer, choices_of(row), quantity=row.quantity), row.locale, offer.version
    )
    if end_override(row, by):
        record(row.merchant, "price.override-revoked", row.public_id, after={"by": by})
        _keep_price(row, configuration, offer, evaluation)
    else:
        copy_columns(row, configuration)
    return evaluation


def _keep_price(
    row: Configuration, configuration: Configuration, offer: Offer, evaluation: Evaluation
) -> None:
    keep(row, offer, evaluation)
    row.revision += 1
    row.save()
    copy_columns(row, configuration)
    price_overridden.send(Configuration, configuration=configuration, evaluation=evaluation)
