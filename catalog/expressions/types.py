"""From text to bound nodes: `bind` reads an expression over the names that a product model offers.

Units are settled here (see `docs/modelling/expressions.md` for the rules), keys of values find
their options, and derived values are replaced by their formulas, within bounds that keep every
later reader fast.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from catalog.expressions.arithmetic import constant
from catalog.expressions.binder import Binder, Expected, Naming, existence
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.measures import Bound, counted_in
from catalog.expressions.nodes import Node
from catalog.expressions.parser import parse
from catalog.expressions.scope import Scope
from catalog.expressions.syntax import Span, Syntax
from catalog.units import unit_named

__all__ = [
    "Expected",
    "Naming",
    "Scope",
    "bind",
    "bind_derived",
    "bind_in_unit",
    "existence",
    "namings",
    "prepare",
]

# Short enough for the digits that a number may have (see the lexer).
_PLAIN_NUMBER = re.compile(r"[0-9]{1,8}(\.[0-9]{1,7})?")


def prepare(scope: Scope, wanted: Iterable[str]) -> None:
    """Bind the derived values among `wanted` and all they read, those that are read first.

    Without recursion, since a chain of derived values may be as long as the product has them.
    """
    bound = scope.bound
    parsed: dict[str, Syntax] = {}
    waiting = [(key, False) for key in wanted if key in scope.derived and key not in bound]
    while waiting:
        key, ready = waiting.pop()
        if key in bound:
            continue
        if ready:
            try:
                binder = Binder(scope, lengths=True, places=scope.places_of(key))
                bound[key] = binder.derived(scope.derived[key], parsed[key])
            except ExpressionRefused as refused:
                bound[key] = refused
        elif key not in parsed:
            try:
                parsed[key] = parse(scope.derived[key].formula)
            except ExpressionRefused as refused:
                bound[key] = refused
                continue
            waiting.append((key, True))
            waiting.extend(
                (each, False)
                for each in scope.derived_in(parsed[key], scope.places_of(key))
                if each not in parsed
            )


def bind(
    text: str,
    scope: Scope,
    expected: Expected = "condition",
    *,
    lengths: bool = False,
    unit: str | None = None,
) -> Node:
    """Return the nodes of `text`; refuse with ExpressionRefused what cannot be read, found or
    compared.

    `expected` is what the place needs: a condition, a number, a text (or the key of a choice), or
    any of them. `lengths` allows what depends on the characters of a text option: for prices,
    parts, lead times and pictures, not for rules and conditions of options. A number that has a
    unit is converted to `unit` where one is given; what does not fit it is refused.
    """
    return _bound(text, scope, expected, lengths, unit, True).node


def bind_in_unit(text: str, scope: Scope, unit: str | None) -> Node:
    """Return the nodes of a number that is wanted in `unit`, converted exactly; None takes it as it
    is.

    It may depend on the characters of a text. What does not fit the unit is taken as it is:
    publishing refuses it, and what was published before answers as it did.
    """
    # A product has an amount for each of its values: almost all of them are plain numbers.
    if _PLAIN_NUMBER.fullmatch(text):
        return constant(Fraction(text) if "." in text else int(text))
    return _bound(text, scope, "number", True, unit, False).node


def _bound(
    text: str, scope: Scope, expected: Expected, lengths: bool, unit: str | None, is_strict: bool
) -> Bound:
    parsed = parse(text)
    prepare(scope, scope.derived_in(parsed, scope.places))
    bound = Binder(scope, lengths, scope.places).whole(parsed, expected)
    return bound if unit is None else counted_in(bound, unit_named(unit), parsed.span, is_strict)


def bind_derived(key: str, scope: Scope) -> Node:
    """Return the nodes of a derived value's formula; refuse with ExpressionRefused, the span being
    in the formula.
    """
    prepare(scope, [key])
    bound = scope.bound_derived(key)
    if isinstance(bound, ExpressionRefused):
        raise bound
    if bound is None:
        raise KeyError(key)
    return bound.node


def namings(
    text: str, scope: Scope, expected: Expected = "any", *, lengths: bool = True
) -> tuple[Mapping[Span, Naming], Node]:
    """Return what each name that stands in `text` is of, by its span, with the nodes; refuse as
    `bind` does.
    """
    parsed = parse(text)
    prepare(scope, scope.derived_in(parsed, scope.places))
    noted: dict[Span, Naming] = {}
    bound = Binder(scope, lengths, scope.places, noted).whole(parsed, expected)
    return noted, bound.node
