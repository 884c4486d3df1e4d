"""A stored configuration as it reads: its model, choices and prices, what follows from them, and a
price by hand.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from catalog.errors import NotFound
from catalog.models import Merchant, Version
from catalog.product_model import Choice, ProductModel
from configurator.answering import follow
from configurator.choices import kept_choices
from configurator.evaluation.evaluation import Evaluation
from configurator.models import OPEN_DAYS, Configuration, QuoteTerms
from configurator.offers import Offer, compiled, offer_at
from pricing.in_force import Buyer, read_in_force
from pricing.operations import schedule_of, token_of
from pricing.override import Override, overridden, override_reason
from pricing.why import LineReason, reasons


def configuration_of(merchant: Merchant, public_id: str) -> Configuration:
    """Return the merchant's configuration; refuse with NotFound when there is none with that id."""
    rows = Configuration.objects.for_merchant(merchant).select_related(
        "merchant", "product", "version"
    )
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such configuration.")
    return row


def model_of(configuration: Configuration) -> ProductModel:
    """Return the product model of a stored configuration; asks nothing about prices."""
    return compiled(configuration.version.digest, configuration.version.document).model


def choices_of(configuration: Configuration) -> dict[str, Choice]:
    """Return the choices of a stored configuration."""
    return kept_choices(model_of(configuration), configuration.choices)


def offer_of(configuration: Configuration) -> Offer:
    """Return the version of a stored configuration with the price list as it was when it was kept.

    An open one that was kept longer ago than the merchant keeps prices has those of now, for the
    same buyer.
    """
    if configuration.is_completed or not is_old(configuration):
        return kept_offer(configuration)
    return renewed_offer(configuration)


def prices_hold_until(configuration: Configuration) -> datetime:
    """Return until when an open configuration has the prices it was kept with."""
    days = (
        QuoteTerms.objects.filter(merchant_id=configuration.merchant_id)
        .values_list("open_days", flat=True)
        .first()
    )
    return configuration.prices_are_of + timedelta(days=OPEN_DAYS if days is None else days)


def is_old(configuration: Configuration) -> bool:
    """Tell whether the prices of an open configuration are older than the merchant keeps them."""
    now = timezone.now()
    # Prices are kept for a day at least, so most need not be asked about.
    return (
        configuration.prices_are_of < now - timedelta(days=1)
        and prices_hold_until(configuration) <= now
    )


def kept_offer(configuration: Configuration) -> Offer:
    """Return the version of a stored configuration at the prices it was kept with, however old they
    are.
    """
    version = configuration.version
    return Offer(
        merchant=configuration.merchant.slug,
        version_id=version.pk,
        version=version.number,
        product=compiled(version.digest, version.document),
        terms=read_in_force(configuration.price_list_document),
        buyer=Buyer(**configuration.buyer),
        schedule=schedule_of(configuration.merchant.slug),
    )


def renewed_offer(
    configuration: Configuration, buyer: Buyer | None = None, version: Version | None = None
) -> Offer:
    """Return the version of a stored configuration at the prices of now; without a price where its
    list is gone.

    They are those of its buyer, or of `buyer`. With `version` it is that one instead of its own.
    """
    kept = kept_offer(configuration)
    kept = kept if buyer is None else replace(kept, buyer=buyer)
    if version is not None:
        product = compiled(version.digest, version.document)
        kept = replace(kept, version_id=version.pk, version=version.number, product=product)
    named = kept.price_list.key if kept.terms.because == "named" else None
    token = token_of(kept.merchant)
    try:
        now = offer_at(
            kept.merchant,
            kept.version_id,
            kept.version,
            kept.product,
            named,
            kept.buyer,
            None,
            token,
        )
    except NotFound as refusal:
        # Its list is gone: then there is no price, and it says why.
        return replace(kept, terms=replace(kept.terms, problem=refusal.sentence), is_renewed=True)
    return replace(now, is_renewed=True)


def override_of(configuration: Configuration) -> Override | None:
    """Return the price by hand that stands for a stored configuration, None without one."""
    row = configuration.overrides.filter(ended_at=None).first()
    return None if row is None else row.terms()


def with_override(offer: Offer, evaluation: Evaluation, override: Override | None) -> Evaluation:
    """Return `evaluation` priced as `override` has it; as it is where there is none, or no price."""
    if override is None or evaluation.breakdown is None:
        return evaluation
    return replace(evaluation, breakdown=overridden(offer.prices, evaluation.breakdown, override))


def evaluation_of(configuration: Configuration, offer: Offer | None = None) -> Evaluation:
    """Return what follows from a stored configuration, priced as it was kept, with the price that
    was set by hand.

    `offer` is its own, for who has it at hand.
    """
    offer = offer or offer_of(configuration)
    evaluation = follow(offer, choices_of(configuration), quantity=configuration.quantity)
    return with_override(offer, evaluation, override_of(configuration))


def reasons_of(configuration: Configuration) -> tuple[LineReason, ...]:
    """Return why a stored configuration has its price, line by line; nothing where it cannot be
    told any more.
    """
    offer = offer_of(configuration)
    listed = follow(offer, choices_of(configuration), quantity=configuration.quantity)
    override = override_of(configuration)
    evaluation = with_override(offer, listed, override)
    if (
        listed.breakdown is None
        or evaluation.breakdown is None
        or evaluation.breakdown.total != configuration.total
    ):
        return ()
    found = reasons(offer.prices, listed.breakdown, listed.values)
    if override is None:
        return found
    return (*found, override_reason(offer.prices, listed.breakdown, evaluation.breakdown, override))
