"""What problems look like, field by field."""

from integrations.api.v1.shapes.answer import Answer, Changes
from integrations.api.v1.shapes.evaluations import Evaluation


class ProblemPlace(Answer):
    """One place that is wrong."""

    code: str
    """What is wrong, for programs: `missing`, `unknown-field`, `wrong-type`, `wrong-form`,
    `out-of-bounds`, `unknown-value`, or the code of the problem.
    """
    detail: str
    pointer: str | None = None
    """JSON pointer into the body."""
    parameter: str | None = None
    """Name of the query parameter."""


class Problem(Answer):
    """RFC 9457. Compare `code`; tell people `detail`."""

    type: str
    title: str
    status: int
    detail: str
    """What is wrong and what to do next."""
    code: str
    request_id: str
    """Also in the header Request-Id; name it when you ask for help."""
    errors: list[ProblemPlace] | None = None
    """Every place that could not be read."""


class ConflictProblem(Problem):
    """The problem `choices-conflict`, with the ways out and the whole evaluation before the clash."""

    conflict: list[str]
    """The options whose choices clash."""
    repairs: list[Changes]
    """Changes that end the conflict, the cheapest first; each may be sent as it is."""
    evaluation: Evaluation
