"""The token of a quote: it says what was signed, and nothing that was changed is believed."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from configurator.quoting.tokens import (
    Claims,
    TokenRefused,
    encoded,
    holding,
    public_jwk,
    public_key,
    signed,
    thumbprint,
    unverified,
    verified,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = KEY.public_key().public_bytes_raw()
PUBLIC = encoded(RAW)
KID = thumbprint(PUBLIC)
ISSUER, AUDIENCE = "https://configurator.example/m/joinery", "joinery"
CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "jti": "m3Vx8cQyR1uT0aZbKfWs2g",
    "iat": 1793611800,
    "nbf": 1793611800,
    "exp": 1794821400,
    "product": "desk",
    "version": 1,
    "digest": "f5" * 32,
    "fingerprint": "4e" * 32,
    "choices": {"frame": "steel", "width": 1400, "extras": ["lamp"], "engraved": False},
    "quantity": 2,
    "currency": "EUR",
    "total": "932.80",
    "amounts_are": "gross",
    "net": "783.87",
    "tax": "148.93",
    "gross": "932.80",
    "price_list": "retail",
    "price_list_revision": 2,
    "price_list_because": "default",
    "lead_days": 17,
    "ready_on": "2026-12-14",
    "buyer": {"country": "DE"},
    "configuration": "Vb3kq0Zt9mRr2XyLw1sPdA",
}
TOKEN = signed(CLAIMS, KEY, KID)


def part(document):
    return encoded(json.dumps(document).encode())


def read(token, key=None, issuer=ISSUER, audience=AUDIENCE):
    return verified(unverified(token), key or KEY.public_key(), issuer, audience)


def reason(token, **given):
    with pytest.raises(TokenRefused) as refused:
        read(token, **given)
    return refused.value.reason


def with_header(header, payload=None, sign=lambda content: KEY.sign(content)):
    content = f"{part(header)}.{payload or TOKEN.split('.')[1]}"
    return f"{content}.{encoded(sign(content.encode()))}"


def test_it_says_what_was_signed():
    # A token of before these claims has none of them.
    assert read(TOKEN).model_dump() == {
        **CLAIMS,
        "taxes": [],
        "internal": None,
        "order_quantity": None,
    }


def test_the_key_id_is_the_thumbprint_of_the_public_key():
    assert OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": PUBLIC}).thumbprint() == KID
    assert public_key(PUBLIC).public_bytes_raw() == RAW


@pytest.mark.parametrize("name", CLAIMS)
def test_no_claim_can_be_changed(name):
    changed = {**CLAIMS, name: _other(CLAIMS[name])}
    head, _, signature = TOKEN.split(".")

    assert reason(f"{head}.{part(changed)}.{signature}") == "wrong-signature"
    assert reason(signed(changed, Ed25519PrivateKey.generate(), KID)) == "wrong-signature"


@pytest.mark.parametrize("name", CLAIMS)
def test_no_claim_can_be_left_out_or_added_by_another(name):
    head, _, signature = TOKEN.split(".")
    fewer = {key: value for key, value in CLAIMS.items() if key != name}

    assert reason(f"{head}.{part(fewer)}.{signature}") == "wrong-signature"
    assert reason(f"{head}.{part({**CLAIMS, name + '_too': 1})}.{signature}") == "wrong-signature"


def _other(value):
    if isinstance(value, dict):
        return {**value, "another": "yes"}
    return value + 1 if isinstance(value, int) else f"{value}0"


@given(st.data())
def test_no_character_can_be_changed(data):
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    put = data.draw(
        st.sampled_from("ABCXYZabcxyz0189-_.=+/ \u00e9").filter(lambda each: each != TOKEN[place])
    )

    reason(TOKEN[:place] + put + TOKEN[place + 1 :])


@given(st.text(max_size=80))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    assert reason(text) in {"malformed", "not-a-quote"}


@given(
    st.dictionaries(
        st.text(min_size=1), st.text() | st.integers(-(2**53), 2**53) | st.booleans(), max_size=6
    )
)
def test_choices_of_any_kind_come_back_as_they_were(choices):
    assert read(signed({**CLAIMS, "choices": choices}, KEY, KID)).choices == choices


@pytest.mark.parametrize("alg", ["", "HS256", "ES256", "Ed25519", "EdDSA "])
def test_the_token_does_not_say_how_it_is_verified(alg):
    assert reason(with_header({"alg": alg, "typ": "quote+jwt", "kid": KID})) == "not-a-quote"


def test_a_token_signed_by_another_method_is_no_quote():
    def authenticated(content):
        return hmac.new(b"a secret of somebody", content, hashlib.sha256).digest()

    header = {"typ": "quote+jwt", "kid": KID}
    assert reason(with_header({"alg": "HS256", **header}, sign=authenticated)) == "not-a-quote"
    assert reason(with_header({"alg": "EdDSA", **header}, sign=authenticated)) == "wrong-signature"


@pytest.mark.parametrize(
    "more",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": 7},
        {"kid": None},
        {"crit": ["b64"], "b64": False},
        {"jwk": public_jwk(PUBLIC, KID)},
        {"jku": "https://elsewhere.example/jwks.json"},
        {"x5c": []},
    ],
    ids=lambda more: "-".join(more),
)
def test_a_header_of_another_form_is_refused_though_it_is_signed(more):
    assert (
        reason(with_header({"alg": "EdDSA", "typ": "quote+jwt", "kid": KID, **more}))
        == "not-a-quote"
    )


@pytest.mark.parametrize(
    "text", ["", "..", "a.b", "a.b.c.d", "🙂.🙂.🙂", base64.b64encode(b"[]").decode() + ".YQ.YQ"]
)
def test_what_has_another_form_is_malformed(text):
    assert reason(text) == "malformed"


@pytest.mark.parametrize(
    "name", [name for name, each in Claims.model_fields.items() if each.is_required()]
)
def test_what_is_signed_and_says_too_little_is_no_quote(name):
    fewer = {key: value for key, value in CLAIMS.items() if key != name}

    assert reason(signed(fewer, KEY, KID)) in {"not-a-quote", "wrong-issuer", "wrong-audience"}


@pytest.mark.parametrize(
    "change", [{"total": 932.8}, {"quantity": "2"}, {"choices": []}, {"exp": "never"}]
)
def test_what_is_signed_and_says_it_otherwise_is_no_quote(change):
    assert reason(signed({**CLAIMS, **change}, KEY, KID)) == "not-a-quote"


def test_quotes_of_other_issuers_and_for_others_are_refused():
    assert reason(TOKEN, issuer="https://configurator.example/m/other") == "wrong-issuer"
    assert reason(TOKEN, audience="other") == "wrong-audience"
    assert reason(signed({**CLAIMS, "aud": [AUDIENCE, "other"]}, KEY, KID)) == "wrong-audience"


@given(st.integers(0, 2 * CLAIMS["exp"]))
def test_it_holds_from_its_beginning_until_just_before_its_end(now):
    found = holding(read(TOKEN), now)

    assert (found is None) == (CLAIMS["nbf"] <= now < CLAIMS["exp"])
    assert found == (
        None if found is None else "not-yet-valid" if now < CLAIMS["nbf"] else "expired"
    )


def test_another_library_reads_the_same():
    jwk = jwt.PyJWK(public_jwk(PUBLIC, KID))

    assert (
        jwt.decode(TOKEN, jwk, ["EdDSA"], options={"verify_exp": False, "verify_aud": False})
        == CLAIMS
    )
