"""The choices of a stored configuration are made or unmade at once: the rest is chosen, or it begins
again.
"""

from collections.abc import Collection

from django.db import transaction

from catalog.errors import NotFound
from configurator.answering import completed_by, follow
from configurator.choices import sort_choices
from configurator.completion.completion import Completion, Wish
from configurator.evaluation.evaluation import Evaluation
from configurator.keeping import copy_columns, keep_changed, locked_open
from configurator.models import Configuration
from configurator.ordering import consistent
from configurator.signals import choices_changed
from configurator.stored import choices_of, model_of, offer_of


@transaction.atomic
def choose_rest(
    configuration: Configuration, wish: Wish, expected_revision: int | None = None
) -> Completion:
    """Choose the rest of an open configuration as wished, keep it, and return what was chosen.

    Texts and colours that nobody can invent stay open. Refuses as `completion` does.
    """
    row = locked_open(configuration, expected_revision)
    offer = offer_of(row)
    choices = choices_of(row)
    before = consistent(follow(offer, choices, quantity=row.quantity), row.locale, offer.version)
    found = completed_by(offer, before.choices, wish)
    if not found.changes:
        copy_columns(row, configuration)
        return found
    evaluation = follow(offer, before.choices, found.changes, row.quantity)
    keep_changed(row, offer, evaluation)
    copy_columns(row, configuration)
    choices_changed.send(Configuration, configuration=configuration, evaluation=evaluation)
    return found


@transaction.atomic
def start_again(
    configuration: Configuration,
    preset: str | None = None,
    expected_revision: int | None = None,
    hidden: Collection[str] = (),
) -> Evaluation:
    """Take back all choices, or have those of a preset in their place, and return what follows.

    Choices on `hidden` options stay. Refuses with NotFound a preset there is none of, and with
    ChoicesConflict one that clashes with what stays.
    """
    row = locked_open(configuration, expected_revision)
    offer = offer_of(row)
    model = model_of(row)
    choices = {key: each for key, each in choices_of(row).items() if key in hidden}
    if preset is not None:
        named = next((each for each in model.presets if each.key == preset), None)
        if named is None:
            raise NotFound(f"There is no preset '{preset}' of this product.")
        given, _misread = sort_choices(model, named.choices)
        choices = {
            **{key: each for key, each in given.items() if each is not None},
            **choices,
        }
    evaluation = follow(offer, choices, quantity=row.quantity)
    keep_changed(row, offer, evaluation)
    copy_columns(row, configuration)
    choices_changed.send(Configuration, configuration=configuration, evaluation=evaluation)
    return evaluation
