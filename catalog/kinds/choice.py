"""A choice: one of its listed values."""

from typing import Any

from catalog.errors import Unreadable
from catalog.expressions.nodes import IsOneOf, Node
from catalog.kinds.kind import OptionKind, Run, Variable
from catalog.kinds.words import hint, short, suggested
from catalog.product_model import NOTHING, Choice, Kind, Option


class ChoiceKind(OptionKind):
    """One of the listed values, told by its key."""

    kind = Kind.CHOICE
    json_words = "a value's key, as a text"
    is_listed = True

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        return read_key(option, raw)

    def problem(self, option: Option, choice: Any) -> str:
        if not isinstance(choice, str):
            return "must be the key of one of its values."
        if choice in option.value_by_key:
            return ""
        return f"is '{choice}', which is none of its values" + hint(choice, option.value_by_key)

    def declares(self, option: Option, value: Choice) -> bool:
        return isinstance(value, str) and value in option.value_by_key

    def cell_problem(self, option: Option, cell: Any) -> str:
        if isinstance(cell, str) and cell in option.value_by_key:
            return ""
        return f"'{cell}' is no value of '{option.key}'" + hint(str(cell), option.value_by_key)

    def says(self, option: Option, choice: Choice) -> Node | None:
        return IsOneOf(option.key, (str(choice),)) if choice in option.value_by_key else None

    def variables(self, option: Option) -> tuple[Variable, ...]:
        count = len(option.values)
        return (Variable(count + 1, count),)

    def cell(self, option: Option, choice: Choice) -> int | None:
        return option.place_of_value.get(choice) if isinstance(choice, str) else None

    def value_at(self, option: Option, cell: int) -> Choice | None:
        return option.values[cell].key

    def marked(self, option: Option, cell: Any) -> Run | None:
        place = self.cell(option, cell)
        return None if place is None else (place, place + 1)

    def expected(self, option: Option) -> str:
        return "none of its values; write one of " + ", ".join(each.key for each in option.values)

    def told(self, option: Option, choice: Choice, locale: str | None) -> str:
        return option.value_by_key[str(choice)].label.in_locale(locale)


def read_key(option: Option, raw: Any) -> str:
    """Return the key of a value, or nothing; refuse with Unreadable."""
    if isinstance(raw, str) and (raw in option.value_by_key or raw == NOTHING):
        return raw
    word = str(raw)
    sentence = f"there is no value '{short(word)}'{suggested(word, option.value_by_key)}"
    raise Unreadable("no-value", sentence)
