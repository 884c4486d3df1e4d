"""How data files become records."""

from decimal import Decimal

import pytest

from catalog.errors import Malformed
from integrations.connectors.oca.literals import Ref
from integrations.connectors.oca.records import read_files, read_folder
from tests.integrations.connectors.oca.folder import ATTRIBUTES, TEMPLATE, data, records

CHANGE = (
    '<record id="desk" model="product.template"><field name="list_price">310.00</field></record>'
)


def test_fields_keep_texts_references_and_values():
    record = records(TEMPLATE).by_id["line_top"]
    assert record.fields["product_tmpl_id"] == Ref("desk")
    assert records(TEMPLATE).by_id["desk"].number("list_price") == Decimal(290)


def test_a_change_counts_though_its_file_comes_first_by_name():
    found = read_files(
        [("changes.xml", data(CHANGE)), ("products.xml", data(ATTRIBUTES, TEMPLATE))]
    )
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
        b'<!DOCTYPE odoo SYSTEM "odoo.dtd"><odoo/>',
        b"<odoo><data></odoo>",
        b"",
        b'<odoo><record id="a" model="product.template"><field name="name" search="[]"/></record></odoo>',
        b'<odoo><record id="a" model="product.template"><field name="list_price" eval="open(1)"/></record></odoo>',
        b'<odoo><record id="a" model="product.template"/><record id="a" model="product.product"/></odoo>',
        b"<!-- <a/> --><!DOCTYPE odoo [<!ENTITY a 'a'>]><odoo/>",
    ],
)
def test_document_types_broken_files_and_code_are_refused(content):
    with pytest.raises(Malformed):
        read_files([("a.xml", content)])


def test_what_is_no_record_is_counted():
    found = read_files(
        [("a.xml", b"<odoo><function/><menuitem/><menuitem/><!-- a note --></odoo>")]
    )
    assert found.skipped == {"function": 1, "menuitem": 2}


def test_a_folder_without_data_is_refused(tmp_path):
    with pytest.raises(Malformed, match=r"no \.xml files"):
        read_folder(tmp_path)
    with pytest.raises(Malformed, match="no folder"):
        read_folder(tmp_path / "absent")


@pytest.mark.parametrize(
    "field",
    [
        """<field name="child_ids" eval="[(0, 0, {'name': 'x'})]"/>""",
        '<field name="user_id" search="[]"/>',
        '<field name="date" eval="(DateTime.now() + timedelta(days=1)).strftime(\'%Y\')"/>',
    ],
)
def test_what_is_passed_over_is_not_looked_at(field):
    found = records(
        f'<record id="a" model="res.partner">{field}</record>',
        f'<record model="crm.lead">{field}</record>',
        TEMPLATE.replace('<field name="list_price">', f'{field}<field name="list_price">'),
    )
    assert found.left == {"res.partner": 1, "crm.lead": 1}
    assert found.by_id["desk"].number("list_price") == Decimal(290)
    assert len(found.by_id["desk"].odd) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"<templates><t t-name='x'><br></t></templates>",
        b'<!DOCTYPE svg PUBLIC "x" "y"><svg/>',
        b"\xef\xbb\xbf<?xml version='1.0'?><!-- <odoo> --><html><p></html>",
    ],
)
def test_a_file_that_is_no_data_is_passed_over_however_it_is_written(content):
    found = read_files([("a.xml", content), ("b.xml", data(TEMPLATE))])
    assert found.files == ("b.xml",)
    assert found.skipped == {"file that is no data": 1}


def module(folder, name, *texts):
    (folder / name / "data").mkdir(parents=True)
    (folder / name / "__manifest__.py").write_text("{}")
    (folder / name / "data" / "products.xml").write_bytes(data(*texts))
    return folder / name


def test_one_id_in_two_modules_is_two_records(tmp_path):
    module(tmp_path, "desks", ATTRIBUTES, TEMPLATE)
    module(tmp_path, "chairs", ATTRIBUTES, TEMPLATE.replace(">Desk<", ">Chair<"))
    found = read_folder(tmp_path)
    assert {record.id: record.text("name") for record in found.of("product.template")} == {
        "chairs.desk": "Chair",
        "desks.desk": "Desk",
    }
    line = found.by_id["chairs.line_top"]
    assert found.find(line.fields["product_tmpl_id"]) is found.by_id["chairs.desk"]
    assert [each.id for each in found.find_all(line.fields["value_ids"])] == [
        "chairs.value_glass",
        "chairs.value_board",
    ]
    assert not found.notes


def test_a_module_changes_what_another_made_by_its_full_id(tmp_path):
    module(tmp_path, "desks", ATTRIBUTES, TEMPLATE)
    module(tmp_path, "a_shop", CHANGE.replace('id="desk"', 'id="desks.desk"'))
    found = read_folder(tmp_path)
    assert found.by_id["desks.desk"].number("list_price") == Decimal(310)
    assert [record.id for record in found.of("product.template")] == ["desks.desk"]


def test_the_data_folder_of_a_module_is_read_as_that_module(tmp_path):
    whole = module(tmp_path, "desks", ATTRIBUTES, TEMPLATE)
    assert read_folder(whole / "data").by_id.keys() == read_folder(tmp_path).by_id.keys()


def test_kinds_and_fields_of_older_releases_are_read_by_their_new_names():
    old = TEMPLATE.replace("product.template.attribute.line", "product.attribute.line")
    price = """<record id="p" model="product.attribute.price"><field name="product_tmpl_id" ref="desk"/>
      <field name="value_id" ref="value_oak"/><field name="price_extra">12</field></record>"""
    found = records(ATTRIBUTES, old, price)
    assert [record.id for record in found.of("product.template.attribute.line")] == [
        "line_frame",
        "line_top",
    ]
    assert found.of("product.template.attribute.value")[0].fields[
        "product_attribute_value_id"
    ] == Ref("value_oak")


def test_data_in_csv_is_counted_as_not_read(tmp_path):
    module(tmp_path, "desks", ATTRIBUTES, TEMPLATE)
    (tmp_path / "desks" / "data" / "product.attribute.value.csv").write_text("id,name\n")
    (tmp_path / "desks" / "data" / "ir.model.access.csv").write_text("id,name\n")
    assert read_folder(tmp_path).left == {"product.attribute.value in a CSV file": 1}
