#!/usr/bin/env bash
# facturex 0.6.4 and mikrowerk-edi-invoicing 0.7.4 (PyPI), readers of electronic invoices; euinvoice 0.2.0 (PyPI) to compare.
# Guess: 500 screws at 12.50 for 100 (BT-149 of the European norm, a common thing in wholesale) and 10.00 of freight are read
# as 62.50 and 10.00; whoever does not know the hundred says so.
# Seen: both readers give 500 at 12.50 without the hundred, which is 6,250.00. facturex then tells that the invoice is wrong
# by that, and by the freight, which it leaves out too; written again, the file says so itself.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q facturex==0.6.4 mikrowerk-edi-invoicing==0.7.4 euinvoice==0.2.0 2>"$T/log" ||
  { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import euinvoice
import facturex
from edi_invoice_parser.cross_industry_invoice_mapper import parse_and_map_x_rechnung

SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
TAX = "<cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"


def money(name, amount):
    return f'<cbc:{name} currencyID="EUR">{amount}</cbc:{name}>'


def party(role, name, vat=""):
    return f"""<cac:Accounting{role}Party><cac:Party><cac:PostalAddress><cbc:CityName>Ulm</cbc:CityName>
      <cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>{vat}
      <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity>
      </cac:Party></cac:Accounting{role}Party>"""


VAT = """<cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
  </cac:PartyTaxScheme>"""
text = f"""<Invoice xmlns="{SPACE}Invoice-2" xmlns:cac="{SPACE}CommonAggregateComponents-2"
    xmlns:cbc="{SPACE}CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>R-1</cbc:ID>
  <cbc:IssueDate>2026-11-02</cbc:IssueDate><cbc:DueDate>2026-12-02</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  {party("Supplier", "Screws Ltd", VAT)}{party("Customer", "Joiners Ltd")}
  <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
    <cbc:AllowanceChargeReason>Freight</cbc:AllowanceChargeReason>{money("Amount", "10.00")}
    <cac:TaxCategory>{TAX}</cac:TaxCategory></cac:AllowanceCharge>
  <cac:TaxTotal>{money("TaxAmount", "13.78")}<cac:TaxSubtotal>{money("TaxableAmount", "72.50")}
    {money("TaxAmount", "13.78")}<cac:TaxCategory>{TAX}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal>{money("LineExtensionAmount", "62.50")}{money("TaxExclusiveAmount", "72.50")}
    {money("TaxInclusiveAmount", "86.28")}{money("ChargeTotalAmount", "10.00")}{money("PayableAmount", "86.28")}
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="H87">500</cbc:InvoicedQuantity>
    {money("LineExtensionAmount", "62.50")}
    <cac:Item><cbc:Name>Screws</cbc:Name><cac:ClassifiedTaxCategory>{TAX}</cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price>{money("PriceAmount", "12.50")}<cbc:BaseQuantity unitCode="H87">100</cbc:BaseQuantity></cac:Price>
  </cac:InvoiceLine></Invoice>"""
data = text.encode()
open("invoice.xml", "wb").write(data)

whole = euinvoice.parse_detailed(data)
(line,) = euinvoice.parse(data).lines
assert whole.unmapped == () and line.price_details.base_quantity == 100

read = facturex.parse("invoice.xml")
told = [finding for finding in facturex.validate(read).to_text().splitlines() if "62.50" in finding]
again = facturex.write_ubl(read)
(other,) = (each for each in parse_and_map_x_rechnung(data).trade_line_items if each.name == "Screws")
print("euinvoice:", line.price_details.item_net_price, "for", line.price_details.base_quantity, "of", line.invoiced_quantity)
print("mikrowerk:", other.quantity, "at", other.unit_price)
print("facturex:", read.lines[0].quantity, "at", read.lines[0].unit_price, *told, sep="\n  ")
assert (other.quantity, other.unit_price) == (500, 12.5) and not hasattr(other, "base_quantity")
assert any("6250.00" in finding for finding in told) and any("72.50" in finding for finding in told)
assert b"BaseQuantity" not in again and b"AllowanceCharge" not in again and b"12.50" in again
PY
