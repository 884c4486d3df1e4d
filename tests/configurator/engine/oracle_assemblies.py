"""Random products that contain products, and the same products written out option by option, for
the oracle.

Shares nothing with the catalog's own writing out: conditions are the oracle's trees with the keys
of their options changed, and what runs over instances is spelt out in plain sums, least numbers and
truths.
"""

import random
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tests.configurator.engine.oracle import _READS, COMPARE, Asked, Maker, Sketch, Tree, written

KEY = "m"


@dataclass
class Nested:
    """A product with a sub-assembly: `document` as the catalog reads it, `flat` the same without
    sub-assemblies.
    """

    document: dict[str, Any]
    flat: Sketch


@dataclass
class _Instances:
    at_least: int
    at_most: int
    child: Sketch
    when: Tree | None

    @property
    def is_optional(self) -> bool:
        return self.at_least == 0 and self.at_most == 1

    def exists(self, number: int) -> Tree | None:
        if self.is_optional:
            return ("yes", KEY)
        if number <= self.at_least:
            return ("given", KEY) if self.when else None
        return ("compare", ">=", ("number of", KEY), ("constant", Fraction(number)))

    def numbers(self) -> range:
        return range(1, self.at_most + 1)


class NestedMaker:
    """Makes small products that contain up to three of another one, with rules over all of them."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance

    def nested(self) -> Nested:
        chance = self.random
        at_most = chance.choice((1, 2, 2, 3, 3))
        child = Maker(chance, most={1: 60, 2: 14, 3: 7}[at_most]).sketch()
        while not child.asked or any(each.kind == "text" for each in child.asked):
            child = Maker(chance, most={1: 60, 2: 14, 3: 7}[at_most]).sketch()
        parent = Maker(chance, most=12).sketch()
        parent.asked = parent.asked[:2]
        known = {each.key for each in parent.asked}
        parent = self._renamed_parent(parent, known)
        when = (
            Maker(chance).condition(parent, 1) if parent.asked and chance.random() < 0.25 else None
        )
        instances = _Instances(chance.randint(0, at_most), at_most, child, when)
        default = chance.choice((None, chance.randint(instances.at_least, at_most)))
        rules = [
            self._rule(f"over{place}", parent, instances) for place in range(chance.randint(1, 3))
        ]
        document = parent.document()
        document["rules"] += [
            {"key": key, "then": then, **({"when": when} if when else {})}
            for key, when, then, _, _ in rules
        ]
        document["assemblies"] = [
            {
                "key": KEY,
                "label": "Module",
                "at_least": instances.at_least,
                "at_most": at_most,
                "definition": {**child.document(), "product": "module"},
                **({} if default is None else {"default": default}),
                **({} if when is None else {"when": written(when)}),
            }
        ]
        flat = replace(
            parent,
            asked=[*parent.asked],
            attributes=dict(parent.attributes),
            rules=[*parent.rules],
            tables=[*parent.tables],
            preferences=[*parent.preferences],
        )
        flat.rules += [(key, when, then) for key, _, _, when, then in rules]
        flat.asked.append(self._counting(instances, default))
        for number in instances.numbers():
            self._add(flat, instances, number)
        return Nested(document, flat)

    def _renamed_parent(self, parent: Sketch, known: set[str]) -> Sketch:
        """Return the parent without what speaks of options it does not have, its options called p0,
        p1.
        """
        renaming = {key: f"p{place}" for place, key in enumerate(sorted(known))}

        def fits(*trees: Any) -> bool:
            return all(_reads(tree) <= known for tree in trees)

        asked = []
        for each in parent.asked:
            when = _moved(each.when, renaming) if each.when and fits(each.when) else None
            value_when = {
                value: _moved(tree, renaming)
                for value, tree in each.value_when.items()
                if fits(tree)
            }
            asked.append(replace(each, key=renaming[each.key], when=when, value_when=value_when))
        attributes = {
            (renaming[o], name): held for (o, name), held in parent.attributes.items() if o in known
        }
        rules, preferences = (
            [
                (key, _moved(when, renaming) if when else None, _moved(then, renaming))
                for key, when, then in statements
                if fits(when, then)
            ]
            for statements in (parent.rules, parent.preferences)
        )
        tables = [
            (key, [renaming[o] for o in options], rows, allows)
            for key, options, rows, allows in parent.tables
            if set(options) <= known
        ]
        return Sketch(asked, attributes, rules, tables, preferences)

    def _counting(self, instances: _Instances, default: int | None) -> Asked:
        if instances.is_optional:
            wanted = None if default is None else default > 0
            return Asked(KEY, "boolean", [False, True], when=instances.when, default=wanted)
        counts = [Fraction(count) for count in range(instances.at_least, instances.at_most + 1)]
        wanted = Fraction(instances.at_least if default is None else default)
        return Asked(KEY, "number", counts, when=instances.when, default=wanted)

    def _add(self, flat: Sketch, instances: _Instances, number: int) -> None:
        """Add all that one instance brings."""
        child, exists = instances.child, instances.exists(number)
        renaming = {each.key: f"{KEY}.{number}.{each.key}" for each in child.asked}

        def only(when: Tree | None) -> Tree | None:
            if when is None or exists is None:
                return exists if when is None else _moved(when, renaming)
            return ("and", exists, _moved(when, renaming))

        for each in child.asked:
            value_when = {value: _moved(tree, renaming) for value, tree in each.value_when.items()}
            flat.asked.append(
                replace(each, key=renaming[each.key], when=only(each.when), value_when=value_when)
            )
        for (option, name), held in child.attributes.items():
            flat.attributes[renaming[option], name] = held
        for theirs, ours in ((child.rules, flat.rules), (child.preferences, flat.preferences)):
            ours += [
                (f"{KEY}.{number}.{key}", only(when), _moved(then, renaming))
                for key, when, then in theirs
            ]
        for key, options, rows, allows in child.tables:
            flat.tables.append(
                (f"{KEY}.{number}.{key}", [renaming[option] for option in options], rows, allows)
            )

    # -- rules over instances

    def _rule(
        self, key: str, parent: Sketch, instances: _Instances
    ) -> tuple[str, str | None, str, Tree | None, Tree]:
        chance = self.random
        text, tree = self._condition(parent, instances)
        if chance.random() < 0.4:
            when_text, when = self._condition(parent, instances)
            return key, when_text, text, when, tree
        if parent.asked and chance.random() < 0.4:
            condition = Maker(chance).condition(parent, 1)
            return key, written(condition), text, condition, tree
        return key, None, text, None, tree

    def _condition(self, parent: Sketch, instances: _Instances) -> tuple[str, Tree]:
        chance, child = self.random, instances.child
        shape = chance.choice(("all", "any", "compare", "compare", "compare", "between"))
        if shape in ("all", "any"):
            inner = self._inside(parent, child)
            text = f"{shape}({KEY}, {self._told(inner)})"
            parts = []
            for number in instances.numbers():
                held, exists = self._at(inner, number), instances.exists(number)
                if exists is not None and shape == "all":
                    held = ("implies", exists, held)
                elif exists is not None and not _silent(inner):
                    held = ("and", exists, held)
                parts.append(held)
            return text, ("and" if shape == "all" else "or", *parts)
        operator = chance.choice(list(COMPARE))
        if shape == "between" and instances.at_most > 1:
            left, right = (self._at(Maker(chance).number(child, 1), number) for number in (1, 2))
            return f"({written(left)}) {operator} ({written(right)})", (
                "compare",
                operator,
                left,
                right,
            )
        (left_text, left), (right_text, right) = (
            self._number(parent, instances),
            self._other(parent, instances),
        )
        return f"({left_text}) {operator} ({right_text})", ("compare", operator, left, right)

    def _other(self, parent: Sketch, instances: _Instances) -> tuple[str, Tree]:
        if self.random.random() < 0.25:
            return self._number(parent, instances)
        tree: Tree = ("constant", Fraction(self.random.choice((0, 1, 2, 3, 5, 12, 40, 600, 1200))))
        if parent.asked and self.random.random() < 0.4:
            tree = Maker(self.random).number(parent, 1)
        return written(tree), tree

    def _number(self, parent: Sketch, instances: _Instances) -> tuple[str, Tree]:
        chance = self.random
        function = chance.choice(("sum", "sum", "min", "max", "count", "count all"))
        if function == "count all":
            counted: Tree = ("number of", KEY)
            if instances.is_optional:
                counted = ("count true", ("yes", KEY))
            elif instances.when:
                counted = ("if", ("given", KEY), counted, ("constant", Fraction(0)))
            return f"count({KEY})", counted
        if function == "count":
            inner = self._inside(parent, instances.child)
            held = []
            for number in instances.numbers():
                exists, part = instances.exists(number), self._at(inner, number)
                held.append(part if exists is None or _silent(inner) else ("and", exists, part))
            return f"count({KEY}, {self._told(inner)})", ("count true", *held)
        inner = Maker(chance).number(instances.child, 1)
        if parent.asked and chance.random() < 0.2:
            inner = ("+", inner, Maker(chance).number(parent, 0))
        parts = []
        for number in instances.numbers():
            part, exists = self._at(inner, number), instances.exists(number)
            there = ("compare", "==", part, part)
            parts.append(
                (there if exists is None or _silent(inner) else ("and", exists, there), part)
            )
        text = f"{function}({KEY}, {self._told(inner)})"
        nothing: Tree = ("constant", Fraction(0))
        if function == "sum":
            total = nothing
            for there, part in parts:
                total = ("+", total, ("if", there, part, nothing))
            return text, total
        extreme: Tree = ("/", ("constant", Fraction(1)), nothing)
        for there, part in parts:
            before = ("compare", "==", extreme, extreme)
            extreme = (
                "if",
                before,
                ("if", there, (function, extreme, part), extreme),
                ("if", there, part, extreme),
            )
        return text, extreme

    def _inside(self, parent: Sketch, child: Sketch) -> Tree:
        chance = self.random
        inner = Maker(chance).condition(child, 1)
        if parent.asked and chance.random() < 0.3:
            return (chance.choice(("and", "or")), inner, Maker(chance).condition(parent, 0))
        return inner

    def _told(self, inner: Tree) -> str:
        return written(inner)

    def _at(self, inner: Tree, number: int) -> Tree:
        return _moved(
            inner, {key: f"{KEY}.{number}.{key}" for key in _reads(inner) if key.startswith("o")}
        )


def _moved(tree: Any, renaming: dict[str, str]) -> Any:
    """Return the tree with the options called differently."""
    if not isinstance(tree, tuple) or not tree:
        return tree
    if tree[0] in _READS:
        return (tree[0], renaming.get(tree[1], tree[1]), *tree[2:])
    return tuple(_moved(part, renaming) if isinstance(part, tuple) else part for part in tree)


def _reads(tree: Any) -> frozenset[str]:
    if not isinstance(tree, tuple) or not tree:
        return frozenset()
    own = {tree[1]} if tree[0] in _READS else set()
    return frozenset(own).union(*(_reads(part) for part in tree[1:]))


def _silent(tree: Tree) -> bool:
    """Tell whether a number is undefined, a condition false, while no option of the instance has a
    value.

    An explanation then names the condition of the option rather than the rule alone.
    """
    match tree:
        case (
            "is" | "is not" | "in" | "yes" | "has" | "given" | "number of" | "key of" | "attribute",
            str(key),
            *_,
        ):
            return key.startswith("o")
        case ("or", *parts):
            return all(map(_silent, parts))
        case ("if", _, yes, no):
            return _silent(yes) and _silent(no)
        case ("compare", _, *parts):
            return any(map(_silent, parts))
        case (
            "and"
            | "+"
            | "-"
            | "*"
            | "/"
            | "min"
            | "max"
            | "sum"
            | "abs"
            | "floor"
            | "ceil"
            | "round",
            *parts,
        ):
            return any(map(_silent, parts))
        case _:
            return False
