"""What the page tells the 3D viewer beside the picture: where the model is, what it looks as, how
large it is, and which option each of its parts is about.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.product_model import Choice
from catalog.shape_expressions import has_shapes
from configurator.discretion import is_shown
from configurator.embed.options import Reader, label_of
from configurator.evaluation.evaluation import Evaluation
from configurator.geometry.refusals import CheckFailed, SceneRefused
from configurator.geometry.scene import Scene
from configurator.geometry.viewing import viewing
from configurator.model_names import model_name
from configurator.offers import Offer
from configurator.scenes import driving_of, scene_with

_METRE = 1000
NOBODY = "-"
"""Stands for the option of a mesh that none drives."""
CODE = "code.svg"
MOST_CODED = 600
"""How many characters a QR code may have, so that a telephone reads it from a screen."""


@dataclass(frozen=True)
class ViewerShown:
    """The model of a configuration as the page tells of it; all but `spoken` and `told` is empty
    where none can be built.

    `form`, `looks` and `drivers` (an option for each mesh) are those of `Viewing`, with blanks
    between. `box` is the lower and the upper corner in metres, y being up; `sizes` says how wide,
    high and deep it is. `options` are those that parts are about, with their labels. `credits` say
    whose work its 3D models are. `spoken` is what the viewer says to those who do not see it (JSON),
    in the language of the page. `told` is what the product says where a shape check fails.
    """

    spoken: str

    address: str = ""
    form: str = ""
    looks: str = ""
    drivers: str = ""
    box: str = ""
    sizes: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    credits: tuple[str, ...] = ()
    told: str = ""


def viewer_shown(
    offer: Offer, evaluation: Evaluation, path: str, reader: Reader
) -> ViewerShown | None:
    """Return what the viewer is told of `evaluation` on the page at `path`; None for a product
    without shapes.
    """
    model = offer.product.model
    if not has_shapes(model):
        return None
    try:
        known = driving_of(model)
        values: Mapping[str, Choice] = {
            key: choice for key, choice in evaluation.values.items() if key in known.reads
        }
        scene = scene_with(model, values, reader.locale, model.internal_options)
    except CheckFailed as failed:
        return ViewerShown(_spoken(), told=failed.sentence)
    except SceneRefused:
        return ViewerShown(_spoken())
    name = model_name(model, scene, values)
    if not name:
        return ViewerShown(_spoken())
    view = viewing(scene, values)
    asked = {
        option.key: option
        for option in model.options
        if is_shown(model, option.key) and evaluation.options[option.key].active
    }
    drivers = {
        shape: next((key for key in keys if key in asked), NOBODY)
        for shape, keys in known.drivers.items()
    }
    driven = [drivers[shape] for shape in view.meshes]
    return ViewerShown(
        _spoken(),
        f"{path}models/{offer.version}/{name}.glb",
        view.form,
        " ".join(view.looks),
        " ".join(driven),
        " ".join(f"{each:.7g}" for each in _box(scene)),
        _sizes(scene, reader),
        tuple(
            (key, label_of(model, option, reader)) for key, option in asked.items() if key in driven
        ),
        tuple(each.told for each in scene.credits),
    )


def _spoken() -> str:
    """Return the words of the viewer by the keys that model-viewer has for them (`a11y`)."""
    sides = {
        "front": _("Seen from the front"),
        "right": _("Seen from the right"),
        "back": _("Seen from the back"),
        "left": _("Seen from the left"),
    }
    above = {
        f"upper-{key}": _("%(side)s and above") % {"side": side} for key, side in sides.items()
    }
    below = {
        f"lower-{key}": _("%(side)s and below") % {"side": side} for key, side in sides.items()
    }
    prompt = {"interaction-prompt": _("Turn it with the pointer or the arrow keys.")}
    return json.dumps({**prompt, **sides, **above, **below}, ensure_ascii=False)


def code_address(address: str) -> str:
    """Return where the QR code is that leads to the page at `address`; empty where it would be too
    fine to be read.
    """
    path, mark, query = address.partition("?")
    # The site's own name comes before it.
    return "" if len(address) > MOST_CODED - 100 else f"{path}{CODE}{mark}{query}"


def _box(scene: Scene) -> tuple[float, ...]:
    """Return the lower and the upper corner of the file in metres, as glTF has them."""
    (left, front, bottom), (right, back, top) = scene.bounds
    return tuple(each / _METRE + 0.0 for each in (left, bottom, -back, right, top, -front))


def _sizes(scene: Scene, reader: Reader) -> tuple[str, ...]:
    wide, deep, high = (Decimal(round(each * 10)) / 10 for each in scene.size)
    return tuple(reader.measure(each, "mm") for each in (wide, high, deep))
