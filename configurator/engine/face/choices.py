"""What choices lead to in a compiled product: what can still be had, what is shown, how much there
is.
"""

from configurator.engine.answers.count import Count, count
from configurator.engine.answers.deduce import Deduction, alternatives, deduce, domain_beside
from configurator.engine.answers.default_completion import (
    Change,
    DefaultCompletion,
    Needed,
    change_with,
    changes_with,
    default_completion,
    needed,
)
from configurator.engine.answers.domains import Domain
from configurator.engine.answers.whole import whole_values
from configurator.engine.constraints.refusals import ChoiceUnknown, EngineExhausted, EngineRefused
from configurator.engine.solver.compiled import Compiled, compile_model
from configurator.engine.solver.search import Budget, Undecided

__all__ = [
    "Budget",
    "Change",
    "ChoiceUnknown",
    "Compiled",
    "Count",
    "Deduction",
    "DefaultCompletion",
    "Domain",
    "EngineExhausted",
    "EngineRefused",
    "Needed",
    "Undecided",
    "alternatives",
    "change_with",
    "changes_with",
    "compile_model",
    "count",
    "deduce",
    "default_completion",
    "domain_beside",
    "needed",
    "whole_values",
]
