"""What every kind of option can be asked, and the answers that most of them give.

A kind knows which answers its options take, how these are read, written and told, and which
decision variables they are to the engine. Whoever needs that asks the kind and never for its name.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from catalog.expressions.nodes import Node, NumberOf
from catalog.findings import Finding
from catalog.product_model import NOTHING, Choice, Kind, NumberDomain, Option

type Run = tuple[int, int]
"""The first of some cells in a row, and the one behind the last."""

NOT_GIVEN, GIVEN = 0, 1


@dataclass(frozen=True, slots=True)
class Variable:
    """A decision variable: `cells` answers, of which `none` (if any) says that there is no value.

    `value` is the value of a multi-choice whose presence is decided; `ordered` cells are numbers
    that ascend.
    """

    cells: int
    none: int | None = None
    ordered: bool = False
    value: str | None = None


class OptionKind(ABC):
    """One kind of option. Without a domain of its own an option takes what its kind takes."""

    kind: ClassVar[Kind]
    json_type: ClassVar[type | tuple[type, ...]] = str
    json_words: ClassVar[str]

    bound_as: ClassVar[Literal["number", "date"]] = "number"
    """What an expression takes the number of a stepped option for."""
    domain_field: ClassVar[str] = ""
    """The field of an option that holds the domain of this kind, if it has one of its own."""
    form_rows: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """The columns of a draft's row that only this kind uses, as a form lays them out."""

    is_listed: ClassVar[bool] = False
    """Its values are listed: an option has one of them, or several."""
    is_several: ClassVar[bool] = False
    """An option has any number of the listed values."""
    is_truth: ClassVar[bool] = False
    """It is yes or no, and no where nobody said otherwise."""
    is_stepped: ClassVar[bool] = False
    """Its values lie on a scale of numbers, in steps."""
    is_open: ClassVar[bool] = False
    """Nobody can list its values: rules ask only whether there is one."""
    is_text: ClassVar[bool] = False
    """Its values are written freely."""
    is_colour: ClassVar[bool] = False
    """Its values are colours."""
    is_file: ClassVar[bool] = False
    """Its values are files that somebody uploads."""
    is_told_by_features: ClassVar[bool] = True
    """Feature models, as others read them, have a word for it."""
    example: ClassVar[str] = ""
    """What stands for any value of an open option where one is shown."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a draft's row that only this kind uses."""
        return tuple(column for row in self.form_rows for column in row)

    @property
    def is_single(self) -> bool:
        """An option has one of the listed values."""
        return self.is_listed and not self.is_several

    @property
    def is_priced_by_value(self) -> bool:
        """A price line may keep an amount for each value."""
        return self.is_listed or self.is_truth

    @property
    def may_be_left_open(self) -> bool:
        """An option that is not required may be without a value though it is asked."""
        return not self.is_truth and not self.is_several

    # -- reading

    @abstractmethod
    def read(
        self, option: Option, raw: Any, locale: str | None, typed: bool, wanted: str
    ) -> Choice:
        """Return `raw`, JSON or text from a form, as a choice; refuse with Unreadable.

        With `typed` a text is read as people who read `locale` type it, lengths in `wanted`.
        """

    def takes_json(self, raw: Any) -> bool:
        """Tell whether `raw` is of the type that JSON has for such a choice, or is nothing."""
        return raw == NOTHING or (isinstance(raw, self.json_type) and not isinstance(raw, bool))

    def read_line(self, option: Option, text: str) -> Any:
        """Return what a line of text in the administration means; `problem` tells of the rest."""
        return text

    def read_cell(self, option: Option, text: str) -> Any:
        """Return what a part of a pasted table's cell means; `cell_problem` tells of the rest."""
        return text

    # -- checking

    @abstractmethod
    def problem(self, option: Option, choice: Any) -> str:
        """Return what keeps `choice` out of the domain, as the end of a sentence; else nothing."""

    @abstractmethod
    def declares(self, option: Option, value: Choice) -> bool:
        """Tell whether a finished value is one that the option declares."""

    def cell_problem(self, option: Option, cell: Any) -> str:
        """Return what is wrong with a table's cell, in a sentence; nothing where it is right."""
        return ""

    def findings(self, option: Option, path: str) -> Iterator[Finding]:
        """Return what is wrong with the domain of this kind, in an option of whichever kind."""
        return iter(())

    def says(self, option: Option, choice: Choice) -> Node | None:
        """Return the condition that an option has a value; None where nothing can ask that."""
        return None

    # -- deciding

    @abstractmethod
    def variables(self, option: Option) -> tuple[Variable, ...]:
        """Return the decision variables of an option; a multi-choice has one for each value."""

    @abstractmethod
    def cell(self, option: Option, choice: Choice) -> int | None:
        """Return the cell that says a choice, which is not nothing; None for what is no value."""

    @abstractmethod
    def value_at(self, option: Option, cell: int) -> Choice | None:
        """Return the value that a cell, which is not that of no value, says; None if none."""

    def scale(self, option: Option) -> NumberDomain | None:
        """Return the numbers that stand for the values of a stepped option, in their order."""
        return None

    def barred(self, option: Option) -> Sequence[int]:
        """Return the cells of a scale that are no answers, whatever else is chosen."""
        return ()

    def as_number(self, option: Option) -> NumberOf:
        """Return what an expression reads of a stepped option: the number that stands for its
        value.
        """
        return NumberOf(option.key)

    def number_of(self, choice: Choice | None) -> Decimal | None:
        """Return the number that stands for a value of a stepped option; None for another."""
        return None

    def at_number(self, number: Decimal) -> Choice:
        """Return the value of a stepped option that a number of its scale stands for."""
        return number

    def read_ends(self, cell: str) -> tuple[Decimal, Decimal] | None:
        """Return the numbers of the ends of a range in a table's cell; None for what is none."""
        return None

    def marked(self, option: Option, cell: Any) -> Run | None:
        """Return the cells that a table's cell marks, (0, 0) for none; None if it is no answer."""
        return None

    def expected(self, option: Option) -> str:
        """Return what a table's cell should be, as the end of a sentence."""
        return ""

    # -- a domain as rows and callers have it

    def domain_document(self, row: Any) -> dict[str, Any] | None:
        """Return the domain that the columns of `row` say, as in a product model; None if none."""
        return None

    def domain_columns(self, option: Option) -> dict[str, Any]:
        """Return the columns of a row that say the domain of this kind which `option` has."""
        return {}

    def domain_of(self, row: Any) -> dict[str, Any]:
        """Return the field with the domain that `row` says, for an option to be made of it."""
        return {}

    def column_problems(self, cleaned: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Return each column whose content says no domain, with what to do about it."""
        return iter(())

    def columns_told(self, row: Any) -> str:
        """Return the domain that a row says, at a glance."""
        return ""

    def domain_json(self, option: Option, locale: str | None) -> dict[str, Any] | None:
        """Return the domain of this kind that an option has, as callers are told it."""
        return None

    # -- telling

    def told(self, option: Option, choice: Choice, locale: str | None) -> str:
        """Return a value as people read it."""
        return str(choice)
