from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0008_units_of_lengths"),
    ]

    operations = [
        migrations.AddField(
            model_name="option",
            name="internal",
            field=models.BooleanField(
                default=False,
                help_text="Shoppers never see it; formulas and rules read it. "
                "Its default, a rule or another system sets it.",
            ),
        ),
    ]
