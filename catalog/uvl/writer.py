"""From a feature model to UVL text: `write_uvl`; reading it again gives the same model.

A formula of UVL has no `true` and no `false`, so formulas are written without them: what always
holds is left out, and what never holds is `!Root`.
"""

import re
from collections.abc import Iterator, Mapping
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
    Gathered,
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
    (
        "features",
        "constraints",
        "constraint",
        "namespace",
        "imports",
        "include",
        "as",
        "cardinality",
    )
) | {
    *(
        "mandatory",
        "optional",
        "or",
        "alternative",
        "Boolean",
        "Integer",
        "Real",
        "String",
        "true",
        "false",
    ),
    *("sum", "avg", "len", "floor", "ceil"),
}
_LOOSE, _IMPLIES, _OR, _AND, _TIGHT = range(5)
_TRUE, _FALSE = Constant(True), Constant(False)


def write_uvl(model: FeatureModel) -> str:
    """Return the model as UVL, indented with tabs."""
    lines = ["features", *_feature(model.root, 1)]
    constraints = [without_constants(formula) for formula in model.constraints]
    never = Not(Has(model.root.name))
    told = [never if each == _FALSE else each for each in constraints if each != _TRUE]
    if told:
        lines += ["", "constraints", *(f"\t{_formula(formula, _LOOSE)}" for formula in told)]
    return "\n".join(lines) + "\n"


def without_constants(formula: Formula) -> Formula:
    """Return a formula that says the same and has no constant in it, or is nothing but one."""
    match formula:
        case Not():
            return _denied(without_constants(formula.part))
        case And() | Or():
            return _joined(formula)
        case Implies():
            premise, conclusion = (
                without_constants(formula.premise),
                without_constants(formula.conclusion),
            )
            if premise == _FALSE or conclusion == _TRUE:
                return _TRUE
            if premise == _TRUE:
                return conclusion
            return _denied(premise) if conclusion == _FALSE else Implies(premise, conclusion)
        case Same():
            left, right = without_constants(formula.left), without_constants(formula.right)
            for one, other in ((left, right), (right, left)):
                if isinstance(one, Constant):
                    return other if one.value else _denied(other)
            return Same(left, right)
        case _:
            return formula


def _denied(part: Formula) -> Formula:
    return Constant(not part.value) if isinstance(part, Constant) else Not(part)


def _joined(formula: And | Or) -> Formula:
    """Return a conjunction or disjunction without the constants among its parts."""
    neutral, decisive = (_TRUE, _FALSE) if isinstance(formula, And) else (_FALSE, _TRUE)
    parts = [without_constants(part) for part in formula.parts]
    if decisive in parts:
        return decisive
    kept = tuple(part for part in parts if part != neutral)
    if len(kept) > 1:
        return And(kept) if isinstance(formula, And) else Or(kept)
    return kept[0] if kept else neutral


def _feature(feature: Feature, depth: int) -> Iterator[str]:
    told = _attributes(feature.attributes)
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
    return ".".join(
        part if _PLAIN.fullmatch(part) and part not in _WORDS else f'"{part}"'
        for part in name.split(".")
    )


def _attributes(attributes: Mapping[str, Attribute]) -> str:
    """Return attributes as they are written; those with the same first name before a dot stand in
    braces of it.
    """
    plain = [
        f"{_name(name)} {_attribute(value)}"
        for name, value in attributes.items()
        if "." not in name
    ]
    nested: dict[str, dict[str, Attribute]] = {}
    for name, value in attributes.items():
        first, dot, rest = name.partition(".")
        if dot:
            nested.setdefault(first, {})[rest] = value
    return ", ".join(
        [*plain, *(f"{_name(first)} {{{_attributes(held)}}}" for first, held in nested.items())]
    )


def _attribute(value: Attribute) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else f"'{value}'"


def _formula(formula: Formula, around: int) -> str:
    match formula:
        case Has():
            return _name(formula.name)
        case Compare():
            return f"{_term(formula.left, 1)} {formula.operator} {_term(formula.right, 1)}"
        case Not(part=Compare() as part):
            return f"!({_formula(part, _LOOSE)})"
        case Not():
            return f"!{_formula(formula.part, _TIGHT)}"
        case And():
            return _wrapped(
                " & ".join(_formula(part, _TIGHT) for part in formula.parts), _AND, around
            )
        case Or():
            return _wrapped(" | ".join(_formula(part, _AND) for part in formula.parts), _OR, around)
        case Implies():
            told = f"{_formula(formula.premise, _IMPLIES)} => {_formula(formula.conclusion, _OR)}"
            return _wrapped(told, _IMPLIES, around)
        case Same():
            told = f"{_formula(formula.left, _LOOSE)} <=> {_formula(formula.right, _IMPLIES)}"
            return _wrapped(told, _LOOSE, around)
        case Constant():
            raise AssertionError("formulas are written without constants")


def _term(term: Term, around: int) -> str:
    """Return a number or text, in brackets where it binds looser than `around`: 1 sum, 2 product, 3
    single.
    """
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
        case Gathered():
            return f"{term.function}({', '.join(_term(part, 3) for part in term.parts)})"
        case Arithmetic():
            own = 1 if term.operator in "+-" else 2
            told = f"{_term(term.left, own)} {term.operator} {_term(term.right, own + 1)}"
            return told if own >= around else f"({told})"


def _wrapped(told: str, own: int, around: int) -> str:
    return told if own >= around else f"({told})"
