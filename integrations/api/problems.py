"""How every "no" of the project reads over HTTP: RFC 9457 problems, made here and nowhere else."""

import logging
import secrets
import sys
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from catalog.database_trouble import RETRY_SECONDS, UNAVAILABLE
from catalog.errors import Refusal
from catalog.noting import noted
from catalog.nul_requests import fields_with_nul, refuses_nul
from catalog.races import lost_race

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MOST_LOGGED, MOST_TOLD = 300, 50
# Each kind is described on the page of the API, under its code.
TYPE = "/api/docs/#problem-{code}"


class MalformedJson(Refusal):
    """The body is no JSON document; `detail` tells where it stops being one."""

    slug = "malformed-json"
    title = "The body is no JSON"
    status = 400


class MalformedInput(Refusal):
    """Fields that are unknown, missing or of the wrong type, each named in `errors`. Nothing is
    coerced.
    """

    slug = "malformed-input"
    title = "The input could not be read"
    status = 400


class ChangedMeanwhile(Refusal):
    """What the call is to change is no longer what `If-Match` names; the header `ETag` tells what
    it is now.
    """

    slug = "changed-meanwhile"
    title = "Somebody changed this"
    status = 412

    def members(self) -> dict[str, Any]:
        """Return nothing: the entity tag is a header."""
        return {}

    def headers(self) -> dict[str, str]:
        """Return the entity tag of what is there now, if anything is."""
        tag = self.data.get("tag")
        return {**super().headers(), **({"ETag": tag} if tag else {})}


class PreconditionRequired(Refusal):
    """The call would replace or delete what is there without saying what it read; the header `ETag`
    tells what it is now.
    """

    slug = "precondition-required"
    title = "Say what you read"
    status = 428

    def members(self) -> dict[str, Any]:
        """Return nothing: the entity tag is a header."""
        return {}

    def headers(self) -> dict[str, str]:
        """Return the entity tag of what is there now."""
        return {**super().headers(), "ETag": self.data["tag"]}


class NotAcceptable(Refusal):
    """The header `Accept` names nothing that this address answers; `offered` lists what it does."""

    slug = "not-acceptable"
    title = "Nothing of that kind is answered here"
    status = 406


class UnknownAddress(Refusal):
    """There is nothing at this address."""

    slug = "unknown-address"
    title = "There is nothing here"
    status = 404


class MethodNotAllowed(Refusal):
    """The address exists and does not take this method; the header `Allow` names those it takes."""

    slug = "method-not-allowed"
    title = "This method is not allowed here"
    status = 405

    def members(self) -> dict[str, Any]:
        """Return nothing: the methods are a header."""
        return {}

    def headers(self) -> dict[str, str]:
        """Return the methods that the address takes."""
        return {**super().headers(), "Allow": ", ".join(self.data["allowed"])}


class BodyTooLarge(Refusal):
    """The body is larger than this API reads."""

    slug = "body-too-large"
    title = "The body is too large"
    status = 413


class UnsupportedMediaType(Refusal):
    """The body is not sent as `application/json`."""

    slug = "unsupported-media-type"
    title = "Send JSON"
    status = 415


class UnsupportedCoding(Refusal):
    """The body is packed in a way that is not read here; the header `Accept-Encoding` names those
    that are.
    """

    slug = "unsupported-coding"
    title = "The body is packed in an unknown way"
    status = 415

    def members(self) -> dict[str, Any]:
        """Return nothing: the codings are a header."""
        return {}

    def headers(self) -> dict[str, str]:
        """Return the codings that are read here."""
        return {**super().headers(), "Accept-Encoding": self.data["accepted"]}


class BadRequest(Refusal):
    """A request that is no proper HTTP request to this site, such as one for a host it does not
    serve.
    """

    slug = "bad-request"
    title = "The request could not be read"
    status = 400


class DatabaseUnavailable(Refusal):
    """The database cannot be reached or is busy. Nothing was done; ask again after `Retry-After`
    seconds.
    """

    slug = "database-unavailable"
    title = "The service is busy"
    status = 503


class InternalFault(Refusal):
    """A fault of this service. Nothing was kept; `request_id` finds it in the log."""

    slug = "internal-error"
    title = "Something went wrong here"
    status = 500


def new_request_id() -> str:
    """Return an id for one request, to find it in logs."""
    return noted().get("request_id") or f"req_{secrets.token_hex(8)}"


def refusal_of(error: Exception) -> Refusal:
    """Return what to tell: a Refusal itself, a lost race as 409, database trouble as 503, all else
    as 500.
    """
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge("Send less at once.")
    if isinstance(error, SuspiciousOperation):
        return BadRequest("Check the address and the headers of the request.")
    if isinstance(error, Http404):
        return UnknownAddress("Check the address; /api/docs/ lists all of them.")
    if isinstance(error, IntegrityError) and (lost := lost_race(error)) is not None:
        return lost
    if isinstance(error, UNAVAILABLE):
        return DatabaseUnavailable(
            "Nothing was done. Ask again in a few seconds.", retry_after=RETRY_SECONDS
        )
    return InternalFault("Nothing was kept. If it happens again, report the request_id.")


def respond(refusal: Refusal, request_id: str) -> HttpResponse:
    """Return `refusal` as an HTTP response; each place that is wrong has a code, by default that of
    the whole, and at most MOST_TOLD are told.
    """
    members = refusal.members()
    if errors := members.get("errors"):
        # Who sent ten thousand wrong fields is told of the first ones.
        members["errors"] = [{"code": refusal.slug, **each} for each in errors[:MOST_TOLD]]
    document = {
        "type": TYPE.format(code=refusal.slug),
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.sentence,
        "code": refusal.slug,
        "request_id": request_id,
        **members,
    }
    response = HttpResponse(
        orjson.dumps(document),
        content_type=MEDIA_TYPE,
        status=refusal.status,
        headers={**refusal.headers(), "Request-Id": request_id},
    )
    # Django would warn of every refused click; what is a fault of ours is logged by `answer`, under
    # its id.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def answer(error: Exception, request_id: str) -> HttpResponse:
    """Return `error` as a problem; what is a fault of ours goes to the log under `request_id`."""
    refusal = refusal_of(error)
    # A refusal that was meant is none of our faults, such as that something is being made just now.
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR and refusal is not error:
        logger.error("%s: %s", request_id, error, exc_info=error)
    return respond(refusal, request_id)


def log(
    request_id: str, method: str | None, path: str, response: HttpResponse, credential: str = "-"
) -> None:
    """Write down that a call was answered: whoever names its id is told what became of it."""
    # As it is sent: a line break in a path would write lines of its own.
    address = quote(path, safe="/~")
    logger.info(
        "%s %s %s %s %s",
        request_id,
        credential,
        method,
        address[:MOST_LOGGED],
        response.status_code,
    )


def answer_outside(error: Exception, request: HttpRequest) -> HttpResponse:
    """Return `error` as a problem, where no operation was found that would answer and log it."""
    request_id = new_request_id()
    response = answer(error, request_id)
    log(request_id, request.method, request.path, response)
    return response


def is_api(request: HttpRequest) -> bool:
    """Tell whether the API was asked, so that it answers in JSON whatever goes wrong."""
    return request.path_info.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a problem under /api/, the usual page elsewhere."""
    if is_api(request):
        return answer_outside(
            exception if isinstance(exception, SuspiciousOperation) else SuspiciousOperation(),
            request,
        )
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: a problem under /api/, the usual page elsewhere."""
    if is_api(request):
        return answer_outside(Http404(), request)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a problem under /api/, the usual page elsewhere; 503 where the database
    is the reason.

    Django has logged the error already, without the id that the answer names.
    """
    error = cast(Exception, sys.exception() or RuntimeError())
    refusal = refusal_of(error)
    if is_api(request):
        return answer_outside(error, request)
    page = defaults.server_error(request)
    page.status_code = refusal.status
    for name, value in refusal.headers().items():
        page.headers[name] = value
    return page


@csrf_exempt
@refuses_nul
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer every address under /api/ that nothing else answers."""
    return answer_outside(SuspiciousOperation() if fields_with_nul(request) else Http404(), request)


def only_read(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return `view` for GET and HEAD; other methods are told that it takes none but these."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        return answer_outside(
            MethodNotAllowed("Use GET or HEAD here.", allowed=["GET", "HEAD"]), request
        )

    return wrapped
