"""Idempotency-Keys are the merchant's; where two credentials of one had the same, each keeps its
own until it ends.
"""

from django.db import migrations, models
from django.db.models import F


def own_where_equal(apps, schema_editor):
    answers = apps.get_model("access", "KeptAnswer").objects
    seen = set()
    for each in answers.order_by("created_at", "pk").only("merchant_id", "key").iterator():
        if (each.merchant_id, each.key) in seen:
            answers.filter(pk=each.pk).update(whose=F("credential"))
        seen.add((each.merchant_id, each.key))


class Migration(migrations.Migration):

    dependencies = [("access", "0008_ids_are_there")]

    operations = [
        migrations.RemoveConstraint("keptanswer", "one_answer_per_idempotency_key"),
        migrations.AddField(
            "keptanswer",
            "whose",
            models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField("keptanswer", "sight", models.JSONField(default=list, null=True)),
        migrations.AddField(
            "keptanswer", "is_sealed", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField("keptanswer", "until", models.DateTimeField(db_index=True, null=True)),
        migrations.RunPython(own_where_equal, migrations.RunPython.noop),
        migrations.AddConstraint(
            "keptanswer",
            models.UniqueConstraint(
                fields=("merchant", "whose", "key"), name="one_answer_per_key_of_a_merchant"
            ),
        ),
    ]
