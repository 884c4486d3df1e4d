"""From UVL text to a feature model: `read_uvl`.

What cannot be told with features that are there or not is refused by name: numbers and texts as features, copies of
features, arithmetic, and models in several files. Source: Benavides et al., "UVL: Feature modelling with the Universal
Variability Language", Journal of Systems and Software 2025; the grammar at github.com/Universal-Variability-Language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

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
    Same,
    UvlRefused,
    names_of,
)

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 200

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<name>"[^"\r\n]*")
    | (?P<text>'[^'\r\n]*')
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?![\w]))
    | (?P<sign><=>|=>|==|!=|<=|>=|[-!&|(){}\[\],<>+*/.])
    | (?P<word>[^\W\d](?:\w|[#§%?\\';])*)
    """,
    re.VERBOSE,
)
_GROUP = re.compile(r"(mandatory|optional|or|alternative)|\[\s*(\d+)\s*(?:\.\.\s*(\d+|\*)\s*)?\]")
_TYPES = ("Boolean", "Integer", "Real", "String")
_ARITHMETIC = frozenset(("==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "number", "text"))


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
    groups: list[tuple[str, int, int | None, list["_Node"]]] = field(default_factory=list)


def read_uvl(text: str) -> FeatureModel:
    """Return the feature model that `text` tells; refuses with UvlRefused, with the line, what it cannot hold."""
    if len(text) > MAX_CHARACTERS:
        raise UvlRefused(f"A feature model has at most {MAX_CHARACTERS:,} characters, this one {len(text):,}.")
    sections = _sections(_lines(text.removeprefix("\ufeff")))
    for word in ("imports", "import"):
        if sections.get(word):
            raise _refused(sections[word][0].number, "models in several files are not read; put them into one")
    features = sections.get("features") or []
    if not features:
        raise UvlRefused("There are no features; a feature model has a section 'features' with one root.")
    root = _read_tree(features)
    constraints = [*_constraints_below(root), *(_formula(line) for line in sections.get("constraints") or [])]
    model = FeatureModel(_frozen(root), tuple(constraints))
    _check_names(model, sections.get("constraints") or [])
    return model


def _refused(line: int, problem: str) -> UvlRefused:
    return UvlRefused(f"Line {line}: {problem}.", line=line)


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
    if parser.kind == "word" and parser.text in _TYPES and parser.next_kind in ("name", "word"):
        if parser.text != "Boolean":
            raise _refused(
                line.number,
                f"the {parser.text} feature has no bounds, and an option needs some; make it an option by hand",
            )
        parser.step()
    name = parser.name()
    if parser.text == "cardinality":
        raise _refused(line.number, f"'{name}' may be there several times, which no option can; list its copies")
    attributes: dict[str, Attribute] = {}
    constraints: list[Formula] = []
    if parser.text == "{":
        parser.attributes(attributes, constraints)
    parser.end()
    return _Node(name, line.number, attributes, constraints)


def _constraints_below(node: _Node) -> Iterator[Formula]:
    yield from node.constraints
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
    return Feature(node.name, tuple(mandatory), tuple(optional), tuple(groups), node.attributes)


def _check_names(model: FeatureModel, lines: list[_Line]) -> None:
    seen: set[str] = set()
    for feature in model.root.all():
        if feature.name in seen:
            raise UvlRefused(f"There are two features '{feature.name}'; names are different.")
        seen.add(feature.name)
    of_features = len(model.constraints) - len(lines)
    for place, formula in enumerate(model.constraints):
        for name in names_of(formula):
            if name not in seen:
                line = lines[place - of_features].number if place >= of_features else None
                told = f"Line {line}: there" if line else "There"
                raise UvlRefused(f"{told} is no feature '{name}'.", line=line)


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
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _refused(self.line.number, f"the formula is nested more than {MAX_DEPTH} deep")
        left = self._implication()
        while self.kind == "<=>":
            self.step()
            left = Same(left, self._implication())
        self.depth -= 1
        return left

    def _implication(self) -> Formula:
        left = self._some()
        while self.kind == "=>":
            self.step()
            left = Implies(left, self._some())
        return left

    def _some(self) -> Formula:
        parts = [self._all()]
        while self.kind == "|":
            self.step()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Formula:
        parts = [self._denied()]
        while self.kind == "&":
            self.step()
            parts.append(self._denied())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _denied(self) -> Formula:
        denials = 0
        while self.kind == "!":
            self.step()
            denials += 1
            if denials > MAX_DEPTH:
                raise _refused(self.line.number, f"the formula is nested more than {MAX_DEPTH} deep")
        part = self._single()
        for _ in range(denials):
            part = Not(part)
        return part

    def _single(self) -> Formula:
        if self.kind == "(":
            self.step()
            inner = self.formula()
            self.take(")")
            return inner
        if self.kind in _ARITHMETIC:
            raise self._no_arithmetic()
        if self.kind == "word" and self.text in ("true", "false"):
            self.step()
            return Constant(self.tokens[self.place - 1][1] == "true")
        name = self.name()
        if self.kind == "." or self.kind == "(" or self.kind in _ARITHMETIC:
            raise self._no_arithmetic()
        return Has(name)

    def _no_arithmetic(self) -> UvlRefused:
        return _refused(
            self.line.number, "attributes and numbers are not computed with in constraints; write this rule by hand"
        )

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
