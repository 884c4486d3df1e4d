"""Choices as they arrive, read against a product model: text from a form, JSON from a caller, both
become Choice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalog.errors import Malformed, Unreadable
from catalog.kinds.register import KINDS, kind_of
from catalog.kinds.words import short, suggested
from catalog.product_model import Choice, Option, ProductModel, write_choice
from catalog.values import is_nothing

MOST_UNKNOWN = 50


class ChoicesMalformed(Malformed):
    """Choices that name no option or value of the product, or numbers and texts outside their
    domain.
    """

    slug = "choices-malformed"
    title = "These choices could not be read"


@dataclass(frozen=True)
class Misread:
    """A choice that could not be read: the option it was meant for, and what is wrong with it."""

    option: str
    detail: str


def read_choices(model: ProductModel, given: Mapping[str, Any]) -> dict[str, Choice | None]:
    """Return `given` (option key → plain JSON value; None retracts) as choices; refuse with
    ChoicesMalformed.
    """
    return _all_read(*sort_choices(model, given))


def _all_read(
    choices: dict[str, Choice | None], misread: Sequence[Misread]
) -> dict[str, Choice | None]:
    if misread:
        raise ChoicesMalformed(
            misread[0].detail,
            errors=[
                {"pointer": f"/{_escaped(each.option)}", "detail": each.detail} for each in misread
            ],
        )
    return choices


def _escaped(key: str) -> str:
    """Return `key` as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def read_json_choices(
    model: ProductModel, given: Mapping[str, Any], hidden: Collection[str] = ()
) -> dict[str, Choice | None]:
    """Return `given` as `read_choices` does, but take no text for a number or a truth: JSON has
    these itself.

    Options that are `hidden` from who asks are none.
    """
    options = model.option_by_key
    misread = []
    for key, raw in given.items():
        if raw is None or key not in options or key in hidden:
            continue
        kind = KINDS[options[key].kind]
        if not kind.takes_json(raw):
            misread.append(Misread(key, f"{options[key].label}: expected {kind.json_words}"))
    if misread:
        wrong = {each.option for each in misread}
        given = {key: raw for key, raw in given.items() if key not in wrong}
    choices, others = sort_choices(model, given, hidden)
    return _all_read(choices, [*misread, *others])


def read_question(
    model: ProductModel, key: str, raw: Any, hidden: Collection[str] = ()
) -> tuple[str, Choice | None]:
    """Return an option's key and a value of it as they are asked about; refuse with
    ChoicesMalformed.
    """
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
    """Return the choices of `given` that could be read, in the order of the model's options, and
    the others.

    Nothing retracts, as None does, but where an option that may be left empty would have a value
    all the same. Options that are `hidden` from who asks are none.
    """
    choices: dict[str, Choice | None] = {}
    known = _known(model, hidden)
    unknown = (key for key in given if key not in known)
    misread = [
        Misread(key, f"There is no option '{short(key)}'{suggested(key, known)}")
        for key in islice(unknown, MOST_UNKNOWN)
    ]
    speaking = model.options_with_a_say
    for key, option in known.items():
        if key not in given:
            continue
        raw = given[key]
        try:
            choice = None if raw is None else KINDS[option.kind].read(option, raw, None, False, "")
            # No, 0 and nothing are the only ones that are not true.
            choices[key] = choice if choice or choice is None else chosen(option, choice, speaking)
        except Unreadable as error:
            misread.append(Misread(key, f"{option.label}: {error}"))
    return choices, tuple(misread)


def chosen(option: Option, choice: Choice, speaking: Collection[str]) -> Choice | None:
    """Return `choice`, or None where it is to leave empty what would be so, or may not be; see
    `options_with_a_say`.
    """
    is_kept = not is_nothing(choice) or (option.key in speaking and not option.required)
    return choice if is_kept else None


def with_a_say(model: ProductModel, choices: Mapping[str, Choice]) -> Mapping[str, Choice]:
    """Return `choices` without those that are none: to leave empty what would be so, or may not be;
    see `chosen`.
    """
    idle = _idle(model, choices)
    return {key: choice for key, choice in choices.items() if key not in idle} if idle else choices


def with_retractions(
    model: ProductModel, changes: Mapping[str, Choice | None]
) -> Mapping[str, Choice | None]:
    """Return `changes` with None, which retracts, for those that leave empty what would be so, or
    may not be.
    """
    idle = _idle(model, changes)
    return {**changes, **dict.fromkeys(idle)} if idle else changes


def _idle(model: ProductModel, choices: Mapping[str, Choice | None]) -> list[str]:
    # Asked of every choice at every click, and few are empty.
    empty = {
        key: each
        for key, each in choices.items()
        if not each and each is not None and is_nothing(each)
    }
    options, speaking = model.option_by_key, model.options_with_a_say
    return [
        key
        for key, each in empty.items()
        if key in options and chosen(options[key], each, speaking) is None
    ]


def kept_choices(model: ProductModel, stored: Mapping[str, Any]) -> dict[str, Choice]:
    """Return choices as they were kept with a configuration; a text stays as it is, though it be
    read otherwise now.
    """
    choices, _misread = sort_choices(model, stored)
    texts = {
        key: raw
        for key, raw in stored.items()
        if raw and isinstance(raw, str) and _is_text(model, key)
    }
    return {key: choice for key, choice in {**choices, **texts}.items() if choice is not None}


def _is_text(model: ProductModel, key: str) -> bool:
    return key in model.option_by_key and kind_of(model.option_by_key[key]).is_text


def plain_choices(choices: Mapping[str, Choice | None]) -> dict[str, Any]:
    """Return choices as plain JSON values."""
    return {
        key: choice if type(choice) is str else write_choice(choice)
        for key, choice in choices.items()
    }
