"""What a configuration looks like in space: its parts with sizes and places, and a model for 3D
viewers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpResponse, HttpResponseNotModified
from django.urls import reverse
from pydantic import Field

from catalog.entity_tags import is_named
from catalog.errors import NotFound
from configurator.answering import follow
from configurator.geometry.camera import FIELD_OF_VIEW, VIEWS, camera_for, outer_points
from configurator.geometry.glb import MEDIA_TYPE, fingerprint
from configurator.geometry.picture_files import Wish, picture_fingerprint
from configurator.geometry.scene import Scene
from configurator.geometry.scene_json import scene_json
from configurator.models import Configuration
from configurator.offers import published
from configurator.ordering import consistent
from configurator.scenes import Detail, in_detail, model_file, scene_of, scene_of_configuration
from configurator.stored import configuration_of, model_of
from integrations.api.discretion import discreet, hidden
from integrations.api.endpoint import (
    EVALUATING,
    Call,
    Endpoint,
    answer_json,
    answer_tagged,
    operation,
)
from integrations.api.reading import Body, Locale, Query, VersionNumber, kept, read_choices
from integrations.api.v1 import examples
from integrations.api.v1.products import GivenChoices
from integrations.api.v1.shapes import scenes as shapes
from integrations.api.written import tagged

YEAR = 31_536_000


_DETAIL = Field(
    description="production takes out of each part what its operations say; view leaves that away."
)


def _is_production(asked: "SceneBody | SceneQuery") -> bool:
    """Tell whether parts are machined for the answer: thousands of cuts take seconds."""
    return asked.detail == "production"


class SceneBody(Body):
    """Choices to be shown. Nothing is kept: send the same again, get the same again."""

    choices: Annotated[GivenChoices, Field(description="What has been chosen so far.")]
    version: Annotated[VersionNumber | None, Field(description="The newest, without one.")] = None
    locale: Annotated[
        Locale | None, Field(description="The language of texts, such as de or fr-CA.")
    ] = None
    detail: Annotated[Detail, _DETAIL] = "view"


class SceneQuery(Query):
    detail: Annotated[Detail, _DETAIL] = "view"


class ModelQuery(SceneQuery):
    fingerprint: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            description="The one the scene names: the answer then never changes and may be kept for good.",
        ),
    ] = None


class ConfigurationScene(Endpoint):
    @operation(
        id="getScene",
        scope="configurator:read",
        summary="Read the scene of a configuration",
        query=SceneQuery,
        is_hard=_is_production,
        answers={200: shapes.ConfigurationScene},
        tagged=True,
        refusals=("not-found", "scene-refused"),
        answer_example=examples.SCENE,
    )
    def get(self, call: Call, id: str, query: SceneQuery) -> HttpResponse:
        """Return the parts of a configuration with sizes and places, its whole size, weight and
        centre of gravity.

        With `detail=production` volumes and weights are exact: what operations take out is gone.

        Refused with `not-found` where the product has no shapes, and with `scene-refused`, naming
        shape and field, where they cannot be built with these values.
        """
        row = configuration_of(call.caller.merchant, id)
        scene = in_detail(stored_scene(call, row), query.detail)
        known = fingerprint(scene)
        path = reverse("api:configuration-model", kwargs={"id": row.public_id})
        document = {
            "configuration": row.public_id,
            "product": row.product.key,
            "version": row.version.number,
            "fingerprint": row.fingerprint,
            "complete": row.stored["complete"],
            "model": {
                "fingerprint": known,
                "url": call.address(f"{path}?{_named(known, query.detail)}"),
            },
            "pictures": [
                _picture_told(call, scene, view, query.detail, "configuration", id=row.public_id)
                for view in VIEWS
            ],
            "scene": scene_json(scene, row.locale or None),
        }
        return answer_tagged(call, *tagged(document))


class ConfigurationModel(Endpoint):
    @operation(
        id="getModel",
        scope="configurator:read",
        summary="Read the 3D model of a configuration",
        query=ModelQuery,
        is_hard=_is_production,
        answers={200: shapes.ModelFile},
        files=(MEDIA_TYPE,),
        tagged=True,
        refusals=("not-found", "scene-refused"),
    )
    def get(self, call: Call, id: str, query: ModelQuery) -> HttpResponse:
        """Return the scene of a configuration as binary glTF (GLB): in metres, with y up and one
        named node a part.

        With the `fingerprint` that the scene names, the answer may be kept for good; one that is no
        longer that of the configuration is not found.
        """
        row = configuration_of(call.caller.merchant, id)
        scene = in_detail(stored_scene(call, row), query.detail)
        return _file(call, scene, caching_of(query.fingerprint, fingerprint(scene)))


class ProductScene(Endpoint):
    @operation(
        id="evaluateScene",
        idempotent=True,
        scope="configurator:evaluate",
        summary="Evaluate a scene",
        body=SceneBody,
        is_hard=_is_production,
        answers={200: shapes.ProductScene},
        refusals=(
            "not-found",
            "product-retired",
            "choices-malformed",
            "scene-refused",
            *EVALUATING,
        ),
        request_example=examples.EVALUATE_SCENE,
        answer_example=examples.EVALUATED_SCENE,
    )
    def post(self, call: Call, key: str, body: SceneBody) -> HttpResponse:
        """Return the parts that follow from `choices` with their sizes and places.

        What is not chosen has its default where it has one; a size that is still open refuses the
        scene with `scene-refused`.
        """
        scene, about = evaluated_scene(call, key, body)
        address = call.address(reverse("api:product-model", kwargs={"key": key}))
        model = {"fingerprint": fingerprint(scene), "url": address}
        document = {
            **about,
            "model": model,
            "pictures": [
                _picture_told(call, scene, view, body.detail, "product", key=key) for view in VIEWS
            ],
            "scene": scene_json(scene, body.locale),
        }
        return answer_json(document)


class ProductModel(Endpoint):
    @operation(
        id="evaluateModel",
        idempotent=True,
        scope="configurator:evaluate",
        summary="Evaluate a 3D model",
        body=SceneBody,
        is_hard=_is_production,
        answers={200: shapes.ModelFile},
        files=(MEDIA_TYPE,),
        tagged=True,
        refusals=(
            "not-found",
            "product-retired",
            "choices-malformed",
            "scene-refused",
            *EVALUATING,
        ),
        request_example=examples.EVALUATE_SCENE,
    )
    def post(self, call: Call, key: str, body: SceneBody) -> HttpResponse:
        """Return the scene that follows from `choices` as binary glTF (GLB).

        Its ETag is the fingerprint that the scene of the same choices names: ask only for what you
        do not have yet.
        """
        scene, _ = evaluated_scene(call, key, body)
        return _file(call, scene, "no-store")


def _named(known: str, detail: Detail) -> str:
    """Return what an address says of a file whose fingerprint is `known`."""
    return f"fingerprint={known}" + ("" if detail == "view" else f"&detail={detail}")


def _picture_told(
    call: Call, scene: Scene, view: str, detail: Detail, of: str, **parts: str
) -> dict[str, Any]:
    """Return where the picture from `view` is, and how a viewer goes on from it.

    The address of a stored configuration's names its fingerprint.
    """
    wish = Wish(view)
    known = picture_fingerprint(scene, wish)
    camera = camera_for(VIEWS[view], outer_points(scene), wish.width / wish.height)
    path = reverse(f"api:{of}-picture", kwargs={**parts, "view": view})
    asked = _named(known, detail)
    return {
        "view": view,
        "fingerprint": known,
        "url": call.address(path if of == "product" else f"{path}?{asked}"),
        "camera_orbit": camera.orbit,
        "field_of_view": f"{FIELD_OF_VIEW:g}deg",
    }


def stored_scene(call: Call, row: Configuration) -> Scene:
    """Return the scene of a stored configuration, as the caller may see it."""
    model = model_of(row)
    with discreet(call, model, row.locale):
        return scene_of_configuration(row, hidden(call, model))


def evaluated_scene(call: Call, key: str, body: SceneBody) -> tuple[Scene, dict[str, Any]]:
    """Return the scene of choices, and what it is of."""
    offer = published(call.caller.merchant.slug, key, body.version)
    model = offer.product.model
    choices = kept(read_choices(model, body.choices, "/choices", hidden(call, model)))
    with discreet(call, model, body.locale):
        evaluation = consistent(follow(offer, choices), body.locale, offer.version)
        scene = scene_of(evaluation, body.locale, hidden(call, model))
        scene = in_detail(scene, body.detail)
    return scene, {
        "product": key,
        "version": offer.version,
        "fingerprint": evaluation.fingerprint,
        "complete": evaluation.complete,
    }


def _file(call: Call, scene: Scene, caching: str) -> HttpResponse:
    file = SceneFile(fingerprint(scene), MEDIA_TYPE, "model.glb")
    return answer_scene_file(call, file, caching, lambda: model_file(scene))


@dataclass(frozen=True)
class SceneFile:
    """A file that is made of a scene: equal fingerprint, equal content."""

    fingerprint: str
    media_type: str
    name: str


def answer_scene_file(
    call: Call, file: SceneFile, caching: str, make: Callable[[], bytes]
) -> HttpResponse:
    """Return a file under its fingerprint; it is made only for who does not have it."""
    tag = f'"{file.fingerprint}"'
    headers = {"ETag": tag, "Cache-Control": f"private, {caching}"}
    if call.request.method != "POST" and is_named(tag, call.request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(
        make(),
        content_type=file.media_type,
        headers={
            **headers,
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f'inline; filename="{file.name}"',
        },
    )


def caching_of(named: str | None, known: str) -> str:
    """Return how long an answer may be kept: for good where its address names the fingerprint.

    Refuses with NotFound an address that names another one.
    """
    if named not in (None, known):
        raise NotFound("The configuration looks otherwise by now; read its scene again.")
    return "no-cache" if named is None else f"max-age={YEAR}, immutable"
