"""OAuth for people: a program gets tokens by discovery, and nobody else does."""

import base64
import hashlib
import io
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)
from requests.adapters import BaseAdapter

from catalog.memory import forget_all
from catalog.models import Merchant, Role
from catalog.roles import scopes_of
from integrations.access.authentication import caller_of
from integrations.access.errors import AddressRefused, NotAuthenticated
from integrations.access.models import ApiClient
from integrations.access.oauth import LONGEST_CHAIN
from integrations.access.operations import (
    ClientWish,
    change_client,
    register_client,
    remove_client,
    rotate_client,
)
from integrations.access.secrets import digest
from integrations.access.tasks import sweep_tokens
from tests.api import Api, make_shop, told
from tests.factories import make_merchant, make_user
from tests.forms import Forms

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BACK = "https://erp.example/callback"
SCOPES = ["catalog:read", "configurator:evaluate", "pricing:cost", "pricing:read"]
VERIFIER = "a" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)


class Through(BaseAdapter):
    """Carries requests of a library to the site under test."""

    def send(self, request, **_):
        parts = urlsplit(request.url)
        answer = Client().generic(
            request.method,
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            request.body or b"",
            content_type=request.headers.get("Content-Type", ""),
            headers={k: v for k, v in request.headers.items() if k not in {"Content-Length"}},
        )
        found = requests.Response()
        found.status_code, found.url, found.request = answer.status_code, request.url, request
        found.headers.update(answer.headers)
        found.raw = io.BytesIO(answer.content)
        return found

    def close(self):
        """Nothing is open."""


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def erp(shop):
    """A confidential client for people, with its secret beside it."""
    client, client.plain = register_client(shop, ClientWish("ERP", SCOPES, [BACK]))
    return client


@pytest.fixture
def maria(shop):
    """A browser in which a viewer of the shop is logged in."""
    browser = Client()
    browser.force_login(make_user("maria", shop, Role.VIEWER))
    return browser


def session(client, secret=None, **more):
    """Return the session of Authlib for a client, and what discovery tells."""
    made = OAuth2Session(
        client.client_id,
        client.plain if secret is None else secret,
        redirect_uri=BACK,
        scope=" ".join(SCOPES),
        code_challenge_method="S256",
        **more,
    )
    made.mount("http://", Through())
    issuer = settings.PUBLIC_URL
    return made, made.request(
        "GET", f"{issuer}/.well-known/oauth-authorization-server", withhold_token=True
    ).json()


def asked(browser, address):
    """Return the page that asks whether a client may come in."""
    parts = urlsplit(address)
    return browser.get(f"{parts.path}?{parts.query}")


def let_in(browser, address, allow=True, **tampered):
    """Return where a person is sent back to who answers that page."""
    page = asked(browser, address)
    sent = {**Forms(page.content.decode()).sent, **tampered}
    sent.pop("allow", None)
    sent.pop("refuse", None)
    if allow:
        sent["allow"] = "Let it in"
    answer = browser.post(urlsplit(address).path, sent)
    return answer.headers.get("Location", "")


def wish(client, **changes):
    given = {
        "client_id": client.client_id,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "catalog:read",
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    query = "&".join(
        f"{k}={requests.utils.quote(v, '')}" for k, v in given.items() if v is not None
    )
    return f"/oauth/authorize/?{query}"


def query_of(address):
    return {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}


def token(client, secret=None, **given):
    basic = base64.b64encode(f"{client.client_id}:{secret or client.plain}".encode()).decode()
    return Client().post("/oauth/token/", given, headers={"Authorization": f"Basic {basic}"})


def code_of(browser, client, **changes):
    return query_of(let_in(browser, wish(client, **changes)))["code"]


def exchanged(client, code, **changes):
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    } | changes
    return token(client, **{k: v for k, v in given.items() if v is not None})


def refreshed(client, refresh):
    return token(client, grant_type="refresh_token", refresh_token=refresh)


def test_a_library_gets_data_by_discovery(shop, erp, maria):
    library, found = session(erp)
    address, state = library.create_authorization_url(
        found["authorization_endpoint"], code_verifier=VERIFIER
    )
    back = let_in(maria, address)
    got = library.fetch_token(
        found["token_endpoint"], authorization_response=back, state=state, code_verifier=VERIFIER
    )

    assert found["issuer"] == query_of(back)["iss"] == settings.PUBLIC_URL
    assert library.get(f"{settings.PUBLIC_URL}/api/v1/products").json()["data"][0]["key"] == "desk"
    library.scope = got["scope"]
    again = library.refresh_token(found["token_endpoint"])
    assert again["access_token"] != got["access_token"]
    assert library.get(f"{settings.PUBLIC_URL}/api/v1/products").status_code == 200
    library.revoke_token(found["revocation_endpoint"], again["access_token"])
    forget_all()
    assert library.get(f"{settings.PUBLIC_URL}/api/v1/products").status_code == 401


def test_a_machine_gets_data_by_discovery(shop):
    client, client.plain = register_client(shop, ClientWish("Job", SCOPES))
    library, found = session(client)
    library.fetch_token(found["token_endpoint"], grant_type="client_credentials")

    assert library.get(f"{settings.PUBLIC_URL}/api/v1/products").status_code == 200


def test_discovery_promises_what_is_kept_and_nothing_old():
    found = Client().get("/.well-known/oauth-authorization-server").json()
    resource = Client().get("/.well-known/oauth-protected-resource").json()

    assert found["response_types_supported"] == ["code"]
    assert set(found["grant_types_supported"]) == {
        "authorization_code",
        "client_credentials",
        "refresh_token",
    }
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True
    assert resource["authorization_servers"] == [found["issuer"]]


def test_a_token_of_a_person_may_what_client_and_role_both_may(shop, erp, maria):
    asks = " ".join(SCOPES)
    given = told(exchanged(erp, code_of(maria, erp, scope=asks)))
    caller = caller_of(f"Bearer {given['access_token']}", "203.0.113.7")

    assert set(given["scope"].split()) == caller.scopes == {*SCOPES} & scopes_of(Role.VIEWER)
    assert (caller.merchant, caller.person) == (shop, "maria")
    assert given["expires_in"] <= 3600


def test_a_person_cannot_give_more_by_another_form(shop, erp, maria):
    back = let_in(maria, wish(erp), scope="catalog:read pricing:cost")
    given = told(exchanged(erp, query_of(back)["code"]))

    assert given["scope"] == "catalog:read"


def test_a_role_that_shrinks_shrinks_the_token(shop, erp):
    browser = Client()
    browser.force_login(user := make_user("paul", shop))
    given = told(exchanged(erp, code_of(browser, erp, scope=" ".join(SCOPES))))
    before = caller_of(f"Bearer {given['access_token']}", "").scopes
    user.memberships.update(role=Role.VIEWER)
    forget_all()

    assert "pricing:cost" in before
    assert "pricing:cost" not in caller_of(f"Bearer {given['access_token']}", "").scopes
    assert "pricing:cost" not in told(refreshed(erp, given["refresh_token"]))["scope"]


def test_who_leaves_takes_the_tokens_along(shop, erp, maria):
    given = told(exchanged(erp, code_of(maria, erp)))
    shop.memberships.all().delete()

    with pytest.raises(NotAuthenticated):
        caller_of(f"Bearer {given['access_token']}", "")
    assert refreshed(erp, given["refresh_token"]).status_code == 400


def test_a_member_of_another_merchant_lets_nobody_in(erp):
    browser = Client()
    browser.force_login(make_user("olga", make_merchant("other"), Role.OWNER))
    page = asked(browser, wish(erp))

    assert page.status_code == 403
    assert "no member" in page.content.decode()
    assert query_of(let_in(browser, wish(erp)))["error"] == "access_denied"


def test_who_is_not_logged_in_is_asked_to(erp):
    answer = Client().get(wish(erp))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/?next=/oauth/authorize/")


def test_who_refuses_gives_nothing(erp, maria):
    back = query_of(let_in(maria, wish(erp), allow=False))

    assert (back["error"], back["state"], back["iss"]) == (
        "access_denied",
        "s1",
        settings.PUBLIC_URL,
    )
    assert not get_grant_model().objects.exists()


def test_a_person_is_asked_every_time(erp, maria):
    exchanged(erp, code_of(maria, erp))
    page = maria.get(wish(erp) + "&approval_prompt=auto")

    assert page.status_code == 200
    assert "Let ERP in?" in page.content.decode()


def test_the_page_lets_the_form_lead_back_and_nobody_frame_it(erp, maria):
    headers = asked(maria, wish(erp)).headers

    assert "form-action 'self' https://erp.example" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": VERIFIER, "code_challenge_method": None},
        {"response_type": "token"},
        {"scope": "catalog:write"},
        {"scope": "catalog:erase"},
    ],
)
def test_what_is_weaker_gets_no_code(erp, maria, changes):
    address = wish(erp, **changes)
    page = asked(maria, address)
    back = page.headers.get("Location") or let_in(maria, address)

    assert "code" not in query_of(back)
    assert "error" in query_of(back)
    assert not get_grant_model().objects.exists()


@pytest.mark.parametrize(
    "redirect",
    [
        "https://erp.example/callback/",
        "https://erp.example/callback?next=1",
        "https://erp.example/callback/../evil",
        "https://erp.example.evil.example/callback",
        "https://evil.example/callback",
        "http://erp.example/callback",
        "https://erp.example:444/callback",
        "https://ERP.example/Callback",
    ],
)
def test_people_are_sent_to_no_other_address(erp, maria, redirect):
    page = asked(maria, wish(erp, redirect_uri=redirect))

    assert page.status_code == 400
    assert "Location" not in page.headers


def test_a_code_is_taken_once(erp, maria):
    code = code_of(maria, erp)

    assert exchanged(erp, code).status_code == 200
    assert told(exchanged(erp, code))["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": None},
        {"code_verifier": "b" * 64},
        {"redirect_uri": "https://erp.example/"},
    ],
)
def test_a_code_is_taken_only_from_whom_it_was_given_to(erp, maria, changes):
    assert exchanged(erp, code_of(maria, erp), **changes).status_code in {400, 401}


def test_another_client_cannot_take_the_code(shop, erp, maria):
    other, other.plain = register_client(shop, ClientWish("Other", SCOPES, [BACK]))

    assert told(exchanged(other, code_of(maria, erp)))["error"] == "invalid_grant"


def test_a_code_is_old_after_a_minute(erp, maria):
    code = code_of(maria, erp)
    left = get_grant_model().objects.get().expires - timezone.now()
    get_grant_model().objects.update(expires=timezone.now())

    assert left <= timedelta(seconds=60)
    assert exchanged(erp, code).status_code == 400


def test_a_refresh_token_that_comes_twice_ends_its_whole_family(erp, maria):
    first = told(exchanged(erp, code_of(maria, erp)))
    second = told(refreshed(erp, first["refresh_token"]))
    again = refreshed(erp, first["refresh_token"])

    assert again.status_code == 400
    assert refreshed(erp, second["refresh_token"]).status_code == 400
    with pytest.raises(NotAuthenticated):
        caller_of(f"Bearer {second['access_token']}", "")


def test_a_chain_of_refresh_tokens_ends_however_often_it_is_exchanged(erp, maria):
    first = told(exchanged(erp, code_of(maria, erp)))
    second = told(refreshed(erp, first["refresh_token"]))
    began = timezone.now() - LONGEST_CHAIN
    oldest = get_refresh_token_model().objects.order_by("pk").first()
    get_refresh_token_model().objects.filter(pk=oldest.pk).update(created=began)

    assert timedelta(days=30) >= LONGEST_CHAIN
    assert refreshed(erp, second["refresh_token"]).status_code == 400


def test_what_opens_nothing_is_swept_and_what_does_stays(erp, maria):
    code_of(maria, erp)
    live = told(exchanged(erp, code_of(maria, erp)))
    live = told(refreshed(erp, live["refresh_token"]))
    dead = told(exchanged(erp, code_of(maria, erp)))
    tokens, refreshing = get_access_token_model().objects, get_refresh_token_model().objects
    long_ago = timezone.now() - LONGEST_CHAIN - timedelta(days=2)
    tokens.filter(token_checksum=digest(dead["access_token"])).update(expires=long_ago)
    refreshing.filter(token_checksum=digest(dead["refresh_token"])).update(created=long_ago)
    get_grant_model().objects.update(expires=long_ago)
    sweep_tokens.call()

    assert refreshing.count() == 2
    assert tokens.count() == 1
    assert not get_grant_model().objects.exists()
    assert refreshed(erp, live["refresh_token"]).status_code == 200


def test_a_refresh_token_of_another_client_is_refused(shop, erp, maria):
    given = told(exchanged(erp, code_of(maria, erp)))
    other, other.plain = register_client(shop, ClientWish("Other", SCOPES, [BACK]))

    assert refreshed(other, given["refresh_token"]).status_code == 400


def test_tokens_are_kept_as_checksums(erp, maria):
    given = told(exchanged(erp, code_of(maria, erp)))
    rows = [*get_refresh_token_model().objects.values()]

    assert not any(given["refresh_token"] in str(value) for row in rows for value in row.values())


def test_a_public_client_needs_the_verifier_and_no_secret(shop, maria):
    client, secret = register_client(shop, ClientWish("App", SCOPES, [BACK], is_public=True))
    code = code_of(maria, client)
    given = {
        "grant_type": "authorization_code",
        "client_id": client.client_id,
        "code": code,
        "redirect_uri": BACK,
    }

    assert secret == ""
    assert Client().post("/oauth/token/", given).status_code in {400, 401}
    code = code_of(maria, client)
    answer = Client().post("/oauth/token/", given | {"code": code, "code_verifier": VERIFIER})
    assert answer.status_code == 200


def test_a_client_for_people_gets_no_token_for_itself(erp):
    answer = token(erp, grant_type="client_credentials", scope="catalog:read")

    assert told(answer)["error"] == "unauthorized_client"


def test_a_client_asks_for_its_own_scopes_only(shop):
    client, client.plain = register_client(shop, ClientWish("Job", ["catalog:read"]))

    assert token(client, grant_type="client_credentials", scope="catalog:read").status_code == 200
    answer = token(client, grant_type="client_credentials", scope="catalog:read pricing:read")
    assert told(answer)["error"] == "invalid_scope"


def test_a_client_that_is_narrowed_narrows_its_tokens(shop):
    client, client.plain = register_client(
        shop, ClientWish("Job", ["catalog:read", "pricing:read"])
    )
    given = told(token(client, grant_type="client_credentials", scope="catalog:read pricing:read"))
    change_client(client, ClientWish("Job", ["catalog:read"]))
    forget_all()

    assert caller_of(f"Bearer {given['access_token']}", "").scopes == {"catalog:read"}


def test_a_client_is_for_its_addresses(shop):
    wished = ClientWish("Job", ["catalog:read"], networks=["127.0.0.1", "2001:db8::/32"])
    client, client.plain = register_client(shop, wished)
    given = told(token(client, grant_type="client_credentials", scope="catalog:read"))
    bearer = f"Bearer {given['access_token']}"

    assert caller_of(bearer, "2001:db8::7")
    with pytest.raises(AddressRefused):
        caller_of(bearer, "203.0.113.7")
    change_client(client, ClientWish("Job", ["catalog:read"], networks=["203.0.113.0/24"]))
    answer = token(client, grant_type="client_credentials", scope="catalog:read")
    assert told(answer)["error"] == "invalid_client"


def test_a_client_that_has_ended_opens_nothing(shop):
    client, client.plain = register_client(shop, ClientWish("Job", ["catalog:read"]))
    given = told(token(client, grant_type="client_credentials", scope="catalog:read"))
    ApiClient.objects.update(expires_at=timezone.now())

    with pytest.raises(NotAuthenticated):
        caller_of(f"Bearer {given['access_token']}", "")
    assert token(client, grant_type="client_credentials", scope="catalog:read").status_code == 401


def test_an_old_secret_of_a_client_holds_as_long_as_was_asked(shop):
    client, old = register_client(shop, ClientWish("Job", ["catalog:read"]))
    new = rotate_client(client, timedelta(days=7))
    wished = {"grant_type": "client_credentials", "scope": "catalog:read"}

    assert [token(client, each, **wished).status_code for each in (old, new)] == [200, 200]
    ApiClient.objects.update(old_until=timezone.now())
    assert [token(client, each, **wished).status_code for each in (old, new)] == [401, 200]
    newest = rotate_client(client)
    assert [token(client, each, **wished).status_code for each in (new, newest)] == [401, 200]


def test_a_client_that_is_removed_takes_its_tokens_along(shop):
    client, client.plain = register_client(shop, ClientWish("Job", ["catalog:read"]))
    given = told(token(client, grant_type="client_credentials", scope="catalog:read"))
    remove_client(client)

    with pytest.raises(NotAuthenticated):
        caller_of(f"Bearer {given['access_token']}", "")


def test_the_use_of_a_client_is_written_down(shop):
    client, client.plain = register_client(shop, ClientWish("Job", ["catalog:read"]))
    token(client, grant_type="client_credentials", scope="catalog:read")

    assert ApiClient.objects.get().last_used_at is not None


def introspected(client, value, secret=None):
    basic = base64.b64encode(f"{client.client_id}:{secret or client.plain}".encode()).decode()
    return Client().post(
        "/oauth/introspect/", {"token": value}, headers={"Authorization": f"Basic {basic}"}
    )


def test_a_client_is_told_of_its_own_tokens_only(shop, erp, maria):
    given = told(exchanged(erp, code_of(maria, erp)))["access_token"]
    stranger, stranger.plain = register_client(make_merchant("other"), ClientWish("X", SCOPES))

    found = told(introspected(erp, given))
    assert (found["active"], found["username"], found["scope"]) == (True, "maria", "catalog:read")
    assert told(introspected(stranger, given)) == {"active": False}
    assert told(introspected(erp, "nonsense")) == {"active": False}
    assert introspected(erp, given, secret="x" * 128).status_code == 401


def test_no_client_is_told_of_tokens_of_another_that_it_names(erp, maria):
    given = told(exchanged(erp, code_of(maria, erp)))["access_token"]
    stranger, secret = register_client(make_merchant("other"), ClientWish("X", SCOPES))
    basic = base64.b64encode(f"{erp.client_id}:wrong".encode()).decode()
    answer = Client().post(
        "/oauth/introspect/",
        {"token": given, "client_id": stranger.client_id, "client_secret": secret},
        headers={"Authorization": f"Basic {basic}"},
    )

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic !"}, {"Authorization": "Bearer x"}]
)
def test_who_does_not_say_who_they_are_is_told_nothing(headers):
    assert Client().post("/oauth/introspect/", {"token": "x"}, headers=headers).status_code == 401


def test_a_token_of_a_person_sees_its_merchant_only(erp, maria):
    make_shop("other")
    given = told(exchanged(erp, code_of(maria, erp)))["access_token"]
    keys = [each["key"] for each in told(Api(None, secret=given).get("products"))["data"]]

    assert keys == ["desk"]
    assert Merchant.objects.count() == 2


def test_the_page_names_client_merchant_and_what_it_may(erp, maria):
    page = re.sub(r"\s+", " ", asked(maria, wish(erp, scope=" ".join(SCOPES))).content.decode())

    assert "Let ERP in?" in page
    assert "Read products and their published versions" in page
    # The viewer cannot give it.
    assert "See what products cost" not in page
    assert "erp.example" in page
