#!/usr/bin/env bash
# stockholm 0.5.7 (PyPI), amounts of money with currencies that know their digits.
# Guess: Money("1250 JPY") is 1250 of the smallest unit, as a payment service counts them, and so is Money(1250, JPY).
# Seen: the second is. A currency named by its code, which is how it comes out of a text, a table or the library's own
# from_dict(), has two digits whatever it is: 125000, a hundred times the price. 12.345 dinars of Kuwait are 1234.5. The two
# amounts are equal when compared, so a test for that does not show it. Look the code up by get_currency.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q stockholm==0.5.7 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from stockholm import Money
from stockholm.currency import JPY, KWD, get_currency

written = Money("1250 JPY")
seen = {
    "1250 JPY": written.sub_units,
    "from_dict": Money.from_dict(written.asdict()).sub_units,
    "JPY itself": Money(1250, JPY).sub_units,
    "get_currency": Money(1250, get_currency("JPY")).sub_units,
    "12.345 KWD": Money("12.345 KWD").sub_units,
    "KWD itself": Money("12.345", KWD).sub_units,
}
print("stockholm 0.5.7, smallest units:", {name: float(amount) for name, amount in seen.items()})
assert written == Money(1250, JPY)
assert [float(amount) for amount in seen.values()] == [125000, 125000, 1250, 1250, 1234.5, 12345]
PY
