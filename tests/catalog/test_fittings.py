"""Fittings in drafts: kept, checked by their form, renamed, and edited in the administration."""

import pytest
from django.urls import reverse

from catalog import drafts, operations
from catalog.fitting_checks import check_fittings
from catalog.model_checks import check_expressions
from catalog.product_model import read
from catalog.renaming import Name
from tests.configurator.geometry.shelves import SHELF, shelf
from tests.factories import make_user

PEGS = {"key": "pegs", "kind": "dowel", "shape": "shelf", "to": ["side"], "count": "i + 1"}


def found(**changes):
    model = shelf(fittings=[{**PEGS, **changes}])
    return [
        (each.path, each.sentence) for each in (*check_fittings(model), *check_expressions(model))
    ]


def test_a_fitting_of_two_boards_is_sound():
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        ({"shape": "shelv"}, "shape", "did you mean 'shelf'?"),
        ({"to": ["sid"]}, "to", "there is no shape 'sid'"),
        ({"to": []}, "to", "name the shapes"),
        ({"kind": "runner", "edge": "x0"}, "edge", "a runner joins faces"),
        ({"face": "A"}, "face", "a dowel has none"),
        ({"count": 0}, "count", "from 1 to 5,000"),
        ({"at": "width + j"}, "at", "unknown option 'j'"),
        ({"when": "i"}, "when", "condition"),
    ],
)
def test_what_no_boards_can_have_is_told_by_field(changes, place, told):
    ((path, sentence),) = found(**changes)
    assert path == f"fittings/pegs/{place}"
    assert told in sentence


def test_only_boards_are_joined():
    knob = {"key": "side", "label": "Knob", "form": "turned", "outline": [[5, 0], [5, 9]]}
    model = shelf(shapes=[knob, SHELF["shapes"][1]], fittings=[PEGS])
    (finding,) = check_fittings(model)
    assert "only boxes are joined" in finding.sentence


@pytest.mark.database
@pytest.mark.django_db
class TestDrafts:
    def test_a_fitting_follows_what_is_renamed(self, merchant):
        document = {**SHELF, "fittings": [{**PEGS, "at": "width / 10"}]}
        product = drafts.write(merchant, read(document))
        operations.rename(product, {Name("option", "width", ""): "breadth"})
        operations.rename(product, {Name("shape", "shelf", ""): "board"})
        operations.rename(product, {Name("shape", "side", ""): "cheek"})
        (fitting,) = drafts.read(product).fittings
        assert (fitting.at, fitting.shape, fitting.to) == ("breadth / 10", "board", ("cheek",))

    def test_a_fitting_is_edited_and_what_cannot_be_read_told_at_its_input(self, client, merchant):
        product = drafts.write(merchant, shelf(fittings=[PEGS]))
        client.force_login(make_user("maria", merchant))
        row = product.fittings.get()
        address = reverse("admin:catalog_fitting_change", args=[row.pk])
        fields = {**PEGS, "to": "side", "position": 10, "at": "width / 10", "edge": "x1"}
        wrong = client.post(address, {**fields, "to": "sid", "count": "k", "shape": "shelve"})
        errors = wrong.context["adminform"].form.errors
        assert errors.keys() == {"to", "count", "shape"}
        assert client.post(address, fields).status_code == 302
        (fitting,) = drafts.read(product).fittings
        assert (fitting.at, fitting.count, fitting.edge) == ("width / 10", "i + 1", "x1")
        page = client.get(reverse("admin:catalog_product_change", args=[product.pk]))
        assert address in page.content.decode()

    def test_a_fitting_that_does_not_fit_is_told_in_the_place_of_the_picture(
        self, client, merchant
    ):
        (side, board) = SHELF["shapes"]
        away = shelf(shapes=[side, {**board, "x": 30}], fittings=[PEGS])
        product = drafts.write(merchant, away)
        client.force_login(make_user("maria", merchant))
        here = reverse("admin:configurator_configuration_shape_preview", args=[product.pk])
        page = client.get(here, {"o.width": 900, "o.boards": 2, "o.wood": "oak"})
        (fault,) = page.context["looked"].faults
        assert fault.place == "pegs › to"
        assert page.context["fittings"][0].fault == fault.sentence
        assert fault.url.startswith(
            reverse("admin:catalog_fitting_change", args=[product.fittings.get().pk])
        )
