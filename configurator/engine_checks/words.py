"""How findings name things: reasons, options and their values, lists of them with an end."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.product_model import Choice, Option, ProductModel, write_choice
from configurator.engine.face.conflicts import Reason

MOST_LISTED = 12


def told(reason: Reason) -> str:
    """Return what a reason is, as part of a sentence."""
    match reason.kind:
        case "rule":
            return f"rule '{reason.key}'"
        case "table":
            return f"table '{reason.key}'"
        case "option_condition":
            return f"the condition of option '{reason.key}'"
        case "value_condition":
            return f"the condition of value '{reason.key}'"
        case "count":
            return f"the number of values of '{reason.key}'"
        case "required":
            return f"the need of '{reason.key}' for a value"
        case "preference":
            return f"preference '{reason.key}'"
        case "domain":
            return f"the domain of '{reason.key}'"


def listed(reasons: Sequence[Reason]) -> str:
    """Return the reasons as one list, the first ones where they are many."""
    return joined([told(reason) for reason in reasons]) or "its own domain"


def names_of(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return what a finding is about, where it is about reasons: their kinds and keys."""
    return tuple(f"{reason.kind} {reason.key}" for reason in reasons)


def verb(reasons: Sequence[Reason]) -> str:
    """Return how the reasons are the subject of a sentence about what they forbid."""
    return "forbids" if len(reasons) == 1 else "together forbid"


def joined(words: Sequence[str], most: int = MOST_LISTED) -> str:
    """Return "a, b and c", or the first `most` of them "and 7 more"; empty for none."""
    shown = list(words) if len(words) <= most + 1 else [*words[:most], f"{len(words) - most} more"]
    return (
        shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""
    )


def labels(model: ProductModel, keys: Iterable[str]) -> str:
    """Return the labels of options as one list."""
    return joined([f"'{model.option_by_key[key].label}'" for key in keys])


def value_told(option: Option, choice: Choice) -> str:
    """Return a value as people know it: the labels of listed values, yes or no, a number with its
    unit.
    """
    if isinstance(choice, bool):
        return "yes" if choice else "no"
    if isinstance(choice, Decimal):
        unit = f" {option.number.unit}" if option.number and option.number.unit else ""
        return f"{choice:f}{unit}"
    keys = choice if isinstance(choice, tuple) else (choice,)
    known = option.value_by_key
    return (
        joined([f"'{known[key].label}'" if key in known else f"'{key}'" for key in keys])
        or "nothing"
    )


def example_of(choices: Mapping[str, Choice], keys: Iterable[str] | None = None) -> dict[str, Any]:
    """Return those of the choices that `keys` names (all without it), as plain JSON values."""
    return {key: write_choice(choices[key]) for key in (choices if keys is None else keys)}
