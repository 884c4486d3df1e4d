"""Checks of drafts: what publishing would remark, how far a check is, and findings that may stay."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from catalog import checking
from catalog.errors import NotFound
from catalog.models import CheckRun, Product
from integrations.api.endpoint import Call, Endpoint, answer_json, operation
from integrations.api.reading import SAYS_SOMETHING, Body
from integrations.api.v1 import examples
from integrations.api.v1.shapes import checks as shapes


class AcceptBody(Body):
    """A finding of the last check, and why it may stay."""

    identity: Annotated[
        str, Field(min_length=1, max_length=20, description="The identity that the finding has.")
    ]
    reason: Annotated[
        str | None,
        Field(
            pattern=SAYS_SOMETHING,
            max_length=checking.MOST_REASON,
            description="Why it may stay; null takes that back.",
        ),
    ]
    by: Annotated[
        str, Field(max_length=150, description="Who says so; the name of the key, without it.")
    ] = ""


class Checks(Endpoint):
    @operation(
        id="checkProduct",
        idempotent=True,
        scope="catalog:check",
        summary="Check the draft",
        answers={200: shapes.Check, 202: shapes.Check},
        refusals=("not-found",),
        heavy=True,
        is_hard=lambda _: True,
        answer_example=examples.CHECK,
    )
    def post(self, call: Call, key: str) -> HttpResponse:
        """Check the draft of a product, as publishing would, and return what is found.

        A large product is checked in the background: the answer is then 202 with a `Location` that
        tells how far the check is. As long as nothing changes, everybody who asks gets the same
        check, so a repeated call needs no Idempotency-Key.
        """
        product = _product(call, key)
        run = checking.check_of(product)
        address = reverse("api:check", kwargs={"key": key, "id": run.public_id})
        running = run.state == CheckRun.State.RUNNING
        return answer_json(
            _told(product, run), 202 if running else 200, {"Location": call.address(address)}
        )


class Check(Endpoint):
    @operation(
        id="getCheck",
        scope="catalog:check",
        summary="Follow a check",
        answers={200: shapes.Check},
        refusals=("not-found",),
        answer_example=examples.CHECK,
    )
    def get(self, call: Call, key: str, id: str) -> HttpResponse:
        """Return how far a check is and, once it is done, its findings. The last checks of a
        product are kept.

        A check that `stopped` was overtaken by a change of the draft, or its process ended: begin
        another.
        """
        product = _product(call, key)
        return answer_json(_told(product, checking.run_called(product, id)))


class AcceptedFindings(Endpoint):
    @operation(
        id="acceptFinding",
        scope="catalog:check",
        summary="Accept a finding",
        body=AcceptBody,
        answers={200: shapes.AcceptedFindings},
        refusals=("not-found", "finding-not-acceptable"),
        request_example=examples.ACCEPT,
        answer_example=examples.ACCEPTED,
    )
    def post(self, call: Call, key: str, body: AcceptBody) -> HttpResponse:
        """Record that a finding of the last check may stay, and why. It is shown with the reason
        from then on.

        When the matter changes it is another finding and counts again. Errors cannot be accepted.
        The answer lists all that is accepted of this product.
        """
        product = _product(call, key)
        if body.reason is None:
            checking.withdraw(product, body.identity)
        else:
            checking.accept(product, body.identity, body.reason, body.by or call.caller.credential)
        return answer_json(
            {"data": [_accepted(each) for each in checking.accepted_findings(product)]}
        )


def _product(call: Call, key: str) -> Product:
    product: Product | None = (
        Product.objects.for_merchant(call.caller.merchant).filter(key=key).first()
    )
    if product is None:
        raise NotFound(f"There is no product '{key}'.")
    return product


def _told(product: Product, run: CheckRun) -> dict[str, Any]:
    remarks = checking.remarks(checking.findings_in(run), checking.accepted_findings(product))
    return {
        "id": run.public_id,
        "product": product.key,
        "draft": run.draft,
        "state": str(run.state),
        "stage": run.stage,
        "done": run.done,
        "total": run.total,
        "started_at": run.started_at.isoformat(),
        "findings": [checking.remark_json(remark) for remark in remarks],
    }


def _accepted(accepted: Any) -> dict[str, str]:
    return {
        name: getattr(accepted, name) for name in ("identity", "code", "path", "reason", "by", "at")
    }
