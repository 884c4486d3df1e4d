"""Handed cases about choices as they are typed, sent, kept in addresses and taken back."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from catalog.memory import forget_all
from catalog.operations import publish
from configurator.keeping import save
from configurator.models import Configuration
from configurator.offers import published
from pricing.in_force import Buyer
from pricing.models import PriceList
from pricing.operations import import_product
from pricing.product_file import read_product_file
from tests.cases.reading import CASES, answers, needs_cases
from tests.embed import Shopper
from tests.factories import make_merchant

pytestmark = needs_cases


def shopper_at(client: Client, name: str, htmx: bool = False) -> Shopper:
    """Return a shopper at the widget of the case's product, published by a merchant of its own."""
    forget_all()
    forget_all()
    file = read_product_file((CASES / name).read_text(), name)
    publish(import_product(make_merchant(locales=["en", "de"]), file))
    return Shopper(client, f"/embed/joinery/{file.model.product}/", htmx)


def test_a_measure_in_32nds_of_an_inch_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    (answer,) = answers("27-thirty-second-inch.yaml", {"width": 23.15625}, monkeypatch=monkeypatch)
    # Told in millimetres, as all measures called width are: 11.515625 inches of 25.4.
    assert Decimal(repr(answer["bom"][0]["measures"]["width"])) == Decimal("11.515625") * Decimal(
        "25.4"
    )


def test_a_fraction_of_an_inch_is_typed_as_people_type_it(db: None, client: Client) -> None:
    shopper = shopper_at(client, "27-thirty-second-inch.yaml")
    shopper.opens()
    assert shopper.chooses(width='24 1/2"').values("state") == ["width=24.5"]
    assert shopper.chooses(width="23 5/32").values("state") == ["width=23.15625"]
    page = shopper.chooses(width="24 1/3")
    assert page.status == 422
    assert "Nearest: 24.3125 or 24.34375 in" in page.words


def test_what_a_double_adds_is_not_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    found = answers("28-float-from-a-browser.yaml", monkeypatch=monkeypatch)
    assert [each["values"] for each in found] == [{"width": 0.3}, {"width": 0.8}, {"width": 0.3}]
    (refused,) = answers("28-float-from-a-browser.yaml", {"width": 0.31}, monkeypatch=monkeypatch)
    assert refused["error"]["detail"].endswith("the nearest are 0.3 and 0.4 m")


def test_a_text_is_counted_as_people_count_and_nothing_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = answers("29-text-of-several-kinds.yaml", monkeypatch=monkeypatch)
    texts = [each.get("values", {}).get("engraving") for each in found]
    assert texts[:3] == ["{}", "{{7*7}} {% x", "<i>O'Neil</i"]
    assert "this is one line" in found[3]["error"]["detail"]
    assert [each["price"]["total"] for each in found[4:9]] == [
        "24.50",
        "38.00",
        "20.00",
        "20.00",
        "20.00",
    ]
    assert found[9]["error"]["detail"].endswith("13 characters are too many; at most 12 fit")
    assert found[6]["fingerprint"] == found[7]["fingerprint"]


def test_a_page_takes_and_refuses_the_same_texts(db: None, client: Client) -> None:
    shopper = shopper_at(client, "29-text-of-several-kinds.yaml")
    shopper.opens()
    for text, total in (("👩‍👧‍👦" * 3, "€24.50"), ("e\u0301" * 12, "€38.00"), ("   ", "€20.00")):
        page = shopper.chooses(engraving=text)
        assert page.status == 200
        assert total in page.words
    page = shopper.chooses(engraving="1234567890123")
    assert (page.status, "13 characters are too many; at most 12 fit." in page.words) == (422, True)
    assert page.values("o.engraving") == ["1234567890123"]
    assert shopper.chooses(engraving="<i>O'Neil</i").values("o.engraving") == ["<i>O'Neil</i"]


def test_change_it_leads_back_to_the_same_place(db: None, client: Client) -> None:
    shopper = shopper_at(client, "60b-change-it-forgets-the-country.yaml")
    shopper.opens("?country=AT&wood=oak")
    done = shopper.presses("complete")
    assert done.response.status_code == 303
    kept = Configuration.objects.get()
    page = client.get(f"/embed/joinery/chair/c/{kept.public_id}/").content.decode()
    assert "?wood=oak&amp;country=AT" in page
    assert "€120.00" in shopper.opens("?wood=oak&country=AT").words


def test_a_kept_configuration_opens_at_its_price_list(db: None, client: Client) -> None:
    shopper = shopper_at(client, "60b-change-it-forgets-the-country.yaml")
    PriceList.objects.create(
        merchant_id=PriceList.objects.get(key="shop").merchant_id,
        key="dealer",
        name="Dealer",
        currency="EUR",
        customer_group="dealers",
        tax_rate=0,
    )
    forget_all()
    dealer = published("joinery", "chair", buyer=Buyer(customer_group="dealers", country="AT"))
    kept = save(dealer, {"wood": "oak"})
    answer = client.get(f"/embed/joinery/chair/c/{kept.public_id}/")
    address = answer["Location"]
    assert address.endswith(f"?wood=oak&country=AT&prices-of={kept.public_id}")
    page = shopper.opens(address.partition("/chair/")[2])
    total = "€100.00"
    assert total in page.words
    assert total in shopper.presses("quantity", "1").words
    assert total in shopper.chooses(wood="ash").words
    shopper.presses("complete")
    again = Configuration.objects.exclude(pk=kept.pk).get()
    assert (again.price_list, again.buyer) == (
        "dealer",
        {"customer_group": "dealers", "country": "AT"},
    )


def test_a_sub_assembly_called_o_keeps_its_choices(db: None, client: Client) -> None:
    shopper = shopper_at(client, "61-sub-assembly-called-o.yaml")
    shopper.opens("?step=second")
    page = shopper.chooses(**{"o.1.size": "large"})
    for step in ("first", "second"):
        page = shopper.presses("step", step)
        assert page.values("state") == ["o.1.size=large"]
        assert "€120.00" in page.words
        assert "open for long" not in page.words
    assert "€120.00" in shopper.opens("?o.1.size=large").words
    assert "€120.00" in shopper.opens("?o.o.1.size=large").words


def test_no_face_takes_a_line_break(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (refused,) = answers("63-newline-in-text.yaml", monkeypatch=monkeypatch)
    assert refused["error"]["errors"][0]["pointer"] == "/note"
    shopper = shopper_at(client, "63-newline-in-text.yaml")
    page = shopper.opens("?note=line%201%0Aline%202&wood=oak")
    assert page.values("state") == ["wood=oak"]
    assert "Some choices of this link no longer exist" in page.words


def test_an_optional_answer_is_left_out_at_every_door(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = "63b-text-with-default-cannot-be-emptied.yaml"
    lines: list[dict[str, Any]] = [
        {},
        {"name": ""},
        {"name": "  "},
        {"wood": ""},
        {"choices": {"wood": "ash"}, "changes": {"wood": ""}},
        {"choices": {"wood": "ash"}, "changes": {"wood": None}},
    ]
    found = answers(case, *lines, monkeypatch=monkeypatch)
    assert [each["values"] for each in found] == [
        {"name": "Anna", "wood": "oak"},
        {"wood": "oak"},
        {"wood": "oak"},
        {"name": "Anna"},
        {"name": "Anna"},
        {"name": "Anna", "wood": "oak"},
    ]
    assert [each["price"]["total"] for each in found[:3]] == ["22.00", "10.00", "10.00"]
    shopper = shopper_at(client, case)
    shopper.opens()
    page = shopper.chooses(name="")
    assert (page.values("state"), page.values("o.name")) == (["name="], [""])
    assert "€10.00" in page.words
    page = shopper.chooses(wood="")
    assert page.values("state") == ["name=&wood="]
    assert shopper.opens("?name=&wood=").values("state") == ["name=&wood="]
    assert shopper.chooses(name="Bo").values("state") == ["name=Bo&wood="]
    assert shopper.presses("undo").values("state") == ["name=&wood="]


def test_half_a_character_ends_its_own_line_only(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = answers("64-half-a-character.yaml", monkeypatch=monkeypatch)
    assert first["error"]["code"] == "malformed"
    assert second["values"]["note"] == "ok"


def test_an_emptied_multi_choice_is_as_if_never_touched(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    untouched, emptied = answers("65b-empty-multi-choice-stays.yaml", monkeypatch=monkeypatch)
    assert emptied["fingerprint"] == untouched["fingerprint"]
    assert emptied["options"]["extras"]["active"] is False
    assert "extras" not in emptied["values"]
    shopper = shopper_at(client, "65b-empty-multi-choice-stays.yaml")
    shopper.opens()
    shopper.chooses(extras=["", "lamp"])
    assert shopper.chooses(extras=[""]).values("state") == [""]
    page = shopper.chooses(frame="oak")
    assert page.values("state") == ["frame=oak"]
    assert "Needs a change" not in page.words


def test_one_number_is_written_in_one_way(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_default, chosen, half = answers("68-trailing-zero.yaml", monkeypatch=monkeypatch)
    told = [each["options"]["width"]["told"] for each in (by_default, chosen, half)]
    assert told == ["1200 mm", "1200 mm", "1200,5 mm"]
    shopper = shopper_at(client, "68-trailing-zero.yaml")
    shopper.opens()
    shopper.chooses(width="1300")
    page = shopper.chooses(width="1200.0")
    assert page.values("state") == ["width=1200"]
    assert page.values("o.width") == ["1200"]
    shopper.opens("?lang=de&width=1200.5")
    assert shopper.page.values("o.width") == ["1200,5"]
    assert shopper.chooses(width="1.300,5").values("state") == ["width=1300.5"]


def test_undo_takes_back_a_quantity(db: None, client: Client) -> None:
    shopper = shopper_at(client, "69-undo-after-quantity.yaml")
    shopper.opens()
    shopper.chooses(wood="ash")
    page = shopper.presses("quantity", "7")
    assert page.values("quantity") == ["7"]
    page = shopper.presses("undo")
    assert (page.values("quantity"), page.values("state")) == (["1"], ["wood=ash"])
    page = shopper.presses("undo")
    assert (page.values("quantity"), page.values("state")) == (["1"], [""])


def test_rows_of_typed_values_move_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    found = answers("124-doors-with-plates.yaml", monkeypatch=monkeypatch)
    removed = found[1]["choices"]
    assert removed == {
        "doors": 2,
        "doors.1.name": "A",
        "doors.1.plates.1.words": "a1",
        "doors.2.name": "C",
        "doors.2.plates.1.words": "c1",
    }
    copied = found[2]["choices"]
    assert {key: copied[key] for key in copied if key.startswith("doors.3.")} == {
        "doors.3.name": "B",
        "doors.3.colour": "#ff0000",
        "doors.3.plates": 2,
        "doors.3.plates.1.words": "b1",
        "doors.3.plates.2.words": "b2",
    }
    assert (copied["doors.4.name"], copied["doors.4.plates.1.words"]) == ("C", "c1")
    inner = found[3]["choices"]
    assert {key: inner[key] for key in inner if "plates" in key} == {
        "doors.2.plates": 2,
        "doors.2.plates.1.words": "b1",
        "doors.2.plates.2.words": "b3",
    }
    assert found[4]["choices"]["doors.2.plates"] == 3
    assert found[5]["choices"] == {"doors": 1}
    assert found[6]["choices"] == {"doors": 1, "doors.1.plates.1.words": "b1"}
    assert found[7]["choices"] == {"doors": 3, "doors.2.name": "second by default"}
