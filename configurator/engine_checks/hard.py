"""Questions that shoppers would wait for in vain: what the engine cannot settle with all that a question may take."""

from collections.abc import Iterator, Mapping, Sequence

from catalog.findings import Finding, Progress
from catalog.product_model import Choice, Kind, ProductModel
from configurator.engine.compiled import Compiled, compile_model
from configurator.engine.deduce import deduce
from configurator.engine.domains import Domain
from configurator.engine.refusals import EngineExhausted
from configurator.engine.search import MOST_TO_BEGIN, Budget
from configurator.engine.settle import settle
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.words import example_of, labels

MOST_STATES = 200
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


def after_a_choice(product: Examined) -> Iterator[Finding | Progress]:
    """Return the first choice that leaves something too hard to tell, of up to MOST_STATES spread over the product."""
    states = [
        {option.key: choice}
        for option in product.model.options
        for choice in _choices(option.kind, product.deduction.domains[option.key])
    ]
    step = max(1, -(-len(states) // MOST_STATES))
    for done, choices in enumerate(states[::step]):
        if done % 20 == 0:
            yield Progress("Questions that are too hard", done, len(states) // step)
        try:
            unsettled = _unsettled(product.compiled, choices)
        except EngineExhausted:
            unsettled = [key for key in product.compiled.places if key not in choices]
        if unsettled:
            yield _told(product.model, choices, unsettled)
            return


def _unsettled(compiled: Compiled, choices: Mapping[str, Choice]) -> Sequence[str]:
    """Return the options of which not everything is told with all that a question may take; no option twice."""
    budget = Budget(MOST_TO_BEGIN)
    found = [*deduce(compiled, choices, budget).unchecked, *settle(compiled, choices, budget).unchecked]
    return list(dict.fromkeys(found))


def _choices(kind: Kind, domain: Domain) -> list[Choice]:
    if kind is Kind.NUMBER:
        return [first for first, _ in domain.runs]
    if kind is Kind.MULTI:
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
