"""Sweeps of a draft's shapes: many configurations by chance, built by a worker."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from catalog.errors import NotFound
from catalog.models import Product
from configurator.models import ShapeSweep
from configurator.shape_sweep import MOST_CONFIGURATIONS, MOST_SEED
from configurator.sweeping import USUAL_COUNT, begin_sweep, sweep_called
from integrations.api.endpoint import Call, Endpoint, answer_json, operation
from integrations.api.reading import Body
from integrations.api.v1 import examples
from integrations.api.v1.shapes import sweeps as shapes


class SweepBody(Body):
    """How many configurations, and which."""

    count: Annotated[
        int, Field(ge=1, le=MOST_CONFIGURATIONS, description="How many configurations.")
    ] = USUAL_COUNT
    seed: Annotated[
        int | None,
        Field(ge=0, le=MOST_SEED, description="Which ones; one by chance, without it."),
    ] = None


class ShapeSweeps(Endpoint):
    @operation(
        id="sweepShapes",
        idempotent=True,
        scope="catalog:check",
        summary="Build configurations by chance",
        body=SweepBody,
        answers={200: shapes.ShapeSweep, 202: shapes.ShapeSweep},
        refusals=("not-found", "malformed", "expression-refused", "engine-refused"),
        heavy=True,
        request_example=examples.SWEEP,
        answer_example=examples.SWEEP_BEGUN,
    )
    def post(self, call: Call, key: str, body: SweepBody) -> HttpResponse:
        """Build valid, complete configurations of the draft by chance, and report what fails and
        how large they get.

        The answer is 202 with a `Location` that tells how far it is. With the same `seed` a draft
        that has not changed is swept once: who asks again gets the same sweep, 200 once it is done,
        so a repeated call needs no Idempotency-Key. A new sweep stops one of the product that runs.
        """
        product = _product(call, key)
        row = begin_sweep(product, body.count, body.seed)
        address = reverse("api:shape-sweep", kwargs={"key": key, "id": row.public_id})
        status = 202 if row.state == ShapeSweep.State.RUNNING else 200
        return answer_json(_told(product, row), status, {"Location": call.address(address)})


class ShapeSweepRead(Endpoint):
    @operation(
        id="getShapeSweep",
        scope="catalog:check",
        summary="Follow a sweep of shapes",
        answers={200: shapes.ShapeSweep},
        refusals=("not-found",),
        answer_example=examples.SWEPT,
    )
    def get(self, call: Call, key: str, id: str) -> HttpResponse:
        """Return how far a sweep is and, once it is done, its report. The last ten of a product are
        kept.

        A sweep that `stopped` was overtaken by another, or its process ended: begin another.
        """
        product = _product(call, key)
        return answer_json(_told(product, sweep_called(product, id)))


def _product(call: Call, key: str) -> Product:
    product: Product | None = (
        Product.objects.for_merchant(call.caller.merchant).filter(key=key).first()
    )
    if product is None:
        raise NotFound(f"There is no product '{key}'.")
    return product


def _told(product: Product, row: ShapeSweep) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "product": product.key,
        "state": str(row.state),
        "seed": row.seed,
        "count": row.count,
        "done": row.done,
        "started_at": row.started_at.isoformat(),
        "built": row.report.get("built"),
        "failures": row.report.get("failures", []),
        "extremes": row.report.get("extremes", []),
    }
