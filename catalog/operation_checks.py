"""What is wrong with the operations of a shape by their form, before any number is worked out."""

from collections.abc import Iterator

from catalog.counts import told_count
from catalog.findings import Finding
from catalog.product_model import OPERATION_COUNTS, Operation, Shape
from catalog.shape_expressions import MOST_CUTS, MOST_OPERATIONS

# By kind: the fields it needs, and those that mean nothing to it.
_NEEDS = {
    "hole": ("diameter",),
    "pocket": ("length", "width", "depth"),
    "groove": ("length", "width", "depth"),
    "cut_out": ("length", "width"),
}
_IDLE = {
    "hole": ("length", "width"),
    "pocket": ("diameter",),
    "groove": ("diameter",),
    "cut_out": ("diameter", "depth"),
}


def check_operations(shape: Shape, path: str) -> Iterator[Finding]:
    """Return an error for each operation of a shape that no board can have as it is written."""
    if not shape.operations:
        return
    told, here = f"Shape '{shape.key}', operations", f"{path}/operations"
    if shape.form != "box":
        yield _error(here, f"{told}: only a box is machined; remove them.")
    if len(shape.operations) > MOST_OPERATIONS:
        found = told_count(len(shape.operations), "operation")
        yield _error(here, f"{told}: it has {found}; at most {MOST_OPERATIONS} are possible.")
    seen: set[str] = set()
    for operation in shape.operations:
        if operation.key in seen:
            sentence = f"{told}: '{operation.key}' stands twice; give one of them another key."
            yield Finding("error", "key-repeated", f"{here}/{operation.key}", sentence)
        seen.add(operation.key)
        yield from _field_findings(operation, f"Shape '{shape.key}'", f"{here}/{operation.key}")


def _field_findings(operation: Operation, of: str, path: str) -> Iterator[Finding]:
    told, noun = f"{of}, operation '{operation.key}'", operation.kind.replace("_", "-")
    for name in _NEEDS[operation.kind]:
        if getattr(operation, name) is None:
            yield _error(f"{path}/{name}", f"{told}, {name}: a {noun} needs one.")
    for name in _IDLE[operation.kind]:
        if getattr(operation, name) is not None:
            yield _error(f"{path}/{name}", f"{told}, {name}: a {noun} has none; remove it.")
    for name in OPERATION_COUNTS:
        text = getattr(operation, name)
        if text.isdecimal() and not 1 <= int(text) <= MOST_CUTS:
            sentence = f"{told}, {name}: write a number from 1 to {MOST_CUTS:,}."
            yield _error(f"{path}/{name}", sentence)


def _error(path: str, sentence: str) -> Finding:
    return Finding("error", "shape-operation", path, sentence)
