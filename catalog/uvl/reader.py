"""From UVL text to a feature model: `read_uvl`.

All levels of the language are read: groups with counts, features with a type or with copies, constraints that compute.
What is wrong is refused with its line, as are models in several files. Source: Benavides et al., "UVL: Feature
modelling with the Universal Variability Language", Journal of Systems and Software 2025; the grammar at
github.com/Universal-Variability-Language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
    UvlRefused,
    ValueOf,
    Whole,
    Words,
    parts_of,
)
from catalog.uvl.features import refused as _refused

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 200
MAX_BRACKETS = 50
MAX_LEVELS = 150

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<name>"[^"\r\n]*")
    | (?P<text>'[^'\r\n]*')
    | (?P<number>-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![\w]))
    | (?P<sign><=>|=>|==|!=|<=|>=|[-!&|(){}\[\],<>+*/.])
    | (?P<word>[^\W\d](?:\w|[#§%?\\';])*)
    """,
    re.VERBOSE,
)
_GROUP = re.compile(r"(mandatory|optional|or|alternative)|\[\s*(\d+)\s*(?:\.\.\s*(\d+|\*)\s*)?\]")
_COPIES = re.compile(r"\[\s*(\d+)\s*(?:(\.\.)\s*(\d+|\*)\s*)?\]")
_BLOCK_COMMENT = re.compile(r""" "[^"\n]*" | '[^'\n]*' | //[^\n]* | (?P<block>/\*.*?\*/) """, re.VERBOSE | re.DOTALL)
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_AGGREGATES, _WHOLE = ("sum", "avg"), ("floor", "ceil")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str


@dataclass
class _Node:
    """A feature while it is read."""

    name: str
    line: int
    attributes: dict[str, Attribute]
    constraints: list[Formula]
    type: Type
    copies: tuple[int, int] | None
    groups: list[tuple[str, int, int | None, list["_Node"]]] = field(default_factory=list)


def read_uvl(text: str) -> FeatureModel:
    """Return the feature model that `text` tells; refuses with UvlRefused, with the line, what it cannot hold."""
    if len(text) > MAX_CHARACTERS:
        raise UvlRefused(f"A feature model has at most {MAX_CHARACTERS:,} characters, this one {len(text):,}.")
    sections = _sections(_lines(_without_block_comments(text.removeprefix("\ufeff"))))
    for word in ("imports", "import"):
        if sections.get(word):
            raise _refused(sections[word][0].number, "models in several files are not read; put them into one")
    features = sections.get("features") or []
    if not features:
        raise UvlRefused("There are no features; a feature model has a section 'features' with one root.")
    root = _read_tree(features)
    told = [*_constraints_below(root), *((_formula(line), line.number) for line in sections.get("constraints") or [])]
    model = FeatureModel(_frozen(root), tuple(each for each, _ in told), tuple(line for _, line in told))
    return _checked(model)


def _without_block_comments(text: str) -> str:
    """Return the text with spaces for `/* … */`, every line where it was."""
    if "/*" not in text:
        return text
    return _BLOCK_COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]) if found["block"] else found[0], text)


def _lines(text: str) -> list[_Line]:
    """Return lines with something on them; braces that stay open take the following lines in."""
    found: list[_Line] = []
    pending = ""
    first = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _without_comment(raw)
        if pending:
            pending += " " + line.strip()
        else:
            if not line.strip():
                continue
            pending, first = line.rstrip(), number
        if _open_braces(pending) <= 0:
            expanded = pending.expandtabs(8)
            found.append(_Line(first, len(expanded) - len(expanded.lstrip()), pending.strip()))
            pending = ""
    if pending:
        raise _refused(first, "a brace is opened and not closed")
    return found


def _without_comment(line: str) -> str:
    if "//" not in line:
        return line
    found = re.match(r"""(?:"[^"]*"|'[^']*'|(?!//).)*""", line)
    return found[0] if found else line


def _open_braces(text: str) -> int:
    if "{" not in text:
        return 0
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", text)
    return bare.count("{") - bare.count("}")


def _sections(lines: list[_Line]) -> dict[str, list[_Line]]:
    sections: dict[str, list[_Line]] = {}
    own: list[_Line] = []
    for line in lines:
        if line.indent == 0:
            word = line.text.split()[0]
            if word not in ("namespace", "include", "imports", "import", "features", "constraints"):
                raise _refused(line.number, f"'{word}' is no section; there are namespace, features and constraints")
            own = sections.setdefault(word, [])
        else:
            own.append(line)
    return sections


# -- features


def _read_tree(lines: list[_Line]) -> _Node:
    stack: list[tuple[int, _Node | list[_Node]]] = []
    root: _Node | None = None
    for line in lines:
        while stack and stack[-1][0] >= line.indent:
            stack.pop()
        if len(stack) > 2 * MAX_DEPTH:
            raise _refused(line.number, f"features are nested more than {MAX_DEPTH} deep")
        above = stack[-1][1] if stack else None
        if isinstance(above, _Node):
            members: list[_Node] = []
            above.groups.append((*_read_group(line), members))
            stack.append((line.indent, members))
            continue
        node = _read_feature(line)
        if above is None:
            if root is not None:
                raise _refused(line.number, f"'{node.name}' stands beside the root '{root.name}'; there is one root")
            root = node
        else:
            above.append(node)
        stack.append((line.indent, node))
    assert root is not None
    return root


def _read_group(line: _Line) -> tuple[str, int, int | None]:
    found = _GROUP.fullmatch(line.text)
    if found is None:
        raise _refused(line.number, f"expected mandatory, optional, or, alternative or [n..m], found '{line.text}'")
    if found[1]:
        return {
            "mandatory": ("mandatory", 0, None),
            "optional": ("optional", 0, None),
            "or": ("group", 1, None),
            "alternative": ("group", 1, 1),
        }[found[1]]
    least = int(found[2])
    most = least if found[3] is None else None if found[3] == "*" else int(found[3])
    if most is not None and most < least:
        raise _refused(line.number, f"no number is at least {least} and at most {most}")
    return "group", least, most


def _read_feature(line: _Line) -> _Node:
    parser = _Parser(line, line.text)
    kind = Type.BOOLEAN
    if parser.kind == "word" and parser.text in [*Type] and parser.next_kind in ("name", "word"):
        kind = Type(parser.text)
        parser.step()
    name = parser.name()
    copies = None
    if parser.text == "cardinality":
        parser.step()
        copies = parser.copies(name)
    attributes: dict[str, Attribute] = {}
    constraints: list[Formula] = []
    if parser.text == "{":
        parser.attributes(attributes, constraints)
    parser.end()
    return _Node(name, line.number, attributes, constraints, kind, copies)


def _constraints_below(node: _Node) -> Iterator[tuple[Formula, int]]:
    for formula in node.constraints:
        yield formula, node.line
    for *_, members in node.groups:
        for member in members:
            yield from _constraints_below(member)


def _frozen(node: _Node) -> Feature:
    mandatory: list[Feature] = []
    optional: list[Feature] = []
    groups: list[Group] = []
    for word, least, most, members in node.groups:
        features = [_frozen(member) for member in members]
        if word == "mandatory":
            mandatory += features
        elif word == "optional":
            optional += features
        elif features:
            groups.append(Group(least, most, tuple(features)))
    return Feature(
        node.name,
        tuple(mandatory),
        tuple(optional),
        tuple(groups),
        node.attributes,
        node.type,
        node.copies,
        node.line,
    )


# -- names and what they mean


def _checked(model: FeatureModel) -> FeatureModel:
    """Return the model with every name looked up; refuses with UvlRefused what is not there or not meant so."""
    features: dict[str, Feature] = {}
    for feature in model.root.all():
        if feature.name in features:
            raise _refused(feature.line, f"there are two features '{feature.name}'; names are different")
        features[feature.name] = feature
    numbers = {
        name for each in features.values() for name, value in each.attributes.items() if isinstance(value, Decimal)
    }
    for formula, line in model.told():
        for part in _nodes(formula):
            _check(part, features, numbers, line)
    return model


def _nodes(formula: Formula) -> Iterator[Formula | Term]:
    waiting: list[Formula | Term] = [formula]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(reversed([*parts_of(each)]))


def _levels(formula: Formula) -> int:
    """Return how deep a formula is, without going down by recursion."""
    levels = 0
    row: list[Formula | Term] = [formula]
    while row:
        levels += 1
        row = [part for each in row for part in parts_of(each)]
    return levels


def _check(part: Formula | Term, features: dict[str, Feature], numbers: set[str], line: int) -> None:
    name = getattr(part, "name", None)
    if name is not None and name not in features:
        raise _refused(line, f"there is no feature '{name}'")
    match part:
        case ValueOf():
            if features[part.name].type is Type.BOOLEAN:
                raise _refused(line, f"'{part.name}' has no value; give it a type, or compute with an attribute of it")
        case LengthOf():
            if features[part.name].type is not Type.STRING:
                raise _refused(line, f"'{part.name}' is no String feature, and 'len' tells how long one is")
        case AttributeOf():
            value = features[part.name].attributes.get(part.attribute)
            if value is None or isinstance(value, bool):
                told = "no attribute" if value is None else "no number or text as its attribute"
                raise _refused(line, f"'{part.name}' has {told} '{part.attribute}'")
        case Aggregate():
            if part.attribute not in numbers:
                raise _refused(line, f"no feature has a number as its attribute '{part.attribute}'")
        case Compare():
            texts = [_is_text(each, features) for each in (part.left, part.right)]
            if texts[0] != texts[1]:
                raise _refused(line, "a number is compared with a text")
            if texts[0] and part.operator not in ("==", "!="):
                raise _refused(line, f"texts are compared with == and != only, not with {part.operator}")
        case Arithmetic() | Whole():
            for each in parts_of(part):
                if _is_text(each, features):
                    raise _refused(line, "a text cannot be computed with")


def _is_text(term: Formula | Term, features: dict[str, Feature]) -> bool:
    match term:
        case Words():
            return True
        case ValueOf():
            return features[term.name].type is Type.STRING
        case AttributeOf():
            return isinstance(features[term.name].attributes.get(term.attribute), str)
        case _:
            return False


# -- formulas


def _formula(line: _Line) -> Formula:
    parser = _Parser(line, line.text)
    formula = parser.formula()
    parser.end()
    return formula


class _Parser:
    """The tokens of one line; `kind` and `text` are those of the present one, "end" after the last."""

    def __init__(self, line: _Line, text: str) -> None:
        self.line = line
        self.tokens: list[tuple[str, str]] = []
        self.depth = 0
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _refused(line.number, f"'{text[place]}' means nothing here")
            kind = found.lastgroup or ""
            if kind != "space":
                self.tokens.append((found[0] if kind == "sign" else kind, found[0]))
            place = found.end()
        self.tokens.append(("end", ""))
        self.place = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.place][0]

    @property
    def text(self) -> str:
        return self.tokens[self.place][1]

    @property
    def next_kind(self) -> str:
        return self.tokens[min(self.place + 1, len(self.tokens) - 1)][0]

    def step(self) -> None:
        self.place += 1

    def end(self) -> None:
        if self.kind != "end":
            raise _refused(self.line.number, f"'{self.text}' is too much")

    def take(self, kind: str) -> None:
        if self.kind != kind:
            raise _refused(self.line.number, f"expected '{kind}', found '{self.text or 'the end of the line'}'")
        self.step()

    def name(self) -> str:
        if self.kind not in ("name", "word"):
            raise _refused(self.line.number, f"expected a feature, found '{self.text or 'the end of the line'}'")
        name = self.text[1:-1] if self.kind == "name" else self.text
        self.step()
        return name

    # -- formulas, from loose to tight

    def formula(self) -> Formula:
        formula = self._condition(self._whole())
        if _levels(formula) > MAX_LEVELS:
            raise _refused(
                self.line.number,
                f"more than {MAX_LEVELS} signs follow each other; use sum(attribute), or write several constraints",
            )
        return formula

    def _whole(self) -> Formula | Term:
        """Return what is written up to the next sign that fits nowhere: between brackets also a number."""
        self.depth += 1
        if self.depth > MAX_BRACKETS:
            raise _refused(self.line.number, f"brackets are nested more than {MAX_BRACKETS} deep")
        left = self._implication()
        while self.kind == "<=>":
            self.step()
            left = Same(self._condition(left), self._condition(self._implication()))
        self.depth -= 1
        return left

    def _implication(self) -> Formula | Term:
        left = self._some()
        while self.kind == "=>":
            self.step()
            left = Implies(self._condition(left), self._condition(self._some()))
        return left

    def _some(self) -> Formula | Term:
        first = self._all()
        if self.kind != "|":
            return first
        parts = [self._condition(first)]
        while self.kind == "|":
            self.step()
            parts.append(self._condition(self._all()))
        return Or(tuple(parts))

    def _all(self) -> Formula | Term:
        first = self._denied()
        if self.kind != "&":
            return first
        parts = [self._condition(first)]
        while self.kind == "&":
            self.step()
            parts.append(self._condition(self._denied()))
        return And(tuple(parts))

    def _denied(self) -> Formula | Term:
        denials = 0
        while self.kind == "!":
            self.step()
            denials += 1
            if denials > MAX_BRACKETS:
                raise _refused(self.line.number, f"more than {MAX_BRACKETS} denials follow each other")
        part = self._compared()
        for _ in range(denials):
            part = Not(self._condition(part))
        return part

    def _compared(self) -> Formula | Term:
        left = self._sum()
        if self.kind not in _COMPARISONS:
            return left
        operator = self.kind
        self.step()
        return Compare(operator, self._term(left), self._term(self._sum()))

    def _sum(self) -> Formula | Term:
        left = self._product()
        while self.kind in ("+", "-") or (self.kind == "number" and self.text.startswith("-")):
            if self.kind == "number":  # `a -3`: the sign was taken for that of the number
                operator, self.tokens[self.place] = "-", ("number", self.text[1:])
            else:
                operator = self.kind
                self.step()
            left = Arithmetic(operator, self._term(left), self._term(self._product()))
        return left

    def _product(self) -> Formula | Term:
        left = self._single()
        while self.kind in ("*", "/"):
            operator = self.kind
            self.step()
            left = Arithmetic(operator, self._term(left), self._term(self._single()))
        return left

    def _single(self) -> Formula | Term:
        kind, text = self.kind, self.text
        if kind == "(":
            self.step()
            inner = self._whole()
            self.take(")")
            return inner
        if kind == "number":
            self.step()
            return Number(Decimal(text))
        if kind == "text":
            self.step()
            return Words(text[1:-1])
        if kind == "word" and self.next_kind == "(":
            if text in _AGGREGATES:
                return self._aggregate()
            if text in _WHOLE or text == "len":
                return self._function()
        if kind == "word" and text in ("true", "false"):
            self.step()
            return Constant(text == "true")
        name = self.name()
        if self.kind != ".":
            return Has(name)
        self.step()
        return self._attribute_of(name)

    def _attribute_of(self, name: str) -> AttributeOf:
        attribute = self.name()
        if self.kind == ".":
            raise _refused(self.line.number, f"'{name}.{attribute}.…' has a dot too many; write feature.attribute")
        return AttributeOf(name, attribute)

    def _aggregate(self) -> Aggregate:
        """Return `sum(attribute)`, or `sum(attribute, feature)`."""
        function = self.text
        self.step()
        self.take("(")
        attribute, name = self.name(), None
        if self.kind == ",":
            self.step()
            name = self.name()
        self.take(")")
        return Aggregate(function, attribute, name)

    def _function(self) -> Term:
        function = self.text
        self.step()
        self.take("(")
        inner = self._term(self._whole())
        self.take(")")
        if function != "len":
            return Whole(function, inner)
        if isinstance(inner, ValueOf):
            return LengthOf(inner.name)
        if isinstance(inner, Words):
            return Number(Decimal(len(inner.value)))
        raise _refused(self.line.number, "'len' takes one String feature")

    def _condition(self, part: Formula | Term) -> Formula:
        if isinstance(part, (Number, Words, ValueOf, AttributeOf, LengthOf, Whole, Aggregate, Arithmetic)):
            raise _refused(self.line.number, "a number or text alone is no condition; compare it with something")
        return part

    def _term(self, part: Formula | Term) -> Term:
        if isinstance(part, Has):
            return ValueOf(part.name)
        if isinstance(part, (Number, Words, ValueOf, AttributeOf, LengthOf, Whole, Aggregate, Arithmetic)):
            return part
        raise _refused(self.line.number, "a condition cannot be computed with")

    def copies(self, name: str) -> tuple[int, int]:
        """Return the least and the most copies that `[n..m]` allows."""
        if self.kind != "[":
            raise _refused(self.line.number, f"expected [n..m], found '{self.text or 'the end of the line'}'")
        text = ""
        while self.kind not in ("]", "end"):
            text += self.text
            self.step()
        self.take("]")
        found = _COPIES.fullmatch(f"{text}]")
        if found is None:
            raise _refused(self.line.number, f"expected [n..m], found '{text}]'")
        least = int(found[1])
        if found[3] == "*":
            raise _refused(
                self.line.number,
                f"'{name}' may be there any number of times, and a product asks a fixed list of questions; write the "
                f"most copies there can be, such as [{least}..{max(least, 5)}]",
            )
        most = int(found[3]) if found[3] else least
        if most < least:
            raise _refused(self.line.number, f"no number is at least {least} and at most {most}")
        if most == 0:
            raise _refused(self.line.number, f"'{name}' would have no copy; leave it out")
        return least, most

    # -- attributes

    def attributes(self, found: dict[str, Attribute], constraints: list[Formula]) -> None:
        """Read `{name value, …}`; what is nested or a list is left out, as nothing in a product could hold it."""
        self.take("{")
        while self.kind != "}":
            name = self.name()
            if name == "constraint":
                constraints.append(self.formula())
            elif name == "constraints":
                self.take("[")
                while self.kind != "]":
                    constraints.append(self.formula())
                    if self.kind == ",":
                        self.step()
                self.take("]")
            else:
                value = self._attribute()
                if value is not None:
                    found[name] = value
            if self.kind == ",":
                self.step()
        self.take("}")

    def _attribute(self) -> Attribute | None:
        kind, text = self.kind, self.text
        if kind in (",", "}"):
            return True
        if kind in ("{", "["):
            self._skip(kind, "}" if kind == "{" else "]")
            return None
        self.step()
        if kind == "number":
            return Decimal(text)
        if kind in ("name", "text"):
            return text[1:-1]
        if kind == "word" and text in ("true", "false"):
            return text == "true"
        raise _refused(self.line.number, f"'{text or 'the end of the line'}' is no value of an attribute")

    def _skip(self, opening: str, closing: str) -> None:
        depth = 0
        while True:
            depth += (self.kind == opening) - (self.kind == closing)
            if self.kind == "end":
                raise _refused(self.line.number, f"'{opening}' is opened and not closed")
            self.step()
            if not depth:
                return
