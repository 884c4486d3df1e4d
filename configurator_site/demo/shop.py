"""The demo's shop: a page of another site than the widget's, with the snippet that a merchant
pastes.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from catalog.models import Asset, Merchant, Product
from configurator_site.demo.loading import MERCHANT

# Two names of the same machine are two sites for a browser, so no certificate or second port is
# needed.
SHOP_HOST, WIDGET_HOST = "localhost", "127.0.0.1"


@dataclass(frozen=True)
class Offered:
    """A product of the shop: its key, texts, picture (None without one) and the address of its
    page.
    """

    key: str
    name: str
    description: str
    picture: str | None
    address: str


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Show the shop with one product; under the widget's own host name, lead to the shop's."""
    host, _, port = request.get_host().partition(":")
    suffix = f":{port}" if port else ""
    if host != SHOP_HOST:
        return HttpResponseRedirect(
            f"{request.scheme}://{SHOP_HOST}{suffix}{request.get_full_path()}"
        )
    widgets = f"{request.scheme}://{WIDGET_HOST}{suffix}"
    offered = _offered()
    wanted = request.GET.get("product", "")
    current = next(
        (each for each in offered if each.key == wanted),
        offered[0] if offered and not wanted else None,
    )
    if current is None:
        raise Http404("There is no such product in the demo.")
    context = {
        "offered": offered,
        "current": current,
        "widgets": widgets,
        "widget": widgets + reverse("widget", args=[MERCHANT, current.key]),
        "language": request.GET.get("lang", ""),
    }
    return _with_policy(request, context, widgets)


def _with_policy(request: HttpRequest, context: dict[str, Any], widgets: str) -> HttpResponse:
    # What any shop with a policy of its own has to allow: the script, and the frame.
    policy: dict[str, list[str]] = {
        "default-src": [CSP.NONE],
        "script-src": [CSP.SELF, widgets],
        "frame-src": [widgets],
        "style-src": [CSP.SELF],
        # The cart shows the widget's pictures.
        "img-src": [CSP.SELF, "data:", widgets],
        "base-uri": [CSP.NONE],
        "form-action": [CSP.SELF],
        "frame-ancestors": [CSP.NONE],
    }
    answer: HttpResponse = csp_override(policy)(render)(
        request, "configurator_site/shop.html", context
    )
    return answer


def _offered() -> list[Offered]:
    merchant = Merchant.objects.filter(slug=MERCHANT).first()
    if merchant is None:
        raise Http404("The demo is not loaded; run manage.py demo.")
    digests = dict(Asset.objects.for_merchant(merchant).values_list("name", "digest"))
    products = (
        Product.objects.for_merchant(merchant)
        .filter(versions__isnull=False)
        .distinct()
        .order_by("pk")
    )
    return [
        Offered(
            key=product.key,
            name=product.name,
            description=product.description or "",
            picture=reverse("thumbnail", args=[digests[product.image], 320])
            if product.image in digests
            else None,
            address=f"?product={product.key}",
        )
        for product in products
    ]
