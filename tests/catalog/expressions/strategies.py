"""Hypothesis strategies: syntax, bound nodes, values of the wardrobe, and texts that look like
expressions.
"""

from fractions import Fraction

from hypothesis import strategies as st

from catalog.expressions import nodes, syntax
from catalog.expressions.lexer import KEYWORDS
from catalog.product_model import Kind
from tests.catalog.expressions.wardrobe import WARDROBE

words = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True).filter(
    lambda word: word.lower() not in KEYWORDS
)
decimals = st.decimals(min_value=0, max_value=10**9, places=3).map(Fraction)
places = st.builds("{}.{}".format, words, st.integers(1, 30))
name_syntax = st.builds(
    syntax.Name, st.one_of(words, words, st.builds("{}.{}".format, places, words))
)
atoms = st.one_of(
    st.builds(syntax.Number, decimals, st.sampled_from(["", "", "mm", "m2", "in", "pcs", "Stück"])),
    st.builds(syntax.Text, st.text(alphabet="ab \"'#é(", max_size=6)),
    st.builds(syntax.Truth, st.sampled_from(["true", "false", "yes", "no"])),
    name_syntax,
    st.builds(syntax.Attribute, name_syntax, st.one_of(words, st.sampled_from(["is", "in"]))),
)


def _composed(inner: st.SearchStrategy[syntax.Syntax]) -> st.SearchStrategy[syntax.Syntax]:
    def chain(operators: list[str]):
        return st.lists(st.tuples(st.sampled_from(operators), inner), min_size=1, max_size=3).map(
            tuple
        )

    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    members = st.lists(
        st.one_of(inner, st.builds(syntax.Range, inner, inner)), min_size=1, max_size=3
    ).map(tuple)
    return st.one_of(
        st.builds(syntax.Negative, inner),
        st.builds(syntax.Denial, inner),
        st.builds(syntax.Sum, inner, chain(["+", "-"])),
        st.builds(syntax.Product, inner, chain(["*", "/"])),
        st.builds(syntax.Comparison, inner, chain(["<", "<=", "==", "!=", ">=", ">"])),
        st.builds(syntax.Membership, inner, members, st.booleans()),
        st.builds(syntax.Has, inner, st.sampled_from(["all", "any", "none"]), some),
        st.builds(syntax.Conjunction, several),
        st.builds(syntax.Disjunction, several),
        st.builds(
            syntax.Relation, st.sampled_from(["implies", "requires", "excludes"]), inner, inner
        ),
        st.builds(syntax.Conditional, inner, inner, st.one_of(st.none(), inner)),
        st.builds(syntax.Function, words, st.lists(inner, max_size=3).map(tuple)),
        st.builds(syntax.Placed, places, inner),
    )


syntaxes = st.recursive(atoms, _composed, max_leaves=12)

# -- bound nodes over the wardrobe

numbers_exact = st.one_of(
    st.integers(-6, 6).map(Fraction),
    st.sampled_from([Fraction(1, 2), Fraction(5, 3), Fraction(-7, 4), Fraction(600)]),
)
number_leaves = st.one_of(
    st.builds(nodes.Constant, numbers_exact),
    st.builds(nodes.NumberOf, st.sampled_from(["width", "shelves", "load"])),
    st.just(nodes.CountOf("extras")),
    st.just(nodes.LengthOf("engraving")),
    st.just(
        nodes.AttributeOf(
            "body", "density", (("oak", Fraction(7, 10)), ("beech", Fraction(18, 25)))
        )
    ),
    st.just(
        nodes.AttributeOf(
            "extras", "weight", (("usb", Fraction(1, 4)), ("lamp", Fraction(3, 2))), summed=True
        )
    ),
)
texts = st.one_of(
    st.sampled_from([nodes.TextOf("body"), nodes.TextOf("front"), nodes.TextOf("engraving")]),
    st.builds(nodes.Constant, st.sampled_from(["oak", "glass", ""])),
    st.just(nodes.AttributeOf("body", "finish", (("oak", "oiled"), ("white", "lacquered")))),
)
condition_leaves = st.one_of(
    st.builds(nodes.Constant, st.booleans()),
    st.builds(nodes.IsTrue, st.sampled_from(["anchor", "soft_close"])),
    st.builds(nodes.IsOneOf, st.just("body"), st.sampled_from([(), ("oak",), ("oak", "white")])),
    st.builds(nodes.Has, st.just("extras"), st.sampled_from(["usb", "mat"])),
    st.builds(nodes.Given, st.sampled_from(["front", "width", "extras", "engraving", "anchor"])),
    st.builds(nodes.Compare, st.sampled_from(["==", "!="]), texts, texts),
)


def _pair(depth: int) -> tuple[st.SearchStrategy[nodes.Node], st.SearchStrategy[nodes.Node]]:
    """Return strategies of numbers and of conditions of at most `depth` levels."""
    if depth == 0:
        return number_leaves, condition_leaves
    numbers, conditions = _pair(depth - 1)
    some = st.lists(numbers, min_size=2, max_size=3).map(tuple)
    parts = st.lists(conditions, min_size=2, max_size=3).map(tuple)
    rounding = st.lists(numbers, min_size=1, max_size=2).map(tuple)
    number = st.one_of(
        number_leaves,
        st.builds(nodes.Arithmetic, st.sampled_from(["+", "-", "*", "/"]), numbers, numbers),
        st.builds(nodes.Call, st.sampled_from(["min", "max", "sum"]), some),
        st.builds(nodes.Call, st.sampled_from(["ceil", "floor", "round"]), rounding),
        st.builds(nodes.Call, st.just("abs"), st.tuples(numbers)),
        st.builds(nodes.CountTrue, parts),
        st.builds(nodes.Fold, st.sampled_from(["min", "max", "sum"]), some),
        st.builds(nodes.If, conditions, numbers, numbers),
    )
    condition = st.one_of(
        condition_leaves,
        st.builds(
            nodes.Compare, st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]), numbers, numbers
        ),
        st.builds(nodes.And, parts),
        st.builds(nodes.Or, parts),
        st.builds(nodes.Not, conditions),
        st.builds(nodes.Implies, conditions, conditions),
        st.builds(nodes.If, conditions, conditions, conditions),
    )
    return number, condition


bound_numbers, bound_conditions = _pair(3)


def _value(option):
    match option.kind:
        case Kind.CHOICE:
            return st.sampled_from([value.key for value in option.values])
        case Kind.MULTI:
            return st.lists(
                st.sampled_from([value.key for value in option.values]), unique=True
            ).map(tuple)
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.NUMBER:
            return st.integers(0, min(len(option.number) - 1, 200)).map(option.number.at)
        case _:
            return st.text(alphabet="abO", max_size=5)


values = st.fixed_dictionaries(
    {}, optional={option.key: _value(option) for option in WARDROBE.options}
)

# -- texts

_PIECES = [
    *KEYWORDS,
    *(option.key for option in WARDROBE.options),
    *(
        "oak",
        "glass",
        "usb",
        "area",
        "tall",
        "hen",
        "mm",
        "m2",
        "kg",
        "weight",
        "min",
        "ceil",
        "count",
        "sum",
        "given",
    ),
    *(
        "length",
        "body.mm",
        "extras.weight",
        "1",
        "2.5",
        "600",
        "600 mm",
        '"oak"',
        "any",
        "of",
        "of",
    ),
    *(
        "(",
        "(",
        "(",
        ")",
        ")",
        ")",
        ",",
        "..",
        ".",
        "+",
        "-",
        "*",
        "/",
        "<",
        "<=",
        "==",
        "!=",
        ">=",
        ">",
        "&&",
        "!",
        "%",
    ),
]
look_alikes = st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join)


def _sayings(depth: int) -> tuple[st.SearchStrategy[str], st.SearchStrategy[str]]:
    """Return strategies of texts that are numbers and of texts that are conditions; nearly all can
    be bound.
    """
    if depth == 0:
        number = [
            "width",
            "height",
            "depth",
            "shelves",
            "area",
            "half",
            "600",
            "1.2 m",
            "body.mm",
            "count(extras)",
            "0",
        ]
        condition = [
            "anchor",
            "tall",
            "body is oak",
            "front in (glass, oak)",
            "extras has usb",
            "given(width)",
            "no",
        ]
        condition += [
            "body is not front",
            "anchor is no",
            "extras has none of (usb, mat)",
            "usb in extras",
            "yes",
        ]
        return st.sampled_from(number), st.sampled_from(condition)
    numbers, conditions = _sayings(depth - 1)

    def filled(*templates: str) -> st.SearchStrategy[str]:
        return st.builds(
            lambda template, n, m, a, b: template.format(n=n, m=m, a=a, b=b),
            st.sampled_from(templates),
            *(numbers, numbers, conditions, conditions),
        )

    number_templates = (
        "{n} + {m}",
        "{n} - ({m})",
        "({n}) * ({m})",
        "({n}) / ({m})",
        "-({n})",
        "min({n}, {m})",
    )
    number_templates += (
        "ceil({n})",
        "round({n}, 7)",
        "count({a}, {b})",
        "(if {a} then {n} else {m})",
        "sum({n}, {m})",
    )
    condition_templates = (
        "{n} < {m}",
        "{n} in 1..900",
        "{n} not in (1, {m})",
        "{n} >= {m}",
        "0 < {n} <= {m}",
    )
    condition_templates += (
        "({a}) and ({b})",
        "({a}) or ({b})",
        "not ({a})",
        "({a}) implies ({b})",
        "({a}) is ({b})",
    )
    condition_templates += (
        "({a}) excludes ({b})",
        "(if {a} then {b})",
        "(if {a} then {b} else {a})",
        "{n} != {m}",
    )
    return (
        st.one_of(numbers, filled(*number_templates)),
        st.one_of(conditions, filled(*condition_templates)),
    )


sayings = st.one_of(*_sayings(3))
arithmetic = st.recursive(
    st.integers(0, 9).map(str),
    lambda inner: st.one_of(
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        st.lists(st.tuples(st.sampled_from("+-*/"), inner), min_size=1, max_size=12).map(
            lambda terms: "1" + "".join(operator + text for operator, text in terms)
        ),
    ),
    max_leaves=25,
)
