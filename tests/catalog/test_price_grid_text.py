"""Tables of amounts as they are pasted from a vendor's spreadsheet."""

from decimal import Decimal

from catalog.price_grid_text import price_grid_of, read_price_grid, write_price_grid

VENDOR = """Roller blind - trade prices excl. VAT;;;
valid from 01.03.2027;;;
Drop \\ Width;600 mm;800 mm;1.000 mm
1.400;52,30 €;59,80 €;1.067,20 €
1.000;48,90 €;n/a;62,10 €
"""


def test_titles_are_passed_over_and_sizes_sorted():
    grid = read_price_grid(VENDOR)
    assert grid.problems == ()
    assert (grid.column_sizes, grid.row_sizes) == ((600, 800, 1000), (1000, 1400))
    assert grid.amounts == (
        (Decimal("48.90"), None, Decimal("62.10")),
        (Decimal("52.30"), Decimal("59.80"), Decimal("1067.20")),
    )
    assert grid.left_out == ("Line 5, 800 mm across and 1.000 down: n/a",)


def test_what_is_no_amount_is_told_by_its_place():
    (problem,) = read_price_grid("\t600\t800\n1000\t10-20\t5").problems
    assert problem.startswith("Line 2, 600 across and 1000 down: '10-20' is no amount")


def test_a_size_that_stands_twice_is_told():
    assert read_price_grid("\t600\t600\n1000\t1\t5").problems == (
        "The size 600 stands twice across.",
    )


def test_an_amount_beyond_the_sizes_is_told():
    assert read_price_grid("\t600\n1000\t1\t5").problems == (
        "Line 2: '5' stands outside the sizes.",
    )


def test_a_text_without_a_table_says_how_one_is_written():
    (problem,) = read_price_grid("width,price\noak,12").problems
    assert "begin each line below with its size" in problem
    assert read_price_grid("").problems == ()


def test_cells_of_a_spreadsheet_are_read_as_it_shows_them():
    grid = price_grid_of([["", 600.0, 800], [1000, 3.3000000000000003, None]])
    assert grid.amounts == ((Decimal("3.3"), None),)


def test_a_table_is_written_as_it_is_read():
    document = {"column_sizes": [600, 800.5], "row_sizes": [1000], "amounts": [[12.25, None]]}
    grid = read_price_grid(write_price_grid(document))
    assert (grid.column_sizes, grid.amounts) == (
        (600, Decimal("800.5")),
        ((Decimal("12.25"), None),),
    )
