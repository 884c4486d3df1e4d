"""Pictures of configurations on the widget's pages: of layers, or of shapes where a product has no
picture of its own.
"""

from typing import Literal

from django.conf import settings

from catalog.product_model import PictureView, ProductModel
from catalog.shape_expressions import has_shapes
from configurator.evaluation.evaluation import Evaluation
from configurator.geometry.camera import outer_points, turning_aspect
from configurator.geometry.picture_files import LEAST_SIDE, Wish, picture_fingerprint
from configurator.geometry.scene import Scene, SceneRefused
from configurator.model_names import named, sealed_values
from configurator.offers import Offer
from configurator.pictures import layer_mask, picture_views, seal_of, tints_of
from configurator.scenes import driving_of, scene_with

type Use = Literal["stage", "share"]

STAGE_HEIGHT = 900


def wish_for(use: Use, scene: Scene) -> Wish:
    """Return which picture of `scene` is shown where.

    That of the stage is as narrow as the 3D viewer lets the model be: so it comes where the picture
    was, whatever the shape of the stage is. Links show a size and format that is known everywhere.
    """
    if use == "share":
        return Wish("corner", 1200, 630, "white", "png")
    width = max(round(STAGE_HEIGHT * turning_aspect(outer_points(scene))), LEAST_SIDE)
    return Wish("corner", width, STAGE_HEIGHT, "shadow", "webp", "round")


def has_poster(model: ProductModel) -> bool:
    """Tell whether the product is shown by its shapes: it has some, and no picture of its own."""
    return has_shapes(model) and not model.layers and not model.image


def poster_address(offer: Offer, evaluation: Evaluation, path: str, use: Use) -> str:
    """Return where the picture of the shapes is; empty where they cannot be built,
    or named.
    """
    model = offer.product.model
    try:
        known = driving_of(model).reads
        values = {key: choice for key, choice in evaluation.values.items() if key in known}
        scene = scene_with(model, values, hidden=model.internal_options)
    except SceneRefused:
        return ""
    wish = wish_for(use, scene)
    name = named(picture_fingerprint(scene, wish), model, values)
    return f"{path}pictures/{offer.version}/{use}-{name}.{wish.format}" if name else ""


def picture_addresses(
    offer: Offer, evaluation: Evaluation, path: str
) -> tuple[tuple[PictureView | None, str], ...]:
    """Return each view with the address of its picture: the layers that show, in the colours that
    were chosen, or without any picture the shapes; empty where there is neither.
    """
    model = offer.product.model
    if has_poster(model):
        address = poster_address(offer, evaluation, path, "stage")
        return ((None, address),) if address else ()
    found = []
    for view in picture_views(model):
        mask = layer_mask(model, evaluation.layers, view)
        tints = tints_of(model, mask, evaluation.values)
        name = "-".join(filter(None, (f"{mask:x}", tints, seal_of(model, mask, tints))))
        if written := _written(offer, evaluation, mask):
            name += f"~{written}"
        if mask:
            found.append((view, f"{path}pictures/{offer.version}/{name}.webp"))
    return tuple(found)


def _written(offer: Offer, evaluation: Evaluation, mask: int) -> str:
    """Return, sealed, what the prints among the layers of `mask` are made of; empty without any."""
    model = offer.product.model
    shown = {each.print for index, each in enumerate(model.layers) if mask >> index & 1}
    printed = {each.print.key for each in evaluation.prints if each.problem is None}
    read = {
        key
        for each in offer.product.prints
        if each.print.key in shown & printed
        for key in each.reads
    }
    values = {key: choice for key, choice in evaluation.values.items() if key in read}
    return sealed_values(model, values) if values else ""


def shared_picture(offer: Offer, evaluation: Evaluation, path: str, own: str) -> str:
    """Return the whole address of what is shown beside a link to the page; empty without a picture.

    `own` is the picture of the page.
    """
    if has_poster(offer.product.model):
        own = poster_address(offer, evaluation, path, "share")
    return f"{settings.PUBLIC_URL}{own}" if own.startswith("/") else own
