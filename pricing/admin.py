"""Admin of prices: lists with their terms, amounts kept in them, rates, calendar, thresholds,
limits by hand.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from catalog.admin.large_lists import AmongOwn, LargeList
from catalog.admin.products import register_list_link, register_product_link
from catalog.admin.rows import WIDGETS
from catalog.admin.scoped import (
    ByRole,
    MerchantScopedAdmin,
    TellsAll,
    WithoutPopUps,
    knows_costs,
    merchants_for,
)
from catalog.admin.texts import TranslatedForm
from catalog.auditing import record
from catalog.errors import Refusal
from catalog.formats import percentage
from catalog.models import Product
from catalog.roles import roles_with
from pricing.grid import MOST_BYTES, csv_of, grid_of, keep_amounts, xlsx_of
from pricing.in_force import told_period
from pricing.models import (
    ClosedDays,
    ExchangeRate,
    ListAmount,
    OverrideLimits,
    PriceFileLayout,
    PriceList,
    PriceThreshold,
    TaxRate,
    WorkCalendar,
    lost_lists,
)
from pricing.operations import ends_told, export_product, losing_price, make_default, told_losing
from pricing.price_file_page import has_other_layout, keep_price_file, price_file_page
from pricing.product_file import write_product_file
from pricing.product_import import import_page
from pricing.spreadsheets import rows_of_csv, rows_of_xlsx
from pricing.tax_texts import TaxesField

PRIMARY_LOCALE = "en"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OwnTextsForm(TranslatedForm):
    """A row of the merchant; its texts have an input for each of the merchant's languages once the
    row is kept.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        if row is not None and row.merchant_id is not None:
            self.locales = [locale for locale in row.merchant.locales if locale != PRIMARY_LOCALE]
            self.own_locale = PRIMARY_LOCALE
        super().__init__(*args, **kwargs)


class PriceListForm(OwnTextsForm):
    """A price list."""

    taxes = TaxesField()
    accept_lost = forms.BooleanField(
        required=False,
        label="Products may lose their price",
        help_text="Needed only where this list is told to have no price of a published product any more.",
    )

    class Meta:
        model = PriceList
        fields = "__all__"

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.instance.pk is None or self.errors or self.cleaned_data.get("accept_lost"):
            return
        if lost := losing_price(self.instance.merchant_id, self.instance.terms()):
            self.add_error(
                "accept_lost", f"{told_losing(lost)}. Tick this, and save again, if that is meant."
            )


class TaxRateForm(OwnTextsForm):
    """A tax rate."""

    taxes = TaxesField()

    class Meta:
        model = TaxRate
        fields = "__all__"


class AmountsForm(forms.Form):
    """Amounts as a file, or as cells pasted from a spreadsheet."""

    file = forms.FileField(
        required=False,
        help_text="CSV or XLSX, as your vendor sends it or as it was downloaded here.",
    )
    cells = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text="Or cells copied from a spreadsheet, with what heads them.",
    )
    dry_run = forms.BooleanField(
        required=False,
        initial=True,
        label="Only look",
        help_text="Tells what would change, and keeps nothing. A file laid out otherwise is always shown first.",
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        file = self.cleaned_data.get("file")
        if bool(file) == bool(self.cleaned_data.get("cells")):
            raise ValidationError("Choose a file, or paste cells.")
        if file and file.size > MOST_BYTES:
            raise ValidationError(
                f"A file has at most {MOST_BYTES // 1_000_000} MB; bring larger ones in pieces."
            )
        return cleaned

    def is_laid_out_otherwise(self) -> bool:
        """Tell whether it has to be asked how these amounts are read; refuses with Malformed what
        cannot be read.
        """
        return has_other_layout(self.cleaned_data["file"], self.cleaned_data["cells"])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return the rows that were given; refuses with Malformed what cannot be read."""
        file = self.cleaned_data["file"]
        if not file:
            return rows_of_csv(self.cleaned_data["cells"])
        if file.name.lower().endswith(".xlsx"):
            return rows_of_xlsx(file)
        return rows_of_csv(file)


class HoldsFilter(admin.SimpleListFilter):
    """Rows that hold now, later, or no longer: changes that are planned are those of later."""

    title = "time"
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "holds now"), ("later", "planned for later"), ("ended", "no longer holds")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        if self.value() == "later":
            return queryset.filter(valid_from__gt=now)
        if self.value() == "ended":
            return queryset.filter(valid_until__lte=now)
        if self.value() == "now":
            return queryset.exclude(valid_from__gt=now).exclude(valid_until__lte=now)
        return queryset


class ThresholdForm(TellsAll, forms.ModelForm):  # type: ignore[type-arg]
    """A threshold; beside a price list it is that list's and its merchant's."""

    class Meta:
        model = PriceThreshold
        fields = ("key", "name", "measure", "limit", "currency", "product")

    def _get_validation_exclusions(self) -> Any:
        # The key is the merchant's, whose column has no input.
        return super()._get_validation_exclusions() - {"merchant"}  # type: ignore[misc]


class ThresholdFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The thresholds of a price list; each belongs to the merchant of the list."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.merchant_id = self.instance.merchant_id
        return form


class PricingAdmin(MerchantScopedAdmin):
    """Admin of terms and amounts."""

    seen_by = roles_with("pricing:read")
    edited_by = roles_with("pricing:write")


class ThresholdInline(WithoutPopUps, ByRole, admin.StackedInline):  # type: ignore[type-arg]
    """Prices in a list at which the merchant is told."""

    seen_by = roles_with("pricing:read")
    edited_by = roles_with("pricing:write")
    formfield_overrides = WIDGETS
    model = PriceThreshold
    form = ThresholdForm
    formset = ThresholdFormSet
    extra = 0
    fields = (("name", "key"), ("measure", "limit", "currency"), "product")
    verbose_name = "threshold"
    verbose_name_plural = "Be told when a configuration is completed and"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "product":
            kwargs["queryset"] = Product.objects.filter(merchant__in=merchants_for(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(PriceList)
class PriceListAdmin(PricingAdmin):
    """The terms on which a merchant sells in one market. The amounts stand in the price lines of
    each product.
    """

    formfield_overrides = WIDGETS
    form = PriceListForm
    change_form_template = "admin/pricing/pricelist.html"
    list_display = (
        "name",
        "key",
        "currency",
        "is_default",
        "buyers",
        "period",
        "made",
        "tax",
        "merchant",
    )
    list_filter = ("currency", "is_default", HoldsFilter)
    search_fields = ("name", "key", "currency")
    list_select_related = ("merchant",)
    inlines = (ThresholdInline,)
    actions = ("become_default",)
    fieldsets = (
        (
            None,
            {
                "fields": ("merchant", "name", ("key", "currency"), "is_default"),
                "description": "A price list says in which currency, with which tax and how rounded you sell in one "
                "market. The amounts themselves stand in the price lines of each product.",
            },
        ),
        (
            "For whom and when",
            {
                "fields": (
                    ("channel", "customer_group", "customer"),
                    ("valid_from", "valid_until"),
                ),
                "description": "Of the lists that hold, a buyer gets that of the customer, else of the customer group, "
                "else of the channel, else the default. Times are in UTC.",
            },
        ),
        (
            "Made from another list",
            {
                "fields": (
                    ("derived_of", "derived_take"),
                    ("derived_factor", "derived_percent"),
                    ("own_lines_only", "least_over_cost"),
                    "accept_lost",
                )
            },
        ),
        ("Without a price", {"fields": ("on_request",)}),
        (
            "Tax",
            {
                "fields": (
                    "amounts_are",
                    ("tax_rate", "tax_label"),
                    "taxes",
                    ("country", "region"),
                    "shows",
                    ("tax_rounding_of", "tax_rounding_mode"),
                )
            },
        ),
        (
            "Rounding",
            {
                "fields": (
                    ("rounding_increment", "rounding_ending"),
                    "rounding_mode",
                    "rounding_of",
                    "rounding_per",
                    "paid_increment",
                )
            },
        ),
    )

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path("product-file/", view(self.product_import_view), name="pricing_product_import"),
            path(
                "product-file/<int:pk>/", view(self.product_file_view), name="pricing_product_file"
            ),
            path("<int:pk>/amounts/", view(self.amounts_view), name="pricing_amounts"),
            path(
                "<int:pk>/amounts/<str:token>/",
                view(self.price_file_view),
                name="pricing_price_file",
            ),
            *super().get_urls(),
        ]

    def amounts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the grid of a list as a page, CSV or XLSX, and take it back, at first to look at
        what would change.
        """
        price_list = self.get_queryset(request).filter(pk=pk).first()
        if price_list is None:
            raise Http404
        if request.method == "GET" and (kind := request.GET.get("format")) in {"csv", "xlsx"}:
            headers = {"Content-Disposition": f'attachment; filename="{price_list.key}.{kind}"'}
            rows = grid_of(price_list)
            if kind == "csv":
                return HttpResponse(
                    csv_of(rows), content_type="text/csv; charset=utf-8", headers=headers
                )
            return HttpResponse(xlsx_of(rows), content_type=XLSX, headers=headers)
        may_change = self.has_change_permission(request, price_list)
        form = AmountsForm(request.POST or None, request.FILES or None)
        report = None
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            if form.is_valid():
                try:
                    if form.is_laid_out_otherwise():
                        asked = keep_price_file(
                            price_list, form.cleaned_data["file"], form.cleaned_data["cells"]
                        )
                        return HttpResponseRedirect(asked)
                    report = keep_amounts(
                        price_list.merchant, form.rows(), form.cleaned_data["dry_run"]
                    )
                except Refusal as refused:
                    form.add_error(None, refused.sentence)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Amounts of {price_list}",
            "price_list": price_list,
            "form": form,
            "may_change": may_change,
            "report": report,
            "is_dry_run": report is not None and form.cleaned_data["dry_run"],
        }
        return TemplateResponse(request, "admin/pricing/amounts.html", context)

    def price_file_view(self, request: HttpRequest, pk: int, token: str) -> HttpResponse:
        """Show how a file of another layout is read, and bring it in when that is confirmed."""
        price_list = self.get_queryset(request).filter(pk=pk).first()
        if price_list is None:
            raise Http404
        if not self.has_change_permission(request, price_list):
            raise PermissionDenied
        return price_file_page(request, self.admin_site, price_list, token)

    def product_import_view(self, request: HttpRequest) -> HttpResponse:
        """Bring a product file in, at first to look at what would change."""
        return import_page(request, self.admin_site)

    def product_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the draft of a product, with the merchant's price lists, as a product file to
        members who may know its costs.
        """
        product = Product.objects.filter(merchant__in=merchants_for(request), pk=pk).first()
        if product is None:
            raise Http404
        if not knows_costs(request, product.merchant):
            raise PermissionDenied
        try:
            text = write_product_file(export_product(product))
            record(product.merchant, "product.exported", product.key)
        except Refusal as refused:
            messages.error(request, refused.sentence)
            return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[product.pk]))
        headers = {"Content-Disposition": f'attachment; filename="{product.key}.yaml"'}
        return HttpResponse(text, content_type="application/yaml", headers=headers)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Tell of a list that it cannot go, where buyers of a published product would be left
        without one.
        """
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        going = {row.pk for row in objs}
        for merchant in {row.merchant_id for row in objs}:
            rows = list(PriceList.objects.filter(merchant_id=merchant))
            after = [row.terms() for row in rows if row.pk not in going]
            protected = [*protected, *lost_lists(merchant, [row.terms() for row in rows], after)]
        return found, counts, missing, protected

    @admin.action(description="Make it the default of its currency")
    def become_default(self, request: HttpRequest, rows: QuerySet[PriceList]) -> None:
        """Make one list the default at once, in place of the one before."""
        row = rows.first()
        if row is None or rows.count() != 1:
            messages.error(request, "Choose one list.")
        elif not self.has_change_permission(request, row):
            raise PermissionDenied
        else:
            try:
                make_default(row)
                messages.success(request, f"{row} is the default in {row.currency}; it holds now.")
            except Refusal as refused:
                messages.error(request, refused.sentence)

    def get_inlines(self, request: HttpRequest, obj: PriceList | None = None) -> Any:
        return self.inlines if obj is not None else ()

    def get_readonly_fields(self, request: HttpRequest, obj: PriceList | None = None) -> Any:
        # Price lines name it by its key, and their amounts are in its currency.
        return ("key", "currency") if obj is not None else ()

    @admin.display(description="tax", ordering="tax_rate")
    def tax(self, price_list: PriceList) -> str:
        """Return rate and name of the tax, as one reads them."""
        if price_list.tax_rate is None:
            return "not known"
        label = f" {price_list.tax_label}" if price_list.tax_label else ""
        return f"{price_list.tax_rate:f} %{label}, amounts {price_list.amounts_are}"

    @admin.display(description="for", ordering="channel")
    def buyers(self, price_list: PriceList) -> str:
        """Return for whom the list is, in few words."""
        named = {
            "customer": price_list.customer,
            "group": price_list.customer_group,
            "channel": price_list.channel,
        }
        return ", ".join(f"{what} {key}" for what, key in named.items() if key) or "everybody"

    @admin.display(description="holds", ordering="valid_from")
    def period(self, price_list: PriceList) -> str:
        """Return from when until when the list holds."""
        return told_period(price_list)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Return the lists; tells of those that are about to end, or have ended, while none
        follows.
        """
        if request.method == "GET":
            for sentence in ends_told(merchants_for(request)):
                messages.warning(request, sentence)
        return super().changelist_view(request, extra_context)

    @admin.display(description="made from", ordering="derived_of")
    def made(self, price_list: PriceList) -> str:
        """Return what the list is made from, and how."""
        derived = price_list.terms().derived
        if derived is None:
            return "own lines only" if price_list.own_lines_only else "price lines"
        factor = f" × {derived.factor:f}" if derived.factor != 1 else ""
        percent = f" {percentage(derived.percent, None, signed=True)}" if derived.percent else ""
        return f"{derived.take} of {derived.of}{factor}{percent}"


@admin.register(ListAmount)
class ListAmountAdmin(LargeList, PricingAdmin):
    """The amounts that price lists keep, as a grid: each in place of what a price line of a version
    says.
    """

    formfield_overrides = WIDGETS
    list_display = (
        "line",
        "value",
        "product",
        "price_list",
        "amount",
        "valid_from",
        "valid_until",
        "earlier",
    )
    list_editable = ("amount",)
    list_filter = (
        HoldsFilter,
        ("price_list", AmongOwn),
        ("product", AmongOwn),
    )
    search_fields = ("line__exact", "value__exact")
    search_hint = "The key of a line or of a value."
    # By the columns themselves: the order of the rows they refer to would be sorted anew on every
    # page.
    ordering = ("price_list_id", "product_id", "line", "value", "valid_from")
    list_select_related = ("price_list__merchant", "product")
    fields = (("price_list", "product"), ("line", "value"), "amount", ("valid_from", "valid_until"))

    def get_readonly_fields(self, request: HttpRequest, obj: ListAmount | None = None) -> Any:
        return ("price_list", "product") if obj is not None else ()


@admin.register(PriceFileLayout)
class PriceFileLayoutAdmin(PricingAdmin):
    """How files of vendors are read; each was confirmed, and is offered for the next file with the
    same header.
    """

    list_display = ("name", "used_at", "merchant")
    fields = ("name", "used_at")
    readonly_fields = ("used_at",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """None is added by hand: it is made where a file is brought in."""
        return False


@admin.register(ExchangeRate)
class ExchangeRateAdmin(PricingAdmin):
    """What currencies are in one another, by day."""

    list_display = ("currency", "into", "rate", "valid_from", "merchant")
    list_filter = ("currency", "into")
    fieldsets = ((None, {"fields": ("merchant", ("currency", "into", "rate"), "valid_from")}),)


@admin.register(TaxRate)
class TaxRateAdmin(PricingAdmin):
    """Tax rates by country, region and class; where there are any, they decide for buyers whose
    country is known.
    """

    formfield_overrides = WIDGETS
    form = TaxRateForm
    list_display = ("country", "region", "tax_class", "rate", "label", "period", "merchant")
    list_filter = ("country", "tax_class", HoldsFilter)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "merchant",
                    ("country", "region"),
                    ("tax_class", "rate"),
                    "label",
                    "taxes",
                    ("valid_from", "valid_until"),
                ),
                "description": "A rate without region holds for the regions that have none of their own. Where a "
                "country has rates by region and the region is not known, the tax is not known either.",
            },
        ),
    )

    @admin.display(description="holds", ordering="valid_from")
    def period(self, rate: TaxRate) -> str:
        """Return from when until when the rate holds."""
        return told_period(rate)


@admin.register(WorkCalendar)
class WorkCalendarAdmin(PricingAdmin):
    """On which days a merchant works: lead times are counted on it, and the day of being ready
    stands by the price.
    """

    list_display = ("merchant", "week", "time_zone", "order_until")
    fieldsets = (
        (None, {"fields": ("merchant", ("time_zone", "order_until"))}),
        ("Work is done on", {"fields": (WorkCalendar.week,)}),
    )

    @admin.display(description="works on")
    def week(self, calendar: WorkCalendar) -> str:
        """Return the days of the week, in few words."""
        return ", ".join(name.capitalize() for name in calendar.week if getattr(calendar, name))


@admin.register(ClosedDays)
class ClosedDaysAdmin(PricingAdmin):
    """Holidays and other days on which a merchant does not work."""

    formfield_overrides = WIDGETS
    list_display = ("first", "last", "name", "merchant")
    fieldsets = ((None, {"fields": ("merchant", ("first", "last"), "name")}),)


@admin.register(PriceThreshold)
class PriceThresholdAdmin(PricingAdmin):
    """Prices at which the merchant is told; those of one list also stand on its page."""

    formfield_overrides = WIDGETS
    list_display = ("key", "name", "told_when", "product", "price_list", "merchant")
    list_filter = ("measure", ("product", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("merchant", "product", "price_list")
    search_fields = ("key", "name")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "merchant",
                    ("key", "name"),
                    ("measure", "limit", "currency"),
                    ("product", "price_list"),
                ),
                "description": "When a configuration is completed whose price passes this, that is recorded with it, "
                "and other systems are told. Margins are compared where all costs and the net price are known.",
            },
        ),
    )

    @admin.display(description="told when", ordering="measure")
    def told_when(self, row: PriceThreshold) -> str:
        """Return measure and limit, as one reads them."""
        return f"{row.get_measure_display()} {row.limit:f} {row.currency or '%'}"


@admin.register(OverrideLimits)
class OverrideLimitsAdmin(PricingAdmin):
    """How far product managers may change prices of configurations by hand; owners set it and may
    go beyond.
    """

    edited_by = roles_with("pricing:exceed")
    list_display = ("merchant", *OverrideLimits.columns)
    fieldsets = (
        (
            None,
            {
                "fields": ("merchant", OverrideLimits.columns[:2], "least_over_cost"),
                "description": "Discounts and surcharges are of the total, however they are written. Without limits "
                "any total from 0 on can be set.",
            },
        ),
    )


def _thresholds(product: Product) -> str:
    return f"{reverse('admin:pricing_pricethreshold_changelist')}?product__id__exact={product.pk}"


def _product_file(product: Product) -> str:
    return reverse("admin:pricing_product_file", args=[product.pk])


def _product_import() -> str:
    return reverse("admin:pricing_product_import")


register_list_link("Import a product file", _product_import)
register_product_link("Export", _product_file)
register_product_link("Price thresholds", _thresholds)
