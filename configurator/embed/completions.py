"""How the rest would be chosen for a shopper, in the shape that the widget's template prints."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.errors import Refusal
from configurator.answering import completed_by
from configurator.completion.completion import OBJECTIVES, ObjectiveName, Wish
from configurator.discretion import shown_keys, without_internal
from configurator.embed.options import Reader, picked
from configurator.embed.states import query_of
from configurator.evaluation.evaluation import Evaluation
from configurator.offers import Offer


@dataclass(frozen=True)
class RestShown:
    """What would be set, with price and days, and the changes as the button carries them; or why
    there is nothing.
    """

    objective: ObjectiveName
    title: str
    detail: str
    sets: tuple[str, ...]
    missing: str
    changes: str
    problem: str = ""


def wishes_shown(evaluation: Evaluation) -> tuple[tuple[ObjectiveName, str], ...]:
    """Return what the rest can be chosen for, each with its label."""
    labels = {
        "cheapest": _("cheapest"),
        "fastest": _("fastest"),
        "closest": _("closest to the standard"),
    }
    told = evaluation.lead_time is not None and evaluation.lead_time.told
    return tuple(
        (objective, labels[objective])
        for objective in OBJECTIVES
        if (objective != "cheapest" or evaluation.breakdown is not None)
        and (objective != "fastest" or told)
    )


def rest_shown(
    offer: Offer, evaluation: Evaluation, objective: ObjectiveName, reader: Reader
) -> RestShown:
    """Return how the rest of the choices would be chosen."""
    try:
        found = completed_by(offer, evaluation.choices, Wish(objective))
    except Refusal:
        problem = _("The rest cannot be chosen for you here. Please choose a little more yourself.")
        return RestShown(objective, "", "", (), "", "", problem)
    options = evaluation.model.option_by_key
    details = []
    if found.breakdown is not None:
        details.append(reader.money(found.breakdown.unit_shown))
    if found.lead_time.told:
        days = found.lead_time.days
        details.append(
            ngettext("ready in %(days)s day", "ready in %(days)s days", days) % {"days": days}
        )
    if not found.proven:
        details.append(_("the best found so far"))
    return RestShown(
        objective=objective,
        title=_("Would be set")
        if found.changes
        else _("Nothing is left to choose; it stays as it is"),
        detail=" · ".join(details),
        sets=tuple(
            f"{options[key].label.in_locale(reader.locale)}: {picked(options[key], choice, reader) or '–'}"
            for key, choice in without_internal(evaluation.model, found.changes).items()
        ),
        missing=", ".join(
            options[key].label.in_locale(reader.locale)
            for key in shown_keys(evaluation.model, found.missing)
        ),
        changes=query_of(evaluation.model, found.changes),
    )
