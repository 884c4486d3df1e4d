"""Configurations are kept: saved, changed by choices, and copied."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.errors import Refusal
from catalog.models import Version
from catalog.product_model import Choice
from configurator.answering import follow, with_instance
from configurator.choices import plain_choices
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation_json import evaluation_json
from configurator.instances import InstanceAsk
from configurator.marking import NO_MARKS, Marks, refuse_taken, set_metadata, set_reference
from configurator.models import Configuration
from configurator.offers import Offer
from configurator.ordering import consistent
from configurator.quoting.signing import buyer_json
from configurator.signals import choices_changed, configuration_saved
from configurator.steps import record
from configurator.stored import (
    choices_of,
    is_old,
    kept_offer,
    offer_of,
    override_of,
    renewed_offer,
    with_override,
)
from pricing.in_force import write_in_force


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

    def headers(self) -> dict[str, str]:
        """Return the entity tag of what the configuration is now."""
        tag = {"ETag": f'"r{self.data["revision"]}"'} if "revision" in self.data else {}
        return {**super().headers(), **tag}


@transaction.atomic
def save(
    offer: Offer,
    choices: Mapping[str, Choice],
    quantity: int = 1,
    locale: str = "",
    once: str | None = None,
    priced_at: datetime | None = None,
    marks: Marks = NO_MARKS,
) -> Configuration:
    """Keep `choices` as an open configuration; refuse with ChoicesConflict when they clash.

    A second call with the same `once` returns the first one's row. `priced_at` tells of when the
    prices of `offer` are, by default of now. Refuses with ReferenceTaken the reference of another.
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
        customer=offer.buyer.customer or "",
        locale=locale,
    )
    set_reference(configuration, marks)
    keep(configuration, offer, evaluation)
    try:
        with transaction.atomic():
            configuration.save()
    except IntegrityError:
        # Somebody with the same `once` was faster.
        if once and (found := _found(offer, once)):
            return found
        refuse_taken(configuration)
        raise
    set_metadata(configuration, marks.metadata)
    configuration_saved.send(Configuration, configuration=configuration, evaluation=evaluation)
    return configuration


@transaction.atomic
def choose(
    configuration: Configuration,
    changes: Mapping[str, Choice | None],
    quantity: int | None = None,
    expected_revision: int | None = None,
    instance: InstanceAsk | None = None,
    repair: int | None = None,
) -> Evaluation:
    """Apply `changes` (None retracts), return what follows; a clash refuses with ChoicesConflict,
    keeping nothing.

    A price that was set by hand holds for what it was set for: where values or quantity become
    others, it ends. `instance` adds, copies, moves or removes one after that, as `with_instance`
    tells. Where the changes clash, that way out is taken which `repair` counts to from 0, if there
    is one.
    """
    row = locked_open(configuration, expected_revision)
    offer = offer_of(row)
    choices = choices_of(row)
    changes = with_instance(offer, choices, changes, instance)
    quantity = quantity or row.quantity
    evaluation = follow(offer, choices, changes, quantity)
    if evaluation.conflict is not None and repair is not None:
        ways_out = evaluation.conflict.repairs
        if repair < len(ways_out):
            evaluation = follow(offer, choices, ways_out[repair].changes, quantity)
    keep_changed(row, offer, evaluation)
    copy_columns(row, configuration)
    choices_changed.send(Configuration, configuration=configuration, evaluation=evaluation)
    return evaluation


def locked_open(
    configuration: Configuration,
    expected_revision: int | None,
    told: str = "A completed configuration does not change. Copy it, and change the copy.",
) -> Configuration:
    """Return the row of an open configuration, locked until the transaction ends.

    Refuses with AlreadyCompleted, in the words `told`, and with Stale.
    """
    row = locked(configuration)
    if row.is_completed:
        raise AlreadyCompleted(told)
    refuse_stale(row, expected_revision)
    return row


def keep_changed(row: Configuration, offer: Offer, evaluation: Evaluation) -> None:
    """Save what follows from other choices of an open configuration as its next revision.

    Refuses with ChoicesConflict. A price by hand ends where it was set for something else.
    """
    consistent(evaluation, row.locale, offer.version)
    if (evaluation.fingerprint, evaluation.quantity) == (row.fingerprint, row.quantity):
        evaluation = with_override(offer, evaluation, override_of(row))
    else:
        end_override(row, by="")
    keep(row, offer, evaluation)
    row.revision += 1
    row.save()


@transaction.atomic
def discard(configuration: Configuration, expected_revision: int | None = None) -> None:
    """Delete an open configuration; quotes that were given for it stay.

    Refuses with AlreadyCompleted one that is completed: it says what was ordered.
    """
    row = locked_open(
        configuration,
        expected_revision,
        "A completed configuration stays, since it says what was ordered.",
    )
    row.delete()


def copied(configuration: Configuration, marks: Marks = NO_MARKS) -> Configuration:
    """Return a new open configuration with the choices, quantity and price list of another, without
    its price by hand, its reference and its metadata.

    For one that is completed, which does not change any more. Its prices are as old as those of the
    other, or of now.
    """
    has_aged = is_old(configuration)
    offer = renewed_offer(configuration) if has_aged else kept_offer(configuration)
    priced_at = None if has_aged else configuration.prices_are_of
    choices = choices_of(configuration)
    return save(
        offer,
        choices,
        configuration.quantity,
        configuration.locale,
        priced_at=priced_at,
        marks=marks,
    )


def _found(offer: Offer, once: str) -> Configuration | None:
    return (
        Configuration.objects.select_related("merchant", "product", "version")
        .filter(merchant__slug=offer.merchant, once=once)
        .first()
    )


def locked(configuration: Configuration) -> Configuration:
    """Return the row of a configuration, locked until the transaction ends."""
    return (
        Configuration.objects.select_related("merchant", "product", "version")
        .select_for_update(of=("self",))
        .get(pk=configuration.pk)
    )


def refuse_stale(row: Configuration, expected_revision: int | None) -> None:
    """Refuse with Stale where `row` has another revision than its caller read, who says which."""
    if expected_revision is not None and row.revision != expected_revision:
        raise Stale(
            "Somebody changed this configuration. Read it again, then repeat your change.",
            revision=row.revision,
        )


def keep(row: Configuration, offer: Offer, evaluation: Evaluation) -> None:
    """Write what follows from the choices into the row, with what undoes it, without saving it."""
    choices = plain_choices(evaluation.choices)
    if row.pk is not None:
        record(row, choices, evaluation.quantity)
    row.choices = choices
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


def copy_columns(source: Configuration, target: Configuration) -> None:
    """Give `target` the columns of `source`, the same configuration as it was written."""
    for column in source._meta.concrete_fields:
        setattr(target, column.attname, getattr(source, column.attname))


def end_override(row: Configuration, by: str, at: datetime | None = None) -> bool:
    """End the price by hand that stands, if any does; tell whether one did."""
    return bool(
        row.overrides.filter(ended_at=None).update(ended_at=at or timezone.now(), ended_by=by)
    )
