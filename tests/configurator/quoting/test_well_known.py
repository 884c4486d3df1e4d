"""The keys that everybody may have."""

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from configurator.offers import published
from configurator.quoting.quotes import quote
from configurator.quoting.signing_keys import KEYS_SECONDS, rotate_signing_key, signer_of
from tests.api import make_shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ALL, JOINERY = "/.well-known/jwks.json", "/m/joinery/jwks.json"


def kids(response):
    return {each["kid"] for each in response.json()["keys"]}


def test_a_merchants_keys_are_at_its_own_address_and_with_all_others(client):
    make_shop()
    make_shop("other")
    own, others = signer_of("joinery").kid, signer_of("other").kid

    assert kids(client.get(JOINERY)) == {own}
    assert kids(client.get("/m/other/jwks.json")) == {others}
    assert kids(client.get(ALL)) == {own, others}


def test_a_key_that_only_waits_is_published_already(client):
    shop = make_shop()
    first, waiting = signer_of("joinery").kid, rotate_signing_key(shop).kid

    assert kids(client.get(JOINERY)) == {first, waiting}


def test_who_sets_up_a_shop_finds_the_key_before_the_first_quote(client):
    make_shop()
    found = kids(client.get(JOINERY))

    assert found == {quote(published("joinery", "desk"), {}).signed.kid}


def test_a_key_says_what_it_is_for_and_nothing_secret(client):
    make_shop()
    (key,) = client.get(JOINERY).json()["keys"]

    assert key.keys() == {"kty", "crv", "x", "kid", "alg", "use"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")


# RFC 9864 would have the algorithm called Ed25519, which few other libraries know yet.
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_they_verify_a_quote_and_not_that_of_another(client):
    make_shop()
    make_shop("other")
    token = quote(published("joinery", "desk"), {}).signed.token

    def read(address):
        return jwt.decode(
            token, KeySet.import_key_set(client.get(address).json()), algorithms=["EdDSA"]
        )

    assert read(JOINERY).claims["aud"] == read(ALL).claims["aud"] == "joinery"
    with pytest.raises(JoseError):
        read("/m/other/jwks.json")


def test_everybody_may_keep_them_for_a_while(client):
    make_shop()
    for address in (JOINERY, ALL):
        response = client.get(address)
        assert response.headers["Content-Type"] == "application/jwk-set+json"
        assert response.headers["Cache-Control"] == f"public, max-age={KEYS_SECONDS}"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in response.headers
        again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_there_are_no_keys_of_nobody(client):
    assert client.get("/m/nobody/jwks.json").status_code == 404
    assert client.get(ALL).json() == {"keys": []}


def test_they_are_only_read(client):
    make_shop()

    assert [client.post(address).status_code for address in (ALL, JOINERY)] == [405, 405]
