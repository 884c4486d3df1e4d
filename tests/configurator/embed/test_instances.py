"""The widget of a product that contains products: its instances, and the buttons for more and
fewer.
"""

import re

import pytest
from django.test import Client

from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import Text, read, write
from pricing.operations import import_product
from pricing.price_list import PriceList
from pricing.product_file import ProductFile
from tests.api import make_shop
from tests.catalog.modules import nested, wardrobe
from tests.embed import Shopper
from tests.examples.desk import desk
from tests.factories import make_merchant

pytestmark = pytest.mark.database

LIST = PriceList(key="retail", name=Text("Retail"), currency="EUR", is_default=True)


@pytest.fixture
def shop(db: None) -> Merchant:
    merchant = make_merchant()
    publish(
        import_product(
            merchant, ProductFile(wardrobe(default=2, count_label="Number of modules"), (LIST,))
        )
    )
    return merchant


@pytest.fixture
def shopper(shop: Merchant, client: Client) -> Shopper:
    return Shopper(client, "/embed/joinery/wardrobe/")


def choices(page) -> dict:
    return page.data("message")["choices"]


def test_each_instance_that_there_is_stands_under_its_name(shopper):
    page = shopper.opens()
    assert 'id="i-modules.2"' in page.text
    assert 'id="i-modules.3"' not in page.text
    assert "Module 2 600 mm · Wood" in page.words


def test_within_an_instance_options_are_called_as_in_the_contained_product(shopper):
    section = shopper.opens().section("o-modules.2.width")
    assert "Width – Module 2 600 mm" in section
    assert "Module 2 – Width" not in section


def test_an_option_of_an_instance_is_chosen_like_any_other(shopper):
    shopper.opens()
    page = shopper.chooses(**{"modules.2.door": "glass"})
    assert choices(page) == {"modules.2.door": "glass"}


def test_an_instance_is_added(shopper):
    shopper.opens()
    page = shopper.presses("instance", "add modules")
    assert choices(page) == {"modules": 3}
    assert 'id="i-modules.3"' in page.text
    assert page.text.count('data-focus="o-modules.3.width"') == 1


def test_a_copy_has_what_was_chosen_and_comes_after_its_original(shopper):
    shopper.opens("?modules.1.width=400&modules.1.door=glass&modules.2.width=300")
    page = shopper.presses("instance", "copy modules.1")
    assert choices(page) == {
        "modules": 3,
        "modules.1.width": 400,
        "modules.1.door": "glass",
        "modules.2.width": 400,
        "modules.2.door": "glass",
        "modules.3.width": 300,
    }
    assert page.text.count('data-focus="o-modules.2.width"') == 1


def test_an_instance_is_inserted_after_another(shopper):
    shopper.opens("?modules.1.width=400&modules.2.width=500")
    page = shopper.presses("instance", "add modules 2")
    assert choices(page) == {"modules": 3, "modules.1.width": 400, "modules.3.width": 500}
    assert page.text.count('data-focus="o-modules.2.width"') == 1


def test_an_instance_is_moved(shopper):
    shopper = Shopper(shopper.client, shopper.path, htmx=True)
    shopper.opens("?modules=3&modules.1.width=400&modules.3.width=500")
    page = shopper.presses("instance", "move modules.3 1")
    assert choices(page) == {"modules": 3, "modules.1.width": 500, "modules.2.width": 400}
    assert 'data-focus="row-modules.1"' in page.text
    assert page.response.headers["HX-Rows"] == "modules 3,1,2"


def test_what_was_typed_and_cannot_be_goes_along_with_its_instance(shopper):
    shopper.opens("?modules=3")
    page = shopper.presses("instance", "remove modules.1", **{"modules.3.width": "7"})
    assert page.status == 422
    assert page.values("o.modules.2.width") == ["7"]
    assert "Enter 300–900 mm" in page.section("o-modules.2.width")
    page = shopper.presses("instance", "copy modules.2")
    assert [page.values(f"o.modules.{number}.width") for number in (1, 2, 3)] == [
        ["600"],
        ["7"],
        ["7"],
    ]
    page = shopper.presses("instance", "remove modules.3")
    page = shopper.presses("instance", "remove modules.2")
    assert (page.status, page.values("o.modules.1.width")) == (200, ["600"])


def test_what_was_typed_and_cannot_be_stays_where_a_conflict_ends(shopper):
    shopper.opens("?modules=3&room=1500&modules.1.width=800")
    page = shopper.chooses(**{"modules.2.width": "900"})
    assert page.status == 409
    page = shopper.presses("keep", **{"modules.3.width": "1"})
    assert page.status == 422
    assert page.values("o.modules.3.width") == ["1"]


@pytest.mark.parametrize(
    ("button", "focus", "said"),
    [
        ("remove modules.1", "row-modules.1", "Module 1 was removed. Those after it moved up."),
        ("remove modules.3", "row-modules.2", "Module 3 was removed. €"),
        ("move modules.1 2", "row-modules.2", "Module 1 is now Module 2."),
    ],
)
def test_the_keyboard_goes_on_where_it_is_safe_and_the_change_is_said(shopper, button, focus, said):
    shopper.opens("?modules=3")
    page = shopper.presses("instance", button)
    assert f'data-focus="{focus}"' in page.text
    assert said in page.section("said")


def test_copies_and_new_instances_are_said(shopper):
    shopper.opens()
    assert "Module 3 was added." in shopper.presses("instance", "add modules").section("said")
    shopper.presses("undo")
    page = shopper.presses("instance", "copy modules.1")
    assert "Module 2 is a copy of Module 1." in page.section("said")


def test_what_else_a_choice_changes_is_said(client, db):
    publish(import_product(make_shop(), ProductFile(desk(product="other"), ())))
    shopper = Shopper(client, "/embed/joinery/other/")
    shopper.opens("?frame=steel&top=glass")
    assert "Also changed: Drawers: None. €" in shopper.chooses(top="oak").section("said")
    assert "Also changed" not in shopper.chooses(width="1500").section("said")


def test_controls_of_instances_of_instances_are_named_whole(client, db):
    publish(import_product(make_merchant(), ProductFile(nested(), (LIST,))))
    page = Shopper(client, "/embed/joinery/street/").opens("?wardrobes=2&wardrobes.2.modules=2")
    assert 'aria-label="Remove Module 1 of Wardrobe 2"' in page.text
    assert "Width – Module 1 of Wardrobe 2" in page.section("o-wardrobes.2.modules.1.width")
    assert "Add Module – Wardrobe 2" in page.words
    labels = re.findall('<button class="tool[^>]*aria-label="([^"]*)"', page.text)
    assert len(labels) == len(set(labels))


def test_a_removed_instance_leaves_the_later_ones_as_they_were(shopper):
    shopper.opens("?modules=3&modules.1.width=300&modules.2.width=400&modules.3.width=500")
    page = shopper.presses("instance", "remove modules.2")
    assert choices(page) == {"modules": 2, "modules.1.width": 300, "modules.2.width": 500}


def test_what_was_typed_before_a_button_was_pressed_counts(shopper):
    shopper.opens()
    page = shopper.presses("instance", "remove modules.1", **{"modules.2.width": "700"})
    assert choices(page) == {"modules": 1, "modules.1.width": 700}


def test_removing_is_undone_in_one_step(shopper):
    shopper.opens("?modules.1.width=300")
    shopper.presses("instance", "remove modules.1")
    assert choices(shopper.presses("undo")) == {"modules.1.width": 300}


def test_there_is_no_button_for_more_or_fewer_than_there_may_be(shopper):
    page = shopper.opens("?modules=3")
    assert ("instance", "add modules") not in page.buttons
    assert ("instance", "copy modules.1") not in page.buttons
    page = shopper.opens("?modules=1")
    assert ("instance", "add modules") in page.buttons
    assert ("instance", "remove modules.1") not in page.buttons


@pytest.mark.parametrize(
    "asked",
    [
        "add modules",
        "copy modules.9",
        "remove nothing",
        "melt modules.1",
        "remove",
        "move modules.1",
        "move modules.1 4",
        "move modules.1 0",
        "copy modules.1 x",
    ],
)
def test_a_button_that_came_too_late_changes_nothing(shopper, asked):
    shopper.opens("?modules=3")
    assert choices(shopper.presses("instance", asked)) == {"modules": 3}


def test_a_choice_that_clashes_with_another_instance_is_told_with_both(shopper):
    shopper.opens("?room=1200&modules.1.width=800")
    page = shopper.chooses(**{"modules.2.width": "600"})
    assert page.status == 409
    assert "It has to fit into the room." in page.words


def test_price_details_tell_each_instance_once(shopper):
    page = shopper.opens()
    details = page.words[page.words.index("Price details") :]
    assert details.count("Module 1") == 1
    assert "Module 1 – Body" not in details


def test_many_instances_are_folded_but_for_those_that_wait_for_something(client, db):
    merchant = make_merchant()
    document = write(wardrobe(at_most=5, default=5))
    document["assemblies"][0]["definition"]["options"][1].pop("default")
    publish(import_product(merchant, ProductFile(read(document), (LIST,))))
    page = Shopper(client, "/embed/joinery/wardrobe/").opens(
        "?" + "&".join(f"modules.{n}.door=wood" for n in (1, 2, 3, 5))
    )
    opened = [f"modules.{n}" for n in range(1, 6) if f'id="i-modules.{n}" open' in page.text]
    assert opened == ["modules.4"]


def test_instances_of_instances_stand_within_theirs(client, db):
    publish(import_product(make_merchant(), ProductFile(nested(), (LIST,))))
    page = Shopper(client, "/embed/joinery/street/").opens("?wardrobes=1&wardrobes.1.modules=2")
    assert page.text.index('id="i-wardrobes.1"') < page.text.index('id="i-wardrobes.1.modules.2"')
    assert ("instance", "add wardrobes.1.modules") in page.buttons


def test_a_completed_configuration_tells_all_instances(shopper):
    shopper.opens()
    shopper.presses("complete")
    page = shopper.client.get(shopper.page.response.headers["Location"]).content.decode()
    assert "Module 2 – Width" in page
