#!/usr/bin/env bash
# factur-x-kit 0.3.1 (npm), electronic invoices from one data object.
# Guess: a quantity is written as it is; its guide says that quantities may have four decimals, and line totals are counted
# with all of them.
# Seen: the file has two. A line of 0.0044 m3 of oak at 2,500.00 is billed as 0.00 m3 for 11.00, 1.2345 m2 as 1.23 m2 for
# 12.35, so a buyer's check of price times quantity fails. Its own validation says the invoice is valid.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund factur-x-kit@0.3.1
node - <<'JS'
const assert = require("assert");
const { FacturX, totalsCalculator } = require("factur-x-kit");
const party = (name) => ({
  name, postalAddress: { country: "DE", postcode: "12345", city: "Musterstadt", addressLineOne: "Weg 1" },
});
const line = (lineId, quantity, unit, price) => ({
  generalLineData: { lineId }, productDescription: { name: "Oak" }, delivery: { itemQuantity: { quantity, unit } },
  productPriceAgreement: { productPricing: { basisPricePerItem: price } },
  settlement: { tax: { categoryCode: "S", rateApplicablePercent: 19 } },
});
const invoice = totalsCalculator({
  document: { id: "1", type: "380", dateOfIssue: { year: 2026, month: 11, day: 29 }, currency: "EUR" },
  seller: { ...party("Workshop"), taxIdentification: { vatId: "DE123456789" } }, buyer: party("Shop"),
  invoiceLines: [line("1", 0.0044, "MTQ", 2500), line("2", 1.2345, "MTK", 10)],
  paymentInformation: { paymentTerms: { description: "30 days" } },
});
(async () => {
  const document = await FacturX.fromObject(invoice);
  const xml = await document.getXML();
  const all = (name) => [...xml.matchAll(new RegExp(`<ram:${name}[^>]*>([^<]*)`, "g"))].map(([, text]) => text);
  const quantities = all("BilledQuantity");
  const totals = all("LineTotalAmount").slice(0, 2);
  const { valid } = await document.validate();
  console.log({ quantities, totals, valid });
  assert.deepEqual(quantities, ["0.00", "1.23"]);
  assert.deepEqual(totals, ["11.00", "12.35"]);
  assert.equal(valid, true);
})().catch((error) => { console.error(error); process.exit(1); });
JS
