"""From the operations of a shape to cuts: compiled once a product, given values for each solid."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from catalog.expressions.nodes import Node, reads
from catalog.expressions.scope import Scope
from catalog.expressions.types import bind, bind_in_unit
from catalog.expressions.wanted_units import COUNT, LENGTH
from catalog.product_model import OPERATION_COUNTS, OPERATION_LENGTHS, Choice, Operation, Shape
from catalog.shape_expressions import MOST_CUTS
from configurator.geometry.cuts import Cut, CutRefused, refuse_outside
from configurator.geometry.numbers import NumberRefused, count_of, length_of, size_of

type Values = Mapping[str, Choice]
type Worth = Callable[[Values], Any]

_SIZES = ("diameter", "length", "width", "depth")


@dataclass(frozen=True, eq=False)
class CompiledOperation:
    """An operation whose expressions are compiled; those without a text are left out."""

    operation: Operation
    lengths: Mapping[str, Worth]
    counts: Mapping[str, Worth]
    when: Worth | None


@dataclass(frozen=True, eq=False)
class CompiledOperations:
    """The operations of a shape; `are_same` says that no counter of it is read."""

    each: tuple[CompiledOperation, ...] = ()
    are_same: bool = True


def compile_operations(
    shape: Shape, scope: Scope, worth: Callable[[Node], Worth], counters: Set[str]
) -> CompiledOperations:
    """Return the operations of `shape`, whose nodes `worth` turns into functions of values.

    `counters` are the names that values have those of the shape under.
    """
    read: set[str] = set()

    def compiled(node: Node) -> Worth:
        read.update(reads(node))
        return worth(node)

    def numbers(operation: Operation, names: Sequence[str], unit: str) -> dict[str, Worth]:
        given = {name: text for name in names if (text := getattr(operation, name)) is not None}
        return {name: compiled(bind_in_unit(text, scope, unit)) for name, text in given.items()}

    found = tuple(
        CompiledOperation(
            each,
            lengths=numbers(each, OPERATION_LENGTHS, LENGTH),
            counts=numbers(each, OPERATION_COUNTS, COUNT),
            when=None
            if each.when is None
            else compiled(bind(each.when, scope, "condition", lengths=True)),
        )
        for each in shape.operations
    )
    return CompiledOperations(found, counters.isdisjoint(read))


def cuts_of(
    compiled: CompiledOperations, own: Values, lengths: Sequence[float], left: int
) -> tuple[Cut, ...]:
    """Return the cuts in a board of `lengths`, at most `left` of them.

    Refuses with CutRefused, naming operation and field. Nothing is repeated here.
    """
    found: list[Cut] = []
    for each in compiled.each:
        if each.when is not None and not each.when(own):
            continue
        cut = _cut(each, own)
        left -= cut.count
        if left < 0:
            told = f"with it there are more than {MOST_CUTS:,} cuts"
            raise CutRefused(told, operation=cut.key, field="nx")
        refuse_outside(cut, lengths)
        found.append(cut)
    return tuple(found)


def _cut(each: CompiledOperation, own: Values) -> Cut:
    operation = each.operation
    name = ""
    try:
        lengths: dict[str, float] = {}
        for name, worth in each.lengths.items():
            length = length_of(worth(own))
            lengths[name] = size_of(length) if name in _SIZES else length
        counts: dict[str, int] = {}
        for name, worth in each.counts.items():
            counts[name] = count_of(worth(own), 1, MOST_CUTS)
    except NumberRefused as refused:
        raise CutRefused(refused.sentence, operation=operation.key, field=name) from None
    return Cut(
        key=operation.key,
        kind=operation.kind,
        face=operation.face,
        sku=operation.sku,
        x=lengths.pop("x"),
        y=lengths.pop("y"),
        nx=counts["nx"],
        ny=counts["ny"],
        **lengths,
    )
