"""The page of a completed configuration: what was kept, as it was kept, and what the shop's page is
told about it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from functools import partial
from typing import Any

from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from catalog.errors import NotFound
from catalog.product_model import Option, ProductModel
from configurator.answering import follow
from configurator.discretion import internal_choices, shown_options, without_internal
from configurator.embed.options import Reader, picked
from configurator.embed.page import View
from configurator.embed.posters import picture_addresses, shared_picture
from configurator.embed.states import PRICES_OF, SHOWN_IN, State, address_query
from configurator.embed.summaries import Moment, days_told, stage_shown, tax_told
from configurator.embed.theme import COLOUR_SCHEME
from configurator.embed.viewer import code_address, viewer_shown
from configurator.models import Configuration
from configurator.offers import published
from configurator.quoting.signing import moment
from configurator.quoting.tokens import claims_of
from configurator.stored import choices_of, model_of, offer_of
from pricing.breakdown import Breakdown
from pricing.in_force import Buyer
from pricing.money import formatted
from pricing.operations import schedule_of

CHANGE = "change"
"""Asks for the widget with the choices of a completed configuration, which may be too long for an
address.
"""


@dataclass(frozen=True)
class DoneShown:
    """A completed configuration as its page prints it; amounts and values are those that were kept."""

    reference: str
    total: str
    is_on_request: bool
    tax: str
    days: str
    quantity: int
    holds_until: Moment | None
    lines: tuple[tuple[str, str], ...]
    change: str


def reference_of(configuration: Configuration) -> str:
    """Return what people call a configuration on the telephone: the product and the start of the
    fingerprint.
    """
    return f"{configuration.product.key}-{configuration.fingerprint[:8]}".upper()


def address_of(configuration: Configuration, view: View) -> str:
    """Return the address of a completed configuration, for the reader of `view`."""
    query = urlencode(_asked(view))
    return f"{view.path}c/{configuration.public_id}/{f'?{query}' if query else ''}"


def _asked(view: View) -> dict[str, str]:
    """Return what an address asks for beside the choices, for the reader of `view`."""
    asked = {"lang": view.language.asked, SHOWN_IN: view.asked_unit, COLOUR_SCHEME: view.scheme}
    return {name: value for name, value in asked.items() if value}


def change_address(configuration: Configuration, view: View) -> tuple[str, tuple[str, ...]]:
    """Return the address of the widget with the choices of `configuration`, and which texts it is
    too short for.

    It leads to what its buyer sees, at its price list.
    """
    buyer = Buyer(**configuration.buyer)
    more = {**_asked(view), "country": buyer.country, "region": buyer.region}
    model, choices = model_of(configuration), choices_of(configuration)
    # No address tells internal choices, nor what an open one cost when it was kept; this one leads
    # to both.
    if (
        not configuration.is_completed
        or internal_choices(model, choices)
        or not _is_at_shop_prices(configuration, buyer)
    ):
        more[PRICES_OF] = configuration.public_id
    state = State(choices, configuration.quantity)
    query, left_out = address_query(
        model, state, {name: value for name, value in more.items() if value}
    )
    return f"{view.path}?{query}" if query else view.path, left_out


def _link(configuration: Configuration, view: View) -> str:
    """Return the address of a completed configuration for anybody, whose page or system says which
    colours they see.
    """
    return address_of(configuration, replace(view, scheme=""))


def _way_back(configuration: Configuration, view: View) -> str:
    address, left_out = change_address(configuration, view)
    return (
        f"{view.path}c/{configuration.public_id}/?{urlencode({CHANGE: '1', **_asked(view)})}"
        if left_out
        else address
    )


def _is_at_shop_prices(configuration: Configuration, buyer: Buyer) -> bool:
    """Tell whether anybody in the buyer's place would get the price list of `configuration` in the
    shop.
    """
    place = Buyer(country=buyer.country, region=buyer.region)
    if buyer != place:
        return False
    try:
        offer = published(configuration.merchant.slug, configuration.product.key, buyer=place)
    except NotFound:
        return True
    return offer.price_list.key == configuration.price_list


def completed_message(configuration: Configuration, view: View) -> dict[str, Any]:
    """Return what the shop's page is told, with all that a line of its cart shows, in the buyer's
    language.

    Its server checks `quote`, the signed price, before it trusts any of it.
    """
    price = configuration.stored.get("price") or {}
    lead = configuration.stored.get("lead_time") or {}
    offer = offer_of(configuration)
    model = offer.product.model
    reader = Reader(view.language.locale, configuration.currency, view.unit)
    evaluation = follow(offer, choices_of(configuration), quantity=configuration.quantity)
    picture = stage_shown(
        evaluation, reader, picture_addresses(offer, evaluation, view.path)
    ).picture
    return {
        "id": configuration.public_id,
        "reference": reference_of(configuration),
        "product": configuration.product.key,
        "name": model.name.in_locale(reader.locale),
        "language": view.language.words or view.language.page,
        "version": configuration.version.number,
        "quantity": configuration.quantity,
        "total": price.get("total"),
        "net": price.get("net"),
        "gross": price.get("gross"),
        "currency": configuration.currency,
        "price_on_request": bool(configuration.stored.get("price_on_request")),
        "price": _price_parts(price, reader) if price else None,
        "lead_time_days": lead.get("days"),
        "ready_on": lead.get("ready_on"),
        "fingerprint": configuration.fingerprint,
        "choices": without_internal(model, configuration.choices),
        "lines": [
            {"option": key, "label": label, "value": told}
            for key, label, told in kept_lines(model, configuration, reader)
        ],
        "picture": _whole_address(picture, view) if picture else None,
        "url": _whole_address(_link(configuration, view), view),
        "quote": configuration.quote or None,
    }


def _price_parts(price: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """Return the parts of a kept price: what the lines of one piece and of the order come to, and
    the tax in it.
    """

    def told(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{name: line[name] for name in ("key", "label", "amount")} for line in lines]

    return {
        "lines": told(price["lines"]),
        "unit_total": price["unit_total"],
        "order_lines": told(price.get("order_lines", ())),
        "tax": price.get("tax"),
        "tax_rate": price.get("tax_rate"),
        "tax_label": price.get("tax_label"),
        "shown": price["shown"],
        "shown_text": reader.money(Decimal(price["shown"])),
    }


def _whole_address(address: str, view: View) -> str:
    return f"{view.whole}{address}" if address.startswith("/") else address


def panel(configuration: Configuration, view: View) -> str:
    """Return the stage and the panel that follow when a configuration was completed just now."""
    with translation.override(view.language.interface):
        values = {
            **_context(configuration, view),
            "message": json.dumps(completed_message(configuration, view)),
        }
        return _printed("configurator/done.html#swapped", values)


def whole_page(configuration: Configuration, view: View) -> str:
    """Return the page of a configuration that was completed some time; the shop's page is told
    nothing again.
    """
    with translation.override(view.language.interface):
        return _printed("configurator/done.html", _context(configuration, view))


def _printed(template: str, values: dict[str, Any]) -> SafeString:
    return mark_safe(get_template(template).render(values))  # noqa: S308 (printed by a template, which escapes)


def _context(configuration: Configuration, view: View) -> dict[str, Any]:
    offer = offer_of(configuration)
    model = offer.product.model
    reader = Reader(view.language.locale, configuration.currency, view.unit)
    evaluation = follow(offer, choices_of(configuration), quantity=configuration.quantity)
    stage = stage_shown(evaluation, reader, picture_addresses(offer, evaluation, view.path))
    return {
        "name": model.name.in_locale(reader.locale),
        "description": "",
        "merchant": view.frame.name,
        "accent": view.frame.accent,
        "origins": " ".join(view.frame.origins),
        "language": view.language.page,
        "words": view.language.words,
        "path": view.path,
        "scheme": view.scheme,
        "address": _link(configuration, view),
        "link": configuration.public_id,
        "stage": stage,
        "shared_picture": partial(shared_picture, offer, evaluation, view.path, stage.picture),
        "viewer": viewer_shown(offer, evaluation, view.path, reader),
        "code": code_address(_link(configuration, view)),
        "done": done_shown(
            configuration, model, evaluation.breakdown, reader, _way_back(configuration, view)
        ),
        "can_undo": False,
        "is_done": True,
    }


def done_shown(
    configuration: Configuration,
    model: ProductModel,
    breakdown: Breakdown | None,
    reader: Reader,
    change: str = "",
) -> DoneShown:
    """Return what people are told of a kept configuration, in the language of `reader`; `change`
    leads back to it.
    """
    price = configuration.stored.get("price") or {}
    lead = configuration.stored.get("lead_time") or {}
    shown = price.get("shown")
    return DoneShown(
        reference=reference_of(configuration),
        total=formatted(Decimal(shown), configuration.currency, reader.locale) if shown else "",
        is_on_request=bool(configuration.stored.get("price_on_request")),
        tax=_tax(price, breakdown, reader) if shown else "",
        days=days_told(lead["days"]) if lead.get("days") is not None else "",
        quantity=configuration.quantity,
        holds_until=_expiry(configuration, reader),
        lines=tuple(
            (label, told) for _key, label, told in kept_lines(model, configuration, reader)
        ),
        change=change,
    )


def _expiry(configuration: Configuration, reader: Reader) -> Moment | None:
    """Return until when the price was promised; None where it no longer is."""
    expires = moment(claims_of(configuration.quote).exp) if configuration.quote else None
    if expires is None or expires <= timezone.now():
        return None
    schedule = schedule_of(configuration.merchant.slug)
    return Moment.of(expires, schedule.zone if schedule else UTC, reader)


def _tax(price: Mapping[str, Any], breakdown: Breakdown | None, reader: Reader) -> str:
    label = breakdown.tax_label if breakdown else None
    rate = price.get("tax_rate")
    return tax_told(
        price.get("shows") == "gross",
        bool(price.get("tax_known")),
        None if rate is None else Decimal(rate),
        label.in_locale(reader.locale) if label else price.get("tax_label"),
        reader,
    )


def kept_lines(
    model: ProductModel, configuration: Configuration, reader: Reader
) -> tuple[tuple[str, str, str], ...]:
    """Return what was kept of each option that shoppers see: its key, its label, and the value as
    people read it.
    """
    kept = configuration.stored.get("options") or {}
    return tuple(
        (option.key, option.label.in_locale(reader.locale), _told(option, kept[option.key], reader))
        for option in shown_options(model)
        if kept.get(option.key, {}).get("active") and kept[option.key].get("told")
    )


def _told(option: Option, kept: Mapping[str, Any], reader: Reader) -> str:
    """Return a value as it was kept, in the language and the unit of lengths of who reads it now."""
    value = kept.get("value")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = Decimal(str(value))
    return picked(option, tuple(value) if isinstance(value, list) else value, reader) or str(
        kept["told"]
    )
