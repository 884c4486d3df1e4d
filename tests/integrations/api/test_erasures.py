"""Personal data is gone from everything that is kept here, and what was sold stays."""

import pytest
from django.apps import apps
from django.core import serializers

from configurator.models import Configuration, Erasure, KeptQuote
from configurator.quoting.tokens import claims_of
from integrations.access.models import KeptAnswer
from integrations.automations.models import Step, Try
from integrations.webhooks.models import Delivery, Event
from tests.api import Api, make_shop, told
from tests.examples.desk import desk
from tests.integrations.automations.asking import set_off

pytestmark = pytest.mark.database

WHO, TEXT, WORD = "C-ada-1815", "Ada Lovelace", "ring-at-the-back"
ENGRAVED = {
    "product": "desk",
    "choices": {"top": "oak", "engraved": True, "engraving": TEXT},
    "customer": WHO,
    "country": "DE",
    "reference": "SO-1",
    "metadata": {"note": WORD},
}


def everything():
    """Return all that is in the database as text, tokens opened."""
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    kept = [bytes(each.body).decode() for each in KeptAnswer.objects.all()]
    tokens = [each.token for each in KeptQuote.objects.all()]
    tokens += [each.quote for each in Configuration.objects.exclude(quote="")]
    said = [str(each.data) for each in Event.objects.all()]
    opened = [claims_of(each).model_dump_json() for each in tokens]
    return "\n".join([serializers.serialize("json", rows), *kept, *said, *opened])


@pytest.fixture
def sold(api, shop):
    """A configuration that was changed, completed, quoted, told to a receiver and worked on."""
    endpoint = {"name": "ERP", "url": "https://erp.example/in", "payload": "full"}
    assert api.post("webhook-endpoints", endpoint).status_code == 201
    made = told(api.post("configurations", ENGRAVED, Idempotency_Key="create"))
    path = f"configurations/{made['id']}"
    api.patch(f"{path}/choices", {"changes": {"engraving": f"{TEXT} 2"}})
    done = told(api.post(f"{path}/complete", {}, Idempotency_Key="complete"))
    api.post("quotes", {"configuration": made["id"]})
    quote = {name: ENGRAVED[name] for name in ("product", "choices", "customer", "country")}
    api.post("quotes", quote, Idempotency_Key="quote")
    event = Event.objects.filter(type="configuration.completed").get()
    set_off(shop, "Ask", event)
    step = Step.objects.get()
    step.told, step.output = f"To {TEXT}", {"choices": {"engraving": TEXT}}
    step.save()
    Try.objects.create(
        step=step, number=1, at=event.created_at, milliseconds=1, answer=f"Thanks, {TEXT}"
    )
    delivery = Delivery.objects.filter(event=event).get()
    delivery.tries.create(number=1, at=event.created_at, milliseconds=1, answer=TEXT)
    return done


def test_nothing_of_a_customer_is_left(api, sold):
    before = everything()
    assert all(each in before for each in (WHO, TEXT, WORD))

    answer = api.post("erasures", {"customer": WHO, "by": "maria"})

    assert told(answer) == {"erased": 2, "more": False}
    after = everything()
    assert [each for each in (WHO, TEXT, WORD) if each in after] == []


def test_what_was_sold_stays(api, sold):
    bom, price = (told(api.get(f"configurations/{sold['id']}/{each}")) for each in ("bom", "price"))

    api.post("erasures", {"configuration": sold["id"]})

    now = told(api.get(f"configurations/{sold['id']}"))
    same = {"reference", "state", "version", "total", "fingerprint", "completed_at", "quantity"}
    assert {name: now[name] for name in same} == {name: sold[name] for name in same}
    assert now["buyer"] == {**sold["buyer"], "customer": None}
    assert now["choices"] == {"top": "oak", "engraved": True}
    assert told(api.get(f"configurations/{sold['id']}/bom")) == bom
    assert told(api.get(f"configurations/{sold['id']}/price")) == price


def test_its_quote_is_still_one_to_be_believed(api, sold):
    api.post("erasures", {"configuration": sold["id"]})
    now = told(api.get(f"configurations/{sold['id']}"))

    claims, before = claims_of(now["quote"]), claims_of(sold["quote"])
    verified = told(api.post("quotes/verify", {"token": now["quote"]}))

    assert verified["valid"]
    assert (claims.jti, claims.total, claims.exp) == (before.jti, before.total, before.exp)
    assert claims.buyer == {"country": "DE"}
    assert told(api.get(f"quotes/{claims.jti}"))["token"] == now["quote"]


def test_a_repeated_call_does_not_bring_it_back(api, sold):
    api.post("erasures", {"customer": WHO})

    again = api.post("configurations", ENGRAVED, Idempotency_Key="create")

    assert again.headers["Idempotent-Replayed"] == "true"
    assert told(again)["id"] == sold["id"]
    assert TEXT not in again.content.decode()


def test_it_is_written_down_that_it_was_done_and_not_whose_it_was(api, sold):
    api.post("erasures", {"customer": WHO, "by": "maria"})

    rows = told(api.get("erasures"))["data"]

    assert [each["by"] for each in rows] == ["maria", "maria"]
    assert {each["configuration"] for each in rows} == {sold["id"], None}
    assert len(next(each for each in rows if each["configuration"])["quotes"]) == 2


def test_erasing_twice_changes_nothing_more(api, sold):
    api.post("erasures", {"configuration": sold["id"]})
    before = told(api.get(f"configurations/{sold['id']}"))

    api.post("erasures", {"configuration": sold["id"]})

    after = told(api.get(f"configurations/{sold['id']}"))
    assert {
        **after,
        **{name: before[name] for name in ("revision", "changed_at", "updated_at")},
    } == {
        **before,
        "quote": after["quote"],
    }


def test_many_are_erased_in_parts(api, monkeypatch):
    monkeypatch.setattr("configurator.erasing.MOST_AT_ONCE", 2)
    body = {"product": "desk", "choices": {}, "customer": WHO}
    for _ in range(3):
        api.post("configurations", body)

    answers = [told(api.post("erasures", {"customer": WHO})) for _ in range(3)]

    assert answers == [
        {"erased": 2, "more": True},
        {"erased": 1, "more": False},
        {"erased": 0, "more": False},
    ]


def test_nobody_elses_customer_is_touched(api, sold):
    other = Api(make_shop("other", desk(product="bureau")))

    assert told(other.post("erasures", {"customer": WHO})) == {"erased": 0, "more": False}
    assert other.post("erasures", {"configuration": sold["id"]}).status_code == 404
    assert told(other.get("erasures"))["data"] == []
    assert Erasure.objects.count() == 0
    assert TEXT in everything()
