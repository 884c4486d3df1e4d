import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.memory import forget_all
from catalog.models import Merchant
from catalog.product_model import read
from configurator.models import Configuration
from pricing.models import ListAmount, PriceList, PriceRevision, TaxRate, WorkCalendar
from tests.api import make_shop
from tests.embed import HTMX, OURS, Shopper, post_form, read_page
from tests.examples.desk import DESK, desk
from tests.factories import make_version

pytestmark = pytest.mark.database


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_shows_only_the_options_of_its_step(shopper: Shopper) -> None:
    names = {name for name, _value in shopper.opens().fields if name.startswith("o.")}
    assert names == {"o.frame", "o.top"}


def test_every_value_tells_its_difference_in_price_and_days(shopper: Shopper) -> None:
    shopper.opens()
    assert "Glass + €117.60 +7 days" in shopper.page.words
    assert "Laminate Included" in shopper.page.words


def test_no_cookie_is_set(shopper: Shopper) -> None:
    shopper.opens()
    shopper.chooses(top="oak")
    assert not shopper.client.cookies


def test_a_choice_is_kept_by_the_form_alone(shopper: Shopper) -> None:
    shopper.opens()
    shopper.chooses(top="glass")
    shopper.presses("step", "size")
    shopper.presses("step", "look")
    assert shopper.page.values("o.top") == ["glass"]


def test_only_what_was_changed_becomes_a_choice(shopper: Shopper) -> None:
    shopper.opens()
    assert shopper.chooses(top="oak").values("state") == ["top=oak"]


def test_options_that_take_no_part_are_not_shown(shopper: Shopper) -> None:
    shopper.opens("?top=glass")
    assert "Drawers" not in shopper.presses("step", "size").words


def test_a_number_tells_which_values_are_valid(shopper: Shopper) -> None:
    shopper.opens("?frame=oak&step=size")
    assert "1000–1800 mm, in steps of 10 mm" in shopper.page.words


def test_what_is_no_number_is_told_at_its_input_and_kept_there(shopper: Shopper) -> None:
    shopper.opens("?step=size")
    page = shopper.chooses(width="9999")
    assert page.status == 422
    assert page.values("o.width") == ["9999"]
    assert "Enter 1000–2000 mm, in steps of 10 mm." in page.words


@pytest.mark.parametrize("typed", ["125.5", "125,5"])
def test_a_number_may_be_written_with_either_decimal_sign(
    shop: Merchant, client: Client, typed: str
) -> None:
    gap = {
        "key": "gap",
        "kind": "number",
        "label": {"default": "Gap", "de": "Abstand"},
        "default": 100,
    }
    gap["number"] = {"first": 100, "last": 2000, "step": 0.5, "unit": "mm"}
    make_version(shop, desk(product="deep", options=[*DESK["options"], gap]))
    shopper = Shopper(client, "/embed/joinery/deep/")
    shopper.opens()
    assert shopper.chooses(gap=typed).values("state") == ["gap=125.5"]
    assert shopper.page.values("o.gap") == ["125.5"]
    assert shopper.opens("?lang=de&gap=125.5").values("o.gap") == ["125,5"]
    assert shopper.chooses().values("state") == ["gap=125.5"]


@pytest.mark.parametrize("typed", ["abc", "12 34", "1,5,5", "9999"])
def test_what_is_no_number_changes_nothing_and_stays_to_be_seen(
    shopper: Shopper, typed: str
) -> None:
    shopper.opens("?width=1500&step=size")
    page = shopper.chooses(width=typed)
    assert (page.values("state"), page.values("o.width")) == (["width=1500"], [typed])
    assert "Enter 1000–2000 mm" in page.words


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [(1, None, "Choose at least 1"), (1, 2, "Choose 1 to 2"), (2, 2, "Choose exactly 2")],
)
def test_a_question_with_several_answers_says_how_many(
    shop: Merchant, client: Client, least: int, most: int | None, told: str
) -> None:
    values = [{"key": key, "label": key} for key in ("one", "two", "three")]
    feet = {
        "key": "feet",
        "kind": "multi",
        "label": "Feet",
        "values": values,
        "at_least": least,
        "at_most": most,
    }
    make_version(shop, desk(product="many", options=[*DESK["options"], feet]))
    assert told in Shopper(client, "/embed/joinery/many/").opens().words


def test_a_text_may_have_the_merchants_hint(shopper: Shopper) -> None:
    shopper.opens("?top=oak&engraved=true&step=size")
    assert "Letters, digits and blanks." in shopper.chooses(engraving="§").words


def test_several_extras_can_be_ticked_and_all_unticked_again(shopper: Shopper) -> None:
    shopper.opens("?step=size")
    assert shopper.chooses(extras=["", "lamp", "tray"]).values("state") == ["extras=lamp,tray"]
    assert shopper.chooses(extras=[""]).values("state") == [""]


def test_a_preset_replaces_the_choices(shopper: Shopper) -> None:
    shopper.opens("?top=oak")
    assert shopper.presses("preset", "studio").values("state") == [
        "frame=steel&top=glass&width=1600&extras=lamp"
    ]


def test_undo_brings_back_the_choices_before(shopper: Shopper) -> None:
    shopper.opens()
    shopper.chooses(top="oak")
    shopper.chooses(frame="oak")
    assert shopper.presses("undo").values("state") == ["top=oak"]
    assert shopper.presses("undo").values("state") == [""]


def test_undo_can_be_pressed_only_after_a_change(shopper: Shopper) -> None:
    assert ("undo", "1") not in shopper.opens().buttons
    assert ("undo", "1") in shopper.chooses(top="oak").buttons


def test_the_summary_tells_every_value_and_the_price_lines(shopper: Shopper) -> None:
    words = shopper.opens("?top=glass&step=-summary").words
    assert "Frame Steel set for you" in words
    assert "Top: Glass €176.40" in words
    assert "Ready in 17 days" in words


def test_the_quantity_multiplies_the_total(shopper: Shopper) -> None:
    shopper.opens("?quantity=3")
    assert "3 pieces €1,046.40" in shopper.page.words
    assert "Total €1,046.40 3 × €348.80" in shopper.page.words


# ---- conflicts -----------------------------------------------------------------------------------


def test_a_blocked_value_is_marked_and_can_be_chosen(shopper: Shopper) -> None:
    page = shopper.opens("?frame=oak")
    assert "Needs a change" in page.section("o-top")


def test_a_conflict_tells_the_merchants_reason_under_the_option(shopper: Shopper) -> None:
    shopper.opens("?frame=oak")
    page = shopper.chooses(top="glass")
    assert page.status == 409
    assert (
        "Glass does not go with your choices yet A glass top needs the steel frame."
        in page.section("o-top")
    )


def test_a_conflict_keeps_the_choices_before_it(shopper: Shopper) -> None:
    shopper.opens("?frame=oak")
    page = shopper.chooses(top="glass")
    assert page.values("state") == ["frame=oak"]
    assert page.values("o.top") == ["laminate"]


def test_a_repair_tells_price_and_days_and_what_else_changes(shopper: Shopper) -> None:
    shopper.opens("?frame=oak")
    words = shopper.chooses(top="glass").words
    assert (
        "Change Frame to Steel − €2.40 · ready 7 days later · also changes Drawers: None → –"
        in words
    )


def test_applying_a_repair_ends_the_conflict(shopper: Shopper) -> None:
    shopper.opens("?frame=oak")
    repair = next(value for name, value in shopper.chooses(top="glass").buttons if name == "apply")
    page = shopper.presses("apply", repair)
    assert page.status == 200
    assert page.values("state") == ["frame=steel&top=glass"]


def test_keeping_it_as_it_was_ends_the_conflict_too(shopper: Shopper) -> None:
    shopper.opens("?frame=oak")
    shopper.chooses(top="glass")
    page = shopper.presses("keep")
    assert (page.status, page.values("state")) == (200, ["frame=oak"])


MANY_TOPS = [
    {
        **each,
        "values": [
            *each["values"],
            *({"key": key, "label": key.title()} for key in ("ash", "elm", "beech")),
        ],
    }
    if each["key"] == "top"
    else each
    for each in DESK["options"]
]


def test_more_ways_out_are_shown_on_request_and_can_be_taken(
    shop: Merchant, client: Client
) -> None:
    lines = [{"key": "base", "label": "Base", "amount": 100}]
    make_version(
        shop,
        desk(product="many-tops", options=MANY_TOPS, price_lines=lines, bom_lines=[], tables=[]),
    )
    shopper = Shopper(client, "/embed/joinery/many-tops/")
    shopper.opens("?top=glass")
    few = shopper.chooses(frame="oak")
    more = next(value for name, value in few.buttons if name == "more")
    everything = shopper.presses("more", more)
    ways = [
        [value for name, value in page.buttons if name == "apply"] for page in (few, everything)
    ]
    assert (few.status, everything.status) == (409, 409)
    assert ways[1][:3] == ways[0]
    assert len(ways[1]) == 5
    assert "more" not in dict(everything.buttons)
    assert shopper.presses("apply", ways[1][-1]).status == 200


def test_few_ways_out_need_no_button_for_more(shopper: Shopper) -> None:
    shopper.opens("?frame=oak")
    assert "more" not in dict(shopper.chooses(top="glass").buttons)


def test_why_tells_the_default_behind_a_value_that_follows_from_it(
    shop: Merchant, client: Client
) -> None:
    options = [
        {**each, "default": None} if each["key"] == "top" else each for each in DESK["options"]
    ]
    rules = [
        {
            "key": "glazed",
            "when": "frame == steel",
            "then": "top == glass",
            "message": "Steel goes with glass.",
        }
    ]
    make_version(shop, desk(product="glazed", options=options, rules=rules))
    shopper = Shopper(client, "/embed/joinery/glazed/")
    shopper.opens()
    section = shopper.presses("why", "top").section("o-top")
    assert "Why Glass? Steel goes with glass. Because of: Frame: Steel" in section


def test_why_tells_the_preference_behind_a_value(shop: Merchant, client: Client) -> None:
    wooden = {"key": "wooden", "then": "frame == oak", "message": "Oak is in stock."}
    make_version(shop, desk(product="wooden", preferences=[wooden]))
    shopper = Shopper(client, "/embed/joinery/wooden/")
    shopper.opens()
    assert "Why Oak? Oak is in stock." in shopper.presses("why", "frame").section("o-frame")


def test_why_tells_the_rule_behind_a_value_that_was_set(shopper: Shopper) -> None:
    shopper.opens("?top=glass")
    section = shopper.presses("why", "frame").section("o-frame")
    assert "Why Steel? A glass top needs the steel frame. Because of: Top: Glass" in section


def test_why_can_be_closed_by_its_own_button_and_the_one_that_opened_it(shopper: Shopper) -> None:
    shopper.opens("?top=glass")
    opened = shopper.presses("why", "frame")
    assert ("why", "") in opened.buttons
    assert "Why Steel?" not in shopper.presses("why", "").words
    shopper.page = opened
    assert "Why Steel?" not in shopper.presses("goto", "frame").words


def test_what_no_change_makes_possible_says_so(shop: Merchant, client: Client) -> None:
    rules = [
        *DESK["rules"],
        {"key": "no_oak_tops", "then": "top != oak", "message": "Oak tops are sold out."},
    ]
    make_version(shop, desk(product="sold-out", rules=rules))
    shopper = Shopper(client, "/embed/joinery/sold-out/")
    shopper.opens()
    section = shopper.chooses(top="oak").section("o-top")
    assert "Oak cannot be had with this product Oak tops are sold out." in section
    assert "No change of your other choices would make it possible." in section


def test_a_member_that_others_need_is_ticked_and_stays(shop: Merchant, client: Client) -> None:
    rules = [*DESK["rules"], {"key": "lit", "when": "frame == oak", "then": "extras has lamp"}]
    make_version(shop, desk(product="lit", rules=rules))
    shopper = Shopper(client, "/embed/joinery/lit/")
    page = shopper.opens("?frame=oak&step=size")
    assert "Lamp Needed by your other choices" in page.words
    assert shopper.chooses(extras=["", "tray"]).values("state") == ["frame=oak&extras=tray"]


def test_our_own_script_is_told_of_a_conflict_in_a_header(shopper: Shopper, client: Client) -> None:
    asking = Shopper(client, shopper.path, htmx=True)
    asking.opens("?frame=oak")
    response = asking.chooses(top="glass").response
    assert (response.status_code, response["HX-Status"]) == (200, "409")


def test_any_other_caller_sees_409_for_a_conflict(shopper: Shopper) -> None:
    shopper.opens("?frame=oak")
    posted = {name: value for name, value in shopper.page.fields if name != "o.top"} | {
        "o.top": "glass"
    }
    assert post_form(shopper.client, shopper.path, posted, **HTMX).status_code == 409


# ---- the address ---------------------------------------------------------------------------------


def test_the_address_restores_choices_step_and_quantity(shopper: Shopper, client: Client) -> None:
    asking = Shopper(client, shopper.path, htmx=True)
    asking.opens("?step=size&quantity=2")
    address = asking.chooses(extras=["", "lamp"], width="1500").response["HX-Replace-Url"]
    page = read_page(client.get(address))
    assert address == f"{shopper.path}?width=1500&extras=lamp&quantity=2&step=size"
    assert (page.values("o.width"), page.values("o.extras")) == (["1500"], ["", "lamp"])


def test_what_an_address_no_longer_means_is_left_out_with_a_notice(shopper: Shopper) -> None:
    page = shopper.opens("?top=marble&frame=oak&colour=red")
    assert page.values("state") == ["frame=oak"]
    assert "Some choices of this link no longer exist" in page.words


def test_marks_of_advertisers_in_an_address_are_no_choices(shopper: Shopper) -> None:
    assert "no longer exist" not in shopper.opens("?utm_source=mail&gclid=1").words


def test_choices_of_an_address_that_clash_are_kept_as_far_as_they_go(shopper: Shopper) -> None:
    page = shopper.opens("?frame=oak&top=glass")
    assert page.status == 200
    assert "no longer go together" in page.words
    assert page.values("state") in (["frame=oak"], ["top=glass"])


def test_values_listed_twice_in_an_address_are_one_choice(shopper: Shopper) -> None:
    assert shopper.opens("?extras=lamp&extras=tray").values("state") == ["extras=lamp,tray"]


# ---- what a click costs --------------------------------------------------------------------------


def test_a_warm_click_asks_only_whether_prices_changed(
    shopper: Shopper, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asking = Shopper(client, shopper.path, htmx=True)
    asking.opens()
    asking.chooses(top="oak")
    with django_assert_num_queries(1):
        asking.chooses(top="glass")


def test_a_state_seen_before_prints_the_same_page(shopper: Shopper, client: Client) -> None:
    def printed() -> str:
        asking = Shopper(client, shopper.path, htmx=True)
        asking.opens()
        page = asking.chooses(top="oak")
        return page.text.replace(page.values("token")[0], "")

    first = printed()
    assert printed() == first
    forget_all()
    assert printed() == first


# ---- completing ----------------------------------------------------------------------------------


def test_completing_stores_the_configuration_and_shows_its_reference(shopper: Shopper) -> None:
    shopper.opens("?top=glass")
    answer = shopper.presses("complete").response
    row = Configuration.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{shopper.path}c/{row.public_id}/")
    page = read_page(shopper.client.get(answer["Location"]))
    assert f"DESK-{row.fingerprint[:8].upper()}" in page.words
    assert "Total €466.40 incl. 19% VAT" in page.words
    assert "Lead time 17 days" in page.words
    assert f'href="{answer["Location"]}"' in page.text
    assert f'data-link="{row.public_id}"' in page.text


def test_completing_adds_nothing_to_the_browsers_history(shopper: Shopper, client: Client) -> None:
    asking = Shopper(client, shopper.path, htmx=True)
    asking.opens("?top=glass")
    response = asking.presses("complete").response
    assert response["HX-Replace-Url"] == f"{shopper.path}c/{Configuration.objects.get().public_id}/"
    assert "HX-Push-Url" not in response


def test_completing_tells_the_shop_what_was_kept(shopper: Shopper, client: Client) -> None:
    asking = Shopper(client, shopper.path, htmx=True)
    asking.opens("?top=glass&quantity=2")
    told: dict[str, Any] = asking.presses("complete").data("completed")
    row = Configuration.objects.get()
    assert told["id"] == row.public_id
    assert (told["total"], told["currency"], told["quantity"]) == ("932.80", "EUR", 2)
    assert told["fingerprint"] == row.fingerprint


def test_opening_a_completed_configuration_tells_the_shop_nothing_again(shopper: Shopper) -> None:
    shopper.opens()
    address = shopper.presses("complete").response["Location"]
    assert read_page(shopper.client.get(address)).data("completed") is None


def test_pressing_the_button_twice_stores_one_configuration(shopper: Shopper) -> None:
    page = shopper.opens("?top=glass")
    shopper.presses("complete")
    shopper.page = page
    shopper.presses("complete")
    assert Configuration.objects.count() == 1


def test_another_choice_on_the_same_page_is_another_configuration(shopper: Shopper) -> None:
    page = shopper.opens("?top=glass")
    shopper.presses("complete")
    shopper.page = page
    shopper.presses("complete", top="oak")
    shopper.presses("complete")
    assert Configuration.objects.count() == 2


def test_nothing_is_ordered_at_a_price_that_was_not_shown(shopper: Shopper) -> None:
    shopper.opens()
    page = shopper.presses("complete", top="oak")
    assert (page.status, Configuration.objects.count()) == (422, 0)
    assert "The price has changed from €348.80 to" in page.words
    assert "Please look at it once more, then order again." in page.words


def test_terms_that_changed_while_the_page_was_open_are_shown_before_anything_is_ordered(
    shopper: Shopper, shop: Merchant
) -> None:
    shopper.opens()
    PriceList.objects.filter(merchant=shop).update(amounts_are="net", shows="gross", tax_rate=50)
    forget_all()
    assert shopper.presses("complete").status == 422
    assert shopper.presses("complete").status in {200, 303}


@pytest.mark.parametrize("quantity", ["-4", "1.5", "2000000", "many"])
def test_a_quantity_that_cannot_be_ordered_is_told(shopper: Shopper, quantity: str) -> None:
    page = shopper.opens()
    posted = {name: value for name, value in page.fields if name != "quantity"} | {
        "quantity": quantity
    }
    answer = read_page(post_form(shopper.client, shopper.path, posted))
    assert answer.status == 422
    assert "Order 1 to 1,000,000 pieces." in answer.words
    # What was typed is still there, to be put right.
    assert answer.values("quantity") == [quantity]
    assert re.search(
        r'<input[^>]*id="quantity"[^>]*aria-invalid="true" aria-describedby="alert"', answer.text
    )
    assert 'id="alert"' in answer.text
    assert answer.values("state") == page.values("state")


def test_a_quantity_is_read_as_it_is_typed_and_undo_needs_none(shopper: Shopper) -> None:
    page = shopper.opens("?lang=de&quantity=2")
    posted = {name: value for name, value in page.fields if name != "quantity"}
    more = read_page(post_form(shopper.client, shopper.path, {**posted, "quantity": "１.２００"}))
    assert (more.status, more.values("quantity")) == (200, ["1200"])
    posted = {name: value for name, value in more.fields if name != "quantity"}
    back = read_page(
        post_form(shopper.client, shopper.path, {**posted, "quantity": "many", "undo": "1"})
    )
    assert (back.status, back.values("quantity")) == (200, ["2"])


def test_completing_with_open_choices_names_them_and_goes_there(shopper: Shopper) -> None:
    shopper.opens("?top=oak&engraved=true")
    page = shopper.presses("complete")
    assert page.status == 422
    assert "Some choices are still open: Engraving" in page.words
    assert "o.engraving" in dict(page.fields)


def test_open_choices_are_counted_with_ways_to_them(shopper: Shopper) -> None:
    page = shopper.opens("?top=oak&engraved=true")
    assert "1 choice left: Engraving" in page.words
    assert ("goto", "engraving") in page.buttons


def test_a_completed_configuration_leads_back_to_its_choices(shopper: Shopper) -> None:
    shopper.opens("?top=glass&quantity=2")
    text = read_page(shopper.client.get(shopper.presses("complete").response["Location"])).text
    assert f'href="{shopper.path}?top=glass&amp;quantity=2"' in text


def test_another_merchants_configuration_is_not_found(shopper: Shopper, shop: Merchant) -> None:
    shopper.opens()
    address = shopper.presses("complete").response["Location"]
    make_shop("forge")
    assert shopper.client.get(address.replace("joinery", "forge")).status_code == 404


# ---- tokens and versions -------------------------------------------------------------------------


def test_a_page_stays_with_the_version_it_was_opened_in(shopper: Shopper, shop: Merchant) -> None:
    shopper.opens()
    make_version(shop, desk(name="Table"))
    forget_all()
    assert "Table" not in shopper.chooses(top="oak").text
    assert "Table" in shopper.opens().text


def test_a_forged_token_opens_the_newest_version_with_a_notice(shopper: Shopper) -> None:
    page = shopper.opens("?top=oak")
    forged = tuple((name, "forged" if name == "token" else value) for name, value in page.fields)
    shopper.page = replace(page, fields=forged)
    page = shopper.chooses()
    assert "so it was brought up to date" in page.words
    assert page.values("state") == ["top=oak"]


def test_a_token_of_another_product_is_worth_nothing(shopper: Shopper, shop: Merchant) -> None:
    make_version(shop, desk(product="table"))
    page = shopper.opens()
    other = Shopper(shopper.client, "/embed/joinery/table/")
    other.opens()
    fields = tuple(
        (name, page.values("token")[0] if name == "token" else value)
        for name, value in other.page.fields
    )
    other.page = replace(other.page, fields=fields)
    assert "so it was brought up to date" in other.chooses().words


# ---- languages -----------------------------------------------------------------------------------


def test_the_page_speaks_the_language_that_was_asked_for(shopper: Shopper) -> None:
    words = shopper.opens("?lang=de").words
    assert "Schreibtisch" in words
    assert "Enthalten" in words
    assert "inkl. 19 % VAT" in words


def test_a_click_keeps_the_language(shopper: Shopper) -> None:
    shopper.opens("?lang=de")
    assert "Gestell" in shopper.chooses(top="glass").words


def test_the_browsers_language_counts_where_the_product_speaks_it(shopper: Shopper) -> None:
    assert "Gestell" in shopper.opens(HTTP_ACCEPT_LANGUAGE="fr, de-AT;q=0.8").words
    assert "Frame" in shopper.opens(HTTP_ACCEPT_LANGUAGE="fr").words


def test_amounts_are_written_as_in_the_language(shopper: Shopper) -> None:
    assert "466,40 €" in shopper.opens("?lang=de&top=glass").words


# ---- without a price -----------------------------------------------------------------------------


def cheap_oak(shop: Merchant) -> None:
    """Have the lists of `shop` keep an amount for oak that leads below zero, which no check of a
    draft can foresee.
    """
    for price_list in shop.price_lists.all():
        product = shop.products.get(key="desk")
        ListAmount.objects.create(
            price_list=price_list, product=product, line="top", value="oak", amount="-100000"
        )


def test_without_a_price_the_page_says_so_and_never_zero(shop: Merchant, client: Client) -> None:
    cheap_oak(shop)
    shopper = Shopper(client, "/embed/joinery/desk/")
    page = shopper.opens("?top=oak")
    assert "No price" in page.words
    assert "The price would be below zero" in page.words
    assert "Price on request" not in page.words
    assert "€0.00" not in page.words
    assert shopper.presses("complete").status == 422


def test_a_price_on_request_is_told_as_that_and_can_be_ordered(
    shop: Merchant, client: Client
) -> None:
    cheap_oak(shop)
    shop.price_lists.filter(is_default=True).update(on_request=True)
    PriceRevision.change(shop.pk)
    shopper = Shopper(client, "/embed/joinery/desk/")
    page = shopper.opens("?top=oak")
    assert "Price on request" in page.words
    assert "below zero" not in page.words
    done = shopper.presses("complete")
    assert done.status == 303
    assert "Price on request" in read_page(client.get(done.response.headers["Location"])).words
    row = Configuration.objects.get()
    assert (row.is_completed, row.total, row.stored["price"], row.stored["price_on_request"]) == (
        True,
        None,
        None,
        True,
    )


def test_ours_is_the_header_the_script_sends() -> None:
    template = Path("templates/configurator/page.html").read_text()
    assert next(iter(OURS)).removeprefix("HTTP_").replace("_", "-") in template.upper()


# ---- prices for a place and a day ----------------------------------------------------------------


def test_the_tax_is_that_of_the_country_the_shop_names_and_stays_so(
    shopper: Shopper, shop: Merchant
) -> None:
    TaxRate.objects.create(merchant=shop, country="AT", rate=20, label="USt.")
    assert "20% USt." in shopper.opens("?country=AT").text
    assert "20% USt." in shopper.chooses(top="oak").text
    assert "19% VAT" in shopper.opens().text


def test_a_tax_that_is_not_known_is_not_told(shopper: Shopper, shop: Merchant) -> None:
    TaxRate.objects.create(merchant=shop, country="AT", rate=20)
    text = shopper.opens("?country=FR").text
    assert "VAT" not in text
    assert "20%" not in text


def test_the_day_of_being_ready_stands_beside_the_price(shopper: Shopper, shop: Merchant) -> None:
    assert ", on " not in shopper.opens("?top=glass").text
    WorkCalendar.objects.create(merchant=shop)
    assert re.search(r"ready in \d+ days, on \w+\.? \d+, \d{4}", shopper.opens("?top=glass").text)


def test_a_list_that_ended_while_a_page_was_open_is_replaced_by_the_one_that_holds(
    shopper: Shopper, shop: Merchant
) -> None:
    shopper.opens("?frame=steel&top=glass")
    retail = shop.price_lists.get(key="retail")
    retail.valid_until = timezone.now()
    retail.save()
    trade = shop.price_lists.get(key="trade")
    trade.is_default, trade.valid_from = True, retail.valid_until
    trade.save()
    page = shopper.chooses(top="oak")
    assert "brought up to date" in page.text
    assert "plus 19% VAT" in page.text


# ---- the rest, chosen for the shopper ------------------------------------------------------------


def test_the_page_offers_to_choose_the_rest(shopper: Shopper) -> None:
    shopper.opens()
    assert {value for name, value in shopper.page.buttons if name == "rest"} == {
        "cheapest",
        "fastest",
        "closest",
    }


def test_what_would_be_chosen_is_shown_with_price_and_days_before_anything_changes(
    shopper: Shopper,
) -> None:
    shopper.opens("?top=glass")
    page = shopper.presses("rest", "cheapest")
    assert page.status == 200
    assert page.values("state") == ["top=glass"]
    assert "ready in" in page.section("rest")


def test_the_rest_is_applied_as_one_change_that_can_be_undone(shopper: Shopper) -> None:
    shopper.opens("?top=oak")
    before = shopper.page.values("state")
    page = shopper.presses("rest", "cheapest")
    changes = next(value for name, value in page.buttons if name == "apply")
    after = shopper.presses("apply", changes)
    assert after.status == 200
    assert after.values("state") != before
    assert shopper.presses("undo").values("state") == before


def test_a_wish_nobody_knows_shows_the_page_as_it_is(shopper: Shopper) -> None:
    shopper.opens()
    page = shopper.presses("rest", "shiniest")
    assert page.status == 200
    assert "Would be set" not in page.words


def test_a_box_unticked_again_is_as_if_never_ticked(shopper: Shopper) -> None:
    shopper.opens("?step=size")
    before = shopper.page.data("message")["fingerprint"]
    assert shopper.chooses(engraved=["", "true"]).values("state") == ["engraved=true"]
    page = shopper.chooses(engraved=[""])
    assert (page.values("state"), page.data("message")["fingerprint"]) == ([""], before)


def test_texts_however_long_stay_at_the_next_click_and_the_page_says_what_a_link_goes_without(
    shop: Merchant, client: Client
) -> None:
    long = {
        "key": "story",
        "kind": "text",
        "label": "Story",
        "required": False,
        "text": {"max_length": 10_000},
    }
    make_version(shop, desk(product="diary", options=[*DESK["options"], long]))
    shopper = Shopper(client, "/embed/joinery/diary/", htmx=True)
    shopper.opens()
    step = shopper.page.values("at")[0]
    story = "ä" * 9_990 + "&=#%"
    page = shopper.chooses(story=story)
    assert "goes without it, and a shared link gets short: Story" in page.words
    assert "story" not in page.response.headers["HX-Replace-Url"]
    page = shopper.chooses(top="oak")
    assert page.data("message")["choices"] == {"top": "oak", "story": story}
    assert page.values("at") == [step]
    assert shopper.presses("undo").data("message")["choices"] == {"story": story}


def test_a_box_that_has_to_stay_ticked_says_so_when_it_is_unticked(
    shop: Merchant, client: Client
) -> None:
    values = [{"key": "oak", "label": "Oak"}, {"key": "steel", "label": "Steel"}]
    rack = {
        "product": "rack",
        "name": "Rack",
        "options": [
            {
                "key": "frame",
                "kind": "choice",
                "label": "Frame",
                "default": "oak",
                "values": values,
            },
            {"key": "anchor", "kind": "boolean", "label": "Anchor"},
        ],
        "rules": [{"key": "anchored", "when": "frame is steel", "then": "anchor"}],
    }
    make_version(shop, read(rack))
    shopper = Shopper(client, "/embed/joinery/rack/")
    shopper.opens()
    shopper.chooses(anchor=["", "true"])
    shopper.chooses(frame="steel")
    page = shopper.chooses(anchor=[""])
    assert page.status == 409
    assert page.values("state") == ["frame=steel&anchor=true"]


# ---- what is on, what is missing, what is next ---------------------------------------------------


def test_what_is_on_is_told_as_included_and_what_is_off_as_extra(shopper: Shopper) -> None:
    section = shopper.opens("?extras=lamp&step=size").section("o-extras")
    lamp, tray = section.split("Cable tray")
    assert re.search(r"\+ €[0-9.]+, included in the price", lamp)
    assert "included in the price" not in tray


def test_a_step_says_which_choices_are_missing_in_it(shopper: Shopper) -> None:
    text = shopper.opens("?engraved=true").text
    step = text[text.index('value="size"') : text.index("</button>", text.index('value="size"'))]
    assert "still open: Engraving" in step


def test_a_rail_tells_its_number_with_the_unit(shopper: Shopper) -> None:
    assert 'aria-valuetext="1.400 mm"' not in shopper.opens("?lang=de&step=size").text
    assert 'aria-valuetext="1400 mm"' in shopper.opens("?step=size&width=1400").text


def test_the_page_of_what_is_done_says_what_is_next(shopper: Shopper, client: Client) -> None:
    shopper.opens("?frame=steel&top=glass&step=-summary")
    address = shopper.presses("complete").response["Location"]
    words = Shopper(client, address).opens().words
    assert "Everything you chose is kept, with its price." in words
    assert "To order, tell Joinery this reference" in words
