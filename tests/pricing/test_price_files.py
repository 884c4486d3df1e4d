"""Price files of any layout on the command line: a mapping that is proposed, taken, and remembered."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pricing.models import ListAmount, PriceFileLayout
from pricing.price_files import look
from tests.api import make_shop
from tests.examples.desk import desk
from tests.factories import make_merchant

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LINES = [
    {
        "key": "top",
        "label": "Top",
        "option": "top",
        "amounts": {"glass": 80, "oak": 60, "laminate": 9},
    }
]
TEXT = (
    "Price list 2027;;valid from 01.02.2027\n\nArt. No.;Name;Price €\nTP-G;Glass;81,50\n"
    "TP-X;Slate;99,00\nTP-O;Oak;-\n"
)


@pytest.fixture
def shop():
    return make_shop(model=desk(price_lines=LINES))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "vendor.csv"
    file.write_text(TEXT)
    return file


def run(path, **options):
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("import_prices", str(path), stdout=out, stderr=err, **options)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue(), err.getvalue()


def proposed(path, tmp_path, **changes):
    _, out, _ = run(path, propose=True, price_list="retail")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(json.loads(out) | changes))
    return mapping


def test_a_proposal_tells_how_the_file_is_read_and_what_is_not_known(shop, path):
    code, out, err = run(path, propose=True, price_list="retail")
    assert json.loads(out) == {
        "header": 3,
        "product": "desk",
        "price_list": "retail",
        "valid_from": "2027-02-01",
        "columns": [
            {"heading": "Art. No.", "use": "item"},
            {"heading": "Name", "use": "item"},
            {"heading": "Price €", "use": "amount"},
        ],
    }
    assert "not known what it is: TP-X (1 row)" in err
    assert (code, ListAmount.objects.count()) == (0, 0)


def test_a_file_is_brought_in_by_its_mapping(shop, path, tmp_path):
    mapping = proposed(path, tmp_path)
    code, out, err = run(path, mapping=str(mapping))
    assert "1 price changes" in out
    assert "row 6: no amount for 'TP-O', left out" in out
    assert "row 5, Art. No.: there is no line or value called 'TP-X'" in err
    kept = ListAmount.objects.get()
    assert (code, kept.value, kept.amount, str(kept.valid_from.date())) == (
        1,
        "glass",
        "81.5",
        "2027-02-01",
    )


def test_a_mapping_may_say_what_a_row_is(shop, path, tmp_path):
    mapping = proposed(path, tmp_path, items={"TP-X": "top/laminate"})
    assert run(path, mapping=str(mapping))[0] == 0
    assert ListAmount.objects.get(value="laminate").amount == "99"


def test_a_confirmed_mapping_is_offered_for_the_same_header_without_its_days(shop, path, tmp_path):
    run(path, mapping=str(proposed(path, tmp_path, items={"TP-X": "top/laminate"})))
    later = tmp_path / "later.csv"
    later.write_text("Prices\nART. NO.;name;Price €\nTP-X;Slate;105\n")
    assert run(later, mapping="remembered")[0] == 0
    assert set(
        ListAmount.objects.filter(value="laminate").values_list("amount", "valid_from__year")
    ) == {
        ("99", 2027),
        ("105", None),
    }
    assert PriceFileLayout.objects.get().name == "later.csv"


def test_only_looking_remembers_nothing(shop, path, tmp_path):
    run(path, mapping=str(proposed(path, tmp_path)), dry_run=True)
    assert (PriceFileLayout.objects.count(), ListAmount.objects.count()) == (0, 0)


def test_a_mapping_is_another_merchants_own(shop, path, tmp_path):
    run(path, mapping=str(proposed(path, tmp_path)))
    with path.open("rb") as file:
        assert look(make_merchant("rival"), file, path.name).remembered is None


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("remembered", "No mapping was confirmed"),
        ("nowhere.json", "cannot be read"),
        ("broken.json", "there is no such field"),
    ],
)
def test_a_mapping_that_cannot_be_is_told(shop, path, tmp_path, mapping, told):
    (tmp_path / "broken.json").write_text('{"headers": 2}')
    named = mapping if mapping == "remembered" else str(tmp_path / mapping)
    with pytest.raises(CommandError, match=told):
        run(path, mapping=named)


def test_a_file_of_another_layout_says_how_it_is_brought_in(shop, path):
    with pytest.raises(CommandError, match="brought in with a mapping"):
        run(path)


def test_an_empty_file_is_told(shop, tmp_path):
    (tmp_path / "empty.csv").write_text("\n;\n")
    with pytest.raises(CommandError, match="There is nothing in the file"):
        run(tmp_path / "empty.csv", propose=True)


def test_many_rows_are_read_as_they_come(shop, tmp_path, django_assert_max_num_queries):
    path = tmp_path / "long.csv"
    rows = "".join(
        f"TP-O;{Decimal(each) / 100};2027-01-01T00:{each // 60:02}:{each % 60:02}Z\n"
        for each in range(2_500)
    )
    path.write_text("SKU;Price;Valid from\n" + rows)
    mapping = proposed(path, tmp_path)
    with django_assert_max_num_queries(60):
        assert run(path, mapping=str(mapping))[0] == 0
    assert ListAmount.objects.count() == 2_500
