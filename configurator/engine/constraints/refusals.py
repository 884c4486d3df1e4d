"""What the engine says no to: a model it cannot hold exactly, and choices that no option of the
product could take.
"""

from catalog.errors import Refusal


class EngineRefused(Refusal):
    """A part of the product model that cannot be compiled exactly.

    The sentence names the part, the reason and a rewrite; `data["path"]` is the place in the
    product model.
    """

    slug = "engine-refused"
    title = "The product cannot be compiled"


class ChoiceUnknown(Refusal):
    """A choice that names no option of the product, or something its option does not declare."""

    slug = "choice-unknown"
    title = "There is no such choice"


class EngineExhausted(Refusal):
    """A question that the solver could not decide within its bound; the product asks for more than
    can be proved.

    Asking again helps nobody, other choices may: so it is answered as a clash is.
    """

    slug = "engine-exhausted"
    title = "These choices are too hard to be decided"
    status = 409
