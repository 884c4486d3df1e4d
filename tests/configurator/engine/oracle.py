"""The slow, plain way to every answer of the engine: go through all combinations, one by one, with
fractions.

Shares nothing with the engine. Expressions are nested tuples that this module makes, evaluates and
writes in the catalog's notation.
"""

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

Tree = tuple[Any, ...]
Assignment = dict[str, Any]
COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


# -- what an expression is worth


def holds(tree: Tree, model: "Sketch", chosen: Assignment) -> bool:
    """Tell whether a condition holds. A choice has its key or None, a multi-choice a frozenset."""
    match tree:
        case ("is", option, value):
            return chosen[option] == value
        case ("is not", option, value):
            return chosen[option] is not None and chosen[option] != value
        case ("in", option, values):
            return chosen[option] in values
        case ("yes", option):
            return chosen[option] is True
        case ("has", option, value):
            return value in chosen[option]
        case ("given", option):
            return chosen[option] is not None and chosen[option] != frozenset()
        case ("compare", operator, left, right):
            a, b = worth(left, model, chosen), worth(right, model, chosen)
            return a is not None and b is not None and COMPARE[operator](a, b)
        case ("and", *parts):
            return all(holds(part, model, chosen) for part in parts)
        case ("or", *parts):
            return any(holds(part, model, chosen) for part in parts)
        case ("not", part):
            return not holds(part, model, chosen)
        case ("implies", left, right):
            return holds(right, model, chosen) if holds(left, model, chosen) else True
        case ("if", condition, yes, no):
            return holds(yes if holds(condition, model, chosen) else no, model, chosen)
    raise AssertionError(tree)


def worth(tree: Tree, model: "Sketch", chosen: Assignment) -> Any:
    """Return the number or text of an expression, None where it is undefined."""
    match tree:
        case ("constant", value):
            return value
        case ("number of", option):
            return chosen[option]
        case ("key of", option):
            return chosen[option]
        case ("attribute", option, name):
            return (
                model.attributes[option, name].get(chosen[option])
                if chosen[option] is not None
                else None
            )
        case ("sum of", option, name):
            return sum(
                (
                    model.attributes[option, name].get(value, Fraction(0))
                    for value in chosen[option]
                ),
                Fraction(0),
            )
        case ("count of", option):
            return Fraction(len(chosen[option]))
        case ("count true", *conditions):
            return Fraction(
                [holds(condition, model, chosen) for condition in conditions].count(True)
            )
        case ("if", condition, yes, no):
            return worth(yes if holds(condition, model, chosen) else no, model, chosen)
    numbers = [worth(part, model, chosen) for part in tree[1:]]
    if None in numbers:
        return None
    match tree[0], numbers:
        case "+", [a, b]:
            return a + b
        case "-", [a, b]:
            return a - b
        case "*", [a, b]:
            return a * b
        case "/", [a, b]:
            return None if b == 0 else a / b
        case "min", _:
            return min(numbers)
        case "max", _:
            return max(numbers)
        case "sum", _:
            return sum(numbers)
        case "abs", [a]:
            return abs(a)
        case ("floor" | "ceil" | "round") as name, [a]:
            return _whole(name, a)
        case ("floor" | "ceil" | "round") as name, [a, b]:
            return None if b == 0 else _whole(name, a / abs(b)) * abs(b)
    raise AssertionError(tree)


def _whole(name: str, number: Fraction) -> Fraction:
    if name == "floor":
        return Fraction(floor(number))
    if name == "ceil":
        return Fraction(ceil(number))
    away = floor(abs(number) + Fraction(1, 2))
    return Fraction(away if number >= 0 else -away)


def written(tree: Tree) -> str:
    """Return the expression in the catalog's notation."""
    match tree:
        case ("is" | "is not", option, value):
            return f"{option} {tree[0]} {value}"
        case ("in", option, values):
            return f"{option} in ({', '.join(values)})"
        case ("yes", option):
            return option
        case ("has", option, value):
            return f"{option} has {value}"
        case ("given", option):
            return f"given({option})"
        case ("compare", operator, left, right):
            return f"({written(left)}) {operator} ({written(right)})"
        case ("not", part):
            return f"not ({written(part)})"
        case ("and" | "or" | "implies", *parts):
            return f" {tree[0]} ".join(f"({written(part)})" for part in parts)
        case ("if", condition, yes, no):
            return f"if ({written(condition)}) then ({written(yes)}) else ({written(no)})"
        case ("constant", str() as text):
            return f"'{text}'"
        case ("constant", Fraction() as number):
            return format(Decimal(number.numerator) / Decimal(number.denominator), "f")
        case ("number of" | "key of", option):
            return option
        case ("attribute", option, name):
            return f"{option}.{name}"
        case ("sum of", option, name):
            return f"sum({option}.{name})"
        case ("count of", option):
            return f"count({option})"
        case ("count true", *conditions):
            return f"count({', '.join(written(each) for each in conditions)})"
        case ("+" | "-" | "*" | "/", left, right):
            return f"({written(left)}) {tree[0]} ({written(right)})"
        case (name, *arguments):
            return f"{name}({', '.join(written(each) for each in arguments)})"
    raise AssertionError(tree)


def options_read(tree: Any) -> frozenset[str]:
    """Return the options that an expression reads."""
    if not isinstance(tree, tuple) or not tree:
        return frozenset()
    own = {tree[1]} if tree[0] in _READS else set()
    return frozenset(own).union(*(options_read(part) for part in tree[1:]))


_READS = {
    "is",
    "is not",
    "in",
    "yes",
    "has",
    "given",
    "number of",
    "key of",
    "attribute",
    "sum of",
    "count of",
}


# -- a model


@dataclass
class Asked:
    """An option: `domain` holds its values (frozensets of them for a multi-choice), without None."""

    key: str
    kind: str
    values: list[Any]
    required: bool = True
    when: Tree | None = None
    value_when: dict[str, Tree] = field(default_factory=dict)
    default: Any = None
    at_least: int | None = None
    at_most: int | None = None
    importance: int = 5

    def states(self) -> list[Any]:
        if self.kind == "multi":
            return [
                frozenset(some)
                for count in range(len(self.values) + 1)
                for some in itertools.combinations(self.values, count)
            ]
        if self.kind == "boolean":
            return [False, True, None] if self.when else [False, True]
        return [*self.values, None]


@dataclass
class Sketch:
    """A small product in this module's own words."""

    asked: list[Asked]
    attributes: dict[tuple[str, str], dict[str, Any]]
    rules: list[tuple[str, Tree | None, Tree]] = field(default_factory=list)
    tables: list[tuple[str, list[str], list[list[Any]], bool]] = field(default_factory=list)
    preferences: list[tuple[str, Tree | None, Tree]] = field(default_factory=list)

    def option(self, key: str) -> Asked:
        return next(each for each in self.asked if each.key == key)

    def document(self) -> dict[str, Any]:
        """Return the product as the catalog reads it."""
        return {
            "product": "random",
            "name": "Random",
            "options": [self._option(each) for each in self.asked],
            "rules": [
                {"key": key, "then": written(then), **({"when": written(when)} if when else {})}
                for key, when, then in self.rules
            ],
            "preferences": [
                {"key": key, "then": written(then), **({"when": written(when)} if when else {})}
                for key, when, then in self.preferences
            ],
            "tables": [
                {
                    "key": key,
                    "options": options,
                    "rows": [[_plain(cell) for cell in row] for row in rows],
                    "allows": allows,
                }
                for key, options, rows, allows in self.tables
            ],
        }

    def _option(self, each: Asked) -> dict[str, Any]:
        document: dict[str, Any] = {
            "key": each.key,
            "kind": each.kind,
            "label": each.key,
            "required": each.required,
            "importance": each.importance,
        }
        if each.when:
            document["when"] = written(each.when)
        if each.default is not None:
            document["default"] = _plain(each.default)
        if each.kind in ("choice", "multi"):
            document["values"] = [
                {
                    "key": value,
                    "label": value,
                    "attributes": {
                        name: _plain(held[value])
                        for (option, name), held in self.attributes.items()
                        if option == each.key and value in held
                    },
                    **(
                        {"when": written(each.value_when[value])}
                        if value in each.value_when
                        else {}
                    ),
                }
                for value in each.values
            ]
        if each.kind == "number":
            step = each.values[1] - each.values[0] if len(each.values) > 1 else Fraction(1)
            document["number"] = {
                "first": _plain(each.values[0]),
                "last": _plain(each.values[-1]),
                "step": _plain(step),
            }
        if each.at_least is not None:
            document["at_least"] = each.at_least
        if each.at_most is not None:
            document["at_most"] = each.at_most
        return document


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, (list, tuple, frozenset)):
        return [_plain(each) for each in value]
    return value


# -- what a model demands, and all its combinations


class Oracle:
    """All combinations of a sketch, as bit sets: bit i says something about combination i."""

    def __init__(
        self, sketch: Sketch, costs: Mapping[str, Mapping[str, Fraction]] | None = None
    ) -> None:
        self.sketch = sketch
        self.costs = costs or {}
        self.demands: dict[tuple[str, str], int] = {}
        demands = list(self._demands())
        self.everything = 0
        self.having: dict[tuple[str, Any], int] = {}
        self.active: dict[str, int] = {}
        self.preferred: dict[str, int] = {}
        combinations = self.combinations = list(
            itertools.product(*(each.states() for each in sketch.asked))
        )
        self.everything = (1 << len(combinations)) - 1
        keys = [each.key for each in sketch.asked]
        for place, key in enumerate(keys):
            for state in sketch.asked[place].states():
                self.having[key, state] = _bits(
                    combination[place] == state and type(combination[place]) is type(state)
                    for combination in combinations
                )
        named = [dict(zip(keys, combination, strict=True)) for combination in combinations]
        for name, reads, test in demands:
            self.demands[name] = self._satisfying(reads, test, named)
        for key, when, then in sketch.preferences:
            self.preferred[key] = self._satisfying(
                options_read(when) | options_read(then),
                lambda chosen, when=when, then=then: (
                    (when is not None and not holds(when, sketch, chosen))
                    or holds(then, sketch, chosen)
                ),
                named,
            )
        for each in sketch.asked:
            when = each.when
            self.active[each.key] = (
                self.everything
                if when is None
                else self._satisfying(
                    options_read(when), lambda chosen, when=when: holds(when, sketch, chosen), named
                )
            )

    def _satisfying(self, reads: frozenset[str], test: Any, named: list[Assignment]) -> int:
        known: dict[Any, bool] = {}
        order = sorted(reads)

        def answer(chosen: Assignment) -> bool:
            key = tuple(chosen[option] for option in order)
            if key not in known:
                known[key] = test(chosen)
            return known[key]

        return _bits(answer(chosen) for chosen in named)

    def _demands(self) -> Iterator[tuple[tuple[str, str], frozenset[str], Any]]:
        sketch = self.sketch

        def is_active(each: Asked, chosen: Assignment) -> bool:
            return each.when is None or holds(each.when, sketch, chosen)

        for each in sketch.asked:
            reads = options_read(each.when) | {each.key}
            if each.when is not None:
                yield (
                    ("option_condition", each.key),
                    reads,
                    lambda chosen, each=each: (
                        is_active(each, chosen) or chosen[each.key] in (None, frozenset())
                    ),
                )
            if each.kind == "multi":
                yield (
                    ("count", each.key),
                    reads,
                    lambda chosen, each=each: (
                        (
                            not is_active(each, chosen)
                            or len(chosen[each.key]) >= (each.at_least or 0)
                        )
                        and len(chosen[each.key])
                        <= (len(each.values) if each.at_most is None else each.at_most)
                    ),
                )
            elif each.required or each.kind == "boolean":
                yield (
                    ("required", each.key),
                    reads,
                    lambda chosen, each=each: (
                        not is_active(each, chosen) or chosen[each.key] is not None
                    ),
                )
            for value, when in each.value_when.items():
                yield (
                    ("value_condition", f"{each.key}.{value}"),
                    options_read(when) | {each.key},
                    lambda chosen, each=each, value=value, when=when: (
                        not (
                            value in chosen[each.key]
                            if each.kind == "multi"
                            else chosen[each.key] == value
                        )
                        or holds(when, sketch, chosen)
                    ),
                )
        for key, when, then in sketch.rules:
            yield (
                ("rule", key),
                options_read(when) | options_read(then),
                lambda chosen, when=when, then=then: (
                    (when is not None and not holds(when, sketch, chosen))
                    or holds(then, sketch, chosen)
                ),
            )
        for key, options, rows, allows in sketch.tables:
            yield (
                ("table", key),
                frozenset(options),
                lambda chosen, options=options, rows=rows, allows=allows: (
                    any(_matches(row, options, chosen, allows) for row in rows) == allows
                ),
            )

    # -- questions

    def stated(self, choices: Mapping[str, Any]) -> int:
        """Return the combinations that have all choices (on a multi-choice: contain at least
        these).
        """
        found = self.everything
        for key, choice in choices.items():
            each = self.sketch.option(key)
            if each.kind == "multi":
                found &= _any(
                    self.having[key, state] for state in each.states() if state >= set(choice)
                )
            elif choice == "":
                found &= self.having[key, None]
            elif each.kind == "text":
                found &= self.having[key, "given"]
            else:
                found &= self.having[key, Fraction(choice) if each.kind == "number" else choice]
        return found

    def demanded(self, names: Iterable[tuple[str, str]]) -> int:
        found = self.everything
        for name in names:
            found &= self.demands[name]
        return found

    def configurations(self, choices: Mapping[str, Any]) -> int:
        return self.stated(choices) & self.demanded(self.demands)

    def possible(self, key: str, among: int) -> list[Any]:
        """Return the states of an option found in some of the combinations."""
        return [
            state for state in self.sketch.option(key).states() if self.having[key, state] & among
        ]

    def minimal_repairs(
        self, choices: Mapping[str, Any], keep: frozenset[str]
    ) -> set[frozenset[str]]:
        """Return all smallest sets of choices outside `keep` without which the rest is consistent."""
        free = [key for key in choices if key not in keep]
        found: set[frozenset[str]] = set()
        for count in range(len(free) + 1):
            for some in itertools.combinations(free, count):
                retracted = frozenset(some)
                if any(smaller <= retracted for smaller in found):
                    continue
                if self.configurations(
                    {key: choice for key, choice in choices.items() if key not in retracted}
                ):
                    found.add(retracted)
        return found

    def preferences_held(self, choices: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the preferences that stand with the choices and with those held before them."""
        left = self.configurations(choices)
        held: list[str] = []
        for key, statement in self.preferred.items():
            if left & statement:
                left &= statement
                held.append(key)
        return tuple(held)

    def settled(self, choices: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
        """Return the values before everything is chosen, as the engine's manual tells them, and
        what needs more.
        """
        left = self.configurations(choices)
        for key in self.preferences_held(choices):
            left &= self.preferred[key]
        values: dict[str, Any] = {}
        unsettled: set[str] = set()
        waiting = list(self.sketch.asked)

        def decide_members(each: Asked, wanted: Iterable[str], certain: bool) -> bool:
            nonlocal left
            for value in each.values:
                if value in wanted:
                    left = left & containing(each, value) or left
            stuck = [value for value in each.values if not left & ~containing(each, value)]
            alone = left & self.having[each.key, frozenset(stuck)]
            if stuck or certain:
                values[each.key] = tuple(stuck)
            (unsettled.discard if alone else unsettled.add)(each.key)
            left = alone or left
            return bool(alone)

        def containing(each: Asked, value: str) -> int:
            return _any(self.having[each.key, state] for state in each.states() if value in state)

        def decide(each: Asked) -> bool:
            nonlocal left
            choice = choices.get(each.key)
            if choice is not None and choice != ():
                if each.kind == "multi":
                    return decide_members(each, choice, True)
                if choice != "":
                    values[each.key] = choice
                return True
            active = self.active[each.key]
            if left & active and left & ~active:
                return False
            asked = bool(left & active)
            if each.kind == "multi":
                return decide_members(each, (each.default or ()) if choice is None else (), asked)
            if asked and each.kind == "boolean":
                wanted = each.default is True
                if left & self.having[each.key, wanted]:
                    left &= self.having[each.key, wanted]
                    values[each.key] = wanted
                else:
                    values[each.key] = not wanted
            elif asked and each.default is not None:
                costs = self.costs.get(each.key, {})
                for value in [each.default, *(_stand_ins(each, costs) if each.required else [])]:
                    if left & self.having[each.key, value]:
                        left &= self.having[each.key, value]
                        values[each.key] = value
                        break
            return True

        while True:
            undecided = [each for each in waiting if not decide(each)]
            if len(undecided) == len(waiting):
                break
            waiting = undecided
        for each in self.sketch.asked:
            if each.key not in values and each.kind in ("choice", "number", "boolean"):
                states = self.possible(each.key, left)
                if len(states) == 1 and states[0] is not None:
                    values[each.key] = states[0]
        if not unsettled:
            values |= self._in_the_end(choices, values, waiting)
        return values, unsettled

    def _in_the_end(
        self, choices: Mapping[str, Any], values: dict[str, Any], waiting: list[Asked]
    ) -> dict[str, Any]:
        """Return what those that waited have, where nothing has to be answered and nothing more is.

        A preference that would need an answer more keeps nothing from its value.
        """
        keys = [each.key for each in self.sketch.asked]
        nothing = {
            each.key: frozenset() if each.kind == "multi" else None for each in self.sketch.asked
        }
        chosen = {**nothing, **{key: self._state(key, value) for key, value in values.items()}}
        taken: dict[str, Any] = {}
        for _ in range(len(waiting) + 1):
            before = dict(chosen)
            for each in waiting:
                if each.key in values:
                    continue
                is_on = each.when is None or holds(each.when, self.sketch, chosen)
                silent = each.default
                if each.kind == "boolean":
                    silent = each.default is True
                elif each.kind == "multi":
                    silent = tuple(choices.get(each.key, each.default) or ())
                taken.pop(each.key, None)
                if is_on and silent is not None:
                    taken[each.key] = silent
                chosen[each.key] = (
                    self._state(each.key, taken[each.key])
                    if each.key in taken
                    else nothing[each.key]
                )
            if chosen == before:
                break
        combination = tuple(chosen[key] for key in keys)
        place = next(
            (i for i, each in enumerate(self.combinations) if _alike(each, combination)), None
        )
        if place is None or not self.configurations(choices) >> place & 1:
            return {}
        return taken

    def _state(self, key: str, value: Any) -> Any:
        kind = self.sketch.option(key).kind
        return frozenset(value) if kind == "multi" else "given" if kind == "text" else value

    # -- what is complete

    def needed(self, choices: Mapping[str, Any]) -> set[str]:
        """Return which optional options no combination with all that is answered leaves without a
        value.
        """
        values, _unsettled = self.settled(choices)
        left = self.configurations(choices)
        shown = left
        for key, value in values.items():
            each = self.sketch.option(key)
            state = self._state(key, value)
            if each.kind == "multi":
                shown &= _any(self.having[key, one] for one in each.states() if one >= state)
            elif each.kind == "text":
                shown &= self.having[key, "given"]
            elif state is not False or key in choices:
                shown &= self.having[key, state]
        optional = [
            each
            for each in self.sketch.asked
            if each.key not in values
            and not each.required
            and each.kind not in ("boolean", "multi")
        ]
        return {each.key for each in optional if not shown & self.having[each.key, None]}


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(type(a) is type(b) and a == b for a, b in zip(one, other, strict=True))


def _stand_ins(each: Asked, costs: Mapping[str, Fraction]) -> list[Any]:
    """Return what may stand in for the default: numbers by distance, values that cost the same in
    order from the default round, then the others, the cheapest first.
    """
    if each.kind == "number":
        others = [value for value in each.values if value != each.default]
        return sorted(others, key=lambda value: (abs(value - each.default), value))
    if each.kind != "choice":
        return []
    place = each.values.index(each.default)
    wanted = costs.get(each.default, Fraction(0))
    round_about = [*each.values[place + 1 :], *each.values[:place]]
    others = [value for value in each.values if costs.get(value, Fraction(0)) != wanted]
    return [
        *(value for value in round_about if value not in others),
        *sorted(others, key=lambda value: costs.get(value, Fraction(0))),
    ]


def _bits(truths: Iterable[bool]) -> int:
    return int("".join("1" if truth else "0" for truth in truths)[::-1] or "0", 2)


def _any(sets: Iterable[int]) -> int:
    found = 0
    for each in sets:
        found |= each
    return found


def _matches(row: list[Any], options: list[str], chosen: Assignment, allows: bool) -> bool:
    return all(
        allows if chosen[option] is None else _cell_takes(cell, chosen[option])
        for option, cell in zip(options, row, strict=True)
    )


def _cell_takes(cell: Any, value: Any) -> bool:
    if isinstance(cell, list):
        return any(_cell_takes(each, value) for each in cell)
    if cell == "*":
        return True
    if isinstance(cell, str) and ".." in cell:
        first, last = cell.split("..")
        return Fraction(first) <= value <= Fraction(last)
    return type(cell) is type(value) and cell == value


# -- random models


class Maker:
    """Makes random small models with every construct of the catalog that the engine reads."""

    def __init__(self, random: random.Random, most: int = 3000) -> None:
        self.random = random
        self.most = most

    def sketch(self) -> Sketch:
        chance = self.random
        asked: list[Asked] = []
        attributes: dict[tuple[str, str], dict[str, Any]] = {}
        space = 1
        for place in range(chance.randint(2, 6)):
            each = self._asked(f"o{place}")
            states = len(each.states()) + (each.kind == "boolean")
            if space * states > self.most:
                continue
            space *= states
            asked.append(each)
            if each.kind in ("choice", "multi"):
                for name in ("a", "b") if chance.random() < 0.5 else ("a",):
                    held = {
                        value: self._amount() for value in each.values if chance.random() < 0.85
                    }
                    attributes[each.key, name] = held or {each.values[0]: self._amount()}
                if each.kind == "choice":
                    attributes[each.key, "t"] = {
                        value: chance.choice("xyz")
                        for value in each.values
                        if chance.random() < 0.8
                    } or {each.values[0]: "x"}
        # Where no option was small enough, there is one that is.
        asked = asked or [Asked("o0", "boolean", [False, True], True)]
        sketch = Sketch(asked, attributes)
        for each in asked:
            if chance.random() < 0.3:
                each.when = self.condition(sketch, 1)
            for value in each.values if each.kind in ("choice", "multi") else ():
                if chance.random() < 0.12:
                    each.value_when[value] = self.condition(sketch, 1)
        for place in range(chance.choice((0, 1, 1, 2, 2, 3, 4))):
            when = self.condition(sketch, 1) if chance.random() < 0.6 else None
            sketch.rules.append((f"r{place}", when, self.condition(sketch, 2)))
        for place in range(chance.choice((0, 0, 1, 1, 2))):
            table = self._table(sketch, f"t{place}")
            if table:
                sketch.tables.append(table)
        for place in range(chance.choice((0, 0, 1, 2, 3))):
            when = self.condition(sketch, 1) if chance.random() < 0.4 else None
            sketch.preferences.append((f"p{place}", when, self.condition(sketch, 1)))
        for each in asked:
            each.importance = chance.choice((5, 5, 2, 9))
        return sketch

    def _asked(self, key: str) -> Asked:
        chance = self.random
        kind = chance.choice(
            ("choice", "choice", "choice", "number", "number", "boolean", "multi", "text")
        )
        required = chance.random() < 0.75
        if kind == "number":
            first, step = (
                Fraction(chance.choice((-2, 0, 1, 5, 600))),
                Fraction(chance.choice((1, 2, 50))) / chance.choice((1, 2, 4)),
            )
            each = Asked(
                key, kind, [first + step * place for place in range(chance.randint(1, 7))], required
            )
        elif kind == "boolean":
            each = Asked(key, kind, [False, True], required)
        elif kind == "text":
            return Asked(key, kind, ["given"], required)
        else:
            most = 5 if kind == "choice" else 4
            each = Asked(
                key,
                kind,
                [f"{key}_{letter}" for letter in "abcde"[: chance.randint(1, most)]],
                required,
            )
        if kind == "multi":
            if chance.random() < 0.4:
                each.at_least = chance.randint(0, 2)
            if chance.random() < 0.4:
                each.at_most = chance.randint(1, 3)
            if chance.random() < 0.4:
                each.default = (
                    tuple(value for value in each.values if chance.random() < 0.5) or None
                )
        elif chance.random() < 0.5:
            each.default = chance.choice(each.values)
        return each

    def _amount(self) -> Fraction:
        return Fraction(
            self.random.choice((-3, -1, 0, 0, 1, 2, 3, 5, 12, 40))
        ) / self.random.choice((1, 1, 1, 2, 4))

    def condition(self, sketch: Sketch, depth: int) -> Tree:
        chance = self.random
        if depth > 0 and chance.random() < 0.5:
            shape = chance.choice(("and", "or", "not", "implies", "if"))
            parts = {"not": 1, "implies": 2, "if": 3}.get(shape) or chance.randint(2, 3)
            return (shape, *(self.condition(sketch, depth - 1) for _ in range(parts)))
        if chance.random() < 0.45:
            operator = chance.choice(list(COMPARE))
            return ("compare", operator, self.number(sketch, 2), self.number(sketch, 2))
        each = chance.choice(sketch.asked)
        if chance.random() < 0.15:
            return ("given", each.key)
        if each.kind == "choice":
            texts = [("attribute", each.key, "t"), ("constant", chance.choice("xyz"))]
            others = [
                other.key for other in sketch.asked if other.kind == "choice" and other is not each
            ]
            if others:
                texts.append(("attribute", chance.choice(others), "t"))
            if chance.random() < 0.2:
                return ("compare", chance.choice(("==", "!=")), texts[0], chance.choice(texts[1:]))
            shape = chance.choice(("is", "is not", "in"))
            value = chance.choice(each.values)
            return (
                shape,
                each.key,
                tuple({value, chance.choice(each.values)}) if shape == "in" else value,
            )
        if each.kind == "multi":
            return ("has", each.key, chance.choice(each.values))
        if each.kind == "boolean":
            return ("yes", each.key)
        if each.kind == "number":
            return (
                "compare",
                chance.choice(list(COMPARE)),
                ("number of", each.key),
                ("constant", chance.choice(each.values)),
            )
        return ("given", each.key)

    def number(self, sketch: Sketch, depth: int) -> Tree:
        chance = self.random
        if depth > 0 and chance.random() < 0.45:
            shape = chance.choice(
                (
                    "+",
                    "-",
                    "*",
                    "/",
                    "min",
                    "max",
                    "sum",
                    "abs",
                    "floor",
                    "ceil",
                    "round",
                    "if",
                    "count",
                )
            )
            if shape == "if":
                return (
                    shape,
                    self.condition(sketch, 0),
                    self.number(sketch, depth - 1),
                    self.number(sketch, depth - 1),
                )
            if shape == "count":
                return (
                    "count true",
                    *(self.condition(sketch, 0) for _ in range(chance.randint(2, 3))),
                )
            if shape in ("floor", "ceil", "round"):
                step = (
                    "constant",
                    Fraction(chance.choice((1, 2, 5, 10, 50))) / chance.choice((1, 2)),
                )
                steps = (
                    (step,)
                    if chance.random() < 0.4
                    else (self.number(sketch, 0),)
                    if chance.random() < 0.2
                    else ()
                )
                steps = tuple(each for each in steps if each[0] != "constant" or each[1] > 0)
                return (shape, self.number(sketch, depth - 1), *steps)
            count = 1 if shape == "abs" else 2 if shape in "+-*/" else chance.randint(2, 3)
            parts = [self.number(sketch, depth - 1) for _ in range(count)]
            if shape == "/" and parts[1][0] == "constant" and parts[1][1] == 0:
                parts[1] = ("constant", Fraction(2))
            return (shape, *parts)
        each = chance.choice(sketch.asked)
        if each.kind == "number" and chance.random() < 0.9:
            return ("number of", each.key)
        if each.kind == "choice" and chance.random() < 0.9:
            return (
                "attribute",
                each.key,
                chance.choice(
                    [name for key, name in sketch.attributes if key == each.key and name != "t"]
                ),
            )
        if each.kind == "multi" and chance.random() < 0.9:
            if chance.random() < 0.5:
                return ("count of", each.key)
            return (
                "sum of",
                each.key,
                chance.choice([name for key, name in sketch.attributes if key == each.key]),
            )
        return ("constant", abs(self._amount()))

    def _table(
        self, sketch: Sketch, key: str
    ) -> tuple[str, list[str], list[list[Any]], bool] | None:
        chance = self.random
        columns = [each for each in sketch.asked if each.kind in ("choice", "number", "boolean")]
        if len(columns) < 2:
            return None
        chosen = chance.sample(columns, chance.randint(2, min(3, len(columns))))
        allows = chance.random() < 0.6
        rows = [
            [self._cell(each) for each in chosen]
            for _ in range(chance.randint(3, 9) if allows else chance.randint(1, 4))
        ]
        return key, [each.key for each in chosen], rows, allows

    def _cell(self, each: Asked) -> Any:
        chance = self.random
        if chance.random() < 0.15:
            return "*"
        if each.kind == "number" and chance.random() < 0.3:
            first, last = sorted(chance.choices(each.values, k=2))
            return f"{_plain(first)}..{_plain(last)}"
        if chance.random() < 0.25:
            return [chance.choice(each.values) for _ in range(2)]
        return chance.choice(each.values)

    def choices(self, sketch: Sketch, oracle: Oracle, consistent: bool) -> dict[str, Any]:
        """Return random choices, consistent ones where `consistent` (none where the model is void)."""
        chance = self.random
        found: dict[str, Any] = {}
        for each in chance.sample(sketch.asked, chance.randint(0, len(sketch.asked))):
            value: Any = chance.choice(each.values)
            if each.kind == "multi":
                value = tuple(value for value in each.values if chance.random() < 0.4)
            elif each.kind != "boolean" and not each.required and chance.random() < 0.1:
                value = ""
            if not consistent or oracle.configurations({**found, each.key: value}):
                found[each.key] = value
        return found
