"""Drawings (SVG) that somebody uploads, read strictly: shapes and their colours alone are taken over
into a drawing of our own.

An SVG may hold scripts, pages, other files, and texts that grow without end. So nothing is taken out
of it; what is known to be harmless is written anew. Source: W3C, "Scalable Vector Graphics 1.1".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from math import isfinite
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from configurator.prints.refusals import PrintRefused

MOST_BYTES = 2 * 1024 * 1024
MOST_DEPTH, MOST_ELEMENTS = 64, 20_000
MOST_NUMBERS, MOST_NUMBER = 400_000, 1_000_000.0
MOST_PROPORTION = 100.0
SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"

_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})
_KNOWN = frozenset({"svg", "g", "a", "defs", "switch", "stop", "clipPath", *_SHAPES, *_GRADIENTS})
_SILENT = frozenset({"title", "desc", "metadata"})
"""What says something of a drawing and is not seen."""
_ADVICE = {
    "text": "turn its texts into paths",
    "image": "upload the picture itself",
    "use": "expand its symbols and clones",
    "symbol": "expand its symbols and clones",
    "filter": "leave out filters such as shadows",
    "mask": "cut with paths in place of masks",
    "pattern": "turn its patterns into paths",
    "marker": "turn the ends of its lines into paths",
}
_LOOKS = frozenset(
    {
        *("fill", "fill-rule", "fill-opacity", "clip-path", "clip-rule", "color", "opacity"),
        *("stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin"),
        *("stroke-miterlimit", "stop-color", "stop-opacity", "display", "visibility"),
    }
)
_PLACES = frozenset(
    {
        *("d", "points", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "transform"),
        *("x1", "y1", "x2", "y2", "fx", "fy", "offset", "viewBox", "preserveAspectRatio"),
        *("gradientUnits", "gradientTransform", "spreadMethod", "clipPathUnits"),
    }
)
_LENGTH = re.compile(r"\s*\+?(\d+\.?\d*|\.\d+)(px|mm|cm|in|pt|pc|)\s*")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NAME = r"[A-Za-z_][\w.:-]*"
_VALUE = re.compile(rf"(?:[#\w\s.,()%+-]*|url\(\s*[\"']?#{_NAME}[\"']?\s*\)(?:\s+[#\w]*)?)")
_TARGET = re.compile(rf"url\(\s*[\"']?#({_NAME})[\"']?\s*\)")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_CLASS = re.compile(r"(?:[a-zA-Z]+)?\.([\w-]+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of our own, and the proportion of its sides."""

    content: bytes
    width: float
    height: float


def drawing(content: bytes) -> Drawing:
    """Return what is seen of an SVG as a drawing without anything else.

    Refuses with PrintRefused what holds anything that does or fetches something, or that is not
    known; and what is larger, deeper or longer than drawings are.
    """
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise PrintRefused(f"The drawing has {len(content) / 1024**2:.1f} MB; at most {most} fit.")
    root = _parsed(content)
    if _name(root) != "svg":
        raise PrintRefused("The file is no SVG drawing; save it as SVG, PNG, JPEG or WebP.")
    x, y, width, height = _box(root)
    if not 1 / MOST_PROPORTION <= width / height <= MOST_PROPORTION:
        raise PrintRefused("The drawing is far longer than wide; cut off what is empty.")
    written = _Writer(root)
    own = Element("svg", {"xmlns": SVG, "viewBox": " ".join(map(_told, (x, y, width, height)))})
    own.attrib |= {"width": _told(width), "height": _told(height)}
    own.attrib |= written.looks_of(root)
    for child in root:
        written.write(child, own)
    if not written.shapes:
        raise PrintRefused("Nothing of the drawing can be seen; draw it with paths and shapes.")
    written.refuse_lost()
    return Drawing(tostring(own), width, height)


def is_drawing(content: bytes) -> bool:
    """Tell whether content looks like XML, which no picture does."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


# ---- reading -------------------------------------------------------------------------------------


def _parsed(content: bytes) -> Element:
    """Return the root, its depth and number of elements counted while they are read."""
    depth = count = 0
    root: Element | None = None
    reading = defusedxml.ElementTree.iterparse(
        BytesIO(content), events=("start", "end"), forbid_entities=True, forbid_external=True
    )
    try:
        for event, element in reading:
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth, count = depth + 1, count + 1
            if depth > MOST_DEPTH:
                raise PrintRefused(
                    f"The drawing is nested more than {MOST_DEPTH} deep; ungroup it."
                )
            if count > MOST_ELEMENTS:
                told = f"The drawing has more than {MOST_ELEMENTS:,} elements"
                raise PrintRefused(f"{told}; simplify it, or save it as PNG.")
    except DefusedXmlException as error:
        told = "The drawing defines entities or fetches other files"
        raise PrintRefused(f"{told}; save it as plain SVG.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise PrintRefused("The drawing is no whole SVG; save it again as plain SVG.") from error
    if root is None:
        raise PrintRefused("The file is empty; save the drawing again as plain SVG.")
    return root


def _name(element: Element) -> str:
    """Return the name of an element of SVG; empty for one of another language."""
    tag = str(element.tag)
    space, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    return name if space in ("", SVG) else ""


def _box(root: Element) -> tuple[float, float, float, float]:
    numbers = [float(each) for each in _NUMBER.findall(root.get("viewBox", ""))]
    if len(numbers) != 4:
        numbers = [0.0, 0.0, *(_length(root.get(name, "")) for name in ("width", "height"))]
    if not all(isfinite(each) and abs(each) <= MOST_NUMBER for each in numbers):
        raise PrintRefused(f"The drawing is larger than {MOST_NUMBER:,.0f}; make it smaller.")
    if min(numbers[2:]) <= 0:
        raise PrintRefused("The drawing does not tell its size; save it with a viewBox.")
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _length(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    return float(found[1]) if found else 0.0


def _told(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


# ---- writing -------------------------------------------------------------------------------------


class _Writer:
    """Writes what is known of a drawing into another one, and counts what it writes."""

    def __init__(self, root: Element) -> None:
        self.shapes = 0
        self.numbers = 0
        self.kinds: dict[str, str] = {}
        self.named: set[str] = set()
        self.linked: list[tuple[str, str]] = []
        self.classes = dict(_classes(root))

    def write(self, element: Element, into: Element, is_clip: bool = False) -> None:
        name = _name(element)
        if not name or name in _SILENT or name == "style":
            return
        if name not in _KNOWN:
            advice = _ADVICE.get(name, "leave it out")
            raise PrintRefused(f"The drawing has a <{name[:40]}>; {advice} and save it again.")
        # Pages may lead elsewhere, drawings do not.
        own = SubElement(into, "g" if name in ("a", "svg", "switch") else name)
        own.attrib |= self._attributes(element, name, is_clip)
        self.shapes += name in _SHAPES
        for child in element:
            self.write(child, own, is_clip or name == "clipPath")

    def looks_of(self, element: Element) -> dict[str, str]:
        """Return the looks of an element: those of its own, of its classes and of its style."""
        found = {key: each for key, each in element.attrib.items() if key in _LOOKS}
        for each in element.get("class", "").split():
            found |= self.classes.get(each, {})
        found |= _declarations(element.get("style", ""))
        for text in found.values():
            self._refuse_value(text)
        return found

    def refuse_lost(self) -> None:
        """Refuse gradients and clips that are not there, and those of others that go on."""
        for name in self.named:
            if name not in self.kinds:
                raise PrintRefused(f"The drawing has no '{name[:40]}'; save it again as plain SVG.")
        links = dict(self.linked)
        for target in links.values():
            if target not in self.kinds or target in links:
                raise PrintRefused("A gradient leads nowhere; save the drawing as plain SVG.")

    def _attributes(self, element: Element, name: str, is_clip: bool) -> dict[str, str]:
        found = self.looks_of(element)
        if is_clip or name == "clipPath":
            # Clips of clips may lead in a circle.
            found.pop("clip-path", None)
        for key, text in element.attrib.items():
            if key.lower().startswith("on"):
                raise PrintRefused("The drawing holds a script; save it as plain SVG.")
            if key in _PLACES:
                self._refuse_value(text)
                found[key] = text
        own = element.get("id", "")
        if re.fullmatch(_NAME, own):
            found["id"] = own
            self.kinds[own] = name
        link = element.get("href", element.get(_LINK, ""))
        if link and name in _GRADIENTS:
            if not re.fullmatch(f"#{_NAME}", link) or not own:
                raise PrintRefused("The drawing fetches other files; save it as plain SVG.")
            self.linked.append((own, link[1:]))
            found["href"] = link
        self.named |= {each for text in found.values() for each in _TARGET.findall(text)}
        return found

    def _refuse_value(self, text: str) -> None:
        if not _VALUE.fullmatch(text):
            told = f"The drawing says '{text[:40]}', which is not read"
            raise PrintRefused(f"{told}; save it as plain SVG.")
        numbers = _NUMBER.findall(text.lower())
        self.numbers += len(numbers)
        if self.numbers > MOST_NUMBERS:
            told = f"The drawing has more than {MOST_NUMBERS:,} points"
            raise PrintRefused(f"{told}; simplify its paths, or save it as PNG.")
        if any(
            not abs(float(each)) <= MOST_NUMBER for each in numbers if len(each) > 6 or "e" in each
        ):
            raise PrintRefused(f"The drawing is larger than {MOST_NUMBER:,.0f}; make it smaller.")


def _classes(root: Element) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Return the looks of each class that style sheets tell, as drawing programs write them."""
    found: dict[str, dict[str, str]] = {}
    for element in root.iter():
        if _name(element) != "style":
            continue
        sheet = _COMMENT.sub("", element.text or "")
        if _RULE.sub("", sheet).strip():
            told = "The drawing has styles that fetch or do something"
            raise PrintRefused(f"{told}; save it with its colours at each shape.")
        for names, looks in _RULE.findall(sheet):
            for name in names.split(","):
                known = _CLASS.fullmatch(name.strip())
                if known is None:
                    told = f"The drawing has styles of '{name.strip()[:40]}'"
                    raise PrintRefused(f"{told}; save it with its colours at each shape.")
                found.setdefault(known[1], {}).update(_declarations(looks))
    yield from found.items()


def _declarations(text: str) -> dict[str, str]:
    """Return what a style says of looks; what it says of anything else is not seen in a drawing."""
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        key, _, value = declaration.partition(":")
        if key.strip() in _LOOKS:
            found[key.strip()] = value.replace("!important", "").strip()
    return found
