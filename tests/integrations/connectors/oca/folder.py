"""Small folders of Odoo data for tests, and the way to the two real catalogs."""

from collections.abc import Mapping
from pathlib import Path

from integrations.connectors.oca.mapping import Imported, products_of
from integrations.connectors.oca.records import Records, read_files

# Data files of others lie beside the checkout, never in it; tests that read them skip where they
# are absent.
CATALOGS = Path(__file__).resolve().parents[4].parent / "shared" / "catalogs"

ATTRIBUTES = """
<record id="attr_frame" model="product.attribute"><field name="name">Frame</field></record>
<record id="value_steel" model="product.attribute.value">
  <field name="name">Steel</field><field name="attribute_id" ref="attr_frame"/>
</record>
<record id="value_oak" model="product.attribute.value">
  <field name="name">Oak</field><field name="attribute_id" ref="attr_frame"/>
</record>
<record id="attr_top" model="product.attribute"><field name="name">Top</field></record>
<record id="value_glass" model="product.attribute.value">
  <field name="name">Glass</field><field name="attribute_id" ref="attr_top"/>
</record>
<record id="value_board" model="product.attribute.value">
  <field name="name">Board</field><field name="attribute_id" ref="attr_top"/>
</record>
"""
TEMPLATE = """
<record id="desk" model="product.template">
  <field name="name">Desk</field><field name="config_ok" eval="True"/><field name="list_price">290.00</field>
</record>
<record id="line_frame" model="product.template.attribute.line">
  <field name="product_tmpl_id" ref="desk"/><field name="attribute_id" ref="attr_frame"/>
  <field name="value_ids" eval="[(6, 0, [ref('value_steel'), ref('value_oak')])]"/>
  <field name="required" eval="True"/>
</record>
<record id="line_top" model="product.template.attribute.line">
  <field name="product_tmpl_id" ref="desk"/><field name="attribute_id" ref="attr_top"/>
  <field name="value_ids" eval="[(6, 0, [ref('value_glass'), ref('value_board')])]"/>
</record>
"""


def data(*records: str) -> bytes:
    return f"<odoo><data>{''.join(records)}</data></odoo>".encode()


def records(*texts: str, **files: str) -> Records:
    """Return the records of one file with these texts, and of further files by name."""
    contents: Mapping[str, bytes] = {
        "a.xml": data(*texts),
        **{f"{name}.xml": data(text) for name, text in files.items()},
    }
    return read_files(sorted(contents.items()))


def desk(*further: str) -> Imported:
    """Return the desk of the two texts above with further records."""
    return products_of(records(ATTRIBUTES, TEMPLATE, *further)).products[0]


def restriction(values: str, domain: str, name: str = "r", line: str = "line_top") -> str:
    refs = ", ".join(f"ref('{value}')" for value in values.split())
    return f"""<record id="{name}" model="product.config.line">
      <field name="product_tmpl_id" ref="desk"/><field name="attribute_line_id" ref="{line}"/>
      <field name="value_ids" eval="[(6, 0, [{refs}])]"/><field name="domain_id" ref="{domain}"/>
    </record>"""


def domain(name: str, *lines: tuple[str, str, str], title: str = "") -> str:
    """Return a domain with lines of condition, values and operator."""
    told = f'<record id="{name}" model="product.config.domain"><field name="name">{title or name}</field></record>'
    for number, (condition, values, operator) in enumerate(lines):
        refs = ", ".join(f"ref('{value}')" for value in values.split())
        told += f"""<record id="{name}_{number}" model="product.config.domain.line">
          <field name="domain_id" ref="{name}"/><field name="attribute_id" ref="attr_frame"/>
          <field name="condition">{condition}</field><field name="operator">{operator}</field>
          <field name="value_ids" eval="[(6, 0, [{refs}])]"/><field name="sequence">{number}</field>
        </record>"""
    return told
