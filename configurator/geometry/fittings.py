"""Fittings find where two boards meet, and become cuts in both of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.expressions.nodes import Node
from catalog.expressions.scope import Scope
from catalog.expressions.types import bind, bind_in_unit
from catalog.expressions.wanted_units import COUNT, LENGTH
from catalog.product_model import Choice, Face, Fitting
from catalog.shape_expressions import MOST_CUTS, expressions_of_fitting, placed_key
from configurator.geometry.cuts import CLOSE, FACES, Cut, CutRefused, refuse_outside
from configurator.geometry.fitting_library import LIBRARY, Bore
from configurator.geometry.numbers import NumberRefused, count_of, length_of
from configurator.geometry.refusals import SceneRefused

type Values = Mapping[str, Choice]
type Worth = Callable[[Values], Any]
type Span = tuple[float, float]

MOST_PAIRS = 200_000
"""So many pairs of boards are looked at in a scene: about two seconds."""
LEAST_JOINT = 1.0
"""Boards that have less in common along an axis only touch."""
_THICKNESS = 2


@dataclass(frozen=True, eq=False)
class CompiledFitting:
    """A fitting whose expressions are compiled, for the parts of one shape; `key` and `to` are as
    the scene has them.
    """

    fitting: Fitting
    key: str
    to: frozenset[str]
    numbers: Mapping[str, Worth]
    when: Worth | None


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """A board in the room: its lower and upper corner, and the axes of its length, width and
    thickness.
    """

    name: str
    shape: str
    lower: tuple[float, float, float]
    upper: tuple[float, float, float]
    axes: str

    def axis(self, dimension: int) -> int:
        """Return the axis of the room (0, 1, 2) along which a dimension of the board lies."""
        return "xyz".index(self.axes[dimension])

    def dimension(self, axis: int) -> int:
        """Return which of length, width and thickness lies along an axis of the room."""
        return self.axes.index("xyz"[axis])

    @property
    def lengths(self) -> tuple[float, float, float]:
        long, wide, thick = (
            self.upper[axis] - self.lower[axis] for axis in map(self.axis, range(3))
        )
        return long, wide, thick

    def face(self, axis: int, is_upper: bool) -> Face:
        """Return its face that looks along an axis of the room."""
        return next(
            name
            for name, each in FACES.items()
            if each.deep == self.dimension(axis) and each.is_upper == is_upper
        )


@dataclass(frozen=True, slots=True)
class Joint:
    """Where a board meets another: the axis from one to the other, whether the second lies above
    the first along it, the axis along the joint and the one across, with what both have in common.
    """

    first: BoardPlace
    second: BoardPlace
    normal: int
    is_second_above: bool
    along: int
    across: int
    common: Mapping[int, Span]

    def board(self, which: str) -> BoardPlace:
        return self.first if which == "first" else self.second

    def other(self, which: str) -> BoardPlace:
        return self.second if which == "first" else self.first

    def looks_up(self, which: str) -> bool:
        """Tell whether the face by which a board meets the other looks up along the normal axis."""
        return self.is_second_above == (which == "first")

    def middle(self, axis: int) -> float:
        low, high = self.common[axis]
        return (low + high) / 2


def compile_fitting(
    fitting: Fitting, owner: str, scope: Scope, worth: Callable[[Node], Worth]
) -> CompiledFitting:
    """Return `fitting`, one of the product at `owner`, whose nodes `worth` turns into functions."""
    numbers, when = {}, None
    for path, text, _ in expressions_of_fitting(fitting):
        name = path.rpartition("/")[2]
        if name == "when":
            when = worth(bind(text, scope, "condition", lengths=True))
        else:
            numbers[name] = worth(bind_in_unit(text, scope, COUNT if name == "count" else LENGTH))
    to = frozenset(placed_key(owner, key) for key in fitting.to)
    return CompiledFitting(fitting, placed_key(owner, fitting.key), to, numbers, when)


def is_there(each: CompiledFitting, own: Values) -> bool:
    """Tell whether the condition of a fitting holds."""
    return each.when is None or bool(each.when(own))


def fitted(
    each: CompiledFitting,
    own: Values,
    first: BoardPlace,
    boards: Sequence[BoardPlace],
    left: int,
    pairs_left: int,
) -> Iterator[tuple[str, Cut]]:
    """Return the cuts of a fitting where `first` meets others of `boards`: by the name of the part
    that has them, at most `left`; `pairs_left` pairs may be looked at.

    Refuses with SceneRefused, naming fitting and field, a board that meets none of those it is to
    be joined to, and what does not fit into one.
    """
    if len(boards) > pairs_left:
        told = f"with it there are more than {MOST_PAIRS:,} pairs of boards to look at"
        raise _refused(each, first, "to", told)
    joints = [joint for board in boards for joint in _joints(each.fitting, first, board)]
    if not joints:
        named = " or ".join(f"'{key}'" for key in sorted(each.to))
        by = f" by its {each.fitting.edge}" if each.fitting.edge else ""
        told = f"'{first.name}' does not meet {named}{by}; change a place, or when it is there"
        raise _refused(each, first, "to", told)
    for joint in joints:
        begin, step, count = _row(each, own, first, joint)
        for bore in LIBRARY[each.fitting.kind].bores:
            left -= count
            if left < 0:
                told = f"with it there are more than {MOST_CUTS:,} cuts"
                raise _refused(each, first, "count", told)
            board = joint.board(bore.board)
            cut = _cut(each.fitting, bore, joint, begin, step, count)
            try:
                refuse_outside(cut, board.lengths)
            except CutRefused as refused:
                field = "kind" if refused.data["field"] == "depth" else "at"
                told = f"in '{board.name}', face {cut.face}, {refused.sentence}"
                raise _refused(each, first, field, told) from None
            yield board.name, cut


def _row(
    each: CompiledFitting, own: Values, first: BoardPlace, joint: Joint
) -> tuple[float, float, int]:
    """Return where along the room the first place of a fitting is, how far the next, and how many."""
    name = ""
    low, high = joint.common[joint.along]
    try:
        name = "at"
        at = length_of(each.numbers["at"](own))
        name = "count"
        count = count_of(each.numbers["count"](own), 1, MOST_CUTS)
        name = "pitch"
        if "pitch" in each.numbers:
            step = length_of(each.numbers["pitch"](own))
        else:
            step = (high - low - 2 * at) / (count - 1) if count > 1 else 0.0
    except NumberRefused as refused:
        raise _refused(each, first, name, refused.sentence) from None
    return low + at, step, count


def _joints(fitting: Fitting, first: BoardPlace, second: BoardPlace) -> Iterator[Joint]:
    """Return where two boards meet as a fitting of this kind joins them."""
    pattern = LIBRARY[fitting.kind]
    common = {
        axis: (
            max(first.lower[axis], second.lower[axis]),
            min(first.upper[axis], second.upper[axis]),
        )
        for axis in range(3)
    }
    for normal in range(3):
        above, below = (
            second.lower[normal] - first.upper[normal],
            first.lower[normal] - second.upper[normal],
        )
        gap = max(above, below)
        if not pattern.gap[0] - CLOSE <= gap <= pattern.gap[1] + CLOSE:
            continue
        others = [axis for axis in range(3) if axis != normal]
        if any(common[axis][1] - common[axis][0] < LEAST_JOINT for axis in others):
            continue
        meets = tuple(
            "face" if board.dimension(normal) == _THICKNESS else "edge" for board in (first, second)
        )
        if meets != pattern.meets:
            continue
        across = _across(first, second, meets, others, common)
        along = next(axis for axis in others if axis != across)
        joint = Joint(first, second, normal, above >= below, along, across, common)
        if fitting.edge is None or fitting.edge == _edge(joint, meets):
            yield joint


def _across(
    first: BoardPlace,
    second: BoardPlace,
    meets: Sequence[str],
    others: Sequence[int],
    common: Mapping[int, Span],
) -> int:
    """Return the axis across a joint: that of the thickness of a board that meets by its edge, and
    of two faces the shorter one.
    """
    for board, by in zip((first, second), meets, strict=True):
        if by == "edge":
            return board.axis(_THICKNESS)
    return min(others, key=lambda axis: common[axis][1] - common[axis][0])


def _edge(joint: Joint, meets: Sequence[str]) -> Face:
    """Return the edge of the first board at which a joint is: by which it meets the other, or that
    which is nearest.
    """
    if meets[0] == "edge":
        return joint.first.face(joint.normal, joint.looks_up("first"))
    return joint.first.face(joint.across, _is_nearer_upper(joint.first, joint))


def _is_nearer_upper(board: BoardPlace, joint: Joint) -> bool:
    middle = joint.middle(joint.across)
    return board.upper[joint.across] - middle < middle - board.lower[joint.across]


def _cut(fitting: Fitting, bore: Bore, joint: Joint, begin: float, step: float, count: int) -> Cut:
    """Return the row of holes that a bore comes to in its board."""
    board, is_up = joint.board(bore.board), joint.looks_up(bore.board)
    normal, across = joint.normal, joint.across
    place = {joint.along: begin + bore.along, across: joint.middle(across)}
    if bore.is_turned:
        edge = board.upper[normal] if is_up else board.lower[normal]
        place[normal] = edge + (-1 if is_up else 1) * (bore.inset or 0.0)
        face = _turned_face(fitting, joint, bore)
    else:
        face = board.face(normal, is_up)
        if bore.inset is not None:
            is_upper = _is_nearer_upper(board, joint)
            edge = board.upper[across] if is_upper else board.lower[across]
            place[across] = edge + (-1 if is_upper else 1) * bore.inset
    depth = bore.depth
    if bore.past_middle is not None:
        depth = board.lengths[_THICKNESS] / 2 + bore.past_middle
    own = FACES[face]
    x, y = (
        round(place[board.axis(each)] - board.lower[board.axis(each)], 7)
        for each in (own.along, own.up)
    )
    step = round(step, 7) + 0.0
    sku = fitting.sku if bore is LIBRARY[fitting.kind].bores[0] else ""
    cut = Cut(fitting.key, "hole", face, x, y, diameter=bore.diameter, depth=depth, sku=sku)
    if count == 1:
        return cut
    if board.axis(own.along) == joint.along:
        return replace(cut, nx=count, px=step)
    return replace(cut, ny=count, py=step)


def _turned_face(fitting: Fitting, joint: Joint, bore: Bore) -> Face:
    """Return the large face that a bore is in: that which is asked for, or that which looks to the
    other board.
    """
    if fitting.face is not None:
        return fitting.face
    board, other, across = joint.board(bore.board), joint.other(bore.board), joint.across
    middles = [(each.lower[across] + each.upper[across]) / 2 for each in (board, other)]
    return board.face(across, middles[1] > middles[0])


def _refused(each: CompiledFitting, first: BoardPlace, field: str, told: str) -> SceneRefused:
    sentence = f"Fitting '{each.key}', {field}: {told}."
    return SceneRefused(sentence, fitting=each.key, field=field, part=first.name)


def boards_of(parts: Iterable[Any]) -> dict[str, BoardPlace]:
    """Return where the boxes among `parts` are, by their names."""
    return {
        part.name: BoardPlace(part.name, part.shape, part.corner, part.upper, part.axes)
        for part in parts
        if part.solid.form == "box"
    }
