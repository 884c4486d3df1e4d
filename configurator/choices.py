"""Choices as they arrive, read against a product model: text from a form, JSON from a caller, both become Choice."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from catalog import patterns
from catalog.errors import Malformed
from catalog.product_model import Choice, Kind, Option, ProductModel, write_choice

MOST_UNKNOWN = 50
MOST_REPEATED = 63


class ChoicesMalformed(Malformed):
    """Choices that name no option or value of the product, or numbers and texts outside their domain."""

    slug = "choices-malformed"
    title = "These choices could not be read"


@dataclass(frozen=True)
class Misread:
    """A choice that could not be read: the option it was meant for, and what is wrong with it."""

    option: str
    detail: str


def read_choices(model: ProductModel, given: Mapping[str, Any]) -> dict[str, Choice | None]:
    """Return `given` (option key → plain JSON value; None retracts) as choices; refuse with ChoicesMalformed."""
    return _all_read(*sort_choices(model, given))


def _all_read(choices: dict[str, Choice | None], misread: Sequence[Misread]) -> dict[str, Choice | None]:
    if misread:
        raise ChoicesMalformed(
            misread[0].detail,
            errors=[{"pointer": f"/{_escaped(each.option)}", "detail": each.detail} for each in misread],
        )
    return choices


def _escaped(key: str) -> str:
    """Return `key` as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def read_json_choices(model: ProductModel, given: Mapping[str, Any]) -> dict[str, Choice | None]:
    """Return `given` as `read_choices` does, but take no text for a number or a truth: JSON has these itself."""
    misread = [
        Misread(key, f"{model.option_by_key[key].label}: expected {_JSON_TYPES[model.option_by_key[key].kind][1]}")
        for key, raw in given.items()
        if key in model.option_by_key and raw is not None and not _is_json(model.option_by_key[key].kind, raw)
    ]
    wrong = {each.option for each in misread}
    choices, others = sort_choices(model, {key: raw for key, raw in given.items() if key not in wrong})
    return _all_read(choices, [*misread, *others])


def read_question(model: ProductModel, key: str, raw: Any) -> tuple[str, Choice | None]:
    """Return an option's key and a value of it as they are asked about; refuse with ChoicesMalformed."""
    if key not in model.option_by_key:
        detail = f"There is no option '{_short(key)}'{_suggested(key, model.option_by_key)}"
        raise ChoicesMalformed(detail, errors=[{"pointer": "/option", "detail": detail}])
    try:
        return key, read_json_choices(model, {key: raw})[key]
    except ChoicesMalformed as refusal:
        errors = [{**each, "pointer": "/value"} for each in refusal.data["errors"]]
        raise ChoicesMalformed(refusal.sentence, errors=errors) from None


def _is_json(kind: Kind, raw: Any) -> bool:
    return isinstance(raw, _JSON_TYPES[kind][0]) and (kind is Kind.BOOLEAN or not isinstance(raw, bool))


def sort_choices(model: ProductModel, given: Mapping[str, Any]) -> tuple[dict[str, Choice | None], tuple[Misread, ...]]:
    """Return the choices of `given` that could be read, in the order of the model's options, and the others."""
    choices: dict[str, Choice | None] = {}
    unknown = (key for key in given if key not in model.option_by_key)
    misread = [
        Misread(key, f"There is no option '{_short(key)}'{_suggested(key, model.option_by_key)}")
        for key in islice(unknown, MOST_UNKNOWN)
    ]
    for option in model.options:
        if option.key in given:
            raw = given[option.key]
            try:
                choices[option.key] = None if raw is None else read_choice(option, raw)
            except ValueError as error:
                misread.append(Misread(option.key, f"{option.label}: {error}"))
    return choices, tuple(misread)


def read_choice(option: Option, raw: Any) -> Choice:
    """Return `raw`, JSON or text from a form, as a choice for `option`; ValueError with a sentence if it is none."""
    return _READERS[option.kind](option, raw)


def _read_value(option: Option, raw: Any) -> str:
    if isinstance(raw, str) and raw in option.value_by_key:
        return raw
    word = str(raw)
    raise ValueError(f"there is no value '{_short(word)}'{_suggested(word, option.value_by_key)}")


def _read_values(option: Option, raw: Any) -> tuple[str, ...]:
    wanted = [raw] if isinstance(raw, str) else raw
    if not isinstance(wanted, (list, tuple)):
        raise ValueError("expected a list of values")
    keys = {_read_value(option, each) for each in wanted}
    return tuple(value.key for value in option.values if value.key in keys)


def _read_boolean(option: Option, raw: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False}
    if isinstance(raw, (bool, str)) and raw in known:
        return known[raw]
    raise ValueError("expected true or false")


def _read_number(option: Option, raw: Any) -> Decimal:
    domain = option.number
    if domain is None or isinstance(raw, bool) or not isinstance(raw, (int, float, str, Decimal)):
        raise ValueError("expected a number")
    if isinstance(raw, str) and not re.fullmatch(r"\s*[-+]?[0-9]{0,20}[.,]?[0-9]{1,20}\s*", raw):
        raise ValueError(f"'{_short(raw)}' is no number")
    number = Decimal(
        raw.strip().replace(",", ".") if isinstance(raw, str) else repr(raw) if isinstance(raw, float) else raw
    )
    told = f"{domain.first:f} to {domain.last:f} {domain.unit}".strip()
    if not number.is_finite() or not domain.first <= number <= domain.last:
        raise ValueError(f"{raw} is outside {told}")
    index = domain.index(number)
    if index is None:
        raise ValueError(f"{raw} is no step of {told}, in steps of {domain.step:f}")
    return domain.at(index)


def _read_text(option: Option, raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("expected a text")
    domain = option.text
    if domain is None:
        return raw
    if "\x00" in raw or not domain.min_length <= len(raw) <= domain.max_length:
        raise ValueError(f"expected {domain.min_length} to {domain.max_length} characters")
    if domain.pattern and not patterns.fits(domain.pattern, raw):
        raise ValueError(
            str(domain.pattern_hint) if domain.pattern_hint else "the text does not have the expected form"
        )
    return raw


def _read_colour(option: Option, raw: Any) -> str:
    if isinstance(raw, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", raw):
        return raw.lower()
    raise ValueError("expected a colour such as #0b6e4f")


_READERS: Mapping[Kind, Callable[[Option, Any], Choice]] = {
    Kind.CHOICE: _read_value,
    Kind.MULTI: _read_values,
    Kind.BOOLEAN: _read_boolean,
    Kind.NUMBER: _read_number,
    Kind.TEXT: _read_text,
    Kind.COLOUR: _read_colour,
}

_JSON_TYPES: Mapping[Kind, tuple[type | tuple[type, ...], str]] = {
    Kind.CHOICE: (str, "a value's key, as a text"),
    Kind.MULTI: (list, "a list of values' keys"),
    Kind.BOOLEAN: (bool, "true or false"),
    Kind.NUMBER: ((int, float), "a number"),
    Kind.TEXT: (str, "a text"),
    Kind.COLOUR: (str, "a colour such as #0b6e4f, as a text"),
}


def _short(word: str) -> str:
    """Return what is repeated of somebody's input: enough to recognise it."""
    return word if len(word) <= MOST_REPEATED else f"{word[:MOST_REPEATED]}…"


def _suggested(word: str, known: Mapping[str, object]) -> str:
    # Likeness is looked for in time that grows with the square of the length; no key is longer than this.
    close = difflib.get_close_matches(word, known, n=1) if len(word) <= MOST_REPEATED else []
    return f"; did you mean '{close[0]}'?" if close else ""


def plain_choices(choices: Mapping[str, Choice | None]) -> dict[str, Any]:
    """Return choices as plain JSON values."""
    return {key: write_choice(choice) for key, choice in choices.items()}
