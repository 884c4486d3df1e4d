"""Cut lists, boards and drawings over the API, for the workshops of a merchant."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from catalog import drafts
from catalog.operations import publish
from integrations.api.v1.examples import CREATE_WORKSHOP, EVALUATE_SCENE
from tests.api import Api, make_shop, told
from tests.configurator.geometry.shelves import shelf

pytestmark = pytest.mark.database


@pytest.fixture
def made(api, shop):
    publish(drafts.write(shop, shelf()))
    return told(api.post("configurations", {"product": "shelf", **EVALUATE_SCENE, "quantity": 2}))[
        "id"
    ]


def test_the_cut_list_counts_the_panels_of_all_pieces(api, made):
    assert api.post("workshops", CREATE_WORKSHOP).status_code == 201
    document = told(api.get(f"configurations/{made}/cut-list?workshop=panel_saw"))
    rows = {row["id"]: row for row in document["rows"]}
    assert (rows["P01"]["quantity"], rows["P01"]["parts"]) == (4, ["side.1", "side.2"])
    assert (rows["P02"]["width"], rows["P02"]["cut_width"]) == (300, 298)
    assert rows["P02"]["edges"] == {"L1": "ABS 1", "L2": "ABS 1"}


def test_each_file_of_the_cut_list_can_be_read_where_it_says(api, made):
    document = told(api.get(f"configurations/{made}/cut-list"))
    for name, address in document["files"].items():
        answer = api.get(address.partition("/api/v1/")[2])
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        again = api.call("GET", address.partition("/api/v1/")[2], If_None_Match=answer["ETag"])
        assert again.status_code == 304


def test_the_boards_hold_all_panels_of_the_cut_list(api, made):
    cut = told(api.get(f"configurations/{made}/cut-list"))["rows"]
    materials = told(api.get(f"configurations/{made}/nesting"))["materials"]
    laid = [
        panel["id"]
        for material in materials
        for board in material["boards"]
        for panel in board["panels"]
    ]
    assert sorted(laid) == sorted(row["id"] for row in cut for _ in range(row["quantity"]))
    answer = api.get(f"configurations/{made}/production-files/boards.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        boards = sum(len(material["boards"]) for material in materials)
        assert len(files.namelist()) == boards


def test_more_panels_than_are_laid_out_at_once_are_refused(api, shop):
    publish(drafts.write(shop, shelf()))
    body = {"product": "shelf", **EVALUATE_SCENE, "quantity": 1000}
    made = told(api.post("configurations", body))["id"]
    answer = api.get(f"configurations/{made}/nesting")
    assert (answer.status_code, told(answer)["code"]) == (422, "too-many-panels")
    assert api.get(f"configurations/{made}/cut-list").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"saw": {"kerf": "4"}}, "/settings/saw/kerf"),
        ({"layers": {"hole": "D{size}"}}, "/settings/layers"),
        ({"columns": [{"title": "Colour", "field": "colour"}]}, "/settings/columns/0/field"),
        ({"sheets": [{"length": True}]}, "/settings/sheets/0/length"),
        ({"saws": {}}, "/settings/saws"),
    ],
)
def test_settings_that_cannot_be_read_are_refused_at_their_place(api, wanted, pointer):
    answer = api.post("workshops", {"key": "mine", "settings": wanted})
    assert answer.status_code == 400
    assert told(answer)["errors"][0]["pointer"] == pointer


def test_a_workshop_is_read_changed_and_taken_away(api):
    created = api.post("workshops", CREATE_WORKSHOP)
    assert api.post("workshops", CREATE_WORKSHOP).status_code == 409
    changed = api.call("PUT", "workshops/panel_saw", {"settings": {"oversize": 1.5}})
    assert told(changed)["settings"]["oversize"] == 1.5
    assert told(api.get("workshops"))["data"] == [told(changed)]
    stale = api.call("DELETE", "workshops/panel_saw", If_Match=created["ETag"])
    assert stale.status_code == 412
    assert api.call("DELETE", "workshops/panel_saw").status_code == 200
    assert api.get("workshops/panel_saw").status_code == 404


def test_another_merchants_workshop_makes_no_file(api, made):
    other = make_shop("other")
    assert Api(other).post("workshops", CREATE_WORKSHOP).status_code == 201
    answer = api.get(f"configurations/{made}/cut-list?workshop=panel_saw")
    assert answer.status_code == 404


def test_the_command_writes_what_the_api_answers(api, made, tmp_path):
    call_command("production_files", made, "--to", str(tmp_path))
    for name in ("cut-list.csv", "cut-list.xlsx", "drawings.zip", "boards.zip"):
        answer = api.get(f"configurations/{made}/production-files/{name}")
        assert (tmp_path / name).read_bytes() == answer.content


def test_the_command_says_which_workshop_there_is_not(made, tmp_path):
    with pytest.raises(CommandError, match="no workshop 'mine'"):
        call_command("production_files", made, "--workshop", "mine", "--to", str(tmp_path))
    assert list(tmp_path.iterdir()) == []
