"""The cut list of the base cabinet, worked out by hand from the maker's table, and its files."""

import csv
import io
from dataclasses import replace

import openpyxl
import pytest

from catalog.product_model import Text
from configurator.production.cut_list import cut_list, cut_list_csv, cut_list_xlsx
from configurator.production.machine_files import machine_files
from configurator.production.panels import BoardMaterial, Panel
from configurator.production.workshop import (
    Band,
    Column,
    Workshop,
    WorkshopRefused,
    read_workshop,
    workshop_json,
)
from tests.configurator.production.panels import demo_panels

# W 838, H 876, D 610: inside 838 - 2 * 15.875 = 806.25. The back is 806.25 + 2 * 6.35 by
# 876 - 2 * 15.875 + 2 * 6.35, a shelf 806.25 - 1.5 by 610 - 2 * 6.35 - 12.7, a door 876 - 6 by
# (838 - 9) / 2. The front edges of top and bottom are banded with 1 mm, so both are cut 609 wide.
BY_HAND = [
    ("P01", "Side", 1, (876.0, 610.0, 15.875), (876.0, 610.0), "BX-WM-16"),
    ("P02", "Side", 1, (876.0, 610.0, 15.875), (876.0, 610.0), "BX-WM-16"),
    ("P03", "Top", 1, (806.25, 610.0, 15.875), (806.25, 609.0), "BX-WM-16"),
    ("P04", "Bottom", 1, (806.25, 610.0, 15.875), (806.25, 609.0), "BX-WM-16"),
    ("P05", "Back", 1, (818.95, 856.95, 6.35), (818.95, 856.95), ""),
    ("P06", "Shelf", 2, (804.75, 584.6, 15.875), (804.75, 584.6), "BX-WM-16"),
    ("P07", "Door", 1, (870.0, 414.5, 18.0), (870.0, 414.5), "FN-SAG"),
    ("P08", "Door", 1, (870.0, 414.5, 18.0), (870.0, 414.5), "FN-SAG"),
]
WORKSHOP = Workshop(bands={"": Band("ABS-1", 1.0)})


def test_the_base_cabinet_is_cut_as_worked_out_by_hand():
    told = [
        (
            row.panel.id,
            row.panel.label.default,
            row.panel.count,
            row.panel.lengths,
            (row.cut_length, row.cut_width),
            row.panel.material.sku,
        )
        for row in cut_list(demo_panels("base_cabinet.yaml"), WORKSHOP)
    ]
    assert told == BY_HAND


def test_the_list_of_three_cabinets_has_three_times_the_boards():
    rows = cut_list(demo_panels("base_cabinet.yaml", quantity=3), WORKSHOP)
    assert [row.panel.count for row in rows] == [3 * count for _, _, count, *_ in BY_HAND]


def test_a_board_is_cut_smaller_by_its_bands_and_larger_by_the_oversize():
    panel = Panel(
        "P01", Text("Front"), ("front",), 1, (500.0, 300.0, 18.0), None, ("L1", "W1", "W2")
    )
    (row,) = cut_list([panel], replace(WORKSHOP, oversize=0.5))
    assert (row.cut_length, row.cut_width) == (500 - 2 + 1, 300 - 1 + 1)


def test_the_band_of_the_chosen_value_comes_before_that_of_all_others():
    material = BoardMaterial("front", "oak", Text("Oak"), "FN-OAK")
    workshop = Workshop(bands={"": Band("ABS", 1.0), "oak": Band("Veneer", 2.0)})
    panel = Panel("P01", Text("Front"), ("front",), 1, (500.0, 300.0, 18.0), material, ("L1",))
    (row,) = cut_list([panel], workshop)
    assert (row.cut_width, dict(row.bands)) == (298, {"L1": "Veneer"})


def test_the_csv_has_the_columns_of_the_workshop():
    columns = (Column("Length", "length"), Column("Qty", "quantity"), Column("Label", "label"))
    workshop = replace(WORKSHOP, columns=columns, separator=";")
    told = cut_list_csv(cut_list(demo_panels("base_cabinet.yaml"), workshop), workshop, "de")
    rows = list(csv.reader(io.StringIO(told.decode()), delimiter=";"))
    assert rows[0] == ["Length", "Qty", "Label"]
    assert rows[6] == ["804.75", "2", "P06 Einlegeboden"]


@pytest.mark.parametrize("told", ["=1+1", "@there", "-x"])
def test_no_text_of_the_csv_is_a_formula(told):
    panel = Panel("P01", Text(told), ("front",), 1, (500.0, 300.0, 18.0), None)
    workshop = Workshop(columns=(Column("Name", "name"),))
    assert cut_list_csv(cut_list([panel], workshop), workshop).split() == [
        b"Name",
        f"'{told}".encode(),
    ]


def test_no_text_of_the_manifest_is_a_formula():
    panel = Panel("P01", Text("=1+1"), ("front",), 1, (500.0, 300.0, 18.0), None)
    _, content = next(machine_files(cut_list([panel], Workshop()), Workshop()))
    assert content.decode().splitlines()[1].startswith("P01,'=1+1,1,500.0,300.0,18.0,")


def test_the_spreadsheet_holds_numbers_and_texts_and_is_the_same_each_time():
    rows = cut_list(demo_panels("base_cabinet.yaml"), WORKSHOP)
    content = cut_list_xlsx(rows, WORKSHOP)
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    told = [[cell.value for cell in row] for row in page.iter_rows()]
    assert told[0][:4] == ["Part", "Name", "Quantity", "Length"]
    assert told[6][:8] == ["P06", "Shelf", 2, 804.75, 584.6, 15.875, 804.75, 584.6]
    assert content == cut_list_xlsx(rows, WORKSHOP)


def test_a_workshop_reads_what_it_writes():
    workshop = replace(WORKSHOP, layers={"hole": "BORE_{diameter}"}, decimal="p")
    assert read_workshop(workshop_json(workshop)) == workshop
    assert workshop.layer("hole", face="A", diameter=7.5, depth=3.0) == "BORE_7p5"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"columns": [{"title": "Colour", "field": "colour"}]}, "columns/0/field"),
        ({"layers": {"hole": "D{size}"}}, "layers"),
        ({"layers": {"hole": "D {diameter}"}}, "layers"),
        ({"layers": {"holes": "D"}}, "layers"),
        ({"saw": {"kerf": -1}}, "saw/kerf"),
        ({"sheets": []}, "sheets"),
        ({"saws": {}}, "saws"),
    ],
)
def test_a_workshop_that_cannot_be_read_names_the_field(document, field):
    with pytest.raises(WorkshopRefused) as refused:
        read_workshop(document)
    assert refused.value.data["field"] == field
