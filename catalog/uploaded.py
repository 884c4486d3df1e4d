"""What a shopper uploaded, as choices name it: by its content, with its size, and no byte of it.

The name is all that an evaluation reads, so that equal choices have equal answers wherever the file
lies.
"""

import re
from dataclasses import dataclass
from typing import Literal

type Format = Literal["png", "jpg", "svg"]

MOST_SIDE = 10_000
_NAME = re.compile(
    r"(?P<digest>[0-9a-f]{64})-(?P<width>[1-9][0-9]{0,4})x(?P<height>[1-9][0-9]{0,4})\.(?P<format>png|jpg|svg)"
)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A kept file: the SHA-256 of its content, and its size in pixels; of a drawing the proportion
    of its sides.
    """

    digest: str
    width: int
    height: int
    format: Format

    @property
    def name(self) -> str:
        """How choices name it."""
        return f"{self.digest}-{self.width}x{self.height}.{self.format}"

    @property
    def is_drawing(self) -> bool:
        """Whether it is as sharp at any size."""
        return self.format == "svg"


def uploaded(name: object) -> Uploaded | None:
    """Return the file that a name is of; None for what is no such name."""
    found = _NAME.fullmatch(name) if isinstance(name, str) else None
    if found is None or max(int(found["width"]), int(found["height"])) > MOST_SIDE:
        return None
    format: Format = found["format"]  # type: ignore[assignment]
    return Uploaded(found["digest"], int(found["width"]), int(found["height"]), format)
