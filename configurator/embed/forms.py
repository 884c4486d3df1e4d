"""The form that is the state: choices as a query string and back, and what a posted form changes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict

from catalog.errors import Refusal
from catalog.product_model import Choice, Kind, Option, ProductModel
from configurator.choices import read_choice, sort_choices
from configurator.evaluation import Evaluation
from configurator.operations import MOST_QUANTITY
from pricing.in_force import Buyer

INPUT = "o."
"""What the name of an option's input starts with; also of a query parameter whose option has a reserved key."""
RESERVED = frozenset({"lang", "step", "quantity", "country", "region"})
MOST_PAST = 12
MOST_REGION = 60
MOST_CHARACTERS = 20_000
# Parameters that advertisers append to every link; nobody needs to be told that they mean nothing here.
_TRACKING = frozenset({"fbclid", "gclid", "msclkid", "ref", "cfg"})


# ---- choices as text -------------------------------------------------------------------------------------------------


def text_of(choice: Choice) -> str:
    """Return `choice` as an input or a query parameter has it: a key, `true`, `838.5`, a text, keys with commas."""
    if isinstance(choice, bool):
        return "true" if choice else "false"
    if isinstance(choice, tuple):
        return ",".join(choice)
    return choice if isinstance(choice, str) else format(choice, "f")


def query_of(model: ProductModel, choices: Mapping[str, Choice | None], reserved: bool = True) -> str:
    """Return `choices` as a query string in the order of the options; None, which retracts, as `-key`.

    With `reserved`, keys that mean something else in a page's address get INPUT before them.
    """
    parts = []
    for option in model.options:
        if option.key in choices:
            choice = choices[option.key]
            name = f"{INPUT}{option.key}" if reserved and option.key in RESERVED else option.key
            parts.append(f"-{name}=" if choice is None else f"{name}={quote(text_of(choice), safe=',')}")
    return "&".join(parts)


def choices_in(model: ProductModel, query: str) -> tuple[dict[str, Choice | None], tuple[str, ...]]:
    """Return the choices of a query string that `query_of` made, and a sentence for each that could not be read."""
    if len(query) > MOST_CHARACTERS:
        return {}, ("These choices are too long.",)
    return _read_pairs(model, parse_qsl(query, keep_blank_values=True))


def choices_of_address(model: ProductModel, parameters: QueryDict) -> tuple[dict[str, Choice | None], tuple[str, ...]]:
    """Return the choices in a page's address, and a sentence for each parameter that means nothing here."""
    pairs = [
        (name, each)
        for name, values in parameters.lists()
        if name not in RESERVED and name not in _TRACKING and not name.startswith("utm_")
        for each in values
        if isinstance(each, str)
    ]
    return _read_pairs(model, pairs)


def buyer_of_address(parameters: QueryDict) -> Buyer:
    """Return where a buyer is, as the shop's page says it in the address: `country` and `region` decide on the tax."""
    country, region = (parameters.get(name, "") for name in ("country", "region"))
    if not re.fullmatch(r"[A-Z]{2}", country):
        return Buyer()
    return Buyer(country=country, region=region if 0 < len(region) <= MOST_REGION else None)


def _read_pairs(
    model: ProductModel, pairs: Iterable[tuple[str, str]]
) -> tuple[dict[str, Choice | None], tuple[str, ...]]:
    given: dict[str, object] = {}
    for name, text in pairs:
        key = name.removeprefix("-").removeprefix(INPUT)
        option = model.option_by_key.get(key)
        if name.startswith("-"):
            given[key] = None
        elif option is not None and option.kind is Kind.MULTI:
            before = given.get(key)
            given[key] = [*(before if isinstance(before, list) else []), *filter(None, text.split(","))]
        else:
            given[key] = text
    choices, misread = sort_choices(model, given)
    return choices, tuple(each.detail if each.detail.endswith("?") else f"{each.detail}." for each in misread)


@lru_cache(maxsize=2_048)
def _carried(holder: "_Model", query: str) -> tuple[Mapping[str, Choice], tuple[str, ...]]:
    choices, dropped = choices_in(holder.model, query)
    return {key: choice for key, choice in choices.items() if choice is not None}, dropped


_CHECKS = frozenset(str(count) for count in range(1, 10))


@dataclass(frozen=True, eq=False)
class _Model:
    """A model that a cache can take as a key: equal digest, equal model."""

    model: ProductModel

    def __hash__(self) -> int:
        return hash(self.model.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Model) and other.model.digest == self.model.digest


def carried_choices(model: ProductModel, query: str) -> tuple[Mapping[str, Choice], tuple[str, ...]]:
    """Return the choices a page carries, and what of them this version does not know."""
    # Checked here: a long text must not become a key that is kept.
    return _carried(_Model(model), query) if len(query) <= MOST_CHARACTERS else ({}, ("",))


# ---- a posted form ---------------------------------------------------------------------------------------------------


class FormRefused(Refusal):
    """A post that is no plain form: nothing here takes files, however large."""

    slug = "form-refused"
    title = "This form is of another kind"
    status = 415


@dataclass(frozen=True)
class Invalid:
    """What somebody typed that is no value of the option."""

    option: str
    raw: str


@dataclass(frozen=True)
class PostedForm:
    """A form as it came, before anybody knows which product version reads it.

    `state` are the choices so far; `past` the states before it, the newest last; `inputs` what each shown option has;
    `about` is the option whose change was refused. The rest are buttons: at most one of them was pressed.
    """

    token: str
    state: str
    past: tuple[str, ...]
    at: str
    language: str
    quantity: str
    total: str
    inputs: Mapping[str, Sequence[str]]
    step: str
    goto: str
    apply: str
    more: str
    preset: str
    rest: str
    instance: str
    why: str
    about: str
    given: str
    is_undo: bool
    is_keep: bool
    is_complete: bool
    checks: int

    @classmethod
    def read(cls, request: HttpRequest) -> "PostedForm":
        """Return the form that `request` posts; refuses with SuspiciousOperation what has too many fields."""
        data = _fields(request)

        def one(name: str) -> str:
            return data[name][-1] if name in data else ""

        return cls(
            token=one("token"),
            state=one("state"),
            past=tuple(each for each in data.get("past", ())[-MOST_PAST:] if len(each) <= MOST_CHARACTERS),
            at=one("at"),
            language=one("lang"),
            quantity=one("quantity"),
            total=one("total"),
            inputs={name[len(INPUT) :]: values for name, values in data.items() if name.startswith(INPUT)},
            step=one("step"),
            goto=one("goto"),
            apply=one("apply"),
            more=one("more"),
            preset=one("preset"),
            rest=one("rest"),
            instance=one("instance"),
            why=one("why"),
            about=one("about"),
            given=one("set"),
            is_undo="undo" in data,
            is_keep="keep" in data,
            is_complete="complete" in data,
            checks=int(one("check")) if one("check") in _CHECKS else 0,
        )


def _fields(request: HttpRequest) -> Mapping[str, list[str]]:
    """Return the posted fields by name; read here, in half the time that `request.POST` takes."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise FormRefused("This page takes plain forms only, and no files.")
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            request.body.decode(errors="replace"),
            keep_blank_values=True,
            max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        )
    except ValueError:
        raise TooManyFieldsSent("There are too many fields in this form.") from None
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def changes_of(
    evaluation: Evaluation, inputs: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Choice | None], tuple[Invalid, ...]]:
    """Return the inputs that differ from what `evaluation` shows, as changes, and those that are no values."""
    changes: dict[str, Choice | None] = {}
    invalid: list[Invalid] = []
    options = evaluation.model.option_by_key
    for key, raws in inputs.items():
        option = options.get(key)
        if option is None:
            continue
        shown = evaluation.values.get(key)
        if option.kind is Kind.MULTI:
            change = _members(evaluation, option, {raw for raw in raws if raw in option.value_by_key})
            if change is not None:
                changes[key] = change
            continue
        raw = raws[-1]
        if option.kind is Kind.BOOLEAN:
            raw = raw or "false"
            if raw == "false" and shown is None:
                continue
        if raw == ("" if shown is None else text_of(shown)):
            continue
        if not raw.strip():
            if key in evaluation.choices:
                changes[key] = None
            continue
        try:
            choice = read_choice(option, raw)
        except ValueError:
            invalid.append(Invalid(key, raw))
            continue
        if choice != shown:
            changes[key] = choice
    return changes, tuple(invalid)


def _members(evaluation: Evaluation, option: Option, ticked: set[str]) -> tuple[str, ...] | None:
    """Return the members wanted after a click, or None when nothing was clicked.

    Members that the rules force in are shown ticked and cannot be unticked; they do not become choices by that.
    """
    shown = evaluation.values.get(option.key)
    now = set(shown) if isinstance(shown, tuple) else set()
    forced = set(evaluation.options[option.key].domain.forced)
    added, removed = ticked - now, now - ticked - forced
    if not added and not removed:
        return None
    chosen = evaluation.choices.get(option.key)
    base = set(chosen) if isinstance(chosen, tuple) else now - forced
    wanted = (base | added) - removed
    return tuple(value.key for value in option.values if value.key in wanted)


def read_quantity(text: str) -> int | None:
    """Return `text` as a quantity that may be ordered, 1 where nothing is said; None where it is none."""
    if not text.strip():
        return 1
    number = int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else 0
    return number if 1 <= number <= MOST_QUANTITY else None
