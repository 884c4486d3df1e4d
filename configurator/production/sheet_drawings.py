"""A board of a nesting as SVG: what is cut where, with the ids of the cut list."""

from xml.sax.saxutils import escape

from configurator.production.nesting import LaidSheet
from configurator.production.workshop import short

_STYLE = (
    "rect{fill:none;stroke:#333;stroke-width:2}.board{fill:#f4efe6}.panel{fill:#fff}"
    ".offcut{fill:#e3ead9;stroke-dasharray:14 8}text{font-family:sans-serif;text-anchor:middle;fill:#222}"
)


def sheet_svg(sheet: LaidSheet, title: str) -> bytes:
    """Return the SVG of a board, one unit a millimetre, with its corner at the lower left."""
    length, width = sheet.sheet.length, sheet.sheet.width
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {short(length)} {short(width)}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        _box("board", 0, 0, length, width, width),
    ]
    for offcut in sheet.offcuts:
        drawn.append(_box("offcut", offcut.x, offcut.y, offcut.length, offcut.width, width))
    for laid in sheet.laid:
        drawn.append(_box("panel", laid.x, laid.y, laid.length, laid.width, width))
        size = max(12.0, min(60.0, laid.length / 8, laid.width / 3))
        across, up = laid.x + laid.length / 2, width - laid.y - laid.width / 2
        drawn.append(
            f'<text x="{short(across)}" y="{short(up)}" font-size="{short(size)}">{escape(laid.id)}'
            f'<tspan x="{short(across)}" dy="1.1em">{short(laid.length)} × {short(laid.width)}'
            "</tspan></text>"
        )
    return "".join([*drawn, "</svg>"]).encode()


def _box(name: str, x: float, y: float, long: float, wide: float, whole: float) -> str:
    return (
        f'<rect class="{name}" x="{short(x)}" y="{short(whole - y - wide)}" '
        f'width="{short(long)}" height="{short(wide)}"/>'
    )
