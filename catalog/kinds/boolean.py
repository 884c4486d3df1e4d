"""Yes or no."""

from typing import Any

from catalog.errors import Unreadable
from catalog.expressions.nodes import IsTrue, Node, Not
from catalog.kinds.kind import OptionKind, Run, Variable
from catalog.product_model import Choice, Kind, Option

NO, YES, SWITCHED_OFF = 0, 1, 2
_WRITTEN: dict[bool | str, bool] = {True: True, False: False, "true": True, "false": False}
_WORDS = {"yes": True, "true": True, "no": False, "false": False}


class BooleanKind(OptionKind):
    """Yes or no; it has no value only where its condition switches it off."""

    kind = Kind.BOOLEAN
    json_type = bool
    json_words = "true or false"
    is_truth = True

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        if isinstance(raw, (bool, str)) and raw in _WRITTEN:
            return _WRITTEN[raw]
        raise Unreadable("no-truth", "expected true or false")

    def takes_json(self, raw: Any) -> bool:
        return isinstance(raw, bool)

    def read_line(self, option: Option, text: str) -> Any:
        return _WORDS.get(text.lower(), text)

    def read_cell(self, option: Option, text: str) -> Any:
        return _WORDS.get(text.lower(), text)

    def problem(self, option: Option, choice: Any) -> str:
        return "" if isinstance(choice, bool) else "must be yes or no."

    def declares(self, option: Option, value: Choice) -> bool:
        return isinstance(value, bool)

    def cell_problem(self, option: Option, cell: Any) -> str:
        if isinstance(cell, bool):
            return ""
        return f"'{cell}' is neither yes nor no, for '{option.key}'."

    def says(self, option: Option, choice: Choice) -> Node | None:
        if not isinstance(choice, bool):
            return None
        yes = IsTrue(option.key)
        return yes if choice else Not(yes)

    def variables(self, option: Option) -> tuple[Variable, ...]:
        return (Variable(3, SWITCHED_OFF) if option.when else Variable(2),)

    def cell(self, option: Option, choice: Choice) -> int | None:
        return (YES if choice else NO) if isinstance(choice, bool) else None

    def value_at(self, option: Option, cell: int) -> Choice | None:
        return cell == YES

    def marked(self, option: Option, cell: Any) -> Run | None:
        place = self.cell(option, cell)
        return None if place is None else (place, place + 1)

    def expected(self, option: Option) -> str:
        return "yes or no: write true or false"

    def columns_told(self, row: Any) -> str:
        return "yes or no"

    def told(self, option: Option, choice: Choice, locale: str | None) -> str:
        return "yes" if choice else "no"
