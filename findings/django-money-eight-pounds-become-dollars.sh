#!/usr/bin/env bash
# django-money 3.6.2 with Django 5.2.19 (PyPI), prices with their currency as one field of a model.
# Guess: price = Money(8, "GBP") is kept as 8 pounds, whichever of Django's ways of writing a row is told to write "price".
# Seen: the field is two columns, and the name "price" is only one of them where Django is told what to write. A price of 7
# dollars becomes 8 dollars by bulk_update(rows, ["price"]) and by save(update_fields=["price"]), and the row in hand says
# pounds until it is read anew. save() and update(price=…) write both.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q django-money==3.6.2 django==5.2.19 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "djmoney"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()
from django.db import connection, models  # noqa: E402
from djmoney.models.fields import MoneyField  # noqa: E402
from djmoney.money import Money  # noqa: E402


class Desk(models.Model):
    id = models.AutoField(primary_key=True)
    price = MoneyField(max_digits=10, decimal_places=2, default_currency="EUR")

    class Meta:
        app_label = "contenttypes"


with connection.schema_editor() as editor:
    editor.create_model(Desk)

WAYS = {
    "save()": lambda desk: desk.save(),
    "update(price=…)": lambda desk: Desk.objects.filter(pk=desk.pk).update(price=desk.price),
    "bulk_update": lambda desk: Desk.objects.bulk_update([desk], ["price"]),
    "update_fields": lambda desk: desk.save(update_fields=["price"]),
}
seen = {}
for way, write in WAYS.items():
    desk = Desk.objects.create(price=Money(7, "USD"))
    desk.price = Money(8, "GBP")
    write(desk)
    seen[way] = [f"{price.amount} {price.currency}" for price in (desk.price, Desk.objects.get(pk=desk.pk).price)]
print("django-money 3.6.2, in hand and kept:", seen)
assert seen["save()"][1] == seen["update(price=…)"][1] == "8.00 GBP"
assert seen["bulk_update"] == seen["update_fields"] == ["8 GBP", "8.00 USD"]
PY
