"""What automations, their runs and approvals look like, field by field."""

from typing import Annotated, Any, Literal

from pydantic import Field

from integrations.api.v1.shapes.answer import Answer


class AutomationStep(Answer):
    """A step of an automation."""

    kind: str
    settings: dict[str, Any]


class Automation(Answer):
    """What is done when something happens."""

    id: str
    name: str
    event: str
    """The kind of event that sets it off."""
    products: list[str]
    """The products it is for; all, where there are none."""
    condition: str
    """What has to hold of the event; always, where it is empty."""
    steps: list[AutomationStep]
    costs: bool
    """Whether it is told of thresholds on margins."""
    active: bool
    created_at: str
    url: str


class AutomationPage(Answer):
    """Some of the automations."""

    data: list[Automation]
    next: str | None


class AutomationPreview(Answer):
    """What a step would do."""

    kind: str
    told: str
    details: dict[str, Any]


class AutomationRehearsal(Answer):
    """What an automation would do after a past event."""

    why_not: str
    """Why nothing would be done; empty where something would."""
    steps: list[AutomationPreview]


class AutomationRun(Answer):
    """An automation at work on one event."""

    id: str
    automation: str
    event: str | None
    state: Literal["waiting", "paused", "done", "failed", "rejected", "cancelled"]
    """`waiting` goes on by itself, `paused` waits for an approval, `failed` for somebody who tries
    it again.
    """
    told: str
    """Why it is where it is."""
    next_at: str | None
    created_at: str
    ended_at: str | None
    url: str


class AutomationRunPage(Answer):
    """Some of the runs, the newest first."""

    data: list[AutomationRun]
    next: str | None


class AutomationAttempt(Answer):
    """One attempt at a step that came to an end."""

    number: int
    at: str
    milliseconds: int
    told: str
    error: str
    answer: str
    """The first kilobyte of what came back."""


class AutomationRunStep(Answer):
    """A step of a run."""

    id: str
    """Goes out with what the step brings, the same at every attempt."""
    kind: str
    state: Literal["pending", "paused", "done", "failed", "skipped"]
    told: str
    ended_at: str | None
    attempts: list[AutomationAttempt]


class AutomationRunWhole(AutomationRun):
    """A run with its steps."""

    steps: list[AutomationRunStep]


class Approval(Answer):
    """What a run asks a person."""

    id: str
    automation: str
    run: str
    title: str
    instructions: str
    state: Literal["open", "approved", "rejected", "withdrawn"]
    by: str
    """Who decided."""
    note: str
    created_at: str
    decided_at: str | None
    url: str


class ApprovalPage(Answer):
    """Some of the approvals, the newest first."""

    data: list[Approval]
    next: str | None


class AutomationAction(Answer):
    """A kind of step."""

    kind: str
    title: str
    told: str
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    """The JSON Schema of its settings."""


class AutomationActions(Answer):
    """All kinds of steps."""

    data: list[AutomationAction]
