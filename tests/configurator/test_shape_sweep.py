"""Many configurations by chance, built and looked over."""

import itertools
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from catalog import drafts
from catalog.jobs.worker import work_off
from configurator.choices import kept_choices
from configurator.compiled_product import compile_product
from configurator.geometry.collisions import collisions
from configurator.geometry.scene import compile_shapes, resolve
from configurator.models import ShapeSweep
from configurator.sampling import values_with
from configurator.shape_sweep import sweep
from configurator.sweeping import begin_sweep
from tests.configurator.geometry.shelves import SHELF, shelf
from tests.examples.everything import everything
from tests.factories import make_merchant, make_user

SIDE, BOARD = SHELF["shapes"]
VALUES = {"width": 900, "boards": 2, "wood": "oak"}


def swept(model, count=12, seed=1):
    return sweep(compile_product(model), seed, count, itertools.count().__next__)


def test_a_sound_product_is_whole_and_tells_how_large_it_gets():
    report = swept(shelf())
    assert (report.built, report.failures) == (12, ())
    found = {each.measure: (each.least, each.most) for each in report.extremes}
    assert found["height"] == (2000, 2000)
    assert 300 <= found["width"][0] < found["width"][1] <= 1200
    assert found["milliseconds"] == (1000, 1000)


def test_the_same_seed_gives_the_same_report_and_another_one_another():
    assert swept(shelf()) == swept(shelf())
    assert swept(shelf()) != swept(shelf(), seed=2)


def test_what_cannot_be_built_is_told_by_place_with_choices_that_lead_there():
    model = shelf(shapes=[SIDE, {**BOARD, "length": "width - 500"}])
    report = swept(model, 20)
    (failure,) = report.failures
    assert (failure.code, failure.path) == ("scene-refused", "shapes/shelf/length")
    assert 0 < failure.count == 20 - report.built < 20
    made = compile_product(model)
    for example in failure.examples:
        values = values_with(made, kept_choices(model, example.choices))
        assert values["width"] <= 500 and values["boards"] > 0


def test_a_shape_check_a_hole_beside_its_board_and_a_part_in_another_are_told():
    narrow = {"key": "narrow", "then": "width > 0", "message": "Never."}
    assert swept(shelf(shape_checks=[{**narrow, "then": "width < 0"}])).failures[0].code == (
        "check-failed"
    )
    pins = {"key": "pins", "x": "width - 100", "y": 40, "diameter": 5}
    beside = swept(shelf(shapes=[SIDE, {**BOARD, "operations": [{**pins, "x": "width - 30"}]}]))
    assert beside.failures[0].path == "shapes/shelf/operations/pins/x"
    inside = swept(shelf(shapes=[SIDE, {**BOARD, "x": 0}]))
    assert {each.code for each in inside.failures} == {"shapes-collide"}


def test_what_keeps_all_from_being_built_is_one_failure():
    report = swept(everything(), 3)
    assert [(each.path, each.count) for each in report.failures] == [("shapes/cushion/model", 3)]
    assert report.built == 0


@pytest.mark.parametrize(
    ("corner", "found"),
    [
        ((400, 0, 0), 0),  # beside
        ((392, 0, 0), 0),  # in a groove
        ((385, 0, 0), 1),  # deeper than any groove
        ((1, 1, 5), 1),  # nearly in its place
        ((0, 0, 20), 0),  # upon it
    ],
)
def test_boxes_collide_where_one_stands_deep_in_the_other(corner, found):
    board = {"label": "Board", "length": 400, "width": 300, "thickness": 20}
    other = dict(zip("xyz", corner, strict=True))
    shapes = [{**board, "key": "one"}, {**board, "key": "two", **other}]
    scene = resolve(compile_shapes(shelf(shapes=shapes)), VALUES)
    assert len(list(collisions(scene))) == found


@pytest.fixture
def product():
    return drafts.write(make_merchant(), shelf(shapes=[SIDE, {**BOARD, "length": "width - 500"}]))


@pytest.mark.database
@pytest.mark.django_db
class TestSweepsOfADraft:
    def test_a_worker_carries_it_out_and_equal_ones_are_one(self, product):
        begun = begin_sweep(product, 8, 3)
        assert begin_sweep(product, 8, 3) == begun
        work_off()
        begun.refresh_from_db()
        assert (begun.state, begun.done) == ("done", 8)
        assert begin_sweep(product, 8, 3) == begun
        product.shapes.filter(key="shelf").update(length="width - 40")
        assert begin_sweep(product, 8, 3) != begun

    def test_a_new_one_stops_the_one_that_runs(self, product):
        begun, other = begin_sweep(product, 8, 3), begin_sweep(product, 8, 4)
        begun.refresh_from_db()
        assert (begun.state, other.state) == ("stopped", "running")
        work_off()
        begun.refresh_from_db()
        assert (begun.state, begun.report) == ("stopped", {})

    def test_the_page_leads_from_each_failure_to_what_shows_it(self, client, product):
        client.force_login(make_user("maria", product.merchant))
        here = reverse("admin:configurator_configuration_sweep", args=[product.pk])
        followed = client.post(here, {"count": "10", "seed": "1"})["Location"]
        assert client.get(followed)["Refresh"].startswith("2; url=")
        work_off()
        page = client.get(followed)
        (failure,) = page.context["failures"]
        assert (failure.place, failure.count) == (
            "shelf › length",
            10 - page.context["run"].report["built"],
        )
        shown = client.get(failure.examples[0].url)
        assert shown.context["looked"].faults[0].place == "shelf › length"
        assert "is no size" in failure.sentence
        extreme = next(each for each in page.context["extremes"] if each.label == "Width")
        scene = client.get(extreme.most_of.url).context["told"]["document"]
        assert f"{scene['size'][0]:,} mm" == extreme.most

    def test_counts_and_seeds_that_there_are_not_are_refused_at_their_inputs(self, client, product):
        client.force_login(make_user("maria", product.merchant))
        here = reverse("admin:configurator_configuration_sweep", args=[product.pk])
        answer = client.post(here, {"count": "9999", "seed": "-1"})
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"count", "seed"}
        assert not ShapeSweep.objects.exists()

    def test_the_command_tells_failures_and_ends_with_1(self, product):
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("sweep_shapes", "shelf", "--count", "9", "--seed", "1", stdout=out)
        assert "shapes/shelf/length [scene-refused]" in out.getvalue()
        product.shapes.filter(key="shelf").update(length="width - 40")
        out = StringIO()
        call_command("sweep_shapes", "shelf", "--count", "3", "--json", stdout=out)
        assert json.loads(out.getvalue())["built"] == 3
        product.shapes.all().delete()
        with pytest.raises(CommandError, match="no shapes"):
            call_command("sweep_shapes", "shelf", stdout=out)
