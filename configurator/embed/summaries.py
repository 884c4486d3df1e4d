"""Stage, price and summary in the shape that the widget's templates print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from catalog.assemblies import ExpandedModel, place_of
from catalog.formats import told_moment
from catalog.kinds.register import kind_of
from catalog.product_model import Option, PictureView, ProductModel, Text
from configurator.discretion import sentence_for_shoppers, shown_options
from configurator.embed.languages import told_in_english
from configurator.embed.options import Reader, image_address, picked
from configurator.evaluation.evaluation import SET_FOR_THEM, Evaluation
from pricing.breakdown import Breakdown, BreakdownLine
from pricing.calendar import Schedule

MOST_TILES = 5


@dataclass(frozen=True)
class Tile:
    """A chosen value with its colour or picture, for products without a picture of the whole."""

    option: str
    label: str
    swatch: str
    image: str


@dataclass(frozen=True)
class StageShown:
    """What stands beside the options: the picture, or tiles of what was chosen, and the measures."""

    picture: str
    views: tuple[tuple[str, str], ...]
    """The label and the picture of each side, where it is seen from several; the first is
    `picture`.
    """
    alt: str
    tiles: tuple[Tile, ...]
    facts: tuple[tuple[str, str], ...]


VIEWS: Mapping[PictureView, Any] = {
    "corner": pgettext_lazy("view", "From the corner"),
    "front": pgettext_lazy("view", "Front"),
    "side": pgettext_lazy("view", "Side"),
    "back": pgettext_lazy("view", "Back"),
    "top": pgettext_lazy("view", "From above"),
    "inside": pgettext_lazy("view", "Inside"),
    "detail": pgettext_lazy("view", "Detail"),
}


def stage_shown(
    evaluation: Evaluation, reader: Reader, pictures: Sequence[tuple[PictureView | None, str]]
) -> StageShown:
    """Return the stage; `pictures` are the views of the product with their addresses, if it has
    layers that show.

    What is chosen within instances is told there, and not here.
    """
    model = evaluation.model
    tiles, facts, words = [], [], []
    for option in shown_options(model):
        state = evaluation.options[option.key]
        if not state.active or state.value is None:
            continue
        label = option.label.in_locale(reader.locale)
        if kind_of(option).is_single and isinstance(state.value, str):
            value = option.value_by_key[state.value]
            if place_of(option.key):
                continue
            words.append(value.label.in_locale(reader.locale))
            if value.swatch or value.image:
                tiles.append(
                    Tile(
                        label, words[-1], value.swatch or "", image_address(model, value.image, 640)
                    )
                )
        elif kind_of(option).is_colour and isinstance(state.value, str):
            tiles.append(Tile(label, state.value, state.value, ""))
        elif kind_of(option).is_stepped and not place_of(option.key):
            facts.append((label, picked(option, state.value, reader)))
    for derived in model.derived:
        value_now = evaluation.derived.get(derived.key)
        if derived.shown and not place_of(derived.key) and value_now is not None:
            facts.append(
                (
                    derived.label.in_locale(reader.locale),
                    derived_told(value_now, derived.unit, reader),
                )
            )
    name = model.name.in_locale(reader.locale)
    return StageShown(
        picture=pictures[0][1] if pictures else image_address(model, model.image, 1280),
        views=tuple(
            (str(VIEWS[view]), address) for view, address in pictures if view and len(pictures) > 1
        ),
        alt=f"{name}: {', '.join(words[:8])}" if words else name,
        tiles=tuple(tiles[:MOST_TILES]),
        facts=tuple(facts[:6]),
    )


def derived_told(value: Fraction | bool | str, unit: str, reader: Reader) -> str:
    """Return a derived value as people read it, numbers with at most three decimals."""
    if isinstance(value, bool):
        return pgettext("answer", "Yes") if value else pgettext("answer", "No")
    if isinstance(value, str):
        return value
    return reader.measure(Decimal(round(value * 1000)) / 1000, unit)


@dataclass(frozen=True)
class Moment:
    """A moment for people, told in the merchant's time zone until the script of the page tells it
    in the reader's.
    """

    at: str
    told: str

    @classmethod
    def of(cls, moment: datetime, zone: tzinfo, reader: Reader) -> "Moment":
        """Return `moment` with its day."""
        return cls(moment.isoformat(), told_moment(moment, zone, reader.locale))


def order_before(schedule: Schedule | None, reader: Reader) -> Moment | None:
    """Return the moment after which an order is ready later; None where the merchant has no last
    hour.
    """
    if schedule is None or schedule.until is None:
        return None
    return Moment.of(schedule.until, schedule.zone, reader)


@dataclass(frozen=True)
class Sum:
    """A line under the price lines; only the total is printed strongly."""

    label: str
    amount: str
    is_total: bool = False


@dataclass(frozen=True)
class PriceShown:
    """The price as the bar and its details print it; `total` is empty when there is none, and
    `problem` says why.

    Where it is on request nothing is wrong, and no problem is told. `pieces` tells how the total of
    several pieces comes about.
    """

    total: str
    pieces: str
    tax: str
    ready: str
    problem: str
    lines: tuple[tuple[str, str], ...] = ()
    sums: tuple[Sum, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    is_on_request: bool = False
    order_before: Moment | None = None


def _lines(
    model: ProductModel, breakdown: Breakdown, reader: Reader
) -> tuple[tuple[str, str], ...]:
    """Return the lines with their amounts; those of an instance together, under its name."""
    instances = model.instance_at if isinstance(model, ExpandedModel) else {}
    lines: list[tuple[Text, Decimal]] = []
    places: dict[str, int] = {}
    for line in breakdown.lines:
        outermost = ".".join(line.key.split(".")[:2])
        if outermost not in instances:
            lines.append((line.label, line.amount))
        elif outermost in places:
            label, amount = lines[places[outermost]]
            lines[places[outermost]] = (label, amount + line.amount)
        else:
            places[outermost] = len(lines)
            lines.append((instances[outermost].label, line.amount))
    return tuple((label.in_locale(reader.locale), reader.money(amount)) for label, amount in lines)


def _total(breakdown: Breakdown, money: str) -> str:
    if not breakdown.open:
        return money
    return (_("%(price)s so far") if breakdown.may_fall else _("from %(price)s")) % {"price": money}


def price_shown(evaluation: Evaluation, reader: Reader) -> PriceShown:
    """Return price, tax and lead time; never a price where there is none."""
    lead_time = evaluation.lead_time
    ready = ""
    until = order_before(evaluation.schedule, reader) if evaluation.ready_on is not None else None
    days: tuple[tuple[str, str], ...] = ()
    if lead_time is not None and lead_time.told:
        ready = ngettext("ready in %(days)s day", "ready in %(days)s days", lead_time.days) % {
            "days": lead_time.days
        }
        if evaluation.ready_on is not None:
            day = reader.date(evaluation.ready_on)
            ready = _("%(ready)s, on %(date)s") % {"ready": ready, "date": day}
        days = tuple(
            (
                line.label.in_locale(reader.locale),
                ngettext("%(days)s day", "%(days)s days", 1 if line.days == 1 else 2)
                % {"days": reader.count(line.days.normalize() + 0)},
            )
            for line in lead_time.lines
        )
    breakdown = evaluation.breakdown
    if breakdown is None:
        is_on_request = evaluation.price_on_request
        told = sentence_for_shoppers(evaluation.model, evaluation.price_problem, reader.locale)
        problem = "" if is_on_request else told_in_english(told) or _("The shop can tell you more.")
        return PriceShown(
            "", "", "", ready, problem, days=days, is_on_request=is_on_request, order_before=until
        )
    money = reader.money(breakdown.shown)
    return PriceShown(
        total=_total(breakdown, money),
        pieces=_pieces(breakdown, reader),
        tax=_tax(breakdown, reader),
        ready=ready,
        problem="",
        lines=_lines(evaluation.model, breakdown, reader),
        sums=_sums(breakdown, reader),
        days=days,
        order_before=until,
    )


def days_told(days: int) -> str:
    """Return a lead time as the widget says it."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def tax_told(
    is_gross: bool, is_known: bool, rate: Decimal | None, label: str | None, reader: Reader
) -> str:
    """Return which tax (`rate` in percent) a total holds or lacks; empty for a gross total whose
    tax is not known.
    """
    if is_known:
        template = _("incl. %(tax)s") if is_gross else _("plus %(tax)s")
        return template % {"tax": _tax_with_rate(rate, label, reader)}
    return "" if is_gross else _("plus tax")


def _tax_with_rate(rate: Decimal | None, label: str | None, reader: Reader) -> str:
    return (
        f"{reader.percentage(rate)} {label or _('tax')}" if rate is not None else label or _("tax")
    )


def _tax_label(breakdown: Breakdown, reader: Reader) -> str | None:
    return breakdown.tax_label.in_locale(reader.locale) if breakdown.tax_label else None


def _tax(breakdown: Breakdown, reader: Reader) -> str:
    is_gross = breakdown.shows == "gross"
    return tax_told(
        is_gross, breakdown.tax_known, breakdown.tax_rate, _tax_label(breakdown, reader), reader
    )


def _pieces(breakdown: Breakdown, reader: Reader) -> str:
    """Return "3 × €676.00"; empty for one piece, or where rounding of the total would make that
    wrong.
    """
    if breakdown.quantity == 1 or breakdown.unit_shown * breakdown.quantity != breakdown.shown:
        return ""
    return f"{reader.count(breakdown.quantity)} × {reader.money(breakdown.unit_shown)}"


def _paid_rounding(breakdown: Breakdown, reader: Reader) -> list[Sum]:
    """Return the line that tells by how much what is paid is rounded, if it is."""
    return (
        [Sum(_("Rounding"), reader.money(breakdown.paid_rounding))]
        if breakdown.paid_rounding
        else []
    )


def _sums(breakdown: Breakdown, reader: Reader) -> tuple[Sum, ...]:
    sums = []
    total = reader.money(breakdown.total)
    if breakdown.quantity > 1:
        sums.append(Sum(_("One piece"), reader.money(breakdown.unit_total)))
        times = _("%(quantity)s pieces") % {"quantity": reader.count(breakdown.quantity)}
        sums.append(Sum(times, reader.money(breakdown.unit_total * breakdown.quantity)))
    sums += [
        Sum(_once(line, line.label.in_locale(reader.locale)), reader.money(line.amount))
        for line in breakdown.order_lines
    ]
    if (
        breakdown.tax_known
        and breakdown.tax
        and breakdown.amounts_are == "net"
        and breakdown.gross is not None
    ):
        sums.append(Sum(_("Net"), total, breakdown.shows == "net"))
        sums += _tax_sums(breakdown, reader)
        sums += _paid_rounding(breakdown, reader)
        sums.append(Sum(_("Total"), reader.money(breakdown.gross), breakdown.shows == "gross"))
        return tuple(sums)
    rounding = _paid_rounding(breakdown, reader)
    if rounding and breakdown.gross is not None:
        sums += [Sum(_("Sum"), total), *rounding]
        total = reader.money(breakdown.gross)
    sums.append(Sum(_("Total"), total, True))
    if breakdown.tax_known and breakdown.tax:
        sums += [
            Sum(_("of which %(tax)s") % {"tax": each.label}, each.amount)
            for each in _tax_sums(breakdown, reader)
        ]
    return tuple(sums)


def _once(line: BreakdownLine, label: str) -> str:
    """Return how a line of the whole order is called: that it counts once, where it could be for
    each piece.
    """
    return label if line.kind == "not_charged" else _("%(label)s, once") % {"label": label}


def _tax_sums(breakdown: Breakdown, reader: Reader) -> list[Sum]:
    """Return each tax with its name and rate, without what is not taxed."""
    return [
        Sum(
            _tax_with_rate(
                each.rate, each.label.in_locale(reader.locale) if each.label else None, reader
            ),
            reader.money(each.amount),
        )
        for each in breakdown.taxes
        if each.rate
    ]


@dataclass(frozen=True)
class SummaryLine:
    """An option with what was picked; `goto` leads back to it."""

    key: str
    label: str
    picked: str
    note: str
    is_missing: bool


@dataclass(frozen=True)
class StepShown:
    """A page of groups in the list of steps, with the labels of what is `missing`.

    `state` is "current", "done", "missing" or empty.
    """

    key: str
    label: str
    missing: tuple[str, ...]
    state: str


def summary_line(evaluation: Evaluation, option: Option, reader: Reader) -> SummaryLine:
    """Return one line of the summary."""
    state = evaluation.options[option.key]
    return SummaryLine(
        key=option.key,
        label=option.label.in_locale(reader.locale),
        picked=picked(option, state.value, reader) or "–",
        note=_("set for you") if state.source in SET_FOR_THEM else "",
        is_missing=option.key in evaluation.missing,
    )


@dataclass(frozen=True)
class PresetShown:
    key: str
    label: str
    description: str
    image: str


def presets_shown(model: ProductModel, reader: Reader) -> tuple[PresetShown, ...]:
    """Return the presets of `model`."""
    return tuple(
        PresetShown(
            preset.key,
            preset.label.in_locale(reader.locale),
            preset.description.in_locale(reader.locale) if preset.description else "",
            image_address(model, preset.image, 320),
        )
        for preset in model.presets
    )


@dataclass(frozen=True)
class Notices:
    """Sentences about the page: gentle ones for its top, and an alert where the shopper is, beside
    the price.

    `lost` names one by one what no longer exists or goes.
    """

    gentle: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    alert: str = ""
    missing: tuple[tuple[str, str], ...] = ()
