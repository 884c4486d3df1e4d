"""From a product model to a feature model with the same configurations: `feature_model_of`.

What `product_of` made is undone: options come back below the features they are asked for. Of any other product a choice
becomes a feature with an alternative of its values below it. Numbers, texts and colours cannot be told with features
that are there or not, and what computes cannot be told with formulas over them: both are refused by name.
"""

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind, bind_derived
from catalog.product_model import Kind, Option, ProductModel, TableRule, Value
from catalog.uvl.features import (
    And,
    Attribute,
    Constant,
    Feature,
    FeatureModel,
    Formula,
    Group,
    Has,
    Implies,
    Not,
    Or,
    UvlRefused,
)

_MOST_COUNTED = 12
_COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass
class _Sprout:
    """A feature while the tree grows."""

    name: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    mandatory: list["_Sprout"] = field(default_factory=list)
    optional: list["_Sprout"] = field(default_factory=list)
    groups: list[tuple[int, int | None, list["_Sprout"]]] = field(default_factory=list)

    def frozen(self) -> Feature:
        return Feature(
            self.name,
            tuple(each.frozen() for each in self.mandatory),
            tuple(each.frozen() for each in self.optional),
            tuple(Group(least, most, tuple(each.frozen() for each in members)) for least, most, members in self.groups),
            self.attributes,
        )


def feature_model_of(model: ProductModel) -> FeatureModel:
    """Return the feature model of a product; refuses with UvlRefused an option or expression it cannot tell."""
    return _Writer(model).feature_model()


class _Writer:
    def __init__(self, model: ProductModel) -> None:
        self.model = model
        self.scope = Scope.of(model)
        self.names: set[str] = set()
        self.root = _Sprout(self._name(model.name.default))
        self.sprouts: dict[Node, _Sprout] = {nodes.Constant(True): self.root}
        self.aliases: dict[tuple[str, Node], _Sprout] = {(model.name.default, nodes.Constant(True)): self.root}
        self.asked_below: dict[str, _Sprout] = {}
        self.constraints: list[Formula] = []

    def feature_model(self) -> FeatureModel:
        for assembly in self.model.assemblies:
            raise UvlRefused(
                f"'{assembly.key}' is a sub-assembly, which features that are there or not cannot tell.",
                option=assembly.key,
            )
        for option in self.model.options:
            if option.kind not in (Kind.CHOICE, Kind.MULTI, Kind.BOOLEAN):
                raise UvlRefused(f"'{option.key}' is a {option.kind}, which features cannot tell.", option=option.key)
        conditions = {
            option.key: self._bound(option.when) if option.when else nodes.Constant(True)
            for option in self.model.options
        }
        waiting: list[tuple[Node, Option | tuple[str, str]]] = [*self._conditional_truths()]
        waiting += [(conditions[option.key], option) for option in self.model.options]
        while waiting:
            left = [each for each in waiting if not self._placed(*each)]
            if len(left) == len(waiting):
                self._place_freely(left)
                break
            waiting = left
        for option in self.model.options:
            self.constraints += self._of_values(option)
        for rule in self.model.rules:
            then = self._formula(self._bound(rule.then), f"rules/{rule.key}/then")
            if rule.when is not None:
                path = f"rules/{rule.key}/when"
                then = Implies(self._formula(self._bound(rule.when), path), then)
            self.constraints.append(then)
        for table in self.model.tables:
            self.constraints.append(self._table(table))
        return FeatureModel(self.root.frozen(), tuple(self.constraints))

    def _bound(self, text: str) -> Node:
        return bind(text, self.scope, "condition")

    # -- the tree

    def _conditional_truths(self) -> Iterator[tuple[Node, tuple[str, str]]]:
        """Return derived yes/no values that name a place in the tree: what an import makes of mandatory features."""
        places = {nodes.Constant(True), *self._literals()}
        for derived in self.model.derived:
            node = bind_derived(derived.key, self.scope)
            if node in places:
                yield node, (derived.key, derived.label.default)

    def _literals(self) -> Iterator[Node]:
        for option in self.model.options:
            if option.kind is Kind.BOOLEAN:
                yield nodes.IsTrue(option.key)
            for value in option.values:
                yield self._literal(option, value.key)

    def _literal(self, option: Option, value: str) -> Node:
        return nodes.Has(option.key, value) if option.kind is Kind.MULTI else nodes.IsOneOf(option.key, (value,))

    def _placed(self, condition: Node, what: Option | tuple[str, str]) -> bool:
        """Put an option, or a feature always there, below the feature its condition names; False if it waits."""
        above = self.sprouts.get(condition)
        if above is None:
            return False
        if isinstance(what, tuple):
            _, label = what
            own = _Sprout(self._name(label))
            above.mandatory.append(own)
            self.aliases.setdefault((label, condition), own)
        else:
            self._grow(what, above, condition)
        return True

    def _place_freely(self, left: Sequence[tuple[Node, Option | tuple[str, str]]]) -> None:
        """Put options with any other condition below the root, each in a feature that is there where they are asked."""
        pending = [(condition, option) for condition, option in left if isinstance(option, Option)]
        asked: list[tuple[_Sprout, Node, Option]] = []
        for condition, option in pending:
            own = _Sprout(self._name(option.label.default))
            self.root.optional.append(own)
            self._grow(option, own, None)
            asked.append((own, condition, option))
        for own, condition, option in asked:
            told = self._formula(condition, f"options/{option.key}/when")
            self.constraints.append(Implies(Has(own.name), told))
            self.constraints.append(Implies(told, Has(own.name)))

    def _grow(self, option: Option, above: _Sprout, condition: Node | None) -> None:
        """Add the features of an option below `above`; without `condition` that feature is the option's own."""
        label = option.label.default
        self.asked_below[option.key] = above
        if option.kind is Kind.BOOLEAN:
            own = _Sprout(self._name(label))
            above.optional.append(own)
            self._know(nodes.IsTrue(option.key), label, own)
            return
        own = above if condition is None else self._feature_called(label, above, condition)
        members = [_Sprout(self._name(value.label.default), _attributes(value)) for value in option.values]
        is_choice = option.kind is Kind.CHOICE
        least = int(option.required) if is_choice else option.at_least or 0
        own.groups.append((least, 1 if is_choice else option.at_most, members))
        for value, member in zip(option.values, members, strict=True):
            self._know(self._literal(option, value.key), value.label.default, member)

    def _feature_called(self, label: str, above: _Sprout, condition: Node) -> _Sprout:
        """Return the feature that an option's group goes below: one of the option's name, made where there is none."""
        known = self.aliases.get((label, condition))
        if known is None:
            known = self.aliases[label, condition] = _Sprout(self._name(label))
            above.mandatory.append(known)
        return known

    def _know(self, literal: Node, label: str, sprout: _Sprout) -> None:
        self.sprouts[literal] = sprout
        self.aliases[label, literal] = sprout

    def _name(self, label: str) -> str:
        """Return a name for `label` that no other feature has, without what a name in UVL cannot hold."""
        plain = " ".join(label.replace('"', "'").replace(".", "·").split()) or "feature"
        name = plain
        for number in itertools.count(2):
            if name not in self.names:
                break
            name = f"{plain} {number}"
        self.names.add(name)
        return name

    # -- formulas

    def _of_values(self, option: Option) -> Iterator[Formula]:
        for value in option.values:
            if value.when is not None:
                path = f"options/{option.key}/values/{value.key}/when"
                has = Has(self.sprouts[self._literal(option, value.key)].name)
                yield Implies(has, self._formula(self._bound(value.when), path))

    def _formula(self, node: Node, path: str) -> Formula:
        match node:
            case nodes.Constant() if isinstance(node.value, bool):
                return Constant(node.value)
            case nodes.IsTrue() | nodes.Has():
                return Has(self.sprouts[node].name)
            case nodes.IsOneOf():
                return self._one_of(self.model.option_by_key[node.option], node.values)
            case nodes.Given():
                return self._given(self.model.option_by_key[node.option])
            case nodes.And():
                return And(tuple(self._formula(part, path) for part in node.parts))
            case nodes.Or():
                return Or(tuple(self._formula(part, path) for part in node.parts))
            case nodes.Not():
                return Not(self._formula(node.part, path))
            case nodes.Implies():
                return Implies(self._formula(node.premise, path), self._formula(node.conclusion, path))
            case nodes.If():
                condition = self._formula(node.condition, path)
                yes, no = self._formula(node.yes, path), self._formula(node.no, path)
                return And((Implies(condition, yes), Implies(Not(condition), no)))
            case nodes.Compare():
                return self._counted(node, path)
            case _:
                raise self._computes(path)

    def _one_of(self, option: Option, values: Sequence[str]) -> Formula:
        found = tuple(Has(self.sprouts[self._literal(option, value)].name) for value in values)
        return found[0] if len(found) == 1 else Or(found)

    def _given(self, option: Option) -> Formula:
        if option.kind is Kind.BOOLEAN:
            return Has(self.asked_below[option.key].name)
        return self._one_of(option, [value.key for value in option.values])

    def _counted(self, node: nodes.Compare, path: str) -> Formula:
        """Return a comparison of how many conditions hold, or of the size of a multi-choice, with a number."""
        count, limit = node.left, node.right
        sign: str = node.operator
        if isinstance(count, nodes.Constant):
            count, limit = limit, count
            sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
        if not isinstance(limit, nodes.Constant) or isinstance(limit.value, str):
            raise self._computes(path)
        if isinstance(count, nodes.CountOf):
            option = self.model.option_by_key[count.option]
            parts: Sequence[Formula] = [self._one_of(option, [value.key]) for value in option.values]
        elif isinstance(count, nodes.CountTrue):
            parts = [self._formula(each, path) for each in count.conditions]
        else:
            raise self._computes(path)
        if len(parts) > _MOST_COUNTED:
            raise self._computes(path)
        wrong = [total for total in range(len(parts) + 1) if not _COMPARES[sign](total, limit.value)]
        return And(
            tuple(
                Not(And(tuple(part if bit else Not(part) for part, bit in zip(parts, bits, strict=True))))
                for bits in itertools.product((False, True), repeat=len(parts))
                if sum(bits) in wrong
            )
        )

    def _computes(self, path: str) -> UvlRefused:
        return UvlRefused(f"The expression at {path} computes, which formulas over features cannot.", path=path)

    def _table(self, table: TableRule) -> Formula:
        rows: list[Formula] = []
        for row in table.rows:
            options = [self.model.option_by_key[key] for key in table.options]
            parts = [self._cell(option, cell, table) for option, cell in zip(options, row, strict=True)]
            rows.append(And(tuple(parts)))
        return Or(tuple(rows)) if table.allows else And(tuple(Not(row) for row in rows))

    def _cell(self, option: Option, cell: object, table: TableRule) -> Formula:
        if isinstance(cell, tuple):
            told: Formula = Or(tuple(self._plain_cell(option, each) for each in cell))
        else:
            told = self._plain_cell(option, cell)
        return Or((told, Not(self._given(option)))) if table.allows else told

    def _plain_cell(self, option: Option, cell: object) -> Formula:
        if cell == "*":
            return self._given(option)
        if option.kind is Kind.BOOLEAN:
            yes = Has(self.sprouts[nodes.IsTrue(option.key)].name)
            return yes if cell is True else And((Not(yes), self._given(option)))
        return self._one_of(option, [str(cell)])


def _attributes(value: Value) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    if value.description is not None and "'" not in value.description.default:
        found["description"] = " ".join(value.description.default.split())
    for name, held in value.attributes.items():
        if isinstance(held, Decimal) or "'" not in held:
            found[name] = held
    return found
