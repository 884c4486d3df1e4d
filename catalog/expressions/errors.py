"""How an expression is refused: what is wrong, where it stands, and what was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from catalog.errors import Refusal

_CANDIDATES = 2_000


class ExpressionRefused(Refusal):
    """An expression that cannot be read; characters `start` to `end` (the end not included) are the
    ones to underline.

    The sentence holds the place and the hint: "unknown option 'tpo' at 3–6; did you mean 'top'?".
    """

    slug = "expression-refused"
    title = "The expression cannot be read"
    status = 422

    def __init__(self, problem: str, start: int, end: int, hint: str = "") -> None:
        place = f"{start}–{end}" if end > start else f"{start}"
        super().__init__(
            f"{problem} at {place}{'; ' if hint else ''}{hint}",
            start=start,
            end=end,
            problem=problem,
            hint=hint,
        )
        self.problem = problem
        self.start = start
        self.end = end
        self.hint = hint


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """Return "did you mean 'top'?" for the candidate nearest to `name`, or nothing where none is
    near.
    """
    known = [each for each, _ in zip(candidates, range(_CANDIDATES), strict=False)]
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.65)
    return f"did you mean '{near[0]}'?" if near else ""


def listed(keys: Iterable[str], most: int = 8) -> str:
    """Return the keys as a list for a sentence, cut after `most`."""
    known = list(keys)
    return ", ".join(known[:most]) + (", …" if len(known) > most else "")
