"""The page about shapes says what the code does."""

import re
from dataclasses import fields
from math import pi
from pathlib import Path

import pytest

from catalog import checks
from catalog.product_model import FITTING_KINDS, ORIENTATIONS, Fitting, Material, Shape, ShapeCheck
from configurator.engine.face.choices import default_completion
from configurator.engine_checks.examined import examined
from configurator.geometry.scene import compile_shapes, resolve
from pricing.product_file import read_product_file

PAGE = (Path(__file__).parents[3] / "docs" / "modelling" / "shapes.md").read_text()
EXAMPLE, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_sound_and_stands_as_large_as_its_options_say():
    model = read_product_file(EXAMPLE, "x.yaml").model
    assert {each.code for each in checks.findings(model)} == {"no-prices"}
    start = default_completion(examined(model, {}).compiled, {}).values
    scene = resolve(compile_shapes(model), start)
    assert scene.counts == {"side": 2, "shelf": 4, "foot": 2}
    assert scene.bounds == ((0, 0, -20), (800, 300, 1800))
    boards = 700 * 0.018 * (2 * 1.8 * 0.3 + 4 * 0.764 * 0.29)
    feet = 7850 * 2 * pi * (0.015**2 * 0.004 + 0.006**2 * 0.016)
    assert scene.weight == pytest.approx(boards + feet)
    assert [variant.value for variant in scene.variants] == ["oak", "white"]


def test_the_page_tells_every_field_and_orientation():
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    wanted = {
        field.name for kind in (Shape, Material, Fitting, ShapeCheck) for field in fields(kind)
    }
    assert wanted | set(ORIENTATIONS) | set(FITTING_KINDS) <= named
