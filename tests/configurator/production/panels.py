"""Panels of the demo products, as their defaults or choices by chance have them."""

from functools import cache

from configurator.geometry.compiling import compile_shapes
from configurator.geometry.scene import resolve
from configurator.production.panels import board_materials, panels
from configurator.sampling import numbered_choices, values_with
from tests.configurator_site.test_demo_shapes import product


@cache
def demo_scene(name, number=None):
    """Return a scene of the demo product with its model and values: of its defaults without
    `number`.
    """
    compiled = product(name)
    choices = {} if number is None else numbered_choices(compiled, 7, number)
    values = values_with(compiled, choices)
    return resolve(compile_shapes(compiled.model), values), compiled.model, values


def demo_panels(name, number=None, quantity=1):
    """Return the panels of that scene in `quantity` pieces."""
    scene, model, values = demo_scene(name, number)
    return panels(scene, board_materials(scene, model, values), quantity)
