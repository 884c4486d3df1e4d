#!/usr/bin/env bash
# prices 1.1.1 (PyPI), prices with tax for shops: net and gross in one value.
# Guess: half of 10.00 net, 11.90 gross is 5.00 and 5.95; a voucher of 5.00 leaves 5.80 and 6.90. Both are taxed at 19 % as
# before.
# Seen: what half of the gross is, 5.95, is taken off the net as well: 4.05 and 5.95, which is 47 % tax. The voucher leaves
# 5.00 and 6.90, 38 %. At 90 % off, the net is 0 and the gross 1.19. With from_gross=False it is half of the net that is
# taken off both. The rate has to be applied anew after each discount.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q prices==1.1.1 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
v/bin/python - <<'PY'
from prices import Money, TaxedMoney, fixed_discount, percentage_discount

price = TaxedMoney(net=Money("10.00", "EUR"), gross=Money("11.90", "EUR"))
paid = {
    "50 % off": percentage_discount(price, 50),
    "50 % off, from net": percentage_discount(price, 50, from_gross=False),
    "90 % off": percentage_discount(price, 90),
    "5.00 off": fixed_discount(price, Money("5.00", "EUR")),
}
seen = {name: [float(left.net.amount), float(left.gross.amount)] for name, left in paid.items()}
print("prices 1.1.1, net and gross of 10.00 and 11.90:", seen)
assert seen == {
    "50 % off": [4.05, 5.95], "50 % off, from net": [5.0, 6.9], "90 % off": [0, 1.19], "5.00 off": [5.0, 6.9],
}
PY
