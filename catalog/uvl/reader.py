"""From UVL text to a feature model: `read_uvl`.

All levels of the language are read: groups with counts, features with a type or with copies,
constraints that compute, models in several files. What is wrong is refused with its line. Source:
Benavides et al., "UVL: Feature modelling with the Universal Variability Language", Journal of
Systems and Software 2025; the grammar at github.com/Universal-Variability-Language.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from catalog.nul import NUL, SENTENCE
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
    Line,
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
    rewritten,
)
from catalog.uvl.features import refused as _refused

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 200
MAX_BRACKETS = 50
MAX_LEVELS = 150
MAX_IMPORTS = 200
VALUES = "values"

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
_BLOCK_COMMENT = re.compile(
    r""" "[^"\n]*" | '[^'\n]*' | //[^\n]* | (?P<block>/\*.*?\*/) """, re.VERBOSE | re.DOTALL
)
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
    left: list[str] = field(default_factory=list)
    label: str = ""

    def below(self) -> Iterator["_Node"]:
        for *_, members in self.groups:
            yield from members

    def all(self) -> Iterator["_Node"]:
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed([*node.below()]))


@dataclass
class _Draft:
    """A model before its names are looked up: the tree, the constraints with their lines, and its
    imports by prefix.
    """

    root: _Node
    told: list[tuple[Formula, int]]
    imports: list[tuple[str, str, int]]


# Returns the name and text of the file that a path such as "parts/motor" names beside a file; None
# if there is none.
type Files = Callable[[str, str], tuple[str, str] | None]


def read_uvl(
    text: str, files: Files | None = None, most_characters: int = MAX_CHARACTERS
) -> FeatureModel:
    """Return the feature model that `text` tells; refuses with UvlRefused, with the line, what it
    cannot hold.

    `files` finds what the model imports; all together has `most_characters` at most, what is imported
    twice counted twice.
    """
    draft = _Joining(files, most_characters).joined(text, "", ())
    return _checked(draft)


def _read_draft(text: str, file: str) -> _Draft:
    if NUL in text:
        raise UvlRefused(f"Line {text[: text.index(NUL)].count(chr(10)) + 1}: {SENTENCE}.")
    sections = _sections(_lines(_without_block_comments(text.removeprefix("\ufeff")), file))
    features = sections.get("features") or []
    if not features:
        where = f" in {file}" if file else ""
        raise UvlRefused(
            f"There are no features{where}; a feature model has a section 'features' with one root."
        )
    root = _read_tree(features)
    told = [
        *_constraints_below(root),
        *((_formula(line), line.number) for line in sections.get("constraints") or []),
    ]
    imports = [
        _read_import(line) for word in ("imports", "import") for line in sections.get(word) or []
    ]
    return _Draft(root, told, imports)


def _read_import(line: _Line) -> tuple[str, str, int]:
    """Return the path that a line imports, what its features are called by here, and the line."""
    parser = _Parser(line, line.text)
    path = parser.names()
    prefix = ".".join(path)
    if parser.text == "as":
        parser.step()
        prefix = parser.reference()
    parser.end()
    return "/".join(path), prefix, line.number


class _Joining:
    """Puts the models that a model imports where it names their roots, each with its prefix before
    all names.
    """

    def __init__(self, files: Files | None, most_characters: int) -> None:
        self.files = files
        self.count = 0
        self.most, self.left = most_characters, most_characters

    def joined(self, text: str, file: str, above: tuple[str, ...]) -> _Draft:
        # A few small files that import one another many times would tell a model without end.
        self.left -= len(text)
        if self.left < 0:
            raise UvlRefused(
                f"A feature model has at most {self.most:,} characters with all that it imports."
            )
        draft = _read_draft(text, file)
        nodes = {node.name: node for node in draft.root.all()}
        for path, prefix, line in draft.imports:
            other = self._imported(path, line, file, above)
            own = {node.name for node in other.root.all()}
            place = nodes.get(f"{prefix}.{other.root.name}")
            if place is None:
                raise _refused(
                    line,
                    f"'{path}' is imported and not used; write its root '{prefix}.{other.root.name}' where it belongs "
                    "among the features",
                )
            _prefix(other, prefix, own)
            _graft(place, other.root)
            draft.told += other.told
        return draft

    def _imported(self, path: str, line: int, file: str, above: tuple[str, ...]) -> _Draft:
        self.count += 1
        if self.count > MAX_IMPORTS:
            raise _refused(line, f"more than {MAX_IMPORTS} models are imported")
        found = self.files(path, file) if self.files is not None else None
        if found is None:
            raise _refused(
                line, f"the imported model '{path}' is not there; it is looked for as {path}.uvl"
            )
        name, text = found
        if name in (file, *above):
            raise _refused(line, f"'{path}' imports itself")
        return self.joined(text, name, (*above, file))


def _prefix(draft: _Draft, prefix: str, own: set[str]) -> None:
    """Put a prefix before every name of a model, in its tree and in its constraints."""
    for node in draft.root.all():
        node.label = node.label or node.name
        node.name = f"{prefix}.{node.name}"

    def named(part: Any) -> Any:
        if isinstance(part, (Has, ValueOf, LengthOf)):
            return replace(part, name=f"{prefix}.{part.name}")
        if isinstance(part, Aggregate):
            # The first may be an attribute, which has no prefix, or a feature.
            first = part.attribute
            longest = next((each for each in _beginnings(first) if each in own), None)
            return replace(
                part,
                attribute=first if longest is None else f"{prefix}.{first}",
                name=part.name and (f"{prefix}.{part.name}" if part.name in own else part.name),
            )
        return None

    draft.told = [(rewritten(formula, named), line) for formula, line in draft.told]


def _graft(place: _Node, root: _Node) -> None:
    """Make an imported root of the feature that names it; what is said of it there is added."""
    if place.type is not Type.BOOLEAN and place.type is not root.type:
        raise _refused(place.line, f"'{place.name}' has the type {root.type} in its own file")
    place.type = root.type
    place.copies = place.copies or root.copies
    place.attributes = {**root.attributes, **place.attributes}
    place.groups = [*root.groups, *place.groups]
    place.left = [*root.left, *place.left]
    place.label = place.label or root.label


def _without_block_comments(text: str) -> str:
    """Return the text with spaces for `/* … */`, every line where it was."""
    if "/*" not in text:
        return text
    return _BLOCK_COMMENT.sub(
        lambda found: re.sub(r"[^\n]", " ", found[0]) if found["block"] else found[0], text
    )


def _lines(text: str, file: str = "") -> list[_Line]:
    """Return lines with something on them; braces that stay open take the following lines in."""
    found: list[_Line] = []
    pending = ""
    first = 0
    for number, raw in (
        (Line.of(place, file), raw) for place, raw in enumerate(text.splitlines(), start=1)
    ):
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
                raise _refused(
                    line.number,
                    f"'{word}' is no section; there are namespace, features and constraints",
                )
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
                raise _refused(
                    line.number,
                    f"'{node.name}' stands beside the root '{root.name}'; there is one root",
                )
            root = node
        else:
            above.append(node)
        stack.append((line.indent, node))
    assert root is not None
    return root


def _read_group(line: _Line) -> tuple[str, int, int | None]:
    found = _GROUP.fullmatch(line.text)
    if found is None:
        raise _refused(
            line.number,
            f"expected mandatory, optional, or, alternative or [n..m], found '{line.text}'",
        )
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
    name = parser.reference()
    copies = None
    if parser.text == "cardinality":
        parser.step()
        copies = parser.copies(name)
    node = _Node(name, line.number, {}, [], kind, copies)
    if parser.text == "{":
        parser.attributes(node)
    parser.end()
    return node


def _constraints_below(root: _Node) -> Iterator[tuple[Formula, int]]:
    for node in root.all():
        for formula in node.constraints:
            yield formula, node.line


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
        node.label,
    )


# -- names and what they mean


def _checked(draft: _Draft) -> FeatureModel:
    """Return the model with every name looked up; refuses with UvlRefused what is not there or not
    meant so.
    """
    root = _frozen(draft.root)
    features: dict[str, Feature] = {}
    for feature in root.all():
        if feature.name in features:
            raise _refused(
                feature.line, f"there are two features '{feature.name}'; names are different"
            )
        features[feature.name] = feature
    numbers = {
        name
        for each in features.values()
        for name, value in each.attributes.items()
        if isinstance(value, Decimal)
    }
    names = _Names(features, numbers)
    told = [(names.meant(formula, line), line) for formula, line in draft.told]
    for formula, line in told:
        parts = [*_nodes(formula)]
        for part in parts:
            name = getattr(part, "name", None)
            if name is not None and name not in features:
                raise _refused(line, f"there is no feature '{name}'")
        for part in parts:
            _check(part, features, numbers, line)
    notes = tuple(note for node in draft.root.all() for note in node.left)
    return FeatureModel(
        root, tuple(each for each, _ in told), tuple(line for _, line in told), notes
    )


def _beginnings(reference: str) -> Iterator[str]:
    """Return a reference and what stands before each of its dots, the longest first."""
    yield reference
    while "." in reference:
        reference = reference.rpartition(".")[0]
        yield reference


class _Names:
    """Tells features and attributes apart, which look alike in formulas: `a.b` is a feature, or the
    `b` of `a`.
    """

    def __init__(self, features: Mapping[str, Feature], numbers: set[str]) -> None:
        self.features = features
        self.numbers = numbers

    def meant(self, formula: Formula, line: int) -> Formula:
        def change(part: Any) -> Any:
            if isinstance(part, ValueOf):
                return self._value(part.name)
            if isinstance(part, Aggregate):
                return self._gathered(part, line)
            return None

        meant: Formula = rewritten(formula, change)
        return meant

    def _value(self, reference: str) -> ValueOf | AttributeOf:
        for name in _beginnings(reference):
            if name in self.features and name != reference:
                return AttributeOf(name, reference[len(name) + 1 :])
            if name in self.features:
                break
        return ValueOf(reference)

    def _gathered(self, aggregate: Aggregate, line: int) -> Term:
        """Return a sum over an attribute, or over features and attributes that are named one by
        one.
        """
        first, second = aggregate.attribute, aggregate.name
        if first in self.numbers and (
            second is None or second in self.features or first not in self.features
        ):
            return aggregate
        if second in self.numbers and second not in self.features and first in self.features:
            return Aggregate(aggregate.function, second or "", first)
        parts = tuple(self._value(each) for each in (first, second) if each is not None)
        if all(isinstance(part, ValueOf) and part.name not in self.features for part in parts):
            raise _refused(
                line,
                f"no feature has a number as its attribute '{first}', and no feature is called so",
            )
        return Gathered(aggregate.function, parts)


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


def _check(
    part: Formula | Term, features: dict[str, Feature], numbers: set[str], line: int
) -> None:
    match part:
        case ValueOf():
            if features[part.name].type is Type.BOOLEAN:
                raise _refused(
                    line,
                    f"'{part.name}' has no value; give it a type, or compute with an attribute of it",
                )
        case LengthOf():
            if features[part.name].type is not Type.STRING:
                raise _refused(
                    line, f"'{part.name}' is no String feature, and 'len' tells how long one is"
                )
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
                raise _refused(
                    line, f"texts are compared with == and != only, not with {part.operator}"
                )
        case Arithmetic() | Whole() | Gathered():
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
            raise _refused(
                self.line.number, f"expected '{kind}', found '{self.text or 'the end of the line'}'"
            )
        self.step()

    def name(self) -> str:
        if self.kind not in ("name", "word"):
            raise _refused(
                self.line.number,
                f"expected a feature, found '{self.text or 'the end of the line'}'",
            )
        name = self.text[1:-1] if self.kind == "name" else self.text
        self.step()
        return name

    def names(self) -> list[str]:
        """Return the names between dots, from where the parser stands."""
        found = [self.name()]
        while self.kind == ".":
            self.step()
            found.append(self.name())
        return found

    def reference(self) -> str:
        return ".".join(self.names())

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
        """Return what is written up to the next sign that fits nowhere: between brackets also a
        number.
        """
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
                raise _refused(
                    self.line.number, f"more than {MAX_BRACKETS} denials follow each other"
                )
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
        return Has(self.reference())

    def _aggregate(self) -> Aggregate | Gathered:
        """Return `sum(attribute)`, or `sum(attribute, feature)`; which of them are features is seen
        later.
        """
        function = self.text
        self.step()
        self.take("(")
        named = [self.reference()]
        while self.kind == ",":
            self.step()
            named.append(self.reference())
        self.take(")")
        if len(named) > 2:
            return Gathered(function, tuple(ValueOf(each) for each in named))
        return Aggregate(function, named[0], named[1] if len(named) == 2 else None)

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
        if isinstance(
            part,
            (Number, Words, ValueOf, AttributeOf, LengthOf, Whole, Aggregate, Gathered, Arithmetic),
        ):
            raise _refused(
                self.line.number,
                "a number or text alone is no condition; compare it with something",
            )
        return part

    def _term(self, part: Formula | Term) -> Term:
        if isinstance(part, Has):
            return ValueOf(part.name)
        if isinstance(
            part,
            (Number, Words, ValueOf, AttributeOf, LengthOf, Whole, Aggregate, Gathered, Arithmetic),
        ):
            return part
        raise _refused(self.line.number, "a condition cannot be computed with")

    def copies(self, name: str) -> tuple[int, int]:
        """Return the least and the most copies that `[n..m]` allows."""
        if self.kind != "[":
            raise _refused(
                self.line.number, f"expected [n..m], found '{self.text or 'the end of the line'}'"
            )
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

    def attributes(self, node: _Node, prefix: str = "") -> None:
        """Read `{name value, …}`; what is nested is told with a dot, a list of values is a
        constraint.
        """
        self.take("{")
        while self.kind != "}":
            name = self.name()
            if name == "constraint":
                node.constraints.append(self.formula())
            elif name == "constraints":
                self.take("[")
                while self.kind != "]":
                    node.constraints.append(self.formula())
                    if self.kind == ",":
                        self.step()
                self.take("]")
            elif self.kind == "{":
                self.attributes(node, f"{prefix}{name}.")
            elif self.kind == "[":
                self._listed(node, f"{prefix}{name}")
            else:
                node.attributes[f"{prefix}{name}"] = self._attribute()
            if self.kind == ",":
                self.step()
        self.take("}")

    def _listed(self, node: _Node, name: str) -> None:
        """Read a list: the values that a feature with a type may have, or something that means
        nothing here.
        """
        start = self.place
        self._skip("[", "]")
        if name != VALUES or node.type is Type.BOOLEAN:
            node.left.append(
                f"Line {self.line.number}: the list '{name}' of '{node.name}' is left out."
            )
            return
        kind = "text" if node.type is Type.STRING else "number"
        inside = [token for token in self.tokens[start + 1 : self.place - 1] if token[0] != ","]
        if not inside or any(
            each != kind and (each, kind) != ("name", "text") for each, _ in inside
        ):
            wanted = (
                "texts, such as ['day', 'night']" if kind == "text" else "numbers, such as [10, 20]"
            )
            raise _refused(
                self.line.number, f"'{VALUES}' of '{node.name}' has to be a list of {wanted}"
            )
        values = [
            Words(text[1:-1]) if kind == "text" else Number(Decimal(text)) for _, text in inside
        ]
        told = tuple(Compare("==", ValueOf(node.name), value) for value in dict.fromkeys(values))
        node.constraints.append(Implies(Has(node.name), told[0] if len(told) == 1 else Or(told)))

    def _attribute(self) -> Attribute:
        kind, text = self.kind, self.text
        if kind in (",", "}"):
            return True
        self.step()
        if kind == "number":
            return Decimal(text)
        if kind in ("name", "text"):
            return text[1:-1]
        if kind == "word" and text in ("true", "false"):
            return text == "true"
        raise _refused(
            self.line.number, f"'{text or 'the end of the line'}' is no value of an attribute"
        )

    def _skip(self, opening: str, closing: str) -> None:
        depth = 0
        while True:
            depth += (self.kind == opening) - (self.kind == closing)
            if self.kind == "end":
                raise _refused(self.line.number, f"'{opening}' is opened and not closed")
            self.step()
            if not depth:
                return
