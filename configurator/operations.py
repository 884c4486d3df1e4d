"""What can be done with configurations: follow choices, save, choose, complete. All faces call these."""

import json
import logging
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.errors import NotFound, Refusal
from catalog.memory import MEGABYTE, size_of
from catalog.models import Merchant, Version
from catalog.product_model import Choice, ProductModel
from catalog.translations import spoken_locale
from configurator.answers import Answers
from configurator.choices import kept_choices, plain_choices
from configurator.completion import Completion, Wish, completion
from configurator.engine.count import Count, count
from configurator.evaluation import (
    SHOWN_REPAIRS,
    CompiledProduct,
    Evaluation,
    evaluate,
    evaluate_settled,
)
from configurator.evaluation_json import evaluation_json, open_rules_json
from configurator.instances import InstanceAsk
from configurator.instances import with_instance as with_instance_changes
from configurator.models import OPEN_DAYS, Configuration, PriceOverride, QuoteTerms, ReachedThreshold
from configurator.offers import Offer, compiled, offer_at
from configurator.quote_signing import buyer_json, signed_quote
from configurator.reasons import told, told_missing
from configurator.signals import (
    choices_changed,
    configuration_completed,
    configuration_saved,
    price_overridden,
    price_threshold_reached,
)
from pricing.in_force import Buyer, read_in_force, write_in_force
from pricing.operations import (
    override_limits,
    schedule_of,
    thresholds_of,
    token_of,
)
from pricing.override import Override, OverrideRefused, overridden, override_reason, refuse_beyond
from pricing.thresholds import Reached, reached
from pricing.why import LineReason, reasons, reasons_json, reasons_text

_LOG = logging.getLogger(__name__)

# What a process remembers at most, each with the models that it keeps alive.
EVALUATION_BYTES = 96 * MEGABYTE
COMPLETION_BYTES = 16 * MEGABYTE
COUNT_BYTES = 4 * MEGABYTE
# Of an evaluation, for each option.
OPTION_BYTES = 1_900
MOST_QUANTITY = 1_000_000


class ChoicesConflict(Refusal):
    """Choices that cannot stand together; the `evaluation` (and `document`, its JSON) holds the ways out."""

    slug = "choices-conflict"
    title = "These choices cannot be combined"
    status = 409

    def __init__(
        self,
        evaluation: Evaluation,
        locale: str | None = None,
        version: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.evaluation = evaluation
        self.document = {**evaluation_json(evaluation, locale, version), **(more or {})}
        sentence = " ".join(rule["message"] for rule in self.document["conflict"]["rules"])
        super().__init__(sentence or "These choices cannot stand together.")


class NotReady(Refusal):
    """A configuration that cannot be completed yet: choices are missing, or it has no price."""

    slug = "configuration-not-ready"
    title = "The configuration is not ready"
    status = 409


class AlreadyCompleted(Refusal):
    """A completed configuration does not change; copy its choices into a new one."""

    slug = "configuration-completed"
    title = "The configuration is completed"
    status = 409


class Stale(Refusal):
    """The configuration has changed since the caller read it."""

    slug = "configuration-changed"
    title = "The configuration has changed"
    status = 412


class QuantityRefused(Refusal):
    """A quantity outside what may be ordered."""

    slug = "quantity-refused"
    title = "This quantity cannot be ordered"


def _key_bytes(key: Any) -> int:
    """Return about how many bytes a key takes: what callers chose, and how long their texts are."""
    if isinstance(key, str):
        return 60 + 2 * len(key)
    return 60 + sum(map(_key_bytes, key)) if isinstance(key, tuple) else 60


def product_of(evaluation: Evaluation) -> tuple[Hashable, Callable[[], int]]:
    """Return what an evaluation keeps alive with all others of its product, and what weighs it; see Remembered."""
    product = evaluation.product
    return product.model.digest, lambda: size_of(product)


_evaluations: Answers[Hashable, Evaluation] = Answers(
    EVALUATION_BYTES,
    lambda key, evaluation: 2 * _key_bytes(key) + OPTION_BYTES * len(evaluation.options),
    product_of,
)
_counts: Answers[Hashable, Count] = Answers(COUNT_BYTES, lambda key, _: _key_bytes(key))
_completions: Answers[Hashable, Completion] = Answers(
    COMPLETION_BYTES, lambda key, found: _key_bytes(key) + OPTION_BYTES * (2 + len(found.values))
)


def follow(
    offer: Offer,
    choices: Mapping[str, Choice],
    changes: Mapping[str, Choice | None] | None = None,
    quantity: int = 1,
    explained: int = 1,
    repaired: int = SHOWN_REPAIRS,
    order_quantity: int | None = None,
) -> Evaluation:
    """Return what follows from `choices` with `changes` applied; writes nothing and asks no database.

    A conflict has up to `explained` explanations and up to `repaired` ways out. `order_quantity` is how many pieces the
    whole order has, with other configurations of the product; refuses with QuantityRefused fewer than `quantity`.
    """
    changes = changes or {}
    refuse_quantity(quantity, order_quantity)
    key = (
        offer.product.model.digest,
        offer.terms.digest,
        offer.schedule and (offer.schedule.calendar, offer.schedule.today, offer.schedule.until),
        quantity,
        order_quantity,
        tuple(sorted(choices.items())),
        tuple(sorted(changes.items(), key=lambda change: change[0])),
        explained,
        repaired,
    )

    def known(kept: Mapping[str, Choice]) -> Evaluation:
        return follow(offer, kept, quantity=quantity, order_quantity=order_quantity)

    def followed() -> Evaluation:
        found = evaluate(
            offer.product, offer.prices, choices, changes, quantity, explained, repaired, known, order_quantity
        )
        return replace(_without_fault(found), schedule=offer.schedule)

    return _evaluations.get_or_make(
        key,
        followed,
        keep=lambda evaluation: not evaluation.unchecked,
    )


def follow_to_order(
    offer: Offer, choices: Mapping[str, Choice], quantity: int = 1, order_quantity: int | None = None
) -> Evaluation:
    """Return what `follow` does, and at once for choices that leave nothing open: for who wants to know the price."""
    refuse_quantity(quantity, order_quantity)
    found = evaluate_settled(offer.product, offer.prices, choices, quantity, order_quantity)
    if found is None:
        return follow(offer, choices, quantity=quantity, order_quantity=order_quantity)
    return replace(_without_fault(found), schedule=offer.schedule)


def _without_fault(evaluation: Evaluation) -> Evaluation:
    """Return `evaluation`, and write down where it breaks a demand that its engine said would hold."""
    if evaluation.fault:
        _LOG.error(
            "The engine called a configuration of '%s' (%s) complete that breaks %s: %s",
            evaluation.model.product,
            evaluation.model.digest,
            ", ".join(f"{reason.kind} {reason.key}" for reason in evaluation.fault),
            json.dumps(plain_choices(evaluation.choices)),
        )
    return evaluation


def refuse_quantity(quantity: int, order_quantity: int | None = None) -> None:
    """Refuse with QuantityRefused what may not be ordered, and an order of fewer pieces than these."""
    if not 1 <= quantity <= MOST_QUANTITY:
        raise QuantityRefused(f"Order 1 to {MOST_QUANTITY} pieces.")
    if order_quantity is not None and not quantity <= order_quantity <= MOST_QUANTITY:
        raise QuantityRefused(
            f"The whole order has from {quantity} pieces, those of this configuration, to {MOST_QUANTITY}."
        )


def with_reasons(
    offer: Offer, evaluation: Evaluation, locale: str | None = None, costs: bool = False
) -> dict[str, Any]:
    """Return `evaluation` as plain JSON values, with the reason of each price line and all of them as text."""
    locale = spoken_locale(offer.product.model, locale)
    document = evaluation_json(evaluation, locale, offer.version, costs)
    breakdown = evaluation.breakdown
    if breakdown is not None:
        found = reasons(offer.prices, breakdown, evaluation.values, costs)
        document["price"] |= {
            "why": reasons_json(found, breakdown.currency, locale),
            "why_text": reasons_text(found, breakdown, locale),
        }
    return document


def completed_by(offer: Offer, choices: Mapping[str, Choice], wish: Wish) -> Completion:
    """Return the rest of consistent `choices`, chosen as wished; writes nothing and asks no database."""
    key = (offer.product.model.digest, offer.terms.digest, tuple(sorted(choices.items())), wish)
    return _completions.make_once(key, lambda: completion(offer.product, offer.prices, choices, wish))


def configurations_of(product: CompiledProduct, choices: Mapping[str, Choice] | None = None) -> Count:
    """Return how many complete configurations a product has with `choices`; counted once for each digest and them."""
    given = choices or {}
    key = (product.model.digest, tuple(sorted(given.items())))
    return _counts.make_once(key, lambda: count(product.engine, given))


def with_instance(
    offer: Offer,
    choices: Mapping[str, Choice],
    changes: Mapping[str, Choice | None],
    instance: InstanceAsk | None,
) -> Mapping[str, Choice | None]:
    """Return `changes` and then those that add, copy, move or remove an instance; None for none.

    Refuses with InstanceRefused an instance that is not there, and one more or less than there may be.
    """
    if instance is None:
        return changes
    before = follow(offer, choices)
    found, _rows = with_instance_changes(offer.product.model, before.choices, before.values, changes, instance)
    return found


def consistent(
    evaluation: Evaluation,
    locale: str | None = None,
    version: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Return `evaluation`; refuse with ChoicesConflict, told in `locale` and with `more`, if it holds a conflict."""
    if evaluation.conflict is None:
        return evaluation
    raise ChoicesConflict(evaluation, locale or None, version, more)


def fit_to_order(evaluation: Evaluation, locale: str | None = None, version: int | None = None) -> Evaluation:
    """Return `evaluation`; refuse what `consistent` does, and with NotReady when choices or the price are missing."""
    if not consistent(evaluation, locale, version).ready:
        raise NotReady(
            _not_ready(evaluation, locale or ""),
            missing=list(evaluation.missing),
            open_rules=open_rules_json(evaluation, locale or None),
        )
    return evaluation


def offer_of(configuration: Configuration) -> Offer:
    """Return the version of a stored configuration with the price list as it was when it was kept.

    An open one that was kept longer ago than the merchant keeps prices has those of now, for the same buyer.
    """
    if configuration.is_completed or not _is_old(configuration):
        return _kept_offer(configuration)
    return _renewed_offer(configuration)


def prices_hold_until(configuration: Configuration) -> datetime:
    """Return until when an open configuration has the prices it was kept with."""
    days = QuoteTerms.objects.filter(merchant_id=configuration.merchant_id).values_list("open_days", flat=True).first()
    return configuration.prices_are_of + timedelta(days=OPEN_DAYS if days is None else days)


def _is_old(configuration: Configuration) -> bool:
    now = timezone.now()
    # Prices are kept for a day at least, so most need not be asked about.
    return configuration.prices_are_of < now - timedelta(days=1) and prices_hold_until(configuration) <= now


def _kept_offer(configuration: Configuration) -> Offer:
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


def _renewed_offer(configuration: Configuration) -> Offer:
    kept = _kept_offer(configuration)
    named = kept.price_list.key if kept.terms.because == "named" else None
    token = token_of(kept.merchant)
    try:
        now = offer_at(kept.merchant, kept.version_id, kept.version, kept.product, named, kept.buyer, None, token)
    except NotFound as refusal:
        # Its list is gone: then there is no price, and it says why.
        return replace(kept, terms=replace(kept.terms, problem=refusal.sentence), is_renewed=True)
    return replace(now, is_renewed=True)


def model_of(configuration: Configuration) -> ProductModel:
    """Return the product model of a stored configuration; asks nothing about prices."""
    return compiled(configuration.version.digest, configuration.version.document).model


def choices_of(configuration: Configuration) -> dict[str, Choice]:
    """Return the choices of a stored configuration."""
    return kept_choices(model_of(configuration), configuration.choices)


def configuration_of(merchant: Merchant, public_id: str) -> Configuration:
    """Return the merchant's configuration; refuse with NotFound when there is none with that id."""
    rows = Configuration.objects.for_merchant(merchant).select_related("merchant", "product", "version")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such configuration.")
    return row


@transaction.atomic
def save(
    offer: Offer,
    choices: Mapping[str, Choice],
    quantity: int = 1,
    locale: str = "",
    once: str | None = None,
    priced_at: datetime | None = None,
) -> Configuration:
    """Keep `choices` as an open configuration; refuse with ChoicesConflict when they clash.

    A second call with the same `once` returns the first one's row. `priced_at` tells of when the prices of `offer` are,
    by default of now.
    """
    if once and (found := _found(offer, once)):
        return found
    evaluation = consistent(follow(offer, choices, quantity=quantity), locale, offer.version)
    version = Version.objects.select_related("product").get(pk=offer.version_id)
    configuration = Configuration(
        merchant_id=version.product.merchant_id,
        product_id=version.product_id,
        version=version,
        once=once or None,
        price_list=offer.price_list.key,
        price_list_document=write_in_force(offer.terms),
        priced_at=priced_at or timezone.now(),
        buyer=buyer_json(offer.buyer),
        locale=locale,
    )
    _keep(configuration, offer, evaluation)
    try:
        with transaction.atomic():
            configuration.save()
    except IntegrityError:
        # Somebody with the same `once` was faster.
        if once and (found := _found(offer, once)):
            return found
        raise
    configuration_saved.send(Configuration, configuration=configuration, evaluation=evaluation)
    return configuration


@transaction.atomic
def choose(
    configuration: Configuration,
    changes: Mapping[str, Choice | None],
    quantity: int | None = None,
    expected_revision: int | None = None,
    instance: InstanceAsk | None = None,
) -> Evaluation:
    """Apply `changes` (None retracts), return what follows; a clash refuses with ChoicesConflict, keeping nothing.

    A price that was set by hand holds for what it was set for: where values or quantity become others, it ends.
    `instance` adds, copies, moves or removes one after that, as `with_instance` tells.
    """
    row = _locked(configuration)
    if row.is_completed:
        raise AlreadyCompleted("A completed configuration does not change. Create a new one with its choices.")
    _refuse_stale(row, expected_revision)
    offer = offer_of(row)
    choices = choices_of(row)
    changes = with_instance(offer, choices, changes, instance)
    evaluation = consistent(follow(offer, choices, changes, quantity or row.quantity), row.locale, offer.version)
    if (evaluation.fingerprint, evaluation.quantity) == (row.fingerprint, row.quantity):
        evaluation = with_override(offer, evaluation, override_of(row))
    else:
        _end_override(row, by="")
    _keep(row, offer, evaluation)
    row.revision += 1
    row.save()
    _copy(row, configuration)
    choices_changed.send(Configuration, configuration=configuration, evaluation=evaluation)
    return evaluation


@transaction.atomic
def complete(configuration: Configuration, expected_revision: int | None = None) -> Evaluation:
    """Complete a configuration and sign its price; refuse with NotReady when choices or the price are missing.

    The token of the signed price is the row's `quote`, empty where the price is on request. The thresholds of the
    merchant that its price passes are recorded with it, and told by a signal each. Safe to repeat: the quote stays.
    """
    row = _locked(configuration)
    offer = offer_of(row)
    if row.is_completed:
        _copy(row, configuration)
        return evaluation_of(row, offer)
    _refuse_stale(row, expected_revision)
    evaluation = fit_to_order(evaluation_of(row, offer), row.locale, offer.version)
    _keep(row, offer, evaluation)
    quote = None if evaluation.breakdown is None else signed_quote(offer, evaluation, configuration=row.public_id)
    row.quote = "" if quote is None else quote.token
    row.state = Configuration.State.COMPLETED
    row.completed_at = timezone.now()
    row.revision += 1
    row.save()
    passed = _record_thresholds(row, evaluation)
    _copy(row, configuration)
    for each in passed:
        price_threshold_reached.send(Configuration, configuration=configuration, evaluation=evaluation, reached=each)
    configuration_completed.send(Configuration, configuration=configuration, evaluation=evaluation, quote=quote)
    return evaluation


@transaction.atomic
def complete_choices(
    offer: Offer, choices: Mapping[str, Choice], quantity: int = 1, locale: str = "", once: str | None = None
) -> Configuration:
    """Save `choices` and complete them at once, as the widget's button does; safe to repeat with the same `once`."""
    configuration = save(offer, choices, quantity, locale, once)
    complete(configuration)
    return configuration


# ---- prices by hand --------------------------------------------------------------------------------------------------


def override_of(configuration: Configuration) -> Override | None:
    """Return the price by hand that stands for a stored configuration, None without one."""
    row = configuration.overrides.filter(ended_at=None).first()
    return None if row is None else row.terms()


def evaluation_of(configuration: Configuration, offer: Offer | None = None) -> Evaluation:
    """Return what follows from a stored configuration, priced as it was kept, with the price that was set by hand.

    `offer` is its own, for who has it at hand.
    """
    offer = offer or offer_of(configuration)
    evaluation = follow(offer, choices_of(configuration), quantity=configuration.quantity)
    return with_override(offer, evaluation, override_of(configuration))


def reasons_of(configuration: Configuration) -> tuple[LineReason, ...]:
    """Return why a stored configuration has its price, line by line; nothing where it cannot be told any more."""
    offer = offer_of(configuration)
    listed = follow(offer, choices_of(configuration), quantity=configuration.quantity)
    override = override_of(configuration)
    evaluation = with_override(offer, listed, override)
    if listed.breakdown is None or evaluation.breakdown is None or evaluation.breakdown.total != configuration.total:
        return ()
    found = reasons(offer.prices, listed.breakdown, listed.values)
    if override is None:
        return found
    return (*found, override_reason(offer.prices, listed.breakdown, evaluation.breakdown, override))


@transaction.atomic
def override_price(
    configuration: Configuration, override: Override, expected_revision: int | None = None
) -> Evaluation:
    """Let `override` decide on the price of an open configuration, in place of one before it; return what follows.

    Setting the same again changes nothing. Refuses with OverrideRefused what leaves the merchant's limits, unless
    `override` says that it may, and with NotReady where there is no price to change yet.
    """
    row = _locked_open(configuration, expected_revision)
    offer = offer_of(row)
    evaluation = consistent(follow(offer, choices_of(row), quantity=row.quantity), row.locale, offer.version)
    if evaluation.price_on_request:
        raise OverrideRefused("Its price is on request, so there is no price that could be changed.")
    fit_to_order(evaluation, row.locale, offer.version)
    # What is fit to be ordered has a price, unless that is on request.
    assert evaluation.breakdown is not None
    changed = overridden(offer.prices, evaluation.breakdown, override)
    if not override.beyond_limits:
        refuse_beyond(override_limits(row.merchant), evaluation.breakdown, changed)
    before = override_of(row)
    evaluation = replace(evaluation, breakdown=changed)
    if before is not None and before.is_same(override):
        _copy(row, configuration)
        return evaluation
    _end_override(row, override.by, override.at)
    row.overrides.create(**{name: getattr(override, name) for name in PriceOverride.columns})
    _keep_price(row, configuration, offer, evaluation)
    return evaluation


@transaction.atomic
def revoke_override(configuration: Configuration, by: str, expected_revision: int | None = None) -> Evaluation:
    """Take back the price that was set by hand for an open configuration; without one nothing changes."""
    row = _locked_open(configuration, expected_revision)
    offer = offer_of(row)
    evaluation = consistent(follow(offer, choices_of(row), quantity=row.quantity), row.locale, offer.version)
    if _end_override(row, by):
        _keep_price(row, configuration, offer, evaluation)
    else:
        _copy(row, configuration)
    return evaluation


def copied(configuration: Configuration) -> Configuration:
    """Return a new open configuration with the choices, quantity and price list of another, without its price by hand.

    For one that is completed, which does not change any more. Its prices are as old as those of the other, or of now.
    """
    is_old = _is_old(configuration)
    offer = _renewed_offer(configuration) if is_old else _kept_offer(configuration)
    priced_at = None if is_old else configuration.prices_are_of
    choices = choices_of(configuration)
    return save(offer, choices, configuration.quantity, configuration.locale, priced_at=priced_at)


def _locked_open(configuration: Configuration, expected_revision: int | None) -> Configuration:
    row = _locked(configuration)
    if row.is_completed:
        raise AlreadyCompleted("A completed configuration keeps its price. Create a new one with its choices.")
    _refuse_stale(row, expected_revision)
    return row


def with_override(offer: Offer, evaluation: Evaluation, override: Override | None) -> Evaluation:
    """Return `evaluation` priced as `override` has it; as it is where there is none, or no price."""
    if override is None or evaluation.breakdown is None:
        return evaluation
    return replace(evaluation, breakdown=overridden(offer.prices, evaluation.breakdown, override))


def _end_override(row: Configuration, by: str, at: datetime | None = None) -> bool:
    """End the price by hand that stands, if any does; tell whether one did."""
    return bool(row.overrides.filter(ended_at=None).update(ended_at=at or timezone.now(), ended_by=by))


def _keep_price(row: Configuration, configuration: Configuration, offer: Offer, evaluation: Evaluation) -> None:
    _keep(row, offer, evaluation)
    row.revision += 1
    row.save()
    _copy(row, configuration)
    price_overridden.send(Configuration, configuration=configuration, evaluation=evaluation)


def _record_thresholds(row: Configuration, evaluation: Evaluation) -> tuple[Reached, ...]:
    """Write down which thresholds the price of a configuration that is being completed passes, and return them."""
    if evaluation.breakdown is None:
        return ()
    passed = reached(thresholds_of(row.merchant), row.product.key, evaluation.breakdown)
    assert row.completed_at is not None
    ReachedThreshold.objects.bulk_create(ReachedThreshold.of(row, each, row.completed_at) for each in passed)
    return passed


def _found(offer: Offer, once: str) -> Configuration | None:
    return (
        Configuration.objects.select_related("merchant", "product", "version")
        .filter(merchant__slug=offer.merchant, once=once)
        .first()
    )


def _locked(configuration: Configuration) -> Configuration:
    return (
        Configuration.objects.select_related("merchant", "product", "version")
        .select_for_update(of=("self",))
        .get(pk=configuration.pk)
    )


def _refuse_stale(row: Configuration, expected_revision: int | None) -> None:
    if expected_revision is not None and row.revision != expected_revision:
        raise Stale(
            "Somebody changed this configuration. Read it again, then repeat your change.", revision=row.revision
        )


def _not_ready(evaluation: Evaluation, locale: str) -> str:
    model = evaluation.model
    if evaluation.missing:
        return told_missing(model, evaluation.missing, locale or None)
    if evaluation.open_rules:
        return " ".join(told(model, each.reason, locale or None) for each in evaluation.open_rules)
    if evaluation.fault:
        sentences = " ".join(told(model, each, locale or None) for each in evaluation.fault)
        return f"By a fault of ours this breaks what the product demands, and it was written down: {sentences}"
    return evaluation.price_problem or evaluation.parts_problem or "There is no price for this configuration."


def _keep(row: Configuration, offer: Offer, evaluation: Evaluation) -> None:
    """Write what follows from the choices into the row, without saving it."""
    row.choices = plain_choices(evaluation.choices)
    row.quantity = evaluation.quantity
    row.evaluation = evaluation_json(evaluation, row.locale or None, offer.version)
    row.fingerprint = evaluation.fingerprint
    total = evaluation.breakdown.total if evaluation.breakdown else None
    if offer.is_renewed and row.pk is not None:
        row.price_list, row.price_list_document = offer.price_list.key, write_in_force(offer.terms)
        row.priced_at, row.expired_at = timezone.now(), None
        is_same = (row.total, row.currency) == (total, offer.price_list.currency)
        row.repriced_from = None if is_same else row.total
    row.currency = offer.price_list.currency
    row.total = total


def _copy(source: Configuration, target: Configuration) -> None:
    for column in source._meta.concrete_fields:
        setattr(target, column.attname, getattr(source, column.attname))
