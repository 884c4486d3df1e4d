"""JSON Schemas of data models, whose descriptions stand in docstrings."""

import re
from typing import Any

from pydantic import BaseModel

_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")


def schema_of(model: type[BaseModel], **how: Any) -> dict[str, Any]:
    """Return the JSON Schema of a model, asked for as `how` says, with unwrapped descriptions."""
    return unwrapped(model.model_json_schema(**how))


def unwrapped[Schema](schema: Schema) -> Schema:
    """Return a schema with each paragraph of its descriptions on one line, however wide the code."""
    if isinstance(schema, list):
        return [unwrapped(each) for each in schema]  # type: ignore[return-value]
    if not isinstance(schema, dict):
        return schema
    found = {name: unwrapped(each) for name, each in schema.items()}
    if isinstance(told := found.get("description"), str):
        paragraphs = _BETWEEN_PARAGRAPHS.split(told.strip())
        found["description"] = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    return found  # type: ignore[return-value]
