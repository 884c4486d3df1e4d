"""What is deleted by and by: answers that nobody is promised any more."""

from django.tasks import task
from django.utils import timezone

from integrations.access.models import KEPT_ANSWERS, KeptAnswer


@task
def sweep_answers() -> None:
    """Delete the answers kept for calls that can no longer be repeated."""
    KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_ANSWERS).delete()
