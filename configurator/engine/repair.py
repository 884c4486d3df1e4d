"""Ways out of a conflict: the smallest sets of choices to take back."""

from collections.abc import Mapping
from dataclasses import dataclass

from pysat.examples.hitman import Hitman

from catalog.product_model import Choice
from configurator.engine.compiled import Compiled
from configurator.engine.explain import literals_of, minimal_choices


@dataclass(frozen=True)
class Repair:
    """Options whose choices, taken back together, end the conflict; keeping any one of them would not."""

    retract: tuple[str, ...]


def repairs(
    compiled: Compiled, choices: Mapping[str, Choice], keep: frozenset[str] = frozenset(), limit: int = 3
) -> tuple[Repair, ...]:
    """Return up to `limit` repairs that leave the choices in `keep` alone, those that take back fewest first.

    Empty where there is none: the choices in `keep` clash by themselves. Consistent choices have the one repair that
    takes back nothing. A choice on a multi-choice is taken back as a whole. Each set that hits all conflicts found so
    far either repairs or shows another conflict. Source: Reiter, "A theory of diagnosis from first principles", 1987.
    """
    places = {option.key: place for place, option in enumerate(compiled.model.options)}
    found: list[tuple[str, ...]] = []
    with compiled.search.asking() as search:
        kept = [key for key in choices if key in keep]
        conflict = minimal_choices(compiled, search, choices, kept)
        if conflict is None:
            return (Repair(()),)
        if not conflict:
            return ()
        with Hitman(bootstrap_with=[conflict], htype="sorted") as hitting:
            while len(found) < limit:
                retracted = hitting.get()
                if retracted is None:
                    break
                rest = {key: choice for key, choice in choices.items() if key not in retracted}
                if search.solvable(literals_of(compiled, rest)):
                    found.append(tuple(sorted(retracted, key=places.__getitem__)))
                    hitting.block(retracted)
                    continue
                conflict = minimal_choices(compiled, search, rest, kept)
                assert conflict
                hitting.hit(conflict)
    found.sort(key=lambda keys: (len(keys), [places[key] for key in keys]))
    return tuple(Repair(keys) for keys in found)
