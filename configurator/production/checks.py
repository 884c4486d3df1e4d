"""What is wrong with the BOM lines of a product model by their form: lines that name no part, or
two.
"""

from collections.abc import Iterator

from catalog.expressions.errors import suggestion
from catalog.findings import Finding
from catalog.kinds.register import kind_of
from catalog.model_checks import inside
from catalog.product_model import BomLine, ProductModel


def part_findings(model: ProductModel) -> list[Finding]:
    """Return what keeps BOM lines of `model`, and of the products it contains, from naming their
    part.

    Expressions are found by the catalog's checks, and values without SKU that somebody can choose
    by the engine's.
    """
    own = [finding for line in model.bom_lines for finding in _findings(model, line)]
    contained = (
        inside(assembly, finding)
        for assembly in model.assemblies
        for finding in part_findings(assembly.definition)
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
        yield Finding(
            "error", "unknown-option", f"{path}/option", f"{sentence}{'; ' + hint if hint else '.'}"
        )
        return
    if not kind_of(option).is_listed:
        sentence = f"BOM line '{line.key}' takes its part from '{option.key}', which is a {option.kind} without values."
        yield Finding("error", "part-option", f"{path}/option", sentence)
        return
    if line.part:
        sentence = f"BOM line '{line.key}' has a part number and an option; the number is not used, so remove it."
        yield Finding("warning", "idle-part", f"{path}/part", sentence)
