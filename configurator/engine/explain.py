"""Why choices cannot stand together: the choices and the demands of the product that clash, none superfluous."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pysat.examples.hitman import Hitman

from catalog.product_model import Choice
from configurator.engine.compiled import Compiled
from configurator.engine.reading import Reason
from configurator.engine.search import Search

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
        every = range(len(compiled.constraints))
        rules = minimal(lambda numbers: search.consistent(literals, numbers), every)
    return Explanation(conflict, tuple(compiled.constraints[number].reason for number in rules))


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

    def consistent(keys: Sequence[str]) -> bool:
        return search.solvable([*always, *(literal for key in keys for literal in literals[key])])

    return None if consistent(free) else minimal(consistent, free)


def minimal[Part](consistent: Callable[[Sequence[Part]], bool], parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return a part of `parts` that is inconsistent while every proper part of it is consistent, in the same order.

    `parts` as a whole must be inconsistent. Takes at most about 2k·log2(n/k) + 2k questions for k among n.
    Source: Junker, "QuickXplain", AAAI 2004.
    """
    if not consistent(()):
        return ()

    def within(background: tuple[Part, ...], added: bool, candidates: tuple[Part, ...]) -> tuple[Part, ...]:
        if added and not consistent(background):
            return ()
        if len(candidates) == 1:
            return candidates
        middle = len(candidates) // 2
        first, second = candidates[:middle], candidates[middle:]
        needed = within((*background, *first), True, second)
        return within((*background, *needed), bool(needed), first) + needed

    return within((), False, tuple(parts))


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
    return minimal(consistent, range(count))


def literals_of(compiled: Compiled, choices: Mapping[str, Choice]) -> list[int]:
    return compiled.assumptions(compiled.fixed(choices))
