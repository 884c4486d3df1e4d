"""Why a run does not go on as somebody wishes."""

from catalog.errors import Refusal


class RunNotThere(Refusal):
    """This cannot be done with the run as it is: it goes on by itself, waits for an approval, or
    has ended.
    """

    slug = "run-not-there"
    title = "The run is not in that state"
    status = 409


class AlreadyDecided(Refusal):
    """The approval was approved, rejected or withdrawn before. Read it to see by whom."""

    slug = "already-decided"
    title = "This was decided already"
    status = 409


class StepRefused(Refusal):
    """Settings of a step that cannot be: an unknown kind, a field that is missing or too much, or
    what is not there.
    """

    slug = "step-refused"
    title = "A step cannot be like this"
