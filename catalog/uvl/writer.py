"""From a feature model to UVL text: `write_uvl`; reading it again gives the same model."""

import re
from collections.abc import Iterator
from decimal import Decimal

from catalog.uvl.features import (
    Aggregate,
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
    Same,
    Term,
    Type,
    ValueOf,
    Whole,
    Words,
)

_PLAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_WORDS = frozenset(
    ("features", "constraints", "constraint", "namespace", "imports", "include", "as", "cardinality")
) | {
    *("mandatory", "optional", "or", "alternative", "Boolean", "Integer", "Real", "String", "true", "false"),
    *("sum", "avg", "len", "floor", "ceil"),
}
_LOOSE, _IMPLIES, _OR, _AND, _TIGHT = range(5)


def write_uvl(model: FeatureModel) -> str:
    """Return the model as UVL, indented with tabs."""
    lines = ["features", *_feature(model.root, 1)]
    if model.constraints:
        lines += ["", "constraints", *(f"\t{_formula(formula, _LOOSE)}" for formula in model.constraints)]
    return "\n".join(lines) + "\n"


def _feature(feature: Feature, depth: int) -> Iterator[str]:
    told = ", ".join(f"{_name(name)} {_attribute(value)}" for name, value in feature.attributes.items())
    kind = "" if feature.type is Type.BOOLEAN else f"{feature.type} "
    copies = f" cardinality [{feature.copies[0]}..{feature.copies[1]}]" if feature.copies else ""
    yield "\t" * depth + kind + _name(feature.name) + copies + (f" {{{told}}}" if told else "")
    if feature.mandatory:
        yield from _members("mandatory", feature.mandatory, depth + 1)
    if feature.optional:
        yield from _members("optional", feature.optional, depth + 1)
    for group in feature.groups:
        yield from _members(_group(group), group.features, depth + 1)


def _members(word: str, features: tuple[Feature, ...], depth: int) -> Iterator[str]:
    yield "\t" * depth + word
    for feature in features:
        yield from _feature(feature, depth + 1)


def _group(group: Group) -> str:
    if group.is_alternative:
        return "alternative"
    if (group.least, group.most) == (1, None):
        return "or"
    return f"[{group.least}..{'*' if group.most is None else group.most}]"


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name not in _WORDS else f'"{name}"'


def _attribute(value: Attribute) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else f"'{value}'"


def _formula(formula: Formula, around: int) -> str:
    match formula:
        case Has():
            return _name(formula.name)
        case Constant():
            return "true" if formula.value else "false"
        case Compare():
            return f"{_term(formula.left, 1)} {formula.operator} {_term(formula.right, 1)}"
        case Not(part=Compare() as part):
            return f"!({_formula(part, _LOOSE)})"
        case Not():
            return f"!{_formula(formula.part, _TIGHT)}"
        case And(parts=()):
            return "true"
        case Or(parts=()):
            return "false"
        case And():
            return _wrapped(" & ".join(_formula(part, _TIGHT) for part in formula.parts), _AND, around)
        case Or():
            return _wrapped(" | ".join(_formula(part, _AND) for part in formula.parts), _OR, around)
        case Implies():
            told = f"{_formula(formula.premise, _IMPLIES)} => {_formula(formula.conclusion, _OR)}"
            return _wrapped(told, _IMPLIES, around)
        case Same():
            told = f"{_formula(formula.left, _LOOSE)} <=> {_formula(formula.right, _IMPLIES)}"
            return _wrapped(told, _LOOSE, around)


def _term(term: Term, around: int) -> str:
    """Return a number or text, in brackets where it binds looser than `around`: 1 sum, 2 product, 3 single."""
    match term:
        case Number():
            return f"{term.value:f}"
        case Words():
            return f"'{term.value}'"
        case ValueOf():
            return _name(term.name)
        case AttributeOf():
            return f"{_name(term.name)}.{_name(term.attribute)}"
        case LengthOf():
            return f"len({_name(term.name)})"
        case Whole():
            return f"{term.function}({_term(term.part, 1)})"
        case Aggregate():
            below = f", {_name(term.name)}" if term.name is not None else ""
            return f"{term.function}({_name(term.attribute)}{below})"
        case Arithmetic():
            own = 1 if term.operator in "+-" else 2
            told = f"{_term(term.left, own)} {term.operator} {_term(term.right, own + 1)}"
            return told if own >= around else f"({told})"


def _wrapped(told: str, own: int, around: int) -> str:
    return told if own >= around else f"({told})"
