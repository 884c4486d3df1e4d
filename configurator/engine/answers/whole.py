"""Choices that leave nothing open, such as the values of a configuration that somebody kept:
tested, not searched.

The rules are asked about the one configuration that such choices describe, and no solver has to
look for any.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option
from configurator.engine.constraints.formulas import Truth, truth
from configurator.engine.constraints.refusals import ChoiceUnknown
from configurator.engine.constraints.slots import IN, OUT
from configurator.engine.solver.compiled import Compiled


@dataclass(frozen=True, eq=False)
class _Asked:
    """An option as it is asked about here: how a choice marks its cells, and what no choice on it
    would mean.
    """

    option: Option
    mark: Callable[[list[int], Choice], Choice]
    is_settled_without: Callable[[list[int]], bool]
    value_without: Choice | None


@dataclass(frozen=True, eq=False)
class _Whole:
    """A product as it is asked about here: its options, all constraints and preferences, and the
    cells of no choice.
    """

    options: tuple[_Asked, ...]
    constraints: tuple[Truth, ...]
    nothing: tuple[int, ...]


def whole_values(compiled: Compiled, choices: Mapping[str, Choice]) -> dict[str, Choice] | None:
    """Return the values of the default completion where nothing but the choices could have a value;
    None elsewhere.

    None, too, where the choices break a rule, where an option that takes part would get its value
    from a default or a preference, or is missing. Where values are returned, they are those of a
    complete configuration. Refuses with ChoiceUnknown what no option declares.
    """
    whole: _Whole | None = compiled.latest.get("whole")
    if whole is None:
        whole = compiled.latest.setdefault("whole", _whole(compiled))
    cells = list(whole.nothing)
    values: dict[str, Choice] = {}
    known = 0
    without = []
    emptied = []
    for asked in whole.options:
        key = asked.option.key
        choice = choices.get(key)
        if choice is not None:
            known += 1
            if choice == () and key in compiled.condition_tests:
                emptied.append(key)
            value = asked.mark(cells, choice)
            if value != NOTHING:
                values[key] = value
            continue
        without.append(asked)
        if asked.value_without is not None:
            values[key] = asked.value_without
    if known != len(choices):
        unknown = next(key for key in choices if key not in compiled.model.option_by_key)
        raise ChoiceUnknown(f"There is no option '{unknown}'.", option=unknown)
    for asked in without:
        if not asked.is_settled_without(cells):
            return None
    for constraint in whole.constraints:
        if not constraint(cells):
            return None
    for key in emptied:
        if not compiled.condition_tests[key](cells):
            del values[key]
    return values


def _whole(compiled: Compiled) -> _Whole:
    nothing = [OUT] * len(compiled.slots.all)
    for slot in compiled.slots.of_option.values():
        if slot.none is not None:
            nothing[slot.index] = int(compiled.classes.of_cell[slot.index][slot.none])
    return _Whole(
        tuple(_asked(compiled, option) for option in compiled.model.options),
        # A preference that does not hold could hold with something that nobody chose.
        (*map(truth, compiled.search.program.formulas), *compiled.preference_tests.values()),
        tuple(nothing),
    )


def _asked(compiled: Compiled, option: Option) -> _Asked:
    condition = compiled.condition_tests.get(option.key)
    if kind_of(option).is_several:
        return _Asked(
            option,
            _mark_members(compiled, option),
            _settled_where_off(condition, is_settled_on=condition is None and not option.default),
            () if condition is None else None,
        )
    is_silent = not kind_of(option).is_truth and option.default is None
    return _Asked(
        option, _mark_cell(compiled, option), _settled_where_off(condition, is_silent), None
    )


def _settled_where_off(condition: Truth | None, is_settled_on: bool) -> Callable[[list[int]], bool]:
    if is_settled_on:
        return lambda cells: True
    if condition is None:
        return lambda cells: False
    return lambda cells: not condition(cells)


def _mark_members(compiled: Compiled, option: Option) -> Callable[[list[int], Choice], Choice]:
    places = {
        value.key: compiled.slots.of_member[option.key, value.key].index for value in option.values
    }
    order = {value.key: place for place, value in enumerate(option.values)}

    def mark(cells: list[int], choice: Choice) -> Choice:
        if not isinstance(choice, tuple) or not places.keys() >= set(choice):
            raise _unknown(option, choice)
        for value in choice:
            cells[places[value]] = IN
        return tuple(sorted(set(choice), key=order.__getitem__))

    return mark


def _mark_cell(compiled: Compiled, option: Option) -> Callable[[list[int], Choice], Choice]:
    slot = compiled.slots.of_option[option.key].index
    known: dict[Any, int] = {}
    if kind_of(option).is_single:
        for value in option.values:
            known[value.key] = _cell(compiled, option, value.key)

    def mark(cells: list[int], choice: Choice) -> Choice:
        cell = known.get(choice)
        cells[slot] = _cell(compiled, option, choice) if cell is None else cell
        return choice

    return mark


def _cell(compiled: Compiled, option: Option, choice: Choice) -> int:
    return next(cell for _, cell in compiled.cells_of(option, choice))


def _unknown(option: Option, choice: Choice) -> ChoiceUnknown:
    told = ", ".join(choice) if isinstance(choice, tuple) else f"{choice}"
    return ChoiceUnknown(f"'{option.key}' cannot be '{told}'.", option=option.key)
