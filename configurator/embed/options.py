"""Options in the shape that the widget's templates print: labels, differences, hints of what is
valid.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from catalog.assemblies import ExpandedModel, place_of
from catalog.errors import Unreadable
from catalog.formats import counted, percentage, separators, told_date
from catalog.kinds.register import kind_of
from catalog.lengths import ABOUT, converted, has_fractions, shown_unit
from catalog.numbers import nearest, number_typed, told_shown, told_shown_measure, told_unit
from catalog.product_model import (
    Choice,
    DateDomain,
    NumberDomain,
    Option,
    ProductModel,
    TextDomain,
    Value,
)
from configurator.discretion import shown_keys, told_to_shoppers
from configurator.embed.forms import Invalid, shown_text
from configurator.embed.long_lists import ROWS, WHOLE, Drawn, Window, drawn, is_searched
from configurator.embed.states import INPUT, text_of
from configurator.evaluation.evaluation import SET_FOR_THEM, Evaluation, OptionState, ValueState
from configurator.prints.printed import Problem
from configurator.reasons import choice_text
from pricing.money import formatted

FEW_VALUES = 4
MOST_RUNS_TOLD = 4


@dataclass(frozen=True)
class Reader:
    """For whom something is told: the locale of the merchant's texts, the currency of amounts, the
    unit of lengths.

    Without a `unit` each length is told in its own.
    """

    locale: str
    currency: str
    unit: str = ""

    def money(self, amount: Decimal, signed: bool = False) -> str:
        return formatted(amount, self.currency, self.locale, signed)

    def count(self, number: Decimal | int) -> str:
        return counted(number, self.locale)

    def percentage(self, rate: Decimal) -> str:
        return percentage(rate, self.locale)

    def date(self, day: date) -> str:
        return told_date(day, self.locale)

    def number(self, number: Decimal, unit: str) -> str:
        """Return a number that counts in `unit`, in the unit it is shown in and without that."""
        return told_shown(number, unit, self.unit, self.locale)

    def measure(self, number: Decimal, unit: str) -> str:
        """Return a number that counts in `unit` with the unit it is shown in."""
        return told_shown_measure(number, unit, self.unit, self.locale)


@dataclass(frozen=True)
class ValueShown:
    """A possible answer as a card: what it costs beside the present total, and whether it needs a
    change elsewhere.

    `is_open`: it is not checked yet whether it can be had; it cannot be chosen until then.
    """

    key: str
    id: str
    label: str
    description: str
    price: str
    days: str
    is_checked: bool
    is_blocked: bool
    is_open: bool
    is_forced: bool
    swatch: str
    image: str


@dataclass(frozen=True)
class NumberShown:
    """A number's input: its whole declared range, what of it is valid now as text and as parts of a
    track of 100.

    `value` is written as in the reader's language and `unit`, or as somebody typed it; `at` is
    where the slider stands, `told` that as people read it. The slider counts in the number's own
    unit, which it adds where that is not the one shown: `own_unit`. The keyboard of `inputmode` has
    what people write: fractions of an inch need more than digits. `mark` stands before decimals
    there.
    """

    value: str
    inputmode: str
    mark: str
    at: str
    first: str
    last: str
    step: str
    unit: str
    own_unit: str
    told: str
    hint: str
    is_narrowed: bool
    has_range: bool
    runs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DateShown:
    """A date's input: the first and last declared day and the step as HTML writes them, and in
    words what is valid.
    """

    first: str
    last: str
    step: int
    hint: str
    is_narrowed: bool


@dataclass(frozen=True)
class SearchShown:
    """The search in a long list: what was typed, how many match in words, how many are drawn and
    may come next.

    `rows` is None where as many are drawn as without asking.
    """

    find: str
    told: str
    rows: int | None
    more: str


@dataclass(frozen=True)
class OptionShown:
    """A question with its answers; `note` tells who set it when it was not the shopper.

    `where` names the instance it belongs to, which its place on the page shows, for who cannot see
    that.
    """

    key: str
    name: str
    id: str
    kind: str
    layout: str
    label: str
    where: str
    help: str
    picked: str
    note: str
    can_ask_why: bool
    count: str
    is_required: bool
    needs_choice: bool
    open_rules: tuple[str, ...]
    error: str
    raw: str
    hint: str
    values: tuple[ValueShown, ...] = ()
    has_none: bool = False
    none_checked: bool = False
    number: NumberShown | None = None
    date: DateShown | None = None
    max_length: int = 0
    search: SearchShown | None = None
    warning: str = ""


def image_address(model: ProductModel, name: str | None, width: int | None = None) -> str:
    """Return the address of a picture of the model's, at most `width` pixels wide; empty when there
    is none.
    """
    digest = model.assets.get(name) if name else None
    if not digest:
        return ""
    return reverse("thumbnail", args=(digest, width)) if width else reverse("asset", args=(digest,))


def label_of(model: ProductModel, option: Option, reader: Reader) -> str:
    """Return what an option is called where it is asked: within its instance as in the contained
    product.
    """
    own = model.own_labels.get(option.key) if isinstance(model, ExpandedModel) else None
    return (own or option.label).in_locale(reader.locale)


def instance_label(model: ProductModel, place: str, reader: Reader) -> str:
    """Return what the instance at `place` is called among its own: "Plate 1", or "Plate" where
    there is but one.
    """
    instance = model.instance_at.get(place) if isinstance(model, ExpandedModel) else None
    if instance is None or not isinstance(model, ExpandedModel):
        return ""
    name = instance.name.in_locale(reader.locale)
    return f"{name} {instance.number}" if len(model.instances_of[instance.assembly]) > 1 else name


def whole_label(model: ProductModel, place: str, reader: Reader) -> str:
    """Return what the instance at `place` is called in the whole product, "Plate 1 of Door 2";
    empty for no place.
    """
    own, outer = instance_label(model, place, reader), place_of(place_of(place))
    if not outer:
        return own
    return _("%(inner)s of %(outer)s") % {"inner": own, "outer": whole_label(model, outer, reader)}


def option_shown(
    evaluation: Evaluation,
    option: Option,
    reader: Reader,
    invalid: Invalid | None = None,
    window: Window = WHOLE,
) -> OptionShown:
    """Return `option` as the page shows it, of a long list what `window` says.

    `invalid` is what somebody typed that is no value of it.
    """
    state = evaluation.options[option.key]
    raw = None if invalid is None else invalid.raw
    values, search = _values(evaluation, option, state, reader, window)
    number = _number(option, state, raw, reader) if option.number is not None else None
    day = _date(option.date, state, reader) if option.date is not None else None
    text = option.text
    is_inferred = state.source in SET_FOR_THEM
    return OptionShown(
        key=option.key,
        name=f"{INPUT}{option.key}",
        id=f"o-{option.key}",
        kind=option.kind.value,
        layout=_layout(option, reader),
        label=label_of(evaluation.model, option, reader),
        where=whole_label(evaluation.model, place_of(option.key), reader),
        help=option.help.in_locale(reader.locale) if option.help else "",
        picked=picked(option, state.value, reader),
        note=_("set for you") if is_inferred else "",
        can_ask_why=is_inferred
        or any(each is not None and each.is_narrowed for each in (number, day))
        or any(each.is_forced for each in values),
        count=_count(option),
        is_required=option.required,
        needs_choice=option.key in evaluation.missing,
        open_rules=open_rules_of(evaluation, option, reader),
        warning=_warning(evaluation, option),
        error=unprinted(evaluation, option)
        if invalid is None
        else _error(option, state, invalid, reader),
        raw=raw if raw is not None else "" if state.value is None else text_of(state.value),
        hint=text.pattern_hint.in_locale(reader.locale) if text and text.pattern_hint else "",
        values=values,
        has_none=kind_of(option).is_single and not option.required and state.domain.none,
        none_checked=state.value is None,
        number=number,
        date=day,
        max_length=(text or TextDomain()).max_length if kind_of(option).is_text else 0,
        search=search,
    )


def open_rules_of(evaluation: Evaluation, option: Option, reader: Reader) -> tuple[str, ...]:
    """Return, in the merchant's own words, what has to hold yet that `option` could see to, beside
    others.
    """
    return tuple(
        told_to_shoppers(evaluation.model, each.reason, reader.locale, reader.unit)
        for each in evaluation.open_rules
        if option.key in each.options
    )


def picked(option: Option, choice: Choice | None, reader: Reader) -> str:
    """Return a choice as people read it, yes and no and numbers in their language; empty without
    one.
    """
    if isinstance(choice, bool):
        return pgettext("answer", "Yes") if choice else pgettext("answer", "No")
    if isinstance(choice, Decimal) and option.number is not None:
        return reader.measure(choice, option.number.unit)
    return choice_text(option, choice, reader.locale)


def _layout(option: Option, reader: Reader) -> str:
    """Return how the values are laid out: alike whatever of them is drawn."""
    if not kind_of(option).is_listed:
        return option.kind.value
    if any(value.image for value in option.values):
        return "pictures"
    if any(value.swatch for value in option.values):
        return "swatches"
    labels = (value.label.in_locale(reader.locale) for value in option.values)
    is_short = all(len(label) <= 14 for label in labels) and not any(
        value.description for value in option.values
    )
    return "chips" if len(option.values) > FEW_VALUES and is_short else "cards"


def _values(
    evaluation: Evaluation, option: Option, state: OptionState, reader: Reader, window: Window
) -> tuple[tuple[ValueShown, ...], SearchShown | None]:
    if kind_of(option).is_truth:
        return (_truth(evaluation.model, state, reader, option),), None
    chosen = tuple(
        each for each in (state.value if isinstance(state.value, tuple) else (state.value,)) if each
    )
    keys = tuple(each for each in chosen if isinstance(each, str))
    found = drawn(option, state.values.keys(), keys, window, reader.locale)
    values = tuple(
        _value(evaluation.model, option, value, state, value.key in keys, reader)
        for value in found.values
    )
    return values, _search(option, found, window, reader)


def _search(option: Option, found: Drawn, window: Window, reader: Reader) -> SearchShown | None:
    if not is_searched(option):
        return None
    counts = {"found": reader.count(found.matching), "all": reader.count(found.in_all)}
    told = (
        _("%(found)s of %(all)s match.") % counts
        if window.find
        else _("%(all)s to choose from.") % counts
    )
    if window.find and not found.matching:
        told = _("Nothing matches. Try fewer letters, or another word.")
    more = _("Show %(count)s more") % {"count": reader.count(found.more)} if found.more else ""
    return SearchShown(window.find, told, window.rows if window.rows > ROWS else None, more)


def _value(
    model: ProductModel,
    option: Option,
    value: Value,
    state: OptionState,
    is_checked: bool,
    reader: Reader,
) -> ValueShown:
    each = state.values[value.key]
    is_member = kind_of(option).is_several
    is_forced = is_member and is_checked and value.key in state.domain.forced
    # What a member costs reads the same whether it is in or not; otherwise ticking it would turn
    # plus into minus.
    sign = -1 if is_member and is_checked else 1
    return ValueShown(
        key=value.key,
        id=f"o-{option.key}--{value.key}",
        label=value.label.in_locale(reader.locale),
        description=value.description.in_locale(reader.locale) if value.description else "",
        price=_opening(model, each, _price(model, each, reader, sign), reader),
        days=_days(each.days_difference, sign),
        is_checked=is_checked,
        is_blocked=each.free is False and not is_forced,
        is_open=each.free is None and not is_checked,
        is_forced=is_forced,
        swatch=value.swatch or "",
        image=image_address(model, value.image, 320),
    )


def _truth(model: ProductModel, state: OptionState, reader: Reader, option: Option) -> ValueShown:
    is_on = state.value is True
    other = state.values["false" if is_on else "true"]
    return ValueShown(
        key="true",
        id=f"o-{option.key}--true",
        label=label_of(model, option, reader),
        description="",
        price=_price(model, other, reader, -1 if is_on else 1),
        days=_days(other.days_difference, -1 if is_on else 1),
        is_checked=is_on,
        is_blocked=other.free is False,
        is_open=other.free is None and not is_on,
        is_forced=False,
        swatch="",
        image="",
    )


def _price(model: ProductModel, state: ValueState, reader: Reader, sign: int = 1) -> str:
    if state.price_open and sign == 1:
        if state.price_from is not None:
            least = (
                reader.money(state.price_from, signed=True)
                if state.price_from
                else _("no extra cost")
            )
            return _("from %(price)s") % {"price": least}
        shown = shown_keys(model, state.price_open)
        names = ", ".join(model.option_by_key[key].label.in_locale(reader.locale) for key in shown)
        return _("depends on %(options)s") % {"options": names} if names else ""
    if state.price_difference is None:
        return ""
    if not state.price_difference:
        return _("Included")
    price = reader.money(sign * state.price_difference, signed=True)
    # What is on already would else read as if it still came on top.
    return _("%(price)s, included in the price") % {"price": price} if sign == -1 else price


def _opening(model: ProductModel, state: ValueState, price: str, reader: Reader) -> str:
    """Return the price of a value; where it leaves other options open, with these: it is no full
    price yet.
    """
    shown = shown_keys(model, state.opens)
    if not shown or not price or (state.price_open and state.price_from is None):
        return price
    names = ", ".join(model.option_by_key[key].label.in_locale(reader.locale) for key in shown)
    return _("%(price)s, then choose %(options)s") % {"price": price, "options": names}


def _days(difference: int | None, sign: int = 1) -> str:
    if not difference:
        return ""
    days = sign * difference
    told_days = ngettext("%(days)s day", "%(days)s days", abs(days)) % {"days": abs(days)}
    return f"+{told_days}" if days > 0 else f"−{told_days}"


def _number(option: Option, state: OptionState, raw: str | None, reader: Reader) -> NumberShown:
    assert option.number is not None
    domain = option.number
    runs = state.domain.runs
    value = state.value
    span = domain.last - domain.first
    is_narrowed = runs != ((domain.first, domain.last),)
    unit = shown_unit(domain.unit, reader.unit)
    return NumberShown(
        value=raw if raw is not None else shown_text(option, value, reader.locale, reader.unit),
        mark=separators(reader.locale)[1],
        inputmode="text" if has_fractions(unit) else "decimal",
        at=format(value if isinstance(value, Decimal) else domain.first, "f"),
        first=format(domain.first, "f"),
        last=format(domain.last, "f"),
        step=format(domain.step, "f"),
        unit=told_unit(unit),
        own_unit=domain.unit if unit != domain.unit else "",
        told=reader.measure(value if isinstance(value, Decimal) else domain.first, domain.unit),
        hint=runs_told(runs, domain, reader),
        is_narrowed=is_narrowed,
        has_range=span > 0,
        runs=tuple(
            (
                format((first - domain.first) / span * 100, ".2f"),
                format(max((last - first) / span * 100, Decimal("0.8")), ".2f"),
            )
            for first, last in runs[:200]
        )
        if span
        else (),
    )


def runs_told(
    runs: tuple[tuple[Decimal, Decimal], ...], domain: NumberDomain, reader: Reader
) -> str:
    """Return the valid numbers in words: "229–609 or 700–914 mm, in steps of 1 mm"; empty when
    there are none.

    In another unit than their own they are told as "≈ 9 1/32–24 or 27 9/16–36 in, in steps of 1
    mm".
    """
    if not runs:
        return ""

    def told(number: Decimal) -> str:
        return reader.number(number, domain.unit).removeprefix(ABOUT).lstrip()

    unit = shown_unit(domain.unit, reader.unit)
    parts = [
        told(first) if first == last else f"{told(first)}–{told(last)}" for first, last in runs
    ]
    ends = [end for run in runs[:MOST_RUNS_TOLD] for end in run]
    about = (
        ""
        if all(converted(Fraction(end), domain.unit, unit).is_exact for end in ends)
        else f"{ABOUT} "
    )
    if len(parts) > MOST_RUNS_TOLD:
        rest = len(parts) - MOST_RUNS_TOLD + 1
        more = ngettext("%(count)s more range", "%(count)s more ranges", rest) % {"count": rest}
        if all(first == last for first, last in runs):
            more = ngettext("%(count)s more size", "%(count)s more sizes", rest) % {"count": rest}
        parts = [*parts[: MOST_RUNS_TOLD - 1], more]
    listed = parts[0]
    if len(parts) > 1:
        listed = _("%(some)s or %(last)s") % {"some": ", ".join(parts[:-1]), "last": parts[-1]}
    measured = f"{about}{listed} {told_unit(unit)}".strip()
    if all(first == last for first, last in runs):
        return measured
    # A step that does not come out even would add up to something else.
    is_even = converted(Fraction(domain.step), domain.unit, unit).is_exact
    step = replace(reader, unit=reader.unit if is_even else "").measure(domain.step, domain.unit)
    return _("%(range)s, in steps of %(step)s") % {"range": measured, "step": step}


def _count(option: Option) -> str:
    """Return how many members of a multi-choice are wanted, in words; empty where any number is."""
    least, most = option.at_least, option.at_most
    if not least or not kind_of(option).is_several:
        return ""
    if most is None or most >= len(option.values):
        return _("Choose at least %(least)s") % {"least": least}
    if least == most:
        return _("Choose exactly %(least)s") % {"least": least}
    return _("Choose %(least)s to %(most)s") % {"least": least, "most": most}


def _error(option: Option, state: OptionState, invalid: Invalid, reader: Reader) -> str:
    if option.number is not None:
        return _number_error(option.number, state, invalid, reader)
    if option.date is not None:
        return _date_error(option.date, invalid.problem, reader)
    if option.text is not None:
        return _text_error(option, invalid.problem, reader)
    if kind_of(option).is_file:
        return _file_error(invalid.problem)
    if kind_of(option).is_colour:
        return _("Enter a colour such as #0b6e4f.")
    return _("This is not one of the answers.")


def _number_error(
    domain: NumberDomain, state: OptionState, invalid: Invalid, reader: Reader
) -> str:
    problem, unit = invalid.problem, shown_unit(domain.unit, reader.unit)
    if problem.slug == "number-of-two-readings":
        return (
            _("“%(raw)s” can be %(first)s or %(second)s. Write %(first)s or %(clear)s.")
            % problem.data
        )
    if problem.slug == "number-of-another-unit" and domain.unit:
        return _("Give the number in %(unit)s.") % {"unit": told_unit(unit)}
    told = _("Enter %(numbers)s.") % {"numbers": runs_told(state.domain.runs, domain, reader)}
    number = number_typed(domain, invalid.raw, reader.unit)
    near = () if number is None else nearest(state.domain.runs, domain.step, number)
    if not near:
        return told
    some, last = (reader.number(each, domain.unit) for each in (near[0], near[-1]))
    # Two numbers finer than what is shown look the same.
    listed = _("%(some)s or %(last)s") % {"some": some, "last": last} if some != last else some
    return (
        f"{told} {_('Nearest: %(numbers)s.') % {'numbers': f'{listed} {told_unit(unit)}'.strip()}}"
    )


def _date(domain: DateDomain, state: OptionState, reader: Reader) -> DateShown:
    runs = state.domain.runs
    ends = (domain.first, domain.last)
    valid = tuple(date.fromordinal(int(end)) for end in (runs[0][0], runs[-1][1])) if runs else ()
    hint = (
        _("%(first)s to %(last)s") % {"first": reader.date(valid[0]), "last": reader.date(valid[1])}
        if valid
        else ""
    )
    if domain.working_days and hint:
        hint = _("%(days)s, Monday to Friday") % {"days": hint}
    return DateShown(
        first=domain.first.isoformat(),
        last=domain.last.isoformat(),
        step=domain.step,
        hint=hint,
        is_narrowed=bool(valid) and valid != ends,
    )


def _date_error(domain: DateDomain, problem: Unreadable, reader: Reader) -> str:
    """Return why a day is none of the answers, the day as people read it."""
    days = {
        "first": reader.date(domain.first),
        "last": reader.date(domain.last),
        "step": domain.step,
    }
    day = problem.data.get("day")
    if day is not None:
        days["day"] = reader.date(day)
    match problem.slug:
        case "date-outside":
            return _("Choose a day from %(first)s to %(last)s.") % days
        case "date-between":
            return _("Choose every %(step)s days from %(first)s.") % days
        case "date-weekend":
            return _("%(day)s is a Saturday or Sunday. Choose a working day.") % days
        case "date-closed":
            return _("On %(day)s nobody works. Choose another day.") % days
        case _:
            return _("Enter a date such as 2026-12-24.")


def _text_error(option: Option, problem: Unreadable, reader: Reader) -> str:
    assert option.text is not None
    match problem.slug:
        case "text-too-long":
            told = ngettext(
                "%(count)s characters are too many; at most %(most)s fits.",
                "%(count)s characters are too many; at most %(most)s fit.",
                problem.data["most"],
            )
            return told % problem.data
        case "text-too-short":
            told = ngettext(
                "%(count)s character is too few; give at least %(least)s.",
                "%(count)s characters are too few; give at least %(least)s.",
                problem.data["count"],
            )
            return told % problem.data
        case "text-of-several-lines":
            return _("This is one line. Take out the line breaks.")
        case "text-without-characters":
            return _("The text holds something that is no character. Type it anew.")
        case _:
            hint = option.text.pattern_hint
            return (
                hint.in_locale(reader.locale)
                if hint
                else _("The text does not have the expected form.")
            )


def _file_error(problem: Unreadable) -> str:
    """Return why a file was not taken; in English in its own words, which name what is in it."""
    if problem.slug == "no-file":
        return _("Choose a file first.")
    told = _(
        "This file cannot be used. Choose a PNG, JPEG or WebP picture, or a plain SVG drawing, of up to 10 MB."
    )
    is_told = (get_language() or "en").startswith("en") and problem.slug == "file-refused"
    return str(problem) if is_told else told


def unprinted(evaluation: Evaluation, option: Option) -> str:
    """Return why the text or picture of `option` cannot be printed; empty where it can, or is
    printed nowhere.
    """
    for each in evaluation.prints:
        if each.problem is not None and option.key in (each.print.text, each.print.file):
            return print_problem_text(each.problem)
    return ""


def told_of_prints(evaluation: Evaluation, option: Option) -> tuple[str, str]:
    """Return what is told at `option` of what is printed of it."""
    return unprinted(evaluation, option), _warning(evaluation, option)


def _warning(evaluation: Evaluation, option: Option) -> str:
    """Return what a shopper should know of the picture of `option`; empty where all is well."""
    for each in evaluation.prints:
        if each.warning is not None and option.key == each.print.file:
            return print_problem_text(each.warning)
    return ""


TYPEFACES = {
    "sans": pgettext_lazy("typeface", "Sans"),
    "serif": pgettext_lazy("typeface", "Serif"),
    "hand": pgettext_lazy("typeface", "Hand"),
    "round": pgettext_lazy("typeface", "Round"),
}


def print_problem_text(problem: Problem) -> str:
    """Return why something cannot be printed, or not well, in the language of the page."""
    match problem.reason:
        case "lacking":
            told = {"characters": " ".join(problem.data["characters"])}
            others = ", ".join(str(TYPEFACES[each]) for each in problem.data["typefaces"])
            if not others:
                return _("This cannot be written here: %(characters)s. Leave it out.") % told
            return _(
                "This typeface has no %(characters)s. Leave it out, or take another: %(others)s."
            ) % {**told, "others": others}
        case "coarse":
            return (
                _(
                    "At this size the picture has %(dpi)s dots an inch and may look blurred. "
                    "One of %(width)s × %(height)s pixels would be sharp."
                )
                % problem.data
            )
        case "outside":
            return _("Nothing of the picture is in its area. Move it back.")
        case "scale":
            return _("The picture cannot be printed at this size. Choose another one.")
        case "long" | "large":
            return _("The text is too long for its place, however small it is written. Shorten it.")
        case _:
            return _("This text cannot be printed here.")


def state_key(state: OptionState) -> tuple[object, ...]:
    """Return what of an option's state its print depends on, fit for a cache's key."""
    return (state.active, state.value, state.source, state.domain, tuple(state.values.items()))
