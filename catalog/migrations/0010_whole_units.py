from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0009_internal_options"),
    ]

    operations = [
        migrations.AddField(
            model_name="bomline",
            name="whole",
            field=models.BooleanField(
                default=False,
                help_text="Such as sheets or packs: what all pieces of an order need is rounded up.",
                verbose_name="whole ones per order",
            ),
        ),
        migrations.AddField(
            model_name="priceline",
            name="whole",
            field=models.BooleanField(
                default=False,
                help_text="Of a material, such as sheets or packs: what all pieces need is rounded up, "
                "and charged once.",
                verbose_name="whole ones per order",
            ),
        ),
    ]
