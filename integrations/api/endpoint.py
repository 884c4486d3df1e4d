"""What all addresses of the API do alike: read strictly, ask who calls, count, call the handler, answer in JSON.

Each handler declares itself with `@operation`; the same declaration is what refuses a missing scope and what the
OpenAPI document tells of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from pydantic import BaseModel, ValidationError
from rest_framework.views import APIView

from catalog.entity_tags import ANY, LIST, is_named
from integrations.access import throttle
from integrations.access.addresses import client_address
from integrations.access.authentication import Caller, caller_of
from integrations.api import problems
from integrations.api.idempotency import answer_once, key_of
from integrations.api.reading import Body, Query, no_query, read_body, read_json, read_query

JSON = "application/json"
EVALUATING = ("choices-conflict", "product-void", "engine-exhausted")
"""The codes of problems that any operation may answer that evaluates choices."""


@dataclass(frozen=True)
class Operation:
    """What a handler declares of itself.

    `answers` gives the shape by status; `refusals` the codes of problems beyond those that any operation may answer.
    `repeatable` says that an Idempotency-Key has an effect; an operation that keeps nothing needs none. `tagged` says
    that answers carry an ETag. `is_hard` tells of which bodies nobody knows how much work they are: these calls have a
    limit of their own.
    """

    id: str
    scope: str
    summary: str
    answers: Mapping[int, type[BaseModel]]
    body: type[Body] | None = None
    query: type[Query] | None = None
    refusals: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    repeatable: bool = False
    tagged: bool = False
    is_hard: Callable[[Any], bool] = lambda body: False
    request_example: Any = None
    answer_example: Any = None

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
    """A request whose sender is known: the plain HTTP request, and who sends it."""

    request: HttpRequest
    caller: Caller
    parts: Mapping[str, Any] = field(default_factory=dict)

    def address(self, path: str) -> str:
        """Return the absolute address of `path` on this site."""
        return self.request.build_absolute_uri(path)


def operation(**declared: Any) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare a handler; the arguments are those of Operation."""
    declaration = Operation(**declared)

    def declare(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        handler.operation = declaration  # type: ignore[attr-defined]
        return handler

    return declare


def operation_of(view: Any, method: str) -> Operation | None:
    """Return what `view` declares for `method`, None where it has no such handler."""
    name = "get" if method.upper() == "HEAD" else method.lower()
    return getattr(getattr(view, name, None), "operation", None)


class Endpoint(APIView):
    """One address. Handlers take the call, then `body` and `query` where declared, then what the path names."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    refuses_nul = True
    authentication_classes = []
    permission_classes = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer `request`, whatever happens, with JSON and an id to find it by."""
        request_id = problems.new_request_id()
        headers: dict[str, str] = {}
        known = ["-"]
        try:
            response = self._answer(request, headers, kwargs, known)
        except Exception as error:
            response = problems.answer(error, request_id)
        headers["Request-Id"] = request_id
        for name, value in headers.items():
            response.headers[name] = value
        problems.log(request_id, request.method, request.path, response, known[-1])
        return response

    def _answer(
        self, request: HttpRequest, headers: dict[str, str], parts: Mapping[str, Any], known: list[str]
    ) -> HttpResponse:
        declared = operation_of(self, request.method or "")
        if declared is None:
            allowed = sorted(name.upper() for name in self.http_method_names if operation_of(self, name))
            raise problems.MethodNotAllowed(f"Use {' or '.join(allowed)} here.", allowed=allowed)
        caller = caller_of(request.META.get("HTTP_AUTHORIZATION"), client_address(request.META))
        known.append(caller.credential)
        allowance = throttle.spend(caller.credential)
        headers.update(allowance.headers())
        throttle.refuse_when_spent(allowance)
        caller.needs(declared.scope)
        name = "get" if request.method == "HEAD" else (request.method or "").lower()
        handler: Callable[..., HttpResponse] = getattr(self, name)
        arguments: dict[str, Any] = dict(parts)
        if declared.query is not None:
            arguments["query"] = read_query(declared.query, request)
        else:
            no_query(request)
        document = None
        if declared.body is not None:
            document = {} if declared.body_optional and _is_empty(request) else read_json(request)
            arguments["body"] = read_body(declared.body, document)
        call = Call(request, caller)
        if declared.is_hard(arguments.get("body")):
            with throttle.working(caller.credential, headers):
                return handler(call, **arguments)
        key = key_of(request) if declared.repeatable else None
        if key is None:
            return handler(call, **arguments)
        return answer_once(caller, key, request, document, lambda: handler(call, **arguments))


def _is_empty(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") in {None, "", "0"} and not request.META.get("HTTP_TRANSFER_ENCODING")


def answer_json(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return `document` as a JSON answer."""
    return answer_bytes(orjson.dumps(document), status, headers)


def answer_bytes(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return JSON that is already written as an answer."""
    return HttpResponse(body, content_type=JSON, status=status, headers=dict(headers) if headers else None)


def answer_tagged(call: Call, body: bytes, tag: str) -> HttpResponse:
    """Return JSON under the entity tag `tag`, or 304 when the caller has it already."""
    if is_named(tag, call.request.headers.get("If-None-Match")):
        return HttpResponseNotModified(headers={"ETag": tag})
    return answer_bytes(body, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


def answer_changed(body: bytes, tag: str, status: int = 200, **headers: str) -> HttpResponse:
    """Return JSON of what a call made or changed, under its new entity tag."""
    return answer_bytes(body, status, {"ETag": tag, **headers})


def expects(call: Call, tag: str | None) -> bool:
    """Tell whether the call's If-Match, if it has one, names what is there now, under `tag`; None where nothing is.

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
    """Refuse with ChangedMeanwhile a call whose If-Match names another state than `tag`, which is None for nothing."""
    if not expects(call, tag):
        raise problems.ChangedMeanwhile(
            "Somebody changed this since you read it. Read it again, then repeat your change.",
            **({} if tag is None else {"tag": tag}),
        )
