"""From text to bound nodes: the names a product model offers, and `bind`, which reads an expression over them.

Units are settled here (see `docs/modelling/expressions.md` for the rules), keys of values find their options, and
derived values are replaced by their formulas, within bounds that keep every later reader fast.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog.assemblies import ExpandedModel, Instance, expanded
from catalog.expressions import syntax
from catalog.expressions.binder import Binder, Expected, Naming, keys_of
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.measures import Bound, counted_in
from catalog.expressions.nodes import Node
from catalog.expressions.parser import parse
from catalog.expressions.syntax import Span, Syntax
from catalog.expressions.units import STANDARD, unit_named
from catalog.product_model import Derived, Option, ProductModel

__all__ = ["Expected", "Naming", "Scope", "bind", "bind_derived", "bind_in_unit", "namings"]


class Scope:
    """The names an expression of one product model may use. Not shared between threads while binding.

    `instances` holds the instances of each sub-assembly by the key of the option that counts them.
    """

    def __init__(self, model: ProductModel) -> None:
        model = expanded(model)
        self.instances: Mapping[str, tuple[Instance, ...]] = {}
        self.instance_at: Mapping[str, Instance] = {}
        if isinstance(model, ExpandedModel):
            self.instances, self.instance_at = model.instances_of, model.instance_at
        self.model = model
        self.options: Mapping[str, Option] = model.option_by_key
        self.derived: Mapping[str, Derived] = model.derived_by_key
        own = [option.number.unit for option in model.options if option.number is not None]
        own += [derived.unit for derived in model.derived]
        self.units = {**STANDARD, **{name: unit_named(name) for name in own if name}}
        self._bound: dict[str, Bound | ExpressionRefused] = {}
        self._exists: dict[str, Bound] = {}
        self.attributes: dict[tuple[str, str, bool], Bound] = {}

    @classmethod
    def of(cls, model: ProductModel) -> "Scope":
        """Return the scope of `model` with its sub-assemblies written out; derived values are bound when first read.

        Refuses with AssembliesRefused sub-assemblies that cannot be written out.
        """
        return cls(model)

    def names(self) -> list[str]:
        """Return the keys of all options and derived values."""
        return [*self.options, *self.derived]

    def bound_derived(self, key: str) -> Bound | ExpressionRefused | None:
        """Return the bound formula of a derived value, why it has none, or None while it waits for itself."""
        return self._bound.get(key)

    def exists(self, instance: Instance) -> Bound | None:
        """Return the bound condition under which there is this instance, None where there always is."""
        if instance.exists is None:
            return None
        if instance.place not in self._exists:
            self._exists[instance.place] = Binder(self, lengths=False).condition(parse(instance.exists))
        return self._exists[instance.place]

    def derived_in(self, parsed: Syntax) -> list[str]:
        """Return the keys of the derived values that `parsed` may read, also those of instances."""
        if not self.derived:
            return []
        return sorted({key for key in self._keys_in(parsed, ("",)) if key in self.derived})

    def _keys_in(self, part: Syntax | syntax.Range, places: Sequence[str]) -> Iterator[str]:
        match part:
            case syntax.Name():
                yield from keys_of(part.key, places)
            case syntax.Placed():
                for place in keys_of(part.place, places):
                    yield from self._keys_in(part.inner, (place,))
            case syntax.Function() if self.instances:
                owner = part.arguments[0] if part.arguments else None
                counted = keys_of(owner.key, places) if isinstance(owner, syntax.Name) else ()
                of = next((self.instances[key] for key in counted if key in self.instances), ())
                for argument in part.arguments:
                    yield from self._keys_in(argument, places)
                    for instance in of:
                        yield from self._keys_in(argument, (instance.place, *places))
            case _:
                for below in syntax.parts(part):
                    yield from self._keys_in(below, places)

    def prepare(self, wanted: Iterable[str]) -> None:
        """Bind the derived values among `wanted` and all they read, those that are read first.

        Without recursion, since a chain of derived values may be as long as the product has them.
        """
        parsed: dict[str, Syntax] = {}
        waiting = [(key, False) for key in wanted if key in self.derived and key not in self._bound]
        while waiting:
            key, ready = waiting.pop()
            if key in self._bound:
                continue
            if ready:
                try:
                    self._bound[key] = Binder(self, lengths=True).derived(self.derived[key], parsed[key])
                except ExpressionRefused as refused:
                    self._bound[key] = refused
            elif key not in parsed:
                try:
                    parsed[key] = parse(self.derived[key].formula)
                except ExpressionRefused as refused:
                    self._bound[key] = refused
                    continue
                waiting.append((key, True))
                waiting.extend((each, False) for each in self.derived_in(parsed[key]) if each not in parsed)


def bind(
    text: str, scope: Scope, expected: Expected = "condition", *, lengths: bool = False, unit: str | None = None
) -> Node:
    """Return the nodes of `text`; refuse with ExpressionRefused what cannot be read, found or compared.

    `expected` is what the place needs: a condition, a number, a text (or the key of a choice), or any of them.
    `lengths` allows what depends on the characters of a text option: for prices, parts, lead times and pictures, not
    for rules and conditions of options. A number that has a unit is converted to `unit` where one is given; what does
    not fit it is refused.
    """
    return _bound(text, scope, expected, lengths, unit, True).node


def bind_in_unit(text: str, scope: Scope, unit: str | None) -> Node:
    """Return the nodes of a number that is wanted in `unit`, converted exactly; None takes it as it is.

    It may depend on the characters of a text. What does not fit the unit is taken as it is: publishing refuses it, and
    what was published before answers as it did.
    """
    return _bound(text, scope, "number", True, unit, False).node


def _bound(text: str, scope: Scope, expected: Expected, lengths: bool, unit: str | None, is_strict: bool) -> Bound:
    parsed = parse(text)
    scope.prepare(scope.derived_in(parsed))
    bound = Binder(scope, lengths).whole(parsed, expected)
    return bound if unit is None else counted_in(bound, unit_named(unit), parsed.span, is_strict)


def bind_derived(key: str, scope: Scope) -> Node:
    """Return the nodes of a derived value's formula; refuse with ExpressionRefused, the span being in the formula."""
    scope.prepare([key])
    bound = scope.bound_derived(key)
    if isinstance(bound, ExpressionRefused):
        raise bound
    if bound is None:
        raise KeyError(key)
    return bound.node


def namings(
    text: str, scope: Scope, expected: Expected = "any", *, lengths: bool = True
) -> tuple[Mapping[Span, Naming], Node]:
    """Return what each name that stands in `text` is of, by its span, with the nodes; refuse as `bind` does."""
    parsed = parse(text)
    scope.prepare(scope.derived_in(parsed))
    noted: dict[Span, Naming] = {}
    bound = Binder(scope, lengths, noted=noted).whole(parsed, expected)
    return noted, bound.node
