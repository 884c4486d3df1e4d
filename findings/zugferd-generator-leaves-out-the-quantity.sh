#!/usr/bin/env bash
# zugferd-generator 1.2.1 (npm), electronic invoices.
# Guess: a line of 2.5 m of edging at 1.125 (`quantity` and `unitPrice` are required) is written with both, since a buyer's
# program multiplies them.
# Seen: the quantity is asked for and not written at all, the price is rounded to 1.13, and issue dates marked as form 102
# (20261129) are written 2026-11-29. A buyer's books get a line total that nothing explains.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zugferd-generator@1.2.1
node - <<'JS'
const assert = require("assert");
const ZUGFeRDGenerator = require("zugferd-generator");
const xml = new ZUGFeRDGenerator({
  id: "INV-1", issueDate: "2026-11-29", currency: "EUR", totalAmount: 3.34,
  supplier: { name: "Workshop", country: "DE" }, customer: { name: "Shop", country: "DE" },
  taxTotal: { taxAmount: 0.53, taxPercentage: 19 },
  lineItems: [{ id: "1", description: "Edging", quantity: 2.5, unitPrice: 1.125, lineTotal: 2.81 }],
}).toXMLString();
const line = xml.match(/<ram:IncludedSupplyChainTradeLineItem>[^]*<\/ram:IncludedSupplyChainTradeLineItem>/)[0];
const seen = { numbers: line.match(/\d+\.\d+/g), date: xml.match(/format="102">([^<]*)/)[1] };
console.log(seen);
assert.deepEqual(seen, { numbers: ["1.13", "2.81"], date: "2026-11-29" });
assert(!/Quantity/.test(xml) && !xml.includes("2.5"));
JS
