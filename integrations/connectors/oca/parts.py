"""Which values of the source system are made of a product that seems to be another value's."""

from collections.abc import Iterator

from catalog.findings import Finding
from catalog.part_numbers import speaks_of
from integrations.connectors.oca.kinds import VALUE
from integrations.connectors.oca.records import Record, Records
from integrations.connectors.oca.templates import SourceLine, SourceTemplate, SourceValue


def part_findings(records: Records, template: SourceTemplate, currency: str) -> Iterator[Finding]:
    """Yield a warning for each value whose related product bears the name of another value of the
    same option.
    """
    for line in template.lines:
        for value in line.values:
            if value.product is None:
                continue
            name = value.product.text("name") or value.product.id
            if other := _named_instead(line, value, name):
                path = f"options/{line.key}/values/{value.key}/sku"
                sentence = (
                    f"{line.label} '{value.label}' is made of '{name}' ({value.product.id}), whose name is that of "
                    f"'{other.label}'; so it has that part and its price, {_price(value.product)} {currency}."
                )
                if better := _unused(records, value.label, name):
                    sentence += (
                        f" '{better.text('name')}' ({better.id}, {_price(better)} {currency}) "
                        f"is used by no value."
                    )
                example = {line.key: [value.key] if line.multi else value.key}
                yield Finding("warning", "part-of-another-value", path, sentence, example)


def _named_instead(line: SourceLine, value: SourceValue, name: str) -> SourceValue | None:
    if speaks_of(name, value.label):
        return None
    named = [other for other in line.values if other is not value and speaks_of(name, other.label)]
    return max(named, key=lambda other: len(other.label), default=None)


def _unused(records: Records, label: str, but_not: str) -> Record | None:
    """Return a product named after the value that no value is made of."""
    used = {
        product.id
        for value in records.of(VALUE)
        if (product := records.find(value.fields.get("product_id"))) is not None
    }
    fitting = [
        product
        for product in records.of("product.product")
        if product.id not in used
        and product.text("name") != but_not
        and speaks_of(product.text("name"), label)
    ]
    return min(fitting, key=lambda product: len(product.text("name")), default=None)


def _price(product: Record) -> str:
    return f"{product.number('lst_price') or product.number('list_price') or 0:,}"
