"""The examples of the page about quotes do what it says, in every language: they take quotes, and
nothing else.
"""

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from catalog.memory import forget_all
from configurator.models import SigningKey
from configurator.offers import published
from configurator.quoting import signing
from configurator.quoting.quotes import quote
from configurator.quoting.signing_keys import (
    issuer_of,
    rotate_signing_key,
    signer_of,
    withdraw_signing_key,
)
from configurator.quoting.tokens import Claims, Reason
from integrations.api.v1.shapes import quotes as shapes
from tests.api import make_shop
from tests.clock import Clock
from tests.node import installed, needed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    # The page says so, too.
    pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),
]

HERE = Path(__file__).parent / "quotes"
PAGE = (Path(__file__).parents[3] / "docs" / "api" / "quotes.md").read_text()


def example(name):
    """Return the code of the page that is marked with `name`."""
    (code,) = re.findall(rf"^```\w+ {name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return code


def run(command, cases, folder):
    text = json.dumps({"cases": cases})
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def by_python(name):
    def ask(cases, folder):
        example_of_page = {}
        exec(compile(example(name), f"quotes.md/{name}", "exec"), example_of_page)
        answers = []
        for case in cases:
            try:
                claims = example_of_page["verified"](
                    case["token"], case["jwks"], case["issuer"], case["audience"]
                )
                answers.append(example_of_page["fits"](claims, case["line"]))
            except ValueError:
                answers.append(False)
        return answers

    return ask


def by_node(cases, folder):
    needed("node", "npm")
    modules = installed(HERE)
    (folder / "quotes.mjs").write_text(example("jose"))
    shutil.copy(HERE / "run.mjs", folder)
    (folder / "node_modules").symlink_to(modules)
    return run(["node", "run.mjs"], cases, folder)


def by_php(cases, folder):
    needed("php")
    code = folder / "quotes.php"
    code.write_text(example("sodium"))
    return run(["php", str(HERE / "run.php"), str(code)], cases, folder)


LANGUAGES = {
    "pyjwt": by_python("pyjwt"),
    "joserfc": by_python("joserfc"),
    "jose": by_node,
    "sodium": by_php,
}


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "==")


def keys_at(client, address="/m/joinery/jwks.json"):
    return client.get(address).json()


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def cases(shop, client, monkeypatch):
    """Return what examples are asked, by name, and which of it they should take."""
    make_shop("other")
    found = quote(published("joinery", "desk"), {"frame": "oak"}, quantity=2).signed
    claims = dict(found.claims)
    good = {
        "token": found.token,
        "jwks": keys_at(client),
        "issuer": issuer_of("joinery"),
        "audience": "joinery",
        "line": {
            name: claims[name]
            for name in ("product", "quantity", "currency", "fingerprint", "gross")
        },
    }
    everybody = {**good, "jwks": keys_at(client, "/.well-known/jwks.json")}
    signer = signer_of("joinery")
    header, payload, signature = found.token.split(".")

    def signed(claims, head=None, key=signer.private):
        content = (
            f"{encoded(json.dumps({**json.loads(decoded(header)), **(head or {})}).encode())}."
        )
        content += encoded(json.dumps(claims).encode())
        return {**good, "token": f"{content}.{encoded(key.sign(content.encode()))}"}

    takes = {"good": good, "with the keys of all merchants": everybody}
    refuses = {
        "the keys of another": {**good, "jwks": keys_at(client, "/m/other/jwks.json")},
        "no keys": {**good, "jwks": {"keys": []}},
        "another issuer is asked for": {**good, "issuer": issuer_of("other")},
        "another audience is asked for": {**good, "audience": "other"},
        "no signature": {**good, "token": f"{header}.{payload}."},
        "nothing": {**good, "token": ""},
        "no token": {**good, "token": "a.b.c"},
        "signed by somebody": signed(claims, key=Ed25519PrivateKey.generate()),
        "another type": signed(claims, {"typ": "JWT"}),
        "another key id": signed(claims, {"kid": signer_of("other").kid}),
        "an unknown key id": signed(claims, {"kid": "nobody"}),
        "no key id": signed(claims, {"kid": None}),
        "expired": signed({**claims, "nbf": claims["nbf"] - 9_000, "exp": claims["iat"] - 3_600}),
        "not yet": signed({**claims, "nbf": claims["iat"] + 3_600}),
        "no issuer": signed({name: each for name, each in claims.items() if name != "iss"}),
        "no audience": signed({name: each for name, each in claims.items() if name != "aud"}),
        "no end": signed({name: each for name, each in claims.items() if name != "exp"}),
        "a price without tax": signed(
            {name: each for name, each in claims.items() if name != "gross"}
        ),
    }
    other = quote(published("other", "desk"), {"frame": "oak"}, quantity=2).signed
    refuses["the token of another with all keys"] = {**everybody, "token": other.token}
    for name in claims:
        changed = {**claims, name: "1" if isinstance(claims[name], str) else 1}
        text = encoded(json.dumps(changed).encode())
        refuses[f"{name} was changed"] = {**good, "token": f"{header}.{text}.{signature}"}
    for name, value in good["line"].items():
        another = value + 1 if isinstance(value, int) else f"{value}0"
        refuses[f"{name} of the line is another"] = {
            **good,
            "line": {**good["line"], name: another},
        }
    for alg in ("HS256", "ES256", "RS256"):
        refuses[f"another method, {alg}"] = signed(claims, {"alg": alg})
    head = encoded(json.dumps({**json.loads(decoded(header)), "alg": "HS256"}).encode())
    mac = encoded(
        hmac.new(b"a secret of somebody", f"{head}.{payload}".encode(), hashlib.sha256).digest()
    )
    refuses["by another method"] = {**good, "token": f"{head}.{payload}.{mac}"}

    clock = Clock(monkeypatch)
    rotate_signing_key(shop)
    clock.goes_on(hours=2)
    after = quote(published("joinery", "desk"), {"frame": "oak"}, quantity=2).signed
    assert after.kid != found.kid
    # The examples are asked at the present time again.
    back = {name: after.claims[name] - 7_200 for name in ("iat", "nbf", "exp")}
    later = signing.signed({**after.claims, **back}, signer_of("joinery").private, after.kid)
    both = keys_at(client)
    takes["the old key after a rotation"] = {**good, "jwks": both}
    takes["the new key after a rotation"] = {**good, "jwks": both, "token": later}
    refuses["the new key, where the keys are old"] = {**good, "token": later}
    withdraw_signing_key(SigningKey.objects.get(kid=found.kid))
    forget_all()
    refuses["a withdrawn key"] = {**good, "jwks": keys_at(client)}
    takes["another key than the withdrawn one"] = {
        **takes["the new key after a rotation"],
        "jwks": keys_at(client),
    }
    clock.goes_on(hours=-2)
    return takes, refuses


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_takes_quotes_and_nothing_else(cases, language, tmp_path):
    takes, refuses = cases
    named = {**takes, **refuses}
    answers = dict(zip(named, LANGUAGES[language](list(named.values()), tmp_path), strict=True))

    assert len(refuses) > 45
    assert [name for name in takes if not answers[name]] == []
    assert [name for name in refuses if answers[name]] == []


def test_a_client_that_fetches_the_keys_finds_them(shop, client, monkeypatch):
    found = quote(published("joinery", "desk"), {}).signed
    keys = jwt.PyJWKClient(f"{issuer_of('joinery')}/jwks.json")
    monkeypatch.setattr(keys, "fetch_data", lambda: keys_at(client))
    key = keys.get_signing_key_from_jwt(found.token)

    claims = jwt.decode(
        found.token, key, ["EdDSA"], audience="joinery", issuer=issuer_of("joinery")
    )
    assert claims == found.claims


def test_every_claim_and_reason_is_described():
    reasons = get_args(Reason.__value__)
    told = get_args(get_args(shapes.Verification.model_fields["reason"].annotation)[0])

    assert [name for name in (*Claims.model_fields, *reasons) if f"`{name}`" not in PAGE] == []
    assert Claims.model_fields.keys() == shapes.QuoteClaims.model_fields.keys()
    assert set(told) == set(reasons)


@pytest.mark.parametrize("language", ["jose", "sodium"])
def test_where_nothing_may_be_missing_a_missing_program_fails(monkeypatch, language, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        LANGUAGES[language]([], tmp_path)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not installed"):
        LANGUAGES[language]([], tmp_path)
