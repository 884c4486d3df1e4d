"""The posted form, which is the state of the page, and what of it was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from catalog.errors import Refusal, Unreadable
from catalog.kinds.register import kind_of
from catalog.lengths import shown_unit
from catalog.nul_requests import PLAIN_FORM
from catalog.numbers import told_shown
from catalog.pictures import MAX_BYTES
from catalog.product_model import Choice, Option
from catalog.values import is_nothing, read_value
from configurator.choices import chosen
from configurator.embed.long_lists import Window, windows_in
from configurator.embed.states import INPUT, MOST_CHARACTERS, SHOWN_IN, text_of
from configurator.evaluation.evaluation import Evaluation

FILE = "file."
"""What the name of an input for a file starts with."""
MOST_PAST = 12
MOST_BODY = 32 * 1024 * 1024
_WITH_FILES = "multipart/form-data"
MOST_OWN = 64
_CHECKS = frozenset(str(count) for count in range(1, 10))


class FormRefused(Refusal):
    """A post that is no form, or larger than any."""

    slug = "form-refused"
    title = "This form is of another kind"
    status = 415


@dataclass(frozen=True)
class Invalid:
    """What somebody typed that is no value of the option, and why."""

    option: str
    raw: str
    problem: Unreadable


@dataclass(frozen=True)
class PostedForm:
    """A form as it came, before anybody knows which product version reads it.

    `state` are the choices so far; `past` the states before it, the newest last; `inputs` what each
    shown option has, lengths in the unit `shown_in`, which a button changes to `show_in`; `about`
    is the option whose change was refused; `own` a word that the script of each open page makes for
    itself. `file` is what is uploaded for the option `upload`, whatever its size. The rest are
    buttons: at most one of them was pressed.
    """

    token: str
    state: str
    past: tuple[str, ...]
    at: str
    language: str
    shown_in: str
    show_in: str
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
    is_share: bool
    own: str
    upload: str
    file: "UploadedFile[Any] | None"
    clear: str
    checks: int
    windows: Mapping[str, Window]

    @classmethod
    def read(cls, request: HttpRequest) -> "PostedForm":
        """Return the form that `request` posts; refuses with SuspiciousOperation what has too many
        fields.
        """
        data = _fields(request)

        def one(name: str) -> str:
            return data[name][-1] if name in data else ""

        return cls(
            token=one("token"),
            state=one("state"),
            past=past_within(data.get("past", ())),
            at=one("at"),
            language=one("lang"),
            shown_in=one(SHOWN_IN),
            show_in=one("show-in"),
            quantity=one("quantity"),
            total=one("total"),
            inputs={
                name[len(INPUT) :]: values
                for name, values in data.items()
                if name.startswith(INPUT)
            },
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
            is_share="share" in data,
            own=one("own")[:MOST_OWN],
            upload=one("upload"),
            file=_file(request, one("upload")),
            clear=one("clear"),
            checks=int(one("check")) if one("check") in _CHECKS else 0,
            windows=windows_in(data),
        )


def past_within(states: Sequence[str]) -> tuple[str, ...]:
    """Return the newest of past states, as many as a page carries."""
    kept: list[str] = []
    for state in reversed(states[-MOST_PAST:]):
        if sum(map(len, kept)) + len(state) > MOST_CHARACTERS:
            break
        kept.append(state)
    return tuple(reversed(kept))


def _fields(request: HttpRequest) -> Mapping[str, list[str]]:
    """Return the posted fields by name; read here, in a third of the time that `request.POST`
    takes.
    """
    if request.content_type == _WITH_FILES:
        # Files are written to the disk as they come, and their size is told at their field.
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
            raise FormRefused(f"Upload at most {MAX_BYTES // 1024**2} MB.")
        try:
            return {name: list(map(str, values)) for name, values in request.POST.lists()}
        except MultiPartParserError as error:
            raise FormRefused("This form cannot be read; send it again.") from error
    if request.content_type != PLAIN_FORM:
        raise FormRefused("This page takes forms only.")
    parts = request.body.decode(errors="replace").split("&")
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if most is not None and len(parts) > most:
        raise TooManyFieldsSent("There are too many fields in this form.")
    fields: dict[str, list[str]] = {}
    for part in parts:
        if part:
            # Most parts of a form are plain names and keys.
            is_plain = "%" not in part and "+" not in part
            name, _, value = (part if is_plain else part.replace("+", " ")).partition("=")
            if not is_plain:
                name, value = unquote(name), unquote(value)
            if name in fields:
                fields[name].append(value)
            else:
                fields[name] = [value]
    return fields


def _file(request: HttpRequest, option: str) -> "UploadedFile[Any] | None":
    """Return the file that is uploaded for an option."""
    if not option or request.content_type != _WITH_FILES:
        return None
    found = request.FILES.get(f"{FILE}{option}")
    return found if isinstance(found, UploadedFile) else None


def changes_of(
    evaluation: Evaluation,
    inputs: Mapping[str, Sequence[str]],
    locale: str | None = None,
    unit: str = "",
) -> tuple[dict[str, Choice | None], tuple[Invalid, ...]]:
    """Return the inputs that differ from what `evaluation` shows, as changes, and those that are no
    values.

    Numbers are read as people who read `locale` type them, lengths in the unit they are shown in,
    if in another than their own. What was emptied or unticked is as if it was never touched, where
    it then stays so.
    """
    changes: dict[str, Choice | None] = {}
    invalid: list[Invalid] = []
    options = evaluation.model.option_by_key
    speaking = evaluation.model.options_with_a_say
    for key, raws in inputs.items():
        option = options.get(key)
        if option is None or option.internal:
            continue
        try:
            choice = _typed(evaluation, option, raws, locale, unit)
        except Unreadable as problem:
            invalid.append(Invalid(key, raws[-1], problem))
            continue
        if choice is None:
            continue
        change = chosen(option, choice, speaking)
        if choice is False and key not in speaking and key in evaluation.choices:
            change = None
        if change != evaluation.choices.get(key):
            changes[key] = change
    return changes, tuple(invalid)


def _typed(
    evaluation: Evaluation, option: Option, raws: Sequence[str], locale: str | None, unit: str
) -> Choice | None:
    """Return what an input has, None where it is what was shown; refuse with Unreadable."""
    shown = evaluation.values.get(option.key)
    # Most inputs of a form are choices that nobody touched.
    if isinstance(shown, str) and raws[-1] == shown:
        return None
    kind = kind_of(option)
    if kind.is_several:
        return _members(evaluation, option, {raw for raw in raws if raw in option.value_by_key})
    raw = raws[-1]
    if kind.is_truth:
        raw = raw or "false"
        if raw == "false" and shown is None:
            return None
    if raw == shown_text(option, shown, locale, unit):
        return None
    # Machines write a number in its own unit; where another is shown, that is what people mean.
    is_own = option.number is None or shown_unit(option.number.unit, unit) == option.number.unit
    if is_own and shown is not None and raw == text_of(shown):
        return None
    choice = read_value(option, raw, locale, typed=True, wanted=unit)
    return None if choice == shown or (shown is None and is_nothing(choice)) else choice


def shown_text(option: Option, value: Choice | None, locale: str | None, unit: str = "") -> str:
    """Return a value as its input shows it to people who read `locale`, a length in `unit` where
    that is not empty.
    """
    if value is None:
        return ""
    if option.number is None or not isinstance(value, Decimal):
        return text_of(value)
    return told_shown(value, option.number.unit, unit, locale)


def _members(evaluation: Evaluation, option: Option, ticked: set[str]) -> tuple[str, ...] | None:
    """Return the members wanted after a click, or None when nothing was clicked.

    Members that the rules force in are shown ticked and cannot be unticked; they do not become
    choices by that.
    """
    shown = evaluation.values.get(option.key)
    now = set(shown) if isinstance(shown, tuple) else set()
    forced = set(evaluation.options[option.key].domain.forced)
    added, removed = ticked - now, now - ticked - forced
    if not added and not removed:
        return None
    before = evaluation.choices.get(option.key)
    base = set(before) if isinstance(before, tuple) else now - forced
    wanted = (base | added) - removed
    return tuple(value.key for value in option.values if value.key in wanted)
