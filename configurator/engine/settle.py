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
    """The value of every option that has one; `sources` tells who gave it: "chosen", "inferred" or "default"."""

    values: Mapping[str, Choice]
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
        return isinstance(other, Settled) and self.values == other.values and self.sources == other.sources

    __hash__ = None  # type: ignore[assignment]


def settle(compiled: Compiled, choices: Mapping[str, Choice]) -> Settled:
    """Return the values that hold with `choices`, which must be consistent (ValueError otherwise).

    After the choices, defaults are taken one by one in the order of the options, each where the option is certain to
    be asked and where it still leads to a complete configuration; a boolean without default is no, and a value of a
    multi-choice is left out, where that is possible. Then every option with one possibility left has it. What is
    still undecided has no value.
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
    if proof is not None and option not in proof.relied_on and _still_proved(compiled, proof, option, value):
        if isinstance(value, tuple):
            value = tuple(each.key for each in compiled.model.option_by_key[option].values if each.key in value)
        if option in settled.values:
            values = dict(settled.values)
            values[option] = value
        else:
            found = {**settled.values, option: value}
            values = {each.key: found[each.key] for each in compiled.model.options if each.key in found}
        return Settled(values, compiled, wanted, settled._followed - {option})
    return settle(compiled, wanted)


def _still_proved(compiled: Compiled, proof: _Proof, key: str, value: Choice) -> bool:
    """Tell whether every kept configuration is one with `value` as well, and switches the same options on."""
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
        self._decide()
        self.open.clear()  # they need not have the decisions that came after them
        for option in self.compiled.model.options:
            if option.key not in self.values:
                self._close(option)
        values = {
            option.key: self.values[option.key] for option in self.compiled.model.options if option.key in self.values
        }
        proof = None
        if not self.order_matters:
            proof = _Proof((tuple(self.now), *self.open), frozenset(self.relied_on))
        return Settled(values, self.compiled, dict(self.choices), frozenset(self.followed), proof)

    # -- decisions

    def _decide(self) -> None:
        waiting = list(self.compiled.model.options)
        while waiting:
            left = [option for option in waiting if not self._decided(option)]
            if len(left) == len(waiting):
                break
            waiting = left

    def _decided(self, option: Option) -> bool:
        """Decide on `option` where that is due; False where it has to wait until it is certain to be asked."""
        if option.key in self.choices:
            if option.kind is Kind.MULTI:
                self._decide_members(option, self.choices[option.key], certain=True)
            else:
                self.values[option.key] = self.choices[option.key]
            return True
        asked = self._asked(option.key)
        if asked is None:
            self.waited.setdefault(option.key, len(self.made))
            return False
        if option.kind is Kind.MULTI:
            self._decide_members(option, option.default, certain=asked)
        elif asked is False:
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

    def _decide_members(self, option: Option, wanted: Any, certain: bool) -> None:
        """Decide on each value of a multi-choice: in if `wanted`, else out, the other way where that is impossible."""
        members: list[str] = []
        for slot in self.compiled.slots.members(option):
            cell = IN if isinstance(wanted, tuple) and slot.value in wanted else OUT
            if slot.index not in self.decided and not self._take(option.key, slot.index, cell):
                self.decided[slot.index] = IN + OUT - cell
            if self.decided[slot.index] == IN and slot.value is not None:
                members.append(slot.value)
        if members or certain:
            self.values[option.key] = tuple(members)

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

    # -- questions

    def _take(self, key: str, slot: int, cell: int) -> bool:
        """Decide that `slot` has `cell` if that is possible with all decisions."""
        literal = self.compiled.literal(slot, cell)
        if self.now[slot] != cell:
            changed = list(self.now)
            changed[slot] = cell
            if all(test(changed) for test in self.compiled.tests[slot]):
                self.now = changed
            elif self._solve([*self.literals, literal]):
                self.now = self.search.witness().tolist()
            else:
                self._rely(literal)
                self._note_refusal(key, literal)
                return False
        self.decided[slot] = cell
        self.made[literal] = len(self.made)
        self.owner[literal] = key
        self.literals.append(literal)
        return True

    def _note_refusal(self, key: str, asked: int) -> None:
        """Note where a refusal would not stand, had `key` not had to wait.

        After one more choice it may not have to, and would be tried before what now stands in its way.
        """
        if key in self.waited:
            last = max((self.made.get(literal, -1) for literal in self.search.core() if literal != asked), default=-1)
            self.order_matters |= last >= self.waited[key]

    def _refute(self, literal: int) -> bool:
        """Tell whether no configuration with all decisions satisfies the literal; keep the one that does."""
        if self._solve([*self.literals, literal]):
            self.open.append(tuple(self.search.witness().tolist()))
            return False
        self._rely(literal)
        return True

    def _solve(self, literals: Sequence[int]) -> bool:
        return self.search.solvable(literals)

    def _rely(self, asked: int) -> None:
        self.relied_on.update(self.owner[literal] for literal in self.search.core() if literal != asked)
