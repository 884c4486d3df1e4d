"""What undoes the changes of a stored configuration: choices as they were, of those that became
others.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from configurator.models import Configuration

MOST_STEPS = 50
# Of all steps together: long texts are undone fewer times.
MOST_BYTES = 100_000

type Step = dict[str, Any]
"""`choices` by option as they are to be, null for none, and `quantity` where that was another."""


def step_to(
    choices: Mapping[str, Any], quantity: int, from_choices: Mapping[str, Any], from_quantity: int
) -> Step:
    """Return the step that leads from some plain choices and quantity to others; empty between
    equal ones.
    """
    other = {
        key: choices.get(key)
        for key in {**choices, **from_choices}
        if choices.get(key) != from_choices.get(key)
    }
    step: Step = {"choices": other} if other else {}
    return step if quantity == from_quantity else {**step, "quantity": quantity}


def record(row: Configuration, choices: Mapping[str, Any], quantity: int) -> None:
    """Remember what leads back from plain `choices` and `quantity`, which `row` gets now; it is not
    saved.

    What was undone before is forgotten then. Equal ones leave everything as it is.
    """
    if back := step_to(row.choices, row.quantity, choices, quantity):
        row.past, row.future = bounded([*row.past, back]), []


def bounded(steps: list[Step]) -> list[Step]:
    """Return the last of `steps`, as many as are kept."""
    steps = steps[-MOST_STEPS:]
    while len(steps) > 1 and len(orjson.dumps(steps)) > MOST_BYTES:
        steps = steps[1:]
    return steps
