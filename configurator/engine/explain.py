"""Why choices cannot stand together: the choices and the demands of the product that clash, none superfluous."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from pysat.examples.hitman import Hitman

from catalog.product_model import Choice
from configurator.engine.compiled import Compiled
from configurator.engine.reading import Reason
from configurator.engine.search import Search

_JUMPS = 4

__all__ = ["Explanation", "Reason", "explain"]


@dataclass(frozen=True)
class Explanation:
    """Options whose choices clash, and the reasons: together a contradiction, without any one of them none."""

    choices: tuple[str, ...]
    rules: tuple[Reason, ...]


def explain(compiled: Compiled, choices: Mapping[str, Choice]) -> Explanation:
    """Return why `choices` are inconsistent; ValueError where they are not.

    The choices are reduced first, all demands in force, then the demands, those choices kept. Both come in the order
    of the product model; with no choices left, the product itself has no configuration.
    """
    with compiled.search.asking() as search:
        conflict = minimal_choices(compiled, search, choices)
        if conflict is None:
            raise ValueError("the choices are consistent")
        literals = literals_of(compiled, {key: choices[key] for key in conflict})
        switches = search.switches()
        rules = minimal(lambda chosen: None if search.stands(chosen, literals) else search.clash(), switches)
    return Explanation(conflict, tuple(compiled.constraints[switch - switches.start].reason for switch in rules))


def minimal_choices(
    compiled: Compiled, search: Search, choices: Mapping[str, Choice], kept: Sequence[str] = ()
) -> tuple[str, ...] | None:
    """Return the smallest part of `choices` outside `kept` that clashes with those in `kept`; None where none does.

    No choice of the answer is superfluous, and it does not depend on the order of `choices`. Empty where those in
    `kept` clash by themselves.
    """
    literals = {key: literals_of(compiled, {key: choices[key]}) for key in choices}
    always = [literal for key in kept if key in literals for literal in literals[key]]
    free = [option.key for option in compiled.model.options if option.key in literals and option.key not in kept]

    def clash(keys: Sequence[str]) -> Collection[str] | None:
        if search.solvable([*always, *(literal for key in keys for literal in literals[key])]):
            return None
        core = search.core()
        return {key for key in keys if not core.isdisjoint(literals[key])}

    return None if clash(free) is None else minimal(clash, free)


def minimal[Part](
    clash: Callable[[Sequence[Part]], Collection[Part] | None], parts: Sequence[Part]
) -> tuple[Part, ...]:
    """Return a part of `parts` that is inconsistent while every proper part of it is consistent, in the same order.

    `parts` as a whole must be inconsistent. `clash` returns None for consistent parts, else some of them that are
    inconsistent. What it returns makes the search shorter and never changes the answer: needed is, again and again, the
    part that ends the shortest beginning which is inconsistent with those needed already. This is the answer that
    QuickXplain prefers. Source: Junker, "QuickXplain", AAAI 2004.
    """
    places = {part: place for place, part in enumerate(parts)}
    needed: list[Part] = []
    end = len(parts)
    known = clash(parts) or ()
    while True:
        # With what is needed, the first `stop` parts clash; the first `start` do not, if `start` is not negative.
        start, stop, tries = -1, _after(known, places, end), 0
        while stop - start > 1:
            tries += 1
            middle = stop - 1 if tries <= _JUMPS else (start + stop) // 2
            found = clash([*needed, *parts[:middle]])
            if found is None:
                start = middle
            else:
                known, stop = found, _after(found, places, middle)
        if stop == 0:
            return tuple(reversed(needed))
        end = stop - 1
        needed.append(parts[end])


def _after[Part](known: Collection[Part], places: Mapping[Part, int], end: int) -> int:
    """Return the place after the last of the `known` parts that come before `end`."""
    return 1 + max((places[part] for part in known if places[part] < end), default=-1)


def smallest(consistent: Callable[[Sequence[int]], bool], count: int, tries: int = 30) -> tuple[int, ...]:
    """Return a smallest inconsistent set of the numbers below `count`, which together are inconsistent.

    After `tries` questions without success what is returned is only without a superfluous member. Source: Ignatiev,
    Previti, Liffiton and Marques-Silva, "Smallest MUS extraction with minimal hitting set dualization", CP 2015.
    """
    if not consistent(()):
        return ()
    with Hitman(bootstrap_with=[range(count)], htype="sorted") as hitting:
        for _ in range(tries):
            candidate = hitting.get()
            if candidate is None or not consistent(candidate):
                return tuple(sorted(candidate or ()))
            grown = set(candidate)
            for number in range(count):
                if number not in grown and consistent([*grown, number]):
                    grown.add(number)
            hitting.hit([number for number in range(count) if number not in grown])
    return minimal(lambda numbers: None if consistent(numbers) else numbers, range(count))


def literals_of(compiled: Compiled, choices: Mapping[str, Choice]) -> list[int]:
    return compiled.assumptions(compiled.fixed(choices))
