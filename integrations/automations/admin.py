"""Automations in the administration: made and tried by owners; their runs and approvals are looked
at and helped on.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin.large_lists import AmongOwn, LargeList
from catalog.admin.scoped import (
    EDITORS,
    HoldsCosts,
    MayTellCosts,
    MerchantScopedAdmin,
    merchants_for,
)
from catalog.errors import Refusal
from catalog.roles import roles_with
from integrations.automations import operations
from integrations.automations.actions import actions
from integrations.automations.forms import AutomationForm, StepForm
from integrations.automations.models import (
    Approval,
    Automation,
    Run,
    Step,
    Storage,
    Try,
    Unsubscribed,
)
from integrations.automations.storage_forms import StorageForm
from integrations.automations.storages import KINDS
from integrations.automations.storing import keep_storage
from integrations.webhooks.admin import OnlySeen
from integrations.webhooks.models import Event

MOST_EVENTS = 30
# Who edits products helps runs on and approves, too; what is done, others say.
HELPING = EDITORS | roles_with("automations:write")


@admin.register(Automation)
class AutomationAdmin(MayTellCosts, MerchantScopedAdmin):
    """Automations: when, if, and a page for each step."""

    form = AutomationForm
    seen_by = roles_with("automations:read")
    edited_by = roles_with("automations:write")
    change_form_template = "admin/automations/automation.html"
    own = ("name", "event", "products", "condition", "costs", "is_active")
    list_display = ("name", "event", "condition", "told_steps", "is_active", "told_runs")
    list_filter = ("is_active", "event", ("merchant", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "public_id__exact")
    facts = ("public_id", "created_at", "told_runs")
    readonly_fields = facts

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            owner = ("merchant",) if self._chooses_merchant(request, obj) else ()
            return [(None, {"fields": (*owner, *self.own)})]
        return [("When and if", {"fields": self.own}), ("How it does", {"fields": self.facts})]

    def save_model(self, request: HttpRequest, obj: Automation, form: Any, change: bool) -> None:
        if change:
            operations.change_automation(obj, form.wish())
        else:
            obj.__dict__.update(operations.make_automation(obj.merchant, form.wish()).__dict__)

    def response_add(
        self, request: HttpRequest, obj: Automation, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, f"{obj} is made. Add what is to be done.")
        return HttpResponseRedirect(reverse("admin:automations_automation_change", args=[obj.pk]))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        shown = {} if row is None else {"steps": _steps_of(row), "kinds": actions().values()}
        may = row is not None and self.has_change_permission(request, row)
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **shown, "may_change": may}
        )

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/add/<slug:kind>/",
                view(self.add_step_view),
                name="automations_automation_add_step",
            ),
            path(
                "<int:pk>/steps/<int:place>/",
                view(self.step_view),
                name="automations_automation_step",
            ),
            path(
                "<int:pk>/rehearse/",
                view(self.rehearse_view),
                name="automations_automation_rehearse",
            ),
            *super().get_urls(),
        ]

    # -- steps

    def add_step_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """Ask for the settings of a further step of this kind, and keep it behind the others."""
        row = self._own(request, pk)
        if kind not in actions():
            raise Http404
        return self._step(request, row, {"kind": kind, "settings": {}}, len(row.steps))

    def step_view(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        """Show the settings of a step; change it, move it up or down, or take it away."""
        row = self._own(request, pk)
        if not 0 <= place < len(row.steps) or row.steps[place]["kind"] not in actions():
            raise Http404
        return self._step(request, row, row.steps[place], place)

    def _step(
        self, request: HttpRequest, row: Automation, step: dict[str, Any], place: int
    ) -> HttpResponse:
        asked = request.POST.get("do", "") if request.method == "POST" else ""
        action, is_new = actions()[step["kind"]], place == len(row.steps)
        form = StepForm(
            request.POST if asked == "keep" else None, action, row.merchant, step["settings"]
        )
        steps: list[Any] | None = None
        if asked == "keep" and form.is_valid():
            steps = [
                *row.steps[:place],
                {**step, "settings": form.document()},
                *row.steps[place + 1 :],
            ]
        elif asked == "delete" and not is_new:
            steps = [*row.steps[:place], *row.steps[place + 1 :]]
        elif asked in ("up", "down") and not is_new:
            steps = [*row.steps]
            other = min(max(place + (-1 if asked == "up" else 1), 0), len(steps) - 1)
            steps[place], steps[other] = steps[other], steps[place]
        if steps is not None:
            try:
                if asked == "keep":
                    operations.refuse_step(row.merchant, row.event, steps[place], place)
                operations.change_automation(row, replace(operations.wish_of(row), steps=steps))
            except Refusal as refusal:
                if asked == "keep":
                    form.tell(refusal)
                else:
                    messages.error(request, refusal.sentence)
            else:
                self.log_change(
                    request, row, f"Steps: {', '.join(each['kind'] for each in steps) or 'none'}."
                )
                return HttpResponseRedirect(
                    reverse("admin:automations_automation_change", args=[row.pk])
                )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Step {place + 1}: {action.title}",
            "automation": row,
            "action": action,
            "form": form,
            "is_new": is_new,
        }
        return TemplateResponse(
            request, "admin/automations/step.html", context, status=422 if form.errors else 200
        )

    def _own(self, request: HttpRequest, pk: int) -> Automation:
        row: Automation | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        if row.merchant not in merchants_for(request, self.edited_by):
            raise PermissionDenied
        return row

    # -- trying

    def rehearse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell what every step would do after a past event."""
        row = self._own(request, pk)
        events = (
            Event.objects.for_merchant(row.merchant)
            .filter(type=row.event)
            .order_by("-pk")[:MOST_EVENTS]
        )
        asked, rehearsal, refusal = request.GET.get("event", ""), None, None
        if asked:
            event = Event.objects.for_merchant(row.merchant).filter(public_id=asked).first()
            if event is None:
                raise Http404
            try:
                rehearsal = operations.rehearsed(row, event)
            except Refusal as refused:
                refusal = refused.sentence
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Try with a past event",
            "automation": row,
            "events": events,
            "asked": asked,
            "rehearsal": rehearsal,
            "refusal": refusal,
        }
        return TemplateResponse(request, "admin/automations/rehearse.html", context)

    @admin.display(description="then")
    def told_steps(self, row: Automation) -> str:
        return ", ".join(title for title, _ in _steps_of(row)) or "nothing yet"

    @admin.display(description="runs")
    def told_runs(self, row: Automation) -> SafeString:
        address = reverse("admin:automations_run_changelist")
        return format_html('<a href="{}?automation__id__exact={}">What it did</a>', address, row.pk)


def _steps_of(row: Automation) -> list[tuple[str, str]]:
    """Return the title of each step, and what is said of it in a line."""
    known = actions()
    found = []
    for step in row.steps:
        action = known.get(step["kind"])
        said = ", ".join(
            _short(each)
            for each in step["settings"].values()
            if each not in ("", [], {}, None, False)
        )
        found.append((action.title if action else step["kind"], said))
    return found


def _short(value: Any) -> str:
    text = next(iter(value.values()), "") if isinstance(value, dict) else value
    text = ", ".join(map(str, text)) if isinstance(text, list) else str(text)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _each(
    request: HttpRequest, rows: Collection[Any], do: Callable[[Any], Any], told: str, self: Any
) -> None:
    for row in rows:
        try:
            do(row)
        except Refusal as refusal:
            self.message_user(request, f"{row}: {refusal.sentence}", messages.ERROR)
        else:
            self.message_user(request, told.format(row), messages.SUCCESS)


@admin.register(Run)
class RunAdmin(LargeList, HoldsCosts, OnlySeen):
    """Automations at work on an event each: what was done, what failed and why."""

    costs_path = "automation__costs"
    seen_by = roles_with("automations:read")
    edited_by = HELPING
    list_display = ("public_id", "automation", "state", "told_event", "created_at", "told")
    list_filter = ("state", ("automation", AmongOwn))
    search_fields = ("public_id__exact", "event__public_id__exact", "event__object_id__exact")
    search_hint = "The whole id of a run, an event, or what it is about."
    list_select_related = ("automation__merchant", "event")
    actions = ("retry", "skip", "cancel")
    fields = (
        "automation",
        "state",
        "told",
        "told_event",
        "due_at",
        "created_at",
        "ended_at",
        "public_id",
        "told_steps",
    )
    readonly_fields = fields

    @admin.display(description="event")
    def told_event(self, run: Run) -> str:
        said = run.said or (run.event.envelope() if run.event else {})
        return f"{said['type']} {said['object']['id']}" if said else "deleted"

    @admin.display(description="steps")
    def told_steps(self, run: Run) -> SafeString:
        steps = run.steps.prefetch_related("tries").order_by("position")
        rows = format_html_join("", "<li>{}</li>", ((_told_step(each),) for each in steps))
        return format_html("<ol>{}</ol>", rows)

    @admin.action(
        description="Try selected runs again at the step that failed", permissions=["change"]
    )
    def retry(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        _each(request, runs, operations.retry, "{} goes on at the step that failed.", self)

    @admin.action(description="Pass over the step that failed or waits", permissions=["change"])
    def skip(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        _each(request, runs, operations.skip, "{} goes on with the next step.", self)

    @admin.action(description="Cancel selected runs", permissions=["change"])
    def cancel(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        _each(request, runs, operations.cancel, "{} is cancelled; what was done stays done.", self)


def _told_step(step: Step) -> SafeString:
    title = known.title if (known := actions().get(step.kind)) else step.kind
    tries = format_html_join("", "<li>{}</li>", ((_told_try(each),) for each in step.tries.all()))
    log = format_html("<ol>{}</ol>", tries) if tries else ""
    return format_html(
        "{}: {}. {} <code>{}</code>{}",
        title,
        step.get_state_display(),
        step.told,
        step.public_id,
        log,
    )


def _told_try(each: Try) -> SafeString:
    at = date_format(timezone.localtime(each.at), "DATETIME_FORMAT")
    answer = format_html('<pre tabindex="0">{}</pre>', each.answer) if each.answer else ""
    return format_html(
        "{}: {} ({} ms){}", at, each.error or each.told or "Asked.", each.milliseconds, answer
    )


@admin.register(Approval)
class ApprovalAdmin(LargeList, HoldsCosts, OnlySeen):
    """What runs ask people before they go on."""

    costs_path = "step__run__automation__costs"
    seen_by = roles_with("automations:read")
    edited_by = HELPING
    list_display = ("title", "state", "automation", "created_at", "by")
    list_filter = ("state",)
    search_fields = ("public_id__exact", "step__run__public_id__exact")
    search_hint = "The whole id of an approval or a run."
    list_select_related = ("step__run__automation__merchant",)
    actions = ("approve", "reject")
    fields = (
        "title",
        "instructions",
        "state",
        "automation",
        "run",
        "by",
        "note",
        "created_at",
        "decided_at",
        "public_id",
    )
    readonly_fields = fields

    @admin.display(description="automation")
    def automation(self, approval: Approval) -> str:
        return str(approval.step.run.automation)

    @admin.display(description="run")
    def run(self, approval: Approval) -> SafeString:
        run = approval.step.run
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:automations_run_change", args=[run.pk]),
            run.public_id,
        )

    @admin.action(description="Approve selected", permissions=["change"])
    def approve(self, request: HttpRequest, approvals: QuerySet[Approval]) -> None:
        self._decide(request, approvals, True, "{}: approved, the run goes on.")

    @admin.action(description="Reject selected", permissions=["change"])
    def reject(self, request: HttpRequest, approvals: QuerySet[Approval]) -> None:
        self._decide(request, approvals, False, "{}: rejected, the run ends.")

    def _decide(
        self, request: HttpRequest, approvals: QuerySet[Approval], is_approved: bool, told: str
    ) -> None:
        by = request.user.get_username()
        _each(request, approvals, lambda row: operations.decide(row, is_approved, by), told, self)


@admin.register(Storage)
class StorageAdmin(MerchantScopedAdmin):
    """Places for files: what kind it is decides what is asked, and its secret is shown to nobody."""

    form = StorageForm
    seen_by = roles_with("automations:read")
    edited_by = roles_with("automations:write")
    list_display = ("name", "kind", "told_place")
    list_filter = ("kind", ("merchant", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "public_id__exact")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        owner = ("merchant",) if self._chooses_merchant(request, obj) else ()
        rows: list[tuple[str | None, dict[str, Any]]] = [
            (None, {"fields": (*owner, "name", "kind")})
        ]
        rows += [
            (known.title, {"fields": StorageForm.fields_of(kind)}) for kind, known in KINDS.items()
        ]
        return rows

    def save_model(self, request: HttpRequest, obj: Storage, form: Any, change: bool) -> None:
        keep_storage(obj, form.wish())

    @admin.display(description="where")
    def told_place(self, row: Storage) -> str:
        said = row.settings
        return "/".join(
            str(said[each]) for each in ("endpoint", "bucket", "host", "folder") if said.get(each)
        )


@admin.register(Unsubscribed)
class UnsubscribedAdmin(OnlySeen):
    """Addresses that get no marketing; one is taken away where its owner wants it again."""

    seen_by = roles_with("automations:read")
    edited_by = roles_with("automations:write")
    list_display = ("address", "at")
    search_fields = ("address__exact",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return MerchantScopedAdmin.has_delete_permission(self, request, obj)
