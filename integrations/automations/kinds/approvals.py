"""The step that asks a person: the run goes on when it is approved, and ends when it is rejected."""

from typing import Annotated

from pydantic import Field

from catalog.models import Merchant
from integrations.automations.actions import Action, Ask, Preview, Settings, Work
from integrations.automations.marks import facts_of, filled, refuse_marks
from integrations.automations.names import marks_for

MOST_TITLE = 200


class ApprovalSettings(Settings):
    """What a person is asked."""

    title: Annotated[
        str,
        Field(min_length=1, max_length=150, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$"),
    ]
    """The question in a line. Marks such as {product} are filled with what the event says."""
    instructions: Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")] = ""
    """What to look at before it is decided."""


def _check(merchant: Merchant, kind: str, settings: ApprovalSettings) -> None:
    known = marks_for(merchant, kind)
    refuse_marks(settings.title, known, "/title")
    refuse_marks(settings.instructions, known, "/instructions")


def _do(work: Work[ApprovalSettings]) -> Ask:
    facts = facts_of(work.data)
    title = filled(work.settings.title, facts)
    return Ask(title[:MOST_TITLE], filled(work.settings.instructions, facts))


def _preview(work: Work[ApprovalSettings]) -> Preview:
    ask = _do(work)
    return Preview(
        f"Somebody is asked: {ask.title} The steps below wait for the answer.",
        {"instructions": ask.instructions},
    )


ACTION = Action(
    kind="approval",
    title="Ask a person",
    told="The run waits until somebody approves it, in the administration or over the API. Rejected, it ends.",
    settings=ApprovalSettings,
    check=_check,
    preview=_preview,
    do=_do,
)
