"""What a person does with a configuration in the widget beside single choices: undo, begin again, have
the rest chosen, copy, compare, go on under the newest version.
"""

from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from catalog.product_model import ProductModel
from catalog.translations import spoken_locale
from configurator.choices import plain_choices
from configurator.comparing import comparison
from configurator.evaluation_json import completion_json, evaluation_json
from configurator.filling import choose_rest, start_again
from configurator.keeping import copied
from configurator.marking import MOST_METADATA, Marks
from configurator.models import Configuration as Row
from configurator.moving import Moved, move_to_newest
from configurator.salvage import Lost
from configurator.stored import configuration_of, model_of
from configurator.undoing import redo, undo
from integrations.api.discretion import discreet, hidden, told_to
from integrations.api.endpoint import EVALUATING, Call, Endpoint, answer_json, operation
from integrations.api.problems import MalformedInput
from integrations.api.reading import Body
from integrations.api.v1 import examples
from integrations.api.v1.configurations import (
    CompleteBody,
    MetadataKey,
    MetadataValue,
    Reference,
    expected,
    seen,
    tag_of,
    whole,
)
from integrations.api.v1.products import MOST_KEY, GivenWish
from integrations.api.v1.shapes import configurations as shapes

_CHANGING = ("not-found", *EVALUATING, "configuration-completed", "configuration-changed")


class StartAgainBody(Body):
    """What to begin again with."""

    preset: Annotated[
        str | None,
        Field(max_length=MOST_KEY, description="The key of a preset; nothing chosen, without it."),
    ] = None


class RestBody(Body):
    """What the rest is to be chosen for."""

    complete: GivenWish


class CopyConfigurationBody(Body):
    """What your own system calls the copy."""

    reference: Annotated[
        Reference | None, Field(description="No other configuration has the same.")
    ] = None
    metadata: Annotated[
        dict[MetadataKey, MetadataValue],
        Field(max_length=MOST_METADATA, description="Words of your own system, by key."),
    ] = Field(default_factory=dict)


class MoveBody(Body):
    """Whether to keep it so."""

    dry_run: Annotated[bool, Field(description="Only tell what would become of it.")] = False


class ConfigurationUndo(Endpoint):
    @operation(
        id="undoChange",
        scope="configurator:write",
        summary="Undo a change",
        body=CompleteBody,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=(*_CHANGING, "nothing-to-undo"),
        headers=("If-Match",),
        request_example={},
        answer_example=examples.UNDONE,
    )
    def post(self, call: Call, id: str, body: CompleteBody) -> HttpResponse:
        """Take back the last change of choices or quantity. `can_undo` tells whether there is one.

        The last 50 changes are kept. Repeated, it takes back the change before: send `If-Match` or
        an `Idempotency-Key`.
        """
        row = configuration_of(call.caller.merchant, id)
        model = model_of(row)
        with discreet(call, model, row.locale):
            undo(row, expected(call, row), hidden(call, model))
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})


class ConfigurationRedo(Endpoint):
    @operation(
        id="redoChange",
        scope="configurator:write",
        summary="Do again what was undone",
        body=CompleteBody,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=(*_CHANGING, "nothing-to-undo"),
        headers=("If-Match",),
        request_example={},
        answer_example=examples.REDONE,
    )
    def post(self, call: Call, id: str, body: CompleteBody) -> HttpResponse:
        """Do again what was undone last, until something else is changed. `can_redo` tells whether
        there is anything.
        """
        row = configuration_of(call.caller.merchant, id)
        model = model_of(row)
        with discreet(call, model, row.locale):
            redo(row, expected(call, row), hidden(call, model))
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})


class ConfigurationStart(Endpoint):
    @operation(
        id="startAgain",
        scope="configurator:write",
        summary="Start again",
        body=StartAgainBody,
        answers={200: shapes.Configuration},
        tagged=True,
        refusals=_CHANGING,
        headers=("If-Match",),
        request_example=examples.START_AGAIN,
        answer_example=examples.STARTED,
    )
    def post(self, call: Call, id: str, body: StartAgainBody) -> HttpResponse:
        """Take back all choices of an open configuration, or have those of a preset in their place.

        It can be undone. The quantity stays.
        """
        row = configuration_of(call.caller.merchant, id)
        model = model_of(row)
        with discreet(call, model, row.locale):
            start_again(row, body.preset, expected(call, row), hidden(call, model))
        return answer_json(whole(call, row), headers={"ETag": tag_of(row)})


class ConfigurationRest(Endpoint):
    @operation(
        id="chooseRest",
        scope="configurator:write",
        summary="Have the rest chosen",
        body=RestBody,
        is_hard=lambda body: True,
        answers={200: shapes.ConfigurationFilled},
        tagged=True,
        refusals=(*_CHANGING, "no-completion"),
        headers=("If-Match",),
        request_example=examples.CHOOSE_REST,
        answer_example=examples.REST_CHOSEN,
    )
    def post(self, call: Call, id: str, body: RestBody) -> HttpResponse:
        """Choose what is open so that it is cheapest, fastest, or closest to what there is or to a
        preset; and keep it.

        `completion` tells what was chosen, and whether nothing is better. It can be undone. Texts
        and colours that nobody can invent stay open. It is not completed by this.
        """
        row = configuration_of(call.caller.merchant, id)
        model = model_of(row)
        with discreet(call, model, row.locale):
            found = choose_rest(row, body.complete, expected(call, row))
        locale = row.locale or None
        completion = told_to(call, model, completion_json(found, model, locale), locale)
        return answer_json(
            {**whole(call, row), "completion": completion}, headers={"ETag": tag_of(row)}
        )


class ConfigurationCopy(Endpoint):
    @operation(
        id="copyConfiguration",
        scope="configurator:write",
        summary="Copy a configuration",
        body=CopyConfigurationBody,
        answers={201: shapes.Configuration},
        tagged=True,
        refusals=("not-found", *EVALUATING, "reference-taken"),
        request_example=examples.COPY,
        answer_example=examples.COPIED,
    )
    def post(self, call: Call, id: str, body: CopyConfigurationBody) -> HttpResponse:
        """Return a new open configuration with the choices, quantity, buyer and price list of another,
        open or completed.

        Its reference, its metadata and a price by hand stay behind.
        """
        row = configuration_of(call.caller.merchant, id)
        with discreet(call, model_of(row), row.locale):
            copy = copied(row, Marks(body.metadata, names=True, reference=body.reference))
        address = call.address(reverse("api:configuration", kwargs={"id": copy.public_id}))
        return answer_json(whole(call, copy), 201, {"ETag": tag_of(copy), "Location": address})


class ConfigurationMove(Endpoint):
    @operation(
        id="moveToNewest",
        scope="configurator:write",
        summary="Go on under the newest version",
        body=MoveBody,
        answers={200: shapes.ConfigurationMoved},
        tagged=True,
        refusals=_CHANGING,
        headers=("If-Match",),
        request_example=examples.MOVE,
        answer_example=examples.MOVED,
    )
    def post(self, call: Call, id: str, body: MoveBody) -> HttpResponse:
        """Have an open configuration under the newest version of its product, and tell what changes
        and what is lost.

        Prices are those of now. Changes made before cannot be undone, and a price by hand ends.
        With `dry_run` nothing is kept. A completed configuration stays under its version; move a
        copy.
        """
        row = configuration_of(call.caller.merchant, id)
        model = model_of(row)
        with discreet(call, model, row.locale):
            moved = move_to_newest(row, expected(call, row), body.dry_run)
        return answer_json(_moved(call, row, model, moved), headers={"ETag": tag_of(row)})


class ConfigurationComparison(Endpoint):
    @operation(
        id="compareConfigurations",
        scope="configurator:read",
        summary="Compare two configurations",
        answers={200: shapes.Comparison},
        refusals=("not-found",),
        answer_example=examples.COMPARED,
    )
    def get(self, call: Call, id: str, other: str) -> HttpResponse:
        """Return what is otherwise in the `other` configuration: options, parts, price lines, days.

        Both are of one product, of the same version or not, and told as they were last kept.
        """
        row = configuration_of(call.caller.merchant, id)
        second = configuration_of(call.caller.merchant, other)
        if row.product_id != second.product_id:
            raise MalformedInput(
                "Compare configurations of one product.",
                errors=[{"parameter": "other", "detail": f"that is one of {second.product.key}"}],
            )
        models = (model_of(row), model_of(second))
        locale = spoken_locale(models[0], row.locale or None)
        documents = seen(call, row, row.stored), seen(call, second, second.stored)
        return answer_json(comparison(*documents, models, locale))


def _moved(call: Call, row: Row, before: ProductModel, moved: Moved) -> dict[str, Any]:
    """Return what became of a configuration of the model `before` as the caller may see it."""
    after = moved.evaluation.model
    locale = spoken_locale(after, row.locale or None)
    unseen = {*hidden(call, before), *hidden(call, after)}
    document = evaluation_json(moved.evaluation, locale, moved.number)
    return {
        "from_version": moved.version.number,
        "to_version": moved.number,
        "moved": row.version.number != moved.version.number,
        "lost": [_lost(each) for each in moved.lost if each.option not in unseen],
        "clashed": {
            key: each for key, each in plain_choices(moved.clashed).items() if key not in unseen
        },
        "comparison": comparison(
            told_to(call, before, moved.before, locale),
            told_to(call, after, document, locale),
            (before, after),
            locale,
        ),
        "configuration": whole(call, row),
    }


def _lost(lost: Lost) -> dict[str, Any]:
    now = {} if lost.now is None else plain_choices({lost.option: lost.now})
    return {"option": lost.option, "was": lost.was, "now": now.get(lost.option)}
