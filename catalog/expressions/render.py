"""Expressions written out again: syntax in the notation, bound nodes as a sentence for shoppers."""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.assemblies import ExpandedModel, Instance, expanded
from catalog.expressions import nodes, syntax
from catalog.expressions.nodes import Node
from catalog.expressions.parser import (
    ADDITIVE,
    AND,
    COMPARISON,
    IMPLIES,
    MULTIPLICATIVE,
    NEGATIVE,
    NOT,
    OR,
)
from catalog.expressions.phrases import phrases_of
from catalog.expressions.syntax import Comparator, Syntax
from catalog.formats import told_date, written
from catalog.kinds.register import kind_of
from catalog.lengths import is_told_anew
from catalog.numbers import told_shown_measure
from catalog.product_model import ProductModel
from catalog.units import STANDARD

_ATOM = NEGATIVE + 1
_NAMED = (syntax.Name, syntax.Text, syntax.Truth)


def render(written: Syntax) -> str:
    """Return `written` in the notation; parsing it gives the same syntax again."""
    return _at(written, IMPLIES)


def _level(written: Syntax) -> int:
    match written:
        case syntax.Relation() | syntax.Conditional() | syntax.Placed():
            return IMPLIES
        case syntax.Disjunction():
            return OR
        case syntax.Conjunction():
            return AND
        case syntax.Denial():
            return NOT
        case syntax.Comparison() | syntax.Membership() | syntax.Has():
            return COMPARISON
        case syntax.Sum():
            return ADDITIVE
        case syntax.Product():
            return MULTIPLICATIVE
        case syntax.Negative():
            return NEGATIVE
        case _:
            return _ATOM


def _at(written: Syntax, level: int) -> str:
    """Return `written` for a place that takes operators of at least `level`, in parentheses where
    it must.
    """
    text = _plain(written)
    return text if _level(written) >= level else f"({text})"


def _plain(written: Syntax) -> str:
    match written:
        case syntax.Number():
            number = format(Decimal(written.value.numerator) / written.value.denominator, "f")
            return f"{number} {written.unit}" if written.unit else number
        case syntax.Text():
            quoted = written.value.replace('"', '""')
            return f'"{quoted}"'
        case syntax.Truth():
            return written.word
        case syntax.Name():
            return written.key
        case syntax.Attribute():
            return f"{written.owner.key}.{written.name}"
        case syntax.Negative():
            return f"-{_at(written.operand, NEGATIVE)}"
        case syntax.Denial():
            return f"not {_at(written.operand, NOT)}"
        case syntax.Sum() | syntax.Product():
            above = _level(written) + 1
            rest = "".join(
                f" {operator} {_at(operand, above)}" for operator, operand in written.rest
            )
            return f"{_at(written.first, above)}{rest}"
        case syntax.Comparison():
            rest = "".join(
                f" {_comparator(operator, operand)} {_at(operand, ADDITIVE)}"
                for operator, operand in written.rest
            )
            return f"{_at(written.first, ADDITIVE)}{rest}"
        case syntax.Membership():
            verb = "not in" if written.negated else "in"
            return f"{_at(written.operand, ADDITIVE)} {verb} {_members(written.members)}"
        case syntax.Has():
            return _has(written)
        case syntax.Conjunction():
            return " and ".join(_at(part, NOT) for part in written.parts)
        case syntax.Disjunction():
            return " or ".join(_at(part, AND) for part in written.parts)
        case syntax.Relation():
            right = IMPLIES if written.operator == "implies" else OR
            return f"{_at(written.left, OR)} {written.operator} {_at(written.right, right)}"
        case syntax.Conditional():
            return _conditional(written)
        case syntax.Placed():
            return f"{written.place}: {_at(written.inner, IMPLIES)}"
        case syntax.Function():
            return f"{written.name}({', '.join(_at(argument, IMPLIES) for argument in written.arguments)})"


def _comparator(operator: Comparator, operand: Syntax) -> str:
    if isinstance(operand, _NAMED):
        return {"==": "is", "!=": "is not"}.get(operator, operator)
    return "=" if operator == "==" else operator


def _members(members: tuple[Syntax | syntax.Range, ...]) -> str:
    if len(members) == 1:
        only = members[0]
        if isinstance(only, syntax.Name):
            return only.key
        if isinstance(only, syntax.Range) and isinstance(only.first, syntax.Number | syntax.Name):
            return _member(only)
    return f"({', '.join(_member(member) for member in members)})"


def _member(member: Syntax | syntax.Range) -> str:
    if isinstance(member, syntax.Range):
        return f"{_at(member.first, ADDITIVE)}..{_at(member.last, ADDITIVE)}"
    return _at(member, ADDITIVE)


def _has(written: syntax.Has) -> str:
    owner = _at(written.owner, ADDITIVE)
    if written.quantifier == "all":
        if len(written.members) == 1 and _level(written.members[0]) == _ATOM:
            return f"{owner} has {_plain(written.members[0])}"
        return f"{owner} has ({', '.join(_at(member, ADDITIVE) for member in written.members)})"
    return f"{owner} has {written.quantifier} of ({', '.join(_at(member, ADDITIVE) for member in written.members)})"


def _conditional(written: syntax.Conditional) -> str:
    condition = _at(written.condition, IMPLIES)
    if written.no is None:
        return f"if {condition} then {_at(written.yes, IMPLIES)}"
    # What stands at the loosest level may end in an `if` without `else`, which would take this
    # `else` for its own.
    return f"if {condition} then {_at(written.yes, OR)} else {_at(written.no, IMPLIES)}"


def told(node: Node, model: ProductModel, locale: str | None, wanted: str = "") -> str:
    """Return a condition or formula as a sentence without full stop: "Frame is Steel and Width is
    more than 1400 mm".

    Labels are those of `model` in `locale`, numbers stand in the options' units, lengths in the
    unit `wanted` if there is one.
    """
    return _Teller(expanded(model), locale, wanted).tell(node)


class _Teller:
    def __init__(self, model: ProductModel, locale: str | None, wanted: str) -> None:
        self.model = model
        self.locale = locale
        self.wanted = wanted
        self.phrases = phrases_of(locale)
        self.within = ""

    def say(self, phrase: str, *told: str) -> str:
        # `str.format` would read braces; replacing them one after the other would read those of a
        # label.
        template = self.phrases[phrase]
        return re.sub(r"\{(\d)\}", lambda match: told[int(match[1])], template)

    def label(self, option: str, value: str | None = None) -> str:
        found = self.model.option_by_key[option]
        if value is not None:
            return found.value_by_key[value].label.in_locale(self.locale)
        is_own = self.within and option.startswith(self.within)
        label = (
            self.model.own_labels[option]
            if is_own and isinstance(self.model, ExpandedModel)
            else found.label
        )
        return label.in_locale(self.locale)

    def listed(self, told: list[str], joined_by: str) -> str:
        """Return "a, b and c"."""
        if len(told) == 1:
            return told[0]
        return self.say(joined_by, ", ".join(told[:-1]), told[-1])

    # -- instances of sub-assemblies

    def over(self, phrase: str, parts: Sequence[Node]) -> str | None:
        """Return what is said of every instance as one phrase, None where the parts say different
        things.
        """
        if not isinstance(self.model, ExpandedModel) or self.within:
            return None
        for key, instances in self.model.instances_of.items():
            if (
                len(parts) == len(instances) > 1
                and (same := _said_of_each(parts, instances, key)) is not None
            ):
                self.within = f"{instances[0].place}."
                told = self.amount(same, 1) if phrase in ("sum", "min", "max") else self.tell(same)
                self.within = ""
                return self.say(f"{phrase} over", instances[0].name.in_locale(self.locale), told)
        return None

    # -- conditions

    def tell(self, node: Node) -> str:
        match node:
            case nodes.And(parts) if told := self.over("all", parts):
                return told
            case nodes.Or(parts) if told := self.over("any", parts):
                return told
            case nodes.IsTrue(option):
                return self.say("yes", self.label(option))
            case nodes.IsOneOf(option, values):
                return self.one_of(option, values, denied=False)
            case nodes.Has(option, value):
                return self.say("has", self.label(option), self.label(option, value))
            case nodes.Given(option):
                return self.say("given", self.label(option))
            case nodes.Compare(operator, left, right):
                return self.compared(operator, left, right)
            case nodes.And(parts):
                return self.joined(parts)
            case nodes.Or(parts):
                return self.listed([self.inside(part) for part in parts], "or")
            case nodes.Not(part):
                return self.denied(part)
            case nodes.Implies(premise, conclusion):
                return self.say("implies", self.tell(premise), self.inside(conclusion))
            case nodes.If(condition, yes, no):
                return self.say("if", self.inside(condition), self.inside(yes), self.inside(no))
            case nodes.Constant(bool() as value):
                return self.say("always" if value else "never")
            case _:
                return self.amount(node, 0)

    def inside(self, node: Node) -> str:
        """Return `node` as a part of a longer sentence, in parentheses where its own joints would
        be misread.
        """
        told = self.tell(node)
        return f"({told})" if self.has_joint(node) else told

    def has_joint(self, node: Node) -> bool:
        match node:
            case nodes.And(parts):
                return self.as_one(parts) is None
            case nodes.IsOneOf(option, values):
                return len(self.shorter(option, values)[0]) > 1
            case nodes.Not(part):
                return not isinstance(part, nodes.Compare) and self.has_joint(part)
            case _:
                return isinstance(node, nodes.Or | nodes.Implies | nodes.If)

    def shorter(self, option: str, values: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """Return the values, or the others and True where these are fewer."""
        others = tuple(
            each.key for each in self.model.option_by_key[option].values if each.key not in values
        )
        return (others, True) if 0 < len(others) < len(values) else (values, False)

    def one_of(self, option: str, values: tuple[str, ...], denied: bool) -> str:
        if not values:
            return self.say("always" if denied else "never")
        values, others = self.shorter(option, values)
        denied = denied != others
        told = self.listed([self.label(option, value) for value in values], "or")
        return self.say("is not" if denied else "is", self.label(option), told)

    def joined(self, parts: tuple[Node, ...]) -> str:
        return self.as_one(parts) or self.listed([self.inside(part) for part in parts], "and")

    def as_one(self, parts: tuple[Node, ...]) -> str | None:
        """Return conditions that together say one thing: a range, or a "no" that must have been
        given.
        """
        match parts:
            case (nodes.Given(option), nodes.Not(nodes.IsTrue(same))) if option == same:
                return self.say("no", self.label(option))
            case (nodes.Compare(">=", number, first), nodes.Compare("<=", same, last)) if (
                number == same
            ):
                return self.say(
                    "between", self.amount(number, 0), *self.with_unit(number, first, last)
                )
            case (nodes.Compare("<=", first, number), nodes.Compare("<=", same, last)) if (
                number == same
            ):
                return self.say(
                    "between", self.amount(number, 0), *self.with_unit(number, first, last)
                )
        return None

    def compared(self, operator: Comparator, left: Node, right: Node) -> str:
        if isinstance(left, nodes.Constant) and not isinstance(right, nodes.Constant):
            left, right, operator = right, left, _TURNED[operator]
        said = f"date {operator}" if _is_day(left) and operator in _ORDERED else operator
        return self.say(said, self.amount(left, 0), *self.with_unit(left, right))

    def denied(self, part: Node) -> str:
        match part:
            case nodes.IsTrue(option):
                return self.say("no", self.label(option))
            case nodes.Has(option, value):
                return self.say("has not", self.label(option), self.label(option, value))
            case nodes.Given(option):
                return self.say("not given", self.label(option))
            case nodes.IsOneOf(option, values):
                return self.one_of(option, values, denied=True)
            case nodes.Compare(operator, left, right):
                return self.compared(_DENIED[operator], left, right)
            case nodes.Not(denied):
                return self.tell(denied)
            case nodes.And(parts) | nodes.Or(parts) if self.over("all", parts):
                return self.say("does not hold", self.tell(part))
            case nodes.Or(parts):
                return self.listed([self.inside(nodes.Not(each)) for each in parts], "and")
            case nodes.And(parts) if self.as_one(parts) is None:
                return self.say(
                    "together", self.listed([self.inside(each) for each in parts], "and")
                )
            case _:
                return self.say("does not hold", self.tell(part))

    # -- numbers and texts

    def amount(self, node: Node, level: int) -> str:
        """Return a number or text as an operand; sums inside products stand in parentheses."""
        match node:
            case nodes.Day(Fraction() as day) if day.denominator == 1:
                return told_date(date.fromordinal(int(day)), self.locale)
            case nodes.Constant(value):
                return self.number(value) if isinstance(value, Fraction) else str(value)
            case nodes.NumberOf(option) | nodes.TextOf(option):
                return self.label(option)
            case nodes.CountOf(option):
                return self.say("count", self.label(option))
            case nodes.LengthOf(option):
                return self.say("length", self.label(option))
            case nodes.AttributeOf(option, name, _, summed):
                if name in STANDARD and not summed:
                    return self.label(option)
                return self.say(
                    "total" if summed else "attribute", name.replace("_", " "), self.label(option)
                )
            case nodes.Arithmetic(operator, left, right):
                own = 1 if operator in "+-" else 2
                if operator == "-" and left == nodes.Constant(Fraction(0)):
                    return f"−{self.amount(right, 3)}"
                text = f"{self.amount(left, own)} {_SIGNS[operator]} {self.amount(right, own + (operator in '-/'))}"
                return f"({text})" if own < level else text
            case nodes.Fold(function, parts) if told := self.over(function, parts):
                return told
            case nodes.CountTrue(parts) if told := self.over("count", parts):
                return told
            case nodes.Call(function, arguments) | nodes.Fold(function, arguments):
                return self.called(function, [self.amount(argument, 1) for argument in arguments])
            case nodes.CountTrue(conditions):
                return self.say(
                    "count true", "; ".join(self.tell(condition) for condition in conditions)
                )
            case nodes.If():
                return f"({self.tell(node)})"
            case _:
                return self.tell(node)

    def called(self, function: str, told: list[str]) -> str:
        if function == "sum":
            return f"({' + '.join(told)})"
        if function in ("min", "max", "abs"):
            return self.say(function, self.listed(told, "and"))
        rounded = self.say(function, told[0])
        return self.say("to multiple", rounded, told[1]) if len(told) > 1 else rounded

    def number(self, value: Fraction) -> str:
        exact = Decimal(value.numerator) / value.denominator
        digits = format(exact, "f") if Fraction(exact) == value else format(exact, ".6g")
        return written(digits, self.locale)

    def with_unit(self, number: Node, *others: Node) -> tuple[str, ...]:
        """Return what `number` is compared with, plain numbers followed by its unit."""
        unit = self.unit(number)
        return tuple(
            self.measure(other, unit)
            if unit and isinstance(other, nodes.Constant) and not isinstance(other, nodes.Day)
            else self.amount(other, 0)
            for other in others
        )

    def measure(self, constant: nodes.Constant, unit: str) -> str:
        """Return a constant with its unit, a length in the unit that the reader wants."""
        if isinstance(constant.value, Fraction) and is_told_anew(unit, self.wanted):
            return told_shown_measure(constant.value, unit, self.wanted, self.locale)
        return f"{self.amount(constant, 0)} {unit}"

    def unit(self, node: Node) -> str:
        """Return the unit that numbers beside `node` count in; none where a factor may have a unit
        of its own.
        """
        match node:
            case nodes.NumberOf(option):
                domain = kind_of(self.model.option_by_key[option]).scale(
                    self.model.option_by_key[option]
                )
                return domain.unit if domain is not None else ""
            case nodes.AttributeOf(_, name):
                return name if name in STANDARD else ""
            case nodes.Arithmetic("+" | "-", left, right):
                return self.unit(left) or self.unit(right)
            case nodes.Arithmetic("*", nodes.Constant(Fraction() as factor), right) if _counts(
                factor
            ):
                return self.unit(right)
            case nodes.Arithmetic("*" | "/", left, nodes.Constant(Fraction() as factor)) if _counts(
                factor
            ):
                return self.unit(left)
            case nodes.Call(_, arguments) | nodes.Fold(_, arguments):
                return next(filter(None, (self.unit(each) for each in arguments)), "")
            case _:
                return ""


def _said_of_each(
    parts: Sequence[Node], instances: Sequence[Instance], counting: str
) -> Node | None:
    """Return what the first part says of the first instance where every part says the same of its
    own.
    """
    said = [_of_existing(part, counting) for part in parts]
    first, before = said[0], f"{instances[0].place}."
    if not any(option.startswith(before) for option in nodes.reads(first)):
        return None
    moved = (_moved(first, before, f"{instance.place}.") for instance in instances)
    return first if all(here == there for here, there in zip(moved, said, strict=True)) else None


def _of_existing(part: Node, counting: str) -> Node:
    """Return what a part says where its instance exists."""
    only = frozenset((counting,))
    match part:
        case nodes.Implies(premise, conclusion) if nodes.reads(premise) == only:
            return conclusion
        case nodes.And((exists, condition)) if nodes.reads(exists) == only:
            return condition
        case nodes.If(exists, number, _) if nodes.reads(exists) == only:
            return number
        case _:
            return part


def _moved(node: Node, before: str, after: str) -> Node:
    """Return the node with options of one instance replaced by those of another."""
    changes: dict[str, Any] = {}
    for each in fields(node):
        held = getattr(node, each.name)
        if each.name == "option" and held.startswith(before):
            changes["option"] = after + held[len(before) :]
        elif isinstance(held, tuple) and held and hasattr(held[0], "__dataclass_fields__"):
            changes[each.name] = tuple(_moved(part, before, after) for part in held)
        elif hasattr(held, "__dataclass_fields__"):
            changes[each.name] = _moved(held, before, after)
    return replace(node, **changes) if changes else node


def _is_day(node: Node) -> bool:
    """Tell whether a number stands for a day, and is no count of days."""
    match node:
        case nodes.Arithmetic("+", left, right):
            return _is_day(left) or _is_day(right)
        case nodes.Arithmetic("-", left, right):
            return _is_day(left) and not _is_day(right)
        case nodes.If(_, yes, _):
            return _is_day(yes)
        case _:
            return isinstance(node, nodes.Day | nodes.DayOf)


def _counts(factor: Fraction) -> bool:
    return factor.denominator == 1 and factor.numerator % 10 != 0


_ORDERED = frozenset(("<", "<=", ">=", ">"))
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_TURNED: dict[Comparator, Comparator] = {
    "<": ">",
    "<=": ">=",
    "==": "==",
    "!=": "!=",
    ">=": "<=",
    ">": "<",
}
_DENIED: dict[Comparator, Comparator] = {
    "<": ">=",
    "<=": ">",
    "==": "!=",
    "!=": "==",
    ">=": "<",
    ">": "<=",
}
