"""The scheme of a shop's page, and its own colour: in both schemes readable, wherever the colour
itself would not be.

Source of the contrast: WCAG 2.2, relative luminance.
"""

from functools import lru_cache

type Colour = tuple[float, float, float]

COLOUR_SCHEME = "color-scheme"
"""Names the scheme of the page around the widget in an address; no option can have this key."""

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
# The lightest ground of the dark scheme and the darkest of the light one that text in the shop's
# colour lies on.
DARK_SURFACE: Colour = (23, 27, 31)
DARK_RAISED: Colour = (34, 40, 46)
LIGHT_CANVAS: Colour = (241, 243, 244)
READABLE = 4.6
SEEN = 3.1
_SOFT_LIGHT, _SOFT_DARK = 0.07, 0.14


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def scheme_asked(asked: str) -> str:
    """Return `light` or `dark`, as an address asks for it; empty for all else, where the shopper's
    system decides.
    """
    return asked if asked in {"light", "dark"} else ""


@lru_cache(maxsize=1_024)
def theme_css(accent: str) -> str:
    """Return the custom properties for a shop whose colour is `accent`, such as `ffcc00`."""
    light, dark = shades(accent)
    # Which of the two holds, widget.css decides.
    both = (f"--{name}: var(--light, {light[name]}) var(--dark, {dark[name]});" for name in light)
    return f":root {{ {' '.join(both)} }}\n"


def shades(accent: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours for a shop whose colour is `accent`, such as `ffcc00`: of the light scheme
    and of the dark.
    """
    own = _read(accent)
    light = _properties(own, WHITE, LIGHT_CANVAS, BLACK, _SOFT_LIGHT)
    return light, _properties(own, DARK_SURFACE, DARK_RAISED, WHITE, _SOFT_DARK)


def _properties(
    own: Colour, surface: Colour, worst: Colour, towards: Colour, soft: float
) -> dict[str, str]:
    ground = _mixed(surface, own, soft)
    fill = _until(own, (surface,), towards, SEEN)
    text = _until(own, (surface, worst, ground), towards, READABLE)
    ink = max((WHITE, BLACK), key=lambda each: contrast(each, fill))
    named = {"accent": text, "accent-fill": fill, "accent-ink": ink, "accent-soft": ground}
    return {name: _written(colour) for name, colour in named.items()}


def _until(own: Colour, grounds: tuple[Colour, ...], towards: Colour, least: float) -> Colour:
    """Return `own`, mixed with as little of `towards` as makes it stand out from all `grounds`."""
    for share in range(101):
        mixed = _mixed(own, towards, share / 100)
        if all(contrast(mixed, each) >= least for each in grounds):
            return mixed
    return towards


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read(text: str) -> Colour:
    red, green, blue = (int(text[place : place + 2], 16) for place in (0, 2, 4))
    return red, green, blue


def _written(colour: Colour) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)
