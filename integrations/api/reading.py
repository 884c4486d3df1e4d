"""Strict reading of what callers send: unknown fields refused, nothing coerced, every error with
its place.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, cast

import orjson
from django.conf import settings
from django.http import HttpRequest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from catalog.locales import LOCALE_PATTERN, MOST_LOCALE, read_locale
from catalog.nul import SENTENCE, may_hold_nul, places_of_nul
from catalog.nul_requests import fields_with_nul
from catalog.numbers import whole
from catalog.product_model import Choice, ProductModel
from configurator.choices import ChoicesMalformed, read_json_choices
from integrations.api.problems import (
    BodyTooLarge,
    MalformedInput,
    MalformedJson,
    UnsupportedMediaType,
)
from pricing.money import CURRENCIES
from pricing.price_list import read_moment

MEDIA_TYPE = "application/json"
# Of places that are wrong for the same reason.
MOST_TOLD = 50
# Nothing that callers have to say is half as deep; what reads it goes a level down for each.
MOST_DEPTH = 64


def _locale(value: Any) -> Any:
    """Return `de_CH` as `de-CH`; everything else as it came, to be refused by the pattern."""
    try:
        return read_locale(value)
    except ValueError:
        return value


type ProductKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
type Locale = Annotated[
    str, Field(pattern=LOCALE_PATTERN, max_length=MOST_LOCALE), BeforeValidator(_locale)
]
type PriceListKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


def moment(value: Any) -> Any:
    """Return the aware time that an ISO 8601 text tells; refuse with ValueError anything else."""
    return None if value is None else read_moment(value)


def currency(code: str) -> str:
    """Return a code that ISO 4217 lists; refuse with ValueError another."""
    if code not in CURRENCIES:
        raise ValueError("expected a currency of ISO 4217, such as EUR")
    return code


type Moment = Annotated[
    datetime, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
type VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1), BeforeValidator(whole)]


# Whole lines of text, without what no database keeps or nobody sees.
_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
# A text of which something can be seen, on any number of lines.
SAYS_SOMETHING = r"^[^\x00]*[^\x00\s][^\x00]*$"
MOST_NAMED, MOST_REGION = 200, 60
type BuyerName = Annotated[str, Field(pattern=_ONE_LINE, max_length=MOST_NAMED)]
type Region = Annotated[str, Field(pattern=_ONE_LINE, max_length=MOST_REGION)]
type Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
type Currency = Annotated[
    str,
    AfterValidator(currency),
    WithJsonSchema(
        {"type": "string", "enum": sorted(CURRENCIES), "description": "A code of ISO 4217."}
    ),
]
# As it was written, for rows that are read one by one.
type WrittenMoment = Annotated[
    str, Field(max_length=40), WithJsonSchema({"type": "string", "format": "date-time"})
]


class Body(BaseModel):
    """A JSON object with known fields, each of the very type it is declared with."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Way:
    """One of several forms of a body: fields it `needs`, those it is `without`, and schemas `where`
    they differ.
    """

    needs: Collection[str] = ()
    without: Collection[str] = ()
    where: Mapping[str, Any] = field(default_factory=dict)


def one_of(*ways: Way) -> Callable[[dict[str, Any]], None]:
    """Return what makes the schema of a body say that it has one of several forms, as a validator
    of it demands.
    """

    def told(schema: dict[str, Any]) -> None:
        whole = dict(schema)
        described: dict[str, Any] = {
            name: each for name, each in whole.items() if name in {"description", "title"}
        }
        schema.clear()
        schema |= {**described, "oneOf": [_form(whole, way) for way in ways]}

    return told


def _form(whole: Mapping[str, Any], way: Way) -> dict[str, Any]:
    fields = {name: each for name, each in whole["properties"].items() if name not in way.without}
    for name in (*way.needs, *(each for each in way.where if each not in way.needs)):
        said = {**_never_null(fields[name]), **way.where.get(name, {})}
        fields[name] = {key: each for key, each in said.items() if each is not None}
    required = [name for name in fields if name in way.needs or name in whole.get("required", ())]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": fields,
        "required": required,
    }


def _never_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    rest = {
        name: each
        for name, each in schema.items()
        if name != "default" and not (name == "anyOf" and kinds)
    }
    return {**rest, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})}


class Query(BaseModel):
    """The parameters after the question mark; they arrive as texts, and numbers are read from them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_json(request: HttpRequest, most: int | None = None) -> Any:
    """Return the JSON value of the body; refuse other media types, bodies of more than `most` bytes
    (API_MOST_BODY without it) and what is no JSON.
    """
    most = settings.API_MOST_BODY if most is None else most
    if request.content_type != MEDIA_TYPE:
        raise UnsupportedMediaType(f"Send the body as Content-Type: {MEDIA_TYPE}.")
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > most:
        raise BodyTooLarge(f"Send at most {most} bytes at once.")
    # Django holds no longer ones in memory; where they may come, they are read to their end.
    is_long = length > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or most)
    body = request.read() if is_long else request.body
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is no JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None
    if body.count(b"[") + body.count(b"{") > MOST_DEPTH and is_deep(document):
        raise MalformedJson(f"The body is nested more than {MOST_DEPTH} levels deep.")
    if may_hold_nul(body) and (places := list(islice(places_of_nul(document), MOST_TOLD))):
        raise _malformed([{"pointer": place, "detail": SENTENCE} for place in places])
    return document


def is_deep(document: Any) -> bool:
    """Tell whether lists and objects of `document` are nested more than MOST_DEPTH levels deep."""
    level = [document]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def read_body[Shape: Body](shape: type[Shape], document: Any) -> Shape:
    """Return `document` as a `shape`; refuse with MalformedInput, each place told as a JSON
    pointer.
    """
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        raise _malformed(_places(document, _errors(error))) from None


def read_query[Shape: Query](shape: type[Shape], request: HttpRequest) -> Shape:
    """Return the query parameters as a `shape`; refuse with MalformedInput unknown, repeated and
    unreadable ones.
    """
    repeated = [name for name, values in request.GET.lists() if len(values) > 1]
    if repeated:
        raise _malformed(
            [{"parameter": name, "detail": "give this parameter once"} for name in repeated]
        )
    if found := fields_with_nul(request):
        raise _malformed([{"parameter": name, "detail": SENTENCE} for name in found])
    try:
        return shape.model_validate_strings(request.GET.dict())
    except ValidationError as error:
        raise _malformed(
            [
                {
                    "parameter": ".".join(map(str, each["loc"])),
                    "code": _code(each["type"]),
                    "detail": _told(each),
                }
                for each in _errors(error)
            ]
        ) from None


def no_query(request: HttpRequest) -> None:
    """Refuse with MalformedInput query parameters where none is known."""
    if request.META.get("QUERY_STRING"):
        raise _malformed(
            [
                {"parameter": name, "code": UNKNOWN, "detail": "there is no such parameter"}
                for name in request.GET
            ]
        )


def read_choices(
    model: ProductModel, given: Mapping[str, Any], pointer: str, hidden: Collection[str] = ()
) -> dict[str, Choice | None]:
    """Return `given` as choices; refuse with ChoicesMalformed, each place told from `pointer` on.

    Options that are `hidden` from the caller are none.
    """
    try:
        return read_json_choices(model, given, hidden)
    except ChoicesMalformed as refusal:
        raise ChoicesMalformed(
            refusal.sentence,
            errors=[
                {**each, "pointer": pointer + each["pointer"]} for each in refusal.data["errors"]
            ],
        ) from None


def kept(choices: Mapping[str, Choice | None]) -> dict[str, Choice]:
    """Return `choices` without those that are null."""
    return {key: choice for key, choice in choices.items() if choice is not None}


def _malformed(errors: Sequence[Mapping[str, str]]) -> MalformedInput:
    first = errors[0] if errors else {}
    where = first.get("pointer") or first.get("parameter") or "the body"
    return MalformedInput(
        f"{where}: {first.get('detail', 'could not be read')}.", errors=list(errors)
    )


def _errors(error: ValidationError) -> list[dict[str, Any]]:
    return cast(
        "list[dict[str, Any]]",
        error.errors(include_url=False, include_context=True, include_input=False),
    )


def _places(document: Any, errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return each place of a document that is wrong, once, with all that could stand there."""
    told: dict[str, list[str]] = {}
    codes: dict[str, str] = {}
    for each in errors:
        place = _pointer(document, each)
        told.setdefault(place, []).append(_told(each))
        codes.setdefault(place, _code(each["type"]))
    return [
        {
            "pointer": place,
            "code": codes[place],
            "detail": " or ".join((first, *(each.removeprefix("expected ") for each in others))),
        }
        for place, (first, *others) in (
            (place, dict.fromkeys(details)) for place, details in told.items()
        )
    ]


def _pointer(document: Any, error: Mapping[str, Any]) -> str:
    """Return the JSON pointer of an error: pydantic also names the kinds it tried at a place, which
    are none in a body.

    The place of a field that is missing is where it would be.
    """
    pointer, here = "", document
    for part in error["loc"]:
        is_there = (
            part in here
            if isinstance(here, dict)
            else isinstance(here, list) and part in range(len(here))
        )
        if not is_there and not (error["type"] == "missing" and part == error["loc"][-1]):
            continue
        pointer += "/" + str(part).replace("~", "~0").replace("/", "~1")
        here = here[part] if is_there else None
    return pointer


_SENTENCES = {
    "extra_forbidden": "there is no such field",
    "missing": "this field is required",
    "string_type": "expected a text",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "int_parsing": "expected a whole number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "dict_type": "expected an object",
    "model_type": "expected an object",
    "list_type": "expected a list",
}


# What pydantic calls an error, by its end, and the code that is told of it.
UNKNOWN = "unknown-field"
_CODES = {
    "extra_forbidden": UNKNOWN,
    "missing": "missing",
    "string_pattern_mismatch": "wrong-form",
    "literal_error": "unknown-value",
    "enum": "unknown-value",
    "int_from_float": "wrong-type",
}
_ENDS = {
    "_type": "wrong-type",
    "_parsing": "wrong-type",
    "_too_long": "out-of-bounds",
    "_too_short": "out-of-bounds",
    "_than": "out-of-bounds",
    "_than_equal": "out-of-bounds",
}


def _code(kind: str) -> str:
    """Return the code of a place where pydantic found an error of this kind."""
    ends = (code for end, code in _ENDS.items() if kind.endswith(end))
    return _CODES.get(kind) or next(ends, MalformedInput.slug)


def _told(error: Mapping[str, Any]) -> str:
    if error["type"] in _SENTENCES:
        return _SENTENCES[error["type"]]
    if error["type"] == "string_pattern_mismatch":
        return f"expected a text of the form {error['ctx']['pattern']}"
    message = re.sub(r"^Input should be", "expected", error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
