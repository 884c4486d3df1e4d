"""Runs of automations without what was erased."""

from django.db.models import Q

from configurator.erasing import Erased
from integrations.automations.models import Approval, Run, Step, Try


def on_erased(erased: Erased, **_: object) -> None:
    """Take personal data out of the runs about the same things, whose events may be gone.

    What was said of their steps in words, and what came back, may hold anything, and goes as a
    whole. Mails that were sent and files that were written stay where they are.
    """
    runs = Run.objects.for_merchant(erased.merchant)
    found = list(
        runs.filter(Q(said__object__id__in=erased.ids) | Q(event__object_id__in=erased.ids))
    )
    for run in found:
        run.said, run.told = erased.without(run.said), ""
        run.save(update_fields=["said", "told"])
    steps = Step.objects.filter(run__in=found)
    for step in steps:
        step.output = erased.without(step.output)
        step.save(update_fields=["output"])
    steps.update(told="")
    Try.objects.filter(step__run__in=found).update(told="", error="", answer="")
    Approval.objects.filter(step__run__in=found).update(instructions="")
    for approval in Approval.objects.filter(step__run__in=found):
        title = str(approval.title)
        for text in erased.said:
            title = title.replace(text, "…")
        if title != approval.title:
            approval.title = title
            approval.save(update_fields=["title"])
