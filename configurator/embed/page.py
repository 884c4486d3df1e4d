"""The widget's page as HTML: templates stay in charge, and what they print is remembered for
whoever asks again.

Two memories keep a click cheap. An option's fieldset is printed once for each state it can be in,
so that a new combination prints only what changed; a panel that was printed before is handed out
again with another token in it.
"""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from django.template.loader import get_template
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalog.assemblies import ExpandedModel, Instance, place_of
from catalog.kinds.register import kind_of
from catalog.lengths import is_length
from catalog.memory import MEGABYTE, Remembered
from catalog.product_model import Choice, Group, Option, ProductModel, Step
from configurator.answering import OPTION_BYTES, product_of
from configurator.choices import plain_choices
from configurator.completion.completion import OBJECTIVES
from configurator.discretion import shown_keys, shown_options, told_to_shoppers
from configurator.embed.completions import rest_shown, wishes_shown
from configurator.embed.conflicts import conflict_shown, why_shown
from configurator.embed.forms import Invalid
from configurator.embed.framing import Frame
from configurator.embed.languages import Language
from configurator.embed.long_lists import WHOLE, Window
from configurator.embed.options import (
    Reader,
    instance_label,
    label_of,
    option_shown,
    picked,
    state_key,
    told_of_prints,
    whole_label,
)
from configurator.embed.posters import picture_addresses, shared_picture
from configurator.embed.states import (
    PRICES_OF,
    SHOWN_IN,
    State,
    address_query,
    is_long_link,
    query_of,
    state_text,
)
from configurator.embed.summaries import (
    Moment,
    Notices,
    StepShown,
    presets_shown,
    price_shown,
    stage_shown,
    summary_line,
)
from configurator.embed.theme import COLOUR_SCHEME
from configurator.embed.viewer import code_address, viewer_shown
from configurator.engine.face.conflicts import Explanation
from configurator.evaluation.evaluation import Evaluation
from configurator.instances import existing, may_add, may_remove
from configurator.offers import Offer
from pricing.money import plain

SUMMARY = "-summary"
MOST_OPEN = 3
MOST_TOLD = 3
MOST_PANEL_BYTES = 40 * MEGABYTE
MOST_FIELDSET_BYTES = 32 * MEGABYTE
MOST_DIVIDED_BYTES = 2 * MEGABYTE
MOST_CHECKS = 6
_CARRIED = "<!--carried-->"


# ---- steps ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Section:
    group: Group | None
    options: tuple[Option, ...]


@dataclass(frozen=True)
class _Page:
    step: Step | None
    sections: tuple[_Section, ...]

    @property
    def key(self) -> str:
        return self.step.key if self.step else "-options"

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return tuple(option for section in self.sections for option in section.options)


_pages: Remembered[str, tuple[_Page, ...]] = Remembered(
    MOST_DIVIDED_BYTES, lambda _, pages: 1_000 + sum(200 + 8 * len(page.options) for page in pages)
)


def pages_of(model: ProductModel) -> tuple[_Page, ...]:
    """Return the steps of `model` with their groups; options in no group stand at the end of the
    first step.
    """
    return _pages.get_or_make(model.digest, lambda: _divided(model))


def _divided(model: ProductModel) -> tuple[_Page, ...]:
    grouped = {group.key for step in model.steps for group in step.groups}
    shown = shown_options(model)
    rest = tuple(option for option in shown if option.group not in grouped)
    pages = [
        _Page(
            step,
            tuple(
                _Section(group, tuple(each for each in shown if each.group == group.key))
                for group in step.groups
            ),
        )
        for step in model.steps
    ]
    if rest and pages:
        pages[0] = _Page(pages[0].step, (*pages[0].sections, _Section(None, rest)))
    elif rest:
        pages = [_Page(None, (_Section(None, rest),))]
    return tuple(page for page in pages if page.options)


def shown_pages(evaluation: Evaluation) -> tuple[_Page, ...]:
    """Return the steps in which something can be chosen now."""
    return tuple(
        page
        for page in pages_of(evaluation.model)
        if any(evaluation.options[option.key].active for option in page.options)
    )


def step_with(model: ProductModel, option: str) -> str:
    """Return the key of the step where `option` is asked."""
    return next(
        (page.key for page in pages_of(model) if any(each.key == option for each in page.options)),
        "",
    )


# ---- what is remembered --------------------------------------------------------------------------


# Panels are kept with the evaluation they show, so that an address in memory cannot come to mean
# another.
_panels: Remembered[Hashable, tuple[Evaluation, bytes, bytes]] = Remembered(
    MOST_PANEL_BYTES,
    lambda _, kept: len(kept[1]) + len(kept[2]) + OPTION_BYTES * len(kept[0].options),
    lambda kept: product_of(kept[0]),
)
_fieldsets: Remembered[Hashable, SafeString] = Remembered(
    MOST_FIELDSET_BYTES, lambda _, text: 1_000 + 2 * len(text)
)


# ---- the panel -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class DraftShown:
    """That a page shows a draft: until when (UTC), which one, and whether it is another than when
    the link was made.
    """

    expires_at: datetime
    digest: str
    has_changed: bool


@dataclass(frozen=True)
class View:
    """What shapes a page beside its evaluation. `path` is the page's own address without choices.

    `refused` says what could not be read of the choices that the shop's page set; `rest` what the
    rest is to be chosen for. `checks` counts how often the page asked again for what was not
    checked yet. `prices_of` is the configuration that was kept at the price list of this page,
    where the shop itself would give another. `unit` is that which lengths are shown in, empty for
    each one's own. `scheme` is that of the shop's page, `light` or `dark`, empty where the
    shopper's system decides. `focus` is the option where the keyboard goes on, `focus_id` else the
    id of what it goes on at; `told` says what changed, for those who cannot see it. `shared` is the
    id that the state was just kept under, for a link too long without, and `whole` the address of
    the site. A `draft` is looked at and not ordered. `explanations` tell why the option `why` has
    its value. `windows` say what of long lists is drawn. `quantity` is what was typed as one and is
    none.
    """

    frame: Frame
    offer: Offer
    language: Language
    path: str
    step: str = ""
    can_undo: bool = False
    notices: Notices = field(default_factory=Notices)
    invalid: tuple[Invalid, ...] = ()
    quantity: str = ""
    why: str = ""
    explanations: tuple[Explanation, ...] = ()
    focus: str = ""
    focus_id: str = ""
    told: str = ""
    shared: str = ""
    whole: str = ""
    refused: str = ""
    checks: int = 0
    rest: str = ""
    prices_of: str = ""
    unit: str = ""
    scheme: str = ""
    draft: DraftShown | None = None
    windows: Mapping[str, Window] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        special = (
            self.invalid,
            self.quantity,
            self.why,
            self.focus,
            self.focus_id,
            self.refused,
            self.rest,
            self.shared,
            self.windows,
        )
        return not any(special) and self.notices == Notices()

    @property
    def reader(self) -> Reader:
        return Reader(self.language.locale, self.offer.price_list.currency, self.unit)

    @cached_property
    def printed_for(self) -> str:
        """All that the print of an option depends on beside its state, in one word that is hashed
        once a page.
        """
        language = self.language
        shown = (
            self.offer.price_list.currency,
            language.asked,
            language.locale,
            language.interface,
            self.unit,
        )
        return "\n".join((self.offer.product.model.digest, *shown))

    @property
    def asked_unit(self) -> str:
        """The unit as an address says it: always where there are others, since a shop's page may
        ask for one.
        """
        return self.unit if len(self.offer.product.model.units) > 1 else ""


def address_of(evaluation: Evaluation, view: View) -> str:
    """Return the page's address with everything that a reload or a friend needs to see the same."""
    return address_with_gaps(evaluation, view)[0]


def address_with_gaps(evaluation: Evaluation, view: View) -> tuple[str, tuple[str, ...]]:
    """Return the page's address, and the keys of what a reload will not see, since it is too long
    for an address.
    """
    query, left_out = _address(evaluation, view)
    return f"{view.path}?{query}" if query else view.path, left_out


def _address(evaluation: Evaluation, view: View) -> tuple[str, tuple[str, ...]]:
    parameters = {}
    pages = shown_pages(evaluation)
    step = current_step(pages, view.step)
    if pages and step != pages[0].key:
        parameters["step"] = step
    if view.language.asked:
        parameters["lang"] = view.language.asked
    if view.asked_unit:
        parameters[SHOWN_IN] = view.asked_unit
    if view.scheme:
        parameters[COLOUR_SCHEME] = view.scheme
    for name, place in (("country", view.offer.buyer.country), ("region", view.offer.buyer.region)):
        if place:
            parameters[name] = place
    if view.prices_of:
        parameters[PRICES_OF] = view.prices_of
    return address_query(
        evaluation.model, State(evaluation.choices, evaluation.quantity), parameters
    )


def current_step(pages: Sequence[_Page], step: str) -> str:
    """Return `step` if it is one of `pages`, those that show, or else the first."""
    keys = [page.key for page in pages]
    if step == SUMMARY or step in keys:
        return step
    return keys[0] if keys else SUMMARY


def told_total(evaluation: Evaluation) -> str:
    """Return the total that a page of `evaluation` shows, as its form carries it; empty where it
    shows none.
    """
    breakdown = evaluation.breakdown
    return f"{plain(breakdown.shown, breakdown.currency)} {breakdown.currency}" if breakdown else ""


def carried(token: str, past: Iterable[str], total: str) -> str:
    """Return the hidden inputs that differ between two pages of the same state, and the total they
    show.
    """
    inputs = [("token", token), ("total", total), *(("past", each) for each in past)]
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in inputs
    )


def panel(evaluation: Evaluation, view: View, hidden: str) -> bytes:
    """Return the panel with the stage beside it, as htmx swaps them, with `hidden` (see `carried`)
    inside the form.
    """
    return _remembered("configurator/page.html#swapped", evaluation, view, hidden)


def whole_page(evaluation: Evaluation, view: View, hidden: str) -> bytes:
    """Return the whole page of the widget, with `hidden` (see `carried`) inside the form."""
    return _remembered("configurator/page.html", evaluation, view, hidden)


def _remembered(template: str, evaluation: Evaluation, view: View, hidden: str) -> bytes:
    # Everything that is printed and does not follow from the evaluation.
    frame = (view.frame.name, view.frame.origins, view.frame.accent)
    offer = (view.offer.version, view.offer.buyer)
    shown = (view.path, view.language, view.unit, view.scheme, view.step, view.can_undo, view.told)
    key = (template, id(evaluation), offer, view.prices_of, view.draft, *shown, frame)
    is_lasting = view.is_plain and not evaluation.unchecked
    kept = _panels.get(key) if is_lasting else None
    parts = kept[1:] if kept is not None and kept[0] is evaluation else None
    if parts is None:
        with translation.override(view.language.interface):
            values = {**context(evaluation, view), "carried": mark_safe(_CARRIED)}  # noqa: S308 (a constant)
            head, _mark, tail = _printed(template, values).encode().partition(_CARRIED.encode())
        parts = (head, tail)
        if is_lasting:
            _panels.keep(key, (evaluation, head, tail))
    return b"".join((parts[0], hidden.encode(), parts[1]))


def _printed(template: str, values: dict[str, Any]) -> SafeString:
    return mark_safe(get_template(template).render(values))  # noqa: S308 (printed by a template, which escapes)


def context(evaluation: Evaluation, view: View) -> dict[str, Any]:
    """Return all that the page's templates print."""
    model, reader = evaluation.model, view.reader
    pages = shown_pages(evaluation)
    step = current_step(pages, view.step)
    is_summary = step == SUMMARY
    page = next((each for each in pages if each.key == step), None)
    price = price_shown(evaluation, reader)
    conflict = (
        conflict_shown(evaluation, evaluation.conflict, reader) if evaluation.conflict else None
    )
    rest = next((objective for objective in OBJECTIVES if objective == view.rest), None)
    inline = {option.key for option in page.options} if page else set()
    has_place = (
        conflict is not None
        and conflict.option in inline
        and evaluation.options[conflict.option].active
    )
    # A conflict is about what was refused; what was kept before it can be ordered as it is.
    kept = replace(evaluation, conflict=None)
    stage = stage_shown(evaluation, reader, picture_addresses(view.offer, evaluation, view.path))
    keys = [*(each.key for each in pages), SUMMARY]
    following = keys[keys.index(step) + 1] if not is_summary else ""
    return {
        **_frame(evaluation, view),
        **_links(evaluation, view),
        "step": step,
        "is_summary": is_summary,
        "shown_in": view.unit,
        "units": _units(evaluation, pages if page is None else (page,)),
        "steps": _steps(evaluation, pages, step, reader),
        "next": following,
        "next_label": _("Summary") if following == SUMMARY else _label_of(pages, following, reader),
        "sections": _sections(evaluation, view, page, conflict if has_place else None),
        "presets": presets_shown(model, reader) if page is not None and page is pages[0] else (),
        "conflict": conflict if not has_place else None,
        "told_conflict": conflict,
        "refused": view.refused,
        "notices": view.notices,
        "wishes": () if is_summary or conflict else wishes_shown(evaluation),
        "rest": rest_shown(view.offer, evaluation, rest, reader)
        if rest is not None and conflict is None
        else None,
        **_what_lacks(evaluation, view),
        "price": price,
        "quantity": view.quantity or evaluation.quantity,
        "is_quantity_wrong": bool(view.quantity),
        "is_ready": kept.ready,
        "stage": stage,
        # Only a whole page says what it looks like elsewhere.
        "shared_picture": partial(shared_picture, view.offer, evaluation, view.path, stage.picture),
        "viewer": viewer_shown(view.offer, evaluation, view.path, reader),
        "can_undo": view.can_undo,
        "summary": _summary(evaluation, pages, reader) if is_summary else (),
        "message": json.dumps(changed_message(kept)),
        "focus": f"o-{view.focus}" if view.focus else view.focus_id,
        "told": view.told,
        "draft": view.draft,
        "draft_until": Moment.of(view.draft.expires_at, UTC, reader) if view.draft else None,
    }


def _frame(evaluation: Evaluation, view: View) -> dict[str, Any]:
    """Return whose page it is, of what, and in which language and colours."""
    model, locale = evaluation.model, view.reader.locale
    return {
        "name": model.name.in_locale(locale),
        "description": model.description.in_locale(locale) if model.description else "",
        "merchant": view.frame.name,
        "accent": view.frame.accent,
        "origins": " ".join(view.frame.origins),
        "language": view.language.page,
        "scheme": view.scheme,
        "target": f"{view.path}?{COLOUR_SCHEME}={view.scheme}" if view.scheme else view.path,
        "words": view.language.words,
        "asked": view.language.asked,
        "path": view.path,
    }


def _links(evaluation: Evaluation, view: View) -> dict[str, Any]:
    """Return the state as an address, a code, a link and a text."""
    # Links are given away: whoever follows one has a page or a system of their own.
    address, left_out = address_with_gaps(evaluation, replace(view, scheme=""))
    link = address.partition("?")[2]
    address = f"{view.path}c/{view.shared}/" if view.shared else address
    is_long = not view.shared and view.draft is None and (bool(left_out) or is_long_link(link))
    return {
        "address": address,
        "code": "" if is_long else code_address(address),
        "link": view.shared or link,
        "shared": f"{view.whole}{view.path}c/{view.shared}/" if view.shared else "",
        "is_long": is_long,
        "state": state_text(evaluation.model, State(evaluation.choices, evaluation.quantity)),
    }


def _what_lacks(evaluation: Evaluation, view: View) -> dict[str, Any]:
    """Return what has to be answered, hold, be written otherwise or be checked yet."""
    model, reader = evaluation.model, view.reader

    def labelled(key: str) -> tuple[str, str]:
        return key, model.option_by_key[key].label.in_locale(reader.locale)

    return {
        "missing": [labelled(key) for key in shown_keys(model, evaluation.missing)],
        "open_rules": open_rules_shown(evaluation, reader),
        "invalid": [labelled(each.option) for each in view.invalid],
        "is_unchecked": bool(evaluation.unchecked),
        "checks": min(view.checks + 1, MOST_CHECKS),
        "checks_itself": view.checks < MOST_CHECKS,
    }


def _units(evaluation: Evaluation, pages: tuple[_Page, ...]) -> tuple[str, ...]:
    """Return the units that a shopper may switch between where `pages` show; none without a length
    on them.
    """
    units = evaluation.model.units
    has_length = any(
        option.number is not None
        and is_length(option.number.unit)
        and evaluation.options[option.key].active
        for page in pages
        for option in page.options
    )
    return units if len(units) > 1 and has_length else ()


def open_rules_shown(evaluation: Evaluation, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Return what has to hold yet, in the merchant's own words, each with the first option that
    could see to it.
    """
    return tuple(
        (
            next(iter(shown_keys(evaluation.model, each.options)), ""),
            told_to_shoppers(evaluation.model, each.reason, reader.locale, reader.unit),
        )
        for each in evaluation.open_rules
    )


def changed_message(evaluation: Evaluation) -> dict[str, Any]:
    """Return what the page around the widget is told after a change."""
    breakdown = evaluation.breakdown
    return {
        "product": evaluation.model.product,
        "choices": _in_order(evaluation, evaluation.choices),
        "values": _in_order(evaluation, evaluation.values),
        "quantity": evaluation.quantity,
        "total": plain(breakdown.total, breakdown.currency) if breakdown else None,
        "currency": breakdown.currency if breakdown else None,
        "lead_time_days": evaluation.lead_time.days
        if evaluation.lead_time and evaluation.lead_time.told
        else None,
        "complete": evaluation.complete,
        "ready": evaluation.ready,
        "missing": list(shown_keys(evaluation.model, evaluation.missing)),
        "fingerprint": evaluation.fingerprint,
        "query": query_of(evaluation.model, evaluation.choices),
    }


def _in_order(evaluation: Evaluation, choices: Mapping[str, Choice]) -> dict[str, Any]:
    return plain_choices(
        {
            option.key: choices[option.key]
            for option in shown_options(evaluation.model)
            if option.key in choices
        }
    )


def _label_of(pages: tuple[_Page, ...], key: str, reader: Reader) -> str:
    page = next((page for page in pages if page.key == key), None)
    return page.step.label.in_locale(reader.locale) if page and page.step else _("Options")


def _steps(
    evaluation: Evaluation, pages: tuple[_Page, ...], current: str, reader: Reader
) -> list[StepShown]:
    missing = set(evaluation.missing)
    steps = []
    is_before = True
    for page in pages:
        labels = tuple(
            label_of(evaluation.model, each, reader) for each in page.options if each.key in missing
        )
        is_before = is_before and page.key != current
        state = (
            "current"
            if page.key == current
            else "missing"
            if labels
            else "done"
            if is_before
            else ""
        )
        steps.append(StepShown(page.key, _label_of(pages, page.key, reader), labels, state))
    steps.append(StepShown(SUMMARY, _("Summary"), (), "current" if current == SUMMARY else ""))
    return steps


def _sections(
    evaluation: Evaluation, view: View, page: _Page | None, conflict: object | None
) -> list[dict[str, Any]]:
    if page is None:
        return []
    sections = []
    for section in page.sections:
        fieldsets = _items(evaluation, view, section.options, "", conflict)
        if fieldsets:
            sections.append(
                {
                    "label": section.group.label.in_locale(view.language.locale)
                    if section.group
                    else "",
                    "help": section.group.help.in_locale(view.language.locale)
                    if section.group and section.group.help
                    else "",
                    "fieldsets": fieldsets,
                }
            )
    if (
        len(sections) == 1
        and page.step
        and sections[0]["label"] == page.step.label.in_locale(view.language.locale)
    ):
        sections[0]["label"] = ""
    return sections


def _items(
    evaluation: Evaluation,
    view: View,
    options: Sequence[Option],
    place: str,
    conflict: object | None,
) -> list[SafeString]:
    """Return the fieldsets of the options at `place`, each sub-assembly's instances after the one
    that counts them.
    """
    model = evaluation.model
    items: list[SafeString] = []
    for option in options:
        if place_of(option.key) != place or not evaluation.options[option.key].active:
            continue
        instances = (
            model.instances_of.get(option.key, ()) if isinstance(model, ExpandedModel) else ()
        )
        domain = option.number
        if not (instances and domain is not None and domain.first == domain.last):
            items.append(_fieldset(evaluation, view, option, conflict))
        if instances:
            items.append(_instances(evaluation, view, options, option, instances, conflict))
    return items


def _instances(
    evaluation: Evaluation,
    view: View,
    options: Sequence[Option],
    counting: Option,
    instances: Sequence[Instance],
    conflict: object | None,
) -> SafeString:
    """Return the instances of a sub-assembly that there are, each with its options, and the ways to
    more and fewer.
    """
    model, reader = evaluation.model, view.reader
    there = {each.place for each in existing(model, evaluation.values)}
    shown = [each for each in instances if each.place in there]
    name = instances[0].name.in_locale(reader.locale)
    is_counted = counting.number is not None and counting.number.first < counting.number.last
    waited = {key for each in evaluation.open_rules for key in each.options}
    spoken_of = {
        *evaluation.missing,
        *waited,
        view.why,
        view.focus,
        *(each.option for each in view.invalid),
    }
    if conflict is not None:
        spoken_of.add(getattr(conflict, "option", ""))
    parts = []
    for instance in shown:
        inside = [option for option in options if option.key.startswith(f"{instance.place}.")]
        parts.append(
            {
                "place": instance.place,
                "label": instance_label(model, instance.place, reader),
                "whole": whole_label(model, instance.place, reader),
                "told": _told_values(evaluation, inside, instance.place, reader),
                "price": _instance_price(evaluation, instance, reader),
                "is_open": len(shown) <= MOST_OPEN
                or any(option.key in spoken_of for option in inside),
                "missing": sum(option.key in evaluation.missing for option in inside),
                "fieldsets": _items(evaluation, view, inside, instance.place, conflict),
                "up": instance.number - 1,
                "down": instance.number + 1 if instance.number < len(shown) else 0,
            }
        )
    values = {
        "key": counting.key,
        "name": name,
        "where": whole_label(model, place_of(counting.key), reader),
        "instances": parts,
        "words": view.language.words,
        "may_add": is_counted and may_add(model, evaluation.values, counting.key),
        "may_remove": is_counted and may_remove(model, evaluation.values, counting.key),
        "may_move": len(shown) > 1,
    }
    return _printed("configurator/_instances.html", values)


def _told_values(
    evaluation: Evaluation, options: Sequence[Option], place: str, reader: Reader
) -> str:
    """Return the first values of an instance, such as "600 mm · Oak · Shelves 3"."""
    told: list[str] = []
    for option in options:
        if (
            place_of(option.key) == place
            and option.key in evaluation.values
            and not kind_of(option).is_truth
        ):
            value = picked(option, evaluation.values[option.key], reader)
            is_bare = option.number is not None and not option.number.unit
            told.append(
                f"{label_of(evaluation.model, option, reader)} {value}" if is_bare else value
            )
    return " · ".join(list(filter(None, told))[:MOST_TOLD])


def _instance_price(evaluation: Evaluation, instance: Instance, reader: Reader) -> str:
    breakdown = evaluation.breakdown
    if breakdown is None:
        return ""
    amounts = [line.amount for line in breakdown.lines if line.key.startswith(f"{instance.place}.")]
    return reader.money(sum(amounts, Decimal(0))) if amounts else ""


def _fieldset(
    evaluation: Evaluation, view: View, option: Option, conflict: Any | None
) -> SafeString:
    """Return one option's fieldset, printed anew only in a state that nobody has seen."""
    invalid = next((each for each in view.invalid if each.option == option.key), None)
    why = (
        why_shown(evaluation, option, view.explanations, view.reader)
        if view.why == option.key
        else None
    )
    here = conflict if conflict is not None and conflict.option == option.key else None
    window = view.windows.get(option.key, WHOLE)

    def make() -> SafeString:
        shown = option_shown(evaluation, option, view.reader, invalid, window)
        values = {"option": shown, "why": why, "conflict": here, "words": view.language.words}
        return _printed("configurator/_option.html", values)

    if invalid is not None or why is not None or here is not None or window != WHOLE:
        return make()
    key = (
        view.printed_for,
        option.key,
        option.key in evaluation.missing,
        any(option.key in each.options for each in evaluation.open_rules) and evaluation.open_rules,
        evaluation.prints and told_of_prints(evaluation, option),
        state_key(evaluation.options[option.key]),
    )
    return _fieldsets.get(key) or _fieldsets.keep(key, make())


def _summary(
    evaluation: Evaluation, pages: tuple[_Page, ...], reader: Reader
) -> list[dict[str, Any]]:
    return [
        {
            "label": _label_of(pages, page.key, reader),
            "lines": [
                summary_line(evaluation, option, reader)
                for option in page.options
                if evaluation.options[option.key].active
            ],
        }
        for page in pages
    ]
