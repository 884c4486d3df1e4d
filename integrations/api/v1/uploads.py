"""Pictures and drawings of shoppers, uploaded by shops that ask them in a page of their own."""

from typing import Annotated

from django.http import HttpResponse
from pydantic import Field

from catalog.pictures import MAX_BYTES
from configurator.uploads import DAYS_KEPT, keep_upload
from integrations.access import throttle
from integrations.api.base64_bodies import content_of
from integrations.api.endpoint import Call, Endpoint, answer_json, operation
from integrations.api.reading import Body
from integrations.api.v1 import examples
from integrations.api.v1.shapes import uploads as shapes

MOST_BODY = MAX_BYTES * 4 // 3 + 1024


class UploadBody(Body):
    """A file as a shopper has it."""

    content: Annotated[
        str,
        Field(
            max_length=MOST_BODY,
            description="The file in base64: a PNG, JPEG or WebP picture, or an SVG drawing.",
        ),
    ]


class Uploads(Endpoint):
    @operation(
        id="uploadFile",
        idempotent=True,
        scope="configurator:evaluate",
        summary="Upload a file of a shopper",
        body=UploadBody,
        most_body=MOST_BODY,
        answers={201: shapes.Upload},
        refusals=("upload-refused", "uploads-busy"),
        request_example=examples.UPLOAD_FILE,
        answer_example=examples.UPLOAD,
    )
    def post(self, call: Call, body: UploadBody) -> HttpResponse:
        """Keep a picture or drawing that is to be printed, and return what choices call it.

        It is made anew: upright, in the colours of screens, without what cameras and programs write
        beside it; of a drawing, its shapes alone. The same file again has the same name. It stays
        as long as a configuration names it; one that none names goes after 30 days.
        """
        content = content_of(body.content)
        with throttle.working(call.caller.credential, {}):
            kept = keep_upload(call.caller.merchant, content)
        told = {
            "name": kept.name,
            "kind": "drawing" if kept.is_drawing else "picture",
            "width": None if kept.is_drawing else kept.width,
            "height": None if kept.is_drawing else kept.height,
            "days_kept": DAYS_KEPT,
        }
        return answer_json(told, 201)
