"""Configurations in the administration: choices in words, parts and price, and the price that
people set by hand.
"""

from typing import Any
from urllib.parse import urljoin

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString

from catalog.admin.large_lists import AmongOwn, LargeList
from catalog.admin.products import (
    register_product_link,
    register_product_snippet,
    register_told_before_publishing,
)
from catalog.admin.scoped import MerchantScopedAdmin, knows_costs, merchants_for
from catalog.counts import told_count
from catalog.errors import Malformed, Refusal
from catalog.models import Product
from catalog.roles import roles_with
from catalog.shape_expressions import has_shapes
from configurator.admin.drafts import ShowsDrafts
from configurator.admin.shape_preview import ShowsShapePreview
from configurator.admin.shape_sweeps import SweepsShapes
from configurator.admin.shapes import ShowsShapes
from configurator.admin.workshops import READING, MakesFiles
from configurator.answering import configurations_of
from configurator.bench import BenchForm, answer_of, compiled_for, version_asked
from configurator.completing import complete
from configurator.erasing import MOST_AT_ONCE, erase_configuration
from configurator.keeping import copied
from configurator.marking import metadata_of
from configurator.models import Configuration, PriceOverride, ReachedThreshold
from configurator.offers import published
from configurator.overriding import override_price, revoke_override
from configurator.publish_money import money_told
from configurator.quoting.quotes import Quote, quote_configuration, verify
from configurator.quoting.signing import moment
from configurator.stored import evaluation_of, model_of, reasons_of
from pricing.in_force import read_row
from pricing.models import PriceThreshold
from pricing.money import formatted, smallest_unit
from pricing.operations import override_limits
from pricing.override import MOST_REASON, Override
from pricing.thresholds import OF_TOTALS

MOST_SHOWN = 100
PRICING, EXCEEDING = roles_with("pricing:override"), roles_with("pricing:exceed")
QUOTING = roles_with("configurator:quote")
ERASING = roles_with("configurator:erase")


class OverrideForm(forms.Form):
    """A price by hand."""

    kind = forms.ChoiceField(
        label="What",
        choices=PriceOverride.Kind.choices,
        help_text="Numbers are written without sign: this tells whether they are taken off or added.",
    )
    percent = forms.DecimalField(
        label="Percent",
        required=False,
        max_digits=15,
        help_text="Of the total of all pieces. Or give an amount.",
    )
    amount = forms.DecimalField(label="Amount", required=False, max_digits=18)
    reason = forms.CharField(
        label="Reason",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Kept with the price, for your people. Shoppers do not read it.",
    )
    beyond_limits = forms.BooleanField(
        label="Beyond the limits",
        required=False,
        help_text="The limits below do not hold for this price. That is recorded.",
    )

    def __init__(self, data: Any, row: Configuration, may_exceed: bool) -> None:
        super().__init__(data)
        terms = "net, without tax" if row.price_list_terms == "net" else "gross, with tax"
        self.fields["amount"].help_text = f"In {row.currency}, for all pieces together, {terms}."
        if not may_exceed:
            del self.fields["beyond_limits"]

    def override(self, by: str) -> Override | None:
        """Return what is set, None where it cannot be; the errors are told at their inputs."""
        given = {name: each for name, each in self.cleaned_data.items() if each not in (None, "")}
        try:
            return read_row(Override, {**given, "by": by, "at": timezone.now()}, "price by hand")
        except Malformed as refused:
            for error in refused.data["errors"]:
                name = error["pointer"].strip("/")
                self.add_error(
                    name if name in self.fields else None, f"{error['detail'].capitalize()}."
                )
            return None


class ReachedFilter(admin.SimpleListFilter):
    """Configurations whose price passed a threshold, by which of the merchant's."""

    title = "threshold reached"
    parameter_name = "threshold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = PriceThreshold.objects.filter(merchant__in=merchants_for(request)).order_by("key")
        self.knows_costs = knows_costs(request)
        if not self.knows_costs:
            rows = rows.filter(measure__in=OF_TOTALS)
        return [("any", "any"), *dict.fromkeys((row.key, str(row)) for row in rows[:MOST_SHOWN])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        reached = ReachedThreshold.objects.all()
        if not self.knows_costs:
            reached = reached.filter(measure__in=OF_TOTALS)
        if self.value() != "any":
            reached = reached.filter(key=self.value())
        return queryset.filter(pk__in=reached.values("configuration"))


@admin.register(Configuration)
class ConfigurationAdmin(
    LargeList,
    ShowsDrafts,
    ShowsShapes,
    ShowsShapePreview,
    SweepsShapes,
    MakesFiles,
    MerchantScopedAdmin,
):
    """What shoppers and callers of the API kept."""

    list_display = (
        "public_id",
        "product",
        "version_number",
        "state",
        "told_total",
        "quantity",
        "changed_at",
    )
    change_form_template = "admin/configurator/configuration_page.html"
    list_filter = ("state", ReachedFilter, ("product", AmongOwn), "created_at")
    search_fields = (
        "public_id__exact",
        "reference__exact",
        "customer__exact",
        "fingerprint__startswith",
    )
    search_hint = "The whole id, reference or customer, or the beginning of a fingerprint."
    list_select_related = ("product", "version", "merchant")
    actions = ("give_quotes", "erase")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("public_id", "state"),
                    ("product", "version_number", "merchant"),
                    ("told_total", "quantity", "price_list"),
                    ("reference", "told_metadata"),
                    "told_buyer",
                )
            },
        ),
        (
            None,
            {
                "fields": (
                    "told_choices",
                    "told_price",
                    "told_overrides",
                    "told_thresholds",
                    "told_why",
                    "told_parts",
                    "production_files",
                    "told_quote",
                )
            },
        ),
        (
            "Record",
            {
                "fields": (
                    "fingerprint",
                    ("revision", "locale"),
                    ("created_at", "changed_at", "completed_at"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The list needs none of these, and they are large; a single row fetches them when it is
        # shown.
        return (
            super()
            .get_queryset(request)
            .defer("evaluation", "price_list_document", "past", "future", "version__document")
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        may_price = row is not None and row.merchant in merchants_for(request, PRICING)
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "may_price": may_price}
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fieldsets
        shown: dict[Any, str] = {}
        if not knows_costs(request, obj.merchant):
            shown["told_thresholds"] = "told_thresholds_of_totals"
        if not (has_shapes(model_of(obj)) and obj.merchant in merchants_for(request, READING)):
            shown["production_files"] = ""
        return [
            (
                title,
                {
                    **told,
                    "fields": tuple(
                        field for each in told["fields"] if (field := shown.get(each, each))
                    ),
                },
            )
            for title, told in self.fieldsets
        ]

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path(
                "count/<int:product>/",
                view(self.count_view),
                name="configurator_configuration_count",
            ),
            path(
                "bench/<int:product>/",
                view(self.bench_view),
                name="configurator_configuration_bench",
            ),
            path(
                "draft/<int:product>/",
                view(self.draft_view),
                name="configurator_configuration_draft",
            ),
            path(
                "shapes/<int:product>/",
                view(self.shapes_view),
                name="configurator_configuration_shapes",
            ),
            path(
                "shapes/<int:product>/sweep/",
                view(self.sweep_view),
                name="configurator_configuration_sweep",
            ),
            path(
                "shapes/<int:product>/draft/",
                view(self.shape_preview_view),
                name="configurator_configuration_shape_preview",
            ),
            path(
                "shapes/<int:product>/draft/<int:shape>/",
                view(self.shape_row_view),
                name="configurator_configuration_shape_row",
            ),
            path("<int:pk>/price/", view(self.price_view), name="configurator_configuration_price"),
            *super().get_urls(),
        ]

    def count_view(self, request: HttpRequest, product: int) -> HttpResponse:
        """Tell how many configurations the newest version of a product has."""
        row = self._product(request, product)
        if not row.versions.exists():
            raise Http404
        offer = published(row.merchant.slug, row.key, even_retired=True)
        context = {
            **self.admin_site.each_context(request),
            "title": "How many configurations",
            "product": row,
            "version": offer.version,
            "count": configurations_of(offer.product),
        }
        return TemplateResponse(request, "admin/configurator/count.html", context)

    def _product(self, request: HttpRequest, pk: int) -> Product:
        merchants = merchants_for(request, self.seen_by)
        row = (
            Product.objects.filter(pk=pk, merchant__in=merchants).select_related("merchant").first()
        )
        if row is None:
            raise Http404
        return row

    def bench_view(self, request: HttpRequest, product: int) -> HttpResponse:
        """Tell what choices cost in a version or the draft of a product, for a buyer and on a day,
        and why.
        """
        row = self._product(request, product)
        version, numbers = version_asked(row, request.GET)
        refusal, model, answer = None, None, None
        try:
            model = compiled_for(row, version).model
        except Refusal as refused:
            refusal = refused.sentence
        number = "draft" if version is None else str(version.number)
        data = request.GET.copy()
        data["version"] = number
        data.setdefault("quantity", "1")
        form = BenchForm(data, row, model, numbers)
        if model is not None and form.is_valid():
            try:
                answer = answer_of(row, version, form)
            except Refusal as refused:
                refusal = refused.sentence
        context = {
            **self.admin_site.each_context(request),
            "title": "What does it cost?",
            "costs": knows_costs(request, row.merchant),
            "product": row,
            "form": form,
            "answer": answer,
            "refusal": refusal,
            "left_out": 0 if model is None else len(model.options) - len(form.options),
        }
        return TemplateResponse(request, "admin/configurator/bench.html", context)

    def price_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set the price of an open configuration by hand, revoke that, or complete it; copy a
        completed one.
        """
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        if row.merchant not in merchants_for(request, PRICING):
            raise PermissionDenied
        may_exceed = row.merchant in merchants_for(request, EXCEEDING)
        asked = request.POST.get("do", "")
        form = OverrideForm(request.POST if asked == "set" else None, row, may_exceed)
        if request.method == "POST":
            try:
                after = self._priced(request, row, asked, form)
            except Refusal as refused:
                if asked == "set":
                    form.add_error(None, refused.sentence)
                else:
                    messages.error(request, refused.sentence)
            else:
                if after is not None:
                    page = "price" if asked == "copy" else "change"
                    return HttpResponseRedirect(
                        reverse(f"admin:configurator_configuration_{page}", args=[after.pk])
                    )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Price by hand",
            "costs": knows_costs(request, row.merchant),
            "configuration": row,
            "total": self.told_total(row),
            "breakdown": evaluation_of(row).breakdown,
            "overrides": row.overrides.all(),
            "standing": row.overrides.filter(ended_at=None).first(),
            "limits": override_limits(row.merchant),
            "form": form,
        }
        return TemplateResponse(
            request, "admin/configurator/price.html", context, status=422 if form.errors else 200
        )

    def _priced(
        self, request: HttpRequest, row: Configuration, asked: str, form: OverrideForm
    ) -> Configuration | None:
        """Do what is asked of a configuration's price; return what to show next, None to stay."""
        by = request.user.get_username()
        if asked == "set":
            if not form.is_valid() or (override := form.override(by)) is None:
                return None
            override_price(row, override)
            told = f"The price is {self.told_total(row)} now."
        elif asked == "revoke":
            revoke_override(row, by)
            told = f"The price is {self.told_total(row)} again, as the price lines have it."
        elif asked == "complete":
            complete(row)
            told = "The configuration is completed, and keeps its price."
        elif asked == "copy":
            row = copied(row)
            told = "This is an open copy. Its price can be set."
        else:
            return None
        self.log_change(request, row, told)
        messages.success(request, told)
        return row

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_quote_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may promise a price for some merchant."""
        return self._may(request, None, QUOTING)

    @admin.action(description="Quote selected configurations", permissions=["quote"])
    def give_quotes(self, request: HttpRequest, rows: QuerySet[Configuration]) -> HttpResponse:
        """Show a fresh quote of each selected configuration, at the price list it was kept with."""
        allowed = rows.filter(merchant__in=merchants_for(request, QUOTING))
        shown: list[tuple[Configuration, Quote | None, str]] = []
        for row in Configuration.objects.select_related("merchant", "product", "version").filter(
            pk__in=allowed
        ):
            try:
                shown.append((row, quote_configuration(row), ""))
            except Refusal as refusal:
                shown.append((row, None, refusal.sentence))
        context = {
            **self.admin_site.each_context(request),
            "title": "Quotes",
            "opts": self.opts,
            "quotes": shown,
        }
        response = TemplateResponse(request, "admin/configurator/quotes.html", context)
        add_never_cache_headers(response)
        return response

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may erase personal data for some merchant."""
        return self._may(request, None, ERASING)

    @admin.action(description="Erase personal data of selected…", permissions=["erase"])
    def erase(self, request: HttpRequest, rows: QuerySet[Configuration]) -> HttpResponse | None:
        """Tell what would be erased and what stays, and erase it when that was read."""
        allowed = rows.filter(merchant__in=merchants_for(request, ERASING)).select_related(None)
        some = list(allowed.only("pk", "public_id")[: MOST_AT_ONCE + 1])
        if len(some) > MOST_AT_ONCE:
            messages.error(request, f"Select at most {MOST_AT_ONCE} configurations at once.")
            return None
        if "confirmed" in request.POST:
            for row in some:
                erase_configuration(row, request.user.get_username())
                self.log_change(request, row, "Its personal data was erased.")
            messages.success(
                request,
                told_count(len(some), "configuration has", "configurations have")
                + " no personal data any more.",
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Erase personal data",
            "opts": self.opts,
            "rows": some,
            "chosen": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/configurator/erase.html", context)

    @admin.display(description="version", ordering="version__number")
    def version_number(self, row: Configuration) -> int:
        return row.version.number

    @admin.display(description="total", ordering="total")
    def told_total(self, row: Configuration) -> str:
        if row.total is None:
            # Only those that may be ordered without a price can be completed without one.
            return "on request" if row.is_completed else "no price"
        # The column has four decimals, whatever the currency has.
        return formatted(row.total.quantize(smallest_unit(row.currency)), row.currency)

    @admin.display(description="metadata", empty_value="-")
    def told_metadata(self, row: Configuration) -> str:
        """Return what other systems wrote on it."""
        return ", ".join(f"{key}: {value}" for key, value in metadata_of(row).items())

    @admin.display(description="buyer", empty_value="-")
    def told_buyer(self, row: Configuration) -> str:
        """Return who buys, as far as it was said."""
        return ", ".join(f"{name.replace('_', ' ')}: {each}" for name, each in row.buyer.items())

    @admin.display(description="choices")
    def told_choices(self, row: Configuration) -> SafeString:
        """Return every option that takes part with its value in words, and who gave it."""
        model, locale = row.version.model, row.locale or None
        shown = [
            {"label": option.label.in_locale(locale), **row.stored["options"][option.key]}
            for option in model.options
            if row.stored["options"].get(option.key, {}).get("active")
        ]
        return _table("choices", rows=shown)

    @admin.display(description="price")
    def told_price(self, row: Configuration) -> SafeString:
        """Return the breakdown, or why there is none."""
        return _table(
            "price",
            price=row.stored["price"],
            problem=row.stored["price_problem"],
            on_request=row.stored.get("price_on_request", False),
        )

    @admin.display(description="why this price")
    def told_why(self, row: Configuration) -> SafeString:
        """Return the reason of each price line, as the choices are priced at the list that was kept
        with them.
        """
        return _table("why", rows=reasons_of(row), currency=row.currency)

    @admin.display(description="prices by hand")
    def told_overrides(self, row: Configuration) -> SafeString:
        """Return what people set, why, and how it ended."""
        return _table("overrides", rows=row.overrides.all())

    @admin.display(description="thresholds reached")
    def told_thresholds(self, row: Configuration) -> SafeString:
        """Return which of the merchant's thresholds the price passed when it was completed."""
        return _thresholds(row, row.reached_thresholds.all())

    @admin.display(description="thresholds reached")
    def told_thresholds_of_totals(self, row: Configuration) -> SafeString:
        """Return those of them that say nothing of costs."""
        return _thresholds(row, row.reached_thresholds.filter(measure__in=OF_TOTALS))

    @admin.display(description="parts")
    def told_parts(self, row: Configuration) -> SafeString:
        """Return the parts of the whole quantity, or why there are none."""
        return _table("parts", items=row.stored["bom"], problem=row.stored["parts_problem"])

    @admin.display(description="quote")
    def told_quote(self, row: Configuration) -> SafeString:
        """Return the token that was given when it was completed, and what is to be believed of it
        now.
        """
        found = verify(row.merchant, row.quote) if row.quote else None
        expires = moment(found.claims.exp) if found and found.claims else None
        return _table("quote", token=row.quote, found=found, expires=expires)


def _thresholds(row: Configuration, reached: QuerySet[ReachedThreshold]) -> SafeString:
    rows = [(each, PriceThreshold.Measure(each.measure).label) for each in reached]
    return _table("thresholds", rows=rows, is_completed=row.is_completed)


def _widget(product: Product) -> str | None:
    """Return the widget's address, or None before the first version."""
    if not product.versions.exists():
        return None
    return reverse("widget", args=[product.merchant.slug, product.key])


def _snippet(product: Product, site: str) -> str | None:
    """Return what a merchant pastes into a page, or None before the first version."""
    widget = _widget(product)
    if widget is None:
        return None
    # By its plain name: pages that were pasted long ago should find the script of today.
    script = urljoin(f"{site}/", f"{settings.STATIC_URL}embed.js")
    place = f'<div data-configurator="{site}{widget}" style="min-height: max(640px, 100vh)"></div>'
    return f'{place}\n<script src="{script}" async></script>'


def _count(product: Product) -> str | None:
    """Return the address of the page that counts configurations, or None before the first version."""
    return (
        reverse("admin:configurator_configuration_count", args=[product.pk])
        if product.versions.exists()
        else None
    )


def _bench(product: Product) -> str:
    """Return the address of the page that tells prices."""
    return reverse("admin:configurator_configuration_bench", args=[product.pk])


register_product_link("Open widget", _widget, new_tab=True)
register_product_link("Count configurations", _count)
register_product_link("What does it cost?", _bench)
register_product_snippet(
    "Embed…", "Paste this where the product shall appear in a page of your shop.", _snippet
)


def _table(name: str, **context: Any) -> SafeString:
    return render_to_string(f"admin/configurator/configuration.html#{name}", context)


register_told_before_publishing(money_told)
