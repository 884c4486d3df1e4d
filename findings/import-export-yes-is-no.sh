#!/usr/bin/env bash
# django-import-export 4.4.3 with Django 5.2.19 (PyPI), articles from a supplier's spreadsheet into a shop's tables.
# Guess: "yes" in a column of yes and no is true, or refused, as the price "48,90" and the date "02.11.2026" are refused; a
# quantity of 2.7 in a column of whole numbers is refused too.
# Seen: 1 and true are true; all else is false without a word, also "yes", "x", "on", "Y" and "ja". A list with "yes" takes
# each article it names out of sale, and the report calls them updated. 2.7 is 2.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q django-import-export==4.4.3 django==5.2.19 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "import_export"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    USE_TZ=True,
)
django.setup()
import tablib  # noqa: E402
from django.db import connection, models  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402


class Article(models.Model):
    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=9, unique=True)
    price = models.DecimalField(max_digits=9, decimal_places=2, default=1)
    pieces = models.IntegerField(default=1)
    since = models.DateField(null=True)
    on_sale = models.BooleanField(default=True)

    class Meta:
        app_label = "contenttypes"


class Articles(ModelResource):
    class Meta:
        model = Article
        import_id_fields = ["code"]


with connection.schema_editor() as editor:
    editor.create_model(Article)


def imported(column, value):
    Article.objects.update_or_create(code="D-1", defaults={"on_sale": True, "pieces": 1})
    result = Articles().import_data(tablib.Dataset(("D-1", value), headers=("code", column)))
    if result.has_errors() or result.has_validation_errors():
        return "refused"
    return getattr(Article.objects.get(code="D-1"), column)


answers = ["1", "true", "TRUE", True, "yes", "Y", "x", "on", "ja"]
seen = {str(answer): imported("on_sale", answer) for answer in answers}
others = [imported("price", "48,90"), imported("since", "02.11.2026"), imported("pieces", "2.7")]
print("import-export 4.4.3:", seen, "| price, date, pieces:", others)
assert [imported("on_sale", answer) for answer in answers] == [True] * 4 + [False] * 5
assert others == ["refused", "refused", 2]
PY
