"""How many there are of something, in English: "1 row", "1,200 rows"."""


def told_count(count: int, noun: str, nouns: str = "") -> str:
    """Return `count` with `noun`, or with `nouns` where it is not one; these are by default `noun`
    with an s.
    """
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"
