"""Bodies in pieces and packed bodies, as servers hand them to the WSGI application."""

import gzip
import zlib
from io import BytesIO
from typing import Any

import orjson
import pytest

from configurator_site.bodies import PlainBodies


class Inner:
    """An application that keeps what it was asked and answers "ok"."""

    body: bytes | None = None
    environ: dict[str, Any]

    def __call__(self, environ, start_response):
        self.environ = environ
        self.body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [])
        return [b"ok"]


def asked(
    body: bytes, most: int = 1000, **environ: str
) -> tuple[str, dict[str, str], bytes, Inner]:
    inner, said = Inner(), []
    application = PlainBodies(inner, most)
    source = {
        "wsgi.input": BytesIO(body),
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/products",
        **environ,
    }
    answer = b"".join(
        application(source, lambda status, headers: said.append((status, dict(headers))))
    )
    return said[0][0], said[0][1], answer, inner


def test_a_body_in_pieces_arrives_whole():
    status, _headers, _answer, inner = asked(b'{"a": 1}', HTTP_TRANSFER_ENCODING="chunked")
    assert (status, inner.body) == ("200 OK", b'{"a": 1}')
    assert "HTTP_TRANSFER_ENCODING" not in inner.environ


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", "deflate"])
def test_a_packed_body_arrives_unpacked(coding):
    packed = zlib.compress(b"choices") if coding == "deflate" else gzip.compress(b"choices")
    for length in ({"CONTENT_LENGTH": str(len(packed))}, {"HTTP_TRANSFER_ENCODING": "chunked"}):
        status, _headers, _answer, inner = asked(packed, HTTP_CONTENT_ENCODING=coding, **length)
        assert (status, inner.body) == ("200 OK", b"choices")


def test_a_plain_body_is_not_touched():
    body = b"x" * 5000
    assert asked(body, CONTENT_LENGTH="5000")[3].body == body


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_an_unknown_coding_is_refused_in_words_that_name_the_known_ones(coding):
    status, headers, answer, inner = asked(b"x", CONTENT_LENGTH="1", HTTP_CONTENT_ENCODING=coding)
    assert status.startswith("415") and headers["Accept-Encoding"] == "gzip, deflate"
    assert "gzip, deflate" in orjson.loads(answer)["detail"]
    assert inner.body is None


# A stream tells the second in which it was packed; as a name of its own it would differ between two
# workers.
@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"choices")[:-3], b"plain", gzip.compress(b"a") + b"more"],
    ids=["cut short", "plain", "with more behind"],
)
def test_a_broken_stream_is_refused(body):
    status, _headers, _answer, inner = asked(
        body, CONTENT_LENGTH=str(len(body)), HTTP_CONTENT_ENCODING="gzip"
    )
    assert status.startswith("400") and inner.body is None


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked_whole():
    packed = gzip.compress(b"0" * 50_000)
    status, _headers, answer, inner = asked(
        packed, CONTENT_LENGTH=str(len(packed)), HTTP_CONTENT_ENCODING="gzip"
    )
    assert status.startswith("413") and "1000" in orjson.loads(answer)["detail"]
    assert inner.body is None


def test_pieces_without_end_are_refused():
    class Endless:
        def read(self, size):
            return b"0" * size

    inner, said = Inner(), []
    environ = {"wsgi.input": Endless(), "HTTP_TRANSFER_ENCODING": "chunked"}
    PlainBodies(inner, 1000)(environ, lambda status, headers: said.append(status))
    assert said[0].startswith("413") and inner.body is None
