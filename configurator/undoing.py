"""Changes of a stored configuration are undone and done again."""

from collections.abc import Collection

from django.db import transaction

from catalog.errors import Refusal
from configurator.answering import follow
from configurator.choices import kept_choices, plain_choices
from configurator.evaluation.evaluation import Evaluation
from configurator.keeping import copy_columns, keep_changed, locked_open
from configurator.models import Configuration
from configurator.signals import choices_changed
from configurator.steps import Step, bounded, step_to
from configurator.stored import model_of, offer_of


class NothingToUndo(Refusal):
    """There is no change to undo, or none that was undone; see `can_undo` and `can_redo`."""

    slug = "nothing-to-undo"
    title = "There is nothing to undo"
    status = 409


@transaction.atomic
def undo(
    configuration: Configuration,
    expected_revision: int | None = None,
    hidden: Collection[str] = (),
) -> Evaluation:
    """Take back the last change of choices or quantity that was not undone yet; return what follows.

    Choices on `hidden` options stay as they are. A price by hand that ended does not come back.
    Refuses with NothingToUndo.
    """
    row = locked_open(configuration, expected_revision)
    if not row.past:
        raise NothingToUndo("No change is left that could be undone.")
    past, future = row.past, row.future
    evaluation, reverse = _taken(row, past[-1], hidden)
    row.past, row.future = past[:-1], bounded([*future, reverse])
    return _told(row, configuration, evaluation)


@transaction.atomic
def redo(
    configuration: Configuration,
    expected_revision: int | None = None,
    hidden: Collection[str] = (),
) -> Evaluation:
    """Do again what was undone last; as `undo`, the other way."""
    row = locked_open(configuration, expected_revision)
    if not row.future:
        raise NothingToUndo("No change was undone since the last one.")
    past, future = row.past, row.future
    evaluation, reverse = _taken(row, future[-1], hidden)
    row.past, row.future = bounded([*past, reverse]), future[:-1]
    return _told(row, configuration, evaluation)


def _taken(row: Configuration, step: Step, hidden: Collection[str]) -> tuple[Evaluation, Step]:
    """Return what follows where `step` is taken, kept in the row, and the step that leads back."""
    offer = offer_of(row)
    was, quantity = row.choices, row.quantity
    wanted = {
        **was,
        **{key: each for key, each in step.get("choices", {}).items() if key not in hidden},
    }
    choices = kept_choices(
        model_of(row), {key: each for key, each in wanted.items() if each is not None}
    )
    evaluation = follow(offer, choices, quantity=step.get("quantity", quantity))
    keep_changed(row, offer, evaluation)
    now = plain_choices(evaluation.choices)
    return evaluation, step_to(was, quantity, now, evaluation.quantity)


def _told(row: Configuration, configuration: Configuration, evaluation: Evaluation) -> Evaluation:
    row.save(update_fields=["past", "future"])
    copy_columns(row, configuration)
    choices_changed.send(Configuration, configuration=configuration, evaluation=evaluation)
    return evaluation
