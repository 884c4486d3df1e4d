"""What the checks have to find in a small product, by going through all its combinations.

Shares nothing with the checks: sets of combinations are bit sets of the oracle, and each kind of
finding is written down as its definition says.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from tests.configurator.engine.oracle import Asked, Oracle, Sketch, Tree, _bits, _matches, holds

type Found = tuple[Any, ...]


class Remarks:
    """All that is to be remarked about one sketch, as tuples of a code and what it is about."""

    def __init__(self, sketch: Sketch, oracle: Oracle) -> None:
        self.sketch = sketch
        self.oracle = oracle
        keys = [each.key for each in sketch.asked]
        self.named = [
            dict(zip(keys, combination, strict=True))
            for combination in itertools.product(*(each.states() for each in sketch.asked))
        ]
        self.all = oracle.demanded(oracle.demands)

    def where(self, tree: Tree) -> int:
        """Return the combinations in which a condition holds."""
        return _bits(holds(tree, self.sketch, chosen) for chosen in self.named)

    def without(self, *names: tuple[str, str]) -> int:
        return self.oracle.demanded([name for name in self.oracle.demands if name not in names])

    def expected(self, presets: Mapping[str, Mapping[str, Any]]) -> set[Found]:
        if not self.all:
            return {("model-void",)}
        return {
            *self.options(),
            *self.rules(),
            *self.pairs(),
            *self.rows(),
            *self.defaults(),
            *self.beyond_defaults(),
            *self.preferences(),
            *(
                ("preset-clash", key)
                for key, choices in presets.items()
                if not self.oracle.configurations(choices)
            ),
        }

    def preferences(self) -> Iterator[Found]:
        for key, when, then in self.sketch.preferences:
            held = self.all & (self.where(then) | ~self.where(when) if when else self.where(then))
            if not held:
                yield "preference-never-holds", key
            elif held == self.all:
                yield "preference-idle", key

    # -- options and values

    def options(self) -> Iterator[Found]:
        for each in self.sketch.asked:
            asked = self.all & self.oracle.active[each.key]
            if not asked:
                yield "unasked", each.key
                continue
            states = self.oracle.possible(each.key, asked)
            given = [state for state in states if state is not None and state != frozenset()]
            if each.kind != "text" and not given:
                yield "valueless", each.key
            yield from self._dead(each, states)
            yield from self._forced(each, states)

    def _dead(self, each: Asked, states: list[Any]) -> Iterator[Found]:
        if each.kind == "multi":
            yield from (
                ("value-dead", each.key, value)
                for value in each.values
                if not any(value in s for s in states)
            )
        elif each.kind in ("choice", "boolean"):
            yield from (
                ("value-dead", each.key, value) for value in each.values if value not in states
            )

    def _forced(self, each: Asked, states: list[Any]) -> Iterator[Found]:
        if each.kind in ("choice", "number") and len(states) == 1 and states[0] is not None:
            yield "option-forced", each.key
        elif each.kind == "multi":
            always = frozenset.intersection(*states)
            if always and len(states) == 1:
                yield "option-forced", each.key
            else:
                yield from (("value-forced", each.key, value) for value in always)

    # -- rules

    def premises(self) -> dict[str, int]:
        found = {}
        for key, when, then in self.sketch.rules:
            parts = [*([when] if when else []), *([then[1]] if then[0] == "implies" else [])]
            if parts:
                found[key] = self.where(("and", *parts))
        return found

    def rules(self) -> Iterator[Found]:
        premises = self.premises()
        idle = {
            key for key, premise in premises.items() if not premise & self.without(("rule", key))
        }
        yield from (("rule-never-fires", key) for key in idle)
        gone: list[tuple[str, str]] = []
        for key, _, _ in reversed(self.sketch.rules):
            name = ("rule", key)
            if not self.without(*gone, name) & ~self.oracle.demands[name]:
                gone.append(name)
        yield from (("rule-redundant", key) for _, key in gone if key not in idle)
        declared = [
            name
            for name in self.oracle.demands
            if name[0] in ("option_condition", "count", "required")
        ]
        for key, premise in premises.items():
            alone = premise & self.oracle.demanded([*declared, ("rule", key)])
            if not premise & self.all and premise & self.without(("rule", key)) and alone:
                yield "rules-contradict", key

    def pairs(self) -> Iterator[Found]:
        firing = {key: premise for key, premise in self.premises().items() if premise & self.all}
        for (one, first), (other, second) in itertools.combinations(firing.items(), 2):
            both = first & second
            if (
                not both & self.all
                and both & self.without(("rule", one))
                and both & self.without(("rule", other))
            ):
                yield "rules-never-together", one, other

    # -- tables

    def rows(self) -> Iterator[Found]:
        for key, options, rows, allows in self.sketch.tables:
            left = self.all if allows else self.without(("table", key))
            for place, row in enumerate(rows):
                reached = _bits(
                    _matches(row, options, chosen, allows)
                    and any(chosen[option] is not None for option in options)
                    for chosen in self.named
                )
                if not reached & left:
                    yield "row-unreachable" if allows else "row-idle", key, place

    # -- defaults

    def defaults(self) -> Iterator[Found]:
        settled, _ = self.oracle.settled({})
        for each in self.sketch.asked:
            if each.default is None or each.default == ():
                continue
            alone = {each.key: each.default}
            taken = settled.get(each.key)
            if not self.oracle.configurations(alone):
                yield "default-clash", each.key
            elif taken == each.default or (taken is None and each.when is not None):
                continue
            elif not self.oracle.configurations({**settled, **alone}):
                yield "default-clash", each.key

    def beyond_defaults(self) -> Iterator[Found]:
        kept: dict[str, int] = {}
        for each in self.sketch.asked:
            if each.default is not None and each.default != () and each.kind != "text":
                keeps = self.oracle.stated({each.key: each.default}) | ~self.oracle.active[each.key]
                left = self.all & keeps
                for other in kept.values():
                    left &= other
                if left:
                    kept[each.key] = keeps
        for each in self.sketch.asked:
            left = self.all
            for key, keeps in kept.items():
                left &= keeps if key != each.key else -1
            if not kept or not left & self.oracle.active[each.key]:
                continue
            for value in each.values if each.kind in ("choice", "multi", "boolean") else ():
                has = self.oracle.stated({each.key: (value,) if each.kind == "multi" else value})
                if has & self.all and not has & left:
                    yield "value-beyond-default", each.key, value
