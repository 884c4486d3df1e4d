"""How data files become records."""

from decimal import Decimal

import pytest

from catalog.errors import Malformed
from integrations.connectors.oca.literals import Ref
from integrations.connectors.oca.records import read_files, read_folder
from tests.integrations.connectors.oca.folder import ATTRIBUTES, TEMPLATE, data, records

CHANGE = '<record id="desk" model="product.template"><field name="list_price">310.00</field></record>'


def test_fields_keep_texts_references_and_values():
    record = records(TEMPLATE).by_id["line_top"]
    assert record.fields["product_tmpl_id"] == Ref("desk")
    assert records(TEMPLATE).by_id["desk"].number("list_price") == Decimal(290)


def test_a_change_counts_though_its_file_comes_first_by_name():
    found = read_files([("changes.xml", data(CHANGE)), ("products.xml", data(ATTRIBUTES, TEMPLATE))])
    assert found.by_id["desk"].number("list_price") == Decimal(310)
    assert found.by_id["desk"].text("name") == "Desk"


def test_of_two_that_make_the_same_record_the_later_counts_and_a_note_tells():
    found = read_files([("a.xml", data(TEMPLATE)), ("b.xml", data(TEMPLATE.replace("290", "300")))])
    assert found.by_id["desk"].number("list_price") == Decimal(300)
    assert any("desk is made in a.xml and again in b.xml" in note for note in found.notes)


def test_a_reference_may_name_the_module():
    found = records(ATTRIBUTES)
    assert found.find(Ref("product_configurator.value_oak")) is found.by_id["value_oak"]
    assert found.find(Ref("base.CAD")) is None


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE odoo [<!ENTITY a "aaaa">]><odoo>&a;</odoo>',
        b'<!DOCTYPE odoo SYSTEM "file:///etc/passwd"><odoo/>',
        b"<odoo><data></odoo>",
        b"",
        b'<odoo><record id="a" model="m"><field name="x" search="[]"/></record></odoo>',
        b'<odoo><record id="a" model="m"><field name="x" eval="open(1)"/></record></odoo>',
        b'<odoo><record id="a" model="m"/><record id="a" model="n"/></odoo>',
    ],
)
def test_document_types_broken_files_and_code_are_refused(content):
    with pytest.raises(Malformed):
        read_files([("a.xml", content)])


def test_what_is_no_record_is_counted():
    found = read_files([("a.xml", b"<odoo><function/><menuitem/><menuitem/><!-- a note --></odoo>")])
    assert found.skipped == {"function": 1, "menuitem": 2}


def test_a_folder_without_data_is_refused(tmp_path):
    with pytest.raises(Malformed, match=r"no \.xml files"):
        read_folder(tmp_path)
    with pytest.raises(Malformed, match="no folder"):
        read_folder(tmp_path / "absent")
