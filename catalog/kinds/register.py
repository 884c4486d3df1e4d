"""All kinds of options: a new one is written in a file of its own and entered here."""

from collections.abc import Mapping

from catalog.kinds.boolean import BooleanKind
from catalog.kinds.choice import ChoiceKind
from catalog.kinds.colour import ColourKind
from catalog.kinds.date import DateKind
from catalog.kinds.file import FileKind
from catalog.kinds.kind import OptionKind
from catalog.kinds.multi import MultiKind
from catalog.kinds.number import NumberKind
from catalog.kinds.text import TextKind
from catalog.product_model import Kind, Option

KINDS: Mapping[Kind, OptionKind] = {
    each.kind: each
    for each in (
        ChoiceKind(),
        MultiKind(),
        BooleanKind(),
        NumberKind(),
        TextKind(),
        ColourKind(),
        DateKind(),
        FileKind(),
    )
}


def kind_of(option: Option) -> OptionKind:
    """Return the kind of an option, which knows what its answers are."""
    return KINDS[option.kind]
