"""Descriptions in JSON Schemas are told as they are meant, not as wide as the code is."""

from pydantic import BaseModel, ConfigDict

from catalog.schema_texts import schema_of


class Part(BaseModel):
    """A part,
    and where it is.

    A second
    paragraph.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    length: int
    """In millimetres,
    along its grain.
    """


def test_each_paragraph_of_a_description_is_on_one_line():
    schema = schema_of(Part)
    assert schema["description"] == "A part, and where it is.\n\nA second paragraph."
    assert schema["properties"]["length"]["description"] == "In millimetres, along its grain."
