"""A shop's colour in the widget: as it is where it can be read, and otherwise as near as it can."""

import re

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.memory import forget_all
from catalog.models import Merchant
from configurator.embed.theme import (
    BLACK,
    DARK_RAISED,
    DARK_SURFACE,
    LIGHT_CANVAS,
    WHITE,
    Colour,
    _read,
    contrast,
    theme_css,
)


def colours(css: str) -> tuple[dict[str, Colour], dict[str, Colour]]:
    """Return the properties of the light scheme and of the dark one."""
    found = re.findall(r"--([\w-]+): var\(--light, #(\w{6})\) var\(--dark, #(\w{6})\);", css)
    return {name: _read(light) for name, light, _dark in found}, {
        name: _read(dark) for name, _light, dark in found
    }


@settings(deadline=None)
@given(st.from_regex(r"\A[0-9a-f]{6}\Z"))
def test_whatever_the_colour_text_in_it_and_on_it_can_be_read(accent: str) -> None:
    light, dark = colours(theme_css(accent))
    for scheme, grounds in ((light, (WHITE, LIGHT_CANVAS)), (dark, (DARK_SURFACE, DARK_RAISED))):
        for ground in (*grounds, scheme["accent-soft"]):
            assert contrast(scheme["accent"], ground) >= 4.5
        assert contrast(scheme["accent-ink"], scheme["accent-fill"]) >= 4.5
        assert contrast(scheme["accent-fill"], grounds[0]) >= 3


def test_a_colour_that_can_be_read_stays_what_it_is() -> None:
    light, _dark = colours(theme_css("0b6e4f"))
    assert (light["accent"], light["accent-fill"], light["accent-ink"]) == (
        (11, 110, 79),
        (11, 110, 79),
        WHITE,
    )


def test_black_stays_black_by_day_alone() -> None:
    light, dark = colours(theme_css("000000"))
    assert light["accent"] == BLACK
    assert contrast(dark["accent"], DARK_SURFACE) >= 4.5


@pytest.mark.django_db
def test_the_page_brings_the_colour_of_its_shop(shop: Merchant, client: Client) -> None:
    assert "/theme/" not in client.get("/embed/joinery/desk/").content.decode()
    Merchant.objects.filter(pk=shop.pk).update(accent="#FFcc00")
    forget_all()
    assert (
        '<link rel="stylesheet" href="/theme/ffcc00.css">'
        in client.get("/embed/joinery/desk/").content.decode()
    )
    answer = client.get("/theme/ffcc00.css")
    assert (answer["Content-Type"], "--accent-fill" in answer.content.decode()) == (
        "text/css; charset=utf-8",
        True,
    )
