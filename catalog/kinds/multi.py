"""A multi-choice: any of its listed values."""

from typing import Any

from catalog.errors import Unreadable
from catalog.expressions.nodes import And, Has, Node
from catalog.kinds.choice import read_key
from catalog.kinds.kind import OptionKind, Variable
from catalog.kinds.words import hint
from catalog.product_model import Choice, Kind, Option


class MultiKind(OptionKind):
    """Any of the listed values, told by their keys in the order of the option."""

    kind = Kind.MULTI
    json_type = list
    json_words = "a list of values' keys"
    form_rows = (("at_least", "at_most"),)
    is_listed = True
    is_several = True

    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        given = [raw] if isinstance(raw, str) else raw
        if not isinstance(given, (list, tuple)):
            raise Unreadable("no-list", "expected a list of values")
        keys = {read_key(option, each) for each in given}
        return tuple(value.key for value in option.values if value.key in keys)

    def takes_json(self, raw: Any) -> bool:
        return isinstance(raw, list)

    def read_line(self, option: Option, text: str) -> Any:
        return tuple(key.strip() for key in text.split(",") if key.strip())

    def problem(self, option: Option, choice: Any) -> str:
        if not isinstance(choice, tuple):
            return "must be a list of keys of its values."
        unknown = next((key for key in choice if key not in option.value_by_key), None)
        if unknown is None:
            return ""
        return f"has '{unknown}', which is none of its values" + hint(unknown, option.value_by_key)

    def declares(self, option: Option, value: Choice) -> bool:
        known = (each.key for each in option.values)
        return isinstance(value, tuple) and value == tuple(key for key in known if key in value)

    def says(self, option: Option, choice: Choice) -> Node | None:
        keys = choice if isinstance(choice, tuple) else ()
        if not keys or any(key not in option.value_by_key for key in keys):
            return None
        parts = tuple(Has(option.key, key) for key in keys)
        return parts[0] if len(parts) == 1 else And(parts)

    def variables(self, option: Option) -> tuple[Variable, ...]:
        return tuple(Variable(2, value=value.key) for value in option.values)

    def cell(self, option: Option, choice: Choice) -> int | None:
        return None

    def value_at(self, option: Option, cell: int) -> Choice | None:
        return None

    def told(self, option: Option, choice: Choice, locale: str | None) -> str:
        keys = choice if isinstance(choice, tuple) else ()
        return ", ".join(option.value_by_key[key].label.in_locale(locale) for key in keys)
