"""Whether a price that lacks a part can still become less: only where it cannot is it told as
"from".

Every line that an open answer moves is held against what it comes to now, by bounds of its
expressions. Where that does not tell, the price may fall.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import inf

from catalog.expressions.evaluate import evaluate
from catalog.expressions.nodes import Node, reads
from catalog.kinds.kind import GIVEN, NOT_GIVEN
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option
from configurator.completion.objectives import LineReader
from configurator.engine.face.choices import Budget, Compiled, Domain, deduce
from configurator.engine.face.rest import IN, OUT, Box, CellReader, grounds_of
from configurator.engine_checks.bounds import bounds
from pricing.breakdown import Breakdown, Prices, Sums
from pricing.lines import Line, kept_line
from pricing.price_forms import Item, PriceRefused

type Values = Mapping[str, Choice]

ZERO = Fraction(0)


def may_fall(
    engine: Compiled,
    prices: Prices,
    breakdown: Breakdown,
    choices: Values,
    values: Values,
    missing: Collection[str],
    domains: Mapping[str, Domain],
    budget: Budget | None,
) -> bool:
    """Tell whether answers to what is `missing` may lead below the total of `breakdown`; True where
    nobody knows.

    `domains` are those of all options with `choices`, `values` what holds with them. Choices stay,
    and so does what no answer touches.
    """
    prices = prices.of(breakdown.quantity)
    moving = _moving(engine, prices, choices, values, missing, domains, budget)
    if not _rises_with_its_total(prices):
        return True
    box = _Box(engine, values, domains, moving)
    texts = {
        key: value for key, value in values.items() if key not in moving and isinstance(value, str)
    }
    return not _Held(prices, CellReader(engine, texts), box, values, moving).stands(
        breakdown.known.sums
    )


def _moving(
    engine: Compiled,
    prices: Prices,
    choices: Values,
    values: Values,
    missing: Collection[str],
    domains: Mapping[str, Domain],
    budget: Budget | None,
) -> frozenset[str]:
    """Return the options whose value an answer may change: what is missing, and what is tied to it
    and not chosen.
    """
    grounds = grounds_of(engine)
    places = {grounds.of_option[key] for key in missing}
    near = [
        option
        for place in places
        for option in grounds.all[place].options
        if option.key not in choices
    ]
    near = [option for option in near if option.key in missing or domains[option.key].only is None]
    settled = {
        each.key: values[each.key]
        for each in near
        if each.key in values and each.key not in missing
    }
    if not _is_read(prices, settled):
        return frozenset(option.key for option in near)
    # Beside what is settled there may be one question alone, and all its answers: then nothing else
    # has to change.
    beside = deduce(engine, {**choices, **settled}, budget)
    if beside.consistent:
        left = [
            each for each in near if each.key not in settled and _may_have(beside.domains[each.key])
        ]
        by_place = {grounds.of_option[each.key] for each in left}
        if len(by_place) == len(left) and all(
            _answers(beside.domains[each.key]) == _answers(domains[each.key]) for each in left
        ):
            return frozenset(option.key for option in left)
    return frozenset(option.key for option in near)


def _is_read(prices: Prices, keys: Collection[str]) -> bool:
    """Tell whether a line of the list, or of one it is made from, reads one of these options."""
    below: Prices | None = prices
    while below is not None:
        if not below.readers.keys().isdisjoint(keys):
            return True
        below = below.base
    return False


def _answers(domain: Domain) -> tuple[object, ...]:
    return domain.values, domain.forced, domain.runs, domain.checked


def _may_have(domain: Domain) -> bool:
    return not domain.checked or domain.given or bool(domain.values) or bool(domain.runs)


class _Box(dict[int, Sequence[int]]):
    """The cells that each slot may still have, found out when somebody asks for it."""

    def __init__(
        self,
        engine: Compiled,
        values: Values,
        domains: Mapping[str, Domain],
        moving: frozenset[str],
    ) -> None:
        super().__init__()
        self._engine = engine
        self._values = values
        self._domains = domains
        self._moving = moving

    def __missing__(self, index: int) -> Sequence[int]:
        slot = self._engine.slots.all[index]
        option = self._engine.model.option_by_key[slot.option]
        if option.key in self._moving:
            self.update(_cells(self._engine, option, self._domains[option.key]))
        else:
            cells = CellReader(self._engine, {}).cells(option, self._values.get(option.key))
            self.update({each: [cell] for each, cell in cells.items()})
        return self.setdefault(index, range(slot.cells))


def _cells(engine: Compiled, option: Option, domain: Domain) -> dict[int, list[int] | range]:
    reader = CellReader(engine, {})
    kind = kind_of(option)
    if kind.is_several:
        members = engine.slots.members(option)
        if not domain.checked:
            return {slot.index: [OUT, IN] for slot in members}
        return {
            slot.index: [IN]
            if slot.value in domain.forced
            else [OUT, IN]
            if slot.value in domain.values
            else [OUT]
            for slot in members
        }
    slot = engine.slots.of_option[option.key]
    if not domain.checked:
        return {slot.index: range(slot.cells)}
    if kind.is_open:
        return {slot.index: [NOT_GIVEN, GIVEN]}
    found: Collection[Choice] = domain.values
    if kind.is_stepped:
        found = [kind.at_number(end) for run in domain.runs for end in run]
    cells = [cell for value in found for cell in reader.cells(option, value).values()]
    if kind.is_stepped and cells:
        cells = list(range(min(cells), max(cells) + 1))
    return {slot.index: cells + ([slot.none] if domain.none and slot.none is not None else [])}


def _rises_with_its_total(prices: Prices) -> bool:
    """Tell whether what is shown never falls where lines come to more, whatever tax makes of them."""
    own = prices.price_list
    if own.shows == own.amounts_are or prices.taxing is None:
        return True
    return own.tax_rounding_of == "total" and not own.taxes and not prices.tells_taxes_apart


@lru_cache(maxsize=64)
def _reader_of(prices: Prices) -> "_Items":
    return _Items(LineReader(prices.model))


@dataclass(frozen=True)
class _Items:
    """What lines give, read once: by the identity of a line, for the prices it belongs to."""

    reader: LineReader
    known: dict[int, tuple[Item, ...]] = field(default_factory=dict)

    def of(self, prices: Prices, index: int) -> tuple[Item, ...]:
        line = prices.lines[index]
        found = self.known.get(id(line))
        if found is None:
            found = self.known[id(line)] = self._of(prices, line)
        return found

    def _of(self, prices: Prices, line: Line) -> tuple[Item, ...]:
        if line.below is None or prices.base is None:
            return self.reader.price_line(line.line).items
        below = self.of(prices.base, line.below)
        kept = {value: text for key, value, text in prices.terms.amounts if key == line.line.key}
        own = kept_line(line.line, kept) if kept else None
        instead = (
            {}
            if own is None
            else {item.value: item.amount for item in self.reader.price_line(own).items}
        )
        return tuple(
            Item(
                item.value,
                item.conditions,
                instead.get(
                    item.value, (item.cost or item.amount) if line.takes_costs else item.amount
                ),
                item.cost,
            )
            for item in below
        )


class _Held:
    """The lines of a price, each held against the least it can come to."""

    def __init__(
        self, prices: Prices, reader: CellReader, box: Box, values: Values, moving: frozenset[str]
    ) -> None:
        self.prices = prices
        self.reader = reader
        self.box = box
        self.values = values
        self.moving = moving
        self.items = _reader_of(prices)
        self.open_texts = frozenset(
            key for key in moving if kind_of(prices.model.option_by_key[key]).is_open
        )

    def stands(self, sums: Sums) -> bool:
        try:
            return self._stands(self.prices, sums) is not None
        except (PriceRefused, KeyError):
            return False

    def _stands(self, prices: Prices, sums: Sums) -> frozenset[int] | None:
        """Return the lines that move; None where one of them, or the total, may come to less."""
        moved: set[int] = set()
        if prices.base is not None and sums.base is not None:
            below = self._stands(prices.base, sums.base)
            if below is None:
                return None
            # Each line is rounded again, or has an amount of its own: a minimum that gives way may
            # give more.
            own = {key for key, _, _ in prices.terms.amounts}
            is_other = prices.rounding.by_line or any(
                prices.base.lines[index].line.key in own for index in below
            )
            if is_other and any(prices.base.lines[index].of for index in below):
                return None
            if below and prices.rounding.by_line and not prices.base.rounding.by_line:
                return None
            moved = {prices.above[index] for index in below if index in prices.above}
        for option in self.moving:
            moved.update(
                index for index in prices.readers.get(option, ()) if prices.lines[index].of is None
            )
        if not all(
            self._line_stands(prices, sums, index)
            for index in moved
            if prices.lines[index].of is None
        ):
            return None
        falls: Fraction | float = ZERO
        for index in prices.bounds:
            line = prices.lines[index]
            is_own = not line.reads.isdisjoint(self.moving)
            if not is_own and (line.of is None or line.of.isdisjoint(moved)):
                continue
            if not self._bound_stands(prices, sums, index, is_own):
                return None
            if line.form == "percent":
                falls += min(self._rate(line)[0], ZERO)
            if line.line.of and (falls or any(prices.lines[each].of for each in line.of or ())):
                return None
            moved.add(index)
        if falls < -100:
            return None
        raised = prices.price_list.least_over_cost is not None and any(
            part.amount for part in sums.parts[len(prices.lines) : len(prices.lines) + 2]
        )
        return None if moved and raised else frozenset(moved)

    # -- lines with amounts

    def _line_stands(self, prices: Prices, sums: Sums, index: int) -> bool:
        line = prices.lines[index]
        is_open = self._is_open(prices, sums, index)
        if line.line.breaks and not self._breaks_stand(line, is_open):
            return False
        is_table = line.line.table is not None and line.below is not None
        for item in self.items.of(prices, index):
            now = ZERO if is_open else self._now(item)
            if now is None or (is_table and now) or self._least(item) < now:
                return False
        return True

    def _is_open(self, prices: Prices, sums: Sums, index: int) -> bool:
        """Tell whether a line adds nothing now: it waits, or does not apply."""
        line = prices.lines[index]
        if line.below is not None and prices.base is not None and sums.base is not None:
            return self._is_open(prices.base, sums.base, line.below)
        return sums.parts[index].state != "applied"

    def _breaks_stand(self, line: Line, is_open: bool) -> bool:
        for each in self.items.reader.price_line(line.line).breaks:
            node = each.formula.node
            least = self._bounds(node)[0]
            if least < (0 if each.is_amount else -100):
                return False
            if not is_open and not reads(node).isdisjoint(self.moving):
                return False
        return True

    def _now(self, item: Item) -> Fraction | None:
        if not all(evaluate(condition, self.values) for condition in item.conditions):
            return ZERO
        found = evaluate(item.amount, self.values)
        return found if isinstance(found, Fraction) else None

    def _least(self, item: Item) -> Fraction | float:
        return self._where(item.conditions, item.amount)[0]

    def _where(
        self, conditions: Collection[Node], number: Node
    ) -> tuple[Fraction | float, Fraction | float]:
        """Return the bounds of a number that is nothing where a condition does not hold."""
        truths = [self._holds(condition) for condition in conditions]
        if False in truths:
            return ZERO, ZERO
        low, high = self._bounds(number)
        return (low, high) if all(truths) else (min(low, ZERO), max(high, ZERO))

    def _holds(self, node: Node) -> bool | None:
        return (
            self.reader.holds(node, self.box) if self.open_texts.isdisjoint(reads(node)) else None
        )

    def _bounds(self, node: Node) -> tuple[Fraction | float, Fraction | float]:
        if not self.open_texts.isdisjoint(reads(node)):
            form = bounds(self.prices.model, node)
            return (
                -inf if form.least is None else form.least,
                inf if form.most is None else form.most,
            )
        return self.reader.bounds(node, self.box) or (ZERO, ZERO)

    # -- percentages, minima and maxima

    def _rate(self, line: Line) -> tuple[Fraction | float, Fraction | float]:
        reading = self.items.reader.price_line(line.line)
        return self._where(reading.conditions, reading.number.node)

    def _bound_stands(self, prices: Prices, sums: Sums, index: int, is_own: bool) -> bool:
        """Tell whether a percentage, minimum or maximum that moves comes to no less by what it says
        itself.
        """
        if not is_own:
            return True
        line = prices.lines[index]
        is_applied = sums.parts[index].state == "applied"
        reading = self.items.reader.price_line(line.line)
        low = self._rate(line)[0]
        rate = evaluate(reading.number.node, self.values)
        now = rate if is_applied and isinstance(rate, Fraction) else ZERO
        if line.form == "percent":
            return low >= now and sums.befores[index] >= 0
        if line.form == "minimum":
            return not is_applied or low >= now
        return is_applied and low >= now and all(self._holds(each) for each in reading.conditions)
