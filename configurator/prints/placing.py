"""A picture that somebody uploaded, as it stands in its area, in millimetres.

x goes to the right and y up from the lower left corner of the area; what is outside it is not
printed.
"""

from dataclasses import dataclass
from math import ceil, cos, radians, sin
from typing import Literal

from catalog.uploaded import Uploaded
from configurator.prints.letters import LEAST_LENGTH
from configurator.prints.refusals import PrintRefused

INCH = 25.4
LEAST_SCALE, MOST_SCALE = 1, 1_000
"""In percent of the size that fits."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture in an area: how large it is, where its middle is, and by how many degrees it is
    turned against the clock.
    """

    file: Uploaded
    area_width: float
    area_height: float
    width: float
    height: float
    x: float
    y: float
    turn: float

    @property
    def dpi(self) -> float | None:
        """How many dots an inch it has; None where it is as sharp at any size."""
        return None if self.file.is_drawing else self.file.width / self.width * INCH

    def pixels_at(self, dpi: float) -> tuple[int, int]:
        """Return how many pixels the whole picture would have at a resolution."""
        return ceil(self.width / INCH * dpi), ceil(self.height / INCH * dpi)


def placed(
    file: Uploaded,
    area: tuple[float, float],
    fit: Literal["contain", "cover"] = "contain",
    scale: float = 100.0,
    middle: tuple[float, float] = (0.0, 0.0),
    turn: float = 0.0,
) -> Placed:
    """Return where a picture stands in an area of this width and height.

    It is as large as fits into the area as it is turned, or as covers it, times `scale` percent; its
    middle is `middle` away from that of the area. Refuses with PrintRefused an area without a size,
    a size that nobody prints, and a place outside the area.
    """
    width, height = area
    if min(area) < LEAST_LENGTH:
        least = f"at least {LEAST_LENGTH:g} mm"
        raise PrintRefused(f"The area has no size; give it a width and a height of {least}.")
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        told = f"The picture cannot have {scale:g} % of its size"
        raise PrintRefused(f"{told}; choose {LEAST_SCALE} to {MOST_SCALE:,} %.", reason="scale")
    turn %= 360
    # Exact at quarters, so that a picture that fits touches the edges and does not cross them.
    across = abs(round(cos(radians(turn)), 12))
    aside = abs(round(sin(radians(turn)), 12))
    if fit == "contain":
        # The rectangle around what is turned fits in.
        size = min(
            width / (file.width * across + file.height * aside),
            height / (file.width * aside + file.height * across),
        )
    else:
        # The rectangle of the area, turned back, fits into the picture.
        size = max(
            (width * across + height * aside) / file.width,
            (width * aside + height * across) / file.height,
        )
    size *= scale / 100
    found = Placed(
        file,
        width,
        height,
        file.width * size,
        file.height * size,
        width / 2 + middle[0],
        height / 2 + middle[1],
        turn,
    )
    if _is_outside(found, across, aside):
        told = "Nothing of the picture is in its area; move it back."
        raise PrintRefused(told, reason="outside")
    return found


def _is_outside(found: Placed, across: float, aside: float) -> bool:
    reach_x = (found.width * across + found.height * aside) / 2
    reach_y = (found.width * aside + found.height * across) / 2
    return not (
        -reach_x < found.x < found.area_width + reach_x
        and -reach_y < found.y < found.area_height + reach_y
    )
