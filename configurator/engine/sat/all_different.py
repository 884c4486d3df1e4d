"""Things that must all differ, counted: as many seats are taken as people sit.

Where slots may not share values ("all different"), a solver proves that ten do not fit into nine
only by trying all ways to seat them. Counting needs no search: each slot takes one of its values,
each value is taken at most once, so both counts are equal. A `Grid` says so in a number of clauses
that grows with slots times values. They follow from the constraints, so they change no answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

LEAST_ROWS = 5
MOST_ROWS = 128
MOST_EDGES = 200_000
MOST_LITERALS = 4

type Edges = dict[int, dict[int, int]]


@dataclass(frozen=True)
class Grid:
    """Literals of which at most one holds in each row and in each column; `owners` are the
    constraints that say so.

    The literal `literals[i]` stands in row `rows[i]` and column `columns[i]`. Rows are slots,
    columns what they may not share. `others` are for each row, in their order, the literals of
    which one holds where none in the row does. Where one of `otherwise` holds, columns need not
    hold.
    """

    literals: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    owners: tuple[int, ...]
    others: tuple[tuple[int, ...], ...]
    otherwise: tuple[int, ...] = ()

    def renamed(self, literal: Callable[[int], int], known: Callable[[int], bool]) -> "Grid":
        """Return the grid over other literals, without rows not `known` as a whole: what is left is
        a grid as well.

        Nothing is left where it is not known whether the columns hold.
        """
        is_sure = all(known(abs(each)) for each in self.otherwise)
        unknown = {
            row
            for row, each in zip(self.rows, self.literals, strict=True)
            if not is_sure or not known(abs(each))
        }
        order = list(dict.fromkeys(self.rows))
        unknown |= {
            row
            for row, others in zip(order, self.others, strict=True)
            if not all(known(abs(each)) for each in others)
        }
        kept = [place for place, row in enumerate(self.rows) if row not in unknown]
        return Grid(
            tuple(literal(self.literals[place]) for place in kept),
            tuple(self.rows[place] for place in kept),
            tuple(self.columns[place] for place in kept),
            self.owners,
            tuple(
                tuple(map(literal, others))
                for row, others in zip(order, self.others, strict=True)
                if row not in unknown
            ),
            tuple(map(literal, self.otherwise)) if is_sure else (),
        )

    def clauses(self, following: int, selectors: Sequence[int] = ()) -> tuple[list[list[int]], int]:
        """Return clauses that say that as many rows as columns are taken, with variables from
        `following` on.

        They hold where all literals `selectors` do. Returned as well is the first variable that is
        still free.
        """
        numbers = Numbers(following)
        found: list[list[int]] = []
        taken = self._taken(self.rows, numbers, found)
        found.extend([row, *others] for row, others in zip(taken, self.others, strict=True))
        rows = counted(taken, numbers, found)
        columns = counted(self._taken(self.columns, numbers, found), numbers, found)
        guard = list(self.otherwise)
        if selectors:
            on = numbers.next()
            found.append([on, *(-selector for selector in selectors)])
            guard.append(-on)
        for place in range(max(len(rows), len(columns))):
            if place >= len(columns):
                found.append([*guard, -rows[place]])
            elif place >= len(rows):
                found.append([*guard, -columns[place]])
            else:
                found.append([*guard, -rows[place], columns[place]])
                found.append([*guard, rows[place], -columns[place]])
        return found, numbers.following

    def _taken(self, side: Sequence[int], numbers: "Numbers", found: list[list[int]]) -> list[int]:
        """Return for each row (or column) a literal that says that one of its literals holds."""
        groups: dict[int, list[int]] = {}
        for place, literal in zip(side, self.literals, strict=True):
            groups.setdefault(place, []).append(literal)
        taken: list[int] = []
        for literals in groups.values():
            name = literals[0] if len(literals) == 1 else numbers.next()
            taken.append(name)
            if len(literals) > 1:
                found.append([-name, *literals])
                found.extend([name, -literal] for literal in literals)
        return taken


class Numbers:
    """Variables in a row."""

    def __init__(self, following: int) -> None:
        self.following = following

    def next(self) -> int:
        self.following += 1
        return self.following - 1


def counted(literals: Sequence[int], numbers: Numbers, found: list[list[int]]) -> list[int]:
    """Return literals of which the first `n` hold exactly if `n` of `literals` do; what defines
    them goes to `found`.

    Source: Bailleux and Boufkhad, "Efficient CNF encoding of Boolean cardinality constraints", CP
    2003.
    """
    if len(literals) <= 1:
        return list(literals)
    middle = len(literals) // 2
    return merged(
        counted(literals[:middle], numbers, found),
        counted(literals[middle:], numbers, found),
        numbers,
        found,
    )


def merged(
    left: Sequence[int], right: Sequence[int], numbers: "Numbers", found: list[list[int]]
) -> list[int]:
    """Return the same of two such lists together."""
    if not left or not right:
        return [*left, *right]
    outputs = [numbers.next() for _ in range(len(left) + len(right))]
    for few in range(len(left) + 1):
        for more in range(len(right) + 1):
            together = few + more
            if together:
                reached = [
                    *([-left[few - 1]] if few else []),
                    *([-right[more - 1]] if more else []),
                ]
                found.append([*reached, outputs[together - 1]])
            if together < len(outputs):
                missed = [
                    *([left[few]] if few < len(left) else []),
                    *([right[more]] if more < len(right) else []),
                ]
                found.append([*missed, -outputs[together]])
    return outputs


def grids_of(
    clauses: Sequence[Sequence[int]], owners: Sequence[int], slots: Sequence[Sequence[int]]
) -> tuple[Grid, ...]:
    """Return the grids there are in `clauses`; `slots` are the literals of each slot, of which one
    holds.
    """
    of_literal = {
        literal: slot
        for slot, literals in enumerate(slots)
        if len(literals) > 2
        for literal in literals
    }
    if len(of_literal) <= 2 * LEAST_ROWS:
        return ()
    found: list[Grid] = []
    for otherwise, edges in edges_of(clauses, owners, of_literal).items():
        columns = [column for column in cliques(edges) if len(column) >= LEAST_ROWS]
        found.extend(
            _grid(group, edges, of_literal, slots, otherwise)
            for group in in_groups_that_share(columns, of_literal)
        )
    return tuple(found)


def edges_of(
    clauses: Sequence[Sequence[int]], owners: Sequence[int], of_literal: Mapping[int, int]
) -> dict[tuple[int, ...], Edges]:
    """Return which literals of different slots exclude each other, and by which constraint; by what
    lifts that.
    """
    found: dict[tuple[int, ...], Edges] = {}
    denials = {-literal for literal in of_literal}
    count = 0
    for clause, owner in zip(clauses, owners, strict=True):
        if not 2 <= len(clause) <= MOST_LITERALS or denials.isdisjoint(clause):
            continue
        denied = [-literal for literal in clause if literal in denials]
        if len(denied) < 2:
            continue
        for one, other in combinations(denied, 2):
            if of_literal[one] == of_literal[other]:
                continue
            otherwise = tuple(
                sorted(literal for literal in clause if literal not in (-one, -other))
            )
            edges = found.setdefault(otherwise, {})
            edges.setdefault(one, {})[other] = owner
            edges.setdefault(other, {})[one] = owner
            count += 1
            if count > MOST_EDGES:
                return {}
    return found


def cliques(edges: Edges) -> Iterator[list[int]]:
    """Return literals in groups that exclude each other pairwise; each literal is in one group at
    most.
    """
    left = dict.fromkeys(sorted(edges, key=lambda literal: (-len(edges[literal]), literal)))
    while left:
        first = next(iter(left))
        clique = [first]
        fits = set(edges[first]).intersection(left)
        for other in sorted(fits, key=lambda literal: (-len(edges[literal]), literal)):
            if other in fits:
                clique.append(other)
                fits &= edges[other].keys()
        for literal in clique:
            del left[literal]
        yield clique


def in_groups_that_share(
    columns: Sequence[Sequence[int]], of_literal: Mapping[int, int]
) -> Iterator[list[Sequence[int]]]:
    """Return columns in groups that share slots, as far as a group is neither too small nor too
    large to count.
    """
    groups: list[tuple[set[int], list[Sequence[int]]]] = []
    for column in columns:
        slots = {of_literal[literal] for literal in column}
        joined = [group for group in groups if not slots.isdisjoint(group[0])]
        groups = [group for group in groups if slots.isdisjoint(group[0])]
        members = [each for _, before in joined for each in before]
        groups.append((slots.union(*(before for before, _ in joined)), [*members, column]))
    for slots, members in groups:
        if LEAST_ROWS <= len(slots) <= MOST_ROWS and len(members) <= MOST_ROWS:
            yield members


def _grid(
    columns: Sequence[Sequence[int]],
    edges: Edges,
    of_literal: Mapping[int, int],
    slots: Sequence[Sequence[int]],
    otherwise: tuple[int, ...],
) -> Grid:
    placed = [(literal, place) for place, column in enumerate(columns) for literal in column]
    inside = {literal for literal, _ in placed}
    rows = dict.fromkeys(of_literal[literal] for literal, _ in placed)
    owners = {edges[one][other] for column in columns for one, other in combinations(column, 2)}
    return Grid(
        tuple(literal for literal, _ in placed),
        tuple(of_literal[literal] for literal, _ in placed),
        tuple(place for _, place in placed),
        tuple(sorted(owners)),
        tuple(tuple(literal for literal in slots[row] if literal not in inside) for row in rows),
        otherwise,
    )
