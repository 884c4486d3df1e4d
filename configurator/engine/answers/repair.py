"""Ways out of a conflict: sets of choices to take back, in the order of what giving them up costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from catalog.product_model import Choice
from configurator.engine.answers.explain import literals_of, minimal_choices
from configurator.engine.answers.hitting_sets import HittingSets
from configurator.engine.solver.compiled import Compiled
from configurator.engine.solver.search import Budget

MOST_REPAIRS = 100
MOST_ASKED = 400


@dataclass(frozen=True)
class Repair:
    """Options whose choices, taken back together, end the conflict; keeping any one of them would
    not.
    """

    retract: tuple[str, ...]


def repairs(
    compiled: Compiled,
    choices: Mapping[str, Choice],
    keep: frozenset[str] = frozenset(),
    limit: int = 3,
) -> tuple[Repair, ...]:
    """Return up to `limit` repairs that leave the choices in `keep` alone, the cheapest first.

    The fewest choices are cheapest, then those on options of the least importance, all told, then
    those on options that come first in the product model. Empty where there is none: the choices in
    `keep` clash by themselves. Consistent choices have the one repair that takes back nothing. A
    choice on a multi-choice is taken back as a whole. Each set that hits all conflicts found so far
    either repairs or shows another conflict. Source: Reiter, "A theory of diagnosis from first
    principles", 1987.
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


def stands(compiled: Compiled, choices: Mapping[str, Choice], budget: Budget | None = None) -> bool:
    """Tell whether some complete configuration has all `choices`: what `deduce` tells, in a single
    question.

    Raises Undecided where that takes more than `budget`.
    """
    with compiled.search.asking(budget) as search:
        return search.solvable(literals_of(compiled, choices))


def switched_off(
    compiled: Compiled, choices: Mapping[str, Choice], changed: frozenset[str]
) -> tuple[str, ...] | None:
    """Return the choices that go with those on `changed`, which switch their options off; None
    where others clash.

    `choices` are inconsistent. Left out are only choices on options whose condition cannot hold
    beside all others that stay; where any other choice would have to go, two wishes clash, and
    somebody has to say which counts.
    """
    conditional = [key for key in choices if key in compiled.conditions and key not in changed]
    kept = {key: choice for key, choice in choices.items() if key not in conditional}
    with compiled.search.asking() as search:
        if not conditional or not search.solvable(literals_of(compiled, kept)):
            return None
        fallen = conditional
        is_moving = True
        while is_moving:
            # One that comes back may be what another's condition asks for.
            before, fallen = fallen, []
            for key in before:
                if search.solvable(literals_of(compiled, {**kept, key: choices[key]})):
                    kept[key] = choices[key]
                else:
                    fallen.append(key)
            is_moving = len(fallen) < len(before)
        stays = literals_of(compiled, kept)
        if any(search.solvable([*stays, compiled.conditions[key][1]]) for key in fallen):
            return None
    return tuple(fallen)
