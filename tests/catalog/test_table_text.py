"""Tables as people paste them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.product_model import read
from catalog.table_text import Table, read_table, write_table
from tests.examples.desk import DESK, desk

OPTIONS = desk().option_by_key


def table(text: str) -> Table:
    return read_table(text, OPTIONS)


@pytest.mark.parametrize("separator", ["\t", ";", ",", ", "])
def test_cells_are_separated_as_the_first_line_separates_them(separator: str) -> None:
    lines = [["top", "width"], ["oak", "1400"], ["glass", "*"]]
    read = table("\n".join(separator.join(line) for line in lines))
    assert (read.options, read.rows, read.problems) == (
        ("top", "width"),
        (("oak", 1400), ("glass", "*")),
        (),
    )


def test_cells_become_what_their_options_take() -> None:
    read = table("top;width;engraved\noak|glass; 1000..1200 ;Yes\n*;1500|1600;false")
    assert read.rows == ((("oak", "glass"), "1000..1200", True), ("*", (1500, 1600), False))


def test_empty_lines_and_windows_line_ends_do_no_harm() -> None:
    assert table("\r\ntop,width\r\n\r\noak,1400\r\n\r\n").rows == (("oak", 1400),)


def test_an_empty_text_is_an_empty_table() -> None:
    assert table(" \n ") == Table((), (), ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tpo\noak", "Line 1: there is no option 'tpo'; did you mean 'top'?"),
        ("top\nooak", "Line 2: 'ooak' is no value of 'top'; did you mean 'oak'?"),
        ("top;width\n\noak", "Line 3: it has 1 cell for 2 columns."),
        ("top;width\noak;1400;1", "Line 2: it has 3 cells for 2 columns."),
        ("engraved\nmaybe", "Line 2: 'maybe' is neither yes nor no, for 'engraved'."),
        (
            "width\nwide",
            "Line 2: 'wide' is neither a number nor a range such as 600..900, for 'width'.",
        ),
        ("width\n99999999999999999999", "Line 2: '99999999999999999999' is neither a number nor"),
        ("width\n1500..1400", "Line 2: the range 1500..1400 for 'width' runs backwards."),
    ],
)
def test_what_is_wrong_is_told_by_line(text: str, problem: str) -> None:
    (told,) = table(text).problems
    assert told.startswith(problem)


def test_problems_of_thousands_of_rows_are_told_in_a_few_lines() -> None:
    problems = table("top\n" + "marble\n" * 5000).problems
    assert (len(problems), problems[-1]) == (13, "There are 4988 more like these.")


CELLS = {
    "top": st.sampled_from(["glass", "oak", "laminate", "*"]),
    "width": st.one_of(
        st.integers(100, 200).map(lambda tens: tens * 10), st.just("*"), st.just("1000..1200")
    ),
    "engraved": st.one_of(st.booleans(), st.just("*")),
}


def cell(key: str) -> st.SearchStrategy[Any]:
    return st.one_of(CELLS[key], st.lists(CELLS[key], min_size=2, max_size=3).map(tuple))


@given(st.lists(st.tuples(*map(cell, CELLS)), max_size=6))
def test_writing_and_reading_a_table_changes_nothing(rows: list[tuple[Any, ...]]) -> None:
    assert table(write_table(tuple(CELLS), rows)) == Table(tuple(CELLS), tuple(rows), ())


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = table(text)
    assert all(isinstance(problem, str) for problem in read.problems)


@given(st.text(max_size=60))
def test_what_is_read_without_a_problem_can_be_kept(text: str) -> None:
    read_back = table(f"top;width\n{text}")
    if not read_back.problems:
        rows = [list(row) for row in read_back.rows]
        kept = read(
            {**DESK, "tables": [{"key": "t", "options": list(read_back.options), "rows": rows}]}
        )
        assert len(kept.tables[0].rows) == len(rows)


def test_fractions_of_numbers_stay_exact() -> None:
    model = read(
        {
            "product": "box",
            "name": "Box",
            "options": [
                {
                    "key": "size",
                    "kind": "number",
                    "label": "Size",
                    "number": {"first": 0, "last": 1, "step": 0.1},
                }
            ],
        }
    )
    written = write_table(("size",), read_table("size\n0.3", model.option_by_key).rows)
    assert Decimal(written.split()[1]) == Decimal("0.3")
