#!/usr/bin/env bash
# en16931 0.2 (PyPI), invoices by the European norm from Python values.
# Guess: 1,000 screws at 0.0125 are 12.50, and 2.5 m of edging at 1.125 are 2.81: the norm lets a price have as many digits
# as it needs, and rounds the line.
# Seen: the price is cut to cents first. The screws are billed at 0.01, which makes 10.00, the edging at 1.13, which makes
# 2.83. The file holds together, so that no check of price times quantity shows it; it is only not what was agreed.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q en16931==0.2 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from decimal import Decimal

from en16931 import Invoice, InvoiceLine


def billed(quantity, price):
    invoice = Invoice(invoice_id="2026-1", currency="EUR")
    invoice.add_line(InvoiceLine(
        quantity=quantity, unit_code="EA", price=price, item_name="Part", currency="EUR",
        tax_percent=0.19, tax_category="S", tax_name="VAT",
    ))
    return str(invoice.tax_exclusive_amount)


seen = {}
for quantity, price in [(1000, 0.0125), (2.5, 1.125), (3, 261.29)]:
    agreed = (Decimal(str(quantity)) * Decimal(str(price))).quantize(Decimal("0.001"))
    seen[quantity, price] = billed(quantity, price)
    print("en16931 0.2:", quantity, "at", price, "is", agreed, "billed", seen[quantity, price])
assert list(seen.values()) == ["10.00", "2.83", "783.87"]
PY
