"""An Evaluation as plain JSON values: what the API answers, the command line prints, a stored configuration keeps."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.product_model import Choice, Kind, Option, write_choice, write_number
from configurator.choices import plain_choices
from configurator.evaluation import Conflict, Evaluation, OptionState, RepairOffer
from configurator.production.bom import BomItem
from configurator.reasons import told, told_choice
from pricing.breakdown import breakdown_json
from pricing.lead_time import lead_time_json, told_day
from pricing.money import plain


def evaluation_json(
    evaluation: Evaluation, locale: str | None = None, version: int | None = None, costs: bool = False
) -> dict[str, Any]:
    """Return `evaluation` as plain JSON values; money as decimal strings, numbers as numbers, texts in `locale`.

    What it costs the merchant is told only with `costs`.
    """
    model = evaluation.model
    return {
        "product": model.product,
        "version": version,
        "digest": model.digest,
        "fingerprint": evaluation.fingerprint,
        "complete": evaluation.complete,
        "ready": evaluation.ready,
        "missing": list(evaluation.missing),
        "quantity": evaluation.quantity,
        "choices": plain_choices(evaluation.choices),
        "values": plain_choices(evaluation.values),
        "options": {option.key: _option_json(evaluation, option, locale) for option in model.options},
        "derived": {key: _derived_json(value) for key, value in evaluation.derived.items()},
        "price": breakdown_json(evaluation.breakdown, locale, costs) if evaluation.breakdown else None,
        "price_problem": evaluation.price_problem,
        "lead_time": lead_time_json(evaluation.lead_time, locale, evaluation.ready_on)
        if evaluation.lead_time
        else None,
        "bom": bom_json(evaluation.bom, locale),
        "parts_problem": evaluation.parts_problem,
        "layers": list(evaluation.layers),
        "conflict": _conflict_json(evaluation, evaluation.conflict, locale) if evaluation.conflict else None,
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
        "told": told_choice(option, state.value, locale),
        "source": state.source,
        "domain": _domain_json(option, state),
        "values": {
            key: {
                "free": each.free,
                "price_difference": _money(evaluation, each.price_difference),
                "days_difference": each.days_difference,
                "ready_on": told_day(evaluation.ready_with(each.days_difference)),
                "opens": list(each.opens),
            }
            for key, each in state.values.items()
        },
    }


def _domain_json(option: Option, state: OptionState) -> dict[str, Any]:
    domain = state.domain
    if option.kind is Kind.NUMBER and option.number is not None:
        return {
            "runs": [[write_number(first), write_number(last)] for first, last in domain.runs],
            "step": write_number(option.number.step),
            "unit": option.number.unit,
            "none": domain.none,
        }
    if option.kind is Kind.MULTI:
        return {"values": list(domain.values), "forced": list(domain.forced), "none": domain.none}
    if option.kind in {Kind.CHOICE, Kind.BOOLEAN}:
        return {"values": list(domain.values), "none": domain.none}
    return {"none": domain.none}


def _derived_json(value: Fraction | bool | str | None) -> Any:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value


def _money(evaluation: Evaluation, amount: Decimal | None) -> str | None:
    return None if amount is None or evaluation.breakdown is None else plain(amount, evaluation.breakdown.currency)


def _conflict_json(evaluation: Evaluation, conflict: Conflict, locale: str | None) -> dict[str, Any]:
    model = evaluation.model
    return {
        "attempted": plain_choices(conflict.attempted),
        "choices": list(conflict.choices),
        "rules": [
            {"kind": reason.kind, "key": reason.key, "message": told(model, reason, locale)}
            for reason in conflict.rules
        ],
        "repairs": [_repair_json(evaluation, repair, locale) for repair in conflict.repairs],
    }


def _repair_json(evaluation: Evaluation, repair: RepairOffer, locale: str | None) -> dict[str, Any]:
    options = evaluation.model.option_by_key
    return {
        "changes": plain_choices(repair.changes),
        "told": [told_change(options[key], choice, locale) for key, choice in repair.changes.items()],
        "also": list(repair.also),
        "price_difference": _money(evaluation, repair.price_difference),
        "days_difference": repair.days_difference,
        "ready_on": told_day(evaluation.ready_with(repair.days_difference)),
        "complete": repair.complete,
    }


def told_change(option: Option, choice: Choice | None, locale: str | None) -> str:
    """Return a change as people read it, such as "Series: Elegance"."""
    return f"{option.label.in_locale(locale)}: {told_choice(option, choice, locale) or '–'}"
