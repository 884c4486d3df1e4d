"""Why choices clash, why a value is set, why another is out: choices and constraints, none
superfluous.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pysat.examples.hitman import Hitman

from catalog.product_model import Choice
from configurator.engine.answers.default_completion import DefaultCompletion
from configurator.engine.answers.evidence import Evidence
from configurator.engine.answers.hitting_sets import HittingSets
from configurator.engine.constraints.reading import Reason
from configurator.engine.constraints.slots import IN, OUT
from configurator.engine.solver.compiled import Compiled
from configurator.engine.solver.search import Search

MOST_EXPLANATIONS = 50
MOST_ASKED = 100
# In larger products each question costs more, so fewer are asked for the smallest explanation; in
# the largest none.
FEW_ASKED = 12
SOME_ANSWERS = 128
FEW_CONSTRAINTS = 1_000
_JUMPS = 4
# With so many variables a constraint, looking at a configuration costs less than asking a solver.
VARIABLES_A_CONSTRAINT = 10

type Given = tuple[Literal["choice", "preference", "default"], str]
"""Something that was decided and no rule demands: the option chosen, the preference taken, the
option left as it is.
"""

__all__ = ["Explanation", "Explanations", "Reason", "explain", "explanations", "why", "why_not"]


@dataclass(frozen=True)
class Explanation:
    """Options whose choices clash, and the reasons: together a contradiction, without any one of
    them none.

    Where a value is explained that follows from more than choices, `assumed` are the options of
    which nobody chose what takes part (a default, or that nothing more is in a multi-choice), and
    the reasons may be preferences.
    """

    choices: tuple[str, ...]
    rules: tuple[Reason, ...]
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanations:
    """Explanations, the smallest first, then in the order of the product model; `complete` where
    these are all.
    """

    found: tuple[Explanation, ...]
    complete: bool


NOTHING = Explanations((), True)


def explain(compiled: Compiled, choices: Mapping[str, Choice]) -> Explanation:
    """Return why `choices` are inconsistent; ValueError where they are not.

    The first of `explanations`, or one as good as any where a smallest takes long to find. With no
    choices in it, the product itself has no configuration.
    """
    found = explanations(compiled, choices, 1).found
    if not found:
        raise ValueError("the choices are consistent")
    return found[0]


def explanations(
    compiled: Compiled, choices: Mapping[str, Choice], limit: int = MOST_EXPLANATIONS
) -> Explanations:
    """Return up to `limit` explanations why `choices` are inconsistent; none where they are not.

    No choice in them is superfluous even with all constraints in force, no constraint with these
    choices. They do not depend on the order of `choices`.
    """
    with compiled.search.asking() as search:
        return _Question(compiled, search, _chosen(compiled, choices)).explanations(limit)


def why_not(
    compiled: Compiled,
    choices: Mapping[str, Choice],
    option: str,
    value: Choice,
    limit: int = MOST_EXPLANATIONS,
) -> Explanations:
    """Return up to `limit` explanations why `option` cannot have `value` with the other choices;
    none where it can.
    """
    others = {key: choice for key, choice in choices.items() if key != option}
    always = literals_of(compiled, {option: value})
    with compiled.search.asking() as search:
        return _Question(compiled, search, _chosen(compiled, others), always).explanations(limit)


def why(
    compiled: Compiled,
    choices: Mapping[str, Choice],
    settled: DefaultCompletion,
    option: str,
    limit: int = MOST_EXPLANATIONS,
) -> Explanations:
    """Return up to `limit` explanations why `option` has its value, where that was inferred; none
    where it was not.

    `settled` is what `default_completion(choices)` returned. What follows from choices alone is
    explained by them alone; what does not, with preferences that were taken; and only then with
    defaults. Of a multi-choice each value that has to be in is explained, one after the other,
    whoever gave the others.
    """
    is_inferred = settled.sources.get(option) == "inferred"
    preferred: dict[Given, list[int]] = {
        ("preference", key): [compiled.preferences[key][1]] for key in settled.preferred
    }
    left = _left_as_they_are(compiled, settled, option)
    found: list[Explanation] = []
    are_all = True
    with compiled.search.asking() as search:
        for denial, others in _denials(compiled, choices, settled, option):
            given = _chosen(compiled, others)
            for parts in (
                (given, given | preferred, given | preferred | left) if is_inferred else (given,)
            ):
                question = _Question(compiled, search, parts, [denial])
                if question.clashes:
                    answer = question.explanations(limit - len(found))
                    found += answer.found
                    are_all &= answer.complete
                    break
            if len(found) >= limit:
                break
    return Explanations(tuple(found), are_all)


def _chosen(compiled: Compiled, choices: Mapping[str, Choice]) -> dict[Given, list[int]]:
    """Return the literals of each choice, in the order of the product model."""
    literals = {key: literals_of(compiled, {key: choice}) for key, choice in choices.items()}
    return {
        ("choice", option.key): literals[option.key]
        for option in compiled.model.options
        if option.key in literals
    }


# Who gives a value that holds because nobody said otherwise.
LEFT = ("default", "adjusted")


def _left_as_they_are(
    compiled: Compiled, settled: DefaultCompletion, but: str
) -> dict[Given, list[int]]:
    """Return the literals of all that holds because nobody said otherwise.

    Values that are defaults, and of each multi-choice, whoever gave its values, that nothing more
    is in it.
    """
    found: dict[Given, list[int]] = {}
    for option in compiled.model.options:
        value = settled.values.get(option.key)
        if value is None or option.key == but:
            continue
        literals = (
            literals_of(compiled, {option.key: value})
            if settled.sources[option.key] in LEFT
            else []
        )
        if isinstance(value, tuple) and option.key not in settled.unsettled:
            members = compiled.slots.members(option)
            literals += [
                compiled.literal(slot.index, OUT) for slot in members if slot.value not in value
            ]
        if literals:
            found["default", option.key] = literals
    return found


def _denials(
    compiled: Compiled, choices: Mapping[str, Choice], settled: DefaultCompletion, key: str
) -> Iterator[tuple[int, Mapping[str, Choice]]]:
    """Return literals that each deny the value of an option, or one value in it, with the choices
    that could be why.
    """
    option, value = compiled.model.option_by_key[key], settled.values.get(key)
    others = {other: choice for other, choice in choices.items() if other != key}
    if isinstance(value, tuple):
        chosen = choices.get(key)
        for slot in compiled.slots.members(option):
            if slot.value in value:
                rest = (
                    tuple(each for each in chosen if each != slot.value)
                    if isinstance(chosen, tuple)
                    else ()
                )
                yield -compiled.literal(slot.index, IN), {**others, key: rest} if rest else others
    elif value is not None and settled.sources[key] == "inferred":
        for literal in literals_of(compiled, {key: value}):
            yield -literal, others


class _Question:
    """Why what is `given` clashes with the product where the literals `always` hold."""

    def __init__(
        self,
        compiled: Compiled,
        search: Search,
        given: Mapping[Given, Sequence[int]],
        always: Sequence[int] = (),
    ) -> None:
        self.compiled = compiled
        self.search = search
        self.given = given
        self.always = list(always)
        self.selectors = search.selectors()
        self._evidence: Evidence[Given] | None = None
        if search.program.variables > VARIABLES_A_CONSTRAINT * len(self.selectors):
            self._evidence = Evidence(compiled, search, given, self.always)

    @property
    def clashes(self) -> bool:
        return self._core(list(self.given)) is not None

    def explanations(self, limit: int) -> Explanations:
        """Return up to `limit` explanations, none where nothing clashes."""
        given, selectors = list(self.given), list(self.selectors)
        if not self.clashes:
            return NOTHING
        if limit == 1:
            first = self._first() or (self._any() if self._is_large else None)
            if first is not None:
                return Explanations((first,), False)
        found: list[Explanation] = []
        conflicts = _conflicts(self._core, given, MOST_ASKED)
        left = MOST_ASKED
        are_all = True
        for chosen in conflicts:
            constraints = _conflicts(self._constraint_core(chosen), selectors, left)
            for each in constraints:
                found.append(self._told(chosen, each))
                if len(found) == MOST_EXPLANATIONS:
                    break
            left -= constraints.asked
            are_all &= constraints.is_complete
            if not are_all:
                break
        are_all &= conflicts.is_complete
        if (
            not are_all
            and limit > 1
            and (first := self._first()) is not None
            and first not in found
        ):
            found.append(first)
        found = sorted(found or [self._any()], key=self._size)
        return Explanations(tuple(found[:limit]), are_all and len(found) <= limit)

    @property
    def _is_large(self) -> bool:
        return sum(slot.cells for slot in self.compiled.slots.all) > SOME_ANSWERS

    def minimal(self) -> tuple[Given, ...] | None:
        """Return a minimal part of what is given that clashes, None where nothing does."""
        given = list(self.given)
        return None if self._core(given) is None else minimal(self._core, given)

    def _first(self) -> Explanation | None:
        """Return the first of all explanations, None where it is not found within so many
        questions.

        They are MOST_ASKED, and FEW_ASKED in a product whose options have more than SOME_ANSWERS
        answers. In one of more than FEW_CONSTRAINTS constraints one explanation is as good as any.
        """
        if len(self.selectors) > FEW_CONSTRAINTS:
            return self._any()
        most_asked = FEW_ASKED if self._is_large else MOST_ASKED
        # What is chosen comes by its number. So of explanations as large as one before only those
        # come sooner in which preferences stand for choices.
        gain = 0 if any(kind == "preference" for kind, _ in self.given) else 1
        best: Explanation | None = None
        size = 0
        left = most_asked
        conflicts = _conflicts(self._core, list(self.given), most_asked)
        for chosen in conflicts:
            most = None if best is None else size - gain - len(chosen)
            if most is not None and most < 0:
                return best
            constraints = _conflicts(
                self._constraint_core(chosen), list(self.selectors), left, most
            )
            few = next(iter(constraints), None)
            left -= constraints.asked
            if few is None:
                if constraints.is_complete:
                    continue
                return None
            told = self._told(chosen, few)
            if best is None or self._size(told) < self._size(best):
                best, size = told, len(chosen) + len(few)
        return best if conflicts.is_complete else None

    def _any(self) -> Explanation:
        """Return some explanation, the same one each time."""
        chosen = minimal(self._core, list(self.given))
        return self._told(chosen, minimal(self._constraint_core(chosen), list(self.selectors)))

    def _core(self, chosen: Sequence[Given]) -> Collection[Given] | None:
        if self._evidence is not None:
            return self._evidence.core(chosen)
        if self.search.solvable(self._literals(chosen)):
            return None
        core = self.search.core_of_assumptions()
        return {part for part in chosen if not core.isdisjoint(self.given[part])}

    def _constraint_core(
        self, chosen: Sequence[Given]
    ) -> Callable[[Sequence[int]], Collection[int] | None]:
        if self._evidence is not None:
            return self._evidence.constraint_core(chosen)
        literals = self._literals(chosen)
        return lambda selectors: (
            None if self.search.stands(selectors, literals) else self.search.core_of_selectors()
        )

    def _literals(self, chosen: Sequence[Given]) -> list[int]:
        return [*self.always, *(literal for part in chosen for literal in self.given[part])]

    def _told(self, chosen: Sequence[Given], constraints: Sequence[int]) -> Explanation:
        reasons = [
            self.compiled.constraints[selector - self.selectors.start].reason
            for selector in constraints
        ]
        return Explanation(
            choices=tuple(key for kind, key in chosen if kind == "choice"),
            rules=(
                *reasons,
                *(Reason("preference", key) for kind, key in chosen if kind == "preference"),
            ),
            assumed=tuple(key for kind, key in chosen if kind == "default"),
        )

    def _size(self, explanation: Explanation) -> tuple[int, int, list[int], list[int]]:
        """Return what explanations are sorted by: how many parts, how many of them choices, then
        their places.
        """
        options, reasons = self.compiled.places, self.compiled.places_of_reasons
        keys = (*explanation.choices, *explanation.assumed)
        return (
            len(keys) + len(explanation.rules),
            len(keys),
            [options[key] for key in keys],
            [reasons[reason] for reason in explanation.rules],
        )


def _conflicts[Part](
    core: Callable[[Sequence[Part]], Collection[Part] | None],
    parts: Sequence[Part],
    most: int,
    largest: int | None = None,
) -> HittingSets[Part]:
    """Return the minimal parts of `parts` that are inconsistent: the smallest hitting sets of what
    has to be left out.

    With `largest` only those of at most so many parts.

    Source: Ignatiev, Previti, Liffiton and Marques-Silva, "Smallest MUS extraction with minimal
    hitting set dualization", CP 2015.
    """
    ranks = {part: (0, place) for place, part in enumerate(parts)}
    return HittingSets(
        lambda chosen: None if core(chosen) is not None else left_out(core, chosen, parts),
        ranks,
        most,
        largest,
    )


def left_out[Part](
    core: Callable[[Sequence[Part]], Collection[Part] | None],
    kept: Sequence[Part],
    parts: Sequence[Part],
) -> tuple[Part, ...]:
    """Return what is left out where `kept`, which is consistent, takes in each of `parts` in turn
    that still stands.

    `core` is that of `minimal`; as there, what it returns makes the search shorter and does not
    change the answer.
    """
    now = list(kept)
    chosen = set(kept)
    rest = [part for part in parts if part not in chosen]
    places = {**dict.fromkeys(kept, -1), **{part: place for place, part in enumerate(rest)}}
    left: list[Part] = []
    start = 0
    while (found := core([*now, *rest[start:]])) is not None:
        # The first `low` of the rest stand, the first `high` do not.
        low, high = start, _after(found, places, len(rest))
        while high - low > 1:
            middle = (low + high) // 2
            found = core([*now, *rest[start:middle]])
            if found is None:
                low = middle
            else:
                high = _after(found, places, middle)
        now += rest[start:low]
        left.append(rest[low])
        start = high
    return tuple(left)


def minimal_choices(
    compiled: Compiled, search: Search, choices: Mapping[str, Choice], kept: Sequence[str] = ()
) -> tuple[str, ...] | None:
    """Return a minimal part of `choices` outside `kept` that clashes with those in `kept`; None
    where none does.

    No choice of the answer is superfluous, and it does not depend on the order of `choices`. Empty
    where those in `kept` clash by themselves.
    """
    always = literals_of(compiled, {key: choices[key] for key in kept if key in choices})
    free = {key: choice for key, choice in choices.items() if key not in kept}
    question = _Question(compiled, search, _chosen(compiled, free), always)
    found = question.minimal()
    return None if found is None else tuple(key for _, key in found)


def minimal[Part](
    core: Callable[[Sequence[Part]], Collection[Part] | None], parts: Sequence[Part]
) -> tuple[Part, ...]:
    """Return a part of `parts` that is inconsistent while every proper part of it is consistent, in
    the same order.

    `parts` as a whole must be inconsistent. `core` returns None for consistent parts, else some of
    them that are inconsistent. What it returns makes the search shorter and never changes the
    answer: needed is, again and again, the part that ends the shortest beginning which is
    inconsistent with those needed already. This is the answer that QuickXplain prefers. Source:
    Junker, "QuickXplain", AAAI 2004.
    """
    places = {part: place for place, part in enumerate(parts)}
    needed: list[Part] = []
    end = len(parts)
    known = core(parts) or ()
    while True:
        # With what is needed, the first `stop` parts clash; the first `start` do not, if `start` is
        # not negative.
        start, stop, tries = -1, _after(known, places, end), 0
        while stop - start > 1:
            tries += 1
            middle = stop - 1 if tries <= _JUMPS else (start + stop) // 2
            found = core([*needed, *parts[:middle]])
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


def smallest(
    consistent: Callable[[Sequence[int]], bool], count: int, tries: int = 30
) -> tuple[int, ...]:
    """Return a smallest inconsistent set of the numbers below `count`, which together are
    inconsistent.

    After `tries` questions without success what is returned is only without a superfluous member.
    Source: Ignatiev, Previti, Liffiton and Marques-Silva, "Smallest MUS extraction with minimal
    hitting set dualization", CP 2015.
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
