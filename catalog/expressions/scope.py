"""The names that expressions of one product model may use."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from catalog.assemblies import ExpandedModel, Instance, expanded
from catalog.expressions import syntax
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.measures import Bound
from catalog.expressions.syntax import Syntax
from catalog.product_model import Derived, Option, ProductModel
from catalog.units import STANDARD, unit_named


class Scope:
    """The names an expression of one product model may use. Not shared between threads while
    binding.

    `bound`, `existing` and `attributes` keep what was bound once. `instances` holds the instances
    of each sub-assembly by the key of the option that counts them. Expressions are about `places`,
    the first that has a name counts, and so are the formulas of the derived values `own`.
    """

    def __init__(
        self, model: ProductModel, places: Sequence[str] = ("",), own: Collection[str] = ()
    ) -> None:
        model = expanded(model)
        self.places = places
        self.own = own
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
        self.bound: dict[str, Bound | ExpressionRefused] = {}
        self.existing: dict[str, Bound] = {}
        self.attributes: dict[tuple[str, str, bool], Bound] = {}

    @classmethod
    def of(cls, model: ProductModel) -> "Scope":
        """Return the scope of `model` with its sub-assemblies written out; derived values are bound
        when first read.

        Refuses with AssembliesRefused sub-assemblies that cannot be written out.
        """
        return cls(model)

    def names(self) -> list[str]:
        """Return the keys of all options and derived values."""
        return [*self.options, *self.derived]

    def bound_derived(self, key: str) -> Bound | ExpressionRefused | None:
        """Return the bound formula of a derived value, why it has none, or None while it waits for
        itself.
        """
        return self.bound.get(key)

    def places_of(self, derived: str) -> Sequence[str]:
        """Return what the formula of a derived value is about."""
        return self.places if derived in self.own else ("",)

    def derived_in(self, parsed: Syntax, places: Sequence[str]) -> list[str]:
        """Return the keys of the derived values that `parsed` may read, also those of instances."""
        if not self.derived:
            return []
        return sorted({key for key in self._keys_in(parsed, places) if key in self.derived})

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


def keys_of(key: str, places: Iterable[str]) -> Iterator[str]:
    """Return what `key` is called in full in each of the places."""
    return (f"{place}.{key}" if place else key for place in places)
