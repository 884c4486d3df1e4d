"""What is used of limits. A table that PostgreSQL does not log costs no wait for the disk, and is
empty after a crash, which is what counts of a minute may be.
"""

from django.db import migrations, models

UNLOGGED = "ALTER TABLE access_count SET UNLOGGED; ALTER TABLE access_count SET (fillfactor = 50)"
LOGGED = "ALTER TABLE access_count SET LOGGED"


def _on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for each in statements.split(";"):
                schema_editor.execute(each)

    return run


class Migration(migrations.Migration):

    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("began", models.BigIntegerField()),
                ("ends", models.BigIntegerField()),
                ("used", models.BigIntegerField()),
            ],
            options={"db_table": "access_count"},
        ),
        migrations.RunPython(_on_postgresql(UNLOGGED), _on_postgresql(LOGGED)),
    ]
