#!/usr/bin/env bash
# en16931 0.2 (PyPI), invoices by the European norm from Python values.
# Guess: a rate given as 0.07 is written as 7 or 7.0 percent, as 0.19 is written 19.0.
# Seen: Germany's lower rate is written as 7.000000000000001 percent, and so are 14 and 28 with a bit too much. A receiver
# that knows the rates of a country by heart finds no such rate. 19, 20, 8.1 and 5.5 are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q en16931==0.2 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
import re

from en16931 import Entity, Invoice, InvoiceLine


def party(name, number):
    return Entity(
        name=name, registration_name=name, tax_scheme="VAT", tax_scheme_id=number, party_legal_entity_id=number,
        country="DE", address="Street 1", postalzone="12345", city="Town", mail=f"{name.lower()}@example.com",
        endpoint=number, endpoint_scheme="9930",
    )


def percent(rate):
    invoice = Invoice(invoice_id="2026-1", currency="EUR")
    invoice.issue_date, invoice.due_date = "2026-11-29", "2026-12-29"
    invoice.seller_party, invoice.buyer_party = party("Seller", "DE123456789"), party("Buyer", "DE987654321")
    invoice.add_line(InvoiceLine(
        quantity=1, unit_code="EA", price=48.90, item_name="Book of decors", currency="EUR",
        tax_percent=rate, tax_category="S", tax_name="VAT",
    ))
    (written,) = set(re.findall(r"<cbc:Percent>([^<]*)", invoice.to_xml()))
    return written


seen = {rate: percent(rate) for rate in (0.19, 0.2, 0.081, 0.055, 0.07, 0.14)}
print("en16931 0.2:", seen)
assert seen == {
    0.19: "19.0", 0.2: "20.0", 0.081: "8.1", 0.055: "5.5", 0.07: "7.000000000000001", 0.14: "14.000000000000002",
}
PY
