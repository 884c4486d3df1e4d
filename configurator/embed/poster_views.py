"""The pictures of shapes that pages of the widget name."""

from typing import cast

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
)

from catalog.entity_tags import is_named
from catalog.product_model import ProductModel
from configurator.draft_links import read_draft_link
from configurator.embed.framing import FOREVER, Frame, framed
from configurator.embed.model_views import HOUR, scene_named
from configurator.embed.posters import Use, wish_for
from configurator.geometry.picture_files import picture_fingerprint
from configurator.offers import published
from configurator.pictures import PicturesBusy
from configurator.scene_pictures import PictureFailed, scene_picture

AGAIN, MOST_ASKED_AGAIN = "again", 8
# What stands in the place of a picture that does not come; browsers show it whatever the status.
MEANWHILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240" fill="none" stroke="#8a8d8f" '
    'stroke-opacity=".5"><rect x="60" y="40" width="200" height="150" rx="10"/>'
    '<path d="M60 150h200M150 215h20M160 190v25"/><circle cx="160" cy="95" r="26"/></svg>'
)


@framed
def poster(
    request: HttpRequest,
    frame: Frame,
    product: str,
    version: str,
    use: str,
    content: str,
    sealed: str,
) -> HttpResponse:
    """Answer with the picture of the values that are `sealed`; only where one of our pages named
    it.
    """
    model = published(frame.merchant, product, int(version), even_retired=True).product.model
    return _picture(request, model, cast(Use, use), (content, sealed), FOREVER)


@framed
def draft_poster(
    request: HttpRequest,
    frame: Frame,
    product: str,
    token: str,
    use: str,
    content: str,
    sealed: str,
) -> HttpResponse:
    """Answer as `poster` does with a picture of the draft that a link is of."""
    model = read_draft_link(frame.merchant, product, token).offer().product.model
    return _picture(request, model, cast(Use, use), (content, sealed), HOUR)


def _picture(
    request: HttpRequest, model: ProductModel, use: Use, name: tuple[str, str], caching: str
) -> HttpResponse:
    content, sealed = name
    scene = scene_named(model, sealed)
    wish = wish_for(use, scene)
    found = picture_fingerprint(scene, wish)
    headers = {
        "ETag": f'"{found}"',
        # Names lie in carts and mails for longer than a way of drawing: then it is shown as it is
        # drawn now, and not kept for good under the name of another.
        "Cache-Control": caching if found.startswith(content) else HOUR,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if is_named(headers["ETag"], request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers=headers)
    try:
        image = scene_picture(scene, wish)
    except PicturesBusy as busy:
        return _later(request, busy)
    return HttpResponse(image.content, content_type=image.media_type, headers=headers)


def _later(request: HttpRequest, busy: PicturesBusy) -> HttpResponse:
    """Have the browser ask again for a picture that is being drawn: an image has no script that
    would. Meanwhile others have their turn.
    """
    given = request.GET.get(AGAIN, "")
    asked = int(given) if given.isdecimal() and len(given) < 3 else 0
    headers = {**busy.headers(), "Cache-Control": "no-store"}
    if asked < MOST_ASKED_AGAIN and not isinstance(busy, PictureFailed):
        return HttpResponseRedirect(f"{request.path}?{AGAIN}={asked + 1}", headers=headers)
    return HttpResponse(
        MEANWHILE, content_type="image/svg+xml", status=busy.status, headers=headers
    )
