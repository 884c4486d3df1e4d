"""The HTMX face: the widget's page, its pictures, and the page of a completed configuration."""

from contextlib import nullcontext
from dataclasses import replace
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

from catalog.assemblies import place_of
from catalog.entity_tags import is_named
from catalog.errors import NotFound
from catalog.lengths import unit_wanted
from catalog.models import Merchant
from catalog.numbers import MOST_TYPED
from catalog.product_model import Choice, ProductModel
from configurator import pictures
from configurator.choices import plain_choices
from configurator.compiled_product import CompiledProduct
from configurator.completing import complete_choices
from configurator.discretion import (
    internal_choices,
    is_shown,
    sentence_for_shoppers,
    shown_keys,
    without_internal,
)
from configurator.draft_links import DraftLink, LinkExpired, read_draft_link
from configurator.embed import done, limits, tokens
from configurator.embed.clicks import Click, click
from configurator.embed.forms import PostedForm
from configurator.embed.framing import (
    FOREVER,
    Frame,
    framed,
    problem,
    scheme_of_address,
    with_viewer,
)
from configurator.embed.languages import language_of, told_in_english
from configurator.embed.options import Reader, print_problem_text
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
from configurator.embed.restoring import told_lost
from configurator.embed.sentences import (
    changes_text,
    gaps_text,
    misread_text,
    new_price_text,
    quantities_text,
    retracted_text,
)
from configurator.embed.states import (
    PRICES_OF,
    SHOWN_IN,
    State,
    buyer_of_address,
    read_quantity,
    state_of_address,
)
from configurator.embed.summaries import Notices
from configurator.embed.theme import theme_css
from configurator.embed.uploading import gone_files, with_file
from configurator.engine.face.conflicts import Explanation
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.why import explanations_of
from configurator.keeping import save
from configurator.model_names import values_of_name
from configurator.models import Configuration
from configurator.offers import Offer, published
from configurator.prints.printed import printed
from configurator.restoring import restored
from configurator.salvage import Lost, salvaged
from configurator.stored import choices_of, configuration_of, offer_of
from configurator.uploads import shown_files
from pricing.in_force import Buyer

_OF_CALLER = ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE")


# ---- the widget ----------------------------------------------------------------------------------


@framed
def widget(request: HttpRequest, frame: Frame, product: str) -> HttpResponse:
    """Answer with the whole page, or to a post with what the page becomes."""
    limits.admit(request)
    if request.method in {"GET", "HEAD"}:
        return _opened(request, frame, product)
    if request.method == "POST":
        return _posted(request, frame, product)
    return HttpResponseNotAllowed(["GET", "HEAD", "POST", "OPTIONS"])


@framed
def draft(request: HttpRequest, frame: Frame, product: str, token: str) -> HttpResponse:
    """Answer as `widget` does with the draft that a link is of; nothing of it can be ordered or
    kept.
    """
    limits.admit(request)
    try:
        link = read_draft_link(frame.merchant, product, token)
    except LinkExpired:
        if is_htmx(request):
            return HttpResponseClientRefresh()
        return problem(
            request, LinkExpired.status, _("This link to a draft has expired. Ask for a new one.")
        )
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


def _opened(
    request: HttpRequest, frame: Frame, product: str, link: DraftLink | None = None
) -> HttpResponse:
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
    """Answer with the page at `path` that the parameters `asked` speak of, with the choices of
    `stored` if given.
    """
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
    if gone := gone_files(frame.merchant, model, state.choices):
        lost_files = tuple(Lost(key, "") for key in gone)
        there = {key: each for key, each in state.choices.items() if key not in gone}
        state = replace(state, choices=there, dropped=(*state.dropped, *lost_files))
    said = _said_internally(frame, product, prices_of, model)
    found = restored(offer, {**state.choices, **said}, state.quantity)
    evaluation = found.evaluation
    language = language_of(request, model, asked.get("lang", ""), frame.country)
    unit = unit_wanted(model.units, asked.get(SHOWN_IN, ""))
    reader = Reader(language.locale, offer.price_list.currency, unit)
    gentle = []
    with translation.override(language.interface):
        if asked_prices != prices_of:
            gentle.append(
                _("The prices that this was kept at no longer hold; these are the prices of today.")
            )
        gentle += repriced_text(frame, product, prices_of, evaluation, reader)
        if read_quantity(asked.get("quantity", "")) is None:
            gentle.append(quantities_text())
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
    text = whole_page(evaluation, view, carried(tokens.signed(token), (), told_total(evaluation)))
    return with_viewer(HttpResponse(text), frame, model)


def _state_of(model: ProductModel, stored: Configuration) -> State:
    """Return the state that a configuration was kept in, as far as `model` still has it."""
    choices, lost = salvaged(model, stored.choices)
    return State(
        {key: each for key, each in choices.items() if each is not None}, stored.quantity, lost
    )


def _posted(
    request: HttpRequest, frame: Frame, product: str, link: DraftLink | None = None
) -> HttpResponse:
    form = PostedForm.read(request)
    token, offer, is_outdated = _pinned(frame, product, form.token, link)
    model = offer.product.model
    language = language_of(request, model, form.language, frame.country)
    with limits.uploading(request) if form.file is not None else nullcontext():
        form, unread = with_file(frame.merchant, model, form)
    clicked = click(
        offer, form, language.locale, _said_internally(frame, product, token.prices_of, model)
    )
    clicked = replace(clicked, invalid=(*clicked.invalid, *unread)) if unread else clicked
    evaluation, rows = clicked.evaluation, clicked.rows
    why = form.why if form.why and is_shown(model, form.why) else ""
    view = View(
        frame=frame,
        offer=offer,
        language=language,
        path=request.path,
        step=form.at if evaluation.conflict is not None or clicked.invalid else clicked.move.step,
        can_undo=bool(clicked.past),
        invalid=clicked.invalid,
        why=why,
        explanations=_explanations(evaluation, why) if why else (),
        focus=clicked.focus if clicked.focus and is_shown(model, clicked.focus) else "",
        focus_id=clicked.focus_id,
        quantity=form.quantity[:MOST_TYPED] if clicked.quantity is None else "",
        refused=misread_text(clicked.misread, language) if clicked.misread else "",
        checks=form.checks,
        rest=form.rest,
        prices_of=token.prices_of,
        # What was typed and not understood stands there in the unit it was typed in.
        unit=clicked.unit
        if clicked.invalid
        else unit_wanted(model.units, form.show_in or clicked.unit),
        scheme=scheme_of_address(request),
        draft=None if link is None else _draft_shown(link, model),
        windows=form.windows,
        whole=f"{request.scheme}://{request.get_host()}"
        if form.is_share or form.is_complete
        else "",
    )
    with translation.override(language.interface):
        view, status = _with_notices(view, form, clicked, is_outdated)
        # Nobody orders what they were only now told something about.
        if form.is_complete and status == 200 and not view.notices.alert:
            limits.admit_save(request)
            return _completed(
                request, view, _once(request, form, token, "", evaluation), evaluation
            )
        if form.is_share and status == 200 and link is None:
            limits.admit_save(request)
            once = _once(request, form, token, "shared", evaluation)
            shared = save(
                offer, evaluation.choices, evaluation.quantity, language.locale, once
            ).public_id
            view = replace(view, shared=shared, focus_id="share")
        address, gaps = address_with_gaps(evaluation, view)
        if gaps:
            gentle = (*view.notices.gentle, gaps_text(model, gaps, language.locale))
            view = replace(view, notices=replace(view.notices, gentle=gentle))
        move = clicked.move
        if told := changes_text(
            clicked.opened.evaluation, evaluation, move.changes, move.ask, rows, view.reader
        ):
            view = replace(view, told=told)
    hidden = carried(tokens.renewed(form.token, token), clicked.past, told_total(evaluation))
    # How the rest would be chosen is found out while it is printed.
    with limits.working(request) if view.rest else nullcontext():
        page = (panel if is_htmx(request) else whole_page)(evaluation, view, hidden)
    if not is_htmx(request):
        return with_viewer(HttpResponse(page, status=status), frame, model)
    response = HttpResponse(page)
    if rows is not None:
        response.headers["HX-Rows"] = (
            f"{rows.key} {','.join(str(each or 0) for each in rows.sources)}"
        )
    return told_quietly(request, replace_url(response, address), status)


def _with_notices(
    view: View, form: PostedForm, clicked: Click, is_outdated: bool
) -> tuple[View, int]:
    """Return `view` with what a shopper has to be told of a click, and the status of the answer.

    A click that wants to order and may not has 422, and the notice says why.
    """
    evaluation, opened, status = clicked.evaluation, clicked.opened, clicked.status
    if (
        is_outdated
        or clicked.state.dropped
        or (opened.clashed and without_internal(evaluation.model, opened.clashed))
    ):
        told = _(
            "This page had been open for long, so it was brought up to date. Please look at it once more."
        )
        told = told if clicked.quantity is not None else f"{told} {quantities_text()}"
        lost = told_lost(view.offer, clicked.state.dropped, opened, view.reader)
        return replace(view, notices=Notices((), lost, told)), status
    if clicked.quantity is None:
        return replace(view, notices=Notices(alert=quantities_text())), status
    if evaluation.retracted and status == 200:
        # Nobody orders without what went, before they read that it did.
        notices = Notices(alert=retracted_text(evaluation, view.reader))
        return replace(view, notices=notices), 422 if form.is_complete else 200
    if form.is_complete and view.draft is not None:
        sentence = _("This is a draft: it can be looked at, not ordered.")
        return replace(view, notices=Notices(alert=sentence)), 422
    if (form.is_complete or form.is_share) and status == 200:
        gone = gone_files(view.frame.merchant, evaluation.model, evaluation.choices)
        if gone:
            sentence = _("Your picture is not here any more. Please upload it again.")
            step = step_with(evaluation.model, gone[0])
            return replace(view, notices=Notices(alert=sentence), step=step, focus=gone[0]), 422
    if not form.is_complete or status != 200:
        return view, status
    if form.total and form.total != told_total(evaluation):
        # Terms may change while a page is open; nobody orders at a price they did not see.
        sentence = new_price_text(form.total, evaluation, view.reader)
        return replace(view, notices=Notices(alert=sentence)), 422
    return (view, 200) if evaluation.ready else (_unready(evaluation, view), 422)


def _explanations(evaluation: Evaluation, why: str) -> tuple[Explanation, ...]:
    """Return why the option with the key `why` has its value; nothing for one that takes no part."""
    if not evaluation.options[why].active:
        return ()
    return explanations_of(evaluation, evaluation.model.option_by_key[why])


def repriced_text(
    frame: Frame, product: str, public_id: str, evaluation: Evaluation, reader: Reader
) -> tuple[str, ...]:
    """Return that a configuration was kept at another price than `evaluation` has, if it was; a
    sentence or none.
    """
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
    return (
        _("When this was kept it cost %(before)s; at the prices of today it costs %(now)s.")
        % prices,
    )


def _pinned(
    frame: Frame, product: str, text: str, link: DraftLink | None = None
) -> tuple[tokens.Token, Offer, bool]:
    """Return the token of the page, what it pins, and whether it had to be replaced by what holds
    now.

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
        buyer = (
            Buyer(country=token.country, region=token.region)
            if kept is None
            else Buyer(**kept.buyer)
        )
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
    """Return the product at the price list that a configuration was kept at; None where there is
    none.

    Whoever knows the id sees that configuration with its price, so these prices are no secret to
    them.
    """
    kept = _kept(frame, product, public_id)
    if kept is None:
        return None
    try:
        return published(frame.merchant, product, None, kept.price_list, Buyer(**kept.buyer))
    except NotFound:
        return None


def _said_internally(
    frame: Frame, product: str, public_id: str, model: ProductModel
) -> dict[str, Choice]:
    """Return the internal choices of the configuration that a page was opened from; no page or
    address tells them.

    Those in instances stay behind, since the shopper may take instances away.
    """
    kept = _kept(frame, product, public_id) if model.internal_options else None
    if kept is None:
        return {}
    chosen = {key: choice for key, choice in choices_of(kept).items() if key in model.option_by_key}
    return {
        key: choice for key, choice in internal_choices(model, chosen).items() if not place_of(key)
    }


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
    unprinted = next((each for each in evaluation.prints if each.problem is not None), None)
    if unprinted is not None and unprinted.problem is not None:
        key = unprinted.print.text or unprinted.print.file or ""
        notices = Notices(alert=print_problem_text(unprinted.problem))
        step = step_with(evaluation.model, key)
        return replace(view, step=step, notices=notices, focus=key)
    problem = evaluation.price_problem or evaluation.parts_problem
    sentence = told_in_english(
        sentence_for_shoppers(evaluation.model, problem, view.language.locale)
    )
    notices = Notices(alert=" ".join((_("This cannot be ordered here yet."), sentence)).strip())
    return replace(view, notices=notices)


def _once(
    request: HttpRequest, form: PostedForm, token: tokens.Token, what: str, evaluation: Evaluation
) -> str:
    """Return a word for the state of one open page, so that keeping it twice keeps it once.

    The same page may be completed again after a change. A page that a cache gave to two shoppers is
    two: their scripts tell them apart, and without scripts what each browser says of itself does.
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
    # HtmxDetails reads all headers of a request to answer for one.
    headers = request.META
    return (
        headers.get("HTTP_HX_REQUEST") == "true"
        and headers.get("HTTP_HX_HISTORY_RESTORE_REQUEST") != "true"
    )


def told_quietly(request: HttpRequest, response: HttpResponse, status: int) -> HttpResponse:
    """Return `response` with `status`, or for our own script with 200 and the status in a header.

    Browsers write every 4xx of a script's request as an error into the console of the shop's page;
    a conflict is an ordinary answer there.
    """
    if "HTTP_HX_QUIET" in request.META:
        response.headers["HX-Status"] = str(status)
    else:
        response.status_code = status
    return response


# ---- a completed configuration -------------------------------------------------------------------


@framed
def completed(request: HttpRequest, frame: Frame, product: str, public_id: str) -> HttpResponse:
    """Show a completed configuration; an open one opens in the widget with its choices."""
    limits.admit(request)
    merchant = Merchant.objects.get(slug=frame.merchant)
    configuration = configuration_of(merchant, public_id)
    if configuration.product.key != product:
        raise NotFound("There is no such configuration.")
    path = request.path.removesuffix(f"c/{public_id}/")
    offer = offer_of(configuration)
    language = language_of(request, offer.product.model, request.GET.get("lang", ""), frame.country)
    unit = unit_wanted(offer.product.model.units, request.GET.get(SHOWN_IN, ""))
    scheme = scheme_of_address(request)
    view = View(
        frame=frame,
        offer=offer,
        language=language,
        path=path,
        step=SUMMARY,
        unit=unit,
        scheme=scheme,
    )
    if not configuration.is_completed or done.CHANGE in request.GET:
        address, left_out = done.change_address(configuration, view)
        if not left_out:
            return HttpResponseRedirect(address)
        return _page(
            request, frame, product, QueryDict(address.partition("?")[2]), path, configuration
        )
    return with_viewer(
        HttpResponse(done.whole_page(configuration, view)), frame, offer.product.model
    )


# ---- pictures ------------------------------------------------------------------------------------


@framed
def draft_picture(
    request: HttpRequest,
    frame: Frame,
    product: str,
    token: str,
    mask: str,
    seal: str,
    tints: str = "",
    written: str = "",
) -> HttpResponse:
    """Answer as `picture` does with layers of the draft that a link is of."""
    compiled = read_draft_link(frame.merchant, product, token).offer().product
    response = _picture(request, _composed(frame, compiled, int(mask, 16), seal, tints, written))
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@framed
def picture(
    request: HttpRequest,
    frame: Frame,
    product: str,
    version: str,
    mask: str,
    seal: str,
    tints: str = "",
    written: str = "",
) -> HttpResponse:
    """Answer with the layers of `mask` laid over each other, as WebP; only where one of our pages
    named them.
    """
    compiled = published(frame.merchant, product, int(version), even_retired=True).product
    return _picture(request, _composed(frame, compiled, int(mask, 16), seal, tints, written))


def _composed(
    frame: Frame, compiled: CompiledProduct, mask: int, seal: str, tints: str, written: str
) -> pictures.Image | None:
    """Return the layers that one of our pages named, with the texts and pictures of shoppers that
    `written` tells.
    """
    model = compiled.model
    values = values_of_name(model, written) if written else {}
    if values is None or not pictures.is_sealed(model, mask, seal, tints):
        raise Http404
    files = shown_files(frame.merchant)
    return pictures.composed(model, mask, tints, printed(compiled.prints, values), files)


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
    """Tell, inside the frame too, that there is no such page; lead to a product whose address lacks
    its last slash.
    """
    if request.method != "GET" or "/" in rest:
        raise Http404
    published(frame.merchant, rest)
    return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
