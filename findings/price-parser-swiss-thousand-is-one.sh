#!/usr/bin/env bash
# babel 2.18.0 writes, price-parser 0.5.1 reads (both PyPI): prices of a Swiss supplier.
# Guess: what babel prints for de_CH is read as the same amount, as it is for de_DE, fr_FR, sv_SE and en_US.
# Seen: the sign between thousands is the apostrophe U+2019, as CLDR has it for Switzerland, and the reader stops there:
# CHF 12’345.50 is 12 francs. The typewriter's apostrophe, which people try by hand, is read right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q babel==2.18.0 price-parser==0.5.1 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
from babel.numbers import format_currency
from price_parser import Price


def there_and_back(locale, currency):
    text = format_currency(12345.5, currency, locale=locale)
    return text, float(Price.fromstring(text).amount)


swiss = there_and_back("de_CH", "CHF")
others = [there_and_back(*each) for each in (("de_DE", "EUR"), ("fr_FR", "EUR"), ("sv_SE", "SEK"), ("en_US", "USD"))]
by_hand = float(Price.fromstring("CHF 12'345.50").amount)
print("Swiss:", swiss, "| others:", others, "| by hand:", by_hand)
assert swiss == ("CHF\xa012\u2019345.50", 12.0)
assert all(amount == 12345.5 for _, amount in others) and by_hand == 12345.5
PY
