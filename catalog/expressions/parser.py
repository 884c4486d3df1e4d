"""From tokens to syntax, by precedence: the operators that bind loosest stand first in the table
below.
"""

from fractions import Fraction
from typing import cast

from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.lexer import KEYWORDS, Token, tokens
from catalog.expressions.syntax import (
    Additive,
    Attribute,
    Comparator,
    Comparison,
    Conditional,
    Conjunction,
    Denial,
    Disjunction,
    Function,
    Has,
    Membership,
    Multiplicative,
    Name,
    Negative,
    Number,
    Placed,
    Product,
    Range,
    Relation,
    Sum,
    Syntax,
    Text,
    Truth,
)

MAX_DEPTH = 60

IMPLIES, OR, AND, NOT, COMPARISON, ADDITIVE, MULTIPLICATIVE, NEGATIVE = range(1, 9)
_LEVELS = {
    **dict.fromkeys(("implies", "requires", "excludes"), IMPLIES),
    "or": OR,
    "and": AND,
    **dict.fromkeys(("<", "<=", "==", "!=", ">=", ">", "is", "in", "not", "has"), COMPARISON),
    **dict.fromkeys(("+", "-"), ADDITIVE),
    **dict.fromkeys(("*", "/"), MULTIPLICATIVE),
}
_COMPARATORS = frozenset(("<", "<=", "==", "!=", ">=", ">", "is"))
_HAS_WORDS = ("all", "any", "none")


def parse(text: str) -> Syntax:
    """Return the syntax of `text`; refuse with ExpressionRefused what does not follow the notation."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def after(self, steps: int = 1) -> Token:
        return self.tokens[min(self.place + steps, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.place += 1
        return token

    def expect(self, kind: str, hint: str = "") -> Token:
        if self.token.kind != kind:
            raise self.unexpected(f"'{kind}'", hint)
        return self.take()

    def unexpected(self, wanted: str, hint: str = "") -> ExpressionRefused:
        token = self.token
        return ExpressionRefused(
            f"expected {wanted}, found {token.told}", token.start, token.end, hint
        )

    @property
    def last_end(self) -> int:
        return self.tokens[self.place - 1].end

    # -- levels

    def whole(self) -> Syntax:
        if self.token.kind == "end":
            raise ExpressionRefused("the expression is empty", 0, 0)
        syntax = self.expression(IMPLIES)
        if self.token.kind != "end":
            hint = ""
            if self.token.kind == ",":
                hint = "numbers are written without separators, 1200 or 0.5; a list stands in parentheses"
            elif self.token.kind == "word":
                hint = "a text stands in quotes, conditions are joined by 'and' or 'or'"
            raise self.unexpected("an operator or the end", hint)
        return syntax

    def expression(self, level: int) -> Syntax:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionRefused(
                f"the expression is nested more than {MAX_DEPTH} deep",
                self.token.start,
                self.token.end,
                "give parts of it names as derived values",
            )
        syntax = self.extended(self.prefix(level), level)
        self.depth -= 1
        return syntax

    def extended(self, left: Syntax, level: int) -> Syntax:
        """Return `left` together with the operators of at least `level` that follow it."""
        while (found := self.infix_level()) >= level:
            left = self.infix(left, found)
        return left

    def infix_level(self) -> int:
        kind = self.token.kind
        if kind == "not" and self.after().kind != "in":
            return 0
        return _LEVELS.get(kind, 0)

    def infix(self, left: Syntax, level: int) -> Syntax:
        start = left.span[0]
        if level == IMPLIES:
            return self.relation(left, start)
        if level in (AND, OR):
            word = self.token.kind
            conditions = [left]
            while self.token.kind == word:
                self.take()
                conditions.append(self.expression(level + 1))
            kind = Conjunction if level == AND else Disjunction
            return kind(tuple(conditions), (start, self.last_end))
        if level == COMPARISON:
            return self.comparison(left, start)
        rest = []
        while self.infix_level() == level:
            operator = self.take().kind
            rest.append((operator, self.expression(level + 1)))
        if level == ADDITIVE:
            return Sum(
                left, cast(tuple[tuple[Additive, Syntax], ...], tuple(rest)), (start, self.last_end)
            )
        return Product(
            left,
            cast(tuple[tuple[Multiplicative, Syntax], ...], tuple(rest)),
            (start, self.last_end),
        )

    def relation(self, left: Syntax, start: int) -> Syntax:
        operator = self.take().kind
        if operator == "implies":
            return Relation("implies", left, self.expression(IMPLIES), (start, self.last_end))
        right = self.expression(OR)
        if self.infix_level() == IMPLIES:
            raise ExpressionRefused(
                f"{self.token.told} after '{operator}' can be read in two ways",
                self.token.start,
                self.token.end,
                "put one of them in parentheses",
            )
        return Relation(
            "requires" if operator == "requires" else "excludes",
            left,
            right,
            (start, self.last_end),
        )

    def comparison(self, left: Syntax, start: int) -> Syntax:
        syntax: Syntax
        if self.token.kind == "has":
            self.take()
            syntax = self.has(left, start)
        elif self.token.kind in ("in", "not"):
            negated = self.take().kind == "not"
            if negated:
                self.take()
            syntax = Membership(left, self.members(), negated, (start, self.last_end))
        else:
            rest: list[tuple[Comparator, Syntax]] = []
            while self.token.kind in _COMPARATORS:
                operator = self.take().kind
                if operator == "is":
                    operator = "=="
                    if self.token.kind == "not":
                        self.take()
                        operator = "!="
                if self.token.kind in _COMPARATORS:
                    raise self.unexpected(
                        "a value", "the comparisons are < <= = != >= >, is, is not"
                    )
                rest.append((cast(Comparator, operator), self.expression(ADDITIVE)))
            syntax = Comparison(left, tuple(rest), (start, self.last_end))
        if self.infix_level() == COMPARISON:
            raise ExpressionRefused(
                f"{self.token.told} after a comparison can be read in two ways",
                self.token.start,
                self.token.end,
                "put the comparison in parentheses or join two comparisons by 'and'",
            )
        return syntax

    def members(self) -> tuple[Syntax | Range, ...]:
        if self.token.kind != "(":
            return (self.member(),)
        self.take()
        found = [self.member()]
        while self.token.kind == ",":
            self.take()
            found.append(self.member())
        self.expect(")", "members of a list are separated by commas")
        if (
            len(found) == 1
            and not isinstance(found[0], Range)
            and self.token.kind in ("+", "-", "*", "/", "..")
        ):
            # `in (a + b) * 2..900`: the parenthesis was the beginning of a range and not a list.
            return (self.member_from(self.extended(found[0], ADDITIVE)),)
        return tuple(found)

    def member(self) -> Syntax | Range:
        return self.member_from(self.expression(ADDITIVE))

    def member_from(self, first: Syntax) -> Syntax | Range:
        if self.token.kind == "..":
            self.take()
            last = self.expression(ADDITIVE)
            return Range(first, last, (first.span[0], self.last_end))
        return first

    def has(self, owner: Syntax, start: int) -> Syntax:
        quantifier = "all"
        if self.token.kind == "word" and self.token.text.lower() in _HAS_WORDS:
            following = self.after()
            of = following.kind == "word" and following.text.lower() == "of"
            if following.kind == "(" or (of and self.after(2).kind == "("):
                quantifier = self.take().text.lower()
                if of:
                    self.take()
        found: list[Syntax] = []
        if self.token.kind == "(":
            self.take()
            found.append(self.expression(ADDITIVE))
            while self.token.kind == ",":
                self.take()
                found.append(self.expression(ADDITIVE))
            self.expect(")", "members of a list are separated by commas")
        else:
            found.append(self.expression(ADDITIVE))
        span = (start, self.last_end)
        if quantifier == "any":
            return Has(owner, "any", tuple(found), span)
        return Has(owner, "none" if quantifier == "none" else "all", tuple(found), span)

    # -- what an operand begins with

    def prefix(self, level: int) -> Syntax:
        token = self.take()
        match token.kind:
            case "number":
                return self.number(token)
            case "text":
                quote = token.text[0]
                return Text(token.text[1:-1].replace(quote * 2, quote), (token.start, token.end))
            case "true" | "false" | "yes" | "no":
                return Truth(token.kind, (token.start, token.end))
            case "word":
                return self.name(token, level)
            case "(":
                inner = self.expression(IMPLIES)
                self.expect(")", self.comma_hint())
                return inner
            case "-":
                return Negative(self.expression(NEGATIVE), (token.start, self.last_end))
            case "not" if level <= NOT:
                return Denial(self.expression(NOT), (token.start, self.last_end))
            case "if" if level <= IMPLIES:
                return self.conditional(token)
            case "not" | "if":
                raise ExpressionRefused(
                    f"'{token.text}' cannot stand here without parentheses",
                    token.start,
                    token.end,
                    f"write ({token.text} …)",
                )
        self.place -= token.kind != "end"
        hint = (
            "write 0.5 with its zero" if token.kind == "." and self.after().kind == "number" else ""
        )
        if token.kind in KEYWORDS:
            hint = f"'{token.kind}' is a word of the notation; as the key of a value write it in quotes"
        raise self.unexpected("a value, an option or a condition", hint)

    def comma_hint(self) -> str:
        return (
            "a list follows 'in' or 'has': frame in (steel, oak)" if self.token.kind == "," else ""
        )

    def number(self, token: Token) -> Syntax:
        value = Fraction(token.text)
        following = self.token
        if following.kind == "°":
            self.take()
            return Number(value, "deg", (token.start, following.end))
        if following.kind == "word" or (following.kind == "in" and self.in_is_inches()):
            self.take()
            return Number(value, following.text, (token.start, following.end))
        return Number(value, "", (token.start, token.end))

    def in_is_inches(self) -> bool:
        """`24 in` is a length unless a list, a range or a name follows, as in `24 in (12, 24)`."""
        return self.after().kind not in ("(", "number", "word")

    def name(self, token: Token, level: int) -> Syntax:
        if self.token.kind == "(":
            self.take()
            arguments: list[Syntax] = []
            if self.token.kind != ")":
                arguments.append(self.expression(IMPLIES))
                while self.token.kind == ",":
                    self.take()
                    arguments.append(self.expression(IMPLIES))
            self.expect(")", "arguments are separated by commas")
            return Function(token.text, tuple(arguments), (token.start, self.last_end))
        key, end = token.text, token.end
        while self.is_instance():
            self.take()
            number = self.take()
            key, end = f"{key}.{number.text}", number.end
            if self.token.kind == ":":
                return self.placed(key, token, level)
            self.expect(".", f"{key} is an instance; name one of its options, or write '{key}: …'")
            inner = self.expect("word", f"the key of an option of {key} follows")
            key, end = f"{key}.{inner.text}", inner.end
        name = Name(key, (token.start, end))
        if self.token.kind == ".":
            self.take()
            attribute = self.token
            if attribute.kind != "word" and attribute.kind not in KEYWORDS:
                raise self.unexpected("the name of an attribute")
            self.take()
            return Attribute(name, attribute.text, (token.start, attribute.end))
        return name

    def is_instance(self) -> bool:
        """`modules.2` is an instance of a sub-assembly."""
        return (
            self.token.kind == "." and self.after().kind == "number" and self.after().text.isdigit()
        )

    def placed(self, place: str, token: Token, level: int) -> Syntax:
        if level > IMPLIES:
            raise ExpressionRefused(
                f"'{place}:' cannot stand here without parentheses",
                token.start,
                self.token.end,
                f"write ({place}: …)",
            )
        self.take()
        return Placed(place, self.expression(IMPLIES), (token.start, self.last_end))

    def conditional(self, token: Token) -> Syntax:
        condition = self.expression(IMPLIES)
        self.expect("then", "a choice between two is written: if … then … else …")
        yes = self.expression(IMPLIES)
        no = None
        if self.token.kind == "else":
            self.take()
            no = self.expression(IMPLIES)
        return Conditional(condition, yes, no, (token.start, self.last_end))
