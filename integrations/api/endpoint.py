"""What all addresses of the API do alike: read strictly, ask who calls, count, call the handler,
answer in JSON.

Each handler declares itself with `@operation`; the same declaration is what refuses a missing scope
and what the OpenAPI document tells of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, partial, wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from pydantic import BaseModel, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.acting import SYSTEM, acting, acts
from catalog.client_addresses import counted_address
from catalog.entity_tags import ANY, LIST, is_named
from integrations.access import throttle
from integrations.access.authentication import Caller
from integrations.access.models import KEPT_ANSWERS, KEPT_ORDERS
from integrations.access.publishable import preflight_headers, refuse_withheld, shared_headers
from integrations.access.versions import HEADER, version_of
from integrations.api import problems
from integrations.api.callers import (
    BearerAuthentication,
    HasScope,
    RequestLimit,
    actor_behind,
    admit,
    caller_behind,
    counted_as,
)
from integrations.api.idempotency import KeyMissing, answer_once, key_of
from integrations.api.reading import Body, Query, no_query, read_body, read_json, read_query

JSON = "application/json"
EVALUATING = ("choices-conflict", "product-void", "engine-exhausted")
"""The codes of problems that any operation may answer that evaluates choices."""


@dataclass(frozen=True)
class Operation:
    """What a handler declares of itself.

    `answers` gives the shape by status, `variants` other shapes of a success by their media types;
    `refusals` the codes of problems beyond those that any operation may answer. `repeatable` says
    that an Idempotency-Key has an effect: with every POST, unless it is declared `idempotent`,
    since it keeps nothing or a repeated call is the same call.
    Where money or files are made the key is required, always (`key_required`) or with some bodies
    (`key_wanted`). `tagged` says that answers carry an ETag of what they show; that of another GET
    is of its content. `is_hard` tells of which bodies (or queries, without a body) nobody knows how
    much work they are: these calls have a limit of their own. `heavy` says that work begins which
    goes on beside the request.
    `files` are the media types of an answer that is a file, not JSON. `most_body` is how many bytes
    a body may have where that is more than others may. `read` reads a body that is not JSON alone;
    `also` are the media types, beside JSON, that body and answer then have.
    """

    id: str
    scope: str
    summary: str
    answers: Mapping[int, type[BaseModel]]
    variants: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    body: type[Body] | None = None
    query: type[Query] | None = None
    refusals: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    repeatable: bool = False
    idempotent: bool = False
    key_required: bool = False
    key_wanted: Callable[[Any], bool] | None = None
    tagged: bool = False
    is_hard: Callable[[Any], bool] = lambda asked: False
    heavy: bool = False
    request_example: Any = None
    answer_example: Any = None
    files: tuple[str, ...] = ()
    most_body: int | None = None
    read: Callable[[HttpRequest, int | None], Any] = read_json
    also: tuple[str, ...] = ()

    def kind(self, method: str | None) -> str:
        """Return the class of operations whose limit it counts under."""
        if self.heavy:
            return throttle.HEAVY
        if self.scope == "configurator:evaluate":
            return throttle.EVALUATE
        return throttle.READ if method in {"GET", "HEAD"} else throttle.WRITE

    @property
    def needs_key(self) -> bool:
        """Whether some call of it, or every one, needs an Idempotency-Key."""
        return self.key_required or self.key_wanted is not None

    @cached_property
    def kept_for(self) -> timedelta:
        """How long the answer to a key is kept: longer where money, files or jobs are made."""
        is_order = self.needs_key or HTTPStatus.ACCEPTED in self.answers
        return KEPT_ORDERS if is_order else KEPT_ANSWERS

    @cached_property
    def body_optional(self) -> bool:
        """Whether the body may be left out, since nothing in it has to be said."""
        if self.body is None:
            return False
        try:
            self.body.model_validate({})
        except ValidationError:
            return False
        return True


@dataclass(frozen=True)
class Call:
    """A request whose sender is known: the plain HTTP request, who sends it, and what it asks for."""

    request: HttpRequest
    caller: Caller
    declared: Operation

    def address(self, path: str) -> str:
        """Return the absolute address of `path` on this site."""
        return self.request.build_absolute_uri(path)


def operation(
    **declared: Any,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare a handler; the arguments are those of Operation. It takes a Call in place of the
    request.
    """
    given = Operation(**declared)

    def declare(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        is_read = handler.__name__ == "get"
        is_repeatable = handler.__name__ == "post" and not given.idempotent
        tagged = given.tagged or is_read
        declaration = replace(given, repeatable=is_repeatable, tagged=tagged)

        @wraps(handler)
        def answer(view: Endpoint, request: Request, /, **parts: Any) -> HttpResponse:
            response = _answered(declaration, partial(handler, view), view, request, parts)
            if is_read and response.status_code == HTTPStatus.OK and "ETag" not in response.headers:
                return _tagged_by_content(request, response)
            return response

        answer.operation = declaration  # type: ignore[attr-defined]
        return answer

    return declare


def operation_of(view: Any, method: str) -> Operation | None:
    """Return what `view` declares for `method`, None where it has no such handler."""
    name = "get" if method.upper() == "HEAD" else method.lower()
    return getattr(getattr(view, name, None), "operation", None)


class Endpoint(APIView):
    """One address. Handlers take the call, then `body` and `query` where declared, then what the
    path names.

    Answers are HTTP responses of ready JSON, whatever `Accept` says, so no renderer is negotiated.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    refuses_nul = True
    authentication_classes = [BearerAuthentication]
    throttle_classes = [RequestLimit]
    permission_classes = [HasScope]
    # Bodies are read by `read_json`.
    parser_classes: list[type[BaseParser]] = []
    default_response_headers: dict[str, str] = {}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Give the request an id to find it by, whatever becomes of it."""
        super().setup(request, *args, **kwargs)
        self.request_id = problems.new_request_id()
        self.answer_headers = {"Request-Id": self.request_id}
        self.caller: Caller | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a browser that asks whether a page may call, and everything else as declared."""
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return HttpResponse(
                status=204, headers=dict(preflight_headers(request.headers.get("Origin")))
            )
        # Whoever acts here acts no longer afterwards.
        with acting(lambda: SYSTEM):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse with MethodNotAllowed NotAcceptable or VersionUnknown, or as `admit` does."""
        declared = operation_of(self, request.method or "")
        if declared is None:
            allowed = sorted(
                name.upper() for name in self.http_method_names if operation_of(self, name)
            )
            raise problems.MethodNotAllowed(f"Use {' or '.join(allowed)} here.", allowed=allowed)
        self.declared = declared
        admit(self, request)
        assert self.caller is not None
        header = request._request.META.get("HTTP_CONFIGURATOR_VERSION")
        refuse_unacceptable(request._request.META.get("HTTP_ACCEPT"), declared)
        self.answer_headers[HEADER] = version_of(header, self.caller.version)

    def perform_authentication(self, request: Request) -> None:
        """Find the caller, and remember it."""
        # Asking for the user is what authenticates.
        self.caller = caller_behind(request)
        acts(partial(actor_behind, self.caller))

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override] # no renderer writes these
        """Return every error as a problem."""
        return problems.answer(exc, self.request_id)

    def finalize_response(  # type: ignore[override] # no renderer writes these
        self, request: HttpRequest, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add what every answer tells, and write down that the call was answered."""
        for name, value in self.answer_headers.items():
            response.headers[name] = value
        credential = "-" if self.caller is None else self.caller.credential
        plain: HttpRequest = getattr(request, "_request", request)
        if self.caller is not None and self.caller.origins is not None:
            for name, value in shared_headers(plain.headers["Origin"]).items():
                response.headers[name] = value
        problems.log(self.request_id, plain.method, plain.path, response, credential)
        return response


def _answered(
    declared: Operation,
    handler: Callable[..., HttpResponse],
    view: Endpoint,
    request: Request,
    parts: dict[str, Any],
) -> HttpResponse:
    """Read what the operation declares, and answer: within its allowance of work, or once for its
    key.
    """
    plain = request._request
    arguments = dict(parts)
    if declared.query is not None:
        arguments["query"] = read_query(declared.query, plain)
    else:
        no_query(plain)
    document = None
    if declared.body is not None:
        is_left_out = declared.body_optional and _is_empty(plain)
        document = {} if is_left_out else declared.read(plain, declared.most_body)
        arguments["body"] = read_body(declared.body, document)
    assert view.caller is not None
    call = Call(plain, view.caller, declared)
    body = arguments.get("body", arguments.get("query"))
    if call.caller.origins is not None:
        refuse_withheld(body)
    key = key_of(plain) if declared.repeatable else None
    if key is None and (
        declared.key_required or (declared.key_wanted and declared.key_wanted(body))
    ):
        raise KeyMissing(
            "Send an Idempotency-Key of your own, such as a UUID, and repeat it with the call."
        )
    answer = partial(handler, call, **arguments)
    if key is not None:
        answer = partial(answer_once, call.caller, key, plain, document, answer, declared.kept_for)
    if declared.is_hard(body):
        whose = counted_as(call.caller, counted_address(plain.META))
        with throttle.working(whose, view.answer_headers):
            return answer()
    return answer()


def refuse_unacceptable(accept: str | None, declared: Operation) -> None:
    """Refuse with NotAcceptable an operation that answers nothing of what an `Accept` names."""
    if accept is None or "*/*" in accept or JSON in accept:
        return
    offered = (*(declared.files or (JSON,)), *declared.also, *declared.variants)
    asked = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    groups = {f"{each.partition('/')[0]}/*" for each in offered}
    if accept.strip() and asked.isdisjoint({*offered, *groups, JSON, problems.MEDIA_TYPE}):
        raise problems.NotAcceptable(
            f"Accept {' or '.join(offered)}, or leave the header out.", offered=list(offered)
        )


def _tagged_by_content(request: Request, response: HttpResponse) -> HttpResponse:
    """Return an answer under a tag of its content, or 304 when the caller has it already."""
    tag = f'"{sha256(response.content).hexdigest()[:32]}"'
    if is_named(tag, request._request.META.get("HTTP_IF_NONE_MATCH")):
        return HttpResponseNotModified(headers={"ETag": tag})
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _is_empty(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") in {None, "", "0"} and not request.META.get(
        "HTTP_TRANSFER_ENCODING"
    )


def answer_json(
    document: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return `document` as a JSON answer."""
    return answer_bytes(orjson.dumps(document), status, headers)


def answer_bytes(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return JSON that is already written as an answer."""
    return HttpResponse(
        body, content_type=JSON, status=status, headers=dict(headers) if headers else None
    )


def answer_tagged(call: Call, body: bytes, tag: str) -> HttpResponse:
    """Return JSON under the entity tag `tag`, or 304 when the caller has it already."""
    if is_named(tag, call.request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers={"ETag": tag})
    return answer_bytes(body, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


def answer_changed(body: bytes, tag: str, status: int = 200, **headers: str) -> HttpResponse:
    """Return JSON of what a call made or changed, under its new entity tag."""
    return answer_bytes(body, status, {"ETag": tag, **headers})


def expects(call: Call, tag: str | None) -> bool:
    """Tell whether the call's If-Match, if it has one, names what is there now, under `tag`; None
    where nothing is.

    Refuses with MalformedInput what is no entity tag.
    """
    header = call.request.headers.get("If-Match")
    if header is None:
        return True
    if header.strip() != ANY and not LIST.fullmatch(header):
        raise problems.MalformedInput(
            'Send the ETag you read, with its quotes, such as "r3".',
            errors=[{"parameter": "If-Match", "detail": "expected entity tags"}],
        )
    return tag is not None and is_named(tag, header)


def refuse_stale(call: Call, tag: str | None) -> None:
    """Refuse a call that would change what was changed since it was read: with ChangedMeanwhile
    where its If-Match names another state than `tag`, which is None for nothing, and with
    PreconditionRequired where it names none though something is there.

    What only tries (`dry_run`) may leave the tag out.
    """
    headers, asked = call.request.headers, call.request.GET
    if tag is not None and "If-Match" not in headers and asked.get("dry_run") != "true":
        raise problems.PreconditionRequired(
            "Read it first and send its ETag as If-Match, or If-Match: * for whatever is there.",
            tag=tag,
        )
    if not expects(call, tag):
        raise problems.ChangedMeanwhile(
            "Somebody changed this since you read it. Read it again, then repeat your change.",
            **({} if tag is None else {"tag": tag}),
        )
