"""Admin of products: the home of a draft, with everything it consists of, and the way to publish
it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse

from catalog import checking, drafts, operations
from catalog.admin.assemblies import contained_told, counts_told
from catalog.admin.inputs import LinesField
from catalog.admin.lines import part_told, price_told
from catalog.admin.options import code, domain_told, kind_told
from catalog.admin.places import by_severity
from catalog.admin.renaming import RenamesKeys
from catalog.admin.rows import WIDGETS, Draft, DraftRowAdmin, RowForm, RowFormSet, bound_form, paged
from catalog.admin.scoped import ByRole, MerchantScopedAdmin, merchants_for
from catalog.admin.shapes import place_told, repeat_told, size_told
from catalog.checking import remarks
from catalog.differences import differences
from catalog.errors import Refusal
from catalog.findings import Finding
from catalog.jobs.worker import is_any_alive
from catalog.models import CheckRun, Group, Product, Step, Version
from catalog.product_model import LENGTH_UNITS, write_whole
from catalog.sites import is_listed, site_of

type Link = tuple[str, str]
# What changed in a draft is told in so many sentences.
MOST_TOLD = 12
# The page that publishes shows so many changes at once, the others on request.
MOST_CHANGES = 20


@dataclass(frozen=True)
class ProductLink:
    """A link on the page of every product for which `url` gives an address."""

    label: str
    url: Callable[[Product], str | None]
    new_tab: bool
    for_editors: bool


@dataclass(frozen=True)
class ProductSnippet:
    """A text to copy on the page of every product for which `text` gives one."""

    label: str
    told: str
    text: Callable[[Product, str], str | None]


_links: list[ProductLink] = []
_list_links: list[tuple[str, Callable[[], str]]] = []
_snippets: list[ProductSnippet] = []
type Told = Callable[[Product, Version], Iterable[str]]
_told_before_publishing: list[Told] = []


def register_product_link(
    label: str,
    url: Callable[[Product], str | None],
    *,
    new_tab: bool = False,
    for_editors: bool = False,
) -> None:
    """Have the page of every product show a link to `url(product)`; None leaves it out for that
    product.

    For rooms further left, which know pages about products that the catalog does not. A link
    `for_editors` is shown to those who may change the product.
    """
    link = ProductLink(label, url, new_tab, for_editors)
    if link not in _links:
        _links.append(link)


def register_list_link(label: str, url: Callable[[], str]) -> None:
    """Have the list of products show editors a link to `url()`; for rooms further left."""
    if (label, url) not in _list_links:
        _list_links.append((label, url))


def register_product_snippet(
    label: str, told: str, text: Callable[[Product, str], str | None]
) -> None:
    """Have the page of every product offer `text(product, site)` to copy, under `label` and after
    the sentence `told`.

    `site` is the address of this site, such as https://configurator.example; None leaves it out for
    that product.
    """
    snippet = ProductSnippet(label, told, text)
    if snippet not in _snippets:
        _snippets.append(snippet)


def register_told_before_publishing(told: Told) -> None:
    """Have the page that publishes tell the sentences of `told(product, latest version)`: what
    changes for shoppers.
    """
    if told not in _told_before_publishing:
        _told_before_publishing.append(told)


@dataclass(frozen=True)
class CheckedSite:
    """Whether a page of a shop may show the widget, and what the shop's own policy has to name for
    it.

    `problem` says what to do where it may not; `directives` are those of a Content-Security-Policy.
    """

    site: str
    problem: str
    directives: tuple[str, str]


def checked_site(address: str, ours: str, listed: Sequence[str]) -> CheckedSite | None:
    """Return what to know about the shop's page at `address` beside our site `ours`; None where
    nothing is asked.
    """
    if not address.strip():
        return None
    site = site_of(address if "://" in address else f"https://{address}")
    directives = (f"script-src {ours}", f"frame-src {ours}")
    if not site:
        return CheckedSite(
            address,
            "This is no address of a page. Give one such as https://shop.example/cabinets.",
            directives,
        )
    if site.startswith("https:") and ours.startswith("http:"):
        told = f"Browsers load nothing from {ours} into a page of {site}: serve this site with https as well."
        return CheckedSite(site, told, directives)
    if not is_listed(site, listed):
        return CheckedSite(
            site,
            f"It may not show the widget yet. Add the line {site} to the merchant's shop sites.",
            directives,
        )
    return CheckedSite(site, "", directives)


class ProductForm(RowForm):
    """A product's own fields; a new one is named here and filled on its page."""

    units = LinesField(
        label="Units of lengths",
        required=False,
        help_text="What shoppers may see lengths in: mm, cm, m or in, one a line. The first is shown until they "
        "switch. Without any, each length is shown in its own unit.",
    )

    class Meta:
        model = Product
        fields = (
            "merchant",
            "name",
            "key",
            "locale",
            "currency",
            "tax_class",
            "units",
            "image",
            "description",
        )
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "locale": forms.TextInput(attrs={"size": 8}),
            "currency": forms.TextInput(attrs={"size": 5}),
        }

    def clean_units(self) -> list[str]:
        units: list[str] = self.cleaned_data["units"]
        if wrong := [unit for unit in units if unit not in LENGTH_UNITS]:
            raise ValidationError(f"'{wrong[0]}' is none of {', '.join(LENGTH_UNITS)}.")
        return units


class NewProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a product needs to exist."""

    class Meta:
        model = Product
        fields = ("merchant", "name", "key", "locale", "currency")


@dataclass(frozen=True)
class Section:
    """One part of a draft as the product's page shows it."""

    name: str
    title: str
    told: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Any]]]
    add: Link | None
    order: str


@admin.register(Product)
class ProductAdmin(RenamesKeys, MerchantScopedAdmin):
    """Products; the page of one shows its whole draft."""

    change_form_template = "admin/catalog/product.html"
    change_list_template = "admin/catalog/products.html"
    formfield_overrides = WIDGETS
    list_display = ("name", "key", "published", "currency", "edited_at")
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    list_filter = (("merchant", admin.RelatedOnlyFieldListFilter),)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self.list_filter if request.user.is_superuser else ()

    def get_list_display(self, request: HttpRequest) -> Any:
        return (*self.list_display, "merchant") if request.user.is_superuser else self.list_display

    def get_queryset(self, request: HttpRequest) -> Any:
        # Only their numbers: a version holds its whole product, and there are many of them.
        numbers = Prefetch("versions", Version.objects.only("product", "number"))
        return super().get_queryset(request).select_related("merchant").prefetch_related(numbers)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else self.prepopulated_fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # Most merchants write in one language and sell in one currency: those of the product made
        # last.
        last = Product.objects.filter(merchant__in=merchants_for(request)).order_by("-pk").first()
        proposed = {"locale": last.locale, "currency": last.currency} if last is not None else {}
        return proposed | super().get_changeform_initial_data(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("merchant", "name", "key", ("locale", "currency"))
        return ("name", "description", ("key", "locale", "currency"), "tax_class", "units", "image")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Shops and other systems ask for a published product by its key.
        return ("key",) if obj is not None and obj.versions.all() else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = NewProductForm if obj is None else ProductForm
        form = super().get_form(request, obj, change, **kwargs)
        return form if obj is None else bound_form(form, Draft(obj))

    def get_urls(self) -> Any:
        pages = {
            "check": self.check_view,
            "accept": self.accept_view,
            "publish": self.publish_view,
            "duplicate": self.duplicate_view,
            "rename": self.rename_view,
            "retire": self.retire_view,
        }
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"catalog_product_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Return the products, with links to other ways to make one."""
        links = (
            [(label, url()) for label, url in _list_links]
            if self.has_add_permission(request)
            else []
        )
        return super().changelist_view(request, {"links": links, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        product = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if product is not None and self.has_view_permission(request, product):
            may = self.has_change_permission(request, product)
            site = request.build_absolute_uri("/").rstrip("/")
            context |= {
                "sections": sections(product, may),
                "latest": product.versions.order_by("-number").first(),
                "links": [
                    (link, found)
                    for link in _links
                    if (may or not link.for_editors) and (found := link.url(product))
                ],
                "snippets": [
                    (each, found) for each in _snippets if (found := each.text(product, site))
                ],
                "origins": product.merchant.origins,
                "asked_site": request.GET.get("site", "")[:300],
                "checked_site": checked_site(
                    request.GET.get("site", "")[:300], site, product.merchant.origins
                ),
                "title": str(product),
                "subtitle": None,
                "show_save_and_add_another": False,
                "may_edit": may,
            }
        return super().change_view(request, object_id, form_url, context)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, f"{obj} is there. Now give it options.")
        return HttpResponseRedirect(_page(obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(_page(obj))

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what the publish checks find in the draft, or how far they are."""
        product = self._product(request, pk, change=False)
        return self._checked_page(request, product, "check", "Check the draft")

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """On POST, record that a finding may stay and why; without a reason, take that back."""
        product = self._product(request, pk, change=True)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        identity, reason = request.POST.get("identity", ""), request.POST.get("reason", "")
        try:
            if "withdraw" in request.POST:
                checking.withdraw(product, identity)
                messages.info(request, "The finding counts again.")
            else:
                checking.accept(product, identity, reason, by=request.user.get_username())
                messages.success(
                    request, "The finding is accepted. It returns when the matter changes."
                )
        except Refusal as refused:
            messages.error(request, refused.sentence)
        page = "publish" if request.POST.get("page") == "publish" else "check"
        return HttpResponseRedirect(
            f"{reverse(f'admin:catalog_product_{page}', args=[product.pk])}#f-{identity}"
        )

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the findings and ask for a note; on POST, publish."""
        product = self._product(request, pk, change=True)
        if request.method != "POST":
            return self._checked_page(request, product, "publish", "Publish the draft")
        note = request.POST.get("note", "").strip()[:2000]
        latest = product.versions.order_by("-number").first()
        try:
            seen = request.POST.get("seen", "")
            version = operations.publish(product, by=request.user, note=note, seen=seen)
        except operations.DraftChanged as refused:
            messages.warning(
                request, "The draft has changed since you looked at it. Nothing is published."
            )
            for told in refused.changes[:MOST_TOLD]:
                messages.warning(request, told)
            return self._checked_page(
                request, product, "publish", "Publish the draft", status=refused.status, note=note
            )
        except operations.PublishRefused as refused:
            return self._findings_page(
                request, product, refused.findings, "publish", "Publish the draft", status=422
            )
        except Refusal as refused:
            messages.error(request, refused.sentence)
            return HttpResponseRedirect(_page(product))
        if latest == version:
            messages.info(
                request,
                f"Nothing has changed since version {version.number}, so it stays the current one.",
            )
        else:
            self.log_change(request, product, f"Published version {version.number}.")
            messages.success(
                request, f"Version {version.number} is published; shoppers see it from now on."
            )
        return HttpResponseRedirect(_page(product))

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """On POST, take the product off sale, or put it on sale again."""
        product = self._product(request, pk, change=True)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            if "back" in request.POST:
                told, what = "It is on sale again.", "Brought back."
                operations.bring_back(product)
            else:
                told, what = (
                    "It is retired: nobody begins anything new with it. What is stored goes on.",
                    "Retired.",
                )
                operations.retire(product)
        except Refusal as refused:
            messages.error(request, refused.sentence)
        else:
            self.log_change(request, product, what)
            messages.success(request, told)
        return HttpResponseRedirect(_page(product))

    def duplicate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a key; on POST, make a new product with the same draft."""
        product = self._product(request, pk, change=True)
        form = DuplicateForm(request.POST or None, initial={"key": f"{product.key}-copy"})
        if request.method == "POST" and form.is_valid():
            try:
                copy = operations.duplicate(product, form.cleaned_data["key"])
            except Refusal as refused:
                form.add_error("key", refused.sentence)
            else:
                self.log_addition(request, copy, f"Duplicated from {product.key}.")
                messages.success(
                    request, f"This is the copy of {product.key}; give it a name of its own."
                )
                return HttpResponseRedirect(_page(copy))
        context = {**self._context(request, product, "Duplicate the product"), "form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/catalog/duplicate.html", context, status=status)

    def _product(self, request: HttpRequest, pk: int, change: bool) -> Product:
        product: Product | None = self.get_queryset(request).filter(pk=pk).first()
        if product is None:
            raise Http404
        if not (self.has_change_permission if change else self.has_view_permission)(
            request, product
        ):
            raise PermissionDenied
        return product

    def _context(self, request: HttpRequest, product: Product, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "product": product,
            "title": title,
        }

    def _checked_page(
        self,
        request: HttpRequest,
        product: Product,
        page: str,
        title: str,
        status: int = 200,
        note: str = "",
    ) -> HttpResponse:
        """Return the findings in the draft; while a large one is checked, a page that asks again
        every two seconds.
        """
        here = reverse(f"admin:catalog_product_{page}", args=[product.pk])
        try:
            followed = request.GET.get("run")
            run = checking.run_called(product, followed) if followed else checking.check_of(product)
        except Refusal as refused:
            finding = Finding("error", refused.slug, "", refused.sentence)
            return self._findings_page(request, product, (finding,), page, title)
        if run.state == CheckRun.State.DONE:
            if followed:
                return HttpResponseRedirect(here)  # the draft may have changed meanwhile
            found = checking.findings_in(run)
            return self._findings_page(
                request, product, found, page, title, status, run.draft, note
            )
        waits_in_vain = run.stage == checking.WAITING and not is_any_alive()
        context = {
            **self._context(request, product, title),
            "run": run,
            "here": here,
            "no_worker": waits_in_vain,
        }
        response = TemplateResponse(request, "admin/catalog/checking.html", context, status=status)
        if run.state == CheckRun.State.RUNNING:
            response.headers["Refresh"] = f"2; url={here}?run={run.public_id}"
        return response

    def _findings_page(
        self,
        request: HttpRequest,
        product: Product,
        findings: Iterable[Finding],
        page: str,
        title: str,
        status: int = 200,
        seen: str = "",
        note: str = "",
    ) -> HttpResponse:
        latest = product.versions.order_by("-number").first()
        severities = by_severity(
            product, remarks(tuple(findings), checking.accepted_findings(product))
        )
        errors = any(each.severity == "error" for each in severities)
        context = {
            **self._context(request, product, title),
            "severities": severities,
            "errors": errors,
            "latest": latest,
            **(
                _told_changes(product, latest, priced=not errors)
                if page == "publish" and latest is not None
                else {}
            ),
            "may_edit": self.has_change_permission(request, product),
            "page": page,
            "seen": seen,
            "note": note,
        }
        return TemplateResponse(request, "admin/catalog/findings.html", context, status=status)

    @admin.display(description="published")
    def published(self, product: Product) -> str:
        """Return the number of the current version."""
        versions = product.versions.all()
        if not versions:
            return "not yet"
        retired = ", retired" if product.retired_at else ""
        return f"Version {max(version.number for version in versions)}{retired}"


def _told_changes(product: Product, latest: Version, priced: bool) -> dict[str, Any]:
    """Return what publishing changes in words and, where it can be `priced`, in what other rooms
    know: money.
    """
    try:
        changes = differences(write_whole(latest.model), write_whole(drafts.read(product)))
    except Refusal:
        return {}  # The findings say why the draft cannot be read.
    priced = priced and bool(changes)
    further = (
        [each for told in _told_before_publishing for each in told(product, latest)]
        if priced
        else []
    )
    return {
        "changes": changes[:MOST_CHANGES],
        "more_changes": changes[MOST_CHANGES:],
        "priced": priced,
        "in_money": further,
    }


class DuplicateForm(forms.Form):
    """The key of a copy."""

    key = forms.CharField(
        max_length=63, help_text="Small letters, digits, hyphens and underscores."
    )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        try:
            Product._meta.get_field("key").run_validators(key)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return key


def _page(product: Product) -> str:
    return reverse("admin:catalog_product_change", args=[product.pk])


def _cells_of_rule(row: Any) -> tuple[str, ...]:
    """Return what a list tells of a rule, a preference or a check of shapes."""
    when = code(row.when) if row.when else "always"
    return row.key, when, code(row.then), row.message or "–"


def sections(product: Product, may_edit: bool) -> list[Section]:
    """Return the parts of the draft as tables of what is most telling of each row."""

    def section(
        name: str, title: str, told: str, columns: Sequence[str], rows: Any, cells: Any
    ) -> Section:
        model = rows.model._meta.model_name
        query = urlencode({"product": product.pk})
        add = (
            f"Add {rows.model._meta.verbose_name}",
            f"{reverse(f'admin:catalog_{model}_add')}?{query}",
        )
        order = f"{reverse(f'admin:catalog_{model}_changelist')}?{urlencode({'product__id__exact': product.pk})}"
        listed = [
            (reverse(f"admin:catalog_{model}_change", args=[row.pk]), cells(row)) for row in rows
        ]
        return Section(name, title, told, columns, listed, add if may_edit else None, order)

    options = product.options.select_related("group").prefetch_related("values")
    return [
        section(
            "options",
            "Options",
            "what the product asks",
            ("Option", "Key", "Kind", "Values or range", "Only when", "Group"),
            options,
            lambda row: (
                row.label,
                code(row.key),
                kind_told(row),
                domain_told(row),
                code(row.when),
                row.group or "–",
            ),
        ),
        section(
            "assemblies",
            "Sub-assemblies",
            "configured products it contains, once or several times",
            ("Sub-assembly", "Key", "Contained product", "How many", "Only when", "Group"),
            product.assemblies.select_related("group"),
            lambda row: (
                row.label,
                code(row.key),
                contained_told(row),
                counts_told(row),
                code(row.when),
                row.group or "–",
            ),
        ),
        section(
            "steps",
            "Steps and groups",
            "the pages shoppers go through, and what they show together",
            ("Step", "Key", "Groups"),
            product.steps.prefetch_related("groups"),
            lambda row: (
                row.label,
                code(row.key),
                ", ".join(str(group) for group in row.groups.all()) or "–",
            ),
        ),
        section(
            "derived",
            "Derived values",
            "computed by a formula, for other formulas to read",
            ("Derived value", "Key", "Formula"),
            product.derived.all(),
            lambda row: (row.label, code(row.key), code(row.formula)),
        ),
        section(
            "rules",
            "Rules",
            "what every configuration must satisfy",
            ("Rule", "When", "Then", "Message"),
            product.rules.all(),
            _cells_of_rule,
        ),
        section(
            "tables",
            "Table rules",
            "combinations, row by row",
            ("Table", "Options", "Rows", "Message"),
            product.tables.all(),
            lambda row: (
                row.key,
                code(", ".join(row.options)),
                f"{len(row.rows)} {'allowed' if row.allows else 'forbidden'}",
                row.message or "–",
            ),
        ),
        section(
            "preferences",
            "Preferences",
            "what should hold where it can, the first ones before the others",
            ("Preference", "When", "Then", "Message"),
            product.preferences.all(),
            _cells_of_rule,
        ),
        section(
            "price_lines",
            "Price lines",
            "what it costs",
            ("Price line", "Key", "Amount", "Only when", "Price list"),
            product.price_lines.select_related("option"),
            lambda row: (
                row.label,
                code(row.key),
                price_told(row),
                code(row.when),
                row.price_list or "all",
            ),
        ),
        section(
            "bom_lines",
            "Parts",
            "what will be made of it",
            ("Part", "Key", "Part number", "Quantity", "Only when"),
            product.bom_lines.select_related("option"),
            lambda row: (
                row.label,
                code(row.key),
                part_told(row),
                code(row.quantity),
                code(row.when),
            ),
        ),
        section(
            "lead_time_lines",
            "Lead time",
            "days until it is ready",
            ("Lead time", "Key", "Days", "Only when"),
            product.lead_time_lines.all(),
            lambda row: (row.label, code(row.key), code(row.days), code(row.when)),
        ),
        section(
            "presets",
            "Presets",
            "choices to start from",
            ("Preset", "Key", "Choices"),
            product.presets.all(),
            lambda row: (row.label, code(row.key), ", ".join(row.choices) or "–"),
        ),
        section(
            "layers",
            "Picture layers",
            "laid over one another, the first one at the back",
            ("Layer", "Picture", "View", "Only when"),
            product.layers.all(),
            lambda row: (
                row.key,
                row.image or row.print,
                row.get_view_display() or "All",
                code(row.when),
            ),
        ),
        section(
            "prints",
            "Prints",
            "texts and pictures of shoppers that are printed, engraved or cut",
            ("Print", "Key", "Of", "Width", "Height", "Only when"),
            product.prints.all(),
            lambda row: (
                row.label,
                code(row.key),
                code(row.text or row.file),
                code(row.width),
                code(row.height),
                code(row.when),
            ),
        ),
        section(
            "shapes",
            "Shapes",
            "what it looks like in space, piece by piece",
            ("Shape", "Key", "Size", "Place", "Repeats", "Material", "Only when"),
            product.shapes.all(),
            lambda row: (
                row.label,
                code(row.key),
                size_told(row),
                place_told(row),
                repeat_told(row),
                row.material or "–",
                code(row.when),
            ),
        ),
        section(
            "materials",
            "Materials",
            "what shapes are made of",
            ("Material", "Key", "Looks as", "Colour", "Density"),
            product.materials.all(),
            lambda row: (
                row.label,
                code(row.key),
                code(", ".join(row.finishes)),
                code(row.colour),
                code(row.density),
            ),
        ),
        section(
            "fittings",
            "Fittings",
            "what joins boards where they meet, with the holes that it takes",
            ("Fitting", "Kind", "Of", "Joined to", "How many", "Part number", "Only when"),
            product.fittings.all(),
            lambda row: (
                row.key,
                row.get_kind_display(),
                code(row.shape),
                code(", ".join(row.to)),
                code(row.count),
                row.sku or "–",
                code(row.when),
            ),
        ),
        section(
            "shape_checks",
            "Shape checks",
            "what must hold for the shapes to be built",
            ("Shape check", "When", "Then", "Message"),
            product.shape_checks.all(),
            _cells_of_rule,
        ),
    ]


class GroupForm(RowForm):
    """A group in a row of its step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("key", "position"):
            if name in self.fields:
                self.fields[name].help_text = ""


class GroupInline(ByRole, admin.StackedInline):  # type: ignore[type-arg]
    """The groups of a step."""

    model = Group
    form = GroupForm
    formset = RowFormSet
    formfield_overrides = WIDGETS
    extra = 0
    fields = (("label", "key", "position"), "help")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = paged(super().get_formset(request, obj, **kwargs), request)
        product = getattr(request, "_form_product", None)
        if product is not None:
            owner = admin.site._registry[Step]
            draft = owner.draft_of(request, product)  # type: ignore[attr-defined]

            class InProduct(bound_form(formset.form, draft)):  # type: ignore[misc]
                def __init__(self, *args: Any, **kwargs: Any) -> None:
                    super().__init__(*args, **kwargs)
                    if self.instance.pk is None:
                        self.instance.product = product

            formset.form = InProduct
        return formset


@admin.register(Step)
class StepAdmin(DraftRowAdmin):
    """The steps of a product, with their groups."""

    section = "steps"
    list_display = ("label", "key", "product", "position")
    list_editable = ("position",)
    fields = (("label", "key", "position"),)
    inlines = (GroupInline,)
