"""Jobs and workers in the administration, for the people who run the site."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.jobs.models import Job, Schedule, Worker
from catalog.jobs.running import call_off, run_again


class OnlySeen(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the software writes: superusers look at them, nobody changes them by hand."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(OnlySeen):
    """What waits, runs, was done, and was given up and why."""

    list_display = (
        "what",
        "state",
        "progress",
        "attempts",
        "due_at",
        "worker",
        "created_at",
        "ended_at",
    )
    list_filter = ("state", "task")
    search_fields = ("public_id__exact",)
    actions = ("again", "call_off")
    show_full_result_count = False

    @admin.display(description="what", ordering="task")
    def what(self, job: Job) -> str:
        told = ", ".join(map(str, job.arguments))
        return f"{job.task.rpartition('.')[2].replace('_', ' ')} {told}".strip()

    @admin.action(description="Call off those that wait", permissions=["view"])
    def call_off(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        told = f"{call_off(jobs)} will not be run. One that runs already comes to its end."
        self.message_user(request, told, messages.SUCCESS)

    @admin.action(description="Run those given up or called off again", permissions=["view"])
    def again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self.message_user(request, f"{run_again(jobs)} will be run again.", messages.SUCCESS)


@admin.register(Worker)
class WorkerAdmin(OnlySeen):
    """Processes that do jobs."""

    list_display = ("name", "started_at", "seen_at")


@admin.register(Schedule)
class ScheduleAdmin(OnlySeen):
    """What is done again and again."""

    list_display = ("task", "next_at")
