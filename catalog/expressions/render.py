"""Expressions written out again: a bound condition as a sentence for shoppers."""

from decimal import Decimal
from fractions import Fraction

from catalog.expressions.nodes import (
    And,
    Arithmetic,
    AttributeOf,
    Call,
    Compare,
    Constant,
    CountOf,
    CountTrue,
    Given,
    Has,
    If,
    Implies,
    IsOneOf,
    IsTrue,
    LengthOf,
    Node,
    Not,
    NumberOf,
    Or,
    TextOf,
)
from catalog.product_model import ProductModel

_COMPARED = {
    "<": "is less than",
    "<=": "is at most",
    "==": "is",
    "!=": "is not",
    ">=": "is at least",
    ">": "is more than",
}


def told(node: Node, model: ProductModel, locale: str | None) -> str:
    """Return the condition as a sentence for shoppers, with the labels of `model` in `locale`."""
    return _Teller(model, locale).tell(node)


class _Teller:
    def __init__(self, model: ProductModel, locale: str | None) -> None:
        self.model = model
        self.locale = locale

    def label(self, option: str, value: str | None = None) -> str:
        found = self.model.option_by_key[option]
        return (found if value is None else found.value_by_key[value]).label.in_locale(self.locale)

    def tell(self, node: Node) -> str:
        match node:
            case Constant(value):
                return _number(value) if isinstance(value, Fraction) else str(value)
            case NumberOf(option) | TextOf(option) | IsTrue(option) | CountOf(option) | LengthOf(option):
                return self.label(option)
            case IsOneOf(option, values):
                return f"{self.label(option)} is {' or '.join(self.label(option, value) for value in values)}"
            case Has(option, value):
                return f"{self.label(option)} has {self.label(option, value)}"
            case Given(option):
                return f"{self.label(option)} is given"
            case AttributeOf(option, name):
                return f"{name} of {self.label(option)}"
            case Compare(operator, left, right):
                unit = self.unit(left) or self.unit(right)
                return f"{self.tell(left)} {_COMPARED[operator]} {self.tell(right)}{' ' if unit else ''}{unit}"
            case Arithmetic(operator, left, right):
                return f"({self.tell(left)} {operator} {self.tell(right)})"
            case Call(function, arguments):
                return f"{function}({', '.join(self.tell(each) for each in arguments)})"
            case CountTrue(conditions):
                return f"count({', '.join(self.tell(each) for each in conditions)})"
            case If(condition, yes, no):
                return f"if {self.tell(condition)} then {self.tell(yes)} else {self.tell(no)}"
            case And(parts):
                return " and ".join(self.tell(each) for each in parts)
            case Or(parts):
                return " or ".join(self.tell(each) for each in parts)
            case Not(part):
                return f"not ({self.tell(part)})"
            case Implies(premise, conclusion):
                return f"if {self.tell(premise)} then {self.tell(conclusion)}"

    def unit(self, node: Node) -> str:
        option = self.model.option_by_key[node.option] if isinstance(node, NumberOf) else None
        return option.number.unit if option is not None and option.number is not None else ""


def _number(value: Fraction) -> str:
    return format(Decimal(value.numerator) / value.denominator, "f")
