"""Files from anybody: what is read of them, and what is refused before it takes memory or time."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from catalog.errors import Malformed
from pricing.grid import COLUMNS, MOST_ERRORS, keep_amounts, xlsx_of
from pricing.models import ListAmount
from pricing.spreadsheets import MOST_COLUMNS, lines_of, rows_of_csv, rows_of_xlsx
from tests.api import make_shop
from tests.examples.desk import desk

HEADINGS = ["price_list", "product", "line", "value", "amount"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_parts(**parts: bytes) -> BytesIO:
    """Return a workbook in which the named parts (`sheet`, `texts`, `styles`, …) are others."""
    names = {
        "sheet": "xl/worksheets/sheet1.xml",
        "texts": "xl/sharedStrings.xml",
        "styles": "xl/styles.xml",
        "workbook": "xl/workbook.xml",
    }
    empty = {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"/>'.encode()}
    other = empty | {names.get(name, name): content for name, content in parts.items()}
    texts = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    texts += 'spreadsheetml.sharedStrings+xml"/></Types>'
    stream = BytesIO()
    with (
        ZipFile(BytesIO(workbook(["retail", "desk", "base", "", 7]))) as old,
        ZipFile(stream, "w", ZIP_DEFLATED) as new,
    ):
        for name in dict.fromkeys([*old.namelist(), *other]):
            content = other.get(name)
            if content is None:
                content = old.read(name).replace(b"</Types>", texts.encode())
            new.writestr(name, content)
    stream.seek(0)
    return stream


def sheet(*rows: str) -> bytes:
    headings = "".join(f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in HEADINGS)
    return f'<worksheet xmlns="{MAIN}"><sheetData><row>{headings}</row>{"".join(rows)}</sheetData></worksheet>'.encode()


def opened(before: str, filler: str, times: int, after: str) -> bytes:
    return sheet(f"{before}{filler * times}{after}")


def refused(file: BytesIO, told: str) -> None:
    file.seek(0)
    with pytest.raises(Malformed, match=told):
        list(rows_of_xlsx(file))


# Bounds are lowered, so that a file beyond them is still a small one.
@pytest.mark.parametrize(
    ("bound", "most", "parts", "told"),
    [
        (
            "SHEET",
            10_000,
            {"sheet": opened("", "<row></row>", 1_000, "")},
            "xl/worksheets/sheet1.xml to 11,",
        ),
        (
            "TEXT",
            10_000,
            {"texts": b"<si><t>x</t></si>" * 1_000},
            "xl/sharedStrings.xml to 17,000 bytes",
        ),
        (
            "PART",
            20_000,
            {"styles": b"<xf/>" * 5_000},
            "xl/styles.xml to 25,000 bytes, more than 20,000",
        ),
        ("PART", 20_000, {"docProps/app.xml": b" " * 30_000}, "docProps/app.xml to 30,000 bytes"),
    ],
)
def test_an_archive_with_a_part_too_large_is_refused_before_one_is_unpacked(
    monkeypatch, bound, most, parts, told
):
    file = with_parts(**parts)
    monkeypatch.setattr(f"pricing.spreadsheets.MOST_{bound}_BYTES", most)
    monkeypatch.setattr(ZipFile, "open", lambda *_: pytest.fail("a part was unpacked"))
    refused(file, told)


def test_a_row_of_very_many_bytes_is_refused(monkeypatch):
    monkeypatch.setattr("pricing.spreadsheets.MOST_ROW_BYTES", 2_000)
    assert len(list(rows_of_xlsx(with_parts(sheet=opened("<row>", "<c/>", 60, "</row>"))))) == 0
    refused(with_parts(sheet=opened("<row>", "<c/>", 1_000, "</row>")), "longer than 2,000 bytes")


@pytest.mark.parametrize(
    "content",
    [
        opened("<row>", "<c/>", MOST_COLUMNS + 1, "</row>"),
        sheet('<row><c r="XFD2"><v>1</v></c></row>'),
    ],
)
def test_a_row_of_very_many_columns_is_refused(content):
    refused(with_parts(sheet=content), f"more than {MOST_COLUMNS} columns")


def test_a_sheet_of_more_rows_than_the_format_has_is_refused(monkeypatch):
    monkeypatch.setattr("pricing.spreadsheets.MOST_ROWS", 100)
    assert len(list(rows_of_xlsx(with_parts(sheet=opened("", "<row></row>", 90, ""))))) == 0
    refused(with_parts(sheet=opened("", "<row></row>", 110, "")), "more than 100 rows")


def test_an_archive_of_very_many_parts_is_refused_before_they_are_listed(monkeypatch):
    monkeypatch.setattr("pricing.spreadsheets.MOST_INDEX_BYTES", 2_000)
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for number in range(50):
            archive.writestr(f"xl/media/{number}.png", b"")
    refused(file, "lists more parts")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06",
        b"PK\x03\x04 and nothing else",
        b"price_list,product",
        workbook()[:-300],
        workbook().replace(b"xl/workbook.xml", b"xl/wirkbook.xml"),
    ],
)
def test_what_is_no_workbook_is_refused(content):
    refused(BytesIO(content), "no XLSX file that can be read")


@pytest.mark.parametrize("part", ["workbook", "sheet", "texts"])
def test_a_part_that_declares_an_entity_is_refused(part):
    document = f'<!DOCTYPE w [<!ENTITY e "ha">]><sst xmlns="{MAIN}"><si><t>&e;</t></si></sst>'
    refused(
        with_parts(**{part: document.encode()}), "no XLSX file that can be read: EntitiesForbidden"
    )


@pytest.mark.parametrize(
    "row",
    [
        '<row><c t="s"><v>99999</v></c></row>',
        '<row><c t="s"><v>x</v></c></row>',
        '<row><c t="b"><v>maybe</v></c></row>',
        '<row r="third"><c><v>1</v></c></row>',
        '<row><c r="4A"><v>1</v></c></row>',
        '<row><c r="A1"><v>1</v></c>',
    ],
)
def test_a_sheet_whose_cells_are_not_as_the_format_says_is_refused(row):
    refused(with_parts(sheet=sheet(row)), "no XLSX file that can be read")


def test_rows_that_are_left_out_are_not_filled_in():
    file = with_parts(sheet=sheet('<row r="2000"><c r="A2000" t="str"><v>retail</v></c></row>'))
    assert [number for number, _ in lines_of(file, "prices.xlsx")] == [1, 2000]
    assert [each["price_list"] for each in rows_of_xlsx(file)] == ["retail"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (",".join(HEADINGS) + "," * 100_000, "longer than 100,000 bytes"),
        (",".join([*HEADINGS, *map(str, range(70))]), f"more than {MOST_COLUMNS} columns"),
        (",".join(HEADINGS) + "\n" + "a" * 100_001, "longer than 100,000 bytes"),
        (",".join(HEADINGS) + '\n"' + "a\n" * 70_000, "no CSV that can be read"),
        (",".join([*HEADINGS, "amount"]), "names a column twice: amount"),
        ("", "no price_list, product, line, amount"),
    ],
)
def test_a_text_that_is_no_grid_is_refused(text, told):
    with pytest.raises(Malformed, match=told):
        list(rows_of_csv(text))


@pytest.mark.parametrize(
    "encoding", ["cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"]
)
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(encoding):
    text = ";".join(HEADINGS) + "\r\nretail;desk;base;größe;7\r\n"
    (row,) = rows_of_csv(BytesIO(text.encode(encoding)))
    assert row["value"] == "größe"


@pytest.mark.parametrize(
    "content",
    [
        ",".join(HEADINGS).encode() + b"\n\x81\x8d",
        (",".join(HEADINGS) + "\nä\n").encode() + b"\xff\xfe",
        b"\xff\xfea",
    ],
)
def test_a_file_in_another_encoding_is_refused(content):
    with pytest.raises(Malformed, match="save it as CSV UTF-8"):
        list(rows_of_csv(BytesIO(content)))


def test_a_cell_is_what_the_sheet_shows_of_it():
    book = Workbook()
    page = book.active
    page.append(HEADINGS)
    for amount, shown in (
        (-0.06, "0%"),
        (0.125, "0.0 %;[Red]-0.0 %"),
        (3.3000000000000003, "0.00"),
        (5, '0 "%"'),
    ):
        page.append(["retail", "desk", "base", "", amount])
        page.cell(page.max_row, 5).number_format = shown
    file = BytesIO()
    book.save(file)
    read = [row["amount"] for row in rows_of_xlsx(file)]
    assert read == ["-6 %", "12.5 %", Decimal("3.3"), 5]


def test_a_file_is_read_like_its_text():
    text = (
        "\ufeff" + ";".join(HEADINGS) + '\r\nretail;desk;base;;7\r\n"re""tail";desk;top;oak;8\r\n'
    )
    assert list(rows_of_csv(BytesIO(text.encode()))) == list(rows_of_csv(text))
    assert [row["price_list"] for row in rows_of_csv(text)] == ["retail", 're"tail']


@pytest.fixture
def shop():
    return make_shop(model=desk(price_lines=[{"key": "base", "label": "Desk", "amount": 200}]))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (True, "amount"),
        (datetime(2027, 1, 1, tzinfo=UTC).replace(tzinfo=None), "amount"),
        ("#REF!", "amount"),
        (float("1e300"), "amount"),
        ("x" * 30_000, "longer than 2,000 characters"),
        ("'7", "amount"),
        ("=2+2", "a formula without its result"),
        ("7; 8", "amount"),
    ],
)
def test_a_cell_of_another_type_is_told_and_takes_nothing_away(shop, amount, told):
    keep_amounts(
        shop, [{**dict(zip(HEADINGS, ("retail", "desk", "base", ""), strict=False)), "amount": 210}]
    )
    report = keep_amounts(
        shop, rows_of_xlsx(BytesIO(workbook(["retail", "desk", "base", None, amount])))
    )
    (error,) = report.errors
    assert error.column == "amount"
    assert told in f"{error.column} {error.detail}"
    assert ListAmount.objects.get().amount == "210"


@pytest.mark.django_db
def test_a_formula_counts_for_the_result_that_was_saved_with_it(shop):
    cells = "".join(f'<c t="str"><v>{each}</v></c>' for each in ("retail", "desk", "base"))
    file = with_parts(sheet=sheet(f"<row>{cells}<c/><c><f>200*1.1</f><v>220</v></c></row>"))
    keep_amounts(shop, rows_of_xlsx(file))
    assert ListAmount.objects.get().amount == "220"


@pytest.mark.django_db
def test_a_file_that_breaks_off_keeps_nothing(shop):
    rows = "".join(
        '<row><c t="str"><v>retail</v></c><c t="str"><v>desk</v></c><c t="str"><v>base</v></c><c/><c><v>7</v></c>'
        f'<c t="str"><v>{moment}</v></c></row>'
        for moment in ("", "2027-01-01T00:00:00Z")
    )
    broken = sheet(rows, *["<row/>"] * 1_500, "<row><c></row>").replace(
        b"</is></c></row>", b"</is></c><c t='str'><v>valid_from</v></c></row>", 1
    )
    with pytest.raises(Malformed, match="no XLSX"):
        keep_amounts(shop, rows_of_xlsx(with_parts(sheet=broken)))
    assert not ListAmount.objects.exists()


@pytest.mark.django_db
def test_as_many_errors_are_told_as_somebody_can_read(shop):
    report = keep_amounts(shop, ({"price_list": "nowhere"} for _ in range(3_000)))
    assert (report.refused, len(report.errors)) == (3_000, MOST_ERRORS)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ten_times_the_rows_take_no_more_memory(kind, tmp_path):
    """Rows of a file are read as they are asked for; what grows are the few texts that an XLSX file
    tells apart.
    """

    def peak(count: int) -> int:
        path = tmp_path / f"{count}.{kind}"
        row = dict.fromkeys((*COLUMNS, "label", "version_amount"), "")
        rows = [
            row
            | {"price_list": "retail", "product": "desk", "line": f"l{n % 50}", "amount": str(n)}
            for n in range(count)
        ]
        if kind == "xlsx":
            path.write_bytes(xlsx_of(rows))
        else:
            path.write_text(
                "\n".join(
                    [
                        ",".join(COLUMNS),
                        *(",".join(each[name] for name in COLUMNS) for each in rows),
                    ]
                )
            )
        code = (
            "import sys, tracemalloc; sys.path.insert(0, '.');"
            "from pricing import spreadsheets as s; tracemalloc.start();"
            f"n = sum(1 for _ in s.rows_of_{kind}(open({str(path)!r}, 'rb')));"
            f"assert n == {count}; print(tracemalloc.get_traced_memory()[1])"
        )
        return int(
            subprocess.run(
                [sys.executable, "-c", code], check=True, capture_output=True, text=True
            ).stdout
        )

    few, many = peak(500), peak(5_000)
    assert many < few + 1_000_000


def test_a_cell_with_the_character_nul_is_refused_by_its_row():
    with pytest.raises(Malformed, match="row 2: a text cannot hold the character NUL"):
        list(rows_of_csv("price_list,product,line,amount\nretail,de\0sk,base,1\n"))
