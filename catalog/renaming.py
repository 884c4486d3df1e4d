"""A key of a product renamed in every place that names it: told place by place, and nothing else
changed.

What a name in an expression is of is asked of the notation itself, so that an option `top` and a
value `top` stay two.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from catalog.errors import KeyTaken, Malformed, NotFound, Refusal
from catalog.expressions import nodes
from catalog.expressions.errors import ExpressionRefused, suggestion
from catalog.expressions.lexer import KEYWORDS
from catalog.expressions.syntax import Span
from catalog.expressions.types import Expected, Naming, Scope, namings
from catalog.kinds.register import kind_of
from catalog.model_checks import expressions_of
from catalog.product_model import (
    KEY_PATTERN,
    OPERATION_COUNTS,
    OPERATION_LENGTHS,
    PRINT_LENGTHS,
    PRINT_NUMBERS,
    SHAPE_LENGTHS,
    BomLine,
    Choice,
    Fitting,
    Layer,
    LeadTimeLine,
    Material,
    Operation,
    Option,
    Preset,
    PriceLine,
    Print,
    ProductModel,
    Shape,
    TableRule,
    Value,
)
from catalog.shape_expressions import (
    expressions_of_fitting,
    expressions_of_shape,
    expressions_of_spacing,
    instances_of,
    scope_of_instance,
    scope_of_shape,
)
from catalog.units import STANDARD

KINDS: Mapping[str, str] = {
    "option": "option",
    "value": "value",
    "attribute": "attribute",
    "derived": "derived value",
    "assembly": "sub-assembly",
    "step": "step",
    "group": "group",
    "rule": "rule",
    "table": "table rule",
    "preference": "preference",
    "preset": "preset",
    "price_line": "price line",
    "subtotal": "subtotal",
    "bom_line": "part",
    "lead_time_line": "lead time",
    "stage": "stage",
    "layer": "picture layer",
    "print": "print",
    "material": "material",
    "shape": "shape",
    "fitting": "fitting",
    "shape_check": "shape check",
}
"""What has a key that can be renamed, with what people call it."""

_LISTS = {
    "options": "option",
    "derived": "derived",
    "assemblies": "assembly",
    "rules": "rule",
    "tables": "table",
    "preferences": "preference",
    "presets": "preset",
    "price_lines": "price_line",
    "bom_lines": "bom_line",
    "lead_time_lines": "lead_time_line",
    "layers": "layer",
    "prints": "print",
    "materials": "material",
    "shapes": "shape",
    "fittings": "fitting",
    "shape_checks": "shape_check",
}
# Kinds whose names stand in the same places, so that two of one key could not be told apart.
_TOGETHER = (("option", "derived", "assembly"), ("price_line", "subtotal", "assembly"))


@dataclass(frozen=True, order=True)
class Name:
    """What a key is of: `option` is the option that has it, for values and attributes."""

    kind: str
    key: str
    option: str = ""

    @property
    def told(self) -> str:
        """The name as a sentence has it, such as value 'oak' of 'top'."""
        return f"{KINDS[self.kind]} '{self.key}'{f" of '{self.option}'" if self.option else ''}"


def written_name(name: Name) -> str:
    """Return a name as one word that `name_in` reads back: `option/top`, `value/top/oak`."""
    return "/".join([name.kind, *([name.option] if name.option else []), name.key])


def name_in(text: str) -> Name | None:
    """Return the name that `written_name` wrote; None where it is none."""
    kind, *rest = text.split("/")
    if kind not in KINDS or len(rest) != 1 + (kind in ("value", "attribute")):
        return None
    return Name(kind, rest[-1], rest[0] if len(rest) > 1 else "")


@dataclass(frozen=True)
class Place:
    """A place that names what is renamed: `path` by the keys from before, `path_after` by those
    from then on.
    """

    path: str
    path_after: str
    before: str
    after: str


@dataclass(frozen=True)
class Doubt:
    """A place that may name what is renamed and is left as it is; `why` says why, as a whole
    sentence.
    """

    path: str
    path_after: str
    text: str
    why: str


@dataclass(frozen=True)
class Renaming:
    """A product with keys renamed, the places where they stood, and those that somebody has to look
    at.

    `done` says that the keys themselves had been renamed before, so that only places were left.
    """

    names: Mapping[Name, str]
    before: ProductModel
    model: ProductModel
    places: tuple[Place, ...]
    doubts: tuple[Doubt, ...]
    done: bool = False

    def expression(self, text: str, expected: Expected = "any") -> str:
        """Return `text`, an expression over the product from before, with the keys renamed.

        Refuses with ExpressionRefused what cannot be read.
        """
        noted, _ = namings(text, self._scope, expected)
        return self._keys.written(text, noted)

    def may_stand_in(self, text: str) -> bool:
        """Tell whether one of the renamed keys may be meant somewhere in `text`."""
        return self._keys.may_stand_in(text)

    @cached_property
    def _scope(self) -> Scope:
        return Scope.of(self.before)

    @cached_property
    def _keys(self) -> "_Keys":
        return _Keys(self.before, self.names)


class MeaningChanged(Refusal):
    """A key that means something else already in a place where it would come to stand."""

    slug = "key-ambiguous"
    title = "This key would mean something else"
    status = 409


def names_of(model: ProductModel) -> frozenset[Name]:
    """Return all names of `model` that can be renamed."""
    found = {Name("option", option.key) for option in model.options}
    for option in model.options:
        found |= {Name("value", value.key, option.key) for value in option.values}
        found |= {
            Name("attribute", name, option.key)
            for value in option.values
            for name in value.attributes
        }
    for step in model.steps:
        found |= {Name("step", step.key), *(Name("group", group.key) for group in step.groups)}
    for place, kind in _LISTS.items():
        found |= {Name(kind, row.key) for row in getattr(model, place)}
    found |= {
        Name("subtotal", line.subtotal) for line in model.price_lines if line.subtotal is not None
    }
    found |= {Name("stage", line.stage) for line in model.lead_time_lines if line.stage is not None}
    return frozenset(found)


def renamed(model: ProductModel, names: Mapping[Name, str]) -> Renaming:
    """Return `model` with all of `names` renamed at once, in every place that names them.

    Refuses with NotFound a name that there is not, with Malformed what cannot be a key, with
    KeyTaken one that is used, and with MeaningChanged one that an expression would understand
    otherwise. AssembliesRefused where sub-assemblies cannot be written out.
    """
    _refuse_impossible(model, names)
    keys = _Keys(model, names)
    scopes = _scopes(model)
    read: dict[tuple[str, str], tuple[Mapping[Span, Naming], str]] = {}
    doubts: list[Doubt] = []
    for place, path, text, expected, lengths in _expressions(model):
        try:
            noted, node = namings(text, scopes[place], expected, lengths=lengths)
        except ExpressionRefused as refused:
            if keys.may_stand_in(text):
                doubts.append(
                    Doubt(path, keys.path(path), text, f"It cannot be read: {refused.sentence}")
                )
            continue
        read[path, text] = noted, keys.written(text, noted)
        doubts += (
            Doubt(
                path,
                keys.path(path),
                text,
                f"It reads the keys of '{option}' as texts, not as values.",
            )
            for option in sorted(_read_as_texts(node) & keys.options_of_values)
        )
    places: list[Place] = []

    def reference(path: str, before: str, after: str) -> None:
        if before != after:
            places.append(Place(path, keys.path(path), before, after))

    def expression(path: str, text: str) -> str:
        _, written = read.get((path, text), ({}, text))
        reference(path, text, written)
        return written

    after = _Rewriting(keys, expression, reference).model(model)
    _refuse_misunderstood(keys, after, read)
    return Renaming(dict(names), model, after, tuple(places), tuple(doubts))


def undone(model: ProductModel, names: Mapping[Name, str]) -> ProductModel:
    """Return `model`, where what `names` are of is called by the new keys already, as it was called
    before.

    Places that name it stay as they are, but for those that follow by themselves: the option of a
    line, the group of an option.
    """
    owners = {name.key: key for name, key in names.items() if name.kind == "option"}
    back = {
        Name(name.kind, key, owners.get(name.option, name.option)): name.key
        for name, key in names.items()
    }
    keys = _Keys(model, back)
    return _Rewriting(keys, lambda path, text: text, None).model(model)


def _refuse_impossible(model: ProductModel, names: Mapping[Name, str]) -> None:
    known = names_of(model)
    for name, key in names.items():
        if name not in known:
            near = suggestion(
                name.key,
                [
                    each.key
                    for each in known
                    if (each.kind, each.option) == (name.kind, name.option)
                ],
            )
            raise NotFound(f"There is no {name.told}{f'; {near}' if near else '.'}")
        if not re.fullmatch(KEY_PATTERN, key):
            raise Malformed(
                f"'{key}' cannot be a key; write small letters, digits and underscores, a letter first, 63 at most.",
                errors=[{"pointer": "/to", "detail": "is no key"}],
            )
        if key in KEYWORDS and name.kind in ("option", "derived", "assembly"):
            raise Malformed(
                f"'{key}' is a word of the notation; choose another key.",
                errors=[{"pointer": "/to", "detail": "is a word of the notation"}],
            )
        if name.kind == "attribute" and STANDARD.get(name.key) != STANDARD.get(key):
            raise MeaningChanged(
                f"An attribute that is called as a unit is a number of that unit, so that '{name.key}' cannot become "
                f"'{key}' without another meaning; choose another key."
            )
        if name in _of_typefaces(model):
            raise MeaningChanged(
                f"Prints look for their typeface under '{name.key}', so that this attribute of '{name.option}' keeps "
                "its key."
            )
    own = {key for shape in model.shapes for key in (*shape.repeat, *shape.each)}
    after = {each: names.get(each, each.key) for each in known}
    for name, key in names.items():
        if key in own and name.kind in _TOGETHER[0]:
            raise KeyTaken(
                f"A shape calls one of its own values '{key}' already; choose another key."
            )
        kinds = {name.kind}.union(*(each for each in _TOGETHER if name.kind in each))
        for other, other_key in after.items():
            if (
                other != name
                and other_key == key
                and other.kind in kinds
                and other.option == name.option
            ):
                raise KeyTaken(
                    f"There is {_a(KINDS[other.kind])} '{key}' already; choose another key."
                )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _refuse_misunderstood(
    keys: "_Keys",
    after: ProductModel,
    read: Mapping[tuple[str, str], tuple[Mapping[Span, Naming], str]],
) -> None:
    """Refuse with MeaningChanged an expression whose names would be of something else than before."""
    scopes = _scopes(after)
    texts = {
        (path, text): (scopes[each], expected, lengths)
        for each, path, text, expected, lengths in _expressions(keys.model)
    }
    for place, (noted, written) in read.items():
        scope, expected, lengths = texts[place]
        wanted = [keys.naming(noted[span]) for span in sorted(noted)]
        try:
            found, _ = namings(written, scope, expected, lengths=lengths)
            is_same = [found[span] for span in sorted(found)] == wanted
        except ExpressionRefused:
            is_same = False
        if not is_same:
            told = " › ".join(place[0].split("/"))
            raise MeaningChanged(
                f"With the new key, {told} would say something else: “{written}”. Choose another key.",
                path=place[0],
            )


def _of_typefaces(model: ProductModel) -> set[Name]:
    """Return the attributes that prints look for."""
    return {
        Name("attribute", "typeface", each.typeface_of)
        for each in model.prints
        if each.typeface_of is not None
    }


def _scopes(model: ProductModel) -> list[Scope]:
    """Return the names of the product, then those of each of its shapes, and of what stands
    between instances.
    """
    return [
        Scope.of(model),
        *(scope_of_shape(model, shape) for shape in model.shapes),
        *(scope_of_instance(model, next(instances_of(each))) for each in model.assemblies),
    ]


def _expressions(model: ProductModel) -> Iterator[tuple[int, str, str, Expected, bool]]:
    """Return every expression with which of `_scopes` it is read in, its path, its text and how it
    is read.
    """
    for derived in model.derived:
        yield 0, f"derived/{derived.key}/formula", derived.formula, "any", True
    yield from ((0, *each) for each in expressions_of(model))
    for place, shape in enumerate(model.shapes, 1):
        yield from ((place, *each, True) for each in expressions_of_shape(shape))
    places = {shape.key: place for place, shape in enumerate(model.shapes, 1)}
    for fitting in model.fittings:
        place = places.get(fitting.shape, 0)
        yield from ((place, *each, True) for each in expressions_of_fitting(fitting))
    for place, assembly in enumerate(model.assemblies, 1 + len(model.shapes)):
        yield from ((place, *each, True) for each in expressions_of_spacing(assembly))


def _read_as_texts(node: nodes.Node) -> set[str]:
    """Return the options whose text, or key of a value, `node` reads as a text."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, nodes.TextOf):
            found.add(each.option)
        waiting.extend(nodes.children(each))
    return found


class _Keys:
    """What each key of `model` is called after `names` are renamed."""

    def __init__(self, model: ProductModel, names: Mapping[Name, str]) -> None:
        self.model = model
        self.names = names
        self.options_of_values = {name.option for name in names if name.kind == "value"}
        words = "|".join(sorted({re.escape(name.key) for name in names}))
        self._any = re.compile(rf"\b(?:{words})\b")

    @cached_property
    def known(self) -> frozenset[Name]:
        return names_of(self.model)

    def may_stand_in(self, text: str) -> bool:
        """Tell whether one of the names may be meant somewhere in `text`."""
        return bool(self.names) and self._any.search(text) is not None

    def of(self, kind: str, key: str, option: str = "") -> str:
        """Return what the key of something of this kind is then."""
        return self.names.get(Name(kind, key, option), key)

    def asked(self, key: str) -> str:
        """Return what an option, derived value, sub-assembly, or an option in an instance is called
        then.
        """
        head, dot, rest = key.partition(".")
        if dot:
            return f"{self.of('assembly', head)}.{rest}"
        for kind in ("option", "derived", "assembly"):
            if Name(kind, key) in self.names:
                return self.names[Name(kind, key)]
        return key

    def naming(self, naming: Naming) -> Naming:
        """Return what a name in an expression is of then."""
        role, option, key = naming
        if role in ("value", "attribute"):
            return role, self.asked(option), self.of(role, key, option)
        return role, "", self.asked(key)

    def written(self, text: str, noted: Mapping[Span, Naming]) -> str:
        """Return `text` with the names that were found in it renamed."""
        for (start, end), naming in sorted(noted.items(), reverse=True):
            role, _, key = naming
            _, _, new = self.naming(naming)
            # A name that is looked for in an instance is shorter than its whole key, and none of
            # this product's.
            piece = text[start:end]
            is_quoted = role == "value" and piece[:1] in {'"', "'"}
            bare = piece[1:-1] if is_quoted else "".join(piece.split())
            if new == key or (role in ("option", "place") and bare != key):
                continue
            if is_quoted:
                new = f"{piece[0]}{new}{piece[0]}"
            elif role == "value" and new in KEYWORDS:
                new = f'"{new}"'
            text = text[:start] + new + text[end:]
        return text

    def choice(self, key: str, choice: Choice) -> Choice:
        """Return what an answer of the option `key` is then."""
        option = self.model.option_by_key.get(key)
        if option is None or not kind_of(option).is_listed:
            return choice
        if isinstance(choice, tuple):
            return tuple(self.of("value", each, key) for each in choice)
        return self.of("value", choice, key) if isinstance(choice, str) else choice

    def of_lines(self, keys: tuple[str, ...], kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Return what lines, subtotals and the like are called then; one key may be of several of
        them.
        """
        found: list[str] = []
        for key in keys:
            meant = [self.of(kind, key) for kind in kinds if Name(kind, key) in self.known]
            found += meant or [key]
        return tuple(dict.fromkeys(found))

    def path(self, path: str) -> str:
        """Return what a place is called then."""
        parts = path.split("/")
        if len(parts) > 1 and parts[0] in _LISTS:
            if parts[0] == "options" and len(parts) > 3 and parts[2] == "values":
                parts[3] = self.of("value", parts[3], parts[1])
            parts[1] = self.of(_LISTS[parts[0]], parts[1])
        return "/".join(parts)


type Told = Callable[[str, str, str], None]


class _Rewriting:
    """Writes a product with other keys; `reference` hears of each place outside expressions, None
    leaves those alone.

    References that the rows of a draft keep as such (the option of a line, the group of an option)
    are always written.
    """

    def __init__(
        self, keys: _Keys, expression: Callable[[str, str], str], reference: Told | None
    ) -> None:
        self.keys = keys
        self.expression = expression
        self.reference = reference

    def model(self, model: ProductModel) -> ProductModel:
        keys = self.keys
        return replace(
            model,
            options=tuple(self.option(each) for each in model.options),
            steps=tuple(
                replace(
                    step,
                    key=keys.of("step", step.key),
                    groups=tuple(
                        replace(group, key=keys.of("group", group.key)) for group in step.groups
                    ),
                )
                for step in model.steps
            ),
            derived=tuple(self.row("derived", each, "formula") for each in model.derived),
            rules=tuple(self.row("rules", each, "when", "then") for each in model.rules),
            preferences=tuple(
                self.row("preferences", each, "when", "then") for each in model.preferences
            ),
            tables=tuple(self.table(each) for each in model.tables),
            presets=tuple(self.preset(each) for each in model.presets),
            price_lines=tuple(self.price_line(each) for each in model.price_lines),
            bom_lines=tuple(self.bom_line(each) for each in model.bom_lines),
            lead_time_lines=tuple(self.lead_time_line(each) for each in model.lead_time_lines),
            layers=tuple(self.layer(each) for each in model.layers),
            prints=tuple(self.print(each) for each in model.prints),
            assemblies=tuple(
                replace(
                    self.row("assemblies", each, "when"),
                    group=self.group(each.group),
                    spacing={
                        axis: self.expression(f"assemblies/{each.key}/spacing/{axis}", text)
                        for axis, text in each.spacing.items()
                    },
                )
                for each in model.assemblies
            ),
            materials=tuple(self.material(each) for each in model.materials),
            shapes=tuple(self.shape(each) for each in model.shapes),
            fittings=tuple(self.fitting(each) for each in model.fittings),
            shape_checks=tuple(
                self.row("shape_checks", each, "when", "then") for each in model.shape_checks
            ),
        )

    def row(self, place: str, row: Any, *expressions: str) -> Any:
        """Return a row with its key and these expressions."""
        path = f"{place}/{row.key}"
        written = {name: self.text(f"{path}/{name}", getattr(row, name)) for name in expressions}
        return replace(row, key=self.keys.of(_LISTS[place], row.key), **written)

    def layer(self, layer: Layer) -> Layer:
        row: Layer = self.row("layers", layer, "when")
        path = f"layers/{layer.key}"
        return replace(
            row,
            colour=self.option_named(f"{path}/colour", layer.colour),
            print=self.print_named(f"{path}/print", layer.print),
        )

    def print(self, print: Print) -> Print:
        path = f"prints/{print.key}"
        row: Print = self.row("prints", print, *PRINT_LENGTHS, *PRINT_NUMBERS, "when")
        options: dict[str, Any] = {
            name: self.option_named(f"{path}/{name}", getattr(print, name))
            for name in ("text", "file", "typeface_of", "colour_of")
        }
        return replace(row, **options)

    def print_named(self, path: str, key: str | None) -> str | None:
        """Return the key of a print that a row names."""
        if key is None or self.reference is None:
            return key
        renamed = self.keys.of("print", key)
        self._told(path, key, renamed)
        return renamed

    def option_named(self, path: str, key: str | None) -> str | None:
        """Return the key of an option that a row names."""
        if key is None:
            return None
        renamed = self.keys.asked(key)
        self._told(path, key, renamed)
        return key if self.reference is None else renamed

    def text(self, path: str, text: str | None) -> str | None:
        return None if text is None else self.expression(path, text)

    def texts(self, path: str, texts: Mapping[str, str]) -> dict[str, str]:
        return {key: self.expression(f"{path}/{key}", text) for key, text in texts.items()}

    def group(self, key: str | None) -> str | None:
        return None if key is None else self.keys.of("group", key)

    def told[Part](
        self, path: str, before: Part, after: Part, write: Callable[[Part], str]
    ) -> Part:
        """Return what stands there after; it stays as it was where references are left alone."""
        if self.reference is None:
            return before
        self.reference(path, write(before), write(after))
        return after

    def option(self, option: Option) -> Option:
        keys, path = self.keys, f"options/{option.key}"
        default = option.default
        if default is not None:
            default = self.told(
                f"{path}/default", default, keys.choice(option.key, default), _written
            )
        written: Option = self.row("options", option, "when")
        values = tuple(
            self.value(option, each, f"{path}/values/{each.key}") for each in option.values
        )
        return replace(written, group=self.group(option.group), default=default, values=values)

    def value(self, option: Option, value: Value, path: str) -> Value:
        keys = self.keys
        return replace(
            value,
            key=keys.of("value", value.key, option.key),
            when=self.text(f"{path}/when", value.when),
            attributes={
                keys.of("attribute", name, option.key): each
                for name, each in value.attributes.items()
            },
        )

    def table(self, table: TableRule) -> TableRule:
        keys, path = self.keys, f"tables/{table.key}"
        options = tuple(keys.asked(key) for key in table.options)
        rows = tuple(
            tuple(
                keys.choice(table.options[number], cell) if number < len(table.options) else cell
                for number, cell in enumerate(row)
            )
            for row in table.rows
        )
        if self.reference is None:
            options, rows = table.options, table.rows
        self._told(f"{path}/options", table.options, options)
        for number, (before, after) in enumerate(zip(table.rows, rows, strict=True), 1):
            self._told(f"{path}/rows/{number}", before, after)
        return replace(table, key=keys.of("table", table.key), options=options, rows=rows)

    def _told(self, path: str, before: Any, after: Any) -> None:
        if self.reference is not None and before != after:
            self.reference(path, _written(before), _written(after))

    def preset(self, preset: Preset) -> Preset:
        keys, path = self.keys, f"presets/{preset.key}"
        choices = {
            keys.asked(key): keys.choice(key, choice) for key, choice in preset.choices.items()
        }
        if self.reference is None:
            choices = dict(preset.choices)
        for (key, before), (new, after) in zip(
            preset.choices.items(), choices.items(), strict=True
        ):
            self._told(
                f"{path}/choices", f"{key} = {_written(before)}", f"{new} = {_written(after)}"
            )
        return replace(preset, key=keys.of("preset", preset.key), choices=choices)

    def by_value(self, path: str, option: str | None, texts: Mapping[str, str]) -> dict[str, str]:
        """Return formulas by the values of an option."""
        written = self.texts(path, texts)
        if option is None or self.reference is None:
            return written
        after = {self.keys.of("value", key, option): text for key, text in written.items()}
        for before, key in zip(texts, after, strict=True):
            self._told(path, before, key)
        return after

    def lines(self, path: str, before: tuple[str, ...], kinds: tuple[str, ...]) -> tuple[str, ...]:
        return (
            self.told(path, before, self.keys.of_lines(before, kinds), _written)
            if before
            else before
        )

    def price_line(self, line: PriceLine) -> PriceLine:
        keys, path = self.keys, f"price_lines/{line.key}"
        formulas = (
            "amount",
            "percent",
            "minimum",
            "maximum",
            "quantity",
            "waste",
            "at_least",
            "cost",
            "when",
        )
        table = line.table
        if table is not None:
            table = replace(
                table,
                columns=self.expression(f"{path}/table/columns", table.columns),
                rows=self.expression(f"{path}/table/rows", table.rows),
            )
        breaks = tuple(
            replace(
                each,
                amount=self.text(f"{path}/breaks/{each.pieces}/amount", each.amount),
                percent=self.text(f"{path}/breaks/{each.pieces}/percent", each.percent),
            )
            for each in line.breaks
        )
        subtotal = line.subtotal
        if subtotal is not None:
            subtotal = self.told(f"{path}/subtotal", subtotal, keys.of("subtotal", subtotal), str)
        return cast(
            PriceLine,
            replace(
                self.row("price_lines", line, *formulas),
                option=None if line.option is None else keys.asked(line.option),
                amounts=self.by_value(f"{path}/amounts", line.option, line.amounts),
                costs=self.by_value(f"{path}/costs", line.option, line.costs),
                table=table,
                breaks=breaks,
                of=self.lines(f"{path}/of", line.of, ("price_line", "subtotal", "assembly")),
                parts=self.lines(f"{path}/parts", line.parts, ("bom_line", "assembly")),
                subtotal=subtotal,
            ),
        )

    def bom_line(self, line: BomLine) -> BomLine:
        path = f"bom_lines/{line.key}"
        return cast(
            BomLine,
            replace(
                self.row("bom_lines", line, "quantity", "when"),
                option=None if line.option is None else self.keys.asked(line.option),
                measures=self.texts(f"{path}/measures", line.measures),
            ),
        )

    def material(self, material: Material) -> Material:
        row: Material = self.row("materials", material, "density", "roughness", "metallic")
        finishes = tuple(self.keys.asked(key) for key in material.finishes)
        if self.reference is None:
            finishes = material.finishes
        self._told(f"materials/{material.key}/finishes", material.finishes, finishes)
        return replace(row, finishes=finishes)

    def shape(self, shape: Shape) -> Shape:
        path = f"shapes/{shape.key}"
        row: Shape = self.row("shapes", shape, *SHAPE_LENGTHS, "when", "variant", "weight", "turn")
        material = None if shape.material is None else self.keys.of("material", shape.material)
        if self.reference is None:
            material = shape.material
        self._told(f"{path}/material", shape.material, material)
        return replace(
            row,
            outline=tuple(
                (
                    self.expression(f"{path}/outline/{number}/across", across),
                    self.expression(f"{path}/outline/{number}/up", up),
                )
                for number, (across, up) in enumerate(shape.outline, 1)
            ),
            repeat=self.texts(f"{path}/repeat", shape.repeat),
            each=self.texts(f"{path}/each", shape.each),
            edges={
                edge: self.expression(f"{path}/edges/{edge}", text)
                for edge, text in shape.edges.items()
            },
            operations=tuple(self.operation(path, each) for each in shape.operations),
            slots={
                name: self.slot(f"{path}/slots/{name}", material)
                for name, material in shape.slots.items()
            },
            material=material,
            print=self.print_named(f"{path}/print", shape.print),
            of=self.assembly_of(path, shape),
        )

    def fitting(self, fitting: Fitting) -> Fitting:
        path = f"fittings/{fitting.key}"
        row: Fitting = self.row("fittings", fitting, "at", "count", "pitch", "when")
        shape = self.told(f"{path}/shape", fitting.shape, self.keys.of("shape", fitting.shape), str)
        to = (
            self.told(f"{path}/to/{key}", key, self.keys.of("shape", key), str)
            for key in fitting.to
        )
        return replace(row, shape=shape, to=tuple(to))

    def slot(self, path: str, key: str) -> str:
        """Return the key of the material that a slot of a model looks as."""
        return self.told(path, key, self.keys.of("material", key), str)

    def assembly_of(self, path: str, shape: Shape) -> str | None:
        """Return the key of the sub-assembly that a shape is of."""
        if shape.of is None:
            return None
        return self.told(f"{path}/of", shape.of, self.keys.of("assembly", shape.of), str)

    def operation(self, path: str, operation: Operation) -> Operation:
        written: dict[str, Any] = {
            name: self.text(f"{path}/operations/{operation.key}/{name}", getattr(operation, name))
            for name in (*OPERATION_LENGTHS, *OPERATION_COUNTS, "when")
        }
        return replace(operation, **written)

    def lead_time_line(self, line: LeadTimeLine) -> LeadTimeLine:
        stage = line.stage
        if stage is not None:
            stage = self.told(
                f"lead_time_lines/{line.key}/stage", stage, self.keys.of("stage", stage), str
            )
        return cast(
            LeadTimeLine, replace(self.row("lead_time_lines", line, "days", "when"), stage=stage)
        )


def _written(part: Any) -> str:
    """Return keys, answers and cells as people write them."""
    if isinstance(part, tuple):
        return ", ".join(
            "|".join(map(str, each)) if isinstance(each, tuple) else _written(each) for each in part
        )
    if isinstance(part, bool):
        return "yes" if part else "no"
    return str(part)
