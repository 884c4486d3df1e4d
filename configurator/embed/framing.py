"""Who may frame the widget, and what every answer carries: headers, and errors that show inside a
frame.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from catalog.database_trouble import RETRY_SECONDS, UNAVAILABLE
from catalog.errors import NotFound, Refusal
from catalog.limits import TooManyRequests
from catalog.memory import MEGABYTE, Remembered
from catalog.models import Merchant
from catalog.nul_requests import PLAIN_FORM, fields_with_nul, refuses_nul
from catalog.product_model import ProductModel
from catalog.shape_expressions import has_shapes
from catalog.sites import is_listed, site_of
from configurator import viewer_policy
from configurator.embed.languages import language_of_address, told_in_english
from configurator.embed.theme import COLOUR_SCHEME, scheme_asked
from configurator.offers import Retired

logger = logging.getLogger(__name__)

FRAME_SECONDS = 15
# A merchant may list a hundred sites.
FRAMES_BYTES, FRAME_BYTES = MEGABYTE, 2_000
# A frame without `allow-same-origin` has the origin "null"; so does the origin of every other such
# frame.
OPAQUE_ORIGIN = "null"
ALLOWED_HEADERS = (
    "Content-Type, HX-Boosted, HX-Current-URL, HX-Quiet, HX-Request, HX-Target, HX-Trigger, "
    "HX-Trigger-Name"
)
# All that htmx asks for: browsers complain about any other, and "*" stands for those that an answer
# has.
EXPOSED_HEADERS = (
    "HX-Location, HX-Push, HX-Push-Url, HX-Redirect, HX-Refresh, HX-Replace-Url, HX-Reselect, HX-Reswap, HX-Retarget, "
    "HX-Rows, HX-Status, HX-Trigger, HX-Trigger-After-Settle, HX-Trigger-After-Swap"
)
_ORIGIN = re.compile(
    r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?"
)
_FRAMES = {"iframe", "frame", "embed", "object"}
_ANYWHERE = {**settings.SECURE_CSP, "frame-ancestors": ["*"]}
FOREVER = "public, max-age=31536000, immutable"
_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

type View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Frame:
    """A merchant as the widget needs it: its sites may frame the widget, as the policy says;
    `country` may be empty.
    """

    merchant: str
    name: str
    origins: tuple[str, ...]
    policy: Mapping[str, Any]
    accent: str = ""
    country: str = ""


def frame_of(
    merchant: str, name: str, origins: object, accent: str = "", country: str = ""
) -> Frame:
    """Return the frame of a merchant; origins that are none, such as `https://a.example/path`, are
    left out.
    """
    listed = origins if isinstance(origins, list) else []
    valid = tuple(
        dict.fromkeys(
            origin
            for origin in (
                each.strip().rstrip("/").lower() for each in listed if isinstance(each, str)
            )
            if _ORIGIN.fullmatch(origin)
        )
    )
    return Frame(
        merchant,
        name,
        valid,
        {**settings.SECURE_CSP, "frame-ancestors": list(valid) or [CSP.NONE]},
        accent.removeprefix("#").lower(),
        country,
    )


# When each merchant was read, and its frame.
_frames: Remembered[str, tuple[float, Frame | None]] = Remembered(
    FRAMES_BYTES, lambda *_: FRAME_BYTES
)


def frame_for(slug: str) -> Frame | None:
    """Return the frame of the merchant with this slug, at most FRAME_SECONDS old; None if there is
    none.
    """
    now = time.monotonic()
    known = _frames.get(slug)
    if known is not None and now - known[0] < FRAME_SECONDS:
        return known[1]
    try:
        row = (
            Merchant.objects.filter(slug=slug)
            .values_list("slug", "name", "origins", "accent", "country")
            .first()
        )
    except UNAVAILABLE:
        if known is None:
            raise
        return known[1]
    frame = frame_of(*row) if row else None
    _frames.keep(slug, (now, frame))
    return frame


def framed(view: View) -> View:
    """Return `view`, called with the merchant's Frame in place of the slug, its answers framed as
    that says.

    Refusals and failures become small pages of their own with the same headers: with the policy of
    all other pages the browser would show "refused to connect" inside the shop. No cookie is read
    or written, so there is nothing that a forged request could use; still, posts from other sites
    are refused (see `is_from_elsewhere`).
    """

    @refuses_nul
    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, merchant: str, **arguments: Any) -> HttpResponse:
        with translation.override(language_of_address(request)):
            try:
                frame = frame_for(merchant)
            except UNAVAILABLE as error:
                response = _unavailable(request, error)
                # Whose page it is in, nobody can tell now; it holds nothing but that it tries
                # again.
                _allow(request, response, None)
                response._csp_config = _ANYWHERE  # type: ignore[attr-defined]
                return response
            response = _response(view, request, frame, arguments)
        _allow(request, response, frame)
        return response

    return wrapped


def _response(
    view: View, request: HttpRequest, frame: Frame | None, arguments: Mapping[str, Any]
) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Allow"] = "GET, HEAD, POST, OPTIONS"
        return response
    if site := unlisted_site(request, frame):
        return _told_unlisted(request, site)
    if request.method in _UNSAFE and is_from_elsewhere(request):
        return problem(request, 403, _("This form was sent from another site."))
    return _answer(view, request, frame, arguments)


def _answer(
    view: View, request: HttpRequest, frame: Frame | None, arguments: Mapping[str, Any]
) -> HttpResponse:
    try:
        if frame is None:
            raise NotFound("There is no such shop here.")
        if fields_with_nul(request, (PLAIN_FORM,)):
            raise SuspiciousOperation("The request holds the character NUL.")
        return view(request, frame, **arguments)
    except Retired:
        return problem(request, Retired.status, _("This product is no longer sold."))
    except NotFound:
        return problem(request, 404, _("This product is not available here."))
    except Http404:
        return problem(request, 404, _("This page does not exist."))
    except TooManyRequests as refusal:
        sentence = _("Too many requests came from your network. Please try again in a moment.")
        response = problem(request, refusal.status, sentence)
        response.headers["Retry-After"] = refusal.headers()["Retry-After"]
        return response
    except Refusal as refusal:
        return problem(
            request,
            refusal.status,
            told_in_english(refusal.sentence) or _("This could not be done here."),
        )
    except RequestDataTooBig:
        return problem(request, 413, _("This form is too large."))
    except SuspiciousOperation:
        return problem(request, 400, _("This form could not be read."))
    except UNAVAILABLE as error:
        return _unavailable(request, error)
    except Exception:
        got_request_exception.send(sender=None, request=request)
        logger.exception("The widget failed at %s", request.path)
        return problem(
            request, 500, _("Something went wrong on our side. Please try again in a moment.")
        )


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the page of a database that is away: one that was opened comes back by itself, a form
    is sent again.
    """
    logger.error("The widget found no database at %s: %s", request.path, error)
    response = problem(request, 503, _("The configurator cannot be reached for a moment."))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Return whether a browser says that a page of another site sent this form.

    A frame with an opaque origin counts as ours: it cannot say more, and has no more rights than
    any caller without a browser.
    """
    # `request.headers` reads all headers of a request to answer for one.
    origin = request.META.get("HTTP_ORIGIN")
    if origin == OPAQUE_ORIGIN:
        return False
    if site := request.META.get("HTTP_SEC_FETCH_SITE"):
        return site not in {"same-origin", "none"}
    return origin is not None and origin != f"{request.scheme}://{request.get_host()}"


def with_viewer(response: HttpResponse, frame: Frame, model: ProductModel) -> HttpResponse:
    """Return the page `response` with the policy that the 3D viewer needs, if `model` has shapes."""
    if has_shapes(model):
        response._csp_config = viewer_policy.with_viewer(frame.policy)  # type: ignore[attr-defined]
    return response


def unlisted_site(request: HttpRequest, frame: Frame | None) -> str:
    """Return the site whose page is framing this one though no merchant lists it; empty where that
    is not known.

    Browsers say what a request is for, and by default whose page asks. Whoever says neither gets
    the page itself, which the browser then shows to listed sites alone.
    """
    if request.META.get("HTTP_SEC_FETCH_DEST") not in _FRAMES:
        return ""
    site = site_of(request.META.get("HTTP_REFERER", ""))
    is_ours = site == site_of(f"{request.scheme}://{request.get_host()}")
    return "" if is_ours or not site or is_listed(site, frame.origins if frame else ()) else site


def _told_unlisted(request: HttpRequest, site: str) -> HttpResponse:
    """Return the page for a site that is not listed: the line to add, and nothing about merchant or
    product.
    """
    language = translation.get_language() or "en"
    context = {"site": site, "language": language, "scheme": scheme_of_address(request)}
    response = render(request, "configurator/unlisted.html", context, status=403)
    response._csp_config = _ANYWHERE  # type: ignore[attr-defined]
    return response


def problem(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Return a small page that says `sentence`."""
    language = translation.get_language() or "en"
    retried = RETRY_SECONDS if status == 503 and request.method == "GET" else 0
    said = {"status": status, "sentence": sentence, "retried": retried}
    context = {**said, "language": language, "scheme": scheme_of_address(request)}
    return render(request, "configurator/problem.html", context, status=status)


def scheme_of_address(request: HttpRequest) -> str:
    """Return the scheme of the page around the widget, `light` or `dark`, as the address of page or
    form says it.
    """
    return scheme_asked(request.GET.get(COLOUR_SCHEME, ""))


def _allow(request: HttpRequest, response: HttpResponse, frame: Frame | None) -> None:
    # What `csp_override` and `xframe_options_exempt` set, here with a policy that each merchant has
    # of its own.
    if not hasattr(response, "_csp_config"):
        response._csp_config = frame.policy if frame else settings.SECURE_CSP  # type: ignore[attr-defined]
    response.xframe_options_exempt = True
    headers = response.headers
    if "Cache-Control" not in headers:
        # A page belongs to one shopper. Some caches in between heed only a header of their own.
        headers["Cache-Control"] = "private, no-store"
        headers["CDN-Cache-Control"] = headers["Surrogate-Control"] = "no-store"
        headers["X-Accel-Expires"] = "0"
    varies = "Accept-Language, HX-Request, Origin"
    headers["Vary"] = f"{headers['Vary']}, {varies}" if "Vary" in headers else varies
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if request.META.get("HTTP_ORIGIN") == OPAQUE_ORIGIN:
        headers["Access-Control-Allow-Origin"] = OPAQUE_ORIGIN
        headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, POST"
            headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            headers["Access-Control-Max-Age"] = "600"
