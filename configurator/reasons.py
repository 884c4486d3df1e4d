"""Why something does not go: each reason as a sentence, in the merchant's own words where there are any."""

from catalog.expressions.render import told as told_condition
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice, Kind, Option, ProductModel, Text
from configurator.engine.explain import Reason


def told(model: ProductModel, reason: Reason, locale: str | None) -> str:
    """Return `reason` as one sentence for a shopper."""
    owner, _, value_key = reason.key.partition(".")
    if reason.kind == "rule":
        rule = next(each for each in model.rules if each.key == reason.key)
        return _own(rule.message, locale) or _when_then(model, rule.when, rule.then, locale)
    if reason.kind == "table":
        table = next(each for each in model.tables if each.key == reason.key)
        names = _listed([model.option_by_key[key].label.in_locale(locale) for key in table.options])
        return _own(table.message, locale) or f"{names} are offered in certain combinations only."
    option = model.option_by_key[owner]
    label = option.label.in_locale(locale)
    if reason.kind == "option_condition":
        return (
            _own(option.reason, locale) or f"{label} is available only where {_condition(model, option.when, locale)}."
        )
    if reason.kind == "value_condition":
        value = option.value_by_key[value_key]
        return (
            _own(value.reason, locale)
            or f"{value.label.in_locale(locale)} is available only where {_condition(model, value.when, locale)}."
        )
    if reason.kind == "count":
        return _count(option, label)
    return f"{label} needs a value."


def told_choice(option: Option, choice: Choice | None, locale: str | None) -> str:
    """Return a choice as people read it: labels, the number with its unit, yes or no; empty without one."""
    if choice is None:
        return ""
    if option.kind is Kind.CHOICE and isinstance(choice, str):
        return option.value_by_key[choice].label.in_locale(locale)
    if isinstance(choice, tuple):
        return ", ".join(option.value_by_key[key].label.in_locale(locale) for key in choice)
    if isinstance(choice, bool):
        return "Yes" if choice else "No"
    if option.number is not None:
        return f"{choice:f} {option.number.unit}".strip()
    return str(choice)


def _own(text: Text | None, locale: str | None) -> str:
    return text.in_locale(locale) if text else ""


def _condition(model: ProductModel, text: str | None, locale: str | None) -> str:
    return told_condition(bind(text or "true", Scope.of(model), "condition"), model, locale)


def _when_then(model: ProductModel, when: str | None, then: str, locale: str | None) -> str:
    consequence = _condition(model, then, locale)
    return f"Where {_condition(model, when, locale)}: {consequence}." if when else f"{consequence}."


def _count(option: Option, label: str) -> str:
    least, most = option.at_least, option.at_most
    if least is not None and most is not None:
        return f"{label}: choose {least} to {most}." if least != most else f"{label}: choose exactly {least}."
    return f"{label}: choose at least {least}." if least is not None else f"{label}: choose at most {most}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
