"""Pages that links of e-mails lead to: a design, as long as its link holds, and the end of
marketing.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from catalog.errors import NotFound
from catalog.models import Merchant
from configurator.embed.languages import language_of_address
from configurator.models import Configuration
from integrations.automations.links import MailLinkExpired, read_design_link, read_unsubscribe_link
from integrations.automations.models import Unsubscribed


@require_safe
def design(request: HttpRequest, token: str) -> HttpResponse:
    """Lead to the configuration that a link is of, or say that the link is over."""
    with translation.override(language_of_address(request)):
        try:
            public_id, language = read_design_link(token, timezone.now())
        except MailLinkExpired as refusal:
            return _told(
                request, _("This link has expired. Ask the shop for a new one."), refusal.status
            )
        except NotFound as refusal:
            return _told(request, _("There is nothing at this address."), refusal.status)
        row = (
            Configuration.objects.filter(public_id=public_id)
            .select_related("merchant", "product")
            .first()
        )
        if row is None:
            return _told(request, _("There is nothing at this address."), 404)
    page = reverse("completed", args=[row.merchant.slug, row.product.key, row.public_id])
    response = HttpResponseRedirect(f"{page}?{urlencode({'lang': language})}" if language else page)
    add_never_cache_headers(response)
    return response


# One click comes from a mail program, which has no page of ours before; the link says who, and is
# signed.
@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether somebody wants no marketing any more; a POST is the answer, as RFC 8058 has it."""
    with translation.override(language_of_address(request)):
        try:
            who = read_unsubscribe_link(token)
        except NotFound:
            return _told(request, _("There is nothing at this address."), 404)
        merchant = Merchant.objects.filter(slug=who.merchant).first()
        if merchant is None:
            return _told(request, _("There is nothing at this address."), 404)
        # Programs that look at links before people do press no button.
        if request.method == "POST":
            Unsubscribed.objects.get_or_create(merchant=merchant, address=who.address)
            told = _("%(address)s gets no advertising of %(merchant)s any more.")
            return _told(request, told % {"address": who.address, "merchant": merchant.name})
        told = _("Shall %(address)s get no advertising of %(merchant)s any more?")
        return _told(request, told % {"address": who.address, "merchant": merchant.name}, asks=True)


def _told(
    request: HttpRequest, sentence: str, status: int = 200, asks: bool = False
) -> HttpResponse:
    context = {"sentence": sentence, "asks": asks, "language": translation.get_language() or "en"}
    response = render(request, "automations/mail_page.html", context, status=status)
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
