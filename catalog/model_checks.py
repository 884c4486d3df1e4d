"""The catalog's own publish checks: whether a product model holds together before anybody computes
with it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.assemblies import AssembliesRefused, expanded, refuse_too_large
from catalog.counts import told_count
from catalog.expressions.errors import ExpressionRefused, suggestion
from catalog.expressions.lexer import KEYWORDS
from catalog.expressions.types import Expected, Scope, bind, prepare
from catalog.expressions.wanted_units import wanted_units
from catalog.findings import Finding
from catalog.glb_files import SUFFIX
from catalog.kinds.register import KINDS, kind_of
from catalog.print_checks import check_prints
from catalog.product_model import (
    KEYED_LISTS,
    LEAST_IMPORTANCE,
    MOST_IMPORTANCE,
    NOTHING,
    PRINT_LENGTHS,
    PRINT_NUMBERS,
    Option,
    ProductModel,
    SubAssembly,
    TableRule,
    Text,
    Value,
)
from catalog.shape_checks import check_shapes, refused_of_shapes
from catalog.shape_expressions import expressions_beside_shapes

# A table of thousands of rows with a misspelt column should not drown every other finding.
MAX_FINDINGS_A_TABLE = 20
_PRICE_NUMBERS = (
    "amount",
    "percent",
    "minimum",
    "maximum",
    "quantity",
    "waste",
    "at_least",
    "cost",
)
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CURRENCY = re.compile(r"[A-Z]{3}")
SWATCH = re.compile(r"#[0-9a-f]{6}")


def _error(code: str, path: str, sentence: str) -> Finding:
    return Finding("error", code, path, sentence)


def _hint(key: str, known: Iterable[str]) -> str:
    hint = suggestion(key, known)
    return f"; {hint}" if hint else "."


def check_keys(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each key that stands twice where it tells things apart, or is a word of
    the notation.
    """
    groups = [group.key for step in model.steps for group in step.groups]
    yield from _repeated("steps", "step", [step.key for step in model.steps])
    yield from _repeated("groups", "group", groups)
    yield from _repeated("options", "option", [option.key for option in model.options])
    for option in model.options:
        yield from _repeated(
            f"options/{option.key}/values", "value", [value.key for value in option.values]
        )
    options = set(model.option_by_key)
    for assembly in model.assemblies:
        if assembly.key in options or assembly.key in model.derived_by_key:
            other = "an option" if assembly.key in options else "a derived value"
            sentence = f"'{assembly.key}' is {other} and a sub-assembly; expressions could not tell them apart."
            yield _error("key-repeated", f"assemblies/{assembly.key}", sentence)
    for derived in model.derived:
        if derived.key in options:
            sentence = f"'{derived.key}' is an option and a derived value; expressions could not tell them apart."
            yield _error("key-repeated", f"derived/{derived.key}", sentence)
    for place, noun in (
        ("derived", "derived value"),
        ("rules", "rule"),
        ("tables", "table rule"),
        ("preferences", "preference"),
        ("presets", "preset"),
        ("price_lines", "price line"),
        ("bom_lines", "BOM line"),
        ("lead_time_lines", "lead-time line"),
        ("layers", "layer"),
        ("prints", "print"),
        ("assemblies", "sub-assembly"),
        ("materials", "material"),
        ("shapes", "shape"),
        ("fittings", "fitting"),
        ("shape_checks", "shape check"),
    ):
        yield from _repeated(place, noun, [row.key for row in getattr(model, place)])
    named = [(f"options/{key}", key) for key in model.option_by_key]
    named += [(f"derived/{key}", key) for key in model.derived_by_key]
    named += [(f"assemblies/{key}", key) for key in model.assembly_by_key]
    for path, key in named:
        if key in KEYWORDS:
            yield _error(
                "key-reserved", path, f"'{key}' is a word of the notation; choose another key."
            )


def _repeated(place: str, noun: str, keys: Sequence[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    told: set[str] = set()
    for key in keys:
        if key in seen and key not in told:
            told.add(key)
            yield _error(
                "key-repeated", f"{place}/{key}", f"There are two {noun}s with the key '{key}'."
            )
        seen.add(key)


def check_groups(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each option in a group that does not exist, and a note for those in none
    of the groups.
    """
    groups = {group.key for step in model.steps for group in step.groups}
    for option in model.options:
        path = f"options/{option.key}/group"
        if option.group is not None and option.group not in groups:
            sentence = (
                f"Option '{option.key}' is in the group '{option.group}', which does not exist"
            )
            yield _error("unknown-group", path, sentence + _hint(option.group, groups))
        elif option.group is None and groups and not option.internal:
            sentence = f"Option '{option.key}' is in no group; shoppers see it on a page of its own after the steps."
            yield Finding("note", "no-group", path, sentence)
    for assembly in model.assemblies:
        if assembly.group is not None and assembly.group not in groups:
            sentence = f"Sub-assembly '{assembly.key}' is in the group '{assembly.group}', which does not exist"
            yield _error(
                "unknown-group",
                f"assemblies/{assembly.key}/group",
                sentence + _hint(assembly.group, groups),
            )


def check_domains(model: ProductModel) -> Iterator[Finding]:
    """Return what is wrong with the domains of options: no values, impossible ranges, patterns,
    defaults outside.
    """
    if not model.options and not model.assemblies:
        yield _error("no-options", "options", "The product asks nothing; add an option.")
    for option in model.options:
        path = f"options/{option.key}"
        wrong = [*_listed_findings(option, path)]
        for kind in KINDS.values():
            wrong += kind.findings(option, path)
        wrong += _count_findings(option, path)
        wrong += _importance_findings(option, path)
        wrong += _internal_findings(option, path)
        for value in option.values:
            wrong += _value_findings(value, f"{path}/values/{value.key}")
        yield from wrong
        sound = not any(each.severity == "error" for each in wrong)
        if (
            sound
            and option.default is not None
            and (problem := kind_of(option).problem(option, option.default))
        ):
            yield _error(
                "default", f"{path}/default", f"The default of option '{option.key}' {problem}"
            )


def _listed_findings(option: Option, path: str) -> Iterator[Finding]:
    kind = kind_of(option)
    if kind.is_listed and not option.values:
        yield _error(
            "no-values", path, f"Option '{option.key}' has no values to choose from; add some."
        )
    if not kind.is_listed and option.values:
        sentence = (
            f"Option '{option.key}' is a {option.kind}, so its values are never shown; remove them."
        )
        yield Finding("warning", "idle-values", path, sentence)


def _count_findings(option: Option, path: str) -> Iterator[Finding]:
    least, most = option.at_least, option.at_most
    if least is None and most is None:
        return
    if not kind_of(option).is_several:
        sentence = (
            f"Option '{option.key}' is no multi-choice, so at least and at most mean nothing."
        )
        yield Finding("warning", "idle-count", path, sentence)
    elif (
        (least or 0) < 0
        or (most is not None and most < max(least or 0, 1))
        or (least or 0) > len(option.values)
    ):
        told = f"at least {least or 0} and at most {len(option.values) if most is None else most}"
        sentence = (
            f"Nobody can choose {told} of the {told_count(len(option.values), 'value')} of "
            f"option '{option.key}'."
        )
        yield _error("count", path, sentence)


def _importance_findings(option: Option, path: str) -> Iterator[Finding]:
    if not LEAST_IMPORTANCE <= option.importance <= MOST_IMPORTANCE:
        told = f"{LEAST_IMPORTANCE} to {MOST_IMPORTANCE}"
        sentence = f"The importance of option '{option.key}' is {option.importance}; give it one of {told}."
        yield _error("importance", f"{path}/importance", sentence)


def _internal_findings(option: Option, path: str) -> Iterator[Finding]:
    """Return an error for an option that nobody sees and everybody would have to answer."""
    kind = kind_of(option)
    is_asked = kind.is_several and bool(option.at_least)
    is_asked |= option.required and kind.may_be_left_open
    if option.internal and is_asked and option.default in (None, NOTHING, ()):
        sentence = f"Shoppers never see option '{option.key}', so that they cannot answer it; give it a default."
        yield _error("internal-without-default", f"{path}/default", sentence)


def _value_findings(value: Value, path: str) -> Iterator[Finding]:
    if value.swatch is not None and not SWATCH.fullmatch(value.swatch):
        sentence = (
            f"The swatch '{value.swatch}' is no colour; write it as #9fb49c, in small letters."
        )
        yield _error("swatch", f"{path}/swatch", sentence)


def check_expressions(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each expression that cannot be read, with its place and a hint."""
    try:
        scope = Scope.of(model)
    except AssembliesRefused:
        return  # told by `check_assemblies`
    prepare(scope, model.derived_by_key)
    for derived in model.derived:
        bound = scope.bound_derived(derived.key)
        if isinstance(bound, ExpressionRefused):
            yield _refused(bound, f"derived/{derived.key}/formula")
    units = dict(wanted_units(model))
    for path, text, expected, lengths in expressions_of(model):
        try:
            bind(text, scope, expected, lengths=lengths, unit=units.get(path))
        except ExpressionRefused as refused:
            yield _refused(refused, path)
    yield from (_refused(each, path) for each, path in refused_of_shapes(model, units))


def check_units(model: ProductModel) -> Iterator[Finding]:
    """Return the errors of `check_expressions` where a number is wanted in a unit, those inside
    sub-assemblies too.

    What does not fit its unit would be taken as it is by whoever computes with it.
    """
    units = dict(wanted_units(model))
    yield from (each for each in check_expressions(model) if each.path in units)
    for assembly in model.assemblies:
        yield from (inside(assembly, each) for each in check_units(assembly.definition))


def _refused(refused: ExpressionRefused, path: str) -> Finding:
    place = path.split("/")
    told = f"{place[0].replace('_', ' ').rstrip('s').capitalize()} '{place[1]}'"
    if len(place) > 3:
        told += f", {place[2].rstrip('s')} '{place[3]}'"
    return _error(
        refused.slug,
        path,
        f"{told}, {place[-1] if place[-1] != place[1] else 'amount'}: {refused.sentence}",
    )


def expressions_of(model: ProductModel) -> Iterator[tuple[str, str, Expected, bool]]:
    """Return every expression but the formulas of derived values and what shapes say: its path,
    text, what it must give, and whether it may read the characters of a text.
    """
    for option in model.options:
        if option.when is not None:
            yield f"options/{option.key}/when", option.when, "condition", False
        for value in option.values:
            if value.when is not None:
                yield (
                    f"options/{option.key}/values/{value.key}/when",
                    value.when,
                    "condition",
                    False,
                )
    for assembly in model.assemblies:
        if assembly.when is not None:
            yield f"assemblies/{assembly.key}/when", assembly.when, "condition", False
    for rule in model.rules:
        if rule.when is not None:
            yield f"rules/{rule.key}/when", rule.when, "condition", False
        yield f"rules/{rule.key}/then", rule.then, "condition", False
    for preference in model.preferences:
        if preference.when is not None:
            yield f"preferences/{preference.key}/when", preference.when, "condition", False
        yield f"preferences/{preference.key}/then", preference.then, "condition", False
    named: list[tuple[str, str, str | None, Expected]] = []
    for price in model.price_lines:
        path = f"price_lines/{price.key}"
        named += [(path, name, getattr(price, name), "number") for name in _PRICE_NUMBERS]
        named += [
            (f"{path}/amounts", value, amount, "number") for value, amount in price.amounts.items()
        ]
        named += [(f"{path}/costs", value, cost, "number") for value, cost in price.costs.items()]
        if price.table is not None:
            named += [
                (f"{path}/table", name, getattr(price.table, name), "number")
                for name in ("columns", "rows")
            ]
        for each in price.breaks:
            place = f"{path}/breaks/{each.pieces}"
            named += [
                (place, "amount", each.amount, "number"),
                (place, "percent", each.percent, "number"),
            ]
        named.append((path, "when", price.when, "condition"))
    for part in model.bom_lines:
        path = f"bom_lines/{part.key}"
        named += [
            (path, "quantity", part.quantity, "number"),
            (path, "when", part.when, "condition"),
        ]
        named += [
            (f"{path}/measures", name, measure, "number") for name, measure in part.measures.items()
        ]
    for lead in model.lead_time_lines:
        path = f"lead_time_lines/{lead.key}"
        named += [(path, "days", lead.days, "number"), (path, "when", lead.when, "condition")]
    named += [(f"layers/{layer.key}", "when", layer.when, "condition") for layer in model.layers]
    for print in model.prints:
        path = f"prints/{print.key}"
        named += [
            (path, name, getattr(print, name), "number")
            for name in (*PRINT_LENGTHS, *PRINT_NUMBERS)
        ]
        named.append((path, "when", print.when, "condition"))
    for path, name, text, expected in named:
        if text is not None:
            yield f"{path}/{name}", text, expected, True
    yield from ((*each, True) for each in expressions_beside_shapes(model))


def check_tables(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each table column that is no option, and each cell that its option can
    never have.
    """
    for table in model.tables:
        path = f"tables/{table.key}"
        yield from _column_findings(model, table, path)
        known = _options(model)
        options = [known.get(key) for key in table.options]
        found = 0
        for number, row in enumerate(table.rows, 1):
            for problem in row_problems(options, row):
                found += 1
                if found <= MAX_FINDINGS_A_TABLE:
                    yield _error(
                        "table-cell",
                        f"{path}/rows/{number}",
                        f"Table '{table.key}', row {number}: {problem}",
                    )
        if found > MAX_FINDINGS_A_TABLE:
            sentence = f"Table '{table.key}' has {told_count(found - MAX_FINDINGS_A_TABLE, 'more cell')} like those."
            yield _error("table-cell", path, sentence)


def _column_findings(model: ProductModel, table: TableRule, path: str) -> Iterator[Finding]:
    if not table.options:
        yield _error(
            "table-columns",
            path,
            f"Table '{table.key}' names no options; its first row says which.",
        )
    known = _options(model)
    for number, key in enumerate(table.options):
        option = known.get(key)
        if option is None:
            sentence = f"Table '{table.key}' has a column '{key}', and there is no such option"
            yield _error("unknown-option", path, sentence + _hint(key, known))
        elif kind_of(option).is_open:
            sentence = f"Table '{table.key}' has a column for '{key}', but a table cannot list texts or colours."
            yield _error("table-columns", path, sentence)
        elif kind_of(option).is_several:
            sentence = (
                f"Table '{table.key}' has a column for '{key}', a multi-choice; write rules "
                f"with '{key} has' instead."
            )
            yield _error("table-columns", path, sentence)
        if key in table.options[:number]:
            yield _error(
                "table-columns", path, f"Table '{table.key}' has two columns for option '{key}'."
            )


def row_problems(options: Sequence[Option | None], row: Sequence[Any]) -> Iterator[str]:
    """Return what is wrong with a table row for these columns (None: an unknown option), as
    sentences.
    """
    if len(row) != len(options):
        yield f"it has {told_count(len(row), 'cell')} for {told_count(len(options), 'column')}."
        return
    for option, cell in zip(options, row, strict=True):
        if option is not None:
            for part in cell if isinstance(cell, tuple) else (cell,):
                if part != "*" and (problem := kind_of(option).cell_problem(option, part)):
                    yield problem


def check_presets(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each choice of a preset that is no choice of the product."""
    known = _options(model)
    for preset in model.presets:
        for key, choice in preset.choices.items():
            path = f"presets/{preset.key}/choices/{key}"
            option = known.get(key)
            if option is None:
                sentence = f"Preset '{preset.key}' chooses for '{key}', and there is no such option"
                yield _error("unknown-option", path, sentence + _hint(key, known))
            elif problem := kind_of(option).problem(option, choice):
                yield _error(
                    "preset", path, f"Preset '{preset.key}': its choice for '{key}' {problem}"
                )
            elif option.internal:
                sentence = f"Preset '{preset.key}' chooses for '{key}', which shoppers never see; let a rule say it."
                yield _error("preset-internal", path, sentence)


def check_pictures(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each picture and each 3D model that was not uploaded, and for each colour
    that a layer cannot take.
    """
    for path, name in pictures_of(model):
        is_wanted_3d = path.endswith("/model")
        if name.endswith(SUFFIX) != is_wanted_3d:
            told = "is no 3D model; name a .glb" if is_wanted_3d else "is a 3D model and no picture"
            yield _error("unknown-picture", path, f"'{name}' {told}.")
        elif name not in model.assets:
            kind = "3D model" if is_wanted_3d else "picture"
            sentence = f"There is no {kind} '{name}' among the uploaded ones"
            yield _error("unknown-picture", path, sentence + _hint(name, model.assets))
    colours = {option.key for option in model.options if kind_of(option).is_colour}
    for layer in model.layers:
        if layer.colour is not None and layer.colour not in colours:
            sentence = f"Layer '{layer.key}' takes the colour of '{layer.colour}', which is no option for a colour"
            yield _error(
                "layer-colour",
                f"layers/{layer.key}/colour",
                sentence + _hint(layer.colour, colours),
            )


def pictures_of(model: ProductModel) -> Iterator[tuple[str, str]]:
    """Return every picture and every 3D model the model names, with the path of the place that names
    it.
    """
    named: list[tuple[str, str | None]] = [("image", model.image)]
    for option in model.options:
        named += [
            (f"options/{option.key}/values/{value.key}/image", value.image)
            for value in option.values
        ]
    named += [(f"presets/{preset.key}/image", preset.image) for preset in model.presets]
    for layer in model.layers:
        named.append((f"layers/{layer.key}/image", layer.image))
        named.append((f"layers/{layer.key}/mask", layer.mask))
    named += [(f"shapes/{shape.key}/model", shape.model) for shape in model.shapes]
    return ((path, name) for path, name in named if name)


def check_codes(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each currency, language and locale of a translation that is no such code."""
    if not _CURRENCY.fullmatch(model.currency):
        yield _error(
            "currency", "currency", f"'{model.currency}' is no currency; use a code such as EUR."
        )
    if not _LOCALE.fullmatch(model.locale):
        yield _error(
            "locale", "locale", f"'{model.locale}' is no language; use a code such as en or de-CH."
        )
    told: set[str] = set()
    for path, text in texts_of(model):
        for locale, _ in text.translations:
            if not _LOCALE.fullmatch(locale) and locale not in told:
                told.add(locale)
                sentence = f"A text is translated to '{locale}', which is no language; use a code such as de."
                yield _error("locale", path, sentence)


def texts_of(model: ProductModel) -> Iterator[tuple[str, Text]]:
    """Return every text people read, with its path."""
    rows: list[tuple[str, Any]] = [("", model)]
    for step in model.steps:
        rows.append((f"steps/{step.key}/", step))
        rows += [(f"groups/{group.key}/", group) for group in step.groups]
    for option in model.options:
        rows.append((f"options/{option.key}/", option))
        rows += [(f"options/{option.key}/values/{value.key}/", value) for value in option.values]
        if option.text is not None:
            rows.append((f"options/{option.key}/text/", option.text))
    for place in KEYED_LISTS:
        rows += [(f"{place}/{row.key}/", row) for row in getattr(model, place)]
    for path, row in rows:
        for name, content in _fields(row).items():
            if isinstance(content, Text):
                yield f"{path}{name}", content


def _fields(row: Any) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def check_assemblies(model: ProductModel) -> Iterator[Finding]:
    """Return what is wrong with sub-assemblies: counts, sizes, a product within itself, and the
    contained products.
    """
    try:
        refuse_too_large(model)
    except AssembliesRefused as refused:
        yield _error(refused.slug, str(refused.data["path"]), refused.sentence)
        return
    for assembly in model.assemblies:
        yield from _assembly_findings(model, assembly)


def _assembly_findings(model: ProductModel, assembly: SubAssembly) -> Iterator[Finding]:
    path, definition = f"assemblies/{assembly.key}", assembly.definition
    told = f"Sub-assembly '{assembly.key}'"
    if (
        assembly.default is not None
        and not assembly.at_least <= assembly.default <= assembly.at_most
    ):
        sentence = (
            f"{told} starts with {told_count(assembly.default, 'instance')}, which is not between "
            f"{assembly.at_least} and {assembly.at_most}."
        )
        yield _error("default", f"{path}/default", sentence)
    if model.product in _contained(definition):
        sentence = f"{told} contains '{model.product}', the product itself; contain a product of another key."
        yield _error("contains-itself", f"{path}/definition", sentence)
    if definition.currency != model.currency and definition.price_lines:
        sentence = (
            f"{told} has prices in {definition.currency}, and the product in {model.currency}; "
            f"both must be the same."
        )
        yield _error("assembly-currency", f"{path}/definition/currency", sentence)
    if definition.locale != model.locale:
        sentence = (
            f"{told} has its texts in '{definition.locale}', and the product in '{model.locale}'."
        )
        yield Finding("note", "assembly-locale", f"{path}/definition/locale", sentence)
    for check in CHECKS:
        for finding in check(definition):
            if finding.severity == "error":
                yield inside(assembly, finding)


def inside(assembly: SubAssembly, finding: Finding) -> Finding:
    """Return a finding about the definition of a sub-assembly as one about the product that
    contains it.
    """
    return replace(
        finding,
        path=f"assemblies/{assembly.key}/definition/{finding.path}".rstrip("/"),
        sentence=f"In sub-assembly '{assembly.key}': {finding.sentence}",
    )


def _contained(model: ProductModel) -> set[str]:
    """Return the keys of a product and of all that it contains."""
    return {model.product}.union(
        *(_contained(assembly.definition) for assembly in model.assemblies)
    )


def _options(model: ProductModel) -> Mapping[str, Option]:
    """Return the options by key, those of instances included where they can be written out."""
    try:
        return expanded(model).option_by_key
    except AssembliesRefused:
        return model.option_by_key


CHECKS = (
    check_keys,
    check_groups,
    check_domains,
    check_expressions,
    check_tables,
    check_presets,
    check_pictures,
    check_prints,
    check_codes,
    check_assemblies,
    check_shapes,
)
