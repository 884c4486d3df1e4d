"""The typefaces that texts are printed in: a fixed set, each free to be used and passed on.

Nobody uploads a typeface: reading one runs code that has had many holes, and few may be passed on.
"""

import unicodedata
from importlib.resources import files
from typing import Final

import uharfbuzz

from catalog.product_model import Typeface

_FILES: Final[dict[Typeface, tuple[str, str]]] = {
    "sans": ("font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    "serif": ("font_caladea", "Caladea-Regular.ttf"),
    "hand": ("font_amatic_sc", "AmaticSC-Bold.ttf"),
    "round": ("font_fredoka_one", "FredokaOne-Regular.ttf"),
}
_FROM_THE_RIGHT = ("R", "AL", "AN")
_read: dict[Typeface, uharfbuzz.Font] = {}


def font(typeface: Typeface) -> uharfbuzz.Font:
    """Return a typeface in its own units, read once: all of them together take half a megabyte."""
    known = _read.get(typeface)
    if known is None:
        package, name = _FILES[typeface]
        content = (files(package) / "files" / name).read_bytes()
        known = uharfbuzz.Font(uharfbuzz.Face(content))
        _read[typeface] = known
    return known


def capital_height(typeface: Typeface) -> float:
    """Return how high an H is in the typeface's own units."""
    extents = font(typeface).get_glyph_extents(_glyph(typeface, "H"))
    assert extents is not None
    return float(extents.y_bearing)


def shaped(typeface: Typeface, text: str) -> uharfbuzz.Buffer:
    """Return the glyphs of `text` and how far they reach, in units of the typeface."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font(typeface), buffer, {"kern": True, "liga": True})
    return buffer


def lacking(typeface: Typeface, text: str) -> tuple[str, ...]:
    """Return the characters of `text` that the typeface does not have, each once.

    HarfBuzz knows best: it writes a letter and an accent as one glyph, any space as a space, and
    what is meant to be unseen not at all. For what is left it takes the box of glyph 0.

    Those that are written from the right count as such: a line of both directions would have to be
    ordered first, and digits would come out backwards.
    """
    infos = shaped(typeface, text).glyph_infos
    boxes = {text[each.cluster] for each in infos if not each.codepoint}
    return tuple(
        dict.fromkeys(
            each
            for each in text
            if each in boxes or unicodedata.bidirectional(each) in _FROM_THE_RIGHT
        )
    )


def having(text: str) -> tuple[Typeface, ...]:
    """Return the typefaces that have every character of `text`."""
    return tuple(each for each in _FILES if not lacking(each, text))


def _glyph(typeface: Typeface, character: str) -> int:
    glyph = font(typeface).get_nominal_glyph(ord(character))
    assert glyph is not None
    return int(glyph)
