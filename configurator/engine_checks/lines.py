"""Price, BOM and lead-time lines and layers under every configuration: what is undefined, below
zero, or never there.

What a line computes is asked of the engine as a condition of the product, so that each example is a
configuration that somebody can choose.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from catalog.expressions import nodes
from catalog.expressions.arithmetic import ZERO
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.nodes import Node, children, reads
from catalog.expressions.types import Expected, Scope, bind, bind_in_unit
from catalog.expressions.wanted_units import DAYS
from catalog.findings import Finding, Progress, Severity
from catalog.kinds.register import kind_of
from catalog.part_needs import PartNeed
from catalog.product_model import BomLine, Choice, Option, PriceLine, ProductModel
from configurator.engine_checks.bounds import bounds
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.grids import grids_of
from configurator.engine_checks.words import example_of, joined, value_told
from pricing.breakdown import lines_in
from pricing.price_forms import Formula, PriceRefused, Reading, forms_of, has_value
from pricing.price_list import PriceList

_TRUE = nodes.Constant(True)
_NOUNS = {
    "price_lines": "The price line",
    "bom_lines": "The part",
    "lead_time_lines": "The lead-time line",
    "layers": "The layer",
    "options": "The option",
}


@dataclass(frozen=True)
class Asked:
    """A condition under which something is wrong with a line, or (`wanted`) under which it is
    there.
    """

    path: str
    node: Node
    code: str
    sentence: str
    severity: Severity = "warning"
    wanted: bool = False


def watched_lines(
    model: ProductModel, price_lists: Sequence[PriceList], scope: Scope
) -> list[Asked]:
    """Return what to ask about the lines and layers of `model`."""
    return [
        *(each for line in model.price_lines for each in _of_price_line(model, line, scope)),
        *(each for price_list in price_lists for each in _of_price_list(model, price_list, scope)),
        *_of_grids(model, price_lists, scope),
        *(each for line in model.bom_lines for each in _of_bom_line(model, line, scope)),
        *_of_parts_listed_twice(model, scope),
        *_of_lead_times(model, scope),
        *_of_layers(model, scope),
    ]


def line_findings(product: Examined, asked: Sequence[Asked]) -> Iterator[Finding | Progress]:
    """Return what some configuration shows to be wrong with a line, with this configuration as far
    as it matters.
    """
    for done, each in enumerate(asked):
        if done % 20 == 0:
            yield Progress("Price lines, parts, lead times, pictures", done, len(asked))
        literal = product.compiled.watched.get(each.path)
        if literal is None:
            yield Finding(
                "note",
                "not-examined",
                each.path.partition("?")[0],
                f"{_named(each.path)} could not be looked at for every configuration. "
                f"{product.skipped.get(each.path, '')}".strip(),
            )
            continue
        found = product.configuration([literal])
        if (found is None) == each.wanted:
            example = (
                None
                if found is None
                else example_of(found, [key for key in _order(product, each) if key in found])
            )
            yield Finding(
                each.severity,
                each.code,
                each.path.partition("?")[0],
                f"{_where(product, found, each)}{each.sentence}",
                example,
                about=(each.sentence,),
            )


def _named(path: str) -> str:
    """Return what a path leads to, as people call it."""
    place, _, rest = path.partition("?")[0].partition("/")
    key = rest.partition("/")[0]
    noun = _NOUNS.get(place, "A line")
    return f"{noun} '{key}'" if key else noun


def _order(product: Examined, each: Asked) -> list[str]:
    read = reads(each.node)
    return [option.key for option in product.model.options if option.key in read]


def _where(product: Examined, found: Mapping[str, Choice] | None, each: Asked) -> str:
    """Return the example as the beginning of a sentence: "With 600 mm as 'Width', "."""
    if found is None:
        return ""
    told = []
    for key in _order(product, each):
        option = product.model.option_by_key[key]
        if not kind_of(option).is_open:
            told.append(
                f"{value_told(option, found[key])} as '{option.label}'"
                if key in found
                else f"no '{option.label}'"
            )
    return f"With {joined(told, 6)}, " if told else "With every configuration, "


def _bound(
    text: str | None, scope: Scope, expected: Expected, unit: str | None = None
) -> Node | None:
    """Return the expression bound, None where there is none, or none that can be read: the
    catalog's checks tell.
    """
    if text is None:
        return None
    if unit is not None:
        return _read(lambda: bind_in_unit(text, scope, unit))
    return _read(lambda: bind(text, scope, expected, lengths=True))


def _read(ask: Callable[[], Node | None]) -> Node | None:
    """Return the expression that is asked for, None where it cannot be read."""
    try:
        return ask()
    except (ExpressionRefused, PriceRefused):
        return None


def _and(*parts: Node | None) -> Node:
    left = tuple(part for part in parts if part is not None)
    return left[0] if len(left) == 1 else nodes.And(left)


def _undefined(node: Node) -> Node:
    return nodes.Not(nodes.Compare("==", node, node))


def _below_zero(node: Node) -> Node:
    """Return that the number is below zero or undefined."""
    return nodes.Not(nodes.Compare(">=", node, ZERO))


def may_be_undefined(model: ProductModel, node: Node) -> bool:
    """Tell whether `node` could be undefined as far as its form tells: false only where it
    certainly never is.
    """
    match node:
        case nodes.NumberOf() | nodes.TextOf():
            return _may_be_absent(model.option_by_key[node.option])
        case nodes.AttributeOf(summed=False):
            option = model.option_by_key[node.option]
            having = {value for value, _ in node.by_value}
            return _may_be_absent(option) or any(value.key not in having for value in option.values)
        case nodes.Arithmetic(operator="/", right=right) if not _is_certainly_not_zero(right):
            return True
        case nodes.Call(function="ceil" | "floor" | "round", arguments=(_, multiple)) if (
            not _is_certainly_not_zero(multiple)
        ):
            return True
        case nodes.Fold(function="min" | "max"):
            return all(may_be_undefined(model, part) for part in node.parts)
        case (
            nodes.Compare()
            | nodes.And()
            | nodes.Or()
            | nodes.Not()
            | nodes.Implies()
            | nodes.CountTrue()
        ):
            return False
        case nodes.If():
            return may_be_undefined(model, node.yes) or may_be_undefined(model, node.no)
    return any(may_be_undefined(model, child) for child in children(node))


def _is_certainly_not_zero(node: Node) -> bool:
    return isinstance(node, nodes.Constant) and node.value != 0


def _may_be_absent(option: Option) -> bool:
    return option.when is not None or not (option.required or kind_of(option).is_truth)


# -- prices


def _of_price_line(model: ProductModel, line: PriceLine, scope: Scope) -> Iterator[Asked]:
    path = f"price_lines/{line.key}"
    if len(forms_of(line)) != 1:
        return
    reading = Reading(line, model, scope)
    when = _node(reading.when)
    if line.when is not None and when is None:
        return
    told = "Correct the formula, or give the line a condition that leaves this out."
    if when is not None:
        never = f"The price line '{line.key}' never applies. Correct its condition, or remove it."
        yield Asked(f"{path}/when", when, "line-never-applies", never, "note", wanted=True)
    for place, formula in _numbers_of(reading):
        node = _node(formula)
        if node is not None and may_be_undefined(model, node):
            sentence = (
                f"the price line '{line.key}' has no {formula.noun}, so there is no price. {told}"
            )
            yield from _no_price(
                model, f"{path}/{place}", node, _and(when, _undefined(node)), sentence
            )
    if line.table is not None and (priced := _read(lambda: reading.has_amount)) is not None:
        sentence = (
            f"the price line '{line.key}' has no amount in its table, so there is no price. Add the size, or say "
            "with a rule that it is not sold."
        )
        yield from _no_price(
            model, f"{path}/table", priced, _and(when, nodes.Not(priced)), sentence
        )
    quantity = _node(reading.quantity)
    if quantity is not None and not _is_from_zero(model, quantity):
        sentence = f"the quantity of the price line '{line.key}' is below zero or undefined. {told}"
        yield from _no_price(
            model, f"{path}/quantity", quantity, _and(when, _below_zero(quantity)), sentence
        )
    for by_value in (reading.amounts, reading.costs) if line.option is not None else ():
        for value, formula in by_value.items():
            node = _node(formula)
            has = _has(model, line.option, value)
            if node is not None and has is not None and may_be_undefined(model, node):
                missing = f"the price line '{line.key}' has no {formula.noun} for '{value}'"
                sentence = f"{missing}, so there is no price. {told}"
                wrong = _and(when, has, _undefined(node))
                yield from _no_price(model, f"{path}/{formula.place}", node, wrong, sentence)


def _node(formula: Formula | None) -> Node | None:
    """Return a formula of a price line, None where there is none, or none that can be read."""
    return None if formula is None else _read(lambda: formula.node)


def _no_price(
    model: ProductModel, path: str, node: Node, wrong: Node, sentence: str
) -> Iterator[Asked]:
    """Return what to ask about a number of a price line that is `wrong` somewhere, so that there is
    no price.

    Where all that it reads has a value, as with a division by zero, the formula itself is wrong,
    and that is an error; where something is left open, it may be that nobody buys it so.
    """
    options = (model.option_by_key[key] for key in sorted(reads(node)))
    open_ones = tuple(
        nodes.Given(option.key)
        for option in options
        if not kind_of(option).is_several and _may_be_absent(option)
    )
    yield Asked(path, _and(wrong, *open_ones), "price-undefined", sentence, "error")
    if open_ones:
        left_open = nodes.Not(_and(*open_ones))
        yield Asked(f"{path}?open", _and(wrong, left_open), "price-undefined", sentence)


def _numbers_of(reading: Reading) -> Iterator[tuple[str, Formula]]:
    """Return the numbers without which a line gives no amount, each with its place for the engine."""
    single = (
        ()
        if reading.line.option is not None or reading.line.table is not None
        else (reading.number,)
    )
    cost = () if reading.line.option is not None else tuple(reading.costs.values())
    for formula in (*single, reading.waste, reading.at_least, *cost):
        if formula is not None:
            yield formula.place, formula
    with suppress(PriceRefused):
        yield from ((f"breaks?{each.pieces}", each.formula) for each in reading.breaks)


def _has(model: ProductModel, key: str | None, value: str) -> Node | None:
    option = model.option_by_key.get(key or "")
    if option is None or (not kind_of(option).is_truth and value not in option.value_by_key):
        return None
    return _and(*has_value(option, value))


def _applies(model: ProductModel, line: PriceLine, scope: Scope) -> Node | None:
    """Return when the line adds an amount; None for always."""
    when = _node(Reading(line, model, scope).when)
    option = model.option_by_key.get(line.option or "")
    if option is None or not (_may_be_absent(option) or kind_of(option).is_several):
        return when
    return _and(when, nodes.Given(option.key))


def _of_price_list(model: ProductModel, price_list: PriceList, scope: Scope) -> Iterator[Asked]:
    lines = lines_in(model, price_list)
    applies = [_applies(model, line, scope) for line in lines]
    if lines and all(each is not None for each in applies):
        none = nodes.And(tuple(nodes.Not(each) for each in applies if each is not None))
        sentence = (
            f"no price line of the price list '{price_list.key}' applies, so there is no price. Add a line that always "
            "holds, 0 if it costs nothing."
        )
        yield Asked(f"price_lines?{price_list.key}", none, "price-missing", sentence)


def _of_grids(
    model: ProductModel, price_lists: Sequence[PriceList], scope: Scope
) -> Iterator[Asked]:
    """Return when a combination of two numbers has no price line though the lines around it have
    one.
    """
    told: set[tuple[str, ...]] = set()
    for price_list in price_lists:
        for grid in grids_of(model, lines_in(model, price_list), scope):
            keys = tuple(line.key for line in grid.lines)
            if keys in told or grid.gap is None:
                continue
            told.add(keys)
            sentence = (
                f"no price line of {joined(keys)} holds, though they do around it. Let the ranges touch, or say with a "
                "rule that this is not sold."
            )
            yield Asked(f"price_lines/{keys[0]}/when?gap", grid.gap, "price-gap", sentence)


# -- parts, lead times, pictures


def _of_bom_line(model: ProductModel, line: BomLine, scope: Scope) -> Iterator[Asked]:
    path = f"bom_lines/{line.key}"
    need = PartNeed(line, scope)
    when = _read(lambda: need.when)
    if line.when is not None and when is None:
        return
    if when is not None:
        never = f"The part '{line.key}' is never needed: its condition never holds. Correct it, or remove the line."
        yield Asked(f"{path}/when", when, "line-never-applies", never, "note", wanted=True)
    option = model.option_by_key.get(line.option or "")
    given = None
    if option is not None and kind_of(option).is_listed:
        given = nodes.Given(option.key)
        for value in option.values:
            has = _has(model, option.key, value.key)
            if not value.sku and has is not None:
                sentence = (
                    f"the BOM line '{line.key}' takes its part from '{option.label}', and '{value.label}' has no SKU. "
                    "Give it one, or the line a condition that leaves it out."
                )
                where = f"options/{option.key}/values/{value.key}/sku?{line.key}"
                yield Asked(
                    where,
                    _and(when, has),
                    "no-sku",
                    sentence,
                    "error" if when is None else "warning",
                )
    quantity = _read(lambda: need.quantity)
    if quantity is None:
        return
    there = [part for part in (when, given) if part is not None]
    if not _is_from_zero(model, quantity):
        sentence = f"the quantity of the part '{line.key}' is below zero or undefined. Correct the formula."
        yield Asked(
            f"{path}/quantity", _and(*there, _below_zero(quantity)), "quantity-undefined", sentence
        )
    if not isinstance(quantity, nodes.Constant):
        there.append(nodes.Compare("!=", quantity, ZERO))
    for name in line.measures:
        measure = _read(partial(need.measure, name))
        if measure is not None and not _is_from_zero(model, measure):
            sentence = f"the {name} of the part '{line.key}' is below zero or undefined. Correct the formula."
            yield Asked(
                f"{path}/measures/{name}",
                _and(*there, _below_zero(measure)),
                "measure-undefined",
                sentence,
            )


def _of_parts_listed_twice(model: ProductModel, scope: Scope) -> Iterator[Asked]:
    """Return when two lines list the same part, which is then ordered twice.

    Parts with measures are cut: a top and a bottom of one board have lines of their own.
    """
    listed: dict[str, dict[str, list[Node]]] = {}
    for line in model.bom_lines:
        when = _bound(line.when, scope, "condition")
        if line.measures or (line.when is not None and when is None):
            continue
        option = model.option_by_key.get(line.option or "")
        if option is None:
            if line.part:
                listed.setdefault(line.part, {})[line.key] = [when or _TRUE]
            continue
        for value in option.values:
            has = _has(model, option.key, value.key)
            if value.sku and has is not None:
                listed.setdefault(value.sku, {}).setdefault(line.key, []).append(_and(when, has))
    for part, by_line in listed.items():
        if len(by_line) > 1:
            keys = list(by_line)
            named = joined([f"'{key}'" for key in keys])
            sentence = (
                f"more than one of the lines {named} lists the part {part}, and their quantities are added. If one is "
                "enough, remove the other, or give them conditions that leave out one another."
            )
            several = _several(
                [each[0] if len(each) == 1 else nodes.Or(tuple(each)) for each in by_line.values()]
            )
            yield Asked(f"bom_lines/{keys[-1]}?{part}", several, "part-listed-twice", sentence)


def _several(conditions: Sequence[Node]) -> Node:
    """Return that at least two of the conditions hold."""
    others = tuple(each for each in conditions if each != _TRUE)
    always = len(conditions) - len(others)
    if always > 1:
        return _TRUE
    if always == 1 or len(others) == 2:
        return others[0] if len(others) == 1 else nodes.Or(others) if always else nodes.And(others)
    return nodes.Compare(">", nodes.CountTrue(others), nodes.Constant(Fraction(1)))


def _is_from_zero(model: ProductModel, node: Node) -> bool:
    """Tell whether the form of the expression shows that it is always defined and never below zero."""
    least = bounds(model, node).least
    return least is not None and least >= 0 and not may_be_undefined(model, node)


def _of_lead_times(model: ProductModel, scope: Scope) -> Iterator[Asked]:
    parts: list[Node] = []
    applies: list[Node] = []
    for line in model.lead_time_lines:
        path = f"lead_time_lines/{line.key}"
        when, days = _bound(line.when, scope, "condition"), _bound(line.days, scope, "number", DAYS)
        if days is None or (line.when is not None and when is None):
            return
        if when is not None:
            never = f"The lead-time line '{line.key}' never applies. Correct its condition, or remove it."
            yield Asked(f"{path}/when", when, "line-never-applies", never, "note", wanted=True)
        if may_be_undefined(model, days):
            sentence = f"the lead-time line '{line.key}' gives no days, so the lead time is not known. Correct it."
            yield Asked(
                f"{path}/days", _and(when, _undefined(days)), "lead-time-undefined", sentence
            )
        parts.append(days if when is None else nodes.If(when, days, ZERO))
        applies += [when] if when is not None else []
    if parts and len(applies) == len(parts):
        yield from _no_days(model, _and(*(nodes.Not(when) for when in applies)))
    total = parts[0] if len(parts) == 1 else nodes.Call("sum", tuple(parts))
    least = bounds(model, total).least if parts else Fraction(0)
    if least is None or least < 0:
        sentence = "the lead time is below zero days. Correct the lines that take days off."
        yield Asked(
            "lead_time_lines", nodes.Compare("<", total, ZERO), "lead-time-negative", sentence
        )


def _no_days(model: ProductModel, none: Node) -> Iterator[Asked]:
    """Return what to ask where all lead-time lines have a condition: value by value where they read
    one option.
    """
    sentence = (
        "no lead-time line applies, so it is said to be ready in 0 days. Add a line that holds there, 0 days if it is "
        "in stock."
    )
    read = reads(none)
    option = model.option_by_key[next(iter(read))] if len(read) == 1 else None
    if option is None or not kind_of(option).is_single:
        yield Asked("lead_time_lines?none", none, "lead-time-missing", sentence)
        return
    for value in option.values:
        has = nodes.IsOneOf(option.key, (value.key,))
        path = f"options/{option.key}/values/{value.key}?lead_time"
        yield Asked(path, _and(has, none), "lead-time-missing", sentence)
    if _may_be_absent(option):
        left_open = _and(nodes.Not(nodes.Given(option.key)), none)
        yield Asked("lead_time_lines?none", left_open, "lead-time-missing", sentence)


def _of_layers(model: ProductModel, scope: Scope) -> Iterator[Asked]:
    for layer in model.layers:
        when = _bound(layer.when, scope, "condition")
        if when is not None:
            never = (
                f"The layer '{layer.key}' is never shown: its condition never holds. Correct "
                f"it, or remove the layer."
            )
            yield Asked(
                f"layers/{layer.key}/when", when, "layer-never-shown", never, "note", wanted=True
            )
