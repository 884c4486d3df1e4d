"""What holds after one more choice, as `change_with` tells it of what was settled before."""

from collections.abc import Mapping

from catalog.product_model import Choice
from configurator.engine.answers.default_completion import DefaultCompletion, change_with
from configurator.engine.solver.compiled import Compiled


def after(
    compiled: Compiled,
    choices: Mapping[str, Choice],
    settled: DefaultCompletion,
    option: str,
    value: Choice,
) -> tuple[dict[str, Choice], frozenset[str]]:
    """Return the values and the multi-choices that need more, once `option` has `value` too."""
    change = change_with(compiled, choices, settled, option, value)
    assert change is not None and change.checked
    values = {
        key: each for key, each in {**settled.values, **change.values}.items() if each is not None
    }
    return values, (settled.unsettled - {each.key for each in change.options}) | change.unsettled


def as_settled(settled: DefaultCompletion) -> tuple[dict[str, Choice], frozenset[str]]:
    """Return the same of what was settled."""
    return dict(settled.values), settled.unsettled
