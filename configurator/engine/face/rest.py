"""The rest of some choices, chosen for the least of an objective, and what a number comes to before
it is chosen.
"""

from configurator.engine.answers.default_completion import grounds_of
from configurator.engine.constraints.slots import IN, OUT
from configurator.engine.optimise.amounts import Box, CellReader
from configurator.engine.optimise.complete import MOST_WORK, rest
from configurator.engine.optimise.objective import Objective, Question, Rest, Share, Term

__all__ = [
    "IN",
    "MOST_WORK",
    "OUT",
    "Box",
    "CellReader",
    "Objective",
    "Question",
    "Rest",
    "Share",
    "Term",
    "grounds_of",
    "rest",
]
