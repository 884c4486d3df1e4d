"""Comparisons with the least or greatest of many numbers, said as comparisons with each of them.

`max(a, b, c) <= d` reads four options at once; as comparisons of a, b and c with d it reads two at
a time.
"""

from typing import Literal

from catalog.expressions import nodes
from catalog.expressions.nodes import Node

type Operator = Literal["<", "<=", "==", "!=", ">=", ">"]

_TURNED: dict[Operator, Operator] = {
    "<": ">",
    "<=": ">=",
    "==": "==",
    "!=": "!=",
    ">=": "<=",
    ">": "<",
}


def part_by_part(comparison: nodes.Compare) -> Node | None:
    """Return the same condition without the least or greatest on one side; None where there is none
    to take apart.

    Parts that are undefined count for nothing, so the comparison is true only if some part is
    comparable.
    """
    operator, left, right = comparison.operator, comparison.left, comparison.right
    if not _is_extreme(left):
        if not _is_extreme(right):
            return None
        operator, left, right = _TURNED[operator], right, left
    assert isinstance(left, nodes.Fold)
    # What the smallest is to "less", the greatest is to "more".
    beyond: Operator = ">" if left.function == "max" else "<"
    short: Operator = _TURNED[beyond]
    reaching: Operator = ">=" if left.function == "max" else "<="

    def some(compared: Operator) -> Node:
        return nodes.Or(tuple(nodes.Compare(compared, part, right) for part in left.parts))

    if operator in (beyond, reaching):
        return some(operator)
    if operator == "!=":
        return nodes.Or((some(beyond), nodes.And((some(short), nodes.Not(some(reaching))))))
    forbidden: Operator = reaching if operator == short else beyond
    return nodes.And((some(operator), nodes.Not(some(forbidden))))


def _is_extreme(node: Node) -> bool:
    return isinstance(node, nodes.Fold) and node.function in ("min", "max")
