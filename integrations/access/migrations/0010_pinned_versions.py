"""Credentials are pinned to a dated version of the API; those there are, to the first."""

from django.db import migrations, models

import integrations.access.versions


def pinned():
    return models.CharField(
        db_default="2026-11-30",
        default=integrations.access.versions.newest,
        editable=False,
        max_length=10,
        verbose_name="version of the API",
    )


class Migration(migrations.Migration):

    dependencies = [("access", "0009_keys_of_merchants")]

    operations = [
        migrations.AddField("apiclient", "api_version", pinned()),
        migrations.AddField("apikey", "api_version", pinned()),
    ]
