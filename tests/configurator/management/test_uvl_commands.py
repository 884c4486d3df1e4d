"""Feature models from the command line and back."""

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Product
from catalog.uvl.reader import read_uvl
from configurator.operations import published
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
