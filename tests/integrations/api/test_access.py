"""Keys, programs and people by API: secrets once, nobody gives more than they hold, an owner stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.memory import forget_all
from catalog.models import Role
from catalog.roles import ROLES, SCOPES, scopes_of
from integrations.access.models import ApiClient, ApiKey, KeptAnswer
from integrations.access.operations import create_api_key
from tests.api import Api, told
from tests.factories import make_user
from tests.integrations.api.test_isolation import OPERATIONS, example_body, within
from tests.integrations.api.test_scopes import TABLE

pytestmark = [pytest.mark.database, pytest.mark.django_db]

KEY = {"name": "ERP", "scopes": ["catalog:read"]}
PROGRAM = {"name": "App", "scopes": ["catalog:read"], "redirect_uris": ["https://app.example/back"]}


def code(answer):
    return answer.status_code, told(answer).get("code")


@pytest.fixture
def olga(shop):
    return make_user("olga", shop, Role.OWNER).memberships.get()


def test_a_key_is_made_used_and_told_without_its_secret(api):
    made = api.post("api-keys", {**KEY, "networks": ["127.0.0.1"]})
    secret = told(made)["secret"]
    read = api.get(f"api-keys/{told(made)['id']}")

    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert made.headers["ETag"] == read.headers["ETag"]
    assert Api(None, secret=secret).get("products").status_code == 200
    everything = read.content + api.get("api-keys").content
    assert secret.encode() not in everything
    assert "secret" not in told(read)
    assert told(read)["networks"] == ["127.0.0.1/32"]


def test_a_repeated_call_makes_no_second_key(api):
    first = api.post("api-keys", KEY)

    assert code(api.post("api-keys", KEY)) == (409, "key-taken")
    api.call("DELETE", f"api-keys/{told(first)['id']}")
    assert api.post("api-keys", KEY).status_code == 201


def test_a_secret_is_kept_nowhere_and_comes_again_to_its_maker_alone(api, shop):
    first = api.post("api-keys", KEY, Idempotency_Key="k1")
    again = api.post("api-keys", KEY, Idempotency_Key="k1")
    other = Api(shop, ["access:write", "catalog:read"])
    rows = [*KeptAnswer.objects.values(), *ApiKey.objects.values()]
    secret = told(first)["secret"]

    assert told(again)["secret"] == secret
    assert not any(
        secret in str(bytes(v) if isinstance(v, memoryview) else v)
        for row in rows
        for v in row.values()
    )
    assert code(other.post("api-keys", KEY, Idempotency_Key="k1")) == (403, "scope-missing")


def test_a_key_is_rotated_with_an_overlap(api):
    made = told(api.post("api-keys", KEY))
    rotated = told(api.post(f"api-keys/{made['id']}/rotate", {"overlap_seconds": 3600}))
    old, new = (Api(None, secret=each["secret"]) for each in (made, rotated))

    assert [each.get("products").status_code for each in (old, new)] == [200, 200]
    assert rotated["old_secret_until"] is not None
    ApiKey.objects.filter(public_id=made["id"]).update(old_until=timezone.now())
    forget_all()
    assert [each.get("products").status_code for each in (old, new)] == [401, 200]


def test_an_old_secret_ends_at_once_or_within_a_week(api):
    made = told(api.post("api-keys", KEY))
    address = f"api-keys/{made['id']}/rotate"
    week = int(timedelta(days=7).total_seconds())

    assert api.post(address, {"overlap_seconds": week + 1}).status_code == 400
    assert api.post(address, {"overlap_seconds": week}).status_code == 200
    assert api.post(address, {"overlap_seconds": 0}).status_code == 200
    forget_all()
    assert Api(None, secret=made["secret"]).get("products").status_code == 401


def test_a_rotation_is_not_done_twice_with_the_tag_that_was_read(api):
    made = api.post("api-keys", KEY)
    address = f"api-keys/{told(made)['id']}/rotate"

    assert api.post(address, {}, If_Match=made.headers["ETag"]).status_code == 200
    assert code(api.post(address, {}, If_Match=made.headers["ETag"])) == (412, "changed-meanwhile")


def test_a_revoked_key_opens_nothing_and_does_not_rotate(api):
    made = told(api.post("api-keys", KEY))
    gone = api.call("DELETE", f"api-keys/{made['id']}")
    again = api.call("DELETE", f"api-keys/{made['id']}")
    forget_all()

    assert told(gone)["state"] == told(again)["state"] == "revoked"
    assert told(gone)["revoked_at"] == told(again)["revoked_at"]
    assert Api(None, secret=made["secret"]).get("products").status_code == 401
    assert code(api.post(f"api-keys/{made['id']}/rotate", {})) == (422, "api-key-refused")


def test_a_publishable_key_is_made_for_sites(api):
    made = told(
        api.post(
            "api-keys", {"name": "Shop", "kind": "publishable", "sites": ["https://shop.example"]}
        )
    )
    page = Api(None, secret=made["secret"])

    assert made["sites"] == ["https://shop.example"]
    assert page.get("products", Origin="https://shop.example").status_code == 200
    assert page.get("products").status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["catalog:erase"]},
        {"networks": ["home"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"sites": ["https://shop.example"]},
        {"kind": "publishable", "sites": ["https://shop.example"]},
        {"kind": "publishable", "scopes": [], "sites": ["http://shop.example"]},
        {"kind": "publishable", "scopes": []},
    ],
)
def test_a_key_that_makes_no_sense_is_refused(api, change):
    before = ApiKey.objects.count()

    assert code(api.post("api-keys", {**KEY, **change})) == (422, "api-key-refused")
    assert ApiKey.objects.count() == before


def test_nobody_gives_a_key_more_than_they_hold(shop):
    api = Api(shop, ["access:read", "access:write", "catalog:read"])
    answer = api.post("api-keys", {**KEY, "scopes": ["catalog:read", "pricing:cost"]})

    assert (*code(answer), told(answer)["scopes"]) == (422, "grant-refused", ["pricing:cost"])
    assert api.post("api-keys", KEY).status_code == 201
    page = {"name": "Shop", "kind": "publishable", "sites": ["https://shop.example"]}
    assert code(api.post("api-keys", page)) == (422, "grant-refused")


def test_nobody_gets_the_secret_of_what_may_more(shop):
    api = Api(shop, ["access:read", "access:write", "catalog:read"])
    key, _ = create_api_key(shop, "Costs", ["pricing:cost"])
    program = told(Api(shop).post("oauth-clients", {**PROGRAM, "scopes": ["pricing:cost"]}))

    assert code(api.post(f"api-keys/{key.public_id}/rotate", {})) == (422, "grant-refused")
    address = f"oauth-clients/{program['id']}"
    assert code(api.post(f"{address}/rotate", {})) == (422, "grant-refused")
    assert code(api.call("PUT", address, PROGRAM)) == (422, "grant-refused")


def test_nobody_gives_a_key_to_other_addresses(shop):
    _, secret = create_api_key(shop, "Office", list(SCOPES), networks=["127.0.0.0/8"])
    api = Api(None, secret=secret)

    for networks in ([], ["0.0.0.0/0"], ["::/0"], ["127.0.0.1", "203.0.113.7"]):
        answer = api.post("api-keys", {**KEY, "networks": networks})
        assert code(answer) == (422, "grant-refused"), networks
    assert api.post("api-keys", {**KEY, "networks": ["127.0.0.1"]}).status_code == 201


def test_a_program_is_registered_changed_rotated_and_removed(api):
    made = api.post("oauth-clients", PROGRAM)
    address = f"oauth-clients/{told(made)['id']}"
    changed = api.call("PUT", address, {**PROGRAM, "scopes": ["pricing:read"]})
    rotated = told(api.post(f"{address}/rotate", {}))

    assert made.status_code == 201
    assert told(changed)["scopes"] == ["pricing:read"]
    assert len({told(made)["secret"], rotated["secret"]}) == 2
    assert code(api.post("oauth-clients", PROGRAM)) == (409, "key-taken")
    assert api.call("DELETE", address).status_code == 200
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uris": ["https://app.example/#x"]},
        {"redirect_uris": ["http://app.example/back"]},
        {"redirect_uris": ["https://*.app.example/back"]},
        {"redirect_uris": ["https://app.example/a b"]},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["https://maria@app.example/"]},
        {"redirect_uris": [], "is_public": True},
        {"scopes": []},
    ],
)
def test_a_program_that_makes_no_sense_is_refused(api, change):
    assert code(api.post("oauth-clients", {**PROGRAM, **change})) == (422, "api-key-refused")
    assert not ApiClient.objects.exists()


def test_a_public_program_has_no_secret(api):
    made = told(api.post("oauth-clients", {**PROGRAM, "is_public": True}))
    answer = api.post(f"oauth-clients/{made['id']}/rotate", {})

    assert (made["secret"], made["is_public"]) == (None, True)
    assert code(answer) == (422, "api-key-refused")


def test_a_program_for_itself_does_not_become_one_for_people(api):
    made = told(api.post("oauth-clients", {**PROGRAM, "redirect_uris": []}))

    assert code(api.call("PUT", f"oauth-clients/{made['id']}", PROGRAM)) == (
        422,
        "api-key-refused",
    )


def test_a_person_is_added_promoted_and_removed(api, olga):
    make_user("paul")
    made = api.post("people", {"username": "paul", "role": "viewer"})
    address = f"people/{told(made)['id']}"
    changed = told(api.call("PUT", address, {"role": "sales"}))

    assert made.status_code == 201
    assert (changed["role"], set(changed["scopes"])) == ("sales", scopes_of(Role.SALES))
    assert code(api.post("people", {"username": "paul", "role": "owner"})) == (
        409,
        "member-already",
    )
    assert [each["username"] for each in told(api.get("people"))["data"]] == ["olga", "paul"]
    assert api.call("DELETE", address).status_code == 200
    assert api.get(address).status_code == 404


def test_who_has_no_account_is_not_added(api):
    answer = api.post("people", {"username": "nobody", "role": "viewer"})

    assert code(answer) == (400, "malformed")
    assert told(answer)["errors"][0]["pointer"] == "/username"


def test_the_last_owner_stays(api, shop, olga):
    address = f"people/{olga.pk}"

    assert code(api.call("PUT", address, {"role": "viewer"})) == (409, "last-owner")
    assert code(api.call("DELETE", address)) == (409, "last-owner")
    assert api.call("PUT", address, {"role": "owner"}).status_code == 200
    # Who cannot log in is no owner who could help.
    oscar = make_user("oscar", shop, Role.OWNER)
    oscar.is_active = False
    oscar.save()
    assert code(api.call("DELETE", address)) == (409, "last-owner")
    oscar.is_active = True
    oscar.save()
    assert api.call("DELETE", address).status_code == 200


def test_nobody_makes_or_moves_people_who_may_more(shop, olga):
    make_user("paul")
    holds = [*scopes_of(Role.INTEGRATOR), "access:people"]
    api = Api(shop, holds)

    assert code(api.post("people", {"username": "paul", "role": "owner"})) == (422, "grant-refused")
    assert code(api.call("PUT", f"people/{olga.pk}", {"role": "viewer"})) == (422, "grant-refused")
    assert code(api.call("DELETE", f"people/{olga.pk}")) == (422, "grant-refused")
    assert api.post("people", {"username": "paul", "role": "viewer"}).status_code == 201


def test_lists_go_on_page_by_page(api, shop):
    for number in range(3):
        api.post("api-keys", {**KEY, "name": f"Key {number}"})
        api.post("oauth-clients", {**PROGRAM, "name": f"App {number}"})
        make_user(f"user{number}", shop)
    for resource, count in (("api-keys", 4), ("oauth-clients", 3), ("people", 3)):
        found, following = [], f"{resource}?limit=2"
        while following:
            page = told(api.get(following))
            found += [each["id"] for each in page["data"]]
            following = page["next"] and page["next"].partition("/api/v1/")[2]
        assert len(found) == len(set(found)) == count


@pytest.mark.parametrize("id", ["0", "999999999999999999999", "-1", "x", "١"])
def test_an_id_that_is_none_is_not_found(api, id):
    assert api.get(f"people/{id}").status_code == 404


@pytest.mark.parametrize("role", [each for each in Role if each != Role.OWNER])
def test_a_role_opens_the_operations_of_its_scopes_and_no_others(shop, role):
    """What a person's token may do follows from the role; here a key stands for it."""
    api = Api(shop, sorted(ROLES[role]))
    made = told(Api(shop).post("configurations", {"product": "desk", "choices": {}}))
    wrong = []
    for method, path, operation in OPERATIONS:
        is_open = TABLE[operation["operationId"]] in ROLES[role]
        if is_open:
            continue
        address = within(path).replace("{key}", "desk").replace("{id}", made["id"])
        answer = api.call(method, address.replace("{name}", "a.png"), example_body(operation))
        if code(answer) != (403, "scope-missing"):
            wrong.append((operation["operationId"], answer.status_code))

    assert wrong == []
