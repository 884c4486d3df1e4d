"""The page that makes a link which shows a draft to a colleague."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from catalog.admin.products import register_product_link
from catalog.admin.scoped import EDITORS, merchants_for
from catalog.errors import Refusal
from catalog.models import Product
from configurator.draft_links import DAYS, MOST_DAYS, make_draft_link


class DraftLinkForm(forms.Form):
    """For how long a link holds."""

    days = forms.TypedChoiceField(
        label="It holds for",
        coerce=int,
        initial=DAYS,
        choices=[
            (days, f"{days} day{'s' if days > 1 else ''}") for days in (1, 3, DAYS, MOST_DAYS)
        ],
    )


class ShowsDrafts:
    """The page of a product where a link to its draft is made."""

    _product: Any
    admin_site: Any

    def draft_view(self, request: HttpRequest, product: int) -> HttpResponse:
        """Ask for how long; on POST, make a link and show it."""
        row: Product = self._product(request, product)
        if not merchants_for(request, EDITORS).filter(pk=row.merchant_id).exists():
            raise PermissionDenied
        form = DraftLinkForm(request.POST or None)
        link, trouble = None, ""
        if request.method == "POST" and form.is_valid():
            try:
                link = make_draft_link(row, form.cleaned_data["days"])
            except Refusal as refused:
                trouble = refused.sentence
            else:
                told = f"Made a link that shows the draft {link.digest} until {link.expires_at:%Y-%m-%d %H:%M} UTC."
                admin.site._registry[Product].log_change(request, row, told)
        context = {
            **self.admin_site.each_context(request),
            "title": "Show the draft to a colleague",
            "product": row,
            "form": form,
            "link": link,
            "address": request.build_absolute_uri(link.path) if link else "",
            "trouble": trouble,
            "most_days": MOST_DAYS,
        }
        status = 422 if trouble or form.errors else 200
        response = TemplateResponse(
            request, "admin/configurator/draft.html", context, status=status
        )
        add_never_cache_headers(response)
        return response


def _draft(product: Product) -> str:
    """Return the address of the page that makes a link to the draft."""
    return reverse("admin:configurator_configuration_draft", args=[product.pk])


register_product_link("Show draft to a colleague", _draft, for_editors=True)
