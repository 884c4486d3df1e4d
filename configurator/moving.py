"""An open configuration goes on under the newest version of its product, and what is lost by that is
told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from catalog.models import Version
from catalog.product_model import Choice
from configurator.evaluation.evaluation import Evaluation
from configurator.keeping import copy_columns, end_override, keep, locked_open
from configurator.models import Configuration
from configurator.ordering import consistent
from configurator.restoring import restored
from configurator.salvage import Lost, salvaged
from configurator.signals import choices_changed
from configurator.stored import evaluation_of, renewed_offer


@dataclass(frozen=True)
class Moved:
    """What became of a configuration: the version it had, what it was, and what follows now, under
    the version with the `number`.

    `lost` does not exist any more, `clashed` are the choices that exist and no longer go together
    with the rest.
    """

    version: Version
    before: Mapping[str, Any]
    evaluation: Evaluation
    number: int
    lost: tuple[Lost, ...] = ()
    clashed: Mapping[str, Choice] = field(default_factory=dict)


@transaction.atomic
def move_to_newest(
    configuration: Configuration, expected_revision: int | None = None, dry_run: bool = False
) -> Moved:
    """Have an open configuration under the newest version of its product, at the prices of now, and
    return what became of it.

    What still exists and goes together stays. A price by hand ends, and changes made before cannot
    be undone. With `dry_run`, or where it has that version already, nothing is kept. Refuses with
    AlreadyCompleted.
    """
    row = locked_open(configuration, expected_revision)
    version = row.version
    newest = Version.objects.filter(product=row.product_id).latest("number")
    if newest.pk == version.pk:
        copy_columns(row, configuration)
        return Moved(version, row.stored, evaluation_of(row), version.number)
    offer = renewed_offer(row, version=newest)
    found, lost = salvaged(offer.product.model, row.choices, even_internal=True)
    choices = {key: choice for key, choice in found.items() if choice is not None}
    state = restored(offer, choices, row.quantity)
    evaluation = consistent(state.evaluation, row.locale, offer.version)
    moved = Moved(version, row.stored, evaluation, newest.number, lost, state.clashed)
    if dry_run:
        return moved
    end_override(row, by="")
    row.version = newest
    keep(row, offer, evaluation)
    row.past, row.future = [], []
    row.revision += 1
    row.save()
    copy_columns(row, configuration)
    configuration.version = newest
    choices_changed.send(Configuration, configuration=configuration, evaluation=evaluation)
    return moved
