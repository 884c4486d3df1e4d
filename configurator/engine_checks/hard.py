"""Questions that shoppers would wait for in vain: what the engine cannot settle with all that a
question may take.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from itertools import product as cartesian

from catalog.findings import Finding, Progress
from catalog.kinds.kind import OptionKind
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, ProductModel
from configurator.engine.face.choices import (
    Budget,
    Compiled,
    Domain,
    EngineExhausted,
    compile_model,
    deduce,
    default_completion,
)
from configurator.engine.face.examination import MOST_TO_BEGIN, slots_read
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.words import example_of, labels

MOST_STATES = 200
MOST_PAIRS = 100
MOST_OF_A_PAIR = 9
MOST_READ = 30
_ADVICE = "Say fewer rules between the same options, for instance as one table of the combinations that are offered."


def at_all(model: ProductModel) -> Iterator[Finding]:
    """Return what is too hard to tell about a product of which nobody has chosen anything."""
    try:
        unsettled = _unsettled(compile_model(model), {})
    except EngineExhausted:
        yield Finding(
            "error",
            "question-too-hard",
            "",
            f"Whether this product has any configuration is too hard to be decided. {_ADVICE}",
            {},
            about=("configuration",),
        )
        return
    yield _told(model, {}, unsettled or [option.key for option in model.options])
    yield Finding(
        "note",
        "not-examined",
        "",
        "Nothing else could be looked at: the rules of this product are too hard to be decided in the time that a "
        "check may take.",
        about=("product",),
    )


def after_choices(product: Examined) -> Iterator[Finding | Progress]:
    """Return the first choice, else the first two, that leave something too hard to tell.

    Looked at are up to MOST_STATES single choices spread over the product, and up to MOST_PAIRS of
    two: on options that the most constraints read together, since those decide together whether
    such constraints hold.
    """
    single = [
        {option.key: choice}
        for option in product.model.options
        for choice in _possible(product, option.key)
    ]
    step = max(1, -(-len(single) // MOST_STATES))
    states = [*single[::step], *islice(_pairs(product), MOST_PAIRS)]
    for done, choices in enumerate(states):
        if done % 20 == 0:
            yield Progress("Questions that are too hard", done, len(states))
        try:
            unsettled = _unsettled(product.compiled, choices)
        except EngineExhausted:
            unsettled = [key for key in product.compiled.places if key not in choices]
        if unsettled:
            yield _told(product.model, choices, unsettled)
            return


def _pairs(product: Examined) -> Iterator[dict[str, Choice]]:
    """Return two choices at a time, on the options first that the most constraints read together; a
    few of each two.
    """
    places = product.compiled.places
    count: Counter[tuple[str, str]] = Counter()
    for constraint in product.compiled.constraints:
        read = {product.compiled.slots.all[slot].option for slot in slots_read(constraint.formula)}
        if 2 < len(read) <= MOST_READ:
            count.update(combinations(sorted(read, key=places.__getitem__), 2))
    for one, other in sorted(
        count, key=lambda pair: (-count[pair], *map(places.__getitem__, pair))
    ):
        every = list(cartesian(_possible(product, one), _possible(product, other)))
        step = max(1, -(-len(every) // MOST_OF_A_PAIR))
        yield from ({one: first, other: second} for first, second in every[::step])


def _possible(product: Examined, key: str) -> list[Choice]:
    return _choices(kind_of(product.model.option_by_key[key]), product.deduction.domains[key])


def _unsettled(compiled: Compiled, choices: Mapping[str, Choice]) -> Sequence[str]:
    """Return the options of which not everything is told with all that a question may take; no
    option twice.
    """
    budget = Budget(MOST_TO_BEGIN)
    deduction = deduce(compiled, choices, budget)
    if not deduction.consistent:
        return []
    found = [*deduction.unchecked, *default_completion(compiled, choices, budget).unchecked]
    return list(dict.fromkeys(found))


def _choices(kind: OptionKind, domain: Domain) -> list[Choice]:
    if kind.is_stepped:
        return [kind.at_number(first) for first, _ in domain.runs]
    if kind.is_several:
        return [(str(value),) for value in domain.values]
    return list(domain.values)


def _told(model: ProductModel, choices: Mapping[str, Choice], unsettled: Sequence[str]) -> Finding:
    places = {option.key: place for place, option in enumerate(model.options)}
    keys = sorted(unsettled, key=places.__getitem__)
    beside = f" beside {labels(model, choices)}" if choices else ""
    return Finding(
        "warning",
        "question-too-hard",
        f"options/{keys[0]}",
        f"What {labels(model, keys)} can have{beside} is too hard to be decided: shoppers would read that it is being "
        f"checked, and never more. {_ADVICE}",
        example_of(choices),
        about=(*choices, *keys[:1]),
    )
