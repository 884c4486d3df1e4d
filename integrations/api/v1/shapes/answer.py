"""What all answers of version 1 have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

type ChoiceValue = Annotated[
    str | bool | int | float | list[str],
    Field(
        json_schema_extra={"x-word": "choice"},
        description=(
            "What is chosen: a value's key (choice), true or false (boolean), a number (number), "
            "a list of values' keys (multi), a text (text), a colour such as #0b6e4f (colour), "
            "or a date such as 2026-12-24 (date)."
        ),
    ),
]


type Choices = Annotated[
    dict[str, ChoiceValue],
    Field(json_schema_extra={"x-word": "choices"}, description="Choices by option key."),
]


type Changes = Annotated[
    dict[str, ChoiceValue | None],
    Field(
        json_schema_extra={"x-word": "changes"},
        description="Choices by option key; null retracts one.",
    ),
]


type Money = Annotated[
    str, Field(pattern=r"^-?\d+(\.\d+)?$", description="An exact amount, such as 486.00.")
]


def _open(schema: dict[str, Any]) -> None:
    # Fields may be added to answers within version 1, so callers are not told that there will be
    # none.
    schema.pop("additionalProperties", None)
    schema.pop("title", None)
    for each in schema.get("properties", {}).values():
        each.pop("title", None)


class Answer(BaseModel):
    """A JSON object that is answered."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        use_attribute_docstrings=True,
        json_schema_extra=_open,
    )


class PartPage(Answer):
    """A page of a list of which `fields` were asked for: entries have these alone."""

    data: list[dict[str, Any]]
    next: str | None


class RowError(Answer):
    """What is wrong in one row; rows count from 1."""

    row: int
    column: str
    detail: str
