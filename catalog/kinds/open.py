"""What kinds have in common whose values nobody can list."""

from catalog.kinds.kind import GIVEN, NOT_GIVEN, OptionKind, Variable
from catalog.product_model import Choice, Option


class OpenKind(OptionKind):
    """Rules ask only whether there is a value; which one, the engine is not told."""

    is_open = True

    def variables(self, option: Option) -> tuple[Variable, ...]:
        return (Variable(2, NOT_GIVEN),)

    def cell(self, option: Option, choice: Choice) -> int | None:
        return GIVEN if isinstance(choice, str) else None

    def value_at(self, option: Option, cell: int) -> Choice | None:
        return None
