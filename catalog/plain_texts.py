"""A text as it is kept, however it was typed or sent: composed, without blanks at its ends, on one
line.

Its length is what people count: grapheme clusters, so that a family of emoji is one and so is a
letter with an accent, written as one code point or as two.
"""

import unicodedata

import regex

# Seen by nobody and of no meaning inside a text; soft hyphens and joiners of words among them.
_WITHOUT_WIDTH = dict.fromkeys(map(ord, "\u00ad\u034f\u180e\u200b\u2060\ufeff"))
# Joiners, marks of direction and letters that look like a blank: of meaning between others, of none
# at the ends.
_AT_ENDS = "\u061c\u115f\u1160\u200c\u200d\u200e\u200f\u2800\u3164\uffa0" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2061, 0x206A)))
)
_BLANK_ENDS = regex.compile(rf"^[\s{_AT_ENDS}]+|[\s{_AT_ENDS}]+$")
_BREAKS = regex.compile("[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_CLUSTER = regex.compile(r"\X")


def plain_text(raw: str) -> str:
    """Return `raw` as it is kept; empty where nothing can be seen of it."""
    if raw.isascii():
        return raw.strip()
    return str(_BLANK_ENDS.sub("", unicodedata.normalize("NFC", raw).translate(_WITHOUT_WIDTH)))


def length_of(text: str) -> int:
    """Return how many characters people count in `text`."""
    return len(text) if text.isascii() else sum(1 for _ in _CLUSTER.finditer(text))


def has_break(text: str) -> bool:
    """Tell whether `text` has more than one line."""
    return _BREAKS.search(text) is not None


def has_no_character(text: str) -> bool:
    """Tell whether `text` holds what is no character: controls other than a tab, or half of a
    surrogate pair.
    """
    return any(unicodedata.category(each) in ("Cc", "Cs") and each != "\t" for each in text)
