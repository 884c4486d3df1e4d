"""What sweeps of shapes look like, field by field."""

from typing import Any, Literal

from integrations.api.v1.shapes.answer import Answer


class SweptConfiguration(Answer):
    """A configuration of a sweep."""

    number: int
    """Its place in the row that the seed begins, from 0."""
    choices: dict[str, Any]
    """Send them to `evaluate` or `scene` to see it."""


class SweepFailure(Answer):
    """What fails at one place of the draft."""

    code: str
    """The kind of failure, such as scene-refused, check-failed, shape-open or shapes-collide."""
    path: str
    """The place in the product file, such as shapes/shelf/length; empty for the whole."""
    sentence: str
    """What is wrong with the first of them."""
    count: int
    """How many configurations fail there."""
    examples: list[SweptConfiguration]
    """The first of them."""


class SweepExtreme(Answer):
    """The least and the most of a measure."""

    measure: Literal["width", "depth", "height", "parts", "weight", "cuts", "bytes", "milliseconds"]
    """Sizes in millimetres, weight in kilograms, bytes of the model as it is looked at."""
    least: float
    least_of: SweptConfiguration
    most: float
    most_of: SweptConfiguration


class ShapeSweep(Answer):
    """Configurations by chance of a draft that are built."""

    id: str
    product: str
    state: Literal["running", "done", "stopped"]
    seed: int
    """Equal seeds give equal configurations, as long as the draft stays."""
    count: int
    """How many are built."""
    done: int
    """How many of them are built already."""
    started_at: str
    built: int | None
    """How many could be built and are whole; null until the sweep is done."""
    failures: list[SweepFailure]
    """The most frequent first."""
    extremes: list[SweepExtreme]
