"""Strict reading of what callers send: unknown fields refused, nothing coerced, every error with its place."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, cast

import orjson
from django.conf import settings
from django.http import HttpRequest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from catalog.locales import LOCALE_PATTERN, MOST_LOCALE, read_locale
from catalog.nul import SENTENCE, may_hold_nul, places_of_nul
from catalog.nul_requests import fields_with_nul
from catalog.numbers import whole
from catalog.product_model import Choice, ProductModel
from configurator.choices import ChoicesMalformed, read_json_choices
from integrations.api.problems import BodyTooLarge, MalformedInput, MalformedJson, UnsupportedMediaType
from pricing.price_list import read_moment

MEDIA_TYPE = "application/json"
# Of places that are wrong for the same reason.
MOST_TOLD = 50


def _locale(value: Any) -> Any:
    """Return `de_CH` as `de-CH`; everything else as it came, to be refused by the pattern."""
    try:
        return read_locale(value)
    except ValueError:
        return value


type ProductKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
type Locale = Annotated[str, Field(pattern=LOCALE_PATTERN, max_length=MOST_LOCALE), BeforeValidator(_locale)]
type PriceListKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


def moment(value: Any) -> Any:
    """Return the aware time that an ISO 8601 text tells; refuse with ValueError anything else."""
    return None if value is None else read_moment(value)


type Moment = Annotated[datetime, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})]
type VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1), BeforeValidator(whole)]


class Body(BaseModel):
    """A JSON object with known fields, each of the very type it is declared with."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """The parameters after the question mark; they arrive as texts, and numbers are read from them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_json(request: HttpRequest) -> Any:
    """Return the JSON value of the body; refuse other media types, too large bodies and what is no JSON."""
    if request.content_type != MEDIA_TYPE:
        raise UnsupportedMediaType(f"Send the body as Content-Type: {MEDIA_TYPE}.")
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > settings.API_MOST_BODY:
        raise BodyTooLarge(f"Send at most {settings.API_MOST_BODY} bytes at once.")
    try:
        document = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise MalformedJson(f"The body is no JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    if may_hold_nul(request.body) and (places := list(islice(places_of_nul(document), MOST_TOLD))):
        raise _malformed([{"pointer": place, "detail": SENTENCE} for place in places])
    return document


def read_body[Shape: Body](shape: type[Shape], document: Any) -> Shape:
    """Return `document` as a `shape`; refuse with MalformedInput, each place told as a JSON pointer."""
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        raise _malformed(_places(document, _errors(error))) from None


def read_query[Shape: Query](shape: type[Shape], request: HttpRequest) -> Shape:
    """Return the query parameters as a `shape`; refuse with MalformedInput unknown, repeated and unreadable ones."""
    repeated = [name for name, values in request.GET.lists() if len(values) > 1]
    if repeated:
        raise _malformed([{"parameter": name, "detail": "give this parameter once"} for name in repeated])
    if found := fields_with_nul(request):
        raise _malformed([{"parameter": name, "detail": SENTENCE} for name in found])
    try:
        return shape.model_validate_strings(request.GET.dict())
    except ValidationError as error:
        raise _malformed(
            [{"parameter": ".".join(map(str, each["loc"])), "detail": _told(each)} for each in _errors(error)]
        ) from None


def no_query(request: HttpRequest) -> None:
    """Refuse with MalformedInput query parameters where none is known."""
    if request.META.get("QUERY_STRING"):
        raise _malformed([{"parameter": name, "detail": "there is no such parameter"} for name in request.GET])


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
            errors=[{**each, "pointer": pointer + each["pointer"]} for each in refusal.data["errors"]],
        ) from None


def kept(choices: Mapping[str, Choice | None]) -> dict[str, Choice]:
    """Return `choices` without those that are null."""
    return {key: choice for key, choice in choices.items() if choice is not None}


def _malformed(errors: Sequence[Mapping[str, str]]) -> MalformedInput:
    first = errors[0] if errors else {}
    where = first.get("pointer") or first.get("parameter") or "the body"
    return MalformedInput(f"{where}: {first.get('detail', 'could not be read')}.", errors=list(errors))


def _errors(error: ValidationError) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", error.errors(include_url=False, include_context=True, include_input=False))


def _places(document: Any, errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return each place of a document that is wrong, once, with all that could stand there."""
    told: dict[str, list[str]] = {}
    for each in errors:
        told.setdefault(_pointer(document, each), []).append(_told(each))
    return [
        {"pointer": place, "detail": " or ".join((first, *(each.removeprefix("expected ") for each in others)))}
        for place, (first, *others) in ((place, dict.fromkeys(details)) for place, details in told.items())
    ]


def _pointer(document: Any, error: Mapping[str, Any]) -> str:
    """Return the JSON pointer of an error: pydantic also names the kinds it tried at a place, which are none in a body.

    The place of a field that is missing is where it would be.
    """
    pointer, here = "", document
    for part in error["loc"]:
        is_there = part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here))
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


def _told(error: Mapping[str, Any]) -> str:
    if error["type"] in _SENTENCES:
        return _SENTENCES[error["type"]]
    if error["type"] == "string_pattern_mismatch":
        return f"expected a text of the form {error['ctx']['pattern']}"
    message = re.sub(r"^Input should be", "expected", error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
