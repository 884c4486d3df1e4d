"""Groups that each need one of their members, where counts allow only few: two numbers instead of a
search.

Ten options of which each needs one of nine places, and no place twice: with multi-choices and
yes/no options no slot says so, but clauses ("one of these") and counts ("at most so many of those")
do. A solver would try all ways. `Groups` says that no more groups have a member than the counts
allow. That follows from the constraints, so no answer changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from configurator.engine.constraints.formulas import (
    All,
    Formula,
    Relation,
    SlotAxis,
    SumAxis,
    TruthAxis,
    Within,
)
from configurator.engine.sat.all_different import (
    LEAST_ROWS,
    Numbers,
    cliques,
    counted,
    edges_of,
    in_groups_that_share,
    merged,
)
from configurator.engine.sat.clauses import STRUCTURE

LEAST_MEMBERS = 2
MOST_MEMBERS = 5_000


@dataclass(frozen=True)
class Groups:
    """Literals in `rows`, of which each needs one, and the same in `columns`, of which up to
    `capacities` may hold.

    No literal is in two rows or two columns. `others` are for each row the literals of which one
    holds where none in the row does. Where one of `otherwise` holds, columns need not hold.
    `owners` are the constraints that say all this.
    """

    rows: tuple[tuple[int, ...], ...]
    others: tuple[tuple[int, ...], ...]
    columns: tuple[tuple[int, ...], ...]
    capacities: tuple[int, ...]
    owners: tuple[int, ...]
    otherwise: tuple[int, ...] = ()

    def renamed(self, literal: Callable[[int], int], known: Callable[[int], bool]) -> "Groups":
        """Return the same over other literals, without rows not `known` as a whole; nothing if it
        may not hold.
        """
        is_sure = all(known(abs(each)) for each in self.otherwise)
        kept = [
            place
            for place, row in enumerate(self.rows)
            if is_sure and all(known(abs(each)) for each in (*row, *self.others[place]))
        ]
        inside = {each for place in kept for each in self.rows[place]}
        left = [tuple(each for each in column if each in inside) for column in self.columns]
        return Groups(
            tuple(tuple(map(literal, self.rows[place])) for place in kept),
            tuple(tuple(map(literal, self.others[place])) for place in kept),
            tuple(tuple(map(literal, column)) for column in left if column),
            tuple(
                capacity for column, capacity in zip(left, self.capacities, strict=True) if column
            ),
            self.owners,
            tuple(map(literal, self.otherwise)) if is_sure else (),
        )

    def clauses(self, following: int, selectors: Sequence[int] = ()) -> tuple[list[list[int]], int]:
        """Return clauses that say so, with variables from `following` on, and the first that is
        still free.

        They hold where all literals `selectors` do.
        """
        numbers = Numbers(following)
        found: list[list[int]] = []
        off: list[int] = []
        if selectors:
            on = numbers.next()
            found.append([on, *(-selector for selector in selectors)])
            off = [-on]
        taken: list[int] = []
        for row, others in zip(self.rows, self.others, strict=True):
            name = numbers.next()
            taken.append(name)
            found.append([-name, *row])
            found.extend([name, -each] for each in row)
            found.append([*off, name, *others])
        needed = counted(taken, numbers, found)
        allowed: list[int] = []
        for column, capacity in zip(self.columns, self.capacities, strict=True):
            allowed = merged(allowed, counted(column, numbers, found)[:capacity], numbers, found)
        for place, literal in enumerate(needed):
            found.append([*off, *self.otherwise, -literal, *allowed[place : place + 1]])
        return found, numbers.following


@dataclass(frozen=True)
class _Column:
    """Literals of which at most `capacity` hold, unless one of `otherwise` does, by the constraints
    `owners`.
    """

    literals: tuple[int, ...]
    capacity: int
    owners: frozenset[int]
    otherwise: tuple[int, ...] = ()


def groups_of(
    clauses: Sequence[Sequence[int]],
    owners: Sequence[int],
    slots: Sequence[Sequence[int]],
    formulas: Sequence[Formula],
) -> tuple[Groups, ...]:
    """Return the groups there are; `formulas` are the constraints in their order, `slots` the
    literals of each slot.
    """
    members = {literal for literals in slots if 2 <= len(literals) <= 3 for literal in literals[1:]}
    if len(members) < LEAST_ROWS * LEAST_MEMBERS:
        return ()
    rows = _rows(clauses, owners, members)
    if len(rows) < LEAST_ROWS:
        return ()
    row_of = {literal: place for place, (row, _, _) in enumerate(rows) for literal in row}
    if len(row_of) > MOST_MEMBERS:
        return ()
    found: list[Groups] = []
    by_guard: dict[tuple[int, ...], list[_Column]] = {(): list(_counts(formulas, slots))}
    for otherwise, edges in edges_of(clauses, owners, row_of).items():
        for literals in cliques(edges):
            if len(literals) >= LEAST_ROWS:
                told = {edges[one][other] for one in literals for other in literals if one != other}
                by_guard.setdefault(otherwise, []).append(
                    _Column(tuple(literals), 1, frozenset(told), otherwise)
                )
    for columns in by_guard.values():
        disjoint = list(_disjoint(columns, row_of))
        for together in in_groups_that_share([column.literals for column in disjoint], row_of):
            own = [column for column in disjoint if column.literals in together]
            found.append(_group(rows, own, row_of))
    return tuple(found)


def _rows(
    clauses: Sequence[Sequence[int]], owners: Sequence[int], members: set[int]
) -> list[tuple[tuple[int, ...], tuple[int, ...], int]]:
    """Return what needs one of its members: these, what lifts that, and the constraint. No member
    is in two.
    """
    found: list[tuple[tuple[int, ...], tuple[int, ...], int]] = []
    used: set[int] = set()
    for clause, owner in zip(clauses, owners, strict=True):
        if owner < 0 or len(clause) < LEAST_MEMBERS or members.isdisjoint(clause):
            continue
        own = [literal for literal in clause if literal in members]
        if len(own) < LEAST_MEMBERS or not used.isdisjoint(own):
            continue
        used.update(own)
        found.append(
            (tuple(own), tuple(literal for literal in clause if literal not in members), owner)
        )
    return found


def _counts(formulas: Sequence[Formula], slots: Sequence[Sequence[int]]) -> Iterator[_Column]:
    """Return what is said by counts: at most so many of these."""
    for owner, formula in enumerate(formulas):
        for part in formula.parts if isinstance(formula, All) else (formula,):
            if not isinstance(part, Relation) or len(part.axes) != 1:
                continue
            axis, allowed = part.axes[0], np.flatnonzero(part.table)
            if not isinstance(axis, SumAxis) or not len(allowed):
                continue
            literals = [
                _counting_one(share, amounts, slots, axis.scale) for share, amounts in axis.shares
            ]
            sure = [literal for literal in literals if literal is not None]
            most = int(axis.totals[np.isin(axis.positions, allowed)].max()) // axis.scale
            if len(sure) == len(literals) and 0 < most < len(sure) == len(set(sure)):
                yield _Column(tuple(sure), most, frozenset((owner,)))


def _counting_one(
    share: SlotAxis | TruthAxis, amounts: Sequence[int], slots: Sequence[Sequence[int]], scale: int
) -> int | None:
    """Return the literal that a share counts as one where it holds, and as nothing otherwise; None
    if it does not.
    """
    if isinstance(share, TruthAxis):
        if tuple(amounts) != (0, scale) or not isinstance(share.formula, Within):
            return None
        slot, by_cell = share.formula.slot, [int(each) for each in share.formula.mask]
    else:
        slot, by_cell = share.slot, [amounts[position] for position in share.positions.tolist()]
        if set(by_cell) != {0, scale}:
            return None
    return slots[slot][1] if len(by_cell) == 2 and by_cell[0] == 0 else None


def _disjoint(columns: Sequence[_Column], row_of: Mapping[int, int]) -> Iterator[_Column]:
    """Return columns of members alone of which none is in two, those that say most first."""
    used: set[int] = set()
    for column in sorted(
        columns, key=lambda column: (column.capacity, -len(column.literals), column.literals)
    ):
        literals = tuple(each for each in column.literals if each in row_of and each not in used)
        if (
            len(literals) > column.capacity
            and len({row_of[each] for each in literals}) >= LEAST_ROWS
        ):
            used.update(literals)
            yield _Column(literals, column.capacity, column.owners, column.otherwise)


def _group(
    rows: Sequence[tuple[tuple[int, ...], tuple[int, ...], int]],
    columns: Sequence[_Column],
    row_of: Mapping[int, int],
) -> Groups:
    inside = {literal for column in columns for literal in column.literals}
    own = sorted({row_of[literal] for literal in inside})
    return Groups(
        tuple(tuple(each for each in rows[place][0] if each in inside) for place in own),
        tuple(
            (*(each for each in rows[place][0] if each not in inside), *rows[place][1])
            for place in own
        ),
        tuple(column.literals for column in columns),
        tuple(column.capacity for column in columns),
        tuple(
            sorted(
                {rows[place][2] for place in own}.union(*(column.owners for column in columns))
                - {STRUCTURE}
            )
        ),
        columns[0].otherwise,
    )
