"""The way from draft rows to a product model and back: the only place where tables become
dataclasses.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from catalog import product_model
from catalog.errors import Malformed
from catalog.expressions.errors import suggestion
from catalog.kinds.register import KINDS
from catalog.models import (
    Asset,
    BomLine,
    Derived,
    Fitting,
    Group,
    Layer,
    LeadTimeLine,
    Material,
    Merchant,
    Option,
    Preference,
    Preset,
    PriceLine,
    Print,
    Product,
    Rule,
    Shape,
    ShapeCheck,
    Step,
    SubAssembly,
    TableRule,
    Value,
)
from catalog.models.rows import DraftRow, Translated
from catalog.product_model import (
    KEYED_LISTS,
    PRINT_LENGTHS,
    PRINT_NUMBERS,
    SHAPE_LENGTHS,
    Kind,
    ProductModel,
    Text,
    write_choice,
    write_number,
    write_operations,
    write_price_table,
)

# Lines refer to options, so they go first when a draft is replaced.
_ROWS: tuple[type[DraftRow], ...] = (
    PriceLine,
    BomLine,
    LeadTimeLine,
    Layer,
    Print,
    Preset,
    Preference,
    TableRule,
    Rule,
    Derived,
    SubAssembly,
    ShapeCheck,
    Fitting,
    Shape,
    Material,
    Option,
    Group,
    Step,
)
_POSITIONS = 10
# Columns of a price line that hold what the line holds under the same name.
_PRICE_COLUMNS = (
    *(
        "percent",
        "minimum",
        "maximum",
        "per",
        "quantity",
        "waste",
        "at_least",
        "tiered",
        "once",
        "whole",
        "subtotal",
    ),
    *("cost", "when", "price_list", "tax_class"),
)
_LAYER_NAMES = ("image", "print", "colour", "mask", "view")
_PRINT_COLUMNS = (
    *(*PRINT_LENGTHS, *PRINT_NUMBERS),
    *("typeface", "colour", "align", "fit", "least_dpi", "when"),
)
_PRINT_NAMES = ("text", "file", "typeface_of", "colour_of")
_MATERIAL_COLUMNS = ("colour", "density", "roughness", "metallic")
_SHAPE_COLUMNS = (
    *("form", "orientation", *SHAPE_LENGTHS, "when", "material", "grain", "sku", "of"),
    *("model", "variant", "weight", "turn", "print"),
)
_FITTING_COLUMNS = ("kind", "shape", "edge", "face", "at", "count", "pitch", "when", "sku")
_WHOLE = range(-(2**63), 2**63)


def read(product: Product) -> ProductModel:
    """Return the draft of `product` as one value, unfinished as it may be.

    `assets` holds those of the merchant's pictures that the draft names. Takes 19 queries whatever
    the draft's size. Refuses with Malformed what rows can hold and a product model cannot.
    """
    return product_model.read(_document(product))


@transaction.atomic
def write(merchant: Merchant, model: ProductModel) -> Product:
    """Create the draft of `model.product`, or replace it as a whole; `read` then returns the same
    value.

    Pictures are the merchant's own: `model.assets` is not written, it follows from the names.
    Refuses with Malformed keys that are used twice, and groups and options that are referred to and
    do not exist.
    """
    if errors := list(_untellable(model)):
        first = errors[0]
        raise Malformed(
            f"{len(errors)} place(s) cannot be kept; the first is {first['pointer']}: {first['detail']}",
            errors=errors,
        )
    product = (
        Product.objects.for_merchant(merchant)
        .select_for_update(no_key=True)
        .filter(key=model.product)
        .first()
    )
    if product is None:
        product = Product(merchant=merchant, key=model.product)
    else:
        for table in _ROWS:
            table._default_manager.filter(product=product).delete()
    product.image, product.locale, product.currency = model.image, model.locale, model.currency
    product.tax_class, product.units = model.tax_class, list(model.units)
    _put_texts(product, name=model.name, description=model.description)
    product.save()
    groups = _write_steps(product, model)
    _write_options(product, model, groups)
    _write_assemblies(product, model, groups)
    _write_rules(product, model)
    _write_lines(product, model)
    _write_prints(product, model)
    _write_shapes(product, model)
    return product


@transaction.atomic
def keep_renamed(product: Product, before: ProductModel, after: ProductModel) -> None:
    """Write to the rows of a draft what `after` says otherwise than `before`, which has the same
    parts in one order.

    Rows stay the rows they are, so that whatever refers to them still does.
    """
    for table, rows, old, new in _renamed_rows(product, before, after):
        columns: set[str] = set()
        changed = []
        for row, one, other in zip(rows, old, new, strict=True):
            names = [
                name for name in _RENAMED if getattr(one, name, None) != getattr(other, name, None)
            ]
            for name in names:
                setattr(row, name, _column(name, getattr(other, name)))
            if names:
                changed.append(row)
                columns |= set(names)
        if changed:
            table._default_manager.bulk_update(changed, sorted(columns), batch_size=200)


# Columns in which a key may stand, called as the fields of a product model are.
_RENAMED = (
    *(
        "key",
        "when",
        "default",
        "attributes",
        "formula",
        "then",
        "options",
        "rows",
        "choices",
        "amount",
        "amounts",
    ),
    *(
        "table",
        "percent",
        "of",
        "minimum",
        "maximum",
        "quantity",
        "parts",
        "waste",
        "at_least",
        "breaks",
        "subtotal",
    ),
    *("cost", "costs", "measures", "days", "stage", "colour"),
    *(
        "finishes",
        "material",
        "density",
        "roughness",
        "metallic",
        *SHAPE_LENGTHS,
        *(each for each in PRINT_LENGTHS if each not in SHAPE_LENGTHS),
        *("text", "file", "scale", "typeface_of", "colour_of", "print"),
        "outline",
        "repeat",
        "each",
        *("variant", "weight", "turn", "slots"),
        "edges",
        "operations",
        "spacing",
        *("shape", "to", "at", "count", "pitch"),
    ),
)


def _column(name: str, content: Any) -> Any:
    """Return a field of a product model as its column holds it."""
    match name:
        case "default":
            return write_choice(content)
        case "colour" | "print" | "typeface_of" | "colour_of":
            return content or ""
        case "operations":
            return write_operations(content)
        case "table":
            return None if content is None else write_price_table(content)
        case "breaks":
            return [asdict(each) for each in content]
        case _:
            return _plain(content)


def _renamed_rows(
    product: Product, before: ProductModel, after: ProductModel
) -> Iterator[tuple[type[models.Model], list[Any], Sequence[Any], Sequence[Any]]]:
    options = list(product.options.prefetch_related("values"))
    steps = list(product.steps.prefetch_related("groups"))
    yield Option, options, before.options, after.options
    for row, old, new in zip(options, before.options, after.options, strict=True):
        yield Value, list(row.values.all()), old.values, new.values
    yield Step, steps, before.steps, after.steps
    for step, old_step, new_step in zip(steps, before.steps, after.steps, strict=True):
        yield Group, list(step.groups.all()), old_step.groups, new_step.groups
    for name in KEYED_LISTS:
        rows = getattr(product, name).all()
        yield rows.model, list(rows), getattr(before, name), getattr(after, name)


def _document(product: Product) -> dict[str, Any]:
    options = [
        _option_document(option)
        for option in product.options.select_related("group").prefetch_related("values")
    ]
    document = _present(
        product=product.key,
        name=_text(product, "name"),
        description=_text(product, "description"),
        image=product.image,
        locale=product.locale,
        currency=product.currency,
        tax_class=product.tax_class,
        units=product.units,
        options=options,
        steps=[_step_document(step) for step in product.steps.prefetch_related("groups")],
        derived=[
            _present(
                key=row.key,
                label=_text(row, "label"),
                formula=row.formula,
                unit=row.unit,
                shown=row.shown,
            )
            for row in product.derived.all()
        ],
        rules=[
            _present(key=row.key, when=row.when, then=row.then, message=_text(row, "message"))
            for row in product.rules.all()
        ],
        tables=[
            _present(
                key=row.key,
                options=row.options,
                rows=row.rows,
                allows=row.allows,
                message=_text(row, "message"),
            )
            for row in product.tables.all()
        ],
        preferences=[
            _present(key=row.key, when=row.when, then=row.then, message=_text(row, "message"))
            for row in product.preferences.all()
        ],
        presets=[
            _present(
                key=row.key,
                label=_text(row, "label"),
                description=_text(row, "description"),
                image=row.image,
                choices=row.choices,
            )
            for row in product.presets.all()
        ],
        price_lines=[_price_document(row) for row in product.price_lines.select_related("option")],
        bom_lines=[_bom_document(row) for row in product.bom_lines.select_related("option")],
        lead_time_lines=[
            _present(
                key=row.key,
                label=_text(row, "label"),
                days=row.days,
                stage=row.stage,
                when=row.when,
            )
            for row in product.lead_time_lines.all()
        ],
        layers=[
            _present(
                key=row.key,
                when=row.when,
                corners=row.corners,
                opacity=row.opacity,
                blend=row.blend,
                **{name: getattr(row, name) or None for name in _LAYER_NAMES},
            )
            for row in product.layers.all()
        ],
        prints=[
            _present(
                key=row.key,
                label=_text(row, "label"),
                **{name: getattr(row, name) for name in _PRINT_COLUMNS},
                **{name: getattr(row, name) or None for name in _PRINT_NAMES},
            )
            for row in product.prints.all()
        ],
        assemblies=[_assembly_document(row) for row in product.assemblies.select_related("group")],
        materials=[
            _present(
                key=row.key,
                label=_text(row, "label"),
                finishes=row.finishes,
                **{name: getattr(row, name) for name in _MATERIAL_COLUMNS},
            )
            for row in product.materials.all()
        ],
        shapes=[_shape_document(row) for row in product.shapes.all()],
        fittings=[
            _present(
                key=row.key,
                to=row.to,
                **{name: getattr(row, name) for name in _FITTING_COLUMNS},
            )
            for row in product.fittings.all()
        ],
        shape_checks=[
            _present(key=row.key, when=row.when, then=row.then, message=_text(row, "message"))
            for row in product.shape_checks.all()
        ],
    )
    names = set(_pictures(document))
    assets = (
        Asset.objects.filter(merchant_id=product.merchant_id).values_list("name", "digest")
        if names
        else ()
    )
    return {**document, "assets": {name: digest for name, digest in assets if name in names}}


def _step_document(step: Step) -> dict[str, Any]:
    groups = [
        _present(key=group.key, label=_text(group, "label"), help=_text(group, "help"))
        for group in step.groups.all()
    ]
    return _present(key=step.key, label=_text(step, "label"), groups=groups)


def _option_document(option: Option) -> dict[str, Any]:
    domains = {
        kind.domain_field: kind.domain_document(option)
        for kind in KINDS.values()
        if kind.domain_field
    }
    if option.has_text_domain:
        domains["text"] = _present(
            min_length=option.min_length,
            max_length=option.max_length,
            pattern=option.pattern,
            pattern_hint=_text(option, "pattern_hint"),
        )
    return _present(
        key=option.key,
        kind=Kind(option.kind),
        label=_text(option, "label"),
        group=option.group and option.group.key,
        help=_text(option, "help"),
        required=option.required,
        default=option.default,
        values=[_value_document(value) for value in option.values.all()],
        **domains,
        at_least=option.at_least,
        at_most=option.at_most,
        when=option.when,
        reason=_text(option, "reason"),
        importance=option.importance,
        internal=option.internal,
    )


def _value_document(value: Value) -> dict[str, Any]:
    return _present(
        key=value.key,
        label=_text(value, "label"),
        sku=value.sku,
        description=_text(value, "description"),
        image=value.image,
        swatch=value.swatch,
        attributes=value.attributes,
        when=value.when,
        reason=_text(value, "reason"),
    )


def _price_document(row: PriceLine) -> dict[str, Any]:
    return _present(
        key=row.key,
        label=_text(row, "label"),
        amount=row.amount,
        option=row.option and row.option.key,
        amounts=row.amounts,
        table=row.table,
        of=row.of,
        parts=row.parts,
        breaks=[_present(**each) for each in row.breaks],
        costs=row.costs,
        **{name: getattr(row, name) for name in _PRICE_COLUMNS},
    )


def _bom_document(row: BomLine) -> dict[str, Any]:
    return _present(
        key=row.key,
        label=_text(row, "label"),
        quantity=row.quantity,
        part=row.part,
        option=row.option and row.option.key,
        unit=row.unit,
        when=row.when,
        whole=row.whole,
        measures=row.measures,
    )


def _shape_document(row: Shape) -> dict[str, Any]:
    return _present(
        key=row.key,
        label=_text(row, "label"),
        outline=row.outline,
        repeat=row.repeat,
        each=row.each,
        edges=row.edges,
        operations=row.operations,
        slots=row.slots,
        **{name: getattr(row, name) for name in _SHAPE_COLUMNS},
    )


def _assembly_document(row: SubAssembly) -> dict[str, Any]:
    return _present(
        key=row.key,
        label=_text(row, "label"),
        count_label=_text(row, "count_label"),
        definition=row.document,
        version=row.version,
        at_least=row.at_least,
        at_most=row.at_most,
        default=row.default,
        group=row.group and row.group.key,
        help=_text(row, "help"),
        when=row.when,
        reason=_text(row, "reason"),
        lead_time=row.lead_time,
        spacing=row.spacing,
    )


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _text(row: Translated, column: str) -> Any:
    default = getattr(row, column)
    if default is None:
        return None
    translations = row.translations.get(column)
    return {**translations, "default": default} if translations else default


def _pictures(document: Mapping[str, Any]) -> Iterator[str]:
    rows = [document, *document["presets"], *document["layers"]]
    rows += [value for option in document["options"] for value in option["values"]]
    yield from (row[name] for row in rows for name in ("image", "mask") if name in row)
    yield from (row["model"] for row in document["shapes"] if "model" in row)


def _put_texts(row: Translated, **texts: Text | None) -> None:
    for column, text in texts.items():
        setattr(row, column, None if text is None else text.default)
    row.translations = {
        column: dict(text.translations)
        for column, text in texts.items()
        if text and text.translations
    }


def _placed[Row: models.Model](
    table: type[Row], rows: Iterable[tuple[dict[str, Any], Mapping[str, Any]]]
) -> list[Row]:
    """Return unsaved rows of `table` in this order, each made of its columns and its texts."""
    made = []
    for number, (columns, texts) in enumerate(rows, 1):
        row = table(position=number * _POSITIONS, **columns)
        if isinstance(row, Translated):
            _put_texts(row, **texts)
        made.append(row)
    return made


def _write_steps(product: Product, model: ProductModel) -> Mapping[str, Group]:
    steps = Step.objects.bulk_create(
        _placed(
            Step,
            (
                ({"product": product, "key": step.key}, {"label": step.label})
                for step in model.steps
            ),
        )
    )
    groups = Group.objects.bulk_create(
        _placed(
            Group,
            (
                (
                    {"product": product, "step": row, "key": group.key},
                    {"label": group.label, "help": group.help},
                )
                for row, step in zip(steps, model.steps, strict=True)
                for group in step.groups
            ),
        )
    )
    return {group.key: group for group in groups}


def _write_options(product: Product, model: ProductModel, groups: Mapping[str, Group]) -> None:
    rows = Option.objects.bulk_create(
        _placed(Option, (_option_columns(product, option, groups) for option in model.options))
    )
    values: list[Value] = []
    for row, option in zip(rows, model.options, strict=True):
        values += _placed(Value, (_value_columns(row, value) for value in option.values))
    Value.objects.bulk_create(values, batch_size=500)
    Derived.objects.bulk_create(
        _placed(
            Derived,
            (
                (
                    {
                        "product": product,
                        "key": derived.key,
                        "formula": derived.formula,
                        "unit": derived.unit,
                        "shown": derived.shown,
                    },
                    {"label": derived.label},
                )
                for derived in model.derived
            ),
        )
    )
    Preset.objects.bulk_create(
        _placed(
            Preset,
            (
                (
                    {
                        "product": product,
                        "key": preset.key,
                        "image": preset.image,
                        "choices": _plain(preset.choices),
                    },
                    {"label": preset.label, "description": preset.description},
                )
                for preset in model.presets
            ),
        )
    )


def _write_assemblies(product: Product, model: ProductModel, groups: Mapping[str, Group]) -> None:
    SubAssembly.objects.bulk_create(
        _placed(
            SubAssembly,
            (
                (
                    {
                        "product": product,
                        "key": assembly.key,
                        "group": groups[assembly.group] if assembly.group is not None else None,
                        "at_least": assembly.at_least,
                        "at_most": assembly.at_most,
                        "default": assembly.default,
                        "when": assembly.when,
                        "lead_time": assembly.lead_time,
                        "spacing": dict(assembly.spacing),
                        "definition": definition_text(assembly.definition),
                        "version": assembly.version,
                    },
                    {
                        "label": assembly.label,
                        "count_label": assembly.count_label,
                        "help": assembly.help,
                        "reason": assembly.reason,
                    },
                )
                for assembly in model.assemblies
            ),
        )
    )


def definition_text(model: ProductModel) -> str:
    """Return a contained product as the text that a row of a sub-assembly keeps."""
    return json.dumps(product_model.write(model), ensure_ascii=False)


def _option_columns(
    product: Product, option: product_model.Option, groups: Mapping[str, Group]
) -> tuple[dict[str, Any], dict[str, Text | None]]:
    columns: dict[str, Any] = {
        "product": product,
        "key": option.key,
        "kind": option.kind.value,
        "group": groups[option.group] if option.group is not None else None,
        "required": option.required,
        "default": write_choice(option.default),
        "at_least": option.at_least,
        "at_most": option.at_most,
        "when": option.when,
        "importance": option.importance,
        "internal": option.internal,
    }
    for kind in KINDS.values():
        columns |= kind.domain_columns(option)
    hint = option.text.pattern_hint if option.text else None
    return columns, {
        "label": option.label,
        "help": option.help,
        "reason": option.reason,
        "pattern_hint": hint,
    }


def _value_columns(
    row: Option, value: product_model.Value
) -> tuple[dict[str, Any], dict[str, Text | None]]:
    columns = {
        "option": row,
        "key": value.key,
        "sku": value.sku,
        "image": value.image,
        "swatch": value.swatch,
        "attributes": _plain(value.attributes),
        "when": value.when,
    }
    return columns, {"label": value.label, "description": value.description, "reason": value.reason}


def _write_rules(product: Product, model: ProductModel) -> None:
    Rule.objects.bulk_create(
        _placed(
            Rule,
            (
                (
                    {"product": product, "key": rule.key, "when": rule.when, "then": rule.then},
                    {"message": rule.message},
                )
                for rule in model.rules
            ),
        )
    )
    Preference.objects.bulk_create(
        _placed(
            Preference,
            (
                (
                    {"product": product, "key": each.key, "when": each.when, "then": each.then},
                    {"message": each.message},
                )
                for each in model.preferences
            ),
        )
    )
    TableRule.objects.bulk_create(
        _placed(
            TableRule,
            (
                (
                    {
                        "product": product,
                        "key": table.key,
                        "options": list(table.options),
                        "rows": _plain(table.rows),
                        "allows": table.allows,
                    },
                    {"message": table.message},
                )
                for table in model.tables
            ),
        )
    )


def _write_lines(product: Product, model: ProductModel) -> None:
    options = {option.key: option for option in product.options.all()}
    PriceLine.objects.bulk_create(
        _placed(
            PriceLine,
            (
                (
                    {
                        "product": product,
                        "key": line.key,
                        "amount": line.amount,
                        "option": options[line.option] if line.option is not None else None,
                        "amounts": dict(line.amounts),
                        "table": None if line.table is None else write_price_table(line.table),
                        "of": list(line.of),
                        "parts": list(line.parts),
                        "breaks": [asdict(each) for each in line.breaks],
                        "costs": dict(line.costs),
                        **{name: getattr(line, name) for name in _PRICE_COLUMNS},
                    },
                    {"label": line.label},
                )
                for line in model.price_lines
            ),
        )
    )
    BomLine.objects.bulk_create(
        _placed(
            BomLine,
            (
                (
                    {
                        "product": product,
                        "key": line.key,
                        "quantity": line.quantity,
                        "part": line.part,
                        "option": options[line.option] if line.option is not None else None,
                        "unit": line.unit,
                        "when": line.when,
                        "measures": dict(line.measures),
                        "whole": line.whole,
                    },
                    {"label": line.label},
                )
                for line in model.bom_lines
            ),
        )
    )
    LeadTimeLine.objects.bulk_create(
        _placed(
            LeadTimeLine,
            (
                (
                    {
                        "product": product,
                        "key": line.key,
                        "days": line.days,
                        "stage": line.stage,
                        "when": line.when,
                    },
                    {"label": line.label},
                )
                for line in model.lead_time_lines
            ),
        )
    )
    Layer.objects.bulk_create(
        _placed(
            Layer,
            (
                (
                    {
                        "product": product,
                        "key": layer.key,
                        "when": layer.when,
                        "corners": [list(each) for each in layer.corners],
                        "opacity": layer.opacity,
                        "blend": layer.blend,
                        **{name: getattr(layer, name) or "" for name in _LAYER_NAMES},
                    },
                    {},
                )
                for layer in model.layers
            ),
        )
    )


def _write_prints(product: Product, model: ProductModel) -> None:
    Print.objects.bulk_create(
        _placed(
            Print,
            (
                (
                    {
                        "product": product,
                        "key": each.key,
                        **{name: getattr(each, name) for name in _PRINT_COLUMNS},
                        **{name: getattr(each, name) or "" for name in _PRINT_NAMES},
                    },
                    {"label": each.label},
                )
                for each in model.prints
            ),
        )
    )


def _write_shapes(product: Product, model: ProductModel) -> None:
    Material.objects.bulk_create(
        _placed(
            Material,
            (
                (
                    {
                        "product": product,
                        "key": each.key,
                        "finishes": list(each.finishes),
                        **{name: getattr(each, name) for name in _MATERIAL_COLUMNS},
                    },
                    {"label": each.label},
                )
                for each in model.materials
            ),
        )
    )
    Shape.objects.bulk_create(
        _placed(
            Shape,
            (
                (
                    {
                        "product": product,
                        "key": shape.key,
                        "outline": _plain(shape.outline),
                        "repeat": dict(shape.repeat),
                        "each": dict(shape.each),
                        "edges": dict(shape.edges),
                        "operations": write_operations(shape.operations),
                        "slots": dict(shape.slots),
                        **{name: getattr(shape, name) for name in _SHAPE_COLUMNS},
                    },
                    {"label": shape.label},
                )
                for shape in model.shapes
            ),
        )
    )
    Fitting.objects.bulk_create(
        _placed(
            Fitting,
            (
                (
                    {
                        "product": product,
                        "key": each.key,
                        "to": list(each.to),
                        **{name: getattr(each, name) for name in _FITTING_COLUMNS},
                    },
                    {},
                )
                for each in model.fittings
            ),
        )
    )
    ShapeCheck.objects.bulk_create(
        _placed(
            ShapeCheck,
            (
                (
                    {"product": product, "key": each.key, "when": each.when, "then": each.then},
                    {"message": each.message},
                )
                for each in model.shape_checks
            ),
        )
    )


def _plain(value: Any) -> Any:
    """Return choices, attributes and cells as plain JSON values."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return write_number(value) if isinstance(value, Decimal) else value


def _untellable(model: ProductModel) -> Iterator[dict[str, str]]:
    """Return what rows cannot hold, as places and what is wrong there."""
    groups = [group.key for step in model.steps for group in step.groups]
    options = list(model.option_by_key)
    yield from _repeated("steps", [step.key for step in model.steps])
    yield from _repeated("steps/groups", groups)
    yield from _repeated("options", [option.key for option in model.options])
    for option in model.options:
        yield from _repeated(f"options/{option.key}/values", [value.key for value in option.values])
        yield from _unknown(f"options/{option.key}/group", "group", option.group, groups)
        wholes = [option.at_least, option.at_most, option.importance]
        wholes += [option.text.min_length, option.text.max_length] if option.text else []
        if any(whole is not None and whole not in _WHOLE for whole in wholes):
            yield {
                "pointer": f"/options/{option.key}",
                "detail": "a count, length or importance is out of all bounds",
            }
    for assembly in model.assemblies:
        yield from _unknown(f"assemblies/{assembly.key}/group", "group", assembly.group, groups)
        wholes = [assembly.at_least, assembly.at_most, assembly.default]
        if any(whole is not None and whole not in _WHOLE for whole in wholes) or (
            assembly.version is not None and not 0 <= assembly.version < 2**63
        ):
            yield {
                "pointer": f"/assemblies/{assembly.key}",
                "detail": "a count is out of all bounds",
            }
    for lines in (model.price_lines, model.bom_lines):
        place = "price_lines" if lines is model.price_lines else "bom_lines"
        for line in lines:
            yield from _unknown(f"{place}/{line.key}/option", "option", line.option, options)
    for place in KEYED_LISTS:
        yield from _repeated(place, [row.key for row in getattr(model, place)])
    if len(model.currency) != 3:
        yield {"pointer": "/currency", "detail": "expected a code of three capitals, such as EUR"}
    if len(model.locale) > 35:
        yield {"pointer": "/locale", "detail": "expected a language such as en or de-CH"}
    for place, text in _strings(product_model.write(model), ""):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            yield {"pointer": place, "detail": "the text holds a character that cannot be kept"}


def _repeated(place: str, keys: Sequence[str]) -> Iterator[dict[str, str]]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            yield {"pointer": f"/{place}/{key}", "detail": "the key is used twice"}
        seen.add(key)


def _unknown(
    place: str, noun: str, key: str | None, keys: Sequence[str]
) -> Iterator[dict[str, str]]:
    if key is not None and key not in keys:
        hint = suggestion(key, keys)
        yield {
            "pointer": f"/{place}",
            "detail": f"there is no {noun} '{key}'{'; ' if hint else ''}{hint}",
        }


def _strings(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield place, key
            yield from _strings(each, f"{place}/{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _strings(each, f"{place}/{number}")
