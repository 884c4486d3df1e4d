"""Products that contain products, over the API: what may be asked, and one instance more or less."""

import pytest

from integrations.api.v1.shapes.evaluations import Evaluation
from integrations.api.v1.shapes.products import Product
from tests.api import Api, make_shop, told
from tests.catalog.modules import wardrobe

pytestmark = pytest.mark.database


@pytest.fixture
def api(db):
    return Api(make_shop(model=wardrobe(default=2)))


def evaluated(api, **body):
    return api.post("products/wardrobe/evaluate", {"choices": {}, **body})


def test_a_product_tells_which_instances_there_may_be(api):
    # The wardrobe speaks German in parts only, so it answers in its own language as a whole.
    product = told(api.get("products/wardrobe?locale=de"))
    Product.model_validate(product)
    (assembly,) = product["assemblies"]
    assert (assembly["key"], assembly["label"]) == ("modules", "Module")
    assert assembly["instances"][1] == {"place": "modules.2", "label": "Module 2"}
    assert "modules.3.width" in [option["key"] for option in product["options"]]


def test_choices_in_instances_are_flat(api):
    answer = told(
        evaluated(api, choices={"modules.2.width": 400}, changes={"modules.1.door": "glass"})
    )
    Evaluation.model_validate(answer)
    assert answer["choices"] == {"modules.1.door": "glass", "modules.2.width": 400}
    assert answer["values"]["modules"] == 2
    assert answer["options"]["modules.3.width"]["active"] is False


@pytest.mark.parametrize(
    ("instance", "choices"),
    [
        ({"add": "modules"}, {"modules": 3, "modules.1.width": 300, "modules.2.width": 400}),
        (
            {"copy": "modules.2"},
            {"modules": 3, "modules.1.width": 300, "modules.2.width": 400, "modules.3.width": 400},
        ),
        (
            {"add": "modules", "to": 1},
            {"modules": 3, "modules.2.width": 300, "modules.3.width": 400},
        ),
        ({"move": "modules.2", "to": 1}, {"modules.1.width": 400, "modules.2.width": 300}),
        ({"remove": "modules.1"}, {"modules": 1, "modules.1.width": 400}),
    ],
)
def test_an_instance_is_added_copied_moved_and_removed_in_one_call(api, instance, choices):
    given = {"modules.1.width": 300, "modules.2.width": 400}
    assert told(evaluated(api, choices=given, instance=instance))["choices"] == choices


def test_a_change_in_the_new_instance_is_one_of_it(api):
    answer = told(evaluated(api, instance={"add": "modules"}, changes={"modules.3.door": "glass"}))
    assert answer["choices"] == {"modules": 3, "modules.3.door": "glass"}


def test_a_stored_configuration_loses_an_instance(api):
    body = {"product": "wardrobe", "choices": {"modules.1.width": 300, "modules.2.width": 400}}
    row = told(api.post("configurations", body))
    changed = api.patch(
        f"configurations/{row['id']}/choices", {"changes": {}, "instance": {"remove": "modules.1"}}
    )
    assert told(changed)["choices"] == {"modules": 1, "modules.1.width": 400}


def test_what_cannot_be_added_or_removed_is_a_problem_of_its_own(api):
    answer = evaluated(api, choices={"modules": 3}, instance={"add": "modules"})
    assert (answer.status_code, told(answer)["code"]) == (409, "instance-refused")
    assert told(answer)["detail"] == "There is no 'modules.4': at most 3 are possible."


@pytest.mark.parametrize(
    "instance",
    [
        {},
        {"add": "modules", "remove": "modules.1"},
        {"melt": "modules.1"},
        "modules",
        {"move": "modules.1"},
        {"remove": "modules.1", "to": 1},
        {"add": "modules", "to": 0},
        {"add": "modules", "to": 101},
    ],
)
def test_exactly_one_thing_is_done_with_an_instance(api, instance):
    answer = evaluated(api, instance=instance)
    assert (answer.status_code, told(answer)["code"]) == (400, "malformed-input")
    assert told(answer)["errors"][0]["pointer"].startswith("/instance")
