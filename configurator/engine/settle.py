"""The values a configuration has before everything is chosen: choices, what follows from them, and defaults.

`settle` is canonical: each of its questions is about what is possible, so that no accident of the solver decides.
`settled_with` answers the same after one more choice, mostly by looking at the configurations `settle` kept as proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from catalog.product_model import Choice, Kind, Option
from configurator.engine.compiled import Compiled
from configurator.engine.deduce import deduce
from configurator.engine.search import Search
from configurator.engine.slots import IN, NO, OUT, YES


@dataclass(frozen=True)
class _Proof:
    """Why the values are as they are: what one more choice has to leave untouched so that they stay.

    `configurations` satisfy all decisions; the first shows that they stand together, the others that something is
    open. `relied_on` are the options whose decision was needed to rule something out.
    """

    configurations: tuple[tuple[int, ...], ...]
    relied_on: frozenset[str]


@dataclass(frozen=True, eq=False)
class Settled:
    """The value of every option that has one; `sources` tells who gave it: "chosen", "inferred" or "default".

    `unsettled` are the multi-choices that need more than they have: their values are what is in so far. `preferred`
    are the preferences that hold, in their order; the others had to give way.
    """

    values: Mapping[str, Choice]
    unsettled: frozenset[str]
    preferred: tuple[str, ...]
    _compiled: Compiled = field(repr=False)
    _choices: Mapping[str, Choice] = field(repr=False)
    _followed: frozenset[str] = field(repr=False)
    _proof: _Proof | None = field(repr=False, default=None)

    @cached_property
    def sources(self) -> Mapping[str, str]:
        inferred = deduce(self._compiled, self._choices).inferred
        return {
            key: "chosen"
            if key in self._choices
            else "inferred"
            if key in inferred or key in self._followed
            else "default"
            for key in self.values
        }

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Settled)
            and self.values == other.values
            and self.unsettled == other.unsettled
            and self.preferred == other.preferred
            and self.sources == other.sources
        )

    __hash__ = None  # type: ignore[assignment]


def settle(compiled: Compiled, choices: Mapping[str, Choice]) -> Settled:
    """Return the values that hold with `choices`, which must be consistent (ValueError otherwise).

    After the choices, preferences are taken one by one, each where it can stand with what was taken before, and then
    defaults are taken one by one in the order of the options, each where the option is certain to
    be asked and where it still leads to a complete configuration; a boolean without default is no where that is
    possible. Of a multi-choice is in what is wanted and what is in whatever else is decided; the others are out where
    all of them can be, and undecided otherwise: nothing is added that nobody wanted. Then every option with one
    possibility left has it. What is still undecided has no value.
    """
    return compiled.memory.answer("settle", choices, lambda: _settled(compiled, choices))


def _settled(compiled: Compiled, choices: Mapping[str, Choice]) -> Settled:
    with compiled.search.asking() as search:
        return _Settling(compiled, choices, search).settled()


def settled_with(
    compiled: Compiled, choices: Mapping[str, Choice], settled: Settled, option: str, value: Choice
) -> Settled:
    """Return what `settle(choices | {option: value})` returns, where `settled` is what `settle(choices)` returned.

    Fast where all other values stay as they are and the kept configurations, with the one change, prove it.
    """
    wanted = {**choices, option: value}
    proof = settled._proof
    if (
        proof is not None
        and option not in proof.relied_on
        and _still_proved(compiled, settled.preferred, proof, option, value)
    ):
        if isinstance(value, tuple):
            value = tuple(each.key for each in compiled.model.option_by_key[option].values if each.key in value)
        if option in settled.values:
            values = dict(settled.values)
            values[option] = value
        else:
            found = {**settled.values, option: value}
            values = {each.key: found[each.key] for each in compiled.model.options if each.key in found}
        return Settled(
            values,
            settled.unsettled - {option},
            settled.preferred,
            compiled,
            wanted,
            settled._followed - {option},
        )
    return settle(compiled, wanted)


def _still_proved(compiled: Compiled, preferred: Sequence[str], proof: _Proof, key: str, value: Choice) -> bool:
    """Tell whether every kept configuration is one with `value` as well, as preferred, with the same options on."""
    option = compiled.model.option_by_key[key]
    if option.kind is Kind.MULTI:
        chosen = value if isinstance(value, tuple) else ()
        changes = [(slot.index, IN if slot.value in chosen else OUT) for slot in compiled.slots.members(option)]
    else:
        changes = list(compiled.cells_of(option, value))
    for configuration in proof.configurations:
        changed = list(configuration)
        moved = [slot for slot, cell in changes if changed[slot] != cell]
        if not moved:
            continue
        for slot, cell in changes:
            changed[slot] = cell
        for slot in moved:
            for test in compiled.tests[slot]:
                if not test(changed):
                    return False
            for preference in compiled.preferred_by[slot]:
                if preference in preferred and not compiled.preference_tests[preference](changed):
                    return False
            for switch in compiled.switched_by[slot]:
                if bool(switch(changed)) != bool(switch(configuration)):
                    return False
    return True


class _Settling:
    """One run of `settle`: the decisions so far, and a configuration that has them all."""

    def __init__(self, compiled: Compiled, choices: Mapping[str, Choice], search: Search) -> None:
        self.compiled = compiled
        self.choices = choices
        self.search = search
        self.decided = compiled.fixed(choices)
        self.literals = compiled.assumptions(self.decided)
        self.owner: dict[int, str] = {}
        for key, choice in choices.items():
            for slot, cell in compiled.cells_of(compiled.model.option_by_key[key], choice):
                self.owner[compiled.literal(slot, cell)] = key
        self.values: dict[str, Choice] = {}
        self.preferred: list[str] = []
        self.unsettled: set[str] = set()
        self.followed: set[str] = set()
        self.relied_on: set[str] = set()
        self.open: list[tuple[int, ...]] = []
        self.made: dict[int, int] = {}  # the place of each decision in their order, by its literal
        self.waited: dict[str, int] = {}  # how many had been made when an option had to wait
        self.order_matters = False
        start = search.any_with(self.decided, self.literals, compiled.liked)
        if start is None:
            raise ValueError("the choices contradict each other or the rules")
        self.now: list[int] = start.tolist()

    def settled(self) -> Settled:
        self._prefer()
        self._decide()
        self.open.clear()  # they need not have the decisions that came after them
        for option in self.compiled.model.options:
            if option.key in self.unsettled:
                self._show_undecided(option)
            elif option.key not in self.values:
                self._close(option)
        values = {
            option.key: self.values[option.key] for option in self.compiled.model.options if option.key in self.values
        }
        proof = None
        if not self.order_matters:
            proof = _Proof((tuple(self.now), *self.open), frozenset(self.relied_on))
        return Settled(
            values,
            frozenset(self.unsettled),
            tuple(self.preferred),
            self.compiled,
            dict(self.choices),
            frozenset(self.followed),
            proof,
        )

    # -- decisions

    def _prefer(self) -> None:
        """Take the preferences in their order, each where it can stand with all that was taken before."""
        for key, (_, literal) in self.compiled.preferences.items():
            if not self.compiled.preference_tests[key](self.now):
                if not self._solve([*self.literals, literal]):
                    self._rely([literal])
                    continue
                self.now = self.search.witness().tolist()
            self.preferred.append(key)
            self.literals.append(literal)

    def _decide(self) -> None:
        waiting = list(self.compiled.model.options)
        while waiting:
            left = [option for option in waiting if not self._decided(option)]
            if len(left) == len(waiting):
                break
            waiting = left

    def _decided(self, option: Option) -> bool:
        """Decide on `option` where that is due; False where it has to wait.

        It waits until it is certain to be asked, a multi-choice also until what it needs is decided.
        """
        if option.key in self.choices:
            if option.kind is Kind.MULTI:
                return self._decide_members(option, self.choices[option.key], certain=True)
            self.values[option.key] = self.choices[option.key]
            return True
        asked = self._asked(option.key)
        if asked is None:
            self.waited.setdefault(option.key, len(self.made))
            return False
        if option.kind is Kind.MULTI:
            return self._decide_members(option, option.default, certain=asked)
        if asked is False:
            slot = self.compiled.slots.of_option[option.key]
            none = self.compiled.classes.none(slot)
            assert none is not None
            self.decided[slot.index] = none
        elif option.kind is Kind.BOOLEAN:
            slot = self.compiled.slots.of_option[option.key]
            wanted_cell = YES if option.default is True else NO
            if self._take(option.key, slot.index, wanted_cell):
                self.values[option.key] = wanted_cell == YES
            else:
                self.decided[slot.index] = YES + NO - wanted_cell
                self.values[option.key] = wanted_cell == NO
                self.followed.add(option.key)
        elif option.default is not None:
            default = self.compiled.defaults.get(option.key)
            if default is not None and self._take(option.key, *default):
                self.values[option.key] = option.default
        return True

    def _decide_members(self, option: Option, wanted: Any, certain: bool) -> bool:
        """Decide which values of a multi-choice are in; False while it needs more of them.

        What is wanted is in where possible, and what no configuration leaves out. The others are left out if all can be
        together; else nothing is decided about them.
        """
        members = self.compiled.slots.members(option)
        for slot in members:
            is_wanted = isinstance(wanted, tuple) and slot.value in wanted and slot.index not in self.decided
            if is_wanted and not self._take(option.key, slot.index, IN):
                self.decided[slot.index] = OUT
        rest = [slot.index for slot in members if slot.index not in self.decided]
        is_done = self._leave_out(option.key, rest)
        if not is_done and (stuck := self._stuck(option.key, rest)):
            self.decided.update(dict.fromkeys(stuck, IN))
            is_done = self._leave_out(option.key, [slot for slot in rest if slot not in stuck])
            if option.key not in self.choices and not option.default:
                self.followed.add(option.key)
        found = tuple(slot.value for slot in members if self.decided.get(slot.index) == IN and slot.value is not None)
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
        literals = [self.compiled.literal(slot, OUT) for slot in slots]
        if any(self.now[slot] != OUT for slot in slots):
            changed = list(self.now)
            for slot in slots:
                changed[slot] = OUT
            if self._stands(changed, slots):
                self.now = changed
            elif self._solve([*self.literals, *literals]):
                self.now = self.search.witness().tolist()
            else:
                self._rely(literals)
                self._note_refusal(key, literals)
                return False
        for slot, literal in zip(slots, literals, strict=True):
            self._decide_on(key, slot, OUT, literal)
        return True

    def _stuck(self, key: str, slots: Sequence[int]) -> list[int]:
        """Return those of the `slots` of a multi-choice that are in in every configuration with all decisions."""
        found: list[int] = []
        seen = [self.now]
        for slot in slots:
            if any(cells[slot] == OUT for cells in seen):
                continue
            literal = self.compiled.literal(slot, OUT)
            if self._solve([*self.literals, literal]):
                seen.append(self.search.witness().tolist())
            else:
                self._rely([literal])
                self._note_refusal(key, [literal])
                found.append(slot)
        return found

    def _asked(self, key: str) -> bool | None:
        """Tell whether the option is certain to be asked, certain not to be, or (None) neither."""
        switch = self.compiled.conditions.get(key)
        if switch is None:
            return True
        _, literal = switch
        now = bool(self.compiled.condition_tests[key](self.now))
        if self.compiled.condition_reads[key] <= self.decided.keys():
            return now
        if self._refute(-literal if now else literal):
            return now
        return None

    def _close(self, option: Option) -> None:
        """Give `option`, on which nothing was decided, the only value it can have, if there is one."""
        if option.kind not in (Kind.CHOICE, Kind.NUMBER, Kind.BOOLEAN):
            self._show_open(option)
            return
        slot = self.compiled.slots.of_option[option.key]
        cell = self.now[slot.index]
        none = self.compiled.classes.none(slot)
        self._show_open(option)
        if slot.index in self.decided or cell == none or self.compiled.classes.sizes[slot.index][cell] > 1:
            return
        if any(other[slot.index] != cell for other in self.open):
            return
        if self._refute(-self.compiled.literal(slot.index, cell)):
            place = int(self.compiled.classes.first[slot.index][cell])
            if option.kind is Kind.CHOICE:
                self.values[option.key] = option.values[place].key
            elif option.kind is Kind.BOOLEAN:
                self.values[option.key] = place == YES
            else:
                assert option.number is not None
                self.values[option.key] = option.number.at(place)
            self.followed.add(option.key)
            self.decided[slot.index] = cell

    def _show_open(self, option: Option) -> None:
        """Keep a configuration that shows that it is open whether `option` is asked, where it is."""
        test = self.compiled.condition_tests.get(option.key)
        if test is None or self.compiled.condition_reads[option.key] <= self.decided.keys():
            return
        now = bool(test(self.now))
        if not any(bool(test(other)) != now for other in self.open):
            literal = self.compiled.conditions[option.key][1]
            self._refute(-literal if now else literal)

    def _show_undecided(self, option: Option) -> None:
        """Keep configurations that show, of each undecided value of a multi-choice, that it can be left out."""
        for slot in self.compiled.slots.members(option):
            if slot.index not in self.decided and all(cells[slot.index] != OUT for cells in (self.now, *self.open)):
                self._refute(self.compiled.literal(slot.index, OUT))

    # -- questions

    def _take(self, key: str, slot: int, cell: int) -> bool:
        """Decide that `slot` has `cell` if that is possible with all decisions."""
        literal = self.compiled.literal(slot, cell)
        if self.now[slot] != cell:
            changed = list(self.now)
            changed[slot] = cell
            if self._stands(changed, [slot]):
                self.now = changed
            elif self._solve([*self.literals, literal]):
                self.now = self.search.witness().tolist()
            else:
                self._rely([literal])
                self._note_refusal(key, [literal])
                return False
        self._decide_on(key, slot, cell, literal)
        return True

    def _decide_on(self, key: str, slot: int, cell: int, literal: int) -> None:
        self.decided[slot] = cell
        self.made[literal] = len(self.made)
        self.owner[literal] = key
        self.literals.append(literal)

    def _note_refusal(self, key: str, asked: Sequence[int]) -> None:
        """Note where a refusal would not stand, had `key` not had to wait.

        After one more choice it may not have to, and would be tried before what now stands in its way.
        """
        if key in self.waited:
            last = max(
                (self.made.get(literal, -1) for literal in self.search.core() if literal not in asked), default=-1
            )
            self.order_matters |= last >= self.waited[key]

    def _refute(self, literal: int) -> bool:
        """Tell whether no configuration with all decisions satisfies the literal; keep the one that does."""
        if self._solve([*self.literals, literal]):
            self.open.append(tuple(self.search.witness().tolist()))
            return False
        self._rely([literal])
        return True

    def _stands(self, changed: Sequence[int], slots: Sequence[int]) -> bool:
        """Tell whether the present configuration, with `slots` changed, is one with all preferences taken."""
        return all(
            all(test(changed) for test in self.compiled.tests[slot])
            and all(
                self.compiled.preference_tests[key](changed)
                for key in self.compiled.preferred_by[slot]
                if key in self.preferred
            )
            for slot in slots
        )

    def _solve(self, literals: Sequence[int]) -> bool:
        return self.search.solvable(literals)

    def _rely(self, asked: Sequence[int]) -> None:
        # What rests on a preference rests on choices only as far as those let it hold, which the proof shows.
        self.relied_on.update(
            self.owner[literal] for literal in self.search.core() if literal not in asked and literal in self.owner
        )
