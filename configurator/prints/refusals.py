"""How a print says no."""

from catalog.errors import Refusal


class PrintRefused(Refusal):
    """A text that cannot be printed as it is asked for; `data` names `print`, and what a sentence
    in another language needs.
    """

    slug = "print-refused"
    title = "This cannot be printed"
    status = 409
