"""Quotes over HTTP: the price that evaluate tells, signed; and what is told of one that comes back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Role
from configurator.models import Configuration, KeptQuote, SigningKey
from configurator.offers import published
from configurator.quoting.quotes import quote
from integrations.access.models import KeptAnswer
from pricing.grid import keep_amounts
from pricing.models import TaxRate
from tests.api import Api, make_shop, told
from tests.clock import Clock
from tests.embed import Shopper
from tests.examples.desk import desk
from tests.factories import make_user

pytestmark = pytest.mark.database

CASES = {
    "untouched": {},
    "oak frame": {"frame": "oak"},
    "much": {
        "frame": "oak",
        "top": "oak",
        "width": 1450,
        "drawers": "two",
        "extras": ["lamp", "tray"],
    },
    "words": {"top": "oak", "engraved": True, "engraving": "For Ada"},
}


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def quoted(api, **body):
    response = api.post("quotes", {"product": "desk", **body})
    assert response.status_code == 200, response.content
    return told(response)


def verified(api, token):
    response = api.post("quotes/verify", {"token": token})
    assert response.status_code == 200, response.content
    return told(response)


@pytest.mark.parametrize("choices", CASES.values(), ids=CASES)
@pytest.mark.parametrize(
    "more", [{}, {"quantity": 7, "price_list": "trade", "locale": "de"}], ids=["plain", "more"]
)
def test_a_quote_is_the_price_that_evaluate_tells(api, choices, more):
    answer = quoted(api, choices=choices, **more)
    evaluation = told(api.post("products/desk/evaluate", {"choices": choices, **more}))

    assert answer["price"] == evaluation["price"]
    assert answer["lead_time"] == evaluation["lead_time"]
    for name in ("total", "net", "tax", "gross", "currency", "quantity", "price_list"):
        assert answer["claims"][name] == evaluation["price"][name]
    for name in ("digest", "fingerprint", "choices", "version"):
        assert answer["claims"][name] == evaluation[name]


def test_a_quote_of_one_line_of_an_order_says_of_how_many(api):
    choices = {"frame": "oak"}
    answer = quoted(api, choices=choices, quantity=2, order_quantity=12)
    evaluation = told(
        api.post(
            "products/desk/evaluate", {"choices": choices, "quantity": 2, "order_quantity": 12}
        )
    )
    assert answer["price"] == evaluation["price"]
    assert (answer["claims"]["quantity"], answer["claims"]["order_quantity"]) == (2, 12)
    assert evaluation["price"]["order_quantity"] == 12
    assert verified(api, answer["token"])["changed"] == []
    assert (
        "order_quantity" not in quoted(api, choices=choices, quantity=2, order_quantity=2)["claims"]
    )
    for path, body in (("quotes", {"product": "desk"}), ("products/desk/evaluate", {})):
        refused = api.post(path, {**body, "choices": choices, "quantity": 2, "order_quantity": 1})
        assert (refused.status_code, told(refused)["code"]) == (422, "quantity-refused")


def test_it_comes_back_as_it_was_given(api):
    answer = quoted(api, choices={"frame": "oak"})
    found = verified(api, answer["token"])

    assert found == {
        "valid": True,
        "reason": None,
        "detail": "This quote holds.",
        "claims": answer["claims"],
        "changed": [],
        "old_total": answer["claims"]["total"],
        "now": None,
    }


def test_the_times_are_those_of_the_token(api):
    answer = quoted(api, expires_in=3600)
    issued, expires = (datetime.fromisoformat(answer[name]) for name in ("issued_at", "expires_at"))

    assert (issued.timestamp(), expires.timestamp()) == (
        answer["claims"]["iat"],
        answer["claims"]["exp"],
    )
    assert expires - issued == timedelta(hours=1)


def test_who_buys_decides_on_the_tax(api, shop):
    TaxRate.objects.create(merchant=shop, country="FR", rate=Decimal(20))

    assert quoted(api, country="FR")["price"]["tax_rate"] == "20"
    assert quoted(api, country="FR")["claims"]["buyer"] == {"country": "FR"}


def test_a_time_to_come_may_be_asked_for(api, shop):
    begins = (datetime.now(UTC) + timedelta(days=5)).isoformat()
    keep_amounts(
        shop,
        [
            {
                "price_list": "retail",
                "product": "desk",
                "line": "base",
                "amount": "500.00",
                "valid_from": begins,
            }
        ],
    )
    answer = quoted(api, at=begins)

    assert Decimal(answer["claims"]["total"]) > Decimal(quoted(api)["claims"]["total"])
    assert verified(api, answer["token"])["reason"] == "not-yet-valid"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"product": "desk", "choices": {"frame": "oak", "top": "glass"}}, 409, "choices-conflict"),
        (
            {"product": "desk", "choices": {"top": "oak", "engraved": True}},
            409,
            "configuration-not-ready",
        ),
        ({"product": "desk", "choices": {"colour": "red"}}, 400, "choices-malformed"),
        ({"product": "desk", "quantity": 0}, 400, "malformed-input"),
        ({"product": "desk", "expires_in": 59}, 400, "malformed-input"),
        ({"product": "desk", "expires_in": "60"}, 400, "malformed-input"),
        ({"product": "desk", "expires_in": 100 * 24 * 3600}, 422, "expiry-refused"),
        ({"product": "nothing"}, 404, "not-found"),
        ({"product": "desk", "version": 9}, 404, "not-found"),
        ({"product": "desk", "price_list": "none"}, 404, "not-found"),
        ({"product": "desk", "at": "2027-01-01"}, 400, "malformed-input"),
        ({}, 400, "malformed-input"),
        ({"product": "desk", "configuration": "abc"}, 400, "malformed-input"),
        ({"configuration": "abc", "quantity": 2}, 400, "malformed-input"),
        ({"configuration": "abc", "country": "DE"}, 400, "malformed-input"),
        ({"configuration": "abc"}, 404, "not-found"),
        ({"product": "desk", "alg": "HS256"}, 400, "malformed-input"),
    ],
)
def test_what_cannot_be_quoted_is_told(api, body, status, code):
    response = api.post("quotes", body)

    assert (response.status_code, told(response)["code"]) == (status, code)


def test_a_clash_comes_with_its_ways_out(api):
    body = {"product": "desk", "choices": {"frame": "oak", "top": "glass"}}
    problem = told(api.post("quotes", body))
    by_evaluate = told(api.post("products/desk/evaluate", {"choices": body["choices"]}))

    assert problem["repairs"] == by_evaluate["repairs"] != []
    assert problem["detail"] == by_evaluate["detail"]


def test_nothing_is_kept(api, shop):
    answer = quoted(api)
    kept = KeptAnswer.objects.count()
    verified(api, answer["token"])

    assert not Configuration.objects.exists()
    # The answer to its Idempotency-Key, and nothing of verifying it.
    assert KeptAnswer.objects.count() == kept == 1


def test_a_repeated_call_gets_the_same_token(api):
    first = api.post("quotes", {"product": "desk"}, Idempotency_Key="cart-7")
    again = api.post("quotes", {"product": "desk"}, Idempotency_Key="cart-7")

    assert again.headers["Idempotent-Replayed"] == "true"
    assert told(again) == told(first)
    assert told(api.post("quotes", {"product": "desk", "quantity": 2}, Idempotency_Key="cart-7"))[
        "code"
    ] == ("idempotency-key-reused")


# ---- configurations ------------------------------------------------------------------------------


def test_a_completed_configuration_carries_its_quote(api):
    made = told(
        api.post("configurations", {"product": "desk", "choices": {"frame": "oak"}, "quantity": 2})
    )
    assert made["quote"] is None
    done = told(api.post(f"configurations/{made['id']}/complete", {}))
    again = told(api.post(f"configurations/{made['id']}/complete", {}))
    found = verified(api, done["quote"])

    assert done["quote"] == again["quote"] == told(api.get(f"configurations/{made['id']}"))["quote"]
    assert (found["valid"], found["claims"]["configuration"]) == (True, made["id"])
    assert (found["claims"]["total"], found["claims"]["quantity"]) == (done["total"], 2)


def test_completing_at_once_answers_with_the_quote(api):
    made = told(api.post("configurations", {"product": "desk", "choices": {}, "complete": True}))

    assert verified(api, made["quote"])["valid"]


def test_a_stored_configuration_is_quoted_by_its_id(api, shop):
    made = told(
        api.post(
            "configurations", {"product": "desk", "choices": {}, "quantity": 3, "complete": True}
        )
    )
    keep_amounts(
        shop, [{"price_list": "retail", "product": "desk", "line": "base", "amount": "500.00"}]
    )
    answer = told(api.post("quotes", {"configuration": made["id"], "expires_in": 3600}))

    assert (answer["claims"]["total"], answer["claims"]["configuration"]) == (
        made["total"],
        made["id"],
    )
    assert answer["price"] == made["evaluation"]["price"]


def test_another_merchants_configuration_is_not_quoted(api):
    other = Api(make_shop("other"))
    made = told(other.post("configurations", {"product": "desk", "choices": {}}))
    missing = told(api.post("quotes", {"configuration": "A" * 22}))
    anothers = told(api.post("quotes", {"configuration": made["id"]}))
    for problem in (missing, anothers):
        del problem["request_id"]

    assert missing == anothers
    assert missing["code"] == "not-found"


# ---- what comes back -----------------------------------------------------------------------------


def test_an_expired_quote_is_answered_with_a_fresh_one(api, shop, clock):
    old = quoted(api, choices={"frame": "oak"}, quantity=2)
    keep_amounts(
        shop, [{"price_list": "retail", "product": "desk", "line": "base", "amount": "301.25"}]
    )
    clock.goes_on(days=40)
    found = verified(api, old["token"])

    assert (found["valid"], found["reason"], found["changed"]) == (False, "expired", ["price"])
    assert found["old_total"] == old["claims"]["total"]
    assert found["now"]["difference"] == "22.50"
    assert Decimal(found["now"]["total"]) - Decimal(found["old_total"]) == Decimal("22.50")
    fresh = found["now"]["quote"]
    assert fresh["claims"]["choices"] == {"frame": "oak"}
    assert verified(api, fresh["token"])["valid"]


def test_without_a_new_price_the_problem_is_told(api, shop, clock):
    old = quoted(api, price_list="trade")
    shop.price_lists.filter(key="trade").delete()
    clock.goes_on(days=40)
    now = verified(api, old["token"])["now"]

    assert (now["total"], now["difference"], now["quote"]) == (None, None, None)
    assert "trade" in now["problem"]


def test_a_token_that_was_changed_tells_nothing(api):
    head, payload, signature = quoted(api)["token"].split(".")
    found = verified(
        api, f"{head}.{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{signature}"
    )

    assert (found["valid"], found["claims"], found["now"]) == (False, None, None)
    assert found["reason"] in {"wrong-signature", "malformed"}


def test_of_another_merchants_quote_nothing_is_told(api):
    other = make_shop("other", desk(product="bureau"))
    token = quote(published("other", "bureau"), {}).signed.token
    answer = api.post("quotes/verify", {"token": token})

    assert told(answer) == {
        "valid": False,
        "reason": "another-merchant",
        "detail": "This was signed with another merchant's key.",
        "claims": None,
        "changed": [],
        "old_total": None,
        "now": None,
    }
    assert "bureau" not in answer.content.decode()
    assert verified(Api(other), token)["valid"]


@pytest.mark.parametrize("token", ["a", "a.b.c", "x" * 10_000, "é.é.é"])
def test_anything_else_is_refused_and_nothing_breaks(api, token):
    assert verified(api, token)["reason"] == "malformed"


# ---- every face ----------------------------------------------------------------------------------


SAME = (
    "product",
    "version",
    "digest",
    "fingerprint",
    "choices",
    "quantity",
    "currency",
    "total",
    "net",
    "tax",
    "gross",
)


def test_page_api_and_admin_promise_the_same_price(api, client, shop):
    choices = {"frame": "steel", "top": "glass"}
    page = Shopper(client, "/embed/joinery/desk/", htmx=True)
    page.opens("?frame=steel&top=glass")
    message = page.presses("complete").data("completed")
    by_page = verified(api, message["quote"])["claims"]
    by_api = quoted(api, choices=choices)["claims"]
    completed = told(
        api.post("configurations", {"product": "desk", "choices": choices, "complete": True})
    )
    by_completing = verified(api, completed["quote"])["claims"]

    client.force_login(make_user("maria", shop))
    address = reverse("admin:configurator_configuration_changelist")
    row = Configuration.objects.get(public_id=message["id"])
    response = client.post(address, {"action": "give_quotes", "_selected_action": [row.pk]})
    (shown,) = response.context["quotes"]
    by_admin = verified(api, shown[1].signed.token)["claims"]

    told_by = [
        {name: claims[name] for name in SAME}
        for claims in (by_page, by_api, by_completing, by_admin)
    ]
    assert told_by == [told_by[0]] * 4
    assert told_by[0]["total"] == message["total"]
    assert shown[1].signed.token in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    text = client.get(
        reverse("admin:configurator_configuration_change", args=[row.pk])
    ).content.decode()
    assert message["quote"] in text
    assert "This quote holds." in text


def test_the_page_of_a_completed_configuration_tells_its_quote_once(api, client):
    page = Shopper(client, "/embed/joinery/desk/", htmx=True)
    page.opens()
    message = page.presses("complete").data("completed")

    assert message["quote"] == told(api.get(f"configurations/{message['id']}"))["quote"]
    assert (
        message["quote"]
        not in client.get(f"/embed/joinery/desk/c/{message['id']}/").content.decode()
    )


def test_shoppers_are_told_until_when_the_price_holds(client, shop, clock):
    page = Shopper(client, "/embed/joinery/desk/", htmx=True)
    page.opens("?lang=de")
    done = page.presses("complete")
    expires = clock.now() + timedelta(days=30)
    address = f"/embed/joinery/desk/c/{done.data('completed')['id']}/?lang=de"

    assert f"Preis gilt bis {expires.day}. " in done.words
    assert "Preis gilt bis" in client.get(address).content.decode()
    clock.goes_on(days=30)
    assert "Preis gilt bis" not in client.get(address).content.decode()


# ---- in the administration -----------------------------------------------------------------------


@pytest.fixture
def owner(client, shop):
    client.force_login(make_user("olga", shop, Role.OWNER))
    return client


KEYS = "admin:configurator_signingkey_changelist"


def test_an_owner_rotates_and_withdraws_keys(api, owner, shop):
    token = quoted(api)["token"]
    (first,) = SigningKey.objects.all()
    answer = owner.post(
        reverse(KEYS), {"action": "rotate", "_selected_action": [first.pk]}, follow=True
    )
    second = SigningKey.objects.get(number=2)
    assert second.kid in answer.content.decode()
    assert second.signs_from > first.signs_from

    owner.post(reverse(KEYS), {"action": "withdraw", "_selected_action": [first.pk]})
    assert verified(api, token)["reason"] == "withdrawn-key"


def test_an_owner_makes_the_first_key(owner, shop):
    owner.post(reverse("admin:configurator_signingkey_add"), {})
    key = SigningKey.objects.get()

    assert key.merchant == shop
    page = owner.get(
        reverse("admin:configurator_signingkey_change", args=[key.pk])
    ).content.decode()
    assert key.kid in page
    assert "signs" in page


def test_only_owners_see_keys(client, api, shop):
    quoted(api)
    key = SigningKey.objects.get()
    for name, role in (("maria", Role.PRODUCT_MANAGER), ("vera", Role.VIEWER)):
        client.force_login(make_user(name, shop, role))
        assert client.get(reverse(KEYS)).status_code == 403
        client.post(reverse(KEYS), {"action": "withdraw", "_selected_action": [key.pk]})
    key.refresh_from_db()
    assert key.withdrawn_at is None


def test_another_merchants_keys_are_neither_seen_rotated_nor_withdrawn(owner):
    other = make_shop("other")
    token = quote(published("other", "desk"), {}).signed.token
    key = SigningKey.objects.get(merchant=other)

    assert key.kid not in owner.get(reverse(KEYS)).content.decode()
    for action in ("rotate", "withdraw"):
        owner.post(reverse(KEYS), {"action": action, "_selected_action": [key.pk]})
    owner.post(reverse("admin:configurator_signingkey_add"), {"merchant": other.pk})
    assert list(SigningKey.objects.filter(merchant=other)) == [key]
    assert verified(Api(other), token)["valid"]


def test_an_owner_says_how_long_quotes_hold(api, owner):
    owner.post(
        reverse("admin:configurator_quoteterms_add"),
        {"valid_days": 5, "most_days": 6, "open_days": 30},
    )
    claims = quoted(api)["claims"]

    assert claims["exp"] - claims["iat"] == 5 * 24 * 3600
    assert (
        told(api.post("quotes", {"product": "desk", "expires_in": 7 * 24 * 3600}))["most"]
        == 6 * 24 * 3600
    )


def test_who_only_looks_quotes_nothing(client, api, shop):
    made = told(api.post("configurations", {"product": "desk", "choices": {}}))
    row = Configuration.objects.get(public_id=made["id"])
    client.force_login(make_user("vera", shop, Role.VIEWER))
    address = reverse("admin:configurator_configuration_changelist")
    response = client.post(address, {"action": "give_quotes", "_selected_action": [row.pk]})

    assert response.context is None or "quotes" not in response.context
    assert "eyJ" not in response.content.decode()


def test_what_cannot_be_quoted_says_why_in_the_administration(owner, api):
    choices = {"top": "oak", "engraved": True}
    made = told(api.post("configurations", {"product": "desk", "choices": choices}))
    row = Configuration.objects.get(public_id=made["id"])
    address = reverse("admin:configurator_configuration_changelist")
    response = owner.post(address, {"action": "give_quotes", "_selected_action": [row.pk]})

    assert "Still to choose: Engraving." in response.content.decode()


# ---- what becomes of quotes ----------------------------------------------------------------------


def test_a_quote_is_accepted_once_and_says_so_from_then_on(api):
    given = quoted(api, choices={"frame": "oak"})
    address = f"quotes/{given['claims']['jti']}"
    before = told(api.get(address))
    first = api.post("quotes/accept", {"token": given["token"]})
    again = api.post("quotes/accept", {"token": given["token"]})
    assert (first.status_code, told(first)) == (again.status_code, told(again))
    assert (first.status_code, before["state"], before["accepted_at"]) == (200, "open", None)
    after = told(first)
    assert told(api.get(address)) == after
    assert after == {**before, "state": "accepted", "accepted_at": after["accepted_at"]}
    assert (after["token"], after["total"]) == (given["token"], given["claims"]["total"])


def test_what_cannot_be_accepted_is_refused_by_its_kind(api, clock):
    late = quoted(api, expires_in=60)["token"]
    begins = (datetime.now(UTC) + timedelta(days=5)).isoformat()
    early = quoted(api, at=begins)["token"]
    other = Api(make_shop("other", desk(product="bureau")))
    anothers = told(other.post("quotes", {"product": "bureau", "choices": {}}))["token"]
    KeptQuote.objects.filter(token=late).update(expired_at=clock.now())
    cases = {
        "no token": (422, "quote-refused"),
        early[:-2]: (422, "quote-refused"),
        late: (409, "quote-expired"),
        early: (409, "quote-not-yet-valid"),
        anothers: (404, "not-found"),
    }
    for token, expected in cases.items():
        answer = api.post("quotes/accept", {"token": token})
        assert (answer.status_code, told(answer)["code"]) == expected
    assert not KeptQuote.objects.exclude(accepted_at=None).exists()


def test_quotes_are_listed_by_what_became_of_them(api):
    row = told(api.post("configurations", {"product": "desk", "choices": {}}))
    first, second = quoted(api), told(api.post("quotes", {"configuration": row["id"]}))
    api.post("quotes/accept", {"token": first["token"]})
    ids = [each["claims"]["jti"] for each in (second, first)]

    def listed(query=""):
        return [each["id"] for each in told(api.get(f"quotes{query}"))["data"]]

    assert listed() == ids
    assert listed("?state=accepted") == ids[1:]
    assert listed("?state=open") == ids[:1]
    assert listed("?state=expired") == []
    assert listed(f"?configuration={row['id']}") == ids[:1]
    assert listed("?product=bureau") == []
    page = told(api.get("quotes?limit=1"))
    assert [each["id"] for each in page["data"]] == ids[:1]
    assert listed(page["next"].partition("/quotes")[2]) == ids[1:]
    assert api.get("quotes/nowhere").status_code == 404
