"""Pictures of what is configured, drawn from its scene."""

from typing import Annotated, Literal

from django.http import HttpResponse
from pydantic import BaseModel, Field

from configurator.geometry.picture_files import (
    LEAST_SIDE,
    MEDIA_TYPES,
    MOST_SIDE,
    Wish,
    picture_fingerprint,
)
from configurator.geometry.scene import Scene
from configurator.scene_pictures import scene_picture
from configurator.scenes import in_detail
from configurator.stored import configuration_of
from integrations.api.endpoint import EVALUATING, Call, Endpoint, operation
from integrations.api.v1 import examples
from integrations.api.v1.scenes import (
    ModelQuery,
    SceneBody,
    SceneFile,
    answer_scene_file,
    caching_of,
    evaluated_scene,
    stored_scene,
)
from integrations.api.v1.shapes import scenes as shapes

type Side = Annotated[int, Field(ge=LEAST_SIDE, le=MOST_SIDE)]


class Asked(BaseModel):
    """How a picture is asked for."""

    width: Annotated[Side, Field(description="In pixels.")] = 1200
    height: Annotated[
        Side, Field(description="In pixels; with the width at most two million pixels.")
    ] = 900
    ground: Annotated[
        Literal["white", "shadow", "none"],
        Field(description="All white with a shadow, clear but for the shadow, or all clear."),
    ] = "white"
    format: Annotated[Literal["webp", "png", "avif"], Field(description="The kind of file.")] = (
        "webp"
    )

    def wish(self, view: str) -> Wish:
        """Return the picture that is asked for; refuses with PictureUnknown what is none."""
        return Wish(view, self.width, self.height, self.ground, self.format)


class PictureQuery(Asked, ModelQuery):
    """Which picture."""


class PictureBody(Asked, SceneBody):
    """Choices to be shown, and how. Nothing is kept: send the same again, get the same again."""


class ConfigurationPicture(Endpoint):
    @operation(
        id="getPicture",
        scope="configurator:read",
        summary="Read a picture of a configuration",
        query=PictureQuery,
        answers={200: shapes.PictureFile},
        files=tuple(MEDIA_TYPES.values()),
        tagged=True,
        is_hard=lambda _: True,
        refusals=("not-found", "scene-refused", "picture-unknown", "pictures-busy"),
    )
    def get(self, call: Call, id: str, view: str, query: PictureQuery) -> HttpResponse:
        """Return a picture of a configuration, drawn from its scene: `view` is corner, front, side,
        back or top.

        With the `fingerprint` that the scene names, the answer may be kept for good. What is not
        drawn within a second is refused with `pictures-busy` and goes on being drawn: ask again.
        """
        wish = query.wish(view)
        row = configuration_of(call.caller.merchant, id)
        scene = in_detail(stored_scene(call, row), query.detail)
        known = picture_fingerprint(scene, wish)
        return _file(call, scene, wish, caching_of(query.fingerprint, known))


class ProductPicture(Endpoint):
    @operation(
        id="evaluatePicture",
        idempotent=True,
        scope="configurator:evaluate",
        summary="Evaluate a picture",
        body=PictureBody,
        answers={200: shapes.PictureFile},
        files=tuple(MEDIA_TYPES.values()),
        tagged=True,
        is_hard=lambda _: True,
        refusals=(
            "not-found",
            "product-retired",
            "choices-malformed",
            "scene-refused",
            "picture-unknown",
            "pictures-busy",
            *EVALUATING,
        ),
        request_example=examples.EVALUATE_SCENE,
    )
    def post(self, call: Call, key: str, view: str, body: PictureBody) -> HttpResponse:
        """Return a picture of what follows from `choices`: `view` is corner, front, side, back or
        top.

        What is not drawn within a second is refused with `pictures-busy` and goes on being drawn:
        send the same again.
        """
        wish = body.wish(view)
        scene, _ = evaluated_scene(call, key, body)
        return _file(call, scene, wish, "no-store")


def _file(call: Call, scene: Scene, wish: Wish, caching: str) -> HttpResponse:
    name = f"{wish.view}.{wish.format}"
    file = SceneFile(picture_fingerprint(scene, wish), wish.media_type, name)
    return answer_scene_file(call, file, caching, lambda: scene_picture(scene, wish).content)
