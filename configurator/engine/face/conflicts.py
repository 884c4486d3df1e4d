"""Why choices clash, why a value is set or out, and the ways out."""

from configurator.engine.answers.explain import (
    MOST_EXPLANATIONS,
    Explanation,
    Explanations,
    explain,
    explanations,
    why,
    why_not,
)
from configurator.engine.answers.repair import MOST_REPAIRS, repairs, stands, switched_off
from configurator.engine.constraints.reading import Reason

__all__ = [
    "MOST_EXPLANATIONS",
    "MOST_REPAIRS",
    "Explanation",
    "Explanations",
    "Reason",
    "explain",
    "explanations",
    "repairs",
    "stands",
    "switched_off",
    "why",
    "why_not",
]
