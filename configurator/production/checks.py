"""What is wrong with the BOM lines of a product model before it is published: parts without a number."""

from collections.abc import Iterator

from catalog.expressions.errors import suggestion
from catalog.expressions.evaluate import evaluate
from catalog.expressions.nodes import And, Node, reads
from catalog.expressions.types import Scope, bind
from catalog.findings import Finding
from catalog.model_checks import inside
from catalog.product_model import BomLine, Kind, Option, ProductModel, Value


def part_findings(model: ProductModel) -> list[Finding]:
    """Return what keeps BOM lines of `model`, and of the products it contains, from naming their part.

    Expressions are found by the catalog's checks.
    """
    own = [finding for line in model.bom_lines for finding in _findings(model, line)]
    contained = (
        inside(assembly, finding) for assembly in model.assemblies for finding in part_findings(assembly.definition)
    )
    return [*own, *contained]


def _findings(model: ProductModel, line: BomLine) -> Iterator[Finding]:
    path = f"bom_lines/{line.key}"
    if line.option is None:
        if not line.part:
            sentence = f"BOM line '{line.key}' names no part; give it a part number or an option whose values have one."
            yield Finding("warning", "no-part", path, sentence)
        return
    option = model.option_by_key.get(line.option)
    if option is None:
        hint = suggestion(line.option, model.option_by_key)
        sentence = f"BOM line '{line.key}' takes its part from the option '{line.option}', which does not exist"
        yield Finding("error", "unknown-option", f"{path}/option", f"{sentence}{'; ' + hint if hint else '.'}")
        return
    if option.kind not in (Kind.CHOICE, Kind.MULTI):
        sentence = f"BOM line '{line.key}' takes its part from '{option.key}', which is a {option.kind} without values."
        yield Finding("error", "part-option", f"{path}/option", sentence)
        return
    if line.part:
        sentence = f"BOM line '{line.key}' has a part number and an option; the number is not used, so remove it."
        yield Finding("warning", "idle-part", f"{path}/part", sentence)
    yield from _numberless(model, line, option)


def _numberless(model: ProductModel, line: BomLine, option: Option) -> Iterator[Finding]:
    condition = bind(line.when, Scope.of(model), "condition", lengths=True) if line.when is not None else None
    for value in option.values:
        if not value.sku and not _leaves_out(condition, option, value):
            sentence = (
                f"BOM line '{line.key}' takes its part from '{option.key}', and the value '{value.key}' has no SKU; "
                "give it one, or a condition to the line that leaves it out."
            )
            example = {option.key: [value.key] if option.kind is Kind.MULTI else value.key}
            # A condition on other options may rule the value out as well; without one it is certain.
            place = f"options/{option.key}/values/{value.key}/sku"
            yield Finding("error" if line.when is None else "warning", "no-sku", place, sentence, example)


def _leaves_out(condition: Node | None, option: Option, value: Value) -> bool:
    """Return whether a part of the condition that reads nothing but the option is false for the value."""
    if condition is None or option.kind is not Kind.CHOICE:
        return False
    parts = condition.parts if isinstance(condition, And) else (condition,)
    return any(reads(part) == {option.key} and not evaluate(part, {option.key: value.key}) for part in parts)
