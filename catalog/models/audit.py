"""The audit log: who did what, when, with what was there before and after; only ever added to."""

from typing import Any, ClassVar, NoReturn

from django.db import models

from catalog.errors import Refusal
from catalog.models.merchants import Merchant
from catalog.models.ownership import Owned, OwnedQuerySet


class AuditIsAppendOnly(Refusal):
    """Somebody tried to change or delete what was written down."""

    slug = "audit-append-only"
    title = "The audit log is only added to"
    status = 409


def _refuse() -> NoReturn:
    raise AuditIsAppendOnly("Entries of the audit log are neither changed nor deleted.")


class AuditQuerySet(OwnedQuerySet["AuditEntry"]):
    """Entries to read; whatever would change one is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    def delete(self) -> NoReturn:
        _refuse()


class AuditEntry(Owned):
    """One thing that somebody did."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        KEY = "key", "API key"
        CLIENT = "client", "OAuth client"
        COMMAND = "command", "Command line"
        JOB = "job", "Job"
        SYSTEM = "system", "System"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    at = models.DateTimeField("when", auto_now_add=True)
    actor_kind = models.CharField("by what", max_length=10, choices=Kind)
    # As it was called then: who is renamed or gone stays readable.
    actor = models.CharField("who", max_length=150, blank=True, default="")
    actor_reference = models.CharField(max_length=40, blank=True, default="")
    # Of what kind the thing is, and what was done, such as product.published.
    action = models.CharField("what", max_length=60)
    thing = models.CharField("kind of thing", max_length=40)
    key = models.CharField("of what", max_length=200, blank=True, default="")
    # In words; then the fields that became other, without secrets and of bounded size.
    changes = models.JSONField(default=list, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=40, blank=True, default="")

    objects: ClassVar[Any] = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="audit_by_merchant"),
            models.Index(fields=["merchant", "thing", "key", "-id"], name="audit_by_thing"),
        ]
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.action} {self.key}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse()
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()
