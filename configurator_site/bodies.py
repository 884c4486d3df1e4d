"""Bodies that come in pieces or packed, made plain before Django looks at them: it reads neither."""

import zlib
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from catalog.errors import Refusal
from integrations.api.problems import (
    BadRequest,
    BodyTooLarge,
    UnsupportedCoding,
    log,
    new_request_id,
    respond,
)

type Environ = dict[str, Any]
type Answer = Iterable[bytes]
type Application = Callable[[Environ, Callable[..., Any]], Answer]

PIECE = 64 * 1024
# What zlib calls a gzip, and a zlib, stream.
WINDOW = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
ACCEPTED = "gzip, deflate"


class PlainBodies:
    """A WSGI application before `inner`: it reads bodies without a length, and unpacks packed ones,
    up to `most` bytes.

    Other codings, broken streams and larger bodies are answered with a problem document; `inner`
    hears nothing of them.
    """

    def __init__(self, inner: Application, most: int) -> None:
        self.inner = inner
        self.most = most

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Answer:
        coding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        has_length = bool(environ.get("CONTENT_LENGTH"))
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if coding in {"", "identity"} and (has_length or not is_chunked):
            return self.inner(environ, start_response)
        with SpooledTemporaryFile(1024 * 1024) as body:
            try:
                self._fill(body, environ, coding)
            except Refusal as refusal:
                return _refused(refusal, environ, start_response)
            plain = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(body.tell())}
            body.seek(0)
            for name in ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING"):
                plain.pop(name, None)
            # A view has read its body by the time it returns an answer.
            return self.inner(plain, start_response)

    def _fill(self, body: IO[bytes], environ: Environ, coding: str) -> None:
        if coding not in {"", "identity", *WINDOW}:
            raise UnsupportedCoding(
                f"Send the body as it is, or packed by one of: {ACCEPTED}.", accepted=ACCEPTED
            )
        unpacking = zlib.decompressobj(WINDOW[coding]) if coding in WINDOW else None
        for piece in _pieces(environ):
            for plain in _unpacked(unpacking, piece, coding) if unpacking else [piece]:
                body.write(plain)
                if body.tell() > self.most:
                    raise BodyTooLarge(f"Send at most {self.most} bytes at once.")
        if unpacking and (not unpacking.eof or unpacking.unused_data):
            raise _broken(coding)


def _unpacked(unpacking: "zlib._Decompress", piece: bytes, coding: str) -> Iterable[bytes]:
    while piece:
        try:
            yield unpacking.decompress(piece, PIECE)
        except zlib.error:
            raise _broken(coding) from None
        piece = unpacking.unconsumed_tail


def _broken(coding: str) -> BadRequest:
    return BadRequest(f"The body is not one whole {coding} stream. Send it again, or as it is.")


def _pieces(environ: Environ) -> Iterable[bytes]:
    source = environ["wsgi.input"]
    left = int(environ["CONTENT_LENGTH"]) if environ.get("CONTENT_LENGTH") else None
    while left is None or left > 0:
        piece = source.read(PIECE if left is None else min(PIECE, left))
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece


def _refused(refusal: Refusal, environ: Environ, start_response: Callable[..., Any]) -> Answer:
    request_id = new_request_id()
    response = respond(refusal, request_id)
    log(request_id, environ.get("REQUEST_METHOD"), environ.get("PATH_INFO", ""), response)
    headers = [*response.items(), ("Content-Length", str(len(response.content)))]
    start_response(f"{response.status_code} {response.reason_phrase}", headers)
    return [response.content]
