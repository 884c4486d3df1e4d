"""What people do with a configuration in the widget, as calls: undo, begin again, have the rest
chosen, copy, compare, go on under the newest version.
"""

import pytest

from catalog import drafts
from catalog.operations import publish
from catalog.product_model import read
from configurator.models import Configuration
from configurator.steps import MOST_STEPS
from integrations.access.scopes import SCOPES
from integrations.api.v1.shapes import configurations as shapes
from tests.api import Api, make_shop, told
from tests.examples.desk import desk

pytestmark = pytest.mark.database

STEEL = {"product": "desk", "choices": {"frame": "steel", "top": "glass"}}


@pytest.fixture
def path(api):
    return f"configurations/{told(api.post('configurations', STEEL))['id']}"


def choose(api, path, **changes):
    return told(api.patch(f"{path}/choices", {"changes": changes}))


def test_a_change_is_undone_and_done_again(api, path):
    before = told(api.get(path))
    changed = choose(api, path, width=1600, top=None)
    assert (changed["can_undo"], changed["can_redo"]) == (True, False)

    undone = told(api.post(f"{path}/undo", None))
    assert undone["choices"] == before["choices"]
    assert undone["evaluation"] == before["evaluation"]
    assert (undone["can_undo"], undone["can_redo"]) == (False, True)

    redone = told(api.post(f"{path}/redo", None))
    assert redone["evaluation"] == changed["evaluation"]


def test_changes_are_undone_the_last_one_first(api, path):
    for width in (1400, 1500, 1600):
        choose(api, path, width=width)
    api.patch(path, {"quantity": 4})

    seen = [told(api.post(f"{path}/undo", None)) for _ in range(4)]

    assert [each["choices"].get("width") for each in seen] == [1600, 1500, 1400, None]
    assert [each["quantity"] for each in seen] == [1, 1, 1, 1]
    assert told(api.post(f"{path}/undo", None))["code"] == "nothing-to-undo"


def test_another_change_forgets_what_was_undone(api, path):
    choose(api, path, width=1500)
    api.post(f"{path}/undo", None)
    choose(api, path, width=1700)

    answer = api.post(f"{path}/redo", None)

    assert (answer.status_code, told(answer)["code"]) == (409, "nothing-to-undo")


def test_what_cannot_be_undone_any_more_is_forgotten(path):
    row = Configuration.objects.get()
    row.past = [{"quantity": 2}] * MOST_STEPS
    row.save()
    from configurator.keeping import choose as change

    change(row, {}, quantity=3)

    assert len(row.past) == MOST_STEPS
    assert row.past[-1] == {"quantity": 1}


def test_a_repeated_undo_with_its_key_goes_one_step(api, path):
    choose(api, path, width=1500)
    choose(api, path, width=1600)

    for _ in range(2):
        undone = told(api.post(f"{path}/undo", None, Idempotency_Key="once"))

    assert undone["choices"]["width"] == 1500


def test_a_completed_configuration_is_not_undone(api, path):
    choose(api, path, width=1500)
    done = told(api.post(f"{path}/complete", {}))

    assert done["can_undo"] is False
    for verb in ("undo", "redo", "start-again", "move-to-newest"):
        assert told(api.post(f"{path}/{verb}", None))["code"] == "configuration-completed"
    assert told(api.call("DELETE", path))["code"] == "configuration-completed"


def test_a_clash_is_sent_again_with_the_number_of_a_way_out(api, path):
    clash = {"changes": {"frame": "oak"}}
    refused = told(api.patch(f"{path}/choices", clash))

    taken = api.patch(f"{path}/choices", {**clash, "repair": 0})

    assert taken.status_code == 200
    wanted = {**STEEL["choices"], **refused["repairs"][0]}
    assert told(taken)["choices"] == {key: each for key, each in wanted.items() if each is not None}


def test_a_way_out_that_there_is_not_is_refused_as_the_clash(api, path):
    answer = api.patch(f"{path}/choices", {"changes": {"frame": "oak"}, "repair": 2})

    assert (answer.status_code, told(answer)["code"]) == (409, "choices-conflict")
    assert told(api.get(path))["choices"] == STEEL["choices"]


def test_starting_again_takes_back_everything_and_can_be_undone(api, path):
    assert told(api.post(f"{path}/start-again", None))["choices"] == {}
    assert told(api.post(f"{path}/undo", None))["choices"] == STEEL["choices"]


def test_a_preset_stands_in_place_of_what_was_chosen(api, path):
    choose(api, path, width=1800)

    begun = told(api.post(f"{path}/start-again", {"preset": "studio"}))

    assert begun["choices"]["width"] == 1600
    assert api.post(f"{path}/start-again", {"preset": "none"}).status_code == 404


def test_the_rest_is_chosen_and_kept(api, path):
    api.post(f"{path}/start-again", None)
    api.patch(f"{path}/choices", {"changes": {"frame": "steel"}})

    answer = api.post(f"{path}/auto-complete", {"complete": "cheapest"})

    shapes.ConfigurationFilled.model_validate(told(answer))
    assert told(answer)["evaluation"]["complete"]
    kept = told(api.get(path))
    assert kept["choices"] == {"frame": "steel", **told(answer)["completion"]["changes"]}
    assert told(api.post(f"{path}/auto-complete", {"complete": "cheapest"})) == {
        **kept,
        "completion": {**told(answer)["completion"], "changes": {}, "told": [], "changed": 0},
    }


def test_a_copy_is_open_and_has_no_reference_of_another(api, path):
    api.patch(path, {"reference": "SO-1", "customer": "C-1", "metadata": {"order": "SO-1"}})
    api.post(f"{path}/complete", {})

    answer = api.post(f"{path}/copy", {"metadata": {"order": "SO-2"}})

    copy = told(answer)
    assert (answer.status_code, copy["state"], copy["reference"]) == (201, "open", None)
    assert (copy["metadata"], copy["buyer"]["customer"]) == ({"order": "SO-2"}, "C-1")
    assert copy["choices"] == STEEL["choices"]
    assert api.post(f"{path}/copy", {"reference": "SO-1"}).status_code == 409
    assert Configuration.objects.count() == 2


def test_two_configurations_are_compared(api, path):
    other = told(api.post(f"{path}/copy", {}))["id"]
    choose(api, f"configurations/{other}", top="laminate", width=1600)

    found = told(api.get(f"{path}/compare/{other}"))
    back = told(api.get(f"configurations/{other}/compare/{path.partition('/')[2]}"))

    shapes.Comparison.model_validate(found)
    options = {each["option"]: each for each in found["options"]}
    assert options.keys() >= {"top", "width"}
    assert (options["top"]["before"]["value"], options["top"]["after"]["value"]) == (
        "glass",
        "laminate",
    )
    assert float(found["price"]["difference"]) == -float(back["price"]["difference"]) != 0
    assert {each["part"] for each in found["parts"]} == {each["part"] for each in back["parts"]}


def test_a_configuration_is_like_itself(api, path):
    found = told(api.get(f"{path}/compare/{path.partition('/')[2]}"))

    assert found["same"]
    assert (found["options"], found["parts"], found["price"]["lines"]) == ([], [], [])


RACK = {
    "product": "rack",
    "name": "Rack",
    "locale": "en",
    "currency": "EUR",
    "options": [
        {
            "key": "wood",
            "kind": "choice",
            "label": "Wood",
            "default": "oak",
            "values": [{"key": "ash", "label": "Ash"}, {"key": "oak", "label": "Oak"}],
        },
        {
            "key": "width",
            "kind": "number",
            "label": "Width",
            "default": 400,
            "number": {"first": 300, "last": 900, "step": 100, "unit": "mm"},
        },
        {"key": "lamp", "kind": "boolean", "label": "Lamp"},
        {
            "key": "margin",
            "kind": "choice",
            "label": "Margin",
            "internal": True,
            "default": "full",
            "values": [{"key": "full", "label": "Full"}, {"key": "half", "label": "Half"}],
        },
    ],
    "price_lines": [{"key": "base", "label": "Rack", "amount": 100}],
    "bom_lines": [{"key": "base", "label": "Rack", "part": "RK", "quantity": 1}],
}


def without_ash_and_narrower():
    """Return the next version of the rack: without ash, up to 600 mm, and no lamp on a wide one."""
    wood, width, *rest = RACK["options"]
    return read(
        {
            **RACK,
            "options": [
                {**wood, "values": [each for each in wood["values"] if each["key"] != "ash"]},
                {**width, "number": {**width["number"], "last": 600}},
                *rest,
            ],
            "rules": [{"key": "dark", "when": "width > 500", "then": "not lamp"}],
            "price_lines": [{"key": "base", "label": "Rack", "amount": 120}],
        }
    )


@pytest.fixture
def rack(shop, api):
    publish(drafts.write(shop, read(RACK)))
    choices = {"wood": "ash", "width": 900, "lamp": True, "margin": "half"}
    made = told(api.post("configurations", {"product": "rack", "choices": choices}))
    return f"configurations/{made['id']}"


@pytest.fixture
def shopper(shop):
    return Api(shop, [scope for scope in SCOPES if scope != "configurator:internal"])


def test_going_on_under_the_newest_version_tells_what_is_lost(api, shop, rack):
    before = told(api.get(rack))
    publish(drafts.write(shop, without_ash_and_narrower()))

    dry = told(api.post(f"{rack}/move-to-newest", {"dry_run": True}))
    assert told(api.get(rack)) == before
    moved = told(api.post(f"{rack}/move-to-newest", {}))

    shapes.ConfigurationMoved.model_validate(moved)
    assert (dry["moved"], moved["moved"]) == (False, True)
    for name in ("from_version", "to_version", "lost", "clashed", "comparison"):
        assert dry[name] == moved[name]
    assert (moved["from_version"], moved["to_version"]) == (1, 2)
    assert moved["lost"] == [
        {"option": "wood", "was": "ash", "now": None},
        {"option": "width", "was": "900", "now": 600},
    ]
    now = moved["configuration"]
    assert (now["version"], now["can_undo"]) == (2, False)
    assert now["choices"]["margin"] == "half"
    assert len(moved["clashed"]) == 1
    assert moved["comparison"]["price"]["difference"] == "20.00"
    assert told(api.get(rack)) == now


def test_what_has_the_newest_version_is_left_alone(api, rack):
    before = told(api.get(rack))

    moved = told(api.post(f"{rack}/move-to-newest", {}))

    assert (moved["moved"], moved["comparison"]["same"]) == (False, True)
    assert told(api.get(rack)) == before


def test_nothing_of_internal_options_is_told_or_undone(api, shop, shopper, rack):
    copy = f"configurations/{told(api.post(f'{rack}/copy', {}))['id']}"
    choose(api, copy, margin="full", lamp=None)

    seen = told(shopper.get(f"{rack}/compare/{copy.partition('/')[2]}"))
    shopper.post(f"{copy}/undo", None)
    after = told(api.get(copy))["choices"]
    publish(drafts.write(shop, without_ash_and_narrower()))
    moved = told(shopper.post(f"{rack}/move-to-newest", {}))

    assert [each["option"] for each in seen["options"]] == ["lamp"]
    assert (after["margin"], after["lamp"]) == ("full", True)
    assert "margin" not in str(moved)
    assert told(api.get(rack))["choices"]["margin"] == "half"


def test_starting_again_leaves_what_the_caller_must_not_see(api, shopper, rack):
    assert told(shopper.post(f"{rack}/start-again", {}))["choices"] == {}
    assert told(api.get(rack))["choices"] == {"margin": "half"}


def test_configurations_of_two_products_are_not_compared(api, path, rack):
    answer = api.get(f"{path}/compare/{rack.partition('/')[2]}")

    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")


def test_deleting_an_open_configuration_leaves_its_quotes(api, path):
    quote = told(api.post("quotes", {"configuration": path.partition("/")[2]}))
    api.post("quotes/accept", {"token": quote["token"]})

    gone = told(api.call("DELETE", path))

    assert gone["choices"] == STEEL["choices"]
    assert api.get(path).status_code == 404
    assert len(told(api.get("quotes"))["data"]) == 1


def test_a_stranger_deletes_nothing(api, path):
    other = Api(make_shop("other", desk(product="bureau")))

    assert other.call("DELETE", path).status_code == 404
    assert api.get(path).status_code == 200
