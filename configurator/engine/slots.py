"""Every option as slots: questions with a short list of cells, exactly one of which holds in a configuration.

A choice or number has one slot whose last cell is "no value"; a boolean has the cells no and yes (and none where a
condition can switch it off); a text or colour has the cells none and given; a multi-choice has one slot of the cells
out and in for each of its values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from catalog.product_model import Kind, NumberDomain, Option, ProductModel
from configurator.engine.refusals import EngineRefused

MAX_STEPS = 1_000_000

OUT, IN = 0, 1
NO, YES, SWITCHED_OFF = 0, 1, 2
NOT_GIVEN, GIVEN = 0, 1


@dataclass(frozen=True, slots=True)
class Slot:
    """One question: `cells` answers, of which `none` (if any) says that the option has no value.

    `value` is the value of a multi-choice that the slot is about. `ordered` slots are stepped ranges.
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


def slots_of(model: ProductModel) -> Slots:
    """Return the slots of `model`; refuses with EngineRefused a stepped range that has no or too many steps."""
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
    if option.kind is Kind.CHOICE:
        count = len(option.values)
        yield Slot(index, option.key, count + 1, count)
    elif option.kind is Kind.NUMBER:
        count = _steps(option)
        yield Slot(index, option.key, count + 1, count, ordered=True)
    elif option.kind is Kind.BOOLEAN:
        yield Slot(index, option.key, 3, SWITCHED_OFF) if option.when else Slot(index, option.key, 2)
    elif option.kind is Kind.MULTI:
        for position, value in enumerate(option.values):
            yield Slot(index + position, option.key, 2, value=value.key)
    else:
        yield Slot(index, option.key, 2, NOT_GIVEN)


def _steps(option: Option) -> int:
    domain = option.number
    if domain is None or domain.step <= 0 or domain.last < domain.first:
        raise EngineRefused(
            f"Option '{option.key}' has no numbers to choose from; give it a first, a last and a step above 0.",
            path=f"options/{option.key}/number",
        )
    count = len(domain)
    if count > MAX_STEPS:
        raise EngineRefused(
            f"Option '{option.key}' has {count:,} numbers, more than {MAX_STEPS:,}; give it a wider step.",
            path=f"options/{option.key}/number",
        )
    return count


def scaled_steps(domain: NumberDomain) -> tuple[int, int, int]:
    """Return (first, step, denominator) as integers: number i of the domain is (first + i * step) / denominator."""
    first, step = Fraction(domain.first), Fraction(domain.step)
    denominator = first.denominator * step.denominator
    return (
        first.numerator * step.denominator,
        step.numerator * first.denominator,
        denominator,
    )
