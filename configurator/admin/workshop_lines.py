"""The lists of a workshop as people write them in the administration, an entry a line."""

import re
from collections.abc import Mapping
from typing import Any

_NUMBER = r"(\d{1,6}(?:[.,]\d{1,4})?)"
_SHEET = re.compile(
    rf"(?:(?P<material>[^:]{{1,100}}):)?\s*{_NUMBER}\s*[x×]\s*{_NUMBER}(?:\s*[x×]\s*{_NUMBER})?"
)
_BAND = re.compile(rf"(?P<material>[^:]{{1,100}}):\s*(?P<name>.{{0,100}}?)\s*[|]\s*{_NUMBER}")
ALL_OTHERS = "all others"


def read_sheets(text: str) -> list[dict[str, Any]]:
    """Return boards from lines such as `BX-16: 2800 x 2070 x 16`; refuse with ValueError, naming the
    line, what is none.
    """
    found = []
    for number, line in _lines(text):
        match = _SHEET.fullmatch(line)
        if match is None:
            told = "write length x width, and if you like material: before and x thickness behind"
            raise ValueError(f"Line {number}: {told}, such as BX-16: 2800 x 2070 x 16.")
        length, width, thickness = match.groups()[1:]
        found.append(
            {
                "material": (match["material"] or "").strip(),
                "length": _number(length),
                "width": _number(width),
                "thickness": None if thickness is None else _number(thickness),
            }
        )
    return found


def write_sheets(sheets: list[Mapping[str, Any]]) -> str:
    """Return lines that `read_sheets` reads."""
    return "\n".join(
        (f"{each['material']}: " if each["material"] else "")
        + " x ".join(
            _written(each[name])
            for name in ("length", "width", "thickness")
            if each[name] is not None
        )
        for each in sheets
    )


def read_bands(text: str) -> dict[str, dict[str, Any]]:
    """Return bands by material from lines such as `FN-OAK: Veneer | 2`, `all others: ABS | 1`."""
    found: dict[str, dict[str, Any]] = {}
    for number, line in _lines(text):
        match = _BAND.fullmatch(line)
        if match is None:
            told = f"write the material (or {ALL_OTHERS}), :, the band, | and its thickness"
            raise ValueError(f"Line {number}: {told}, such as FN-OAK: Veneer | 2.")
        material = match["material"].strip()
        material = "" if material == ALL_OTHERS else material
        if material in found:
            raise ValueError(f"Line {number}: '{material or ALL_OTHERS}' stands twice.")
        found[material] = {"name": match["name"].strip(), "thickness": _number(match[3])}
    return found


def write_bands(bands: Mapping[str, Mapping[str, Any]]) -> str:
    """Return lines that `read_bands` reads."""
    return "\n".join(
        f"{material or ALL_OTHERS}: {band['name']} | {_written(band['thickness'])}"
        for material, band in bands.items()
    )


def read_pairs(text: str, what: str) -> list[tuple[str, str]]:
    """Return what stands before and behind the `=` of each line; `what` is an example."""
    found = []
    for number, line in _lines(text):
        before, sign, behind = (part.strip() for part in line.rpartition("="))
        if not sign or not before or not behind:
            raise ValueError(f"Line {number}: write both sides of =, such as {what}.")
        found.append((before, behind))
    return found


def _lines(text: str) -> list[tuple[int, str]]:
    return [
        (number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()
    ]


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _written(length: float) -> str:
    """Return a length with all its digits, and without needless zeros."""
    return str(int(length)) if length == int(length) else repr(length)
