"""An Evaluation as plain JSON values: what the API answers, the command line prints, a stored
configuration keeps.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from catalog.kinds.kind import OptionKind
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, ProductModel, write_choice, write_number
from catalog.translations import spoken_locale
from configurator.choices import plain_choices
from configurator.completion.completion import Completion
from configurator.engine.face.conflicts import Explanation, Reason
from configurator.evaluation.evaluation import Conflict, Evaluation, OptionState, RepairOffer, Why
from configurator.prints.printed import Printed
from configurator.production.bom import BomItem
from configurator.reasons import choice_text, explanation_text, reason_text
from pricing.breakdown import breakdown_json
from pricing.lead_time import lead_time_json, told_day
from pricing.money import plain


def evaluation_json(
    evaluation: Evaluation,
    locale: str | None = None,
    version: int | None = None,
    costs: bool = False,
) -> dict[str, Any]:
    """Return `evaluation` as plain JSON values; money as decimal strings, numbers as numbers, texts
    in `locale`.

    A product that lacks words there answers in its own locale, as a whole. What it costs the
    merchant is told only with `costs`.
    """
    model = evaluation.model
    locale = spoken_locale(model, locale)
    return {
        "product": model.product,
        "version": version,
        "digest": model.digest,
        "fingerprint": evaluation.fingerprint,
        "complete": evaluation.complete,
        "ready": evaluation.ready,
        "missing": list(evaluation.missing),
        "open_rules": open_rules_json(evaluation, locale),
        "retracted": plain_choices(evaluation.retracted),
        "unchecked": list(evaluation.unchecked),
        "quantity": evaluation.quantity,
        "choices": plain_choices(evaluation.choices),
        "values": plain_choices(evaluation.values),
        "options": {
            option.key: _option_json(evaluation, option, locale) for option in model.options
        },
        "preferences": {
            each.key: {
                "holds": each.key in evaluation.preferred,
                "message": reason_text(model, Reason("preference", each.key), locale),
            }
            for each in model.preferences
        },
        "derived": {key: _derived_json(value) for key, value in evaluation.derived.items()},
        "price": breakdown_json(evaluation.breakdown, locale, costs)
        if evaluation.breakdown
        else None,
        "price_on_request": evaluation.price_on_request,
        "price_problem": evaluation.price_problem,
        "lead_time": lead_time_json(evaluation.lead_time, locale, evaluation.ready_on)
        if evaluation.lead_time
        else None,
        "bom": bom_json(evaluation.bom, locale),
        "parts_problem": evaluation.parts_problem,
        "layers": list(evaluation.layers),
        "prints": [_print_json(each, locale) for each in evaluation.prints],
        "conflict": _conflict_json(evaluation, evaluation.conflict, locale)
        if evaluation.conflict
        else None,
    }


def _print_json(each: Printed, locale: str | None) -> dict[str, Any]:
    letters, picture = each.lettering, each.picture
    return {
        "key": each.print.key,
        "label": each.print.label.in_locale(locale),
        "text": each.text,
        "typeface": each.typeface,
        "colour": each.colour,
        "width": _area(each, "width"),
        "height": _area(each, "height"),
        "size": None if letters is None else round(letters.size, 3),
        "picture": None
        if picture is None
        else {
            "file": picture.file.name,
            "width": round(picture.width, 3),
            "height": round(picture.height, 3),
            "x": round(picture.x, 3),
            "y": round(picture.y, 3),
            "turn": round(picture.turn, 3),
            "dpi": None if picture.dpi is None else round(picture.dpi, 1),
        },
        "warning": None if each.warning is None else each.warning.sentence,
        "problem": None if each.problem is None else each.problem.sentence,
    }


def _area(each: Printed, side: Literal["width", "height"]) -> float | None:
    """Return how wide or high the area of a print is; None where nothing stands in it."""
    if each.picture is not None:
        length: float = getattr(each.picture, f"area_{side}")
    elif each.lettering is not None:
        length = getattr(each.lettering.area, side)
    else:
        return None
    return round(length, 3)


def open_rules_json(evaluation: Evaluation, locale: str | None) -> list[dict[str, Any]]:
    """Return what has to hold before `evaluation` is complete, with the options any of which may
    see to it.
    """
    return [
        {**reasons_json(evaluation.model, [each.reason], locale)[0], "options": list(each.options)}
        for each in evaluation.open_rules
    ]


def completion_json(
    completion: Completion, model: ProductModel, locale: str | None = None, costs: bool = False
) -> dict[str, Any]:
    """Return `completion` as plain JSON values; a price as `bound` is a decimal string."""
    locale = spoken_locale(model, locale)
    options = model.option_by_key
    breakdown, bound = completion.breakdown, completion.bound
    return {
        "objective": completion.wish.objective,
        "preset": completion.wish.preset,
        "changes": plain_choices(completion.changes),
        "told": [
            told_change(options[key], choice, locale) for key, choice in completion.changes.items()
        ],
        "values": plain_choices(completion.values),
        "missing": list(completion.missing),
        "price": breakdown_json(breakdown, locale, costs) if breakdown else None,
        "lead_time": lead_time_json(completion.lead_time, locale),
        "changed": completion.changed,
        "proven": completion.proven,
        "bound": plain(bound, breakdown.currency)
        if breakdown and isinstance(bound, Decimal)
        else bound,
    }


def bom_json(items: tuple[BomItem, ...], locale: str | None = None) -> list[dict[str, Any]]:
    """Return the parts as plain JSON values."""
    return [
        {
            "key": item.key,
            "part": item.part,
            "label": item.label.in_locale(locale),
            "quantity": write_number(item.quantity),
            "unit": item.unit,
            "measures": {name: write_number(measure) for name, measure in item.measures.items()},
        }
        for item in items
    ]


def _option_json(evaluation: Evaluation, option: Option, locale: str | None) -> dict[str, Any]:
    state = evaluation.options[option.key]
    return {
        "active": state.active,
        "value": write_choice(state.value),
        "told": choice_text(option, state.value, locale),
        "source": state.source,
        "domain": _domain_json(option, state),
        "values": {
            key: {
                "free": each.free,
                "price_difference": _money(evaluation, each.price_difference),
                "price_from": _money(evaluation, each.price_from),
                "price_open": list(each.price_open),
                "days_difference": each.days_difference,
                "ready_on": told_day(evaluation.ready_with(each.days_difference)),
                "opens": list(each.opens),
            }
            for key, each in state.values.items()
        },
    }


def _domain_json(option: Option, state: OptionState) -> dict[str, Any]:
    domain = state.domain
    kind = kind_of(option)
    scale = kind.scale(option)
    if scale is not None:
        return {
            "runs": _runs_json(kind, domain.runs),
            "step": write_number(scale.step),
            "unit": scale.unit,
            "none": domain.none,
            **(
                {"unchecked": _runs_json(kind, domain.unchecked_runs)}
                if domain.unchecked_runs
                else {}
            ),
        }
    if kind.is_several:
        return {"values": list(domain.values), "forced": list(domain.forced), "none": domain.none}
    if kind.is_open:
        return {"none": domain.none}
    return {"values": list(domain.values), "none": domain.none}


def _runs_json(kind: OptionKind, runs: tuple[tuple[Decimal, Decimal], ...]) -> list[list[Any]]:
    return [[write_choice(kind.at_number(end)) for end in run] for run in runs]


def _derived_json(value: Fraction | bool | str | None) -> Any:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value


def _money(evaluation: Evaluation, amount: Decimal | None) -> str | None:
    return (
        None
        if amount is None or evaluation.breakdown is None
        else plain(amount, evaluation.breakdown.currency)
    )


def _conflict_json(
    evaluation: Evaluation, conflict: Conflict, locale: str | None
) -> dict[str, Any]:
    wanted = {**evaluation.choices, **conflict.attempted}
    values = {key: choice for key, choice in wanted.items() if choice is not None}
    return {
        "attempted": plain_choices(conflict.attempted),
        "choices": list(conflict.choices),
        "rules": reasons_json(evaluation.model, conflict.rules, locale),
        "explanations": [
            explanation_json(evaluation.model, each, values, locale)
            for each in conflict.explanations
        ],
        "explained": conflict.explained,
        "repairs": [_repair_json(evaluation, repair, locale) for repair in conflict.repairs],
        "more": conflict.more,
    }


def explanation_json(
    model: ProductModel, explanation: Explanation, values: Mapping[str, Choice], locale: str | None
) -> dict[str, Any]:
    """Return an explanation as plain JSON values; `values` holds the choices it speaks of."""
    return {
        "choices": list(explanation.choices),
        "assumed": list(explanation.assumed),
        "rules": reasons_json(model, explanation.rules, locale),
        "told": explanation_text(model, explanation, values, locale),
    }


def reasons_json(
    model: ProductModel, reasons: Sequence[Reason], locale: str | None
) -> list[dict[str, str]]:
    """Return reasons as plain JSON values, each with its sentence."""
    return [
        {"kind": each.kind, "key": each.key, "message": reason_text(model, each, locale)}
        for each in reasons
    ]


def why_json(evaluation: Evaluation, why: Why, locale: str | None = None) -> dict[str, Any]:
    """Return why an option has its value, or cannot have another, as plain JSON values."""
    locale = spoken_locale(evaluation.model, locale)
    return {
        "option": why.option,
        "value": write_choice(why.value),
        "source": why.source,
        "explanations": [
            explanation_json(evaluation.model, each, evaluation.values, locale)
            for each in why.explanations.found
        ],
        "explained": why.explanations.complete,
    }


def _repair_json(evaluation: Evaluation, repair: RepairOffer, locale: str | None) -> dict[str, Any]:
    options = evaluation.model.option_by_key
    return {
        "changes": plain_choices(repair.changes),
        "told": [
            told_change(options[key], choice, locale) for key, choice in repair.changes.items()
        ],
        "also": list(repair.also),
        "price_difference": _money(evaluation, repair.price_difference),
        "days_difference": repair.days_difference,
        "ready_on": told_day(evaluation.ready_with(repair.days_difference)),
        "complete": repair.complete,
    }


def told_change(option: Option, choice: Choice | None, locale: str | None) -> str:
    """Return a change as people read it, such as "Series: Elegance"."""
    return f"{option.label.in_locale(locale)}: {choice_text(option, choice, locale) or '–'}"
