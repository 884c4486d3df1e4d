"""Configurations by chance, each valid and complete: what a draft is tried with."""

from collections.abc import Mapping
from random import Random

from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, plain_number
from configurator.compiled_product import CompiledProduct
from configurator.engine.face.choices import Domain, deduce, default_completion

_OFTEN = 0.4
"""How likely a value of a multi-choice is in, and a free answer is given."""


def numbered_choices(product: CompiledProduct, seed: int, number: int = 0) -> dict[str, Choice]:
    """Return the choices of this number in the row that begins with `seed`: equal products and
    numbers have equal choices.
    """
    return random_choices(product, Random(f"{seed}/{number}"))  # noqa: S311


def random_choices(product: CompiledProduct, chance: Random) -> dict[str, Choice]:
    """Return choices that stand together; with them the product is complete wherever it can be.

    Options are answered in an order by chance, each with what is valid beside the answers before.
    Equal products and equal states of `chance` give equal choices. Every value that some complete
    configuration has may come; configurations are not equally likely.
    """
    engine, options = product.engine, product.model.options
    choices: dict[str, Choice] = {}
    for option in chance.sample(options, len(options)):
        for choice in _tries(product, choices, option, chance):
            more = {**choices, option.key: choice}
            if deduce(engine, more).consistent:
                choices = more
                break
    return _settled(product, choices, chance)


def _settled(
    product: CompiledProduct, choices: dict[str, Choice], chance: Random
) -> dict[str, Choice]:
    """Return the choices with as many values more as multi-choices need that have too few."""
    while unsettled := default_completion(product.engine, choices).unsettled:
        key = min(unsettled)
        had = choices.get(key, ())
        known = had if isinstance(had, tuple) else ()
        free = [
            str(value)
            for value in deduce(product.engine, choices).domains[key].values
            if value not in known
        ]
        if not free:
            break
        choices = {**choices, key: (*known, chance.choice(free))}
    return choices


def values_with(product: CompiledProduct, choices: Mapping[str, Choice]) -> Mapping[str, Choice]:
    """Return the values of `choices`, which stand together, and of what follows from them."""
    return default_completion(product.engine, choices).values


def _tries(
    product: CompiledProduct, choices: Mapping[str, Choice], option: Option, chance: Random
) -> list[Choice]:
    """Return answers to try in turn: some of them, such as several values of a multi-choice, need
    not stand together.
    """
    domain = deduce(product.engine, choices).domains[option.key]
    kind = kind_of(option)
    if kind.is_several:
        some = tuple(
            str(value)
            for value in domain.values
            if value in domain.forced or chance.random() < _OFTEN
        )
        return [some, domain.forced] if some != domain.forced else [some]
    if kind.is_stepped:
        return _numbers(option, domain, chance)
    if kind.is_open:
        return _written(option, domain, chance)
    return [chance.choice(domain.values)] if domain.values else []


def _numbers(option: Option, domain: Domain, chance: Random) -> list[Choice]:
    """Return a number by chance, of the ends one in four times: there most of what is wrong shows."""
    if not domain.runs or domain.step is None:
        return []
    kind = kind_of(option)
    if chance.random() < 0.25:
        first, last = domain.runs[0][0], domain.runs[-1][1]
        return [kind.at_number(chance.choice((first, last)))]
    steps = [int((last - first) / domain.step) + 1 for first, last in domain.runs]
    place = chance.randrange(sum(steps))
    for (first, _), count in zip(domain.runs, steps, strict=True):
        if place < count:
            return [kind.at_number(plain_number(first + place * domain.step))]
        place -= count
    return []


def _written(option: Option, domain: Domain, chance: Random) -> list[Choice]:
    kind = kind_of(option)
    if not domain.given or (domain.none and chance.random() > _OFTEN):
        return []
    if kind.is_colour:
        return [f"#{chance.randrange(1 << 24):06x}"]
    return [] if kind.problem(option, kind.example) else [kind.example]
