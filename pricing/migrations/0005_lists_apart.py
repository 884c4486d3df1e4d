"""Set lists apart that were for the same buyers at the same time: none of them could be chosen."""

from django.db import migrations


def overlap(one, other):
    def ends_before(first, second):
        return first.valid_until is not None and second.valid_from is not None and first.valid_until <= second.valid_from

    return not ends_before(one, other) and not ends_before(other, one)


def buyers(row):
    return row.merchant_id, row.currency, row.is_default, row.customer or "", row.customer_group or "", row.channel or ""


def set_apart(apps, schema_editor):
    price_list = apps.get_model("pricing", "PriceList")
    standing = {}
    for row in price_list.objects.order_by("pk"):
        is_for_some = bool(row.customer or row.customer_group or row.channel)
        if not row.is_default and not is_for_some:
            continue
        known = standing.setdefault(buyers(row), [])
        if not any(overlap(row, other) for other in known):
            known.append(row)
            continue
        row.is_default = False
        if is_for_some:
            row.customer = row.customer_group = None
            row.channel = f"{row.key} (set apart)"
        row.save(update_fields=["is_default", "customer", "customer_group", "channel"])


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_overrides_and_thresholds")]

    operations = [migrations.RunPython(set_apart, migrations.RunPython.noop, elidable=True)]
