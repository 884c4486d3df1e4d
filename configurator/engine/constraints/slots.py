"""Every option as slots: questions with a short list of cells, exactly one of which holds in a
configuration.

A slot is a decision variable; which ones an option has, and what their cells say, its kind tells
(`catalog/kinds`). A choice or number has one slot whose last cell is "no value"; a boolean has the
cells no and yes (and none where a condition can switch it off); a text or colour has the cells none
and given; a multi-choice has one slot of the cells out and in for each of its values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, NumberDomain, Option, ProductModel
from configurator.engine.constraints.refusals import EngineRefused

MAX_STEPS = 1_000_000

OUT, IN = 0, 1


@dataclass(frozen=True, slots=True)
class Slot:
    """One question: `cells` answers, of which `none` (if any) says that the option has no value.

    `value` is the value of a multi-choice that the slot is about. `ordered` slots are stepped
    ranges.
    """

    index: int
    option: str
    cells: int
    none: int | None = None
    value: str | None = None
    ordered: bool = False


@dataclass(frozen=True)
class Slots:
    """All slots of a product, in the order of its options."""

    all: tuple[Slot, ...]
    of_option: Mapping[str, Slot]
    of_member: Mapping[tuple[str, str], Slot]

    def members(self, option: Option) -> tuple[Slot, ...]:
        """Return the slots of a multi-choice, in the order of its values."""
        return tuple(self.of_member[option.key, value.key] for value in option.values)

    def of(self, option: Option) -> tuple[Slot, ...]:
        """Return the slots of an option: of a multi-choice one for each value, else one."""
        slot = self.of_option.get(option.key)
        return self.members(option) if slot is None else (slot,)


def slots_of(model: ProductModel) -> Slots:
    """Return the slots of `model`; refuses with EngineRefused a stepped range that has no or too
    many steps.
    """
    slots: list[Slot] = []
    of_option: dict[str, Slot] = {}
    of_member: dict[tuple[str, str], Slot] = {}
    for option in model.options:
        for slot in _slots_of_option(option, len(slots)):
            slots.append(slot)
            if slot.value is None:
                of_option[option.key] = slot
            else:
                of_member[option.key, slot.value] = slot
    return Slots(tuple(slots), of_option, of_member)


def _slots_of_option(option: Option, index: int) -> Iterator[Slot]:
    kind = kind_of(option)
    if kind.is_stepped:
        _refuse_scale(option, kind.scale(option))
    for place, each in enumerate(kind.variables(option), index):
        yield Slot(place, option.key, each.cells, each.none, each.value, each.ordered)


def _refuse_scale(option: Option, scale: NumberDomain | None) -> None:
    """Refuse with EngineRefused a stepped range that has no or too many steps."""
    if scale is None or scale.step <= 0 or scale.last < scale.first:
        raise EngineRefused(
            f"Option '{option.key}' has no numbers to choose from; give it a first, a last and a step above 0.",
            path=f"options/{option.key}/{kind_of(option).domain_field}",
        )
    if len(scale) > MAX_STEPS:
        raise EngineRefused(
            f"Option '{option.key}' has {len(scale):,} numbers, more than {MAX_STEPS:,}; give it a wider step.",
            path=f"options/{option.key}/{kind_of(option).domain_field}",
        )


def cell_of(option: Option, slot: Slot, choice: Choice | None) -> int | None:
    """Return the cell of an option's only slot that says `choice`, that of no value for nothing;
    None if none does.
    """
    kind = kind_of(option)
    if choice is None or (choice == NOTHING and not kind.is_truth):
        return slot.none
    return kind.cell(option, choice)


def scaled_steps(domain: NumberDomain) -> tuple[int, int, int]:
    """Return (first, step, denominator) as integers: number i of the domain is (first + i * step) /
    denominator.
    """
    first, step = Fraction(domain.first), Fraction(domain.step)
    denominator = first.denominator * step.denominator
    return (
        first.numerator * step.denominator,
        step.numerator * first.denominator,
        denominator,
    )
