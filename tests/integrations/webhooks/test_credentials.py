"""What lets events in at a receiver: headers, tokens and certificates, kept secret and read
strictly.
"""

import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from catalog.errors import Malformed
from catalog.models import Merchant
from integrations.egress import client
from integrations.egress.client import Answer, Unreachable
from integrations.egress.targets import UrlRefused
from integrations.webhooks import operations, tokens
from integrations.webhooks.credentials import CertificateWish, LetIn, OAuthWish
from integrations.webhooks.models import Attempt, Endpoint
from integrations.webhooks.operations import Wish, change_endpoint, send_test
from tests.factories import make_merchant
from tests.integrations.egress.receiver import receiver, saying
from tests.integrations.webhooks.hearing import TAKEN, URL, answering

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TOKEN_URL = "http://127.0.0.1:9/token"
OAUTH = OAuthWish(TOKEN_URL, "we & you", "s3cret:ä", "orders")


def make(let_in: LetIn, url: str = URL + "erp") -> Endpoint:
    merchant = Merchant.objects.first() or make_merchant()
    return operations.make_endpoint(merchant, Wish("ERP", url, let_in=let_in))[0]


def sent_with(endpoint: Endpoint, hearing: Any) -> Mapping[str, str]:
    """Return the headers that a test of an endpoint is sent with."""
    send_test(endpoint)
    hearing.goes_on()
    headers: Mapping[str, str] = hearing.headers[-1]
    return headers


# -- headers


def test_headers_are_sent_beside_ours_and_their_values_are_in_no_row(hearing):
    endpoint = make(LetIn({"X-Api-Key": "k3y", "Authorization": "Basic abc"}))
    headers = sent_with(endpoint, hearing)
    assert (headers["X-Api-Key"], headers["Authorization"]) == ("k3y", "Basic abc")
    assert (
        headers["webhook-id"].startswith("evt_") and headers["Content-Type"] == "application/json"
    )
    assert b"k3y" not in bytes(endpoint.header_values)
    assert endpoint.header_names == ["X-Api-Key", "Authorization"]


def test_a_value_that_is_not_told_stays_and_one_that_is_not_named_goes(hearing):
    endpoint = make(LetIn({"X-Api-Key": "k3y", "X-Site": "a"}))
    change_endpoint(
        endpoint, Wish("ERP", endpoint.url, let_in=LetIn({"X-Api-Key": None, "X-New": "b"}))
    )
    headers = sent_with(Endpoint.objects.get(), hearing)
    assert (headers["X-Api-Key"], headers["X-New"], headers.get("X-Site")) == ("k3y", "b", None)


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "TE",
        "Upgrade",
        "Proxy-Authorization",
        "webhook-id",
        "Webhook-Signature",
        "svix-id",
        "User-Agent",
        "X-Forwarded-For",
        "X Key",
        "X-Key:",
        "",
        "X-Schlüssel",
        "X" * 65,
    ],
)
def test_a_name_that_is_ours_or_none_is_refused(name):
    with pytest.raises(Malformed):
        make(LetIn({name: "a"}))


@pytest.mark.parametrize(
    "value", ["", " ", "a\r\nX-Admin: 1", "a\nb", "a\0", "ä", "a\t", " a", "a" * 1001, None]
)
def test_a_value_that_writes_more_than_itself_is_refused(value):
    with pytest.raises(Malformed):
        make(LetIn({"X-Api-Key": value}))


@pytest.mark.parametrize(
    "headers", [{"X-A": "1", "x-a": "2"}, {f"X-{number}": "1" for number in range(21)}]
)
def test_headers_are_named_once_and_are_few(headers):
    with pytest.raises(Malformed):
        make(LetIn(headers))


# -- tokens


class Issuer:
    """Somebody who gives tokens: what was asked, and what is answered next."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.answer: Answer | Exception = Answer(200, {}, self.told())

    def told(self, **other: Any) -> bytes:
        return orjson.dumps(
            {"access_token": "t1", "token_type": "Bearer", "expires_in": 3600, **other}
        )

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], seconds: float, most_kept: int
    ) -> Answer:
        self.asked.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    found = Issuer()
    monkeypatch.setattr(tokens, "post", found.post)
    yield found
    tokens._kept.clear()


def test_a_token_is_fetched_once_and_sent_until_it_ends(hearing, issuer, monkeypatch):
    endpoint = make(LetIn(oauth=OAUTH))
    assert b"s3cret" not in bytes(endpoint.oauth_secret)
    assert sent_with(endpoint, hearing)["Authorization"] == "Bearer t1"
    sent_with(endpoint, hearing)
    ((url, body, headers),) = issuer.asked
    assert (url, body) == (TOKEN_URL, b"grant_type=client_credentials&scope=orders")
    assert headers["Authorization"] == "Basic d2UrJTI2K3lvdTpzM2NyZXQlM0ElQzMlQTQ="
    later = tokens.time.monotonic() + 3600 - tokens.MARGIN_SECONDS
    monkeypatch.setattr(tokens.time, "monotonic", lambda: later)
    issuer.answer = Answer(200, {}, issuer.told(access_token="t2"))
    assert sent_with(endpoint, hearing)["Authorization"] == "Bearer t2"


def test_a_token_that_is_not_taken_is_fetched_anew(hearing, issuer):
    endpoint = make(LetIn(oauth=OAUTH))
    hearing.answers["erp"] = answering(401)
    sent_with(endpoint, hearing)
    hearing.answers["erp"], issuer.answer = TAKEN, Answer(200, {}, issuer.told(access_token="t2"))
    hearing.goes_on(seconds=10)
    assert hearing.headers[-1]["Authorization"] == "Bearer t2"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(401, {}, b"{}"), "its issuer answered 401"),
        (Answer(302, {"location": "http://10.0.0.1/"}, b""), "its issuer answered 302"),
        (Answer(200, {}, b"<html>"), "none of OAuth"),
        (Answer(200, {}, b"[]"), "none of OAuth"),
        (Answer(200, {}, b'{"access_token": "a\\r\\nX-Admin: 1"}'), "no bearer token"),
        (Answer(200, {}, b'{"access_token": "a", "token_type": "mac"}'), "no bearer token"),
        (Unreachable("No connection: refused."), "No connection: refused."),
        (UrlRefused("This URL leads into a private network."), "private network"),
    ],
)
def test_without_a_token_nothing_is_sent_and_the_attempt_says_why(hearing, issuer, answer, told):
    issuer.answer = answer
    send_test(make(LetIn(oauth=OAUTH)))
    hearing.goes_on()
    assert hearing.sent == {}
    assert told in Attempt.objects.get().error


def test_a_token_is_fetched_over_https_or_within_the_house(settings):
    settings.EGRESS_ALLOWED = []
    for url in ("http://id.example/token", TOKEN_URL):
        with pytest.raises((Malformed, UrlRefused)):
            make(LetIn(oauth=OAuthWish(url, "a", "b")), "https://erp.example/in")


def test_a_client_without_a_secret_or_with_a_second_authorization_is_refused():
    with pytest.raises(Malformed):
        make(LetIn(oauth=OAuthWish(TOKEN_URL, "a")))
    with pytest.raises(Malformed):
        make(LetIn({"authorization": "Basic abc"}, OAUTH))


# -- certificates


def certified(name: str, days: int = 2) -> tuple[str, str]:
    """Return a certificate of its own making for `name` and its key, in PEM."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
    )
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=9))
    made = made.not_valid_after(now + timedelta(days=days))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    told = made.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()
    return told, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A receiver that lets in only who shows the certificate that it is handed."""
    chain, key = certified("localhost")
    own = tmp_path / "own.pem"
    own.write_text(chain + key)
    trusting = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting(cadata=chain))
    client._tls.cache_clear()
    ours = certified("configurator")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=ours[0])
    # With TLS 1.2, who is not let in hears of it in the handshake.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with receiver(saying(204), context) as found:
        yield found, ours
    client._tls.cache_clear()
    client._tls_as.cache_clear()


def test_who_asks_for_a_certificate_is_shown_ours(secured, settings):
    there, (chain, key) = secured
    settings.EGRESS_ALLOWED = ["127.0.0.0/8", "::1/128"]
    url = f"https://localhost:{there.port}/"
    with pytest.raises(Unreachable):
        client.post(url, b"{}", {}, 5)
    assert (
        client.post(
            url, b"{}", {}, 5, certificate=client.Certificate(chain.encode(), key.encode())
        ).status
        == 204
    )
    assert len(there.requests) == 1


def test_a_certificate_is_handed_to_what_sends_and_its_key_is_in_no_row(hearing, monkeypatch):
    chain, key = certified("configurator")
    endpoint = make(LetIn(certificate=CertificateWish(chain, key)), "https://erp.example/in")
    shown = []
    monkeypatch.setattr(
        "integrations.webhooks.delivery.post",
        lambda *_, certificate: shown.append(certificate) or TAKEN,
    )
    change_endpoint(
        endpoint, Wish("ERP", endpoint.url, let_in=LetIn(certificate=CertificateWish(chain)))
    )
    send_test(Endpoint.objects.get())
    hearing.goes_on()
    assert shown == [client.Certificate(chain.encode(), key.encode())]
    assert "PRIVATE" not in repr(shown) and b"PRIVATE" not in bytes(endpoint.certificate_key)


def test_what_is_no_certificate_with_its_key_is_refused():
    (chain, key), (_, other), (old, its_key) = (
        certified("a"),
        certified("b"),
        certified("c", days=-1),
    )
    cases = [
        (chain, other),
        (old, its_key),
        ("nothing", key),
        (chain, "nothing"),
        (chain, None),
        (key, key),
    ]
    for each in cases:
        with pytest.raises(Malformed):
            make(LetIn(certificate=CertificateWish(*each)), "https://erp.example/in")
    with pytest.raises(Malformed, match="https"):
        make(LetIn(certificate=CertificateWish(chain, key)))
    assert not Endpoint.objects.exists()
