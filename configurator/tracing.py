"""A trace of one evaluation, on request: what was in force, and what the answer took. It never
changes the answer.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from catalog.expressions.evaluate import function_of
from catalog.expressions.types import Scope, bind
from configurator.engine.face.conflicts import Reason
from configurator.engine.face.examination import Effort, counted
from configurator.evaluation.evaluation import Evaluation
from configurator.evaluation.why import out_of_reach, why
from configurator.evaluation_json import reasons_json

MOST_NARROWED = 20


@dataclass
class Trace:
    """What an answer took: counts of the engine's work, and milliseconds of this thread's CPU."""

    effort: Effort = field(default_factory=Effort)
    milliseconds: float = 0.0


@contextmanager
def traced() -> Iterator[Trace]:
    """Measure what is done within; the trace is whole once it is left."""
    trace = Trace()
    start = time.thread_time()
    with counted() as trace.effort:
        yield trace
    trace.milliseconds = (time.thread_time() - start) * 1000


def trace_json(evaluation: Evaluation, trace: Trace, locale: str | None = None) -> dict[str, Any]:
    """Return the trace of `evaluation` as plain JSON values."""
    effort = trace.effort
    return {
        "milliseconds": round(trace.milliseconds, 3),
        "solver_calls": effort.solver_calls,
        "conflicts": effort.conflicts,
        "propagations": effort.propagations,
        "answers_made": effort.made,
        "answers_remembered": effort.remembered,
        "in_force": reasons_json(evaluation.model, in_force(evaluation), locale),
        "narrowed": {
            key: reasons_json(evaluation.model, reasons, locale)
            for key, reasons in narrowed(evaluation).items()
        },
    }


def in_force(evaluation: Evaluation) -> tuple[Reason, ...]:
    """Return the constraints that say something about the present values, in the order of the
    product.

    Rules whose `when` holds, tables about options that have values, and conditions that do not
    hold, so that their option or value is switched off.
    """
    model, values = evaluation.model, evaluation.values
    scope = Scope.of(model)

    def holds(condition: str | None) -> bool:
        return condition is None or bool(function_of(bind(condition, scope, "condition"))(values))

    found: list[Reason] = []
    for option in model.options:
        if not holds(option.when):
            found.append(Reason("option_condition", option.key))
        found += [
            Reason("value_condition", f"{option.key}.{value.key}")
            for value in option.values
            if not holds(value.when)
        ]
    found += [Reason("rule", rule.key) for rule in model.rules if holds(rule.when)]
    found += [
        Reason("table", table.key)
        for table in model.tables
        if any(key in values for key in table.options)
    ]
    return tuple(found)


def narrowed(evaluation: Evaluation) -> Mapping[str, tuple[Reason, ...]]:
    """Return, for up to MOST_NARROWED options that cannot have all their values now, the reasons
    against the first.
    """
    found: dict[str, tuple[Reason, ...]] = {}
    for option in evaluation.model.options:
        blocked = next((value for value in out_of_reach(evaluation, option)), None)
        if blocked is not None and len(found) < MOST_NARROWED:
            for explanation in why(evaluation, option.key, blocked, 1).explanations.found:
                found[option.key] = explanation.rules
    return found
