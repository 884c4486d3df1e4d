"""Admin of the audit log: to look through, never to change."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from catalog.admin.scoped import MerchantScopedAdmin, knows_costs
from catalog.auditing import hidden_costs
from catalog.models import AuditEntry
from catalog.roles import roles_with

MOST_TOLD = 120


class ThingFilter(admin.SimpleListFilter):
    """What kind of thing it was done to; only kinds that there are."""

    title = "kind of thing"
    parameter_name = "thing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        kinds = model_admin.get_queryset(request).order_by().values_list("thing", flat=True)
        return [
            (each, each.replace("-", " ").capitalize()) for each in sorted(set(kinds.distinct()))
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(thing=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(MerchantScopedAdmin):
    """Who changed, published, exported what, and when; the newest first."""

    seen_by = edited_by = roles_with("audit:read")
    list_display = ("at", "who", "what", "key", "told")
    list_display_links = ("what",)
    list_filter = ("at", "actor_kind", ThingFilter)
    search_fields = ("actor", "key", "action", "request_id")
    search_hint = "A person, key or client; a product or other thing; what was done."
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/catalog/audit_entry.html"
    fields = ()

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
        entry = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if entry is not None:
            told = entry if knows_costs(request, entry.merchant) else hidden_costs(entry)
            context |= {
                "title": _said(entry),
                "subtitle": None,
                "entry": told,
                "who": self.who(entry),
                "fields_told": list(_fields(told)),
            }
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="who", ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        """Return who it was, and by what."""
        kind = entry.get_actor_kind_display()
        return format_html("{} <small>{}</small>", entry.actor, kind) if entry.actor else kind

    @admin.display(description="what", ordering="action")
    def what(self, entry: AuditEntry) -> str:
        """Return what was done, in words."""
        return _said(entry)

    @admin.display(description="change")
    def told(self, entry: AuditEntry) -> str:
        """Return the beginning of what became other; figures of costs stand on the entry's page."""
        names = [*(entry.after or entry.before or ())]
        told = entry.changes[0].partition(":")[0] if entry.changes else ", ".join(names)
        more = f" and {len(entry.changes) - 1} more" if len(entry.changes) > 1 else ""
        return (told[: MOST_TOLD - 1] + "…" if len(told) > MOST_TOLD else told) + more


def _said(entry: AuditEntry) -> str:
    thing, _, verb = entry.action.partition(".")
    return f"{thing} {verb}".replace("-", " ").capitalize()


def _fields(entry: AuditEntry) -> Iterator[tuple[str, str, str]]:
    """Yield each field that became other: its name, what it was and what it is."""
    before, after = entry.before or {}, entry.after or {}
    for name in {**before, **after}:
        yield name.replace("_", " "), _text(before.get(name)), _text(after.get(name))


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, indent=1)
