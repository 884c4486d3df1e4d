"""Ways out of a conflict: sets of choices to take back, in the order of what giving them up costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from catalog.product_model import Choice
from configurator.engine.compiled import Compiled
from configurator.engine.explain import literals_of, minimal_choices
from configurator.engine.hitting import HittingSets

MOST_REPAIRS = 100
MOST_ASKED = 400


@dataclass(frozen=True)
class Repair:
    """Options whose choices, taken back together, end the conflict; keeping any one of them would not."""

    retract: tuple[str, ...]


def repairs(
    compiled: Compiled, choices: Mapping[str, Choice], keep: frozenset[str] = frozenset(), limit: int = 3
) -> tuple[Repair, ...]:
    """Return up to `limit` repairs that leave the choices in `keep` alone, the cheapest first.

    The fewest choices are cheapest, then those on options of the least importance, all told, then those on options that
    come first in the product model. Empty where there is none: the choices in `keep` clash by themselves. Consistent
    choices have the one repair that takes back nothing. A choice on a multi-choice is taken back as a whole. Each set
    that hits all conflicts found so far either repairs or shows another conflict. Source: Reiter, "A theory of
    diagnosis from first principles", 1987.
    """
    kept = [key for key in choices if key in keep]
    ranks = {
        option.key: (option.importance, compiled.places[option.key])
        for option in compiled.model.options
        if option.key in choices and option.key not in keep
    }

    def missed(retracted: Sequence[str]) -> tuple[str, ...] | None:
        taken = set(retracted)
        rest = {key: choice for key, choice in choices.items() if key not in taken}
        return minimal_choices(compiled, search, rest, kept)

    with compiled.search.asking() as search:
        found = HittingSets(missed, ranks, MOST_ASKED)
        return tuple(Repair(keys) for keys in islice(found, min(limit, MOST_REPAIRS)))


def stands(compiled: Compiled, choices: Mapping[str, Choice]) -> bool:
    """Tell whether some complete configuration has all `choices`: what `deduce` tells, in a single question."""
    with compiled.search.asking() as search:
        return search.solvable(literals_of(compiled, choices))
