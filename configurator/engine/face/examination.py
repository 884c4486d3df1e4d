"""A compiled product under examination: its constraints one by one, and what its answers take."""

from configurator.engine.answers.explain import minimal, smallest
from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import slots_read, truth
from configurator.engine.constraints.intervals import (
    UNKNOWN,
    ZERO,
    Interval,
    calculated,
    called,
    hull,
    or_nothing,
    total,
)
from configurator.engine.constraints.slots import Slot
from configurator.engine.solver.effort import Effort, counted, effort
from configurator.engine.solver.search import MOST_TO_BEGIN, Search

__all__ = [
    "MOST_TO_BEGIN",
    "UNKNOWN",
    "ZERO",
    "Array",
    "Effort",
    "Interval",
    "Search",
    "Slot",
    "calculated",
    "called",
    "counted",
    "effort",
    "hull",
    "minimal",
    "or_nothing",
    "slots_read",
    "smallest",
    "total",
    "truth",
]
