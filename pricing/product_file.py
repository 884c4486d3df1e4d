"""The product file: a whole product with its price lists as one text that people and machines read
and write.

YAML 1.2 and JSON hold the same fields: those of a product model, `price_lists`, `list_amounts`,
`exchange_rates` and `tax_rates`. Numbers are read exactly as they are written, `yes` and `no` are
texts, and nothing in a file can run anything.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from io import StringIO
from types import UnionType
from typing import Annotated, Any, TypeAliasType, Union, cast, get_args, get_origin, get_type_hints

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from catalog import product_model
from catalog.errors import Malformed
from catalog.findings import Accepted, accepted_json
from catalog.nul import NUL, SENTENCE, places_of_nul
from catalog.product_model import ProductModel
from catalog.schema_texts import unwrapped
from pricing.in_force import (
    ExchangeRate,
    ListAmount,
    Tariff,
    TaxRate,
    read_row,
    row_schema,
    write_row,
)
from pricing.price_list import PriceList, price_list_schema, read_price_list, write_price_list

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 40
# What aliases may add to a document, in places: enough to say something twice, too little to blow a
# file up.
MAX_REPEATED = 100_000
MAX_TOLD = 50


@dataclass(frozen=True)
class ProductFile:
    """A product model and what is kept about its prices: lists with different keys, amounts in
    them, rates.

    `accepted` tells which findings of the checks may stay, and why. `mentioned` tells, by the key
    of a list, which of its fields the text named; of a list that is not in there all count.
    """

    model: ProductModel
    price_lists: tuple[PriceList, ...] = ()
    list_amounts: tuple[ListAmount, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    mentioned: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)

    @property
    def tariff(self) -> Tariff:
        """All that the file tells about prices beside the price lines."""
        return Tariff(self.price_lists, self.list_amounts, self.exchange_rates, self.tax_rates)


# The lists of a file that are no part of the model, with what one row of each is and is called.
_ROWS: Mapping[str, tuple[type[Any], str]] = {
    "list_amounts": (ListAmount, "amount"),
    "exchange_rates": (ExchangeRate, "exchange rate"),
    "tax_rates": (TaxRate, "tax rate"),
}


def read_product_file(text: str, name: str = "") -> ProductFile:
    """Return what the product file `text` tells; JSON or YAML 1.2 as in `read_values`.

    Refuses with Malformed as that does where the text is broken, and with pointers
    (`/options/3/key`) and lines where its shape is wrong.
    """
    lines: dict[tuple[str, ...], int] = {}
    document = read_values(text, name, lines)
    if not isinstance(document, dict):
        raise Malformed(
            "a product file starts with fields such as product: and name:, this one does not"
        )
    return read_document(document, lines)


def read_values(text: str, name: str = "", lines: dict[tuple[str, ...], int] | None = None) -> Any:
    """Return the plain values of `text`: mappings, lists, texts, true and false, and numbers
    exactly as written.

    The ending of `name` tells JSON from YAML 1.2; without one, a text that starts with a brace is
    JSON. `lines` takes up on which line of a YAML text each place begins. Refuses with Malformed,
    with the line, a text that is broken, and more than 20 million characters, 40 levels, a key
    twice in a mapping, and tags.
    """
    if len(text) > MAX_CHARACTERS:
        raise Malformed(
            f"a product file has at most {MAX_CHARACTERS:,} characters, this one {len(text):,}"
        )
    text = text.removeprefix("\ufeff")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _broken(
            "half a character (a lone surrogate)", text[: error.start].count("\n") + 1, None
        ) from None
    is_json = name.lower().endswith(".json") or (
        text.lstrip()[:1] == "{" and not name.lower().endswith((".yaml", ".yml"))
    )
    return (
        _read_json(text)
        if is_json
        else _YamlReader(text, {} if lines is None else lines).document()
    )


def read_document(
    document: Mapping[str, Any], lines: Mapping[tuple[str, ...], int] | None = None
) -> ProductFile:
    """Return the product file of plain values; refuses with Malformed, every place named, with its
    line if known.
    """
    beside = {"price_lists", ACCEPTED, *_ROWS}
    fields_of_model = {key: value for key, value in document.items() if key not in beside}
    errors: list[dict[str, Any]] = []
    model: ProductModel | None = None
    try:
        model = product_model.read(fields_of_model)
    except Malformed as refusal:
        errors += refusal.data["errors"]
    lists: list[PriceList] = _read_rows(document, "price_lists", read_price_list, errors)
    rows = {
        name: _read_rows(document, name, partial(read_row, kind, noun=noun), errors)
        for name, (kind, noun) in _ROWS.items()
    }
    keys = [each.key for each in lists]
    errors += [
        {"pointer": f"/price_lists/{index}/key", "detail": f"there is another price list {key!r}"}
        for index, key in enumerate(keys)
        if key in keys[:index]
    ]
    errors += [
        {
            "pointer": f"/list_amounts/{index}/price_list",
            "detail": f"there is no price list {each.price_list!r} here",
        }
        for index, each in enumerate(rows["list_amounts"])
        if each.price_list not in keys
    ]
    accepted = document.get(ACCEPTED, [])
    errors += _accepted_errors(accepted)
    if errors or model is None:
        raise _misshapen(errors, document, lines or {})
    kept = {name: tuple(each) for name, each in rows.items()}
    told = tuple(Accepted(**each) for each in accepted)
    mentioned = {
        each.key: frozenset(row)
        for each, row in zip(lists, document.get("price_lists", ()), strict=True)
    }
    return ProductFile(model, tuple(lists), **kept, accepted=told, mentioned=mentioned)


def _read_rows(
    document: Mapping[str, Any], name: str, read: Callable[[Any], Any], errors: list[dict[str, Any]]
) -> list[Any]:
    """Return the rows of a list in `document`; adds to `errors` every place that cannot be read."""
    listed = document.get(name, [])
    if not isinstance(listed, list):
        errors.append(
            {"pointer": f"/{name}", "detail": f"expected a list of {name.replace('_', ' ')}"}
        )
        return []
    rows = []
    for index, each in enumerate(listed):
        try:
            rows.append(read(each))
        except Malformed as refusal:
            errors += [
                {**error, "pointer": f"/{name}/{index}{error['pointer']}"}
                for error in refusal.data["errors"]
            ]
    return rows


def document_of(file: ProductFile) -> dict[str, Any]:
    """Return `file` as plain JSON values, what is general before what is particular;
    `read_document` undoes it.
    """
    document = product_model.write(file.model)
    if file.price_lists:
        document["price_lists"] = [write_price_list(each) for each in file.price_lists]
    for name in _ROWS:
        if rows := getattr(file, name):
            document[name] = [write_row(each) for each in rows]
    if file.accepted:
        document[ACCEPTED] = [accepted_json(each) for each in file.accepted]
    return {key: document[key] for key in _ORDER if key in document}


def write_product_file(file: ProductFile) -> str:
    """Return `file` as YAML that is pleasant to edit: reading it gives `file` again, exactly."""
    emitter = YAML(typ="safe", pure=True)
    emitter.width = 1_000_000
    emitter.allow_unicode = True
    emitter.default_flow_style = False
    emitter.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    emitter.serialize(_node(document_of(file), ()), stream)
    return stream.getvalue()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of product files."""
    schema = product_model.json_schema()
    of_lists = price_list_schema()
    definitions = {**schema.get("$defs", {}), **of_lists.pop("$defs", {}), "PriceList": of_lists}
    rows = {}
    for name, (kind, _) in _ROWS.items():
        of_rows = row_schema(kind)
        definitions |= {**of_rows.pop("$defs", {}), kind.__name__: of_rows}
        rows[name] = {"type": "array", "items": {"$ref": f"#/$defs/{kind.__name__}"}, "default": []}
    return unwrapped(
        {
            **schema,
            "title": "Product file",
            "description": "A whole product with its price lists, as YAML 1.2 or JSON.",
            "properties": {
                **schema["properties"],
                "price_lists": {
                    "type": "array",
                    "items": {"$ref": "#/$defs/PriceList"},
                    "default": [],
                },
                **rows,
                ACCEPTED: {"type": "array", "items": _ACCEPTED_SCHEMA, "default": []},
            },
            "$defs": dict(sorted(definitions.items())),
        }
    )


# ---- shape ---------------------------------------------------------------------------------------

_GENERAL = (
    *("product", "name", "description", "image", "locale", "currency", "tax_class", "price_lists"),
    *("exchange_rates", "tax_rates", "list_amounts", "steps", "options"),
)
ACCEPTED = "accepted_findings"
_ORDER = (
    *_GENERAL,
    *(each.name for each in fields(ProductModel) if each.name not in _GENERAL),
    ACCEPTED,
)
_MOST_ACCEPTED = {"identity": 20, "code": 63, "path": 400, "reason": 2_000, "by": 150, "at": 40}
_ACCEPTED_SCHEMA = {
    "type": "object",
    "description": "a finding of the checks that may stay as it is, and why; identity is as the checks tell it",
    "required": ["identity", "reason"],
    "properties": {
        name: {"type": "string", "maxLength": most} for name, most in _MOST_ACCEPTED.items()
    },
    "additionalProperties": False,
}


def _accepted_errors(listed: Any) -> list[dict[str, Any]]:
    """Return what is wrong with a list of accepted findings, place by place."""
    if not isinstance(listed, list):
        return [
            {
                "pointer": f"/{ACCEPTED}",
                "detail": "expected a list of findings that may stay, with reasons",
            }
        ]
    errors = []
    seen: set[str] = set()
    for index, each in enumerate(listed):
        pointer = f"/{ACCEPTED}/{index}"
        if not isinstance(each, dict):
            errors.append(
                {"pointer": pointer, "detail": "expected identity and reason of a finding"}
            )
            continue
        for name in each.keys() - _MOST_ACCEPTED.keys():
            errors.append({"pointer": f"{pointer}/{name}", "detail": "there is no such field"})
        for name, most in _MOST_ACCEPTED.items():
            text = each.get(name, "")
            if not isinstance(text, str) or len(text) > most:
                detail = f"expected a text of at most {most:,} characters; write it in quotes"
                errors.append({"pointer": f"{pointer}/{name}", "detail": detail})
            elif name in ("identity", "reason") and not text.strip():
                errors.append({"pointer": f"{pointer}/{name}", "detail": "this field is required"})
        if each.get("identity") in seen:
            errors.append(
                {"pointer": f"{pointer}/identity", "detail": "this finding stands here twice"}
            )
        if isinstance(each.get("identity"), str):
            seen.add(each["identity"])
    return errors


def _broken(what: str, line: int | None, column: int | None) -> Malformed:
    place = f"line {line}" + (f", column {column}" if column else "") if line else "the file"
    known = {"line": line, "column": column}
    error = {
        "pointer": "",
        "detail": what,
        **{name: number for name, number in known.items() if number},
    }
    return Malformed(f"{place}: {what}", errors=[error])


def _misshapen(
    errors: list[dict[str, Any]], document: Mapping[str, Any], lines: Mapping[tuple[str, ...], int]
) -> Malformed:
    told = []
    for error in errors[:MAX_TOLD]:
        path = tuple(part.replace("~1", "/") for part in error["pointer"].split("/")[1:])
        line = _line_of(path, lines)
        detail = _helpful(error["detail"], path, document)
        told.append(
            {"pointer": error["pointer"], "detail": detail, **({"line": line} if line else {})}
        )
    first = told[0]
    place = (
        f"{first['pointer'] or 'the whole'}{f' (line {first["line"]})' if 'line' in first else ''}"
    )
    count = f"{len(errors)} places could not be read; the first is " if len(errors) > 1 else ""
    return Malformed(f"{count}{place}: {first['detail']}", errors=told)


def _line_of(path: tuple[str, ...], lines: Mapping[tuple[str, ...], int]) -> int | None:
    """Return the line of the place, or of the nearest place above it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _helpful(detail: str, path: tuple[str, ...], document: Any) -> str:
    if detail == "there is no such field":
        known = _fields_at(path[:-1])
        near = get_close_matches(path[-1], known, n=1)
        return f"there is no field {path[-1]!r} here" + (
            f"; did you mean {near[0]!r}?" if near else ""
        )
    if "valid string" in detail or "expected a text" in detail:
        there = document
        for part in path:
            there = (
                there[int(part)]
                if isinstance(there, list) and part.isdigit()
                else _get(there, part)
            )
        if isinstance(there, (int, Decimal)):
            return "expected a text; write it in quotes"
    return detail


def _get(there: Any, part: str) -> Any:
    return there.get(part) if isinstance(there, Mapping) else None


def _fields_at(path: tuple[str, ...]) -> list[str]:
    """Return the fields that a product file knows at `path`."""
    if not path:
        return [*_ORDER]
    kind: Any = ProductModel
    if path[0] == "price_lists":
        kind, path = PriceList, path[2:]
    elif path[0] in _ROWS:
        kind, path = _ROWS[path[0]][0], path[2:]
    for part in path:
        if part.isdigit():
            continue
        if not is_dataclass(kind):
            return []
        kind = _dataclass_in(get_type_hints(kind).get(part))
    return [each.name for each in fields(kind)] if is_dataclass(kind) else []


def _dataclass_in(hint: Any) -> Any:
    """Return the dataclass that a list, an optional field or an annotation of `hint` holds, if any."""
    if isinstance(hint, TypeAliasType):
        return _dataclass_in(hint.__value__)
    if is_dataclass(hint):
        return hint
    if get_origin(hint) in {tuple, Union, UnionType, Annotated}:
        return next(
            (found for each in get_args(hint) if (found := _dataclass_in(each)) is not None), None
        )
    return None


# ---- JSON ----------------------------------------------------------------------------------------


def _read_json(text: str) -> Any:
    try:
        document = json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise _broken(error.msg[:1].lower() + error.msg[1:], error.lineno, error.colno) from None
    except RecursionError:
        raise _too_deep() from None
    if _is_too_deep(document):
        raise _too_deep()
    if (place := next(places_of_nul(document), None)) is not None:
        raise Malformed(f"{place}: {SENTENCE}", errors=[{"pointer": place, "detail": SENTENCE}])
    return document


def _too_deep() -> Malformed:
    return Malformed(f"a product file has at most {MAX_DEPTH} levels")


def _is_too_deep(document: Any) -> bool:
    """Tell whether a value lies more than MAX_DEPTH keys and places below the document."""
    level = [document]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for index, key in enumerate(keys) if key in keys[:index])
        raise _broken(f"the key {twice!r} stands twice in one object", None, None)
    return known


def _no_number(text: str) -> Any:
    raise _broken(f"{text} is no number here", None, None)


def _number(text: str) -> int | Decimal:
    if len(text) > 40:
        raise _broken(f"the number {text[:40]}… is too long", None, None)
    if re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    number = Decimal(text)
    if number and abs(number.adjusted()) > 300:
        raise _broken(f"the number {text} is out of range", None, None)
    return number


# ---- YAML ----------------------------------------------------------------------------------------

# Plain scalars of the core schema. Source: YAML 1.2.2, chapter 10.3.2.
_NULL = re.compile(r"|~|null|Null|NULL")
_TRUTH = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
# Words that other readers, of YAML 1.1, would not take for texts.
_MISREAD = frozenset(("y", "n", "yes", "no", "on", "off"))
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def _plain_scalar(text: str) -> Any:
    """Return what an unquoted `text` means."""
    if _NUMBER.fullmatch(text):
        return _number(text)
    if text in _TRUTH:
        return _TRUTH[text]
    if _NULL.fullmatch(text):
        return None
    if _BASED.fullmatch(text):
        return int(text, 0) if len(text) <= 15 else _no_number(text)
    return _no_number(text) if _NO_NUMBER.fullmatch(text) else text


class _YamlReader:
    """Builds plain values from the events of a YAML text, and notes on which line each place
    begins.
    """

    def __init__(self, text: str, lines: dict[tuple[str, ...], int]) -> None:
        self.text = text
        self.lines = lines
        # By anchor: the value, and how many places it holds.
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.repeated = 0

    def document(self) -> Any:
        events = YAML(typ="safe", pure=True).parse(self.text)
        try:
            documents = 0
            value: Any = None
            for event in events:
                if isinstance(event, DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise _at(event, "a product file is one document, here begins another")
                    value, _ = self.value(next(events), events, ())
            return value
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(str(each) for each in (error.context, error.problem) if each)
            line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
            raise _broken(what, line, column) from None
        except YAMLError as error:
            raise _broken(str(error).strip().splitlines()[0], None, None) from None

    def value(
        self, event: Event, events: Iterator[Event], path: tuple[str, ...]
    ) -> tuple[Any, int]:
        """Return the value that begins with `event`, and how many places it holds."""
        if isinstance(event, AliasEvent):
            return self.alias(event)
        if len(path) > MAX_DEPTH:
            raise _at(event, f"a product file has at most {MAX_DEPTH} levels")
        if (tag := getattr(event, "tag", None)) is not None:
            raise _at(event, f"tags such as {tag} are not read; put a text in quotes instead")
        if isinstance(event, ScalarEvent) and NUL in event.value:
            raise _at(event, SENTENCE)
        value: Any
        if isinstance(event, ScalarEvent):
            value, places = self.scalar(event), 1
        elif isinstance(event, SequenceStartEvent):
            value, places = self.sequence(events, path)
        elif isinstance(event, MappingStartEvent):
            value, places = self.mapping(events, path)
        else:
            raise _at(event, "expected a value")
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, places)
        return value, places

    def alias(self, event: AliasEvent) -> tuple[Any, int]:
        if event.anchor not in self.anchors:
            raise _at(event, f"*{event.anchor} stands for nothing that was named before")
        value, places = self.anchors[event.anchor]
        self.repeated += places
        if self.repeated > MAX_REPEATED:
            raise _at(event, f"aliases repeat more than {MAX_REPEATED:,} places")
        return value, places

    def scalar(self, event: ScalarEvent) -> Any:
        if event.style:
            return event.value
        try:
            return _plain_scalar(event.value)
        except Malformed as refusal:
            raise _at(event, refusal.data["errors"][0]["detail"]) from None

    def sequence(self, events: Iterator[Event], path: tuple[str, ...]) -> tuple[list[Any], int]:
        values: list[Any] = []
        places = 1
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            here = (*path, str(len(values)))
            self.lines[here] = event.start_mark.line + 1
            value, more = self.value(event, events, here)
            values.append(value)
            places += more
        return values, places

    def mapping(self, events: Iterator[Event], path: tuple[str, ...]) -> tuple[dict[str, Any], int]:
        values: dict[str, Any] = {}
        places = 1
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                raise _at(event, "expected a key, a plain word")
            if NUL in event.value:
                raise _at(event, SENTENCE)
            key = event.value
            if key in values:
                raise _at(event, f"the key {key!r} stands twice in one mapping")
            here = (*path, key)
            self.lines[here] = event.start_mark.line + 1
            value, more = self.value(next(events), events, here)
            values[key] = value
            places += more
        return values, places


def _at(event: Event, what: str) -> Malformed:
    mark = event.start_mark
    return _broken(what, mark.line + 1, mark.column + 1)


# Mappings of a file that read best on one line where they are short enough, by the field that holds
# them.
_ONE_LINE = {
    "values",
    "attributes",
    "amounts",
    "measures",
    "number",
    "text",
    "choices",
    "groups",
    "layers",
    "assets",
}
_LONGEST_LINE = 100


def _node(value: Any, path: tuple[str, ...]) -> Node:
    """Return `value` as a YAML node: short leaves and rows of tables on one line, everything else
    as blocks.
    """
    if isinstance(value, Mapping):
        pairs = [(_scalar(str(key)), _node(each, (*path, key))) for key, each in value.items()]
        return MappingNode("tag:yaml.org,2002:map", pairs, flow_style=_fits(value, path))
    if isinstance(value, (list, tuple)):
        nodes = [_node(each, (*path, "")) for each in value]
        return SequenceNode("tag:yaml.org,2002:seq", nodes, flow_style=_is_row(value, path))
    return _scalar(value)


def _is_row(value: list[Any] | tuple[Any, ...], path: tuple[str, ...]) -> bool:
    is_row = len(path) == 4 and path[0] == "tables" and path[2] == "rows"
    return (
        not value
        or "" in path[-1:]
        or is_row
        or not any(isinstance(each, (list, tuple, Mapping)) for each in value)
    )


def _fits(value: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    if not value:
        return True
    holder = next((part for part in reversed(path) if part), "")
    is_text = "default" in value and all(isinstance(each, str) for each in value.values())
    if not is_text and holder not in _ONE_LINE:
        return False
    length = sum(len(str(key)) + _length(each) + 4 for key, each in value.items())
    return length <= _LONGEST_LINE


def _length(value: Any) -> int:
    """Return about how many characters `value` takes on one line; very many for what should not
    stand on one.
    """
    if isinstance(value, Mapping):
        return 2 + sum(len(str(key)) + _length(each) + 4 for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return 2 + sum(_length(each) + 2 for each in value)
    text = str(value)
    return _LONGEST_LINE if "\n" in text else len(text)


def _scalar(value: Any) -> ScalarNode:
    if value is None:
        return ScalarNode("tag:yaml.org,2002:null", "null")
    if isinstance(value, bool):
        return ScalarNode("tag:yaml.org,2002:bool", "true" if value else "false")
    if isinstance(value, int):
        return ScalarNode("tag:yaml.org,2002:int", str(value))
    if isinstance(value, float):
        digits = format(Decimal(repr(value)), "f")
        return ScalarNode("tag:yaml.org,2002:float", digits if len(digits) < 32 else repr(value))
    text = cast(str, value)
    return ScalarNode("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Return how YAML is to write `text`: plain where nobody could misread it, a block for several
    lines.
    """
    if "\n" in text:
        lines = text.split("\n")
        is_block = all(line.isprintable() for line in lines)
        return "|" if is_block and not any(line.startswith((" ", "\t")) for line in lines) else '"'
    if not text.isprintable():
        return '"'
    try:
        is_text = isinstance(_plain_scalar(text), str)
    except Malformed:
        is_text = False
    is_plain = is_text and text.lower() not in _MISREAD and text[0] not in _INDICATORS
    return None if is_plain else '"'
