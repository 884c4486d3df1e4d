"""Admin of published versions: to look at, never to change."""

import difflib
import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from catalog import drafts
from catalog.admin.rows import ProductFilter
from catalog.admin.scoped import MerchantScopedAdmin, knows_costs
from catalog.differences import differences
from catalog.errors import Refusal
from catalog.models import Version
from catalog.product_model import ProductModel, write_whole

# Comparing takes time that grows with the square of what differs.
MAX_LINES = 6_000
MAX_SHOWN = 400
MAX_TOLD = 200


@admin.register(Version)
class VersionAdmin(MerchantScopedAdmin):
    """The versions of a product: when, by whom, and what changed since the one before."""

    list_display = ("told", "product", "published_at", "published_by", "note", "short_digest")
    list_filter = (("product", ProductFilter),)
    list_select_related = ("product", "published_by")
    change_form_template = "admin/catalog/version.html"
    fields = (("published_at", "published_by"), "note", "digest")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        version = self.get_object(request, object_id)
        context = {**(extra_context or {}), **_told(request, version)}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="version", ordering="number")
    def told(self, version: Version) -> str:
        """Return the version's number."""
        return f"Version {version.number}"

    @admin.display(description="digest")
    def short_digest(self, version: Version) -> str:
        """Return the beginning of the digest: equal digest, equal product."""
        return format_html('<code title="{}">{}</code>', version.digest, version.digest[:12])


def _told(request: HttpRequest, version: Version | None) -> dict[str, Any]:
    return (
        {} if version is None else _facts(version, knows_costs(request, version.product.merchant))
    )


def _facts(version: Version, costs: bool) -> dict[str, Any]:
    model = version.model
    before = version.product.versions.filter(number__lt=version.number).order_by("-number").first()
    return {
        "title": f"Version {version.number}",
        "subtitle": None,
        "product": version.product,
        "version": version,
        "before": before,
        "differences": _differences(before.model, model, costs) if before else (),
        "changes": _changes(_shown(before.document, costs), _shown(version.document, costs))
        if before
        else None,
        "draft": _draft_told(version),
        "counts": [
            (len(model.options), "options"),
            (len(model.rules) + len(model.tables), "rules"),
            (len(model.price_lines), "price lines"),
            (len(model.bom_lines), "BOM lines"),
            (len(model.shapes), "shapes"),
            (len(model.assets), "pictures"),
        ],
        "document": _shown(version.document, costs),
    }


def _draft_told(version: Version) -> str:
    try:
        same = drafts.read(version.product).digest == version.digest
    except Refusal:
        return "The draft cannot be read at the moment."
    return "The draft says exactly the same." if same else "The draft has changed since."


def _differences(before: ProductModel, after: ProductModel, costs: bool) -> list[str]:
    """Return what differs in words, and how much more there is where it is too much for a page."""
    told = differences(
        *(whole if costs else without_costs(whole) for whole in map(write_whole, (before, after)))
    )
    more = [f"… and {len(told) - MAX_TOLD} more"] if len(told) > MAX_TOLD else []
    return [*told[:MAX_TOLD], *more]


def _shown(document: str, costs: bool) -> str:
    """Return a product's document, laid out; what its lines cost only with `costs`."""
    whole = json.loads(document)
    shown = whole if costs else without_costs(whole)
    return json.dumps(shown, ensure_ascii=False, indent=2)


def without_costs(document: Any) -> Any:
    """Return a product's document, or a part of one, without what its price lines cost."""
    if isinstance(document, list):
        return [without_costs(each) for each in document]
    if not isinstance(document, dict):
        return document
    told = {name: without_costs(each) for name, each in document.items()}
    if isinstance(lines := told.get("price_lines"), list):
        told["price_lines"] = [
            {name: each for name, each in line.items() if name not in ("cost", "costs")}
            for line in lines
        ]
    return told


def _changes(before: str, after: str) -> list[tuple[str, str]] | None:
    """Return the lines that differ, each with "added", "removed" or "same"; None where there is too
    much to compare.
    """
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > MAX_LINES:
        return None
    signs = {"+": "added", "-": "removed", " ": "same"}
    lines = list(difflib.unified_diff(old, new, n=4, lineterm=""))[2:]
    return [
        (signs.get(line[0], "place"), line[1:] if line[0] in signs else "…")
        for line in lines[:MAX_SHOWN]
    ]
