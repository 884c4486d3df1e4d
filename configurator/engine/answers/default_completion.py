"""The values a configuration has before everything is chosen: choices, what follows from them, and
defaults.

`default_completion` is canonical: each of its questions is about what is possible, so that no
accident of the solver decides. `change_with` tells what one more choice changes, mostly by looking
at the configurations that `default_completion` kept as proof.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from typing import Any, Literal, NamedTuple

from catalog.kinds.boolean import NO, YES
from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.stand_ins import stand_ins
from configurator.engine.constraints.formulas import Formula, Truth, renumbered, slots_read, truth
from configurator.engine.constraints.slots import IN, OUT
from configurator.engine.solver.compiled import Compiled
from configurator.engine.solver.memory import Memory
from configurator.engine.solver.search import Budget, Search, Undecided

MOST_COMPLETIONS = 32
MOST_ALIVE = 64
MOST_RECENT = 64
MOST_TRIED = 64
MOST_CORES = 10_000
MOST_CORES_EACH = 4


@dataclass(frozen=True)
class _Proof:
    """Why the values are as they are: what one more choice has to leave untouched so that they
    stay.

    `configurations` (of the component) satisfy all decisions; the first shows that they stand
    together, the others that something is open. `relied_on` are the options whose decision was
    needed to rule something out.
    """

    configurations: tuple[tuple[int, ...], ...]
    relied_on: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Left:
    """What nobody answered on a component, and whether it may stay so.

    `optional` holds, by option, the slot and the literal that says: no value. `cells` is a
    configuration with all decisions, but without any of these; it is one that may be where it
    `holds`. `literals` are all decisions, `answered` those among them that somebody sees as an
    answer: no silent "no", nothing silently left out. `lacking` are those that are asked and have
    to be answered; where there are none, what waits is decided if something `waits`.
    """

    optional: Mapping[str, tuple[int, int]]
    cells: tuple[int, ...]
    holds: bool
    literals: tuple[int, ...]
    answered: tuple[int, ...]
    lacking: frozenset[str]
    waits: bool


@dataclass(frozen=True)
class Needed:
    """What the rules ask for beyond what options ask for themselves, where nothing more is
    answered.

    `options` are those that nobody has to answer, and that no configuration with all answers leaves
    without a value. `is_broken`: not all that is left unanswered may stay so. `lacking` are certain
    to be asked and have to be answered, whatever their conditions say of the present values.
    """

    options: frozenset[str] = frozenset()
    is_broken: bool = False
    lacking: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class _Part:
    """What is settled of one component; `changes` keeps what one more choice changes, by option and
    value.

    Where it is `finished`, nothing on it has to be answered any more, and all that nobody answered
    may stay so. Where all components are, those options that waited to the end have the values
    `in_the_end`.
    """

    values: Mapping[str, Choice]
    in_the_end: Mapping[str, Choice]
    finished: bool
    unsettled: frozenset[str]
    preferred: tuple[str, ...]
    followed: frozenset[str]
    adjusted: frozenset[str]
    unchecked: frozenset[str]
    proof: _Proof | None
    left: _Left | None
    changes: dict[tuple[str, Choice, "_Others"], "_Changed"] = field(
        default_factory=dict, repr=False
    )
    needed: list[Needed] = field(default_factory=list, repr=False)

    @property
    def values_in_the_end(self) -> Mapping[str, Choice]:
        return {**self.values, **self.in_the_end}


# Named tuples, which are made in a third of the time of frozen dataclasses: one of each for every
# value that a page shows.
class Change(NamedTuple):
    """What one more choice changes: the new values by option, None where a value is lost.

    `unsettled` are the multi-choices of `options` that then need more than they have, `needed`
    those that the rules then ask for; `options` those it could have changed. None of it is certain
    where it is not `checked`.
    """

    values: Mapping[str, Choice | None]
    unsettled: frozenset[str]
    options: tuple[Option, ...]
    checked: bool = True
    needed: frozenset[str] = frozenset()


type _Others = Literal["open", "finished", "waiting"]
"""Of all other components: something has to be answered there; nothing has; nothing has, and
options waited for it.
"""


class _Changed(NamedTuple):
    """A change on one component, and whether nothing has to be answered there after it (told where
    `waiting`).
    """

    change: Change
    finished: bool = False


@dataclass(frozen=True, eq=False)
class DefaultCompletion:
    """The value of every option that has one; `sources` tells who gave it: "chosen", "inferred",
    "default", "adjusted".

    Adjusted is what stands in for a default that does not fit.

    `unsettled` are the multi-choices that need more than they have: their values are what is in so
    far. `preferred` are the preferences that hold, in their order; the others had to give way.
    `unchecked` are the options of which the budget did not suffice to tell the value.
    """

    values: Mapping[str, Choice]
    unsettled: frozenset[str]
    preferred: tuple[str, ...]
    unchecked: frozenset[str]
    _compiled: Compiled = field(repr=False)
    _choices: Mapping[str, Choice] = field(repr=False)
    _followed: frozenset[str] = field(repr=False)
    _adjusted: frozenset[str] = field(repr=False)
    _parts: Mapping[int, _Part] = field(repr=False)

    @cached_property
    def unfinished(self) -> frozenset[int]:
        """The components, by place, on which something has to be answered."""
        return frozenset(place for place, part in self._parts.items() if not part.finished)

    @cached_property
    def with_waiting(self) -> frozenset[int]:
        """The components, by place, on which options have a value only where all components are
        finished.
        """
        return frozenset(place for place, part in self._parts.items() if part.in_the_end)

    @cached_property
    def sources(self) -> Mapping[str, str]:
        return self.sources_with(deduce(self._compiled, self._choices).inferred)

    def sources_with(self, inferred: Collection[str]) -> Mapping[str, str]:
        """Return who gave each value, where `inferred` are the options that `deduce` infers from
        the choices.
        """
        return {
            key: "chosen"
            if key in self._choices
            else "inferred"
            if key in inferred or key in self._followed
            else "adjusted"
            if key in self._adjusted
            else "default"
            for key in self.values
        }

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DefaultCompletion)
            and self.values == other.values
            and self.unsettled == other.unsettled
            and self.preferred == other.preferred
            and self.sources == other.sources
        )

    __hash__ = None  # type: ignore[assignment]


def default_completion(
    compiled: Compiled, choices: Mapping[str, Choice], budget: Budget | None = None
) -> DefaultCompletion:
    """Return the values that hold with `choices`, which must be consistent (ValueError otherwise).

    After the choices, preferences are taken one by one, each where it can stand with what was taken
    before, and then defaults are taken one by one in the order of the options, each where the
    option is certain to be asked and where it still leads to a complete configuration; a boolean
    without default is no where that is possible. What has to be answered and cannot have its
    default has the first of its `stand_ins` that it can. Of a multi-choice is in what is wanted and
    what is in whatever else is decided; the others are out where all of them can be, and undecided
    otherwise: nothing is added that nobody wanted. Then every option with one possibility left has
    it. What is still undecided has no value.

    Where nothing is left to be answered but options that need no value, those that waited because
    of them are decided as if these stayed without one.
    """
    if choices:
        return _settled(compiled, choices, budget)
    first: DefaultCompletion = compiled.memory.answer(
        "settle",
        {},
        lambda: _settled(compiled, {}, budget),
        keep=lambda settled: not settled.unchecked,
    )
    if not first.unchecked:
        grounds_of(compiled).nothing_chosen = first._parts
    return first


def _settled(
    compiled: Compiled, choices: Mapping[str, Choice], budget: Budget | None
) -> DefaultCompletion:
    grounds = grounds_of(compiled)
    by_ground: dict[int, dict[str, Choice]] = {}
    for key, choice in choices.items():
        by_ground.setdefault(grounds.of_option[key], {})[key] = choice
    first = grounds.nothing_chosen
    if first is None or len(by_ground) == len(grounds.all):
        parts = {
            place: _part(compiled, ground, by_ground.get(place, {}), budget)
            for place, ground in grounds.all.items()
        }
    else:
        parts = dict(first)
        for place, here in by_ground.items():
            parts[place] = _part(compiled, grounds.all[place], here, budget)
    return _joined(compiled, choices, parts)


def _joined(
    compiled: Compiled, choices: Mapping[str, Choice], parts: Mapping[int, _Part]
) -> DefaultCompletion:
    found: dict[str, Choice] = {}
    all_finished = all(part.finished for part in parts.values())
    for part in parts.values():
        found.update(part.values_in_the_end if all_finished else part.values)
    return DefaultCompletion(
        {option.key: found[option.key] for option in compiled.model.options if option.key in found},
        frozenset[str]().union(*(part.unsettled for part in parts.values())),
        tuple(
            key
            for key in compiled.preferences
            if any(key in part.preferred for part in parts.values())
        ),
        frozenset[str]().union(*(part.unchecked for part in parts.values())),
        compiled,
        dict(choices),
        frozenset[str]().union(*(part.followed for part in parts.values())),
        frozenset[str]().union(*(part.adjusted for part in parts.values())),
        parts,
    )


def change_with(
    compiled: Compiled,
    choices: Mapping[str, Choice],
    settled: DefaultCompletion,
    option: str,
    value: Choice,
    budget: Budget | None = None,
) -> Change | None:
    """Return what one more choice changes of a default completion; None where they are not
    consistent.

    Fast where all other values stay as they are and the kept configurations, with the one change,
    prove it.
    """
    return changes_with(compiled, choices, settled, option, budget)(value)


def changes_with(
    compiled: Compiled,
    choices: Mapping[str, Choice],
    settled: DefaultCompletion,
    option: str,
    budget: Budget | None = None,
) -> Callable[[Choice], Change | None]:
    """Return what tells `change_with` of each value of `option`: what all of them share is looked
    up once.
    """
    grounds = grounds_of(compiled)
    place = grounds.of_option[option]
    ground, part = grounds.all[place], settled._parts[place]
    others = _others(settled, place)
    changes = part.changes

    def change(value: Choice) -> Change | None:
        known = changes.get((option, value, others))
        if known is None:
            try:
                known = _change(compiled, ground, choices, part, option, value, others, budget)
            except ValueError:
                return None
            if known.change.checked:
                changes[option, value, others] = known
        if others == "waiting" and known.finished != part.finished:
            return _with_others(compiled, known, settled, place)
        return known.change

    return change


def _others(settled: DefaultCompletion, place: int) -> _Others:
    if settled.unfinished and not settled.unfinished <= {place}:
        return "open"
    return "waiting" if settled.with_waiting and not settled.with_waiting <= {place} else "finished"


def _with_others(
    compiled: Compiled, known: _Changed, settled: DefaultCompletion, place: int
) -> Change:
    """Return a change after which nothing, or again something, has to be answered, with what others
    have by that.
    """
    grounds = grounds_of(compiled)
    values, options = dict(known.change.values), list(known.change.options)
    for where, part in settled._parts.items():
        if where != place and part.in_the_end:
            values |= part.in_the_end if known.finished else dict.fromkeys(part.in_the_end)
            options += grounds.all[where].options
    return known.change._replace(values=values, options=tuple(options))


def needed(compiled: Compiled, settled: DefaultCompletion, budget: Budget | None = None) -> Needed:
    """Return what the rules ask for where nothing is answered beyond what is settled.

    Mostly a test has told already, when that was settled, that all else may stay as it is.
    """
    grounds = grounds_of(compiled)
    options: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()
    is_broken = False
    for place, part in settled._parts.items():
        if part.left is None:
            continue
        found = _needed(grounds.all[place], part, budget)
        options |= found.options
        lacking |= part.left.lacking
        is_broken |= found.is_broken
    return Needed(options, is_broken, lacking)


def _needed(ground: "_Ground", part: _Part, budget: Budget | None) -> Needed:
    left = part.left
    if left is None or left.holds:
        return Needed()
    if not part.needed:
        try:
            part.needed.append(_asked_for(ground, left, budget))
        except Undecided:
            return Needed(is_broken=True)
    return part.needed[0]


def _asked_for(ground: "_Ground", left: _Left, budget: Budget | None) -> Needed:
    with ground.search.asking(budget) as search:
        # Where nothing lacks, what waited stays as it is now, and a rule breaks with that.
        may_move = left.lacking or not left.waits
        nothing_more = [*left.literals, *(literal for _, literal in left.optional.values())]
        if may_move and search.solvable(nothing_more):
            return Needed()
        open_ones = dict(left.optional)
        found: set[str] = set()
        while open_ones:
            key, (_, literal) = open_ones.popitem()
            if not search.solvable([*left.answered, literal]):
                found.add(key)
                continue
            witness = search.witness().tolist()
            open_ones = {
                other: (slot, none)
                for other, (slot, none) in open_ones.items()
                if witness[slot] != ground.none_of[slot]
            }
    return Needed(frozenset(found), True)


def _change(
    compiled: Compiled,
    ground: "_Ground",
    choices: Mapping[str, Choice],
    part: _Part,
    option: str,
    value: Choice,
    others: _Others,
    budget: Budget | None,
) -> _Changed:
    proof = part.proof
    if (
        proof is not None
        and others != "waiting"
        and option not in proof.relied_on
        # To want nothing may leave it open whether the option is asked.
        and not (value == NOTHING or (value == () and option in ground.conditions))
        and _still_proved(ground, part.preferred, proof, option, value)
        and _may_stay(ground, part, option, value)
    ):
        if isinstance(value, tuple):
            value = tuple(
                each.key
                for each in compiled.model.option_by_key[option].values
                if each.key in value
            )
        return _Changed(Change({option: value}, part.unsettled - {option}, ground.options))
    here = {each.key: choices[each.key] for each in ground.options if each.key in choices}
    after = _part(compiled, ground, {**here, option: value}, budget)
    old, new = (
        each.values if others == "open" or not each.finished else each.values_in_the_end
        for each in (part, after)
    )
    is_other = {key for key, _ in old.items() ^ new.items()}
    changed = {each.key: new.get(each.key) for each in ground.options if each.key in is_other}
    asked_for = _needed(ground, after, budget).options
    return _Changed(
        Change(changed, after.unsettled, ground.options, not after.unchecked, asked_for),
        after.finished,
    )


def _may_stay(ground: "_Ground", part: _Part, key: str, value: Choice) -> bool:
    """Tell, by a test, whether all that nobody answered may stay so beside `value`, all else being
    as it was.
    """
    left = part.left
    if left is None:
        return True
    if left.waits and left.lacking <= {key}:
        return False
    if left.optional.keys() <= {key}:
        return True
    if not left.holds:
        return False
    changed = list(left.cells)
    moved = []
    for slot, cell in ground.cells_of(key, value, whole=True):
        if changed[slot] != cell:
            changed[slot] = cell
            moved.append(slot)
    tests = ground.search.program.tests
    return all(test(changed) for slot in moved for test in tests[slot])


def _still_proved(
    ground: "_Ground", preferred: Sequence[str], proof: _Proof, key: str, value: Choice
) -> bool:
    """Tell whether every kept configuration is one with `value` as well, as preferred, with the
    same options on.
    """
    changes = ground.cells_of(key, value, whole=True)
    tests = ground.search.program.tests
    for configuration in proof.configurations:
        moved = [slot for slot, cell in changes if configuration[slot] != cell]
        if not moved:
            continue
        changed = list(configuration)
        for slot, cell in changes:
            changed[slot] = cell
        for slot in moved:
            for test in tests[slot]:
                if not test(changed):
                    return False
            for preference in ground.preferred_by[slot]:
                if preference in preferred and not ground.preferences[preference].test(changed):
                    return False
            for switch in ground.switched_by[slot]:
                if bool(switch(changed)) != bool(switch(configuration)):
                    return False
    return True


def _part(
    compiled: Compiled, ground: "_Ground", choices: Mapping[str, Choice], budget: Budget | None
) -> _Part:
    """Return what is settled on one component, where `choices` are those made there."""

    def settled() -> _Part:
        with ground.search.asking(budget) as search:
            return _Deciding(compiled, ground, choices, search).settled()

    return ground.memory.answer("settle", choices, settled, keep=lambda part: not part.unchecked)


@dataclass(frozen=True)
class _Switch:
    """The condition of an option, or a preference, on its component: a test, the slots it reads,
    and its literal.

    Without `literal` unit propagation alone tells that the condition always holds (`always`) or
    never does.
    """

    test: Truth
    reads: frozenset[int]
    literal: int | None
    always: bool


class _Ground:
    """One component as `default_completion` sees it: its options, their slots and conditions, by
    their number there.
    """

    def __init__(self, compiled: Compiled, place: int, options: Sequence[Option]) -> None:
        components = compiled.components
        component = components.component(place)
        self.compiled = compiled
        self.component = component
        self.search = component.search
        self.options = tuple(options)
        self.memory = Memory(MOST_COMPLETIONS)
        # Configurations that showed something open, and decisions that ruled something out, by what
        # they ruled out: the next completion starts from them. Both stay true for ever; without
        # them it would ask the solver.
        self.recent: list[tuple[int, ...]] = []
        self.cores: dict[tuple[int, ...], list[frozenset[int]]] = {}
        self.conditions: dict[str, _Switch] = {}
        self.preferences: dict[str, _Switch] = {}
        self.preferred_by: list[list[str]] = [[] for _ in component.slots]
        self.switched_by: list[list[Truth]] = [[] for _ in component.slots]
        for option in options:
            if option.key not in compiled.conditions:
                continue
            switch = self.conditions[option.key] = self._switch(*compiled.conditions[option.key])
            for slot in switch.reads:
                self.switched_by[slot].append(switch.test)
        for key, (formula, literal) in compiled.preferences.items():
            if components.place_of(min(slots_read(formula), default=None)) == place:
                self.preferences[key] = self._switch(formula, literal)
                for slot in self.preferences[key].reads:
                    self.preferred_by[slot].append(key)
        self.liked = {
            component.place_of_slot[slot]: cell
            for slot, cell in compiled.liked.items()
            if slot in component.place_of_slot
        }
        self._cells_of_listed: dict[tuple[str, Choice], list[tuple[int, int]]] = {}
        # The class that says "no value", by slot here, where an option may be without one; out, of
        # a member.
        self.none_of: dict[int, int] = {}
        for option in options:
            if kind_of(option).is_several:
                self.none_of.update(dict.fromkeys((slot for _, slot in self.members(option)), OUT))
            elif (none := compiled.classes.none(compiled.slots.of_option[option.key])) is not None:
                self.none_of[self.slot(option.key)] = none

    def _switch(self, formula: Formula, literal: int) -> _Switch:
        fact = int(self.compiled.components.facts[abs(literal)]) * (1 if literal > 0 else -1)
        reads = frozenset(self.component.place_of_slot[slot] for slot in slots_read(formula))
        test = truth(renumbered(formula, self.component.place_of_slot))
        if not reads:
            fact = 1 if test(()) else -1
        return _Switch(test, reads, None if fact else self.component.here([literal])[0], fact > 0)

    def literal(self, slot: int, cell: int) -> int:
        """Return the literal that says: the class of `slot` is `cell`."""
        program = self.search.program
        return int(program.literals[program.starts[slot] + cell])

    def slot(self, key: str) -> int:
        return self.component.place_of_slot[self.compiled.slots.of_option[key].index]

    def members(self, option: Option) -> list[tuple[str, int]]:
        """Return each value of a multi-choice with its slot."""
        of_member = self.compiled.slots.of_member
        return [
            (value.key, self.component.place_of_slot[of_member[option.key, value.key].index])
            for value in option.values
        ]

    def cells_of(self, key: str, choice: Choice, whole: bool = False) -> list[tuple[int, int]]:
        """Return (slot, class) for all that a choice says; of a multi-choice with `whole` also what
        is not in it.
        """
        option = self.compiled.model.option_by_key[key]
        if whole and kind_of(option).is_several:
            chosen = choice if isinstance(choice, tuple) else ()
            return [(slot, IN if value in chosen else OUT) for value, slot in self.members(option)]
        if not option.values or kind_of(option).is_several:
            return [
                (self.component.place_of_slot[slot], cell)
                for slot, cell in self.compiled.cells_of(option, choice)
            ]
        known = self._cells_of_listed.get((key, choice))
        if known is None:
            known = [
                (self.component.place_of_slot[slot], cell)
                for slot, cell in self.compiled.cells_of(option, choice)
            ]
            self._cells_of_listed[key, choice] = known
        return known


class Grounds:
    """All components with options, by place; `nothing_chosen` keeps what is settled before any
    choice.
    """

    def __init__(self, compiled: Compiled) -> None:
        components = compiled.components
        options: dict[int, list[Option]] = {}
        self.of_option: dict[str, int] = {}
        for option in compiled.model.options:
            place = components.place_of(_first_slot(compiled, option))
            options.setdefault(place, []).append(option)
            self.of_option[option.key] = place
        self.all = {place: _Ground(compiled, place, own) for place, own in options.items()}
        self.nothing_chosen: Mapping[int, _Part] | None = None


def _first_slot(compiled: Compiled, option: Option) -> int | None:
    """Return a slot of the option; None for a multi-choice without values."""
    return next((slot.index for slot in compiled.slots.of(option)), None)


def grounds_of(compiled: Compiled) -> Grounds:
    """Return all components with options, made once."""
    known = compiled.latest.get("grounds")
    if known is None:
        known = compiled.latest.setdefault("grounds", Grounds(compiled))
    grounds: Grounds = known
    return grounds


def _is_out(slot: int, cells: Sequence[int]) -> bool:
    return cells[slot] == OUT


class _Deciding:
    """One run of `default_completion` on a component: the decisions so far, and a configuration
    that has them all.
    """

    def __init__(
        self, compiled: Compiled, ground: _Ground, choices: Mapping[str, Choice], search: Search
    ) -> None:
        self.compiled = compiled
        self.ground = ground
        self.tests = search.program.tests
        self.choices = choices
        self.search = search
        self.decided: dict[int, int] = {}
        self.owner: dict[int, str] = {}
        for key, choice in choices.items():
            for slot, cell in ground.cells_of(key, choice):
                self.decided[slot] = cell
                self.owner[ground.literal(slot, cell)] = key
        self.literals = [ground.literal(slot, cell) for slot, cell in self.decided.items()]
        self.known = set(self.literals)
        self.core: frozenset[int] = frozenset()
        self.values: dict[str, Choice] = {}
        self.preferred: list[str] = []
        self.unsettled: set[str] = set()
        self.followed: set[str] = set()
        self.adjusted: set[str] = set()
        self.relied_on: set[str] = set()
        self.open: list[tuple[int, ...]] = []
        self.made: dict[int, int] = {}  # the place of each decision in their order, by its literal
        self.waited: dict[str, int] = {}  # how many had been made when an option had to wait
        self.waiting: frozenset[str] = frozenset()  # the options that wait to the end
        self.silent: set[int] = set()  # what was decided though nobody sees an answer in it
        self.order_matters = False
        # Configurations with all decisions, others than `now`; the first of them had most of what
        # is decided next.
        kept = (self._with_choices(each) for each in ground.recent)
        alive = (found for found in kept if found is not None)
        # Where the choices say all, every configuration with them is the same one.
        says_all = len(self.decided) == len(self.tests)
        self.alive: list[Sequence[int]] = list(islice(alive, 1 if says_all else None))
        self.now = list(self.alive[0]) if self.alive else self._first()

    def _first(self) -> list[int]:
        found = self.search.any_with(self.decided, self.literals, self.ground.liked)
        if found is None:
            raise ValueError("the choices contradict each other or the rules")
        start: list[int] = found.tolist()
        return start

    def _with_choices(self, configuration: tuple[int, ...]) -> Sequence[int] | None:
        """Return a configuration with the choices put into it; None where that breaks a rule."""
        moved = [slot for slot, cell in self.decided.items() if configuration[slot] != cell]
        if not moved:
            return configuration
        changed = list(configuration)
        for slot in moved:
            changed[slot] = self.decided[slot]
        return (
            changed if all(test(changed) for slot in moved for test in self.tests[slot]) else None
        )

    def settled(self) -> _Part:
        unchecked: frozenset[str] = frozenset()
        left: _Left | None = None
        finished, in_the_end = False, dict[str, Choice]()
        try:
            self._complete()
            left, finished, in_the_end = self._left()
        except Undecided:
            # What was decided until then stays right; all that comes later could depend on what was
            # not.
            self.values |= {
                key: choice
                for key, choice in self.choices.items()
                if key not in self.values and choice not in (NOTHING, ())
            }
            unchecked = frozenset(
                option.key for option in self.ground.options if option.key not in self.values
            )
        proof = None
        if not unchecked:
            self.ground.recent = [(*self.now,), *self.open[:MOST_RECENT], *self.ground.recent][
                :MOST_RECENT
            ]
        if not self.order_matters and not unchecked:
            proof = _Proof((tuple(self.now), *self.open), frozenset(self.relied_on))
        return _Part(
            dict(self.values),
            in_the_end,
            finished,
            frozenset(self.unsettled),
            tuple(self.preferred),
            frozenset(self.followed),
            frozenset(self.adjusted),
            unchecked,
            proof,
            left,
        )

    def _complete(self) -> None:
        self._prefer()
        self._decide()
        self.open.clear()  # they need not have the decisions that came after them
        for option in self.ground.options:
            if option.key in self.unsettled:
                self._show_undecided(option)
            elif option.key not in self.values:
                self._close(option)

    # -- decisions

    def _prefer(self) -> None:
        """Take the preferences in their order, each where it can stand with all that was taken
        before.
        """
        for key, preference in self.ground.preferences.items():
            if preference.literal is not None:
                if not preference.test(self.now):
                    if not self._possible([preference.literal]):
                        self._rely([preference.literal])
                        continue
                    self._move_on()
                self.literals.append(preference.literal)
                self.silent.add(preference.literal)
                self.known.add(preference.literal)
                self.alive = [cells for cells in self.alive if preference.test(cells)]
            elif not preference.always:
                continue
            self.preferred.append(key)

    def _decide(self) -> None:
        waiting = list(self.ground.options)
        while waiting:
            left = [option for option in waiting if not self._decided(option)]
            if len(left) == len(waiting):
                break
            waiting = left
        self.waiting = frozenset(option.key for option in waiting)

    def _decided(self, option: Option) -> bool:
        """Decide on `option` where that is due; False where it has to wait.

        It waits until it is certain to be asked, a multi-choice also until what it needs is
        decided.
        """
        kind = kind_of(option)
        if option.key in self.choices:
            choice = self.choices[option.key]
            if not kind.is_several:
                if choice != NOTHING:
                    self.values[option.key] = choice
                return True
            # To want nothing of a multi-choice does not ask it.
            if choice:
                return self._decide_members(option, choice, certain=True)
        asked = self._asked(option.key)
        if asked is None:
            self.waited.setdefault(option.key, len(self.made))
            return False
        if kind.is_several:
            return self._decide_members(
                option, self.choices.get(option.key, option.default), certain=asked
            )
        if asked is False:
            none = self.compiled.classes.none(self.compiled.slots.of_option[option.key])
            assert none is not None
            self.decided[self.ground.slot(option.key)] = none
        elif kind.is_truth:
            slot = self.ground.slot(option.key)
            wanted_cell = YES if option.default is True else NO
            if self._take(option.key, slot, wanted_cell):
                self.values[option.key] = wanted_cell == YES
                if wanted_cell == NO:
                    self.silent.add(self.ground.literal(slot, NO))
            else:
                self.decided[slot] = YES + NO - wanted_cell
                self.values[option.key] = wanted_cell == NO
                self.followed.add(option.key)
        elif option.default is not None:
            default = self.compiled.defaults.get(option.key)
            if default is not None and self._take(
                option.key, self.ground.slot(option.key), default[1]
            ):
                self.values[option.key] = option.default
            elif option.required:
                self._stand_in(option)
        return True

    def _stand_in(self, option: Option) -> None:
        """Decide on the best answer that can stand in for the default of `option`; the only one
        left is inferred.
        """
        slot = self.ground.slot(option.key)
        sizes = self.compiled.classes.sizes[self.compiled.slots.of_option[option.key].index]
        for cell, value in stand_ins(self.compiled, option):
            literal = self.ground.literal(slot, cell)
            if self.now[slot] != cell and not self._moved_to(slot, cell, literal):
                self._rely([literal])
                self._note_refusal(option.key, [literal])
                continue
            is_alone = sizes[cell] == 1 and not self._possible([-literal])
            (self.followed if is_alone else self.adjusted).add(option.key)
            self._decide_on(option.key, slot, cell, literal)
            self.values[option.key] = value
            return

    def _decide_members(self, option: Option, wanted: Any, certain: bool) -> bool:
        """Decide which values of a multi-choice are in; False while it needs more of them.

        What is wanted is in where possible, and what no configuration leaves out. The others are
        left out if all can be together; else nothing is decided about them.
        """
        members = self.ground.members(option)
        for value, slot in members:
            is_wanted = isinstance(wanted, tuple) and value in wanted and slot not in self.decided
            if is_wanted and not self._take(option.key, slot, IN):
                self.decided[slot] = OUT
        rest = [slot for _, slot in members if slot not in self.decided]
        is_done = self._leave_out(option.key, rest)
        if not is_done and (stuck := self._stuck(option.key, rest)):
            self.decided.update(dict.fromkeys(stuck, IN))
            is_done = self._leave_out(option.key, [slot for slot in rest if slot not in stuck])
            if option.key not in self.choices and not option.default:
                self.followed.add(option.key)
        found = tuple(value for value, slot in members if self.decided.get(slot) == IN)
        if found or certain:
            self.values[option.key] = found
        if is_done:
            self.unsettled.discard(option.key)
        else:
            self.unsettled.add(option.key)
            self.waited.setdefault(option.key, len(self.made))
        return is_done

    def _leave_out(self, key: str, slots: Sequence[int]) -> bool:
        """Decide that all `slots` of a multi-choice are out if that is possible with all decisions."""
        literals = [self.ground.literal(slot, OUT) for slot in slots]
        if any(self.now[slot] != OUT for slot in slots):
            changed = list(self.now)
            for slot in slots:
                changed[slot] = OUT
            if all(self._stands(changed, slot) for slot in slots):
                self.now = changed
            elif self._possible(literals):
                self._move_on()
            else:
                self._rely(literals)
                self._note_refusal(key, literals)
                return False
        for slot, literal in zip(slots, literals, strict=True):
            self._decide_on(key, slot, OUT, literal)
        self.silent.update(literals)
        return True

    def _stuck(self, key: str, slots: Sequence[int]) -> list[int]:
        """Return those of the `slots` of a multi-choice that are in in every configuration with all
        decisions.
        """
        found: list[int] = []
        for slot in slots:
            if self.now[slot] == OUT or any(cells[slot] == OUT for cells in self.alive):
                continue
            next_to = self._next_to_now([slot])
            literal = self.ground.literal(slot, OUT)
            if next_to is not None:
                self._keep_alive(next_to)
            elif self._possible([literal]):
                self._keep_alive(self.search.witness().tolist())
            else:
                self._rely([literal])
                self._note_refusal(key, [literal])
                found.append(slot)
        return found

    def _asked(self, key: str) -> bool | None:
        """Tell whether the option is certain to be asked, certain not to be, or (None) neither."""
        switch = self.ground.conditions.get(key)
        if switch is None:
            return True
        if switch.literal is None:
            return switch.always
        now = bool(switch.test(self.now))
        if switch.reads <= self.decided.keys():
            return now
        if any(bool(switch.test(other)) != now for other in self.alive):
            return None
        next_to = self._next_to_now(switch.reads, lambda cells: bool(switch.test(cells)) != now)
        if next_to is not None:
            self._keep_alive(next_to)
            return None
        asked = (-switch.literal if now else switch.literal,)
        if self._possible(asked):
            self._keep_alive(self.search.witness().tolist())
            return None
        self._rely(asked)
        return now

    def _close(self, option: Option) -> None:
        """Give `option`, on which nothing was decided, the only value it can have, if there is one."""
        kind = kind_of(option)
        if kind.is_several or kind.is_open:
            self._show_open(option)
            return
        whole = self.compiled.slots.of_option[option.key]
        slot = self.ground.slot(option.key)
        cell = self.now[slot]
        none = self.compiled.classes.none(whole)
        self._show_open(option)
        if (
            slot in self.decided
            or cell == none
            or self.compiled.classes.sizes[whole.index][cell] > 1
        ):
            return
        if any(other[slot] != cell for other in self.open) or self._shown(
            [slot], lambda cells: cells[slot] != cell
        ):
            return
        if self._refute(-self.ground.literal(slot, cell)):
            place = int(self.compiled.classes.first[whole.index][cell])
            value = kind.value_at(option, place)
            assert value is not None
            self.values[option.key] = value
            self.followed.add(option.key)
            self.decided[slot] = cell

    def _show_open(self, option: Option) -> None:
        """Keep a configuration that shows that it is open whether `option` is asked, where it is."""
        switch = self.ground.conditions.get(option.key)
        if switch is None or switch.literal is None or switch.reads <= self.decided.keys():
            return
        now = bool(switch.test(self.now))
        if not any(bool(switch.test(other)) != now for other in self.open) and not self._shown(
            switch.reads, lambda cells: bool(switch.test(cells)) != now
        ):
            self._refute(-switch.literal if now else switch.literal)

    def _show_undecided(self, option: Option) -> None:
        """Keep configurations that show, of each undecided value of a multi-choice, that it can be
        left out.
        """
        for _, slot in self.ground.members(option):
            is_shown = slot in self.decided or any(
                cells[slot] == OUT for cells in (self.now, *self.open)
            )
            if not is_shown and not self._shown([slot], partial(_is_out, slot)):
                self._refute(self.ground.literal(slot, OUT))

    # -- what nobody answered

    def _left(self) -> tuple[_Left | None, bool, dict[str, Choice]]:
        """Return what nobody answered, where that could break a rule; None where it is all
        answered.

        Besides, whether nothing has to be answered any more, and what those have then that waited
        to the end.
        """
        rest = [option for option in self.ground.options if self._is_left(option)]
        if not rest:
            return None, not self.unsettled, {}
        cells, taken, holds = self._stayed(rest, is_asked=True)
        finished = self._is_finished(rest, cells, holds)
        if not finished and any(self._waits_for_an_answer(option) for option in rest):
            # What is asked only where it is answered may go unasked.
            unasked, also_taken, also_holds = self._stayed(rest, is_asked=False)
            if self._is_finished(rest, unasked, also_holds):
                cells, taken, holds, finished = unasked, also_taken, True, True
        optional = {
            option.key: (
                slot := self.ground.slot(option.key),
                self.ground.literal(slot, self.ground.none_of[slot]),
            )
            for option in rest
            if not option.required and kind_of(option).may_be_left_open
        }
        answered = tuple(literal for literal in self.literals if literal not in self.silent)
        lacking = self.unsettled.union(
            option.key for option in rest if option.required and option.key not in self.waiting
        )
        waits = any(self._silently(option) is not None for option in rest)
        left = _Left(
            optional, tuple(cells), holds, tuple(self.literals), answered, frozenset(lacking), waits
        )
        return left, finished, taken if finished else {}

    def _stayed(
        self, rest: Sequence[Option], is_asked: bool
    ) -> tuple[list[int], dict[str, Choice], bool]:
        """Return the cells where nobody answers the `rest`, what those that waited have then, and
        whether that may be.
        """
        cells = list(self.now)
        taken = self._without(rest, cells, is_asked)
        moved = [slot for slot, cell in enumerate(cells) if cell != self.now[slot]]
        return cells, taken, all(test(cells) for slot in moved for test in self.tests[slot])

    def _is_finished(self, rest: Sequence[Option], cells: Sequence[int], holds: bool) -> bool:
        # What is decided by this a choice can undo; whatever waits would wait for ever.
        return (
            holds and not self.unsettled and all(self._may_lack(option, cells) for option in rest)
        )

    def _waits_for_an_answer(self, option: Option) -> bool:
        return (
            option.required
            and option.key in self.waiting
            and not kind_of(option).is_several
            and self._silently(option) is None
        )

    def _is_left(self, option: Option) -> bool:
        if option.key in self.values:
            return False
        if kind_of(option).is_several:
            return any(slot not in self.decided for _, slot in self.ground.members(option))
        return self.ground.slot(option.key) not in self.decided

    def _without(
        self, rest: Sequence[Option], cells: list[int], is_asked: bool
    ) -> dict[str, Choice]:
        """Take out of `cells` what nobody answered and nobody has to; return what then comes of
        those that waited. What has to be answered stays as it is where it `is_asked`.

        Whether an option takes part may depend on others of the `rest`, so they are gone through
        until nothing moves.
        """
        taken: dict[str, Choice] = {}
        for option in rest:
            if option.key in self.waiting or not option.required:
                self._take_out(option, cells)
        for _ in rest:
            before = list(cells)
            for option in rest:
                switch = self.ground.conditions.get(option.key)
                is_on = switch is None or bool(switch.test(cells))
                value = self._silently(option) if is_on else None
                taken.pop(option.key, None)
                if value is not None:
                    taken[option.key] = value
                    for slot, cell in self.ground.cells_of(option.key, value, whole=True):
                        cells[slot] = cell
                elif is_asked and is_on and option.required and not kind_of(option).is_several:
                    cells[self.ground.slot(option.key)] = self.now[self.ground.slot(option.key)]
                else:
                    self._take_out(option, cells)
            if cells == before:
                break
        return taken

    def _take_out(self, option: Option, cells: list[int]) -> None:
        """Leave `option` without a value in `cells`; a multi-choice that needs more as it is."""
        if option.key in self.unsettled:
            return
        if kind_of(option).is_several:
            slots = [slot for _, slot in self.ground.members(option) if slot not in self.decided]
        else:
            slots = [self.ground.slot(option.key)]
        for slot in slots:
            cells[slot] = self.ground.none_of.get(slot, cells[slot])

    def _silently(self, option: Option) -> Choice | None:
        """Return the value that an option which waited has without anybody's answer; None where it
        has none.
        """
        if option.key not in self.waiting:
            return None
        kind = kind_of(option)
        if kind.is_truth:
            return option.default is True
        if kind.is_several:
            wanted = self.choices.get(option.key, option.default)
            return wanted if isinstance(wanted, tuple) else ()
        return option.default if option.key in self.compiled.defaults else None

    def _may_lack(self, option: Option, cells: Sequence[int]) -> bool:
        """Tell whether an option may stay as it is in `cells`: with a value, or without one where
        it needs none.
        """
        if not option.required or kind_of(option).is_several:
            return True
        switch = self.ground.conditions.get(option.key)
        is_off = switch is not None and not switch.test(cells)
        return is_off or self._silently(option) is not None

    # -- questions

    def _take(self, key: str, slot: int, cell: int) -> bool:
        """Decide that `slot` has `cell` if that is possible with all decisions."""
        literal = self.ground.literal(slot, cell)
        if self.now[slot] != cell and not self._moved_to(slot, cell, literal):
            self._rely([literal])
            self._note_refusal(key, [literal])
            return False
        self._decide_on(key, slot, cell, literal)
        return True

    def _moved_to(self, slot: int, cell: int, literal: int) -> bool:
        """Go on with a configuration in which `slot` has `cell`; False where none has all
        decisions.
        """
        before = self.now[slot]
        self.now[slot] = cell
        if self._stands(self.now, slot):
            return True
        self.now[slot] = before
        found = next((cells for cells in self.alive if cells[slot] == cell), None)
        if found is not None:
            self.now = list(found)
            return True
        if self._possible([literal]):
            self._move_on()
            return True
        return False

    def _decide_on(self, key: str, slot: int, cell: int, literal: int) -> None:
        self.decided[slot] = cell
        self.made[literal] = len(self.made)
        self.owner[literal] = key
        self.literals.append(literal)
        self.known.add(literal)
        if self.alive:
            self.alive = [cells for cells in self.alive if cells[slot] == cell]

    def _move_on(self) -> None:
        """Go on with the configuration that the last question found."""
        self.now = self.search.witness().tolist()

    def _note_refusal(self, key: str, asked: Sequence[int]) -> None:
        """Note where a refusal would not stand, had `key` not had to wait.

        After one more choice it may not have to, and would be tried before what now stands in its
        way.
        """
        if key in self.waited:
            last = max(
                (self.made.get(literal, -1) for literal in self.core if literal not in asked),
                default=-1,
            )
            self.order_matters |= last >= self.waited[key]

    def _refute(self, literal: int) -> bool:
        """Tell whether no configuration with all decisions satisfies the literal; keep the one that
        does.
        """
        if self._possible([literal]):
            self.open.append(tuple(self.search.witness().tolist()))
            return False
        self._rely([literal])
        return True

    def _stands(self, cells: Sequence[int], slot: int) -> bool:
        """Tell whether all that reads `slot` holds in `cells`, the preferences taken too."""
        return all(test(cells) for test in self.tests[slot]) and all(
            self.ground.preferences[key].test(cells)
            for key in self.ground.preferred_by[slot]
            if key in self.preferred
        )

    def _next_to_now(
        self, slots: Collection[int], shows: Callable[[Sequence[int]], bool] = lambda cells: True
    ) -> list[int] | None:
        """Return a configuration that `shows` something and has all decisions, one of `slots` other
        than now.
        """
        changed = list(self.now)
        offsets = self.search.program.starts
        left = MOST_TRIED
        for slot in slots:
            if slot in self.decided:
                continue
            for cell in range(min(offsets[slot + 1] - offsets[slot], left)):
                changed[slot] = cell
                if cell != self.now[slot] and shows(changed) and self._stands(changed, slot):
                    return changed
                left -= 1
            changed[slot] = self.now[slot]
        return None

    def _shown(self, slots: Collection[int], shows: Callable[[Sequence[int]], bool]) -> bool:
        """Tell whether a configuration that is known to have all decisions `shows` something; keep
        that as proof.

        Known are also those that differ from the present one in one of `slots`.
        """
        found = next((cells for cells in self.alive if shows(cells)), None) or self._next_to_now(
            slots, shows
        )
        if found is not None:
            self.open.append(tuple(found))
        return found is not None

    def _possible(self, asked: Sequence[int]) -> bool:
        """Tell whether some configuration with all decisions satisfies the literals `asked`."""
        kept = self.ground.cores
        question = tuple(asked)
        for core in kept.get(question, ()):
            if core <= self.known:
                self.core = core
                return False
        if self.search.solvable([*self.literals, *asked]):
            return True
        self.core = self.search.core_of_assumptions().difference(asked)
        if len(kept) > MOST_CORES:
            kept.clear()
        kept[question] = [self.core, *kept.get(question, ())][:MOST_CORES_EACH]
        return False

    def _keep_alive(self, configuration: Sequence[int]) -> None:
        self.alive = [*self.alive[1 - MOST_ALIVE :], configuration]

    def _rely(self, asked: Sequence[int]) -> None:
        # What rests on a preference rests on choices only as far as those let it hold, which the
        # proof shows.
        self.relied_on.update(
            self.owner[literal]
            for literal in self.core
            if literal not in asked and literal in self.owner
        )
