"""Files of shoppers as the API tells them."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer


class Upload(Answer):
    """A picture or drawing that can be printed."""

    name: str
    """The answer of an option of the kind `file`: choices take it as it is."""
    kind: Literal["picture", "drawing"]
    width: int | None
    """In pixels, as it is kept; null for a drawing, which is as sharp at any size."""
    height: int | None
    days_kept: int
    """So many days it stays where no configuration names it."""
