"""Give credentials of before an id for addresses, and clients the scopes that they could ask for."""

import secrets

from django.db import migrations

# Clients could ask for any of these.
SCOPES = [
    "catalog:read",
    "pricing:read",
    "pricing:write",
    "pricing:override",
    "pricing:exceed",
    "pricing:cost",
    "catalog:check",
    "catalog:write",
    "configurator:evaluate",
    "configurator:read",
    "configurator:write",
    "configurator:internal",
    "configurator:quote",
    "webhooks:read",
    "webhooks:write",
    "automations:read",
    "automations:write",
]


def fill(apps, schema_editor):
    for name in ("ApiKey", "ApiClient"):
        model = apps.get_model("access", name)
        for row in model.objects.filter(public_id=None).iterator():
            row.public_id = secrets.token_urlsafe(12)
            row.save(update_fields=["public_id"])
    apps.get_model("access", "ApiClient").objects.filter(scopes=[]).update(scopes=SCOPES)


class Migration(migrations.Migration):
    dependencies = [("access", "0006_credentials_with_limits")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
