"""What an answer tells to people who must not see internal options: neither their names nor their
values.

Internal options take part in everything. Only what is told is narrowed here, and nothing is
computed otherwise by it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind, bind_derived
from catalog.product_model import Choice, Option, ProductModel
from catalog.translations import spoken_locale
from configurator.engine.face.conflicts import Reason
from configurator.reasons import reason_text, unnamed_text


def shown_options(model: ProductModel) -> tuple[Option, ...]:
    """Return the options that shoppers see."""
    return (
        tuple(option for option in model.options if not option.internal)
        if model.internal_options
        else model.options
    )


def is_shown(model: ProductModel, key: str) -> bool:
    """Tell whether `key` is that of an option that shoppers see."""
    return key in model.option_by_key and key not in model.internal_options


def shown_keys(model: ProductModel, keys: Collection[str]) -> tuple[str, ...]:
    """Return `keys` without those of internal options."""
    return tuple(key for key in keys if key not in model.internal_options)


def without_internal[Each](model: ProductModel, by_option: Mapping[str, Each]) -> dict[str, Each]:
    """Return what is said by option, without internal ones."""
    return {key: each for key, each in by_option.items() if key not in model.internal_options}


def internal_choices(model: ProductModel, choices: Mapping[str, Choice]) -> dict[str, Choice]:
    """Return the choices on internal options."""
    return {key: choice for key, choice in choices.items() if key in model.internal_options}


def told_to_shoppers(
    model: ProductModel, reason: Reason, locale: str | None, unit: str = ""
) -> str:
    """Return `reason` as a sentence that names no internal option: the merchant's own, or one that
    says nothing.

    Lengths are told in `unit`, where there is one.
    """
    return (
        unnamed_text(spoken_locale(model, locale))
        if _is_secret(model, reason)
        else reason_text(model, reason, locale, unit)
    )


def sentence_for_shoppers(
    model: ProductModel, sentence: str | None, locale: str | None = None
) -> str | None:
    """Return `sentence`, or one that says nothing where it names an internal option."""
    if not sentence or not any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) for name in _names(model)
    ):
        return sentence
    return unnamed_text(spoken_locale(model, locale))


def document_for_shoppers(
    model: ProductModel, document: Mapping[str, Any], locale: str | None = None
) -> dict[str, Any]:
    """Return the JSON of an evaluation, or of a part of one, without internal options and what is
    computed of them.
    """
    if not model.internal_options:
        return dict(document)
    found = dict(document)
    for name in ("choices", "values", "retracted", "changes", "attempted", "narrowed"):
        if isinstance(found.get(name), Mapping):
            found[name] = without_internal(model, found[name])
    for name in ("choices", "missing", "unchecked", "also", "assumed"):
        if isinstance(found.get(name), Sequence):
            found[name] = list(shown_keys(model, found[name]))
    if "prints" in found:
        secret_prints = {
            each.key
            for each in model.prints
            if not model.internal_options.isdisjoint({each.text, each.file})
        }
        found["prints"] = [each for each in found["prints"] if each["key"] not in secret_prints]
    if "derived" in found:
        secret = _secret_derived(model)
        found["derived"] = {
            key: value for key, value in found["derived"].items() if key not in secret
        }
    if "options" in found:
        found["options"] = {
            key: {
                **state,
                "values": {name: _value(model, each) for name, each in state["values"].items()},
            }
            for key, state in without_internal(model, found["options"]).items()
        }
    for name in ("price_problem", "parts_problem"):
        if found.get(name):
            found[name] = sentence_for_shoppers(model, found[name], locale)
    if "preferences" in found:
        found["preferences"] = {
            key: {**each, "message": told_to_shoppers(model, Reason("preference", key), locale)}
            for key, each in found["preferences"].items()
        }
    if "open_rules" in found:
        found["open_rules"] = [
            {**_reason(model, each, locale), "options": list(shown_keys(model, each["options"]))}
            for each in found["open_rules"]
        ]
    for name in ("rules", "in_force"):
        if name in found:
            found[name] = _reasons(model, found[name], locale)
    if "narrowed" in found:
        found["narrowed"] = {
            key: _reasons(model, each, locale) for key, each in found["narrowed"].items()
        }
    for name in ("explanations", "repairs"):
        if name in found:
            found[name] = [document_for_shoppers(model, each, locale) for each in found[name]]
    for name in ("conflict", "completion", "trace"):
        if found.get(name):
            found[name] = document_for_shoppers(model, found[name], locale)
    if "told" in found and "rules" in found:
        found["told"] = _told(model, document, found)
    return found


def _told(model: ProductModel, whole: Mapping[str, Any], shown: Mapping[str, Any]) -> str:
    """Return an explanation as text; where it had to be narrowed, its sentences alone."""
    if all(whole[name] == shown[name] for name in ("choices", "assumed", "rules")):
        return str(whole["told"])
    return " ".join(dict.fromkeys(each["message"] for each in shown["rules"]))


def _value(model: ProductModel, state: Mapping[str, Any]) -> dict[str, Any]:
    lists = {
        name: list(shown_keys(model, state[name]))
        for name in ("opens", "price_open")
        if name in state
    }
    return {**state, **lists}


def _reasons(
    model: ProductModel, reasons: Sequence[Mapping[str, Any]], locale: str | None
) -> list[dict[str, Any]]:
    return [_reason(model, each, locale) for each in reasons]


def _reason(model: ProductModel, reason: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    """Return a reason with the sentence for shoppers; its key says nothing where it is that of an
    internal option.
    """
    known = Reason(reason["kind"], reason["key"])
    if not _is_secret(model, known):
        return dict(reason)
    is_named = (
        known.key.rpartition(".")[0] in model.internal_options
        or known.key in model.internal_options
    )
    return {
        **reason,
        "key": "" if is_named else known.key,
        "message": told_to_shoppers(model, known, locale),
    }


def _is_secret(model: ProductModel, reason: Reason) -> bool:
    """Tell whether the sentence that is made of `reason` names an internal option."""
    if not model.internal_options:
        return False
    if reason.kind in ("rule", "preference"):
        statements = {
            each.key: each for each in (model.rules if reason.kind == "rule" else model.preferences)
        }
        statement = statements[reason.key]
        return not statement.message and _reads_internal(model, (statement.when, statement.then))
    if reason.kind == "table":
        table = next(each for each in model.tables if each.key == reason.key)
        return not table.message and not model.internal_options.isdisjoint(table.options)
    owner, _, value_key = reason.key.rpartition(".")
    option = model.option_by_key[owner if reason.kind == "value_condition" else reason.key]
    if option.internal:
        return True
    part = option.value_by_key[value_key] if reason.kind == "value_condition" else option
    is_condition = reason.kind in ("value_condition", "option_condition")
    return is_condition and not part.reason and _reads_internal(model, (part.when,))


def _reads_internal(model: ProductModel, conditions: Sequence[str | None]) -> bool:
    scope = Scope.of(model)
    read = (reads(bind(each, scope, "condition", lengths=True)) for each in conditions if each)
    return any(not model.internal_options.isdisjoint(each) for each in read)


def _secret_derived(model: ProductModel) -> frozenset[str]:
    """Return the derived values that are computed of internal options and that nobody said are
    shown.
    """
    scope = Scope.of(model)
    hidden = model.internal_options
    return frozenset(
        each.key
        for each in model.derived
        if not each.shown and not hidden.isdisjoint(reads(bind_derived(each.key, scope)))
    )


def _names(model: ProductModel) -> Iterator[str]:
    """Return what internal options and their values are called, in every language."""
    for option in model.options:
        if option.internal:
            for text in (option.label, *(value.label for value in option.values)):
                yield from (text.default, *(each for _, each in text.translations))
            yield option.key
