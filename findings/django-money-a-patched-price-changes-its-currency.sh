#!/usr/bin/env bash
# django-money 3.6.2 with Django 5.2.19 and Django REST framework 3.18.3 (PyPI): an API that changes a price.
# Guess: PATCH with a new amount keeps the currency, since PATCH leaves what is not named; one with a new currency changes it,
# or is refused.
# Seen: an amount alone brings the model's default currency with it: 7 dollars become 12.50 euros. A currency alone is taken,
# answered with success and does nothing. Both together are right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q django-money==3.6.2 django==5.2.19 djangorestframework==3.18.3 2>"$T/log" ||
  { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "djmoney", "rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()
from django.db import connection, models  # noqa: E402
from djmoney.models.fields import MoneyField  # noqa: E402
from djmoney.money import Money  # noqa: E402
from rest_framework.serializers import ModelSerializer  # noqa: E402


class Desk(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=9)
    price = MoneyField(max_digits=10, decimal_places=2, default_currency="EUR")

    class Meta:
        app_label = "contenttypes"


class DeskSerializer(ModelSerializer):
    class Meta:
        model = Desk
        fields = ["name", "price", "price_currency"]


with connection.schema_editor() as editor:
    editor.create_model(Desk)


def patched(**changes):
    desk = Desk.objects.create(name="oak", price=Money(7, "USD"))
    serializer = DeskSerializer(desk, data=changes, partial=True)
    serializer.is_valid(raise_exception=True)
    serializer.save()
    price = Desk.objects.get(pk=desk.pk).price
    return f"{price.amount} {price.currency}"


seen = {
    "name": patched(name="ash"),
    "amount": patched(price="12.50"),
    "currency": patched(price_currency="GBP"),
    "both": patched(price="12.50", price_currency="GBP"),
}
print("django-money 3.6.2, 7 dollars after a change of:", seen)
assert list(seen.values()) == ["7.00 USD", "12.50 EUR", "7.00 USD", "12.50 GBP"]
PY
