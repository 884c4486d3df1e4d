"""Choices as they arrive, read against a product model: text from a form, JSON from a caller, both become Choice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalog.errors import Malformed, Unreadable
from catalog.kinds.register import kind_of
from catalog.kinds.words import short, suggested
from catalog.product_model import Choice, Option, ProductModel, write_choice
from catalog.values import is_nothing, read_value

MOST_UNKNOWN = 50


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


def read_json_choices(
    model: ProductModel, given: Mapping[str, Any], hidden: Collection[str] = ()
) -> dict[str, Choice | None]:
    """Return `given` as `read_choices` does, but take no text for a number or a truth: JSON has these itself.

    Options that are `hidden` from who asks are none.
    """
    misread = [
        Misread(key, f"{model.option_by_key[key].label}: expected {kind_of(model.option_by_key[key]).json_words}")
        for key, raw in given.items()
        if key in model.option_by_key
        and key not in hidden
        and raw is not None
        and not kind_of(model.option_by_key[key]).takes_json(raw)
    ]
    wrong = {each.option for each in misread}
    choices, others = sort_choices(model, {key: raw for key, raw in given.items() if key not in wrong}, hidden)
    return _all_read(choices, [*misread, *others])


def read_question(model: ProductModel, key: str, raw: Any, hidden: Collection[str] = ()) -> tuple[str, Choice | None]:
    """Return an option's key and a value of it as they are asked about; refuse with ChoicesMalformed."""
    known = _known(model, hidden)
    if key not in known:
        detail = f"There is no option '{short(key)}'{suggested(key, known)}"
        raise ChoicesMalformed(detail, errors=[{"pointer": "/option", "detail": detail}])
    try:
        return key, read_json_choices(model, {key: raw})[key]
    except ChoicesMalformed as refusal:
        errors = [{**each, "pointer": "/value"} for each in refusal.data["errors"]]
        raise ChoicesMalformed(refusal.sentence, errors=errors) from None


def _known(model: ProductModel, hidden: Collection[str]) -> Mapping[str, Option]:
    if not hidden:
        return model.option_by_key
    return {key: option for key, option in model.option_by_key.items() if key not in hidden}


def sort_choices(
    model: ProductModel, given: Mapping[str, Any], hidden: Collection[str] = ()
) -> tuple[dict[str, Choice | None], tuple[Misread, ...]]:
    """Return the choices of `given` that could be read, in the order of the model's options, and the others.

    Nothing retracts, as None does, but where an option that may be left empty would have a value all the same. Options
    that are `hidden` from who asks are none.
    """
    choices: dict[str, Choice | None] = {}
    known = _known(model, hidden)
    unknown = (key for key in given if key not in known)
    misread = [
        Misread(key, f"There is no option '{short(key)}'{suggested(key, known)}")
        for key in islice(unknown, MOST_UNKNOWN)
    ]
    speaking = model.options_with_a_say
    for option in model.options:
        if option.key in given and option.key in known:
            raw = given[option.key]
            try:
                choices[option.key] = None if raw is None else chosen(option, read_value(option, raw), speaking)
            except Unreadable as error:
                misread.append(Misread(option.key, f"{option.label}: {error}"))
    return choices, tuple(misread)


def chosen(option: Option, choice: Choice, speaking: Collection[str]) -> Choice | None:
    """Return `choice`, or None where it is to leave empty what would be so, or may not be; see `options_with_a_say`."""
    is_kept = not is_nothing(choice) or (option.key in speaking and not option.required)
    return choice if is_kept else None


def kept_choices(model: ProductModel, stored: Mapping[str, Any]) -> dict[str, Choice]:
    """Return choices as they were kept with a configuration; a text stays as it is, though it be read otherwise now."""
    choices, _misread = sort_choices(model, stored)
    texts = {key: raw for key, raw in stored.items() if raw and isinstance(raw, str) and _is_text(model, key)}
    return {key: choice for key, choice in {**choices, **texts}.items() if choice is not None}


def _is_text(model: ProductModel, key: str) -> bool:
    return key in model.option_by_key and kind_of(model.option_by_key[key]).is_text


def plain_choices(choices: Mapping[str, Choice | None]) -> dict[str, Any]:
    """Return choices as plain JSON values."""
    return {key: write_choice(choice) for key, choice in choices.items()}
