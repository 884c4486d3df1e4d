"""Why something does not go, and the ways out, in the shape that the widget's templates print."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, ProductModel
from catalog.values import is_nothing
from configurator.discretion import shown_keys, told_to_shoppers, without_internal
from configurator.embed.options import Reader, picked
from configurator.embed.states import query_of
from configurator.engine.face.conflicts import Explanation, Reason
from configurator.evaluation.evaluation import SET_FOR_THEM, Conflict, Evaluation, RepairOffer


@dataclass(frozen=True)
class RepairShown:
    """A way out: what changes, what that means, and the changes as the button carries them."""

    title: str
    detail: str
    changes: str


@dataclass(frozen=True)
class ConflictShown:
    """Why a choice does not go, and the ways out; without any, `is_hopeless`.

    `more` are the refused changes as the button carries them that asks for more ways out; empty
    when there are none.
    """

    option: str
    title: str
    reasons: tuple[str, ...]
    repairs: tuple[RepairShown, ...]
    is_hopeless: bool
    more: str


def conflict_shown(evaluation: Evaluation, conflict: Conflict, reader: Reader) -> ConflictShown:
    """Return `conflict` as told to a shopper, under the option whose change was refused."""
    options = evaluation.model.option_by_key
    asked = shown_keys(evaluation.model, conflict.attempted)
    attempted = [key for key in asked if key in conflict.choices] or list(asked)
    subject = (
        _attempted(evaluation, attempted[0], conflict.attempted[attempted[0]], reader)
        if attempted
        else ""
    )
    if len(attempted) > 1:
        title = _("These changes do not go together")
    elif conflict.repairs:
        title = _("%(value)s does not go with your choices yet") % {"value": subject}
    else:
        title = _("%(value)s cannot be had with this product") % {"value": subject}
    labels = [
        options[key].label.in_locale(reader.locale)
        for key in shown_keys(evaluation.model, conflict.choices)
    ]
    reasons = _sentences(evaluation.model, conflict.rules, reader)
    if labels and not reasons:
        reasons = (_("Your choices of %(options)s clash.") % {"options": ", ".join(labels)},)
    return ConflictShown(
        option=attempted[0] if attempted else "",
        title=title,
        reasons=reasons,
        repairs=tuple(
            _repair(evaluation, conflict, repair, attempted, reader) for repair in conflict.repairs
        ),
        is_hopeless=not conflict.repairs,
        more=query_of(evaluation.model, conflict.attempted) if conflict.more else "",
    )


def _attempted(evaluation: Evaluation, key: str, choice: Choice | None, reader: Reader) -> str:
    option = evaluation.model.option_by_key[key]
    label = option.label.in_locale(reader.locale)
    if isinstance(choice, tuple):
        before = evaluation.values.get(key)
        added = tuple(
            each for each in choice if each not in (before if isinstance(before, tuple) else ())
        )
        return picked(option, added, reader) or label
    if isinstance(choice, bool):
        return label if choice else f"{label}: {picked(option, choice, reader)}"
    if kind_of(option).is_single and not is_nothing(choice):
        return picked(option, choice, reader)
    return f"{label} {picked(option, choice, reader)}".strip()


def _sentences(model: ProductModel, reasons: Sequence[Reason], reader: Reader) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            told_to_shoppers(model, reason, reader.locale, reader.unit) for reason in reasons
        )
    )


def _repair(
    evaluation: Evaluation,
    conflict: Conflict,
    repair: RepairOffer,
    attempted: list[str],
    reader: Reader,
) -> RepairShown:
    model = evaluation.model
    labels = {option.key: option.label.in_locale(reader.locale) for option in model.options}
    shown = without_internal(model, repair.changes)
    others = {key: choice for key, choice in shown.items() if key not in attempted}
    changes = [
        (
            _("change %(option)s to %(value)s")
            % {"option": labels[key], "value": picked(model.option_by_key[key], choice, reader)}
        )
        if not is_nothing(choice)
        else _("give up your choice of %(option)s") % {"option": labels[key]}
        for key, choice in others.items()
    ]
    title = ", ".join(changes) or _("apply it")
    details = []
    if repair.price_difference is not None:
        details.append(
            reader.money(repair.price_difference, signed=True)
            if repair.price_difference
            else _("same price")
        )
    if repair.days_difference:
        details.append(_later(repair.days_difference))
    also = shown_keys(model, repair.also)
    if also:
        listed = ", ".join(_also(evaluation, repair, also[:3], reader))
        if len(also) > 3:
            listed = _("%(some)s and %(count)s more") % {"some": listed, "count": len(also) - 3}
        details.append(_("also changes %(options)s") % {"options": listed})
    else:
        details.append(_("nothing else changes"))
    return RepairShown(
        title=title[:1].upper() + title[1:],
        detail=" · ".join(details),
        changes=query_of(model, repair.changes),
    )


def _also(
    evaluation: Evaluation, repair: RepairOffer, keys: Sequence[str], reader: Reader
) -> tuple[str, ...]:
    """Return what of `keys` changes with `repair` though nobody chose it: "Frame colour: Black →
    –".
    """
    options = [evaluation.model.option_by_key[key] for key in keys]
    return tuple(
        f"{option.label.in_locale(reader.locale)}: "
        f"{picked(option, evaluation.values.get(option.key), reader) or '–'} → "
        f"{picked(option, repair.also[option.key], reader) or '–'}"
        for option in options
    )


def _later(days: int) -> str:
    if days > 0:
        return ngettext("ready %(days)s day later", "ready %(days)s days later", days) % {
            "days": days
        }
    return ngettext("ready %(days)s day sooner", "ready %(days)s days sooner", -days) % {
        "days": -days
    }


@dataclass(frozen=True)
class WhyShown:
    """Why an option has the only value it can have, or why some values are out of reach."""

    title: str
    reasons: tuple[str, ...]
    choices: tuple[str, ...]


def why_shown(
    evaluation: Evaluation, option: Option, explanations: Sequence[Explanation], reader: Reader
) -> WhyShown:
    """Return `explanations` of the value that `option` has, or of those out of its reach, as told
    to a shopper.
    """
    state = evaluation.options[option.key]
    grounds: dict[str, None] = {}
    for each in explanations:
        grounds |= dict.fromkeys((*each.choices, *each.assumed))
    options = evaluation.model.option_by_key
    sentences = _sentences(
        evaluation.model, [reason for each in explanations for reason in each.rules], reader
    )
    return WhyShown(
        title=_("Why %(value)s?") % {"value": picked(option, state.value, reader)}
        if state.source in SET_FOR_THEM
        else _("Why not all of them?"),
        reasons=sentences or (_("The rules of this product leave no other answer."),),
        choices=tuple(
            f"{options[key].label.in_locale(reader.locale)}: "
            f"{picked(options[key], evaluation.values.get(key), reader) or '–'}"
            for key in shown_keys(evaluation.model, grounds)
        ),
    )
