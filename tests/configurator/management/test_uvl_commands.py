"""Feature models from the command line and back."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Product
from catalog.uvl.reader import read_uvl
from configurator.engine.face.choices import deduce
from configurator.offers import published
from tests.factories import make_merchant

KITCHEN = """features
	Kitchen
		mandatory
			Front
				alternative
					Oak
					Glass
		optional
			"Soft close"

constraints
	Glass => "Soft close"
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen(tmp_path):
    path = tmp_path / "Kitchen 2.uvl"
    path.write_text(KITCHEN, encoding="utf-8")
    return path


def test_a_feature_model_becomes_a_draft_under_the_name_of_its_file(kitchen, capsys):
    merchant = make_merchant()
    call_command("import_uvl", str(kitchen), "--merchant", merchant.slug)
    assert capsys.readouterr().out.startswith(f"kitchen-2: draft of {merchant.slug}, 2 options\n")
    assert Product.objects.for_merchant(merchant).get().key == "kitchen-2"


def test_it_can_be_published_at_once(kitchen):
    merchant = make_merchant()
    call_command("import_uvl", str(kitchen), "--key", "kitchen", "--publish")
    assert [option.key for option in published(merchant.slug, "kitchen").product.model.options] == [
        "soft_close",
        "front",
    ]


def test_what_was_imported_can_be_exported(kitchen, tmp_path, capsys):
    make_merchant()
    call_command("import_uvl", str(kitchen), "--key", "kitchen")
    call_command("export_uvl", "kitchen", "-o", str(tmp_path / "again.uvl"))
    assert read_uvl((tmp_path / "again.uvl").read_text(encoding="utf-8")) == read_uvl(KITCHEN)
    capsys.readouterr()
    call_command("export_uvl", "kitchen")
    assert capsys.readouterr().out == KITCHEN


SHELF = """features
	Shelf
		mandatory
			Integer Width
			Board cardinality [1..2]
				mandatory
					Integer Height

constraints
	Width => Width >= 30 & Width <= 120
	Height => Height >= 10 & Height <= 40
	Height * 2 <= Width
"""


def test_a_model_with_numbers_copies_and_arithmetic_is_published_and_answers(tmp_path, capsys):
    merchant = make_merchant()
    path = tmp_path / "shelf.uvl"
    path.write_text(SHELF, encoding="utf-8")
    call_command("import_uvl", str(path), "--publish")
    engine = published(merchant.slug, "shelf").product.engine
    domains = deduce(engine, {"height_1": Decimal(25), "board_2": True}).domains
    assert domains["width"].runs == ((50, 120),)
    assert domains["height_2"].runs == ((10, 40),)
    capsys.readouterr()
    call_command("export_uvl", "shelf")
    exported = capsys.readouterr().out
    assert 'Integer "Height #2"' in exported
    assert "Width => Width >= 30 & Width <= 120" in exported


def test_a_number_without_bounds_is_refused_with_its_line_and_what_to_write(tmp_path):
    make_merchant()
    path = tmp_path / "shelf.uvl"
    path.write_text("features\n\tInteger Width\nconstraints\n\tWidth > 3\n", encoding="utf-8")
    with pytest.raises(
        CommandError,
        match=r"Line 2: the Integer feature 'Width' has no greatest number.*Width <= 100",
    ):
        call_command("import_uvl", str(path))


def test_a_broken_feature_model_is_refused_with_its_line(tmp_path):
    make_merchant()
    path = tmp_path / "broken.uvl"
    path.write_text("features\n\tA\nconstraints\n\tB\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Line 4: there is no feature 'B'"):
        call_command("import_uvl", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_uvl", str(tmp_path / "none.uvl"))
    with pytest.raises(CommandError, match="is no key"):
        call_command("import_uvl", str(path), "--key", "Ö")
    with pytest.raises(CommandError, match="has no product"):
        call_command("export_uvl", "none")


def test_checks_can_be_left_for_later_and_progress_is_told(kitchen, capsys):
    make_merchant()
    call_command("import_uvl", str(kitchen), "--no-check", "--progress")
    told = capsys.readouterr()
    assert "kitchen-2: not checked yet; see manage.py check_product --key kitchen-2" in told.out
    assert "5 features become options" in told.err
    call_command("import_uvl", str(kitchen), "--progress")
    assert "Rules that never fire" in capsys.readouterr().err
    with pytest.raises(CommandError, match="Publishing takes the checks"):
        call_command("import_uvl", str(kitchen), "--no-check", "--publish")


COMPUTER = """namespace Computer
imports
	parts.drive as disk
	Screen
features
	Computer
		mandatory
			disk.Drive
		optional
			Screen.Screen
constraints
	disk.SSD => Screen.Screen
	disk.maker.Large.price < 4
"""
DRIVE = """imports
	maker
features
	Drive
		mandatory
			Type
				alternative
					SSD
					HDD
			maker.Maker
constraints
	maker.Large => HDD
"""
MAKER = "features\n\tMaker\n\t\talternative\n\t\t\tLarge {price 3}\n\t\t\tSmall\n"
SCREEN = "features\n\tScreen\n\t\tmandatory\n\t\t\tInteger Size\nconstraints\n\tSize >= 10 & Size <= 30\n"


@pytest.fixture
def computer(tmp_path):
    (tmp_path / "parts").mkdir()
    for name, text in {
        "computer": COMPUTER,
        "parts/drive": DRIVE,
        "parts/maker": MAKER,
        "Screen": SCREEN,
    }.items():
        (tmp_path / f"{name}.uvl").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_model_in_several_files_becomes_one_product_with_the_names_people_wrote(computer, capsys):
    merchant = make_merchant()
    call_command("import_uvl", str(computer / "computer.uvl"), "--publish")
    product = published(merchant.slug, "computer").product
    assert sorted(option.label.default for option in product.model.options) == [
        "Maker",
        "Screen",
        "Size",
        "Type",
    ]
    domains = deduce(product.engine, {"disk_maker_maker": "disk_maker_large"}).domains
    assert domains["disk_type"].values == ("disk_hdd",)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "Screen",
            "features\n\tScreen\n\t\tmandatory\n\t\t\tInteger Size\n",
            "Screen.uvl, line 4: the Integer feature",
        ),
        ("Screen", "features\n\tScreen\n\tB\n", "Screen.uvl, line 3: 'B' stands beside the root"),
        (
            "Screen",
            "features\n\tMonitor\n",
            "Line 4: 'Screen' is imported and not used; write its root 'Screen.Monitor'",
        ),
        (
            "Screen",
            "imports\n\tScreen\nfeatures\n\tScreen\n",
            "Screen.uvl, line 2: 'Screen' imports itself",
        ),
        ("parts/maker", None, "parts/drive.uvl, line 2: the imported model 'maker' is not there"),
    ],
)
def test_what_is_wrong_in_another_file_is_told_with_that_file(computer, name, text, told):
    make_merchant()
    path = computer / f"{name}.uvl"
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("import_uvl", str(computer / "computer.uvl"))
    assert told in str(refused.value)


def test_no_file_above_the_folder_of_a_model_is_read(computer):
    make_merchant()
    (computer / "parts" / "main.uvl").write_text(
        'imports\n\t"../Screen" as S\nfeatures\n\tA\n', encoding="utf-8"
    )
    with pytest.raises(CommandError, match="is not there"):
        call_command("import_uvl", str(computer / "parts" / "main.uvl"))


def test_a_list_that_means_nothing_is_told(tmp_path, capsys):
    make_merchant()
    path = tmp_path / "lamp.uvl"
    path.write_text(
        "features\n\tLamp {colours ['red']}\n\t\toptional\n\t\t\tShade\n", encoding="utf-8"
    )
    call_command("import_uvl", str(path), "--no-check")
    assert "lamp: Line 2: the list 'colours' of 'Lamp' is left out." in capsys.readouterr().out
