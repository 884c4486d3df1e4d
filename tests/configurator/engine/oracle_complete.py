"""Random prices and lead times for the oracle's sketches, and the best completion found by looking
at all of them.

Shares nothing with the engine, nor with the pricing core.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.configurator.engine.oracle import (
    Asked,
    Maker,
    Oracle,
    Sketch,
    Tree,
    _plain,
    holds,
    worth,
    written,
)

type Choices = dict[str, Any]


@dataclass
class Line:
    """A price line: an amount, amounts by value of an option, or a percentage of some lines before
    it.
    """

    key: str
    when: Tree | None = None
    amount: Tree | None = None
    option: str | None = None
    amounts: dict[str, Tree] = field(default_factory=dict)
    percent: Tree | None = None
    of: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {"key": self.key, "label": self.key}
        if self.when:
            found["when"] = written(self.when)
        if self.amount is not None:
            found["amount"] = written(self.amount)
        if self.option is not None:
            found |= {
                "option": self.option,
                "amounts": {key: written(tree) for key, tree in self.amounts.items()},
            }
        if self.percent is not None:
            found |= {"percent": written(self.percent), "of": self.of}
        return found


@dataclass
class Tariff:
    """What a sketch costs and how long it takes; `terms` are the rounding of its price list."""

    lines: list[Line]
    days: list[tuple[Tree, Tree | None]]
    terms: dict[str, Any]

    def document(self, sketch: Sketch) -> dict[str, Any]:
        return {
            **sketch.document(),
            "price_lines": [line.document() for line in self.lines],
            "lead_time_lines": [
                {
                    "key": f"d{place}",
                    "label": "days",
                    "days": written(tree),
                    **({"when": written(when)} if when else {}),
                }
                for place, (tree, when) in enumerate(self.days)
            ],
        }

    def costs(self) -> dict[str, dict[str, Fraction]]:
        """Return what the lines say each value of an option costs; nothing of one where a formula
        says it.
        """
        found: dict[str, dict[str, Fraction]] = {}
        by_formula = set[str]()
        for line in self.lines:
            if line.option is None:
                continue
            of_option = found.setdefault(line.option, {})
            for key, tree in line.amounts.items():
                try:
                    of_option[key] = of_option.get(key, Fraction(0)) + Fraction(written(tree))
                except ValueError:
                    by_formula.add(line.option)
        return {option: each for option, each in found.items() if option not in by_formula}

    # -- what a configuration costs

    def price(self, sketch: Sketch, chosen: Mapping[str, Any]) -> int | None:
        """Return the total in hundredths, None where there is no price."""
        amounts: dict[str, Fraction] = {}
        applies = False
        for line in self.lines:
            amounts[line.key] = Fraction(0)
            if line.when is not None and not holds(line.when, sketch, dict(chosen)):
                continue
            if line.percent is not None:
                rate = worth(line.percent, sketch, dict(chosen))
                if rate is None:
                    return None
                base = sum((amounts[key] for key in line.of or list(amounts)[:-1]), Fraction(0))
                amounts[line.key] = self._rounded(base * rate / 100)
                applies = True
                continue
            for tree in self._trees(line, chosen):
                amount = None if tree is None else worth(tree, sketch, dict(chosen))
                if amount is None:
                    return None
                amounts[line.key] += self._rounded(amount * 100)
                applies = True
        total = sum(amounts.values(), Fraction(0))
        if self.terms["rounding_of"] == "total":
            total = self._to_increment(total)
        return int(total) if applies and total >= 0 else None

    def _trees(self, line: Line, chosen: Mapping[str, Any]) -> list[Tree | None]:
        if line.amount is not None:
            return [line.amount]
        value = chosen[line.option or ""]
        names = (
            []
            if value is None
            else ["true" if value else "false"]
            if isinstance(value, bool)
            else [value]
        )
        if isinstance(value, frozenset):
            names = sorted(value)
        return [line.amounts.get(name) for name in names]

    def _rounded(self, amount: Fraction) -> Fraction:
        return self._to_increment(amount) if self.terms["rounding_of"] == "line" else amount

    def _to_increment(self, amount: Fraction) -> Fraction:
        increment = Fraction(self.terms.get("rounding_increment", Decimal("0.01"))) * 100
        steps = amount / increment
        size = abs(steps)
        mode = self.terms["rounding_mode"]
        rest = size - floor(size)
        up = {
            "up": rest > 0,
            "down": False,
            "half_up": rest >= Fraction(1, 2),
            "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and floor(size) % 2 == 1),
        }[mode]
        return (floor(size) + up) * (1 if steps >= 0 else -1) * increment

    def lead_time(self, sketch: Sketch, chosen: Mapping[str, Any]) -> int | None:
        total = Fraction(0)
        for tree, when in self.days:
            if when is not None and not holds(when, sketch, dict(chosen)):
                continue
            days = worth(tree, sketch, dict(chosen))
            if days is None:
                return None
            total += days
        return ceil(total) if 0 <= total <= 10_000 else None


def tariff(maker: Maker, sketch: Sketch) -> Tariff:
    """Return random prices and lead times that read the options of `sketch`."""
    chance = maker.random
    lines = [Line("base", amount=("constant", Fraction(chance.choice((40, 100, 300)))))]
    if chance.random() < 0.1:
        lines[0].when = maker.condition(sketch, 1)
    for place in range(chance.randint(0, 4)):
        line = Line(f"p{place}", when=maker.condition(sketch, 1) if chance.random() < 0.3 else None)
        listed = [each for each in sketch.asked if each.kind in ("choice", "multi", "boolean")]
        if listed and chance.random() < 0.5:
            each = chance.choice(listed)
            names = ["true", "false"] if each.kind == "boolean" else each.values
            line.option = each.key
            line.amounts = {
                name: _amount(maker, sketch) for name in names if chance.random() < 0.95
            } or {names[0]: _amount(maker, sketch)}
        elif len(lines) > 1 and chance.random() < 0.35:
            line.percent = (
                (
                    "constant",
                    Fraction(chance.choice((5, 10, 50, 150)) * chance.choice((1, 1, 1, 2)), 4),
                )
                if chance.random() < 0.7
                else (
                    "-",
                    ("constant", Fraction(0)),
                    ("constant", Fraction(chance.choice((10, 33, 100, 120)))),
                )
                if chance.random() < 0.5
                else maker.number(sketch, 0)
            )
            line.of = (
                []
                if chance.random() < 0.5
                else [each.key for each in lines if chance.random() < 0.6] or [lines[0].key]
            )
        else:
            line.amount = maker.number(sketch, 2)
        lines.append(line)
    days = [
        (_amount(maker, sketch), maker.condition(sketch, 1) if chance.random() < 0.4 else None)
        for _ in range(chance.randint(1, 3))
    ]
    terms: dict[str, Any] = {
        "rounding_of": chance.choice(("line", "line", "total")),
        "rounding_mode": chance.choice(("half_up", "half_even", "up", "down")),
    }
    if chance.random() < 0.4:
        terms["rounding_increment"] = chance.choice((Decimal("0.05"), Decimal(1)))
    return Tariff(lines, days, terms)


def _amount(maker: Maker, sketch: Sketch) -> Tree:
    if maker.random.random() < 0.6:
        return (
            "constant",
            Fraction(
                maker.random.choice((0, 0, 1, 3, 7, 20, 55)), maker.random.choice((1, 1, 2, 8))
            ),
        )
    return maker.number(sketch, 1)


# -- completions


@dataclass(frozen=True)
class Best:
    """The least that each goal can come to, and all values that come to it."""

    reached: tuple[int, ...]
    values: list[Choices]


class Completions:
    """All complete configurations of a sketch with some choices, and what they cost."""

    def __init__(self, sketch: Sketch, oracle: Oracle, tariff: Tariff, choices: Choices) -> None:
        self.sketch = sketch
        self.oracle = oracle
        self.tariff = tariff
        self.choices = choices
        self.now = self._states(oracle.settled(choices)[0])

    def best(self, goals: tuple[str, ...], liked: Mapping[str, Any] | None = None) -> Best | None:
        """Return the best of all; those without an unasked text first. None where nothing has price
        and lead time.
        """
        ranked: dict[tuple[int, ...], list[Choices]] = {}
        for chosen in self._all():
            seen = {
                key: None if self._is_unknown(key) and value == "given" else value
                for key, value in chosen.items()
            }
            price, days = (
                self.tariff.price(self.sketch, seen),
                self.tariff.lead_time(self.sketch, seen),
            )
            if price is None or days is None:
                continue
            reached = {
                "price": price,
                "days": days,
                "changes": self._differing(chosen, self.now),
                "preset": self._differing(chosen, liked or {}),
            }
            unasked = sum(
                chosen[each.key] == "given"
                for each in self.sketch.asked
                if each.kind == "text" and not each.required and self._is_unknown(each.key)
            )
            ranked.setdefault((min(unasked, 1), *(reached[goal] for goal in goals)), []).append(
                chosen
            )
        for reached_all in sorted(ranked):
            kept = [
                values
                for chosen in ranked[reached_all]
                if (values := self._shown(chosen)) is not None
            ]
            if kept:
                return Best(reached_all[1:], kept)
        return None

    def _all(self) -> list[Choices]:
        left = self.oracle.configurations(self.choices)
        keys = [each.key for each in self.sketch.asked]
        return [
            dict(zip(keys, combination, strict=True))
            for place, combination in enumerate(self.oracle.combinations)
            if left >> place & 1
        ]

    def _is_unknown(self, key: str) -> bool:
        each = self.sketch.option(key)
        return each.kind == "text" and key not in self.choices and each.default is None

    def _shown(self, chosen: Choices) -> Choices | None:
        """Return the values of a configuration, if they are what is shown when they are chosen."""
        values: Choices = {}
        for each in self.sketch.asked:
            state = chosen[each.key]
            if each.kind == "multi":
                asked = each.when is None or holds(each.when, self.sketch, dict(chosen))
                if state or asked:
                    values[each.key] = tuple(value for value in each.values if value in state)
            elif state is not None and not self._is_unknown(each.key):
                values[each.key] = state
        left_empty = {key: choice for key, choice in self.choices.items() if choice == ""}
        settled, unsettled = self.oracle.settled({**left_empty, **values})
        return values if settled == values and not unsettled else None

    def _states(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {each.key: self._state(each, values.get(each.key)) for each in self.sketch.asked}

    def _state(self, each: Asked, value: Any) -> Any:
        if each.kind == "multi":
            return frozenset(value or ())
        return "given" if each.kind == "text" and value is not None else value

    def _differing(self, chosen: Choices, liked: Mapping[str, Any]) -> int:
        return sum(
            len(chosen[key] ^ state) if isinstance(state, frozenset) else chosen[key] != state
            for key, state in liked.items()
        )

    def preset_states(self, choices: Choices) -> dict[str, Any]:
        """Return what a preset with these consistent choices shows; no member of a required option
        is no choice.
        """
        given = {
            key: choice
            for key, choice in choices.items()
            if choice != () or not self.sketch.option(key).required
        }
        return self._states(self.oracle.settled(given)[0])


def random_case(seed: str, most: int) -> tuple[Maker, Sketch, Tariff]:
    maker = Maker(random.Random(seed), most)
    sketch = maker.sketch()
    return maker, sketch, tariff(maker, sketch)


def plain(value: Any) -> Any:
    return _plain(value)
