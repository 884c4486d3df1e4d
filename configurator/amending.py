"""What belongs to a configuration beside its choices is changed: who buys, how many, and what the
caller's own system calls it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from configurator.answering import follow
from configurator.keeping import (
    AlreadyCompleted,
    copy_columns,
    end_override,
    keep,
    locked,
    refuse_stale,
)
from configurator.marking import NO_MARKS, Marks, refuse_taken, set_metadata, set_reference
from configurator.models import Configuration
from configurator.ordering import consistent
from configurator.quoting.signing import buyer_json
from configurator.signals import choices_changed
from configurator.stored import choices_of, offer_of, renewed_offer
from pricing.in_force import Buyer


@dataclass(frozen=True)
class Amendment:
    """What is to become another: `buyer` by field, where None takes away what was known; the
    quantity; and marks.
    """

    buyer: Mapping[str, str | None] = field(default_factory=dict)
    quantity: int | None = None
    marks: Marks = NO_MARKS


@transaction.atomic
def amend(
    configuration: Configuration, amendment: Amendment, expected_revision: int | None = None
) -> None:
    """Change what `amendment` names, and nothing else; safe to repeat.

    Another buyer has the prices of now, another quantity those of the configuration, and each ends a
    price by hand. Of one that is completed only the marks change: anything else is refused with
    AlreadyCompleted. Refuses with ReferenceTaken the reference of another configuration.
    """
    row = locked(configuration)
    refuse_stale(row, expected_revision)
    buyer = Buyer(**{**row.buyer, **amendment.buyer})
    quantity = amendment.quantity or row.quantity
    is_other_buyer = buyer_json(buyer) != row.buyer
    is_other = is_other_buyer or quantity != row.quantity
    if is_other and row.is_completed:
        raise AlreadyCompleted(
            "A completed configuration keeps its buyer and quantity. Copy it, and change the copy."
        )
    is_marked = any(
        [
            set_reference(row, amendment.marks),
            set_metadata(row, amendment.marks.metadata),
        ]
    )
    if not is_other:
        if is_marked:
            _saved(row)
        copy_columns(row, configuration)
        return
    offer = renewed_offer(row, buyer) if is_other_buyer else offer_of(row)
    evaluation = consistent(
        follow(offer, choices_of(row), quantity=quantity), row.locale, offer.version
    )
    end_override(row, by="")
    keep(row, offer, evaluation)
    row.buyer, row.customer = buyer_json(buyer), buyer.customer or ""
    _saved(row)
    copy_columns(row, configuration)
    choices_changed.send(Configuration, configuration=configuration, evaluation=evaluation)


def _saved(row: Configuration) -> None:
    row.revision += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Somebody was faster with its reference.
        refuse_taken(row)
        raise
