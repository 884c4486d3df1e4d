"""Why something does not go: each reason as a sentence, in the merchant's own words where there are
any.
"""

from collections.abc import Mapping, Sequence

from catalog.expressions.render import told as told_condition
from catalog.expressions.types import Scope, bind
from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option, Preference, ProductModel, Rule, Text
from catalog.translations import spoken_locale
from configurator.engine.face.conflicts import Explanation, Reason

# Conditions are told as whole clauses, so every sentence sets them behind a colon: no language has
# to reorder them.
_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "rule when": "Where {0}: {1}.",
        "table": "{0} are offered in certain combinations only.",
        "only where": "{0} is available only where {1}.",
        "at least": "{0}: choose at least {1}.",
        "at most": "{0}: choose at most {2}.",
        "exactly": "{0}: choose exactly {1}.",
        "between": "{0}: choose {1} to {2}.",
        "required": "{0} needs a value.",
        "domain": "{0} cannot have this value.",
        "because": "Because of {0}.",
        "unnamed": "The product is not offered in this way.",
        "missing": "Still to choose: {0}.",
        "and": " and ",
        "yes": "Yes",
        "no": "No",
    },
    "de": {
        "rule when": "Falls gilt: {0}, dann auch: {1}.",
        "table": "{0} gibt es nur in bestimmten Kombinationen.",
        "only where": "{0} gibt es nur, wenn gilt: {1}.",
        "at least": "{0}: bitte mindestens {1} wählen.",
        "at most": "{0}: bitte höchstens {2} wählen.",
        "exactly": "{0}: bitte genau {1} wählen.",
        "between": "{0}: bitte {1} bis {2} wählen.",
        "required": "{0} braucht einen Wert.",
        "domain": "{0} kann diesen Wert nicht haben.",
        "because": "Wegen {0}.",
        "unnamed": "So wird das Produkt nicht angeboten.",
        "missing": "Noch zu wählen: {0}.",
        "and": " und ",
        "yes": "Ja",
        "no": "Nein",
    },
    "fr": {
        "rule when": "Dans ce cas : {0}, il faut : {1}.",
        "table": "{0} ne sont proposés que dans certaines combinaisons.",
        "only where": "{0} n'est proposé que dans ce cas : {1}.",
        "at least": "{0} : choisissez-en au moins {1}.",
        "at most": "{0} : choisissez-en au plus {2}.",
        "exactly": "{0} : choisissez-en exactement {1}.",
        "between": "{0} : choisissez-en de {1} à {2}.",
        "required": "{0} demande une valeur.",
        "domain": "{0} ne peut pas avoir cette valeur.",
        "because": "À cause de {0}.",
        "unnamed": "Le produit n'est pas proposé ainsi.",
        "missing": "Reste à choisir : {0}.",
        "and": " et ",
        "yes": "Oui",
        "no": "Non",
    },
}


def reason_text(model: ProductModel, reason: Reason, locale: str | None, wanted: str = "") -> str:
    """Return `reason` as one sentence for a shopper, in `locale` if the product speaks it, or else
    its own.

    What is made from conditions tells lengths in the unit `wanted`, if there is one, as
    `told_shown` does.
    """
    locale = spoken_locale(model, locale)
    phrases = _phrases(locale)
    owner, _, value_key = reason.key.rpartition(".")
    if reason.kind in ("rule", "preference"):
        statements: Sequence[Rule | Preference] = (
            model.rules if reason.kind == "rule" else model.preferences
        )
        statement = next(each for each in statements if each.key == reason.key)
        if statement.message:
            return statement.message.in_locale(locale)
        then = _condition(model, statement.then, locale, wanted)
        if not statement.when:
            return f"{then}."
        return phrases["rule when"].format(_condition(model, statement.when, locale, wanted), then)
    if reason.kind == "table":
        table = next(each for each in model.tables if each.key == reason.key)
        *names, last = (model.option_by_key[key].label.in_locale(locale) for key in table.options)
        listed = phrases["and"].join(filter(None, (", ".join(names), last)))
        return table.message.in_locale(locale) if table.message else phrases["table"].format(listed)
    option = model.option_by_key[owner if reason.kind == "value_condition" else reason.key]
    label = option.label.in_locale(locale)
    if reason.kind == "option_condition":
        return _only_where(model, label, option.reason, option.when, locale, wanted)
    if reason.kind == "value_condition":
        value = option.value_by_key[value_key]
        return _only_where(
            model, value.label.in_locale(locale), value.reason, value.when, locale, wanted
        )
    if reason.kind == "count":
        least, most = option.at_least, option.at_most
        kind = (
            "at most"
            if least is None
            else "at least"
            if most is None
            else "exactly"
            if least == most
            else "between"
        )
        return phrases[kind].format(label, least, most)
    return phrases["domain" if reason.kind == "domain" else "required"].format(label)


def unnamed_text(locale: str | None) -> str:
    """Return the sentence for reasons that are not told."""
    return _phrases(locale)["unnamed"]


def missing_text(model: ProductModel, missing: Sequence[str], locale: str | None) -> str:
    """Return which options still need a choice, as a sentence."""
    locale = spoken_locale(model, locale)
    labels = (model.option_by_key[key].label.in_locale(locale) for key in missing)
    return _phrases(locale)["missing"].format(", ".join(labels))


def explanation_text(
    model: ProductModel, explanation: Explanation, values: Mapping[str, Choice], locale: str | None
) -> str:
    """Return why something does not go: each reason once, then the choices it is because of;
    `values` holds them.

    Such as "A glass top needs the steel frame. Because of Frame: Oak."
    """
    locale = spoken_locale(model, locale)
    sentences = list(
        dict.fromkeys(reason_text(model, reason, locale) for reason in explanation.rules)
    )
    behind = grounds_texts(model, explanation, values, locale)
    if behind:
        sentences.append(_phrases(locale)["because"].format("; ".join(behind)))
    return " ".join(sentences)


def grounds_texts(
    model: ProductModel, explanation: Explanation, values: Mapping[str, Choice], locale: str | None
) -> tuple[str, ...]:
    """Return what was chosen or left as it was behind an explanation, each as "Frame: Oak"."""
    options = model.option_by_key
    keys = dict.fromkeys((*explanation.choices, *explanation.assumed))
    return tuple(
        f"{options[key].label.in_locale(locale)}: {choice_text(options[key], values.get(key), locale) or '–'}"
        for key in keys
    )


def choice_text(option: Option, choice: Choice | None, locale: str | None) -> str:
    """Return a choice as people read it: labels, the number with its unit, yes or no; empty without
    one.
    """
    if choice is None or choice == NOTHING:
        return ""
    if isinstance(choice, bool):
        return _phrases(locale)["yes" if choice else "no"]
    return kind_of(option).told(option, choice, locale)


def _phrases(locale: str | None) -> Mapping[str, str]:
    return _PHRASES.get(
        (locale or "en").lower().replace("_", "-").partition("-")[0], _PHRASES["en"]
    )


def _only_where(
    model: ProductModel, label: str, own: Text | None, when: str | None, locale: str, wanted: str
) -> str:
    """Return the merchant's own sentence for a condition that switches something off, or one made
    from it.
    """
    if own:
        return own.in_locale(locale)
    return _phrases(locale)["only where"].format(label, _condition(model, when, locale, wanted))


def _condition(model: ProductModel, text: str | None, locale: str, wanted: str) -> str:
    return told_condition(bind(text or "true", Scope.of(model), "condition"), model, locale, wanted)
