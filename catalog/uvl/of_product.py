"""From a product model to a feature model with the same configurations: `feature_model_of`.

What `product_of` made is undone: options come back below the features they are asked for. Of any
other product a choice becomes a feature with an alternative of its values below it, a number or
text a feature with a type, whose bounds are constraints. What UVL cannot say is refused by name:
colours, and the functions it does not have.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind, bind_derived
from catalog.kinds.register import kind_of
from catalog.product_model import Option, ProductModel, TableRule, Value
from catalog.uvl.domains import COMPARES, MAX_TEXT, STEP, TURNED
from catalog.uvl.features import (
    And,
    Arithmetic,
    Attribute,
    AttributeOf,
    Compare,
    Constant,
    Feature,
    FeatureModel,
    Formula,
    Group,
    Has,
    Implies,
    LengthOf,
    Not,
    Number,
    Or,
    Term,
    Type,
    UvlRefused,
    ValueOf,
    Whole,
)

_MOST_COUNTED = 12
_TRUE = nodes.Constant(True)
_ZERO = nodes.Constant(Fraction(0))


@dataclass
class _Sprout:
    """A feature while the tree grows."""

    name: str
    attributes: dict[str, Attribute] = field(default_factory=dict)
    type: Type = Type.BOOLEAN
    mandatory: list["_Sprout"] = field(default_factory=list)
    optional: list["_Sprout"] = field(default_factory=list)
    groups: list[tuple[int, int | None, list["_Sprout"]]] = field(default_factory=list)

    def frozen(self) -> Feature:
        return Feature(
            self.name,
            tuple(each.frozen() for each in self.mandatory),
            tuple(each.frozen() for each in self.optional),
            tuple(
                Group(least, most, tuple(each.frozen() for each in members))
                for least, most, members in self.groups
            ),
            self.attributes,
            self.type,
        )


def feature_model_of(model: ProductModel) -> FeatureModel:
    """Return the feature model of a product; refuses with UvlRefused an option or expression it
    cannot tell.
    """
    return _Writer(model).feature_model()


class _Writer:
    def __init__(self, model: ProductModel) -> None:
        self.model = model
        self.scope = Scope.of(model)
        self.names: set[str] = set()
        self.root = _Sprout(self._name(model.name.default))
        self.sprouts: dict[Node, _Sprout] = {nodes.Constant(True): self.root}
        self.aliases: dict[tuple[str, Node], _Sprout] = {
            (model.name.default, nodes.Constant(True)): self.root
        }
        self.asked_below: dict[str, _Sprout] = {}
        self.value_at: dict[str, _Sprout] = {}
        self.conditions: Mapping[str, Node] = {}
        self.constraints: list[Formula] = []

    def feature_model(self) -> FeatureModel:
        for assembly in self.model.assemblies:
            raise UvlRefused(
                f"'{assembly.key}' is a sub-assembly, which features that are there or not cannot tell.",
                option=assembly.key,
            )
        for option in self.model.options:
            if not kind_of(option).is_told_by_features:
                raise UvlRefused(
                    f"'{option.key}' is a {option.kind}, which features cannot tell.",
                    option=option.key,
                )
        conditions = self.conditions = {
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
        self._restore_amounts()
        for option in self.model.options:
            self.constraints += self._of_domain(option)
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
        """Return derived yes/no values that name a place in the tree: what an import makes of
        mandatory features.
        """
        given = [nodes.Given(option.key) for option in self.model.options if not option.required]
        places = {_TRUE, *self._literals(), *given}
        for derived in self.model.derived:
            node = bind_derived(derived.key, self.scope)
            if node in places:
                yield node, (derived.key, derived.label.default)

    def _literals(self) -> Iterator[Node]:
        for option in self.model.options:
            if kind_of(option).is_truth:
                yield nodes.IsTrue(option.key)
            for value in option.values:
                yield self._literal(option, value.key)

    def _literal(self, option: Option, value: str) -> Node:
        return (
            nodes.Has(option.key, value)
            if kind_of(option).is_several
            else nodes.IsOneOf(option.key, (value,))
        )

    def _placed(self, condition: Node, what: Option | tuple[str, str]) -> bool:
        """Put an option, or a feature always there, below the feature its condition names; False if
        it waits.
        """
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
        """Put options with any other condition below the root, each in a feature that is there
        where they are asked.
        """
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
        """Add the features of an option below `above`; without `condition` that feature is the
        option's own.
        """
        label = option.label.default
        self.asked_below[option.key] = above
        kind = kind_of(option)
        if kind.is_truth:
            own = _Sprout(self._name(label))
            above.optional.append(own)
            self._know(nodes.IsTrue(option.key), label, own)
            return
        if not kind.is_listed:
            self._grow_value(option, above, condition)
            return
        is_choice = kind.is_single
        if is_choice and not option.required:
            own = _Sprout(self._name(label))
            above.optional.append(own)
            self._know(nodes.Given(option.key), label, own)
        else:
            own = above if condition is None else self._feature_called(label, above, condition)
        members = [
            _Sprout(self._name(value.label.default), _attributes(value)) for value in option.values
        ]
        least, most = (1, 1) if is_choice else (option.at_least or 0, option.at_most)
        if not is_choice and most is not None and most >= len(members):
            most = None
        # What other tools count wrongly or not at all: a group that can never be, and [0..*] of a
        # single feature.
        if least > len(members):
            least = 0
            self.constraints.append(Not(Has(own.name)))
        if least == 0 and len(members) == 1:
            most = 1
        own.groups.append((least, most, members))
        for value, member in zip(option.values, members, strict=True):
            self._know(self._literal(option, value.key), value.label.default, member)

    def _grow_value(self, option: Option, above: _Sprout, condition: Node | None) -> None:
        """Add the feature that has the number or text of an option: the one of its name, or one
        below `above`.
        """
        label = option.label.default
        if not option.required:
            own = _Sprout(self._name(label))
            above.optional.append(own)
            self._know(nodes.Given(option.key), label, own)
        else:
            known = above if condition is None else self.aliases.get((label, condition))
            if known is None or known.type is not Type.BOOLEAN or known.groups:
                known = _Sprout(self._name(label))
                above.mandatory.append(known)
            own = known
        self.value_at[option.key] = own
        own.type = Type.STRING
        if option.number is not None:
            is_whole = option.number.first % 1 == 0 and option.number.step % 1 == 0
            own.type = Type.INTEGER if is_whole else Type.REAL
            if not is_whole or option.number.step != 1:
                own.attributes[STEP] = option.number.step

    def _feature_called(self, label: str, above: _Sprout, condition: Node) -> _Sprout:
        """Return the feature that an option's group goes below: one of the option's name, made
        where there is none.
        """
        known = self.aliases.get((label, condition))
        if known is None:
            known = self.aliases[label, condition] = _Sprout(self._name(label))
            above.mandatory.append(known)
        return known

    def _know(self, literal: Node, label: str, sprout: _Sprout) -> None:
        self.sprouts[literal] = sprout
        self.aliases[label, literal] = sprout

    def _name(self, label: str) -> str:
        """Return a name for `label` that no other feature has, without what a name in UVL cannot
        hold.
        """
        plain = " ".join(label.replace('"', "'").replace(".", "·").split()) or "feature"
        name = plain
        for number in itertools.count(2):
            if name not in self.names:
                break
            name = f"{plain} {number}"
        self.names.add(name)
        return name

    def _restore_amounts(self) -> None:
        """Give features back the numbers that an import made derived values of."""
        for derived in self.model.derived:
            node = bind_derived(derived.key, self.scope)
            if (
                isinstance(node, nodes.If)
                and node.no == _ZERO
                and isinstance(node.yes, nodes.Constant)
            ):
                sprout = self.sprouts.get(node.condition)
                name, _, attribute = derived.label.default.rpartition(": ")
                number = _decimal(node.yes.value)
                if sprout is not None and name == sprout.name and number is not None:
                    sprout.attributes.setdefault(attribute, number)

    # -- formulas

    def _of_domain(self, option: Option) -> Iterator[Formula]:
        """Return what an option for a number or text declares."""
        own = self.value_at.get(option.key)
        if own is None:
            return
        if option.number is not None:
            last = option.number.at(len(option.number) - 1)
            ends = ((">=", option.number.first), ("<=", last))
            bounds = [Compare(sign, ValueOf(own.name), Number(end)) for sign, end in ends]
        else:
            least, most = (
                (option.text.min_length, option.text.max_length) if option.text else (0, MAX_TEXT)
            )
            bounds = (
                [Compare("<=", LengthOf(own.name), Number(Decimal(most)))]
                if most != MAX_TEXT
                else []
            )
            if least:
                bounds.append(Compare(">=", LengthOf(own.name), Number(Decimal(least))))
        if bounds:
            yield Implies(Has(own.name), And(tuple(bounds)))

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
                return Implies(
                    self._formula(node.premise, path), self._formula(node.conclusion, path)
                )
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
        if kind_of(option).is_truth:
            return Has(self.asked_below[option.key].name)
        if option.key in self.value_at:
            return Has(self.value_at[option.key].name)
        return self._one_of(option, [value.key for value in option.values])

    def _counted(self, node: nodes.Compare, path: str) -> Formula:
        """Return a comparison; how many conditions hold, or the size of a multi-choice, is told
        case by case.
        """
        count, limit = node.left, node.right
        sign: str = node.operator
        if isinstance(count, nodes.Constant):
            count, limit = limit, count
            sign = TURNED.get(sign, sign)
        if not isinstance(limit, nodes.Constant) or not isinstance(
            count, (nodes.CountOf, nodes.CountTrue)
        ):
            return self._compared(node, path)
        if isinstance(count, nodes.CountOf):
            option = self.model.option_by_key[count.option]
            parts: Sequence[Formula] = [
                self._one_of(option, [value.key]) for value in option.values
            ]
        else:
            parts = [self._formula(each, path) for each in count.conditions]
        if len(parts) > _MOST_COUNTED:
            return self._compared(node, path)
        wrong = [total for total in range(len(parts) + 1) if not COMPARES[sign](total, limit.value)]
        return And(
            tuple(
                Not(
                    And(
                        tuple(
                            part if bit else Not(part)
                            for part, bit in zip(parts, bits, strict=True)
                        )
                    )
                )
                for bits in itertools.product((False, True), repeat=len(parts))
                if sum(bits) in wrong
            )
        )

    def _compared(self, node: nodes.Compare, path: str) -> Formula:
        """Return a comparison of numbers, which is false where one of them is undefined: UVL would
        take 0 there.
        """
        guards: list[Formula] = []
        left, right = self._term(node.left, path, guards), self._term(node.right, path, guards)
        compared = _without_first_bracket(Compare(node.operator, left, right))
        return And((*dict.fromkeys(guards), compared)) if guards else compared

    def _term(self, node: Node, path: str, guards: list[Formula]) -> Term:
        """Return a number; `guards` take what has to hold for it to be defined."""
        match node:
            case nodes.Constant(Fraction() as value):
                number = _decimal(value)
                if number is not None:
                    return Number(number)
                return Arithmetic(
                    "/", Number(Decimal(value.numerator)), Number(Decimal(value.denominator))
                )
            case nodes.NumberOf(option):
                own = self.value_at[option]
                if (
                    self.conditions[option] != _TRUE
                    or not self.model.option_by_key[option].required
                ):
                    guards.append(Has(own.name))
                return ValueOf(own.name)
            case nodes.AttributeOf():
                return self._attribute(node, path, guards)
            case nodes.Arithmetic():
                left, right = (
                    self._term(node.left, path, guards),
                    self._term(node.right, path, guards),
                )
                if node.operator == "/" and not (isinstance(right, Number) and right.value):
                    guards.append(_without_first_bracket(Compare("!=", right, Number(Decimal(0)))))
                return Arithmetic(node.operator, left, right)
            case nodes.Call("sum", arguments):
                return _added([self._term(each, path, guards) for each in arguments])
            case nodes.Call("floor" | "ceil" as function, (argument,)):
                part = self._term(argument, path, guards)
                if isinstance(part, (ValueOf, AttributeOf)):
                    return Whole(function, part)
                raise self._computes(path)
            case nodes.CountOf() | nodes.CountTrue():
                return self._count(node, path)
            case nodes.If():
                return self._number_where(node, path)
            case _:
                raise self._computes(path)

    def _attribute(self, node: nodes.AttributeOf, path: str, guards: list[Formula]) -> Term:
        option = self.model.option_by_key[node.option]
        names = [self.sprouts[self._literal(option, value)].name for value, _ in node.by_value]
        if any(isinstance(held, str) for _, held in node.by_value):
            raise self._computes(path)
        if not node.summed:
            guards.append(Or(tuple(Has(name) for name in names)))
        return _added([AttributeOf(name, node.name) for name in names])

    def _count(self, node: nodes.CountOf | nodes.CountTrue, path: str) -> Term:
        """Return how many features are there, each having a number 1."""
        if isinstance(node, nodes.CountOf):
            option = self.model.option_by_key[node.option]
            literals: Sequence[Node] = [self._literal(option, value.key) for value in option.values]
        else:
            literals = node.conditions
        return _added([self._amount(each, Fraction(1), path) for each in literals])

    def _number_where(self, node: nodes.If, path: str) -> Term:
        """Return a number that is 0 unless a feature is there, which is what UVL takes for one that
        is not.
        """
        if (
            node.no == _ZERO
            and isinstance(node.yes, nodes.Constant)
            and isinstance(node.yes.value, Fraction)
        ):
            return self._amount(node.condition, node.yes.value, path)
        if node.no == _ZERO and isinstance(node.yes, nodes.NumberOf):
            option = self.model.option_by_key[node.yes.option]
            wanted = self.conditions[option.key] if option.required else nodes.Given(option.key)
            if node.condition == wanted:
                return ValueOf(self.value_at[option.key].name)
        raise self._computes(path)

    def _amount(self, condition: Node, value: Fraction, path: str) -> Term:
        """Return an attribute of the feature that `condition` names which has this number, given it
        where needed.
        """
        sprout, number = self.sprouts.get(condition), _decimal(value)
        if sprout is None or number is None:
            raise self._computes(path)
        for name, held in sprout.attributes.items():
            if isinstance(held, Decimal) and held == number and name != STEP:
                return AttributeOf(sprout.name, name)
        names = map("amount_{}".format, itertools.count(1))
        attribute = next(name for name in names if name not in sprout.attributes)
        sprout.attributes[attribute] = number
        return AttributeOf(sprout.name, attribute)

    def _computes(self, path: str) -> UvlRefused:
        return UvlRefused(
            f"The expression at {path} computes, which formulas over features cannot.", path=path
        )

    def _table(self, table: TableRule) -> Formula:
        rows: list[Formula] = []
        for row in table.rows:
            options = [self.model.option_by_key[key] for key in table.options]
            parts = [
                self._cell(option, cell, table) for option, cell in zip(options, row, strict=True)
            ]
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
        kind = kind_of(option)
        if kind.is_stepped:
            own = self.value_at[option.key].name
            ends = [Decimal(each) for each in str(cell).split("..")]
            low = Compare(">=", ValueOf(own), Number(ends[0]))
            return And((Has(own), low, Compare("<=", ValueOf(own), Number(ends[-1]))))
        if kind.is_truth:
            yes = Has(self.sprouts[nodes.IsTrue(option.key)].name)
            return yes if cell is True else And((Not(yes), self._given(option)))
        return self._one_of(option, [str(cell)])


def _without_first_bracket(compare: Compare) -> Compare:
    """Return a comparison that does not begin with a bracket, which some readers take for that of a
    condition.
    """
    if not _begins_with_bracket(compare.left):
        return compare
    if not _begins_with_bracket(compare.right):
        return Compare(TURNED.get(compare.operator, compare.operator), compare.right, compare.left)
    return replace(compare, left=Arithmetic("+", Number(Decimal(0)), compare.left))


def _begins_with_bracket(term: Term) -> bool:
    while isinstance(term, Arithmetic):
        if (
            term.operator in "*/"
            and isinstance(term.left, Arithmetic)
            and term.left.operator in "+-"
        ):
            return True
        term = term.left
    return False


def _decimal(value: Fraction | str | bool) -> Decimal | None:
    """Return the decimal that equals `value`, if there is one."""
    if not isinstance(value, Fraction):
        return None
    found = Decimal(value.numerator) / value.denominator
    return found if Fraction(found) == value else None


def _added(terms: Sequence[Term]) -> Term:
    if not terms:
        return Number(Decimal(0))
    total = terms[0]
    for term in terms[1:]:
        total = Arithmetic("+", total, term)
    return total


def _attributes(value: Value) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    if value.description is not None and "'" not in value.description.default:
        found["description"] = " ".join(value.description.default.split())
    for name, held in value.attributes.items():
        if isinstance(held, Decimal) or "'" not in held:
            found[name] = held
    return found
