"""The HTMX face: the widget's page, its pictures, and the page of a completed configuration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    QueryDict,
)
from django.utils import translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh, replace_url
from django_htmx.middleware import HtmxDetails

from catalog.assemblies import place_of
from catalog.entity_tags import is_named
from catalog.errors import NotFound
from catalog.formats import counted
from catalog.kinds.register import kind_of
from catalog.lengths import unit_wanted
from catalog.models import Merchant
from catalog.numbers import MOST_TYPED
from catalog.product_model import Choice, ProductModel
from configurator import pictures
from configurator.choices import plain_choices, sort_choices
from configurator.discretion import (
    internal_choices,
    is_shown,
    sentence_for_shoppers,
    shown_keys,
    shown_options,
    without_internal,
)
from configurator.draft_links import DraftLink, LinkExpired, read_draft_link
from configurator.embed import done, tokens
from configurator.embed.forms import PostedForm, changes_of, past_within
from configurator.embed.framing import Frame, framed, problem, scheme_of_address
from configurator.embed.languages import Language, language_of, told_in_english
from configurator.embed.options import Reader, picked, whole_label
from configurator.embed.page import (
    SUMMARY,
    DraftShown,
    View,
    address_with_gaps,
    carried,
    open_rules_shown,
    panel,
    step_with,
    told_total,
    whole_page,
)
from configurator.embed.restoring import restored, told_lost
from configurator.embed.states import (
    PRICES_OF,
    SHOWN_IN,
    State,
    buyer_of_address,
    choices_in,
    read_quantity,
    state_in,
    state_of_address,
    state_text,
)
from configurator.embed.summaries import Notices
from configurator.embed.theme import theme_css
from configurator.engine.repair import MOST_REPAIRS
from configurator.evaluation import SHOWN_REPAIRS, Evaluation
from configurator.instances import InstanceAsk, InstanceRefused, Rows, with_instance
from configurator.models import Configuration
from configurator.offers import Offer, published
from configurator.operations import (
    MOST_QUANTITY,
    choices_of,
    complete_choices,
    configuration_of,
    follow,
    offer_of,
    save,
)
from configurator.salvage import salvaged
from pricing.in_force import Buyer

MOST_TOLD_CHANGES = 3
_OF_CALLER = ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE")
FOREVER = "public, max-age=31536000, immutable"


# ---- the widget ------------------------------------------------------------------------------------------------------


@framed
def widget(request: HttpRequest, frame: Frame, product: str) -> HttpResponse:
    """Answer with the whole page, or to a post with what the page becomes."""
    if request.method in {"GET", "HEAD"}:
        return _opened(request, frame, product)
    if request.method == "POST":
        return _posted(request, frame, product)
    return HttpResponseNotAllowed(["GET", "HEAD", "POST", "OPTIONS"])


@framed
def draft(request: HttpRequest, frame: Frame, product: str, token: str) -> HttpResponse:
    """Answer as `widget` does with the draft that a link is of; nothing of it can be ordered or kept."""
    try:
        link = read_draft_link(frame.merchant, product, token)
    except LinkExpired:
        if is_htmx(request):
            return HttpResponseClientRefresh()
        return problem(request, LinkExpired.status, _("This link to a draft has expired. Ask for a new one."))
    if request.method in {"GET", "HEAD"}:
        response = _opened(request, frame, product, link)
    elif request.method == "POST":
        response = _posted(request, frame, product, link)
    else:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST", "OPTIONS"])
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _draft_shown(link: DraftLink | None, model: ProductModel) -> DraftShown | None:
    if link is None:
        return None
    digest = model.digest[: len(link.digest)]
    return DraftShown(link.expires_at, digest, digest != link.digest)


def _opened(request: HttpRequest, frame: Frame, product: str, link: DraftLink | None = None) -> HttpResponse:
    return _page(request, frame, product, request.GET, request.path, link=link)


def _page(
    request: HttpRequest,
    frame: Frame,
    product: str,
    asked: QueryDict,
    path: str,
    stored: Configuration | None = None,
    link: DraftLink | None = None,
) -> HttpResponse:
    """Answer with the page at `path` that the parameters `asked` speak of, with the choices of `stored` if given."""
    asked_prices = asked.get(PRICES_OF, "") if link is None else ""
    buyer = buyer_of_address(asked)
    kept = None
    if link is not None:
        offer = link.offer(buyer=buyer)
    else:
        kept = _at_prices_of(frame, product, asked_prices)
        offer = kept or published(frame.merchant, product, buyer=buyer)
    prices_of = asked_prices if kept else ""
    model = offer.product.model
    state = state_of_address(model, asked) if stored is None else _state_of(model, stored)
    said = _said_internally(frame, product, prices_of, model)
    found = restored(offer, {**state.choices, **said}, state.quantity)
    evaluation = found.evaluation
    language = language_of(request, model, asked.get("lang", ""), frame.country)
    unit = unit_wanted(model.units, asked.get(SHOWN_IN, ""))
    reader = Reader(language.locale, offer.price_list.currency, unit)
    gentle = []
    with translation.override(language.interface):
        if asked_prices != prices_of:
            gentle.append(_("The prices that this was kept at no longer hold; these are the prices of today."))
        gentle += told_repriced(frame, product, prices_of, evaluation, reader)
        if read_quantity(asked.get("quantity", "")) is None:
            gentle.append(told_quantities())
        if without_internal(model, found.clashed):
            gentle.append(_("Some choices of this link no longer go together; we kept what does."))
        if state.dropped:
            gentle.append(_("Some choices of this link no longer exist; the rest is as it was."))
        lost = told_lost(offer, state.dropped, found, reader)
    view = View(
        frame=frame,
        offer=offer,
        language=language,
        path=path,
        step=asked.get("step", ""),
        notices=Notices(tuple(gentle), lost),
        prices_of=prices_of,
        unit=unit,
        scheme=scheme_of_address(request),
        draft=_draft_shown(link, model),
    )
    token = _new_token(frame, product, offer, prices_of)
    return HttpResponse(whole_page(evaluation, view, carried(tokens.signed(token), (), told_total(evaluation))))


def _state_of(model: ProductModel, stored: Configuration) -> State:
    """Return the state that a configuration was kept in, as far as `model` still has it."""
    choices, lost = salvaged(model, stored.choices)
    return State({key: each for key, each in choices.items() if each is not None}, stored.quantity, lost)


@dataclass(frozen=True)
class _Move:
    """What a click asks for: choices to start from, changes to them, how many, and where to be afterwards.

    `rows` says where instances then stand, where some are added, copied, moved or removed by `ask`.
    """

    choices: Mapping[str, Choice]
    changes: Mapping[str, Choice | None]
    quantity: int
    past: tuple[str, ...]
    step: str
    ask: InstanceAsk | None = None
    rows: Rows | None = None


def _posted(request: HttpRequest, frame: Frame, product: str, link: DraftLink | None = None) -> HttpResponse:
    form = PostedForm.read(request)
    token, offer, is_outdated = _pinned(frame, product, form.token, link)
    model = offer.product.model
    language = language_of(request, model, form.language, frame.country)
    state = state_in(model, form.state)
    asked_quantity = state.quantity if form.is_undo else read_quantity(form.quantity, language.locale)
    internal = _said_internally(frame, product, token.prices_of, model)
    found = restored(offer, {**state.choices, **internal}, state.quantity)
    before = found.evaluation
    unit = unit_wanted(model.units, form.shown_in)
    inputs, invalid = changes_of(before, form.inputs, language.locale, unit)
    if form.is_undo or form.preset:
        invalid = ()
    misread = choices_in(model, form.given)[1] if form.given else ()
    move = _move(model, form, before, inputs, asked_quantity or state.quantity)
    if internal:
        move = replace(move, choices={**move.choices, **internal})
    invalid = tuple(each for each in invalid if each.option not in move.changes)
    repaired = MOST_REPAIRS if form.more else SHOWN_REPAIRS
    evaluation = follow(offer, move.choices, move.changes, move.quantity, repaired=repaired)
    if stubborn := _still_on(evaluation, move.changes):
        evaluation = follow(offer, move.choices, {**move.changes, **stubborn}, move.quantity, repaired=repaired)
    past = move.past
    is_same = evaluation.choices == before.choices and evaluation.quantity == state.quantity
    if not form.is_undo and not is_same:
        was = state_text(model, State(before.choices, state.quantity))
        if state_text(model, State(evaluation.choices, evaluation.quantity)) != was:
            past = past_within((*past, was))
    stays = evaluation.conflict is not None or bool(invalid)
    # Where the keyboard goes on: with what was asked for, or in the place of a button that is gone.
    focus = form.about if (form.apply or form.is_keep) and evaluation.conflict is None else form.goto
    rows = move.rows if evaluation.conflict is None else None
    focus_id = ""
    if rows is not None and move.ask is not None:
        # What was typed and not understood goes along with its instance.
        invalid = tuple(replace(each, option=key) for each in invalid for key in rows.places_of(each.option))
        focus = _first_in(evaluation, rows.place) if move.ask.verb in ("add", "copy") else ""
        focus_id = "" if focus else _row_to_focus(rows, move.ask)
    if invalid and (form.step or form.goto or form.show_in or form.is_complete):
        focus = next((each.option for each in invalid if each.option == form.goto), invalid[0].option)
    view = View(
        frame=frame,
        offer=offer,
        language=language,
        path=request.path,
        step=form.at if stays else move.step,
        can_undo=bool(past),
        invalid=invalid,
        why=form.why if is_shown(model, form.why) else "",
        focus=focus if is_shown(model, focus) else "",
        focus_id=focus_id,
        quantity=form.quantity[:MOST_TYPED] if asked_quantity is None else "",
        refused=_told_misread(misread, language),
        checks=form.checks,
        rest=form.rest,
        prices_of=token.prices_of,
        # What was typed and not understood stands there in the unit it was typed in.
        unit=unit if invalid else unit_wanted(model.units, form.show_in or unit),
        scheme=scheme_of_address(request),
        draft=_draft_shown(link, model),
        windows=form.windows,
        whole=f"{request.scheme}://{request.get_host()}",
    )
    is_unreadable = bool(invalid) or asked_quantity is None
    status = 409 if evaluation.conflict is not None else 400 if misread else 422 if is_unreadable else 200
    with translation.override(language.interface):
        if is_outdated or state.dropped or without_internal(model, found.clashed):
            told = _("This page had been open for long, so it was brought up to date. Please look at it once more.")
            told = told if asked_quantity is not None else f"{told} {told_quantities()}"
            view = replace(view, notices=Notices((), told_lost(offer, state.dropped, found, view.reader), told))
        elif asked_quantity is None:
            view = replace(view, notices=Notices(alert=told_quantities()))
        elif evaluation.retracted and status == 200:
            # Nobody orders without what went, before they read that it did.
            status = 422 if form.is_complete else 200
            view = replace(view, notices=Notices(alert=told_retracted(evaluation, view.reader)))
        elif form.is_complete and link is not None:
            sentence = _("This is a draft: it can be looked at, not ordered.")
            status, view = 422, replace(view, notices=Notices(alert=sentence))
        elif form.is_complete and status == 200:
            if form.total and form.total != told_total(evaluation):
                # Terms may change while a page is open; nobody orders at a price they did not see.
                sentence = told_new_price(form.total, evaluation, view.reader)
                status, view = 422, replace(view, notices=Notices(alert=sentence))
            elif evaluation.ready:
                return _completed(request, view, _once(request, form, token, "", evaluation), evaluation)
            else:
                status, view = 422, _unready(evaluation, view)
        if form.is_share and status == 200 and link is None:
            once = _once(request, form, token, "shared", evaluation)
            shared = save(offer, evaluation.choices, evaluation.quantity, language.locale, once).public_id
            view = replace(view, shared=shared, focus_id="share")
        address, gaps = address_with_gaps(evaluation, view)
        if gaps:
            left_out = [model.option_by_key[key].label.in_locale(language.locale) for key in gaps]
            told = _("Too long for an address, so a reload goes without it, and a shared link gets short: %(options)s.")
            gentle = (*view.notices.gentle, told % {"options": ", ".join(left_out)})
            view = replace(view, notices=replace(view.notices, gentle=gentle))
        if told := told_changes(before, evaluation, move.changes, move.ask, rows, view.reader):
            view = replace(view, told=told)
    hidden = carried(tokens.renewed(form.token, token), past, told_total(evaluation))
    if not is_htmx(request):
        return HttpResponse(whole_page(evaluation, view, hidden), status=status)
    response = HttpResponse(panel(evaluation, view, hidden))
    if rows is not None:
        response.headers["HX-Rows"] = f"{rows.key} {','.join(str(each or 0) for each in rows.sources)}"
    return told_quietly(request, replace_url(response, address), status)


def _told_misread(misread: tuple[str, ...], language: Language) -> str:
    """Return what could not be read of the choices that the shop's page set; on a page in English, word by word."""
    if not misread:
        return ""
    with translation.override(language.interface):
        return told_in_english(" ".join(misread)) or _("Some of what was to be chosen means nothing here.")


def told_repriced(
    frame: Frame, product: str, public_id: str, evaluation: Evaluation, reader: Reader
) -> tuple[str, ...]:
    """Return that a configuration was kept at another price than `evaluation` has, if it was; a sentence or none."""
    kept = _kept(frame, product, public_id)
    breakdown = evaluation.breakdown
    if (
        kept is None
        or breakdown is None
        or (kept.choices, kept.quantity)
        != (
            plain_choices(evaluation.choices),
            evaluation.quantity,
        )
    ):
        return ()
    was = kept.total if kept.total != breakdown.total else kept.repriced_from
    if was is None or kept.currency != breakdown.currency:
        return ()
    # The column has four decimals, whatever the currency has.
    prices = {"before": reader.money(was.normalize()), "now": reader.money(breakdown.total)}
    return (_("When this was kept it cost %(before)s; at the prices of today it costs %(now)s.") % prices,)


def told_new_price(seen: str, evaluation: Evaluation, reader: Reader) -> str:
    """Return that the price is another than the one `seen`, which a form says as `told_total` does."""
    amount, _space, currency = seen.partition(" ")
    breakdown = evaluation.breakdown
    if breakdown is None or currency != breakdown.currency or not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", amount):
        return _("The price has changed. Please look at it once more.")
    prices = {"before": reader.money(Decimal(amount)), "now": reader.money(breakdown.shown)}
    return (
        _("The price has changed from %(before)s to %(now)s. Please look at it once more, then order again.") % prices
    )


def told_quantities() -> str:
    """Return which quantities may be ordered, as a sentence."""
    return _("Order 1 to %(most)s pieces.") % {"most": counted(MOST_QUANTITY, translation.get_language())}


def told_retracted(evaluation: Evaluation, reader: Reader) -> str:
    """Return which choices went with a change, as a sentence."""
    options = evaluation.model.option_by_key
    listed = ", ".join(
        f"{options[key].label.in_locale(reader.locale)} ({picked(options[key], choice, reader)})"
        for key, choice in without_internal(evaluation.model, evaluation.retracted).items()
    )
    return _("These choices went with it: %(choices)s. Undo brings them back.") % {"choices": listed}


def told_changes(
    before: Evaluation,
    after: Evaluation,
    changes: Mapping[str, Choice | None],
    ask: InstanceAsk | None,
    rows: Rows | None,
    reader: Reader,
) -> str:
    """Return what a click changed beyond what it asked for and the price, as sentences that screen readers say."""
    if after.conflict is not None:
        return ""
    told = [] if ask is None or rows is None else [_told_rows(after.model, ask, rows, reader)]
    changed = {key for key, _ in before.values.items() ^ after.values.items()} - changes.keys()
    options = after.model.option_by_key
    others = [
        f"{options[key].label.in_locale(reader.locale)}: {picked(options[key], after.values[key], reader)}"
        for key in shown_keys(after.model, sorted(changed, key=list(options).index) if changed else ())
        if key in after.values
        and not (rows and key.startswith(f"{rows.key}."))
        # That nothing is ticked where something may be now is no news.
        and (after.values[key] is not False or key in before.values)
    ]
    if others:
        listed = ", ".join(others[:MOST_TOLD_CHANGES])
        if len(others) > MOST_TOLD_CHANGES:
            listed = _("%(some)s and %(count)s more") % {"some": listed, "count": len(others) - MOST_TOLD_CHANGES}
        told.append(_("Also changed: %(options)s.") % {"options": listed})
    return " ".join(told)


def _told_rows(model: ProductModel, ask: InstanceAsk, rows: Rows, reader: Reader) -> str:
    new, old = whole_label(model, rows.place, reader), whole_label(model, ask.what, reader)
    if ask.verb == "add":
        return _("%(instance)s was added.") % {"instance": new}
    if ask.verb == "copy":
        return _("%(copy)s is a copy of %(instance)s.") % {"copy": new, "instance": old}
    if ask.verb == "move":
        return _("%(instance)s is now %(place)s.") % {"instance": old, "place": new}
    told = _("%(instance)s was removed.") % {"instance": old}
    is_last = int(ask.what.rpartition(".")[2]) > len(rows.sources)
    return told if is_last else f"{told} {_('Those after it moved up.')}"


def _move(
    model: ProductModel, form: PostedForm, before: Evaluation, inputs: Mapping[str, Choice | None], quantity: int
) -> _Move:
    """Return what the button that was pressed asks for; without one, that the inputs count."""
    if form.is_undo:
        back = state_in(model, form.past[-1] if form.past else form.state)
        return _Move(back.choices, {}, back.quantity, form.past[:-1], form.at)
    if form.is_keep:
        return _Move(before.choices, {}, quantity, form.past, form.at)
    if form.apply or form.more:
        changes, _dropped = choices_in(model, form.apply or form.more)
        return _Move(before.choices, changes, quantity, form.past, form.at)
    if form.preset:
        preset = next((each for each in model.presets if each.key == form.preset), None)
        if preset is None:
            return _Move(before.choices, {}, quantity, form.past, form.at)
        chosen, _misread = sort_choices(model, preset.choices)
        return _Move({key: each for key, each in chosen.items() if each is not None}, {}, quantity, form.past, form.at)
    changes, ask, rows = _with_instance(model, form.instance, before, inputs)
    if form.given:
        # All of what the shop's page sets goes, or nothing of it.
        given, misread = choices_in(model, form.given)
        changes |= {} if misread else given
    step = step_with(model, form.goto) if form.goto else form.step or form.at
    return _Move(before.choices, changes, quantity, form.past, step, ask, rows)


def _still_on(evaluation: Evaluation, changes: Mapping[str, Choice | None]) -> dict[str, Choice | None]:
    """Return "no" for each box that was unticked and is ticked all the same: then that is a choice, and may clash."""
    if evaluation.conflict is not None:
        return {}
    options = evaluation.model.option_by_key
    return {
        key: False
        for key, change in changes.items()
        if change is None and kind_of(options[key]).is_truth and evaluation.values.get(key) is True
    }


def _with_instance(
    model: ProductModel, asked: str, before: Evaluation, inputs: Mapping[str, Choice | None]
) -> tuple[dict[str, Choice | None], InstanceAsk | None, Rows | None]:
    """Return the inputs with what a button such as `move modules.2 1` asks for; alone where it came too late."""
    verb, what, to = (*asked.split(), "", "", "")[:3]
    ask = InstanceAsk(verb, what, int(to) if re.fullmatch("[0-9]{1,3}", to) else None)
    if asked:
        try:
            return _asked_of(model, before, inputs, ask)
        except InstanceRefused:
            pass
    return dict(inputs), None, None


def _asked_of(
    model: ProductModel, before: Evaluation, inputs: Mapping[str, Choice | None], ask: InstanceAsk
) -> tuple[dict[str, Choice | None], InstanceAsk, Rows]:
    changes, rows = with_instance(model, before.choices, before.values, inputs, ask)
    return changes, ask, rows


def _first_in(evaluation: Evaluation, place: str) -> str:
    """Return the first option that is asked in the instance at `place`."""
    now = (option.key for option in shown_options(evaluation.model) if option.key.startswith(f"{place}."))
    return next((key for key in now if evaluation.options[key].active), "")


def _row_to_focus(rows: Rows, ask: InstanceAsk) -> str:
    """Return the id of what the keyboard goes on at: the moved instance, or what is now where one was removed."""
    if rows.place:
        return f"row-{rows.place}"
    number = min(int(ask.what.rpartition(".")[2]), len(rows.sources))
    return f"row-{rows.key}.{number}" if number else f"add-{rows.key}"


def _pinned(frame: Frame, product: str, text: str, link: DraftLink | None = None) -> tuple[tokens.Token, Offer, bool]:
    """Return the token of the page, what it pins, and whether it had to be replaced by what holds now.

    Of a draft it pins the place alone.
    """
    token = tokens.read_token(text)
    buyer = Buyer()
    if link is not None:
        if token is not None and (token.merchant, token.product) == (frame.merchant, product):
            buyer = Buyer(country=token.country, region=token.region)
        offer = link.offer(buyer=buyer)
        return _new_token(frame, product, offer), offer, False
    if token is not None and (token.merchant, token.product) == (frame.merchant, product):
        kept = _kept(frame, product, token.prices_of)
        buyer = Buyer(country=token.country, region=token.region) if kept is None else Buyer(**kept.buyer)
        try:
            offer = published(frame.merchant, product, token.version, buyer=buyer)
            if offer.price_list.key != token.price_list:
                offer = published(frame.merchant, product, token.version, token.price_list, buyer)
            return token, offer, False
        except NotFound:
            pass
    offer = published(frame.merchant, product, buyer=buyer)
    return _new_token(frame, product, offer), offer, True


def _kept(frame: Frame, product: str, public_id: str) -> Configuration | None:
    """Return the configuration of this product with that id; None without one."""
    if not public_id:
        return None
    try:
        found = configuration_of(Merchant.objects.get(slug=frame.merchant), public_id)
    except NotFound:
        return None
    return found if found.product.key == product else None


def _at_prices_of(frame: Frame, product: str, public_id: str) -> Offer | None:
    """Return the product at the price list that a configuration was kept at; None where there is none.

    Whoever knows the id sees that configuration with its price, so these prices are no secret to them.
    """
    kept = _kept(frame, product, public_id)
    if kept is None:
        return None
    try:
        return published(frame.merchant, product, None, kept.price_list, Buyer(**kept.buyer))
    except NotFound:
        return None


def _said_internally(frame: Frame, product: str, public_id: str, model: ProductModel) -> dict[str, Choice]:
    """Return the internal choices of the configuration that a page was opened from; no page or address tells them.

    Those in instances stay behind, since the shopper may take instances away.
    """
    kept = _kept(frame, product, public_id) if model.internal_options else None
    if kept is None:
        return {}
    chosen = {key: choice for key, choice in choices_of(kept).items() if key in model.option_by_key}
    return {key: choice for key, choice in internal_choices(model, chosen).items() if not place_of(key)}


def _new_token(frame: Frame, product: str, offer: Offer, prices_of: str = "") -> tokens.Token:
    return tokens.Token(
        frame.merchant,
        product,
        offer.version,
        offer.price_list.key,
        tokens.new_once(),
        offer.buyer.country,
        offer.buyer.region,
        prices_of,
    )


def _unready(evaluation: Evaluation, view: View) -> View:
    """Return the view that tells what is still missing, at the first place where it is."""
    if asked := shown_keys(evaluation.model, evaluation.missing):
        first = asked[0]
        options = evaluation.model.option_by_key
        missing = tuple((key, options[key].label.in_locale(view.language.locale)) for key in asked)
        notices = Notices(alert=_("Some choices are still open:"), missing=missing)
        return replace(view, step=step_with(evaluation.model, first), notices=notices, focus=first)
    if evaluation.open_rules:
        rules = open_rules_shown(evaluation, view.reader)
        first = rules[0][0]
        alert = " ".join(dict.fromkeys(sentence for _key, sentence in rules))
        step = step_with(evaluation.model, first) if first else view.step
        return replace(view, step=step, notices=Notices(alert=alert), focus=first)
    problem = evaluation.price_problem or evaluation.parts_problem
    sentence = told_in_english(sentence_for_shoppers(evaluation.model, problem, view.language.locale))
    notices = Notices(alert=" ".join((_("This cannot be ordered here yet."), sentence)).strip())
    return replace(view, notices=notices)


def _once(request: HttpRequest, form: PostedForm, token: tokens.Token, what: str, evaluation: Evaluation) -> str:
    """Return a word for the state of one open page, so that keeping it twice keeps it once.

    The same page may be completed again after a change. A page that a cache gave to two shoppers is two: their scripts
    tell them apart, and without scripts what each browser says of itself does.
    """
    own = form.own or " ".join(request.META.get(name, "") for name in _OF_CALLER)
    told = f"{token.once} {own} {what} {evaluation.fingerprint} {evaluation.quantity}"
    return sha256(told.encode()).hexdigest()


def _completed(request: HttpRequest, view: View, once: str, evaluation: Evaluation) -> HttpResponse:
    configuration = complete_choices(
        view.offer, evaluation.choices, evaluation.quantity, view.language.locale, once=once
    )
    address = done.address_of(configuration, view)
    if not is_htmx(request):
        return HttpResponseRedirect(address, status=303)
    # The way back belongs to the shop's page; the choices are behind "Change it".
    return replace_url(HttpResponse(done.panel(configuration, view)), address)


def is_htmx(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of the page; a reload from its history wants the whole."""
    htmx = HtmxDetails(request)
    return bool(htmx) and not htmx.history_restore_request


def told_quietly(request: HttpRequest, response: HttpResponse, status: int) -> HttpResponse:
    """Return `response` with `status`, or for our own script with 200 and the status in a header.

    Browsers write every 4xx of a script's request as an error into the console of the shop's page; a conflict is an
    ordinary answer there.
    """
    if "HTTP_HX_QUIET" in request.META:
        response.headers["HX-Status"] = str(status)
    else:
        response.status_code = status
    return response


# ---- a completed configuration ---------------------------------------------------------------------------------------


@framed
def completed(request: HttpRequest, frame: Frame, product: str, public_id: str) -> HttpResponse:
    """Show a completed configuration; an open one opens in the widget with its choices."""
    merchant = Merchant.objects.get(slug=frame.merchant)
    configuration = configuration_of(merchant, public_id)
    if configuration.product.key != product:
        raise NotFound("There is no such configuration.")
    path = request.path.removesuffix(f"c/{public_id}/")
    offer = offer_of(configuration)
    language = language_of(request, offer.product.model, request.GET.get("lang", ""), frame.country)
    unit = unit_wanted(offer.product.model.units, request.GET.get(SHOWN_IN, ""))
    scheme = scheme_of_address(request)
    view = View(frame=frame, offer=offer, language=language, path=path, step=SUMMARY, unit=unit, scheme=scheme)
    if not configuration.is_completed or done.CHANGE in request.GET:
        address, left_out = done.change_address(configuration, view)
        if not left_out:
            return HttpResponseRedirect(address)
        return _page(request, frame, product, QueryDict(address.partition("?")[2]), path, configuration)
    return HttpResponse(done.whole_page(configuration, view))


# ---- pictures --------------------------------------------------------------------------------------------------------


@framed
def draft_picture(
    request: HttpRequest, frame: Frame, product: str, token: str, mask: str, seal: str, tints: str = ""
) -> HttpResponse:
    """Answer as `picture` does with layers of the draft that a link is of."""
    model = read_draft_link(frame.merchant, product, token).offer().product.model
    if not pictures.is_sealed(model, int(mask, 16), seal, tints):
        raise Http404
    response = _picture(request, pictures.composed(model, int(mask, 16), tints))
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@framed
def picture(
    request: HttpRequest, frame: Frame, product: str, version: str, mask: str, seal: str, tints: str = ""
) -> HttpResponse:
    """Answer with the layers of `mask` laid over each other, as WebP; only where one of our pages named them."""
    model = published(frame.merchant, product, int(version)).product.model
    if not pictures.is_sealed(model, int(mask, 16), seal, tints):
        raise Http404
    return _picture(request, pictures.composed(model, int(mask, 16), tints))


def asset(request: HttpRequest, digest: str, width: str | None = None) -> HttpResponse:
    """Answer with a kept picture as it is, or at most `width` pixels wide as WebP."""
    found = pictures.kept(digest) if width is None else pictures.narrowed(digest, int(width))
    return _picture(request, found)


def _picture(request: HttpRequest, found: pictures.Image | None) -> HttpResponse:
    if found is None:
        raise Http404
    etag = f'"{found.name}"'
    headers: dict[str, Any] = {
        "ETag": etag,
        "Cache-Control": FOREVER,
        # Shops with cross-origin isolation may load them too.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if is_named(etag, request.headers.get("If-None-Match")):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(found.content, content_type=found.media_type, headers=headers)


def theme(request: HttpRequest, accent: str) -> HttpResponse:
    """Answer with the colours of a shop; the address has all that they follow from."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse(theme_css(accent), content_type="text/css; charset=utf-8", headers=headers)


@framed
def nothing(request: HttpRequest, frame: Frame, rest: str) -> HttpResponse:
    """Tell, inside the frame too, that there is no such page; lead to a product whose address lacks its last slash."""
    if request.method != "GET" or "/" in rest:
        raise Http404
    published(frame.merchant, rest)
    return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
