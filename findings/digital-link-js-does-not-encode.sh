#!/usr/bin/env bash
# digital-link.js 1.4.3 (npm), the builder of GS1 Digital Links (the address in a product's QR code).
# Guess: a batch number "A/2" set by setKeyQualifier is percent-encoded in the address, and decoded when read.
# Seen: it is neither. The address ends in /10/A/2, which names another thing, and the batch of an address with
# A%2F2 reads "A%2F2". Encode yourself before setting, decode after reading.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund digital-link.js@1.4.3
node - <<'JS'
const assert = require("assert");
const { DigitalLink } = require("digital-link.js");
const link = DigitalLink();
link.setDomain("https://example.com");
link.setIdentifier("01", "09501101530003");
link.setKeyQualifier("10", "A/2");
const read = DigitalLink("https://example.com/01/09501101530003/10/A%2F2");
console.log(link.toWebUriString(), link.isValid(), read.isValid(), read.getKeyQualifier("10"));
assert.equal(link.toWebUriString(), "https://example.com/01/09501101530003/10/A/2");
assert.equal(link.isValid(), false);
assert.equal(read.isValid(), true);
assert.equal(read.getKeyQualifier("10"), "A%2F2");
JS
