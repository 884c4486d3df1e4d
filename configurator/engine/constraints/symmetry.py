"""Interchangeable instances of sub-assemblies: what one of them can have, and what need not be
asked of the others.

Instances that no expression names by their numbers are interchangeable: any two that exist in a
configuration may be swapped, and it stays one. So if an instance that nobody has chosen anything in
can have a value, each such instance before it can have it too (it exists whenever the later one
does); and what one cannot have, none after it can. Only the first instance of which something is
not known yet has to be asked.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.assemblies import ExpandedModel, as_written
from catalog.expressions import syntax
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.parser import parse
from catalog.kinds.register import kind_of
from catalog.product_model import ProductModel
from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.slots import IN, Slots
from configurator.engine.constraints.value_classes import Classes


@dataclass(frozen=True, eq=False)
class Orbit:
    """The instances of one sub-assembly: `targets` holds in each row where one of them has the same
    things.

    Row i is for instance i, a column for one value of one option; `slots` holds the slots of each
    instance.
    """

    targets: Array
    slots: tuple[frozenset[int], ...]


@dataclass(frozen=True, eq=False)
class Symmetry:
    """All that is interchangeable in a product; empty for most."""

    orbits: tuple[Orbit, ...] = ()

    def untouched(self, slots: Collection[int]) -> list[Array]:
        """Return for each sub-assembly the targets of the instances that none of `slots` belongs
        to.
        """
        chosen = frozenset(slots)
        found = []
        for orbit in self.orbits:
            rows = [row for row, own in enumerate(orbit.slots) if own.isdisjoint(chosen)]
            if len(rows) > 1:
                found.append(orbit.targets[rows])
        return found

    def on(self, targets: Array, slots: Mapping[int, int]) -> "Symmetry":
        """Return what is interchangeable in a piece of the product: its targets and slots by their
        numbers there.

        `targets` holds the number of each target of the whole, -1 for those of other pieces.
        """
        found = []
        for orbit in self.orbits:
            rows = targets[orbit.targets]
            here = (rows >= 0).all(axis=0)
            if here.any():
                own = tuple(
                    frozenset(slots[slot] for slot in each if slot in slots) for each in orbit.slots
                )
                found.append(Orbit(rows[:, here], own))
        return Symmetry(tuple(found))


def spread(seen: Array, rows: Sequence[Array]) -> None:
    """Mark in `seen` what an instance can have since a later one can; `rows` are those of
    `untouched`.
    """
    for targets in rows:
        seen[targets] = np.logical_or.accumulate(seen[targets][::-1], axis=0)[::-1]


def asked(todo: Array, rows: Sequence[Array]) -> Array:
    """Return `todo` with the first instance alone of those that the same is to be asked of."""
    if not rows:
        return todo
    found = todo.copy()
    for targets in rows:
        wanted = todo[targets]
        found[targets] &= np.cumsum(wanted, axis=0) <= 1
    return found


def symmetry_of(model: ProductModel, slots: Slots, classes: Classes, offsets: Array) -> Symmetry:
    """Return what is interchangeable in an expanded `model`; `offsets` tells where the targets of
    each slot begin.
    """
    if not isinstance(model, ExpandedModel):
        return Symmetry()
    named = frozenset(_named(as_written(model), ""))
    found = []
    for key, instances in model.instances_of.items():
        path = ".".join(key.split(".")[::2])
        if len(instances) > 1 and not any(
            path == each or path.endswith(f".{each}") for each in named
        ):
            orbit = _orbit(
                [f"{instance.place}." for instance in instances], model, slots, classes, offsets
            )
            if orbit is not None:
                found.append(orbit)
    return Symmetry(tuple(found))


def _orbit(
    places: Sequence[str], model: ProductModel, slots: Slots, classes: Classes, offsets: Array
) -> Orbit | None:
    """Return where each instance has what; None where rules tell other values of one instance apart
    than of another.
    """
    rows: list[list[int]] = [[] for _ in places]
    own: list[set[int]] = [set() for _ in places]
    inside = [option for option in model.options if option.key.startswith(places[0])]
    for option in inside:
        keys = [f"{place}{option.key[len(places[0]) :]}" for place in places]
        if kind_of(option).is_several:
            for value in option.values:
                for row, key in enumerate(keys):
                    member = slots.of_member[key, value.key].index
                    rows[row].append(int(offsets[member]) + int(classes.of_cell[member][IN]))
                    own[row].add(member)
            continue
        asking = [slots.of_option[key] for key in keys]
        # "No value" is another thing for an instance that may be missing than for one that is
        # always there.
        cells = min(slot.cells if slot.none is None else slot.none for slot in asking)
        known = classes.of_cell[asking[0].index][:cells]
        for row, slot in enumerate(asking):
            if not np.array_equal(classes.of_cell[slot.index][:cells], known):
                return None
            rows[row] += (int(offsets[slot.index]) + np.unique(known)).tolist()
            own[row].add(slot.index)
    return Orbit(np.array(rows, np.int64), tuple(map(frozenset, own))) if inside else None


def _named(model: ProductModel, within: str) -> Iterator[str]:
    """Return the sub-assemblies of which some expression names one instance, as `racks.boards`."""
    texts = [
        text
        for option in model.options
        for text in (option.when, *(value.when for value in option.values))
    ]
    texts += [text for rule in model.rules for text in (rule.when, rule.then)]
    texts += [derived.formula for derived in model.derived]
    texts += [assembly.when for assembly in model.assemblies]
    for text in texts:
        if text and "." in text:
            yield from (f"{within}{path}" for path in _names_in(text))
    for assembly in model.assemblies:
        yield from _named(assembly.definition, f"{within}{assembly.key}.")


def _names_in(text: str) -> Iterator[str]:
    try:
        waiting: list[syntax.Syntax | syntax.Range] = [parse(text)]
    except ExpressionRefused:
        return
    while waiting:
        part = waiting.pop()
        key = (
            part.key
            if isinstance(part, syntax.Name)
            else part.place
            if isinstance(part, syntax.Placed)
            else ""
        )
        pieces = key.split(".")
        # `racks.1.boards.2.kind` names an instance of racks, and one of the boards in it.
        yield from (".".join(pieces[: place + 1 : 2]) for place in range(0, len(pieces) - 1, 2))
        waiting.extend(syntax.parts(part))


def touched(fixed: Mapping[int, int], denied: Sequence[int], slots_of_flat: Array) -> set[int]:
    """Return the slots that choices speak of: fixed ones, and those of which a class (flat) is
    denied.
    """
    return {*fixed, *(int(slots_of_flat[flat]) for flat in denied)}
