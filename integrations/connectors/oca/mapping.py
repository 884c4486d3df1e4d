"""From the records of a folder to a product file for each configurable template, with what there is
to say of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from catalog.counts import told_count
from catalog.errors import Malformed
from catalog.findings import Finding
from catalog.product_model import (
    BomLine,
    Group,
    Kind,
    LeadTimeLine,
    Option,
    ProductModel,
    Rule,
    Step,
    Text,
    Value,
)
from configurator.engine.face.choices import compile_model, deduce
from integrations.connectors.oca.kinds import (
    IMAGE,
    PICTURES,
    READ,
    STEP_LINE,
    VALUE,
    carries_products,
)
from integrations.connectors.oca.parts import part_findings
from integrations.connectors.oca.pictures import Pictured, pictured
from integrations.connectors.oca.prices import Priced, prices_of
from integrations.connectors.oca.records import Record, Records, read_folder
from integrations.connectors.oca.restrictions import (
    ALWAYS,
    Restrictions,
    any_of,
    example_of,
    restrictions_of,
)
from integrations.connectors.oca.templates import (
    SourceLine,
    SourceTemplate,
    SourceValue,
    ordered,
    templates_of,
    unique,
)
from pricing.product_file import ProductFile


@dataclass(frozen=True)
class Imported:
    """One product of the folder: its product file, what was found about it, what was left behind,
    and its pictures.
    """

    file: ProductFile
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Import:
    """All that a folder holds. `notes` are about the folder as a whole, `refused` tells what is no
    product yet.
    """

    products: tuple[Imported, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...]
    records: int
    refused: tuple[str, ...] = ()


def read_products(folder: Path, currency: str | None = None) -> Import:
    """Return the configurable products in `folder`; `currency` counts where the data names none.

    Refuses with Malformed a folder that cannot be read, or that holds no configurable product.
    """
    return products_of(read_folder(folder), currency)


def products_of(records: Records, currency: str | None = None) -> Import:
    """Return the configurable products of `records`; refuses with Malformed when there is none."""
    templates = templates_of(records)
    if not templates:
        raise Malformed("there is no product template with config_ok among the records")
    keys: list[str] = []
    products = []
    refused = [_why_empty(records, each) for each in templates if not each.lines]
    if len(refused) == len(templates):
        raise Malformed(" ".join(refused))
    for template in templates:
        if not template.lines:
            continue
        key = unique(template.key, keys)
        keys.append(key)
        products.append(_imported(records, replace(template, key=key), currency))
    # What holds for every product is said once.
    shared = [note for note in products[0].notes if all(note in each.notes for each in products)]
    if len(products) > 1:
        products = [
            replace(each, notes=tuple(n for n in each.notes if n not in shared))
            for each in products
        ]
    else:
        shared = []
    notes = (*shared, *_folder_notes(records))
    return Import(tuple(products), notes, records.files, len(records.by_id), tuple(refused))


def _why_empty(records: Records, template: SourceTemplate) -> str:
    sentence = f"{template.label} ({template.record.id}) is not imported: it has no option with values in the data."
    if unread := [model for model in records.left if carries_products(model)]:
        sentence += f" Kinds of records that are not read may hold them: {', '.join(unread)}."
    return sentence


def _imported(records: Records, template: SourceTemplate, currency: str | None) -> Imported:
    notes: list[str] = []
    restrictions = restrictions_of(records, template)
    priced = prices_of(records, template, currency)
    notes += priced.notes
    lead_times = tuple(_lead_times(template))
    if lead_times:
        notes.append(
            "Values add days to the lead time, but the time to make the product itself is not in the data; "
            "add a lead-time line for it."
        )
    steps, groups = _steps(records, template)
    pictures = pictured(records, template)
    model = ProductModel(
        product=template.key,
        name=Text(template.label),
        description=_description(template.record),
        image=pictures.image,
        currency=priced.currency,
        steps=steps,
        options=tuple(
            _option(records, template, line, restrictions, groups.get(line.record.id), pictures)
            for line in template.lines
        ),
        price_lines=priced.price_lines,
        lead_time_lines=lead_times,
        bom_lines=tuple(_parts(template)),
        layers=pictures.layers,
    )
    model = _with_needed(model, template, restrictions)
    findings = [
        *_restriction_findings(template, restrictions),
        *part_findings(records, template, priced.currency),
    ]
    findings += _price_findings(template, priced)
    findings += _carrier_findings(records, template)
    notes += [*_template_notes(template), *pictures.notes]
    return Imported(
        ProductFile(model, priced.price_lists), tuple(findings), tuple(notes), pictures.files
    )


def _description(record: Record) -> Text | None:
    for name in record.fields:
        if name == "description_sale" or name.endswith("_description"):
            return Text(record.text(name)) if record.text(name) else None
    return None


# -- options


def _option(
    records: Records,
    template: SourceTemplate,
    line: SourceLine,
    restrictions: Restrictions,
    group: str | None,
    pictures: Pictured,
) -> Option:
    chosen_there = records.find(line.record.fields.get("default_val"))
    default = template.place_of.get(chosen_there.id) if chosen_there is not None else None
    chosen = default[1].key if default is not None and default[0] is line else None
    return Option(
        key=line.key,
        kind=Kind.MULTI if line.multi else Kind.CHOICE,
        label=Text(line.label),
        group=group,
        required=line.required,
        at_least=1 if line.multi and line.required else None,
        default=(chosen,) if chosen is not None and line.multi else chosen,
        values=tuple(
            _value(
                value, restrictions.when.get(value.record.id), pictures.values.get(value.record.id)
            )
            for value in line.values
        ),
    )


def _value(value: SourceValue, when: str | None, image: str | None) -> Value:
    swatch = value.record.text("html_color").lower()
    return Value(
        key=value.key,
        label=Text(value.label),
        sku=_sku(value.product),
        image=image,
        swatch=swatch if len(swatch) == 7 and swatch.startswith("#") else None,
        attributes=_attributes(value.record),
        when=when,
    )


def _sku(product: Record | None) -> str:
    return (product.text("default_code") or product.name) if product is not None else ""


def _attributes(record: Record) -> dict[str, Decimal | str]:
    """Return the numbers that a value carries beside what every value has: `value_mm` becomes `mm`."""
    found: dict[str, Decimal | str] = {}
    for name in record.fields:
        if name in READ[VALUE] or name in record.odd:
            continue
        try:
            number = record.number(name)
        except Malformed:
            continue
        if number is not None:
            found[name.removeprefix("value_")] = number
    return found


def _with_needed(
    model: ProductModel, template: SourceTemplate, restrictions: Restrictions
) -> ProductModel:
    """Return the model where a required option is asked only while one of its values is offered.

    So it is in the source system: an attribute none of whose values is available may stay empty.
    Where that cannot come about, the option simply is required.
    """
    options = list(model.options)
    for place, (line, option) in enumerate(zip(template.lines, model.options, strict=True)):
        conditions = [restrictions.when.get(value.record.id, ALWAYS) for value in line.values]
        offered = any_of(conditions)
        if not option.required or offered == ALWAYS:
            continue
        if _can_be(model, f"not ({offered})"):
            options[place] = replace(option, when=offered)
    return replace(model, options=tuple(options))


def _can_be(model: ProductModel, condition: str) -> bool:
    """Return whether the condition holds in some configuration of the model, its required options
    left aside.
    """
    loose = replace(
        model,
        options=tuple(
            replace(
                option,
                required=option.required and not any(value.when for value in option.values),
                at_least=None,
            )
            for option in model.options
        ),
        rules=(Rule("probe", condition),),
        price_lines=(),
        bom_lines=(),
        lead_time_lines=(),
    )
    return deduce(compile_model(loose), {}).consistent


# -- steps, lead times, parts


def _steps(
    records: Records, template: SourceTemplate
) -> tuple[tuple[Step, ...], Mapping[str, str]]:
    """Return the steps of the template, and the group of each attribute line by the id of its
    record.
    """
    order = {record.id: place for place, record in enumerate(records.of("product.config.step"))}
    found: list[tuple[Record, Record]] = []
    for record in records.of(STEP_LINE):
        step = records.find(record.fields.get("config_step_id"))
        if (
            step is not None
            and records.find(record.fields.get("product_tmpl_id")) is template.record
        ):
            found.append((record, step))
    placed = ordered(
        sorted((line for line, _ in found), key=lambda line: order[_step_of(records, line).id]), 10
    )
    steps: list[Step] = []
    groups: dict[str, str] = {}
    for record in placed:
        label = Text(_step_of(records, record).text("name") or record.id)
        key = unique(f"step_{len(steps) + 1}", [step.key for step in steps])
        steps.append(Step(key, label, (Group(key, label),)))
        groups.update(
            {line.id: key for line in records.find_all(record.fields.get("attribute_line_ids"))}
        )
    rest = [line for line in template.lines if line.record.id not in groups]
    if steps and rest:
        # What no step asks, the source system asks at the end.
        steps.append(
            Step("further", Text("Further options"), (Group("further", Text("Further options")),))
        )
        groups.update({line.record.id: "further" for line in rest})
    return tuple(steps), groups


def _step_of(records: Records, line: Record) -> Record:
    step = records.find(line.fields.get("config_step_id"))
    if step is None:
        raise Malformed(f"{line.file}: {line.id} is of a step that is not in the data")
    return step


def _lead_times(template: SourceTemplate) -> Iterator[LeadTimeLine]:
    for line in template.lines:
        for value in line.values:
            days = value.record.number("lead_time_extra")
            if days:
                verb = "has" if line.multi else "=="
                yield LeadTimeLine(
                    key=f"{line.key}_{value.key}"[:63],
                    label=Text(value.label),
                    days=format(days.normalize() + 0, "f"),
                    when=f"{line.key} {verb} {value.key}",
                )


def _parts(template: SourceTemplate) -> Iterator[BomLine]:
    """Yield a BOM line for each option whose values have related products."""
    for line in template.lines:
        with_part = [value.key for value in line.values if value.product is not None]
        if not with_part:
            continue
        if len(with_part) == len(line.values):
            yield BomLine(key=f"part_{line.key}"[:63], label=Text(line.label), option=line.key)
        else:
            for value in line.values:
                if value.product is not None:
                    verb = "has" if line.multi else "=="
                    yield BomLine(
                        key=f"part_{value.key}"[:63],
                        label=Text(value.product.text("name") or value.label),
                        part=_sku(value.product),
                        when=f"{line.key} {verb} {value.key}",
                    )


# -- what to say about it


def _restriction_findings(
    template: SourceTemplate, restrictions: Restrictions
) -> Iterator[Finding]:
    for never in restrictions.never:
        placed = [template.place_of[value] for value in never.values if value in template.place_of]
        names = ", ".join(
            dict.fromkeys(f"'{value.label}' of {line.label}" for line, value in placed)
        )
        sentence = (
            f"The restriction '{never.domain}' can never be true for {template.label}, which does not offer "
            f"{never.asked}; so {names} can never be chosen."
        )
        for line, value in placed:
            path = f"options/{line.key}/values/{value.key}"
            yield Finding(
                "warning", "restriction-never-true", path, sentence, example_of((line, value))
            )
    for each in restrictions.unnarrowed:
        names = ", ".join(f"'{value.label}'" for value in each.always)
        narrowed = ", ".join(f"'{value.label}'" for value in each.named)
        sentence = (
            f"The restrictions of {each.line.label} say when {narrowed} may be chosen, and nothing about {names}, "
            f"always to be had therefore, also where '{each.domain}' is true. If only the named values were meant "
            "there, restrict the others as well."
        )
        path = f"options/{each.line.key}"
        example = {**each.example, **example_of((each.line, each.always[0]))}
        yield Finding("warning", "restriction-does-not-narrow", path, sentence, example)
    for name in restrictions.misplaced:
        sentence = (
            f"The restriction line {name} is for an attribute line that {template.label} does not have; "
            "the source system passes over it, and so does this draft."
        )
        yield Finding("warning", "restriction-misplaced", "", sentence)
    for unknown in template.unknown:
        sentence = f"The attribute line {unknown} is not among the records, and is left out."
        yield Finding("warning", "unknown-reference", "", sentence)


def _price_findings(template: SourceTemplate, priced: Priced) -> Iterator[Finding]:
    base = next(line for line in priced.price_lines if line.key.startswith(("list_price", "fixed")))
    if base.amount == "0":
        path = f"price_lines/{base.key}"
        yield Finding(
            "warning",
            "no-list-price",
            path,
            f"{template.label} has no list price, so its base price is 0.",
        )


def _template_notes(template: SourceTemplate) -> Iterator[str]:
    if code := template.record.text("default_code"):
        yield f"The article number {code} of the template has no place in a product model; its key is {template.key}."
    optional = [line.label for line in template.lines if not line.required]
    if optional:
        yield f"Not required, because the data does not say so: {', '.join(optional)}."
    if custom := [each.label for each in template.lines if each.record.truth("custom")]:
        yield f"Values of one's own are not carried over: {', '.join(custom)}."


def _carrier_findings(records: Records, template: SourceTemplate) -> Iterator[Finding]:
    """Yield an error for each kind of record that says something of the product and is not read."""
    own = {template.record.id, *(line.record.id for line in template.lines)}
    for model, count in records.left.items():
        if carries_products(model) or own & records.carriers.get(model, set()):
            sentence = (
                f"{count} × {model} {'say' if count != 1 else 'says'} something of {template.label} and cannot be "
                "read; add by hand what it says before this is published."
            )
            yield Finding("error", "kind-not-carried-over", "", sentence, about=(model,))


def _folder_notes(records: Records) -> Iterator[str]:
    yield from records.notes
    for tag, number in records.skipped.items():
        yield f"{number} × {tag}: only records are read."
    for model, number in records.left.items():
        yield f"{number} × {model}: this kind of record is not carried over."
    left: dict[str, Counter[str]] = {}
    for record in records.by_id.values():
        for name in record.fields:
            if name not in READ[record.model] and not _carried(record, name):
                left.setdefault(record.model, Counter())[name] += 1
    for model, fields in left.items():
        told = ", ".join(f"{name} ({number})" for name, number in fields.items())
        yield f"{model}: fields that are not carried over: {told}."


def _carried(record: Record, name: str) -> bool:
    if record.model in (VALUE, "product.template", IMAGE) and name in PICTURES:
        return True
    if record.model == VALUE:
        return name.removeprefix("value_") in _attributes(record)
    if record.model == "product.template":
        return name in ("default_code", "description_sale") or name.endswith("_description")
    return False


def described(products: Iterable[Imported]) -> Iterator[str]:
    """Yield one line for each product: its key, name, and how much it holds."""
    for each in products:
        model = each.file.model
        values = sum(len(option.values) for option in model.options)
        conditions = sum(1 for option in model.options for value in option.values if value.when)
        yield (
            f"{model.product}: {model.name}, {told_count(len(model.options), 'option')}, "
            f"{told_count(values, 'value')}, {conditions} of them under a condition, "
            f"{told_count(len(each.file.price_lists), 'price list')}"
        )
