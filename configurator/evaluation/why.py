"""Why an option has its value or cannot have another, and which values are out of its reach."""

from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option
from configurator.engine.face import conflicts as engine_conflicts
from configurator.engine.face.choices import default_completion
from configurator.engine.face.conflicts import MOST_EXPLANATIONS, Explanation
from configurator.evaluation.evaluation import Evaluation, Why

MOST_WHYS = 6


def why(
    evaluation: Evaluation, option: str, value: Choice | None = None, limit: int = MOST_EXPLANATIONS
) -> Why:
    """Return up to `limit` explanations why `option` cannot have `value`; without one, why its
    value is set.

    Of a multi-choice, `value` is all that would be in it.
    """
    engine, choices = evaluation.product.engine, evaluation.choices
    state = evaluation.options[option]
    if value is not None:
        return Why(
            option,
            value,
            state.source,
            engine_conflicts.why_not(engine, choices, option, value, limit),
        )
    found = engine_conflicts.why(
        engine, choices, default_completion(engine, choices), option, limit
    )
    return Why(option, state.value, state.source, found)


def explanations_of(evaluation: Evaluation, option: Option) -> tuple[Explanation, ...]:
    """Return why `option` has the value it has to have, or else why some values are out of its
    reach; MOST_WHYS.
    """
    found = why(evaluation, option.key, limit=MOST_WHYS).explanations.found
    if found:
        return found
    return tuple(
        each
        for value in out_of_reach(evaluation, option)[:MOST_WHYS]
        for each in why(evaluation, option.key, value, 1).explanations.found
    )


def out_of_reach(evaluation: Evaluation, option: Option) -> list[Choice]:
    """Return values that `option` cannot have with the other choices, numbers at the edges of what
    it can have.

    Of a multi-choice, what would be in it with one value more.
    """
    state = evaluation.options[option.key]
    kind = kind_of(option)
    declared, runs = kind.scale(option), state.domain.runs
    if declared is not None:
        edges = [declared.first, declared.last]
        for first, last in runs:
            edges += [first - declared.step, last + declared.step]
        return [
            kind.at_number(edge)
            for edge in dict.fromkeys(edges)
            if declared.index(edge) is not None
            and not any(first <= edge <= last for first, last in runs)
        ]
    if kind.is_truth:
        return [truth for truth in (True, False) if truth not in state.domain.values]
    keys = [value.key for value in option.values if value.key not in state.domain.values]
    if kind.is_several:
        now = state.value if isinstance(state.value, tuple) else ()
        return [
            tuple(value.key for value in option.values if value.key in (*now, key)) for key in keys
        ]
    return list(keys)
