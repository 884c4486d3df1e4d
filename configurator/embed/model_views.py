"""The files of 3D models for the viewer of the widget, by what they hold; and codes that bring a
configuration from a screen to a telephone.
"""

from io import BytesIO

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from catalog.entity_tags import is_named
from catalog.product_model import ProductModel
from catalog.shape_expressions import has_shapes
from configurator.draft_links import read_draft_link
from configurator.embed.framing import FOREVER, Frame, framed
from configurator.embed.viewer import CODE, MOST_CODED
from configurator.geometry.glb import MEDIA_TYPE, fingerprint
from configurator.geometry.scene import Scene, SceneRefused
from configurator.model_names import values_of_name
from configurator.offers import published
from configurator.scenes import model_file, scene_with

HOUR = "private, max-age=3600"
DAY = "public, max-age=86400"


@framed
def model(
    request: HttpRequest, frame: Frame, product: str, version: str, content: str, sealed: str
) -> HttpResponse:
    """Answer with the GLB of the values that are `sealed`; only where one of our pages named it."""
    sold = published(frame.merchant, product, int(version), even_retired=True).product.model
    return _file(request, sold, content, sealed, FOREVER)


@framed
def draft_model(
    request: HttpRequest, frame: Frame, product: str, token: str, content: str, sealed: str
) -> HttpResponse:
    """Answer as `model` does with a model of the draft that a link is of."""
    drafted = read_draft_link(frame.merchant, product, token).offer().product.model
    return _file(request, drafted, content, sealed, HOUR)


@framed
def code(request: HttpRequest, frame: Frame, **of_page: str) -> HttpResponse:
    """Answer with a QR code (SVG) that leads to the page above this address, with the same choices;
    not where that is too long to be read.
    """
    query = request.META.get("QUERY_STRING", "")
    page = request.build_absolute_uri(request.path.removesuffix(CODE))
    page = f"{page}?{query}" if query else page
    if len(page) > MOST_CODED:
        raise Http404
    drawn = BytesIO()
    # Few telephones read the smallest kind of code.
    made = segno.make(page, micro=False, error="m")
    made.save(drawn, kind="svg", xmldecl=False, omitsize=True, light="#fff")
    # Whose address is a secret, that of a draft or of a kept configuration, lies in no shared cache.
    headers = {"Cache-Control": HOUR if {"token", "public_id"} & of_page.keys() else DAY}
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers=headers)


def scene_named(model: ProductModel, sealed: str) -> Scene:
    """Return the scene of the values that a name seals, without what shoppers never see; refuses
    with Http404.
    """
    values = values_of_name(model, sealed)
    if values is None or not has_shapes(model):
        raise Http404
    try:
        return scene_with(model, values, hidden=model.internal_options)
    except SceneRefused:
        raise Http404 from None


def _file(
    request: HttpRequest, model: ProductModel, content: str, sealed: str, caching: str
) -> HttpResponse:
    scene = scene_named(model, sealed)
    found = fingerprint(scene)
    if not found.startswith(content):
        # It was written in another way: what is kept under this name must never become another.
        raise Http404
    headers = {"ETag": f'"{found}"', "Cache-Control": caching}
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if is_named(headers["ETag"], request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(model_file(scene), content_type=MEDIA_TYPE, headers=headers)
