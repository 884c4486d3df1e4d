"""Admin of rules, table rules and preferences."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin, RowForm
from catalog.models import Preference, Rule, TableRule
from catalog.table_text import read_table, write_table


class StatementAdmin(DraftRowAdmin):
    """Statements, each as when and then with the merchant's own message."""

    list_display = ("key", "product", "when_told", "then_told", "message", "position")
    list_editable = ("position",)
    search_fields = ("key", "when", "then", "message")
    fields = (("key", "position"), "when", "then", "message")

    @admin.display(description="when", ordering="when", empty_value="always")
    def when_told(self, row: Rule | Preference) -> str:
        """Return when the statement counts."""
        return code(row.when) if row.when else "always"

    @admin.display(description="then", ordering="then")
    def then_told(self, row: Rule | Preference) -> str:
        """Return what is to hold then."""
        return code(row.then)


@admin.register(Rule)
class RuleAdmin(StatementAdmin):
    """What must hold."""

    section = "rules"


@admin.register(Preference)
class PreferenceAdmin(StatementAdmin):
    """What should hold where it can."""

    section = "preferences"


class TableForm(RowForm):
    """A table rule; its columns and rows are one text, as a spreadsheet copies them."""

    table = forms.CharField(
        label="Combinations",
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "vLargeTextField vTable", "wrap": "off"}),
        help_text=(
            "First the keys of the options, then one combination a line, separated by tabs, semicolons or commas: "
            "paste it from a spreadsheet. * is any value, oak|laminate either of them, 600..900 a range of numbers."
        ),
    )

    class Meta:
        model = TableRule
        fields = ("key", "position", "allows", "table", "message")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["table"] = write_table(self.instance.options, self.instance.rows)

    def clean_table(self) -> str:
        text: str = self.cleaned_data["table"]
        model = self.draft.model
        if model is None:
            raise ValidationError(
                f"The draft cannot be read now, so neither can the table: {self.draft.trouble}"
            )
        table = read_table(text, model.option_by_key)
        if table.problems:
            raise ValidationError(list(table.problems))
        if not table.options:
            raise ValidationError("Write the keys of the options in the first line.")
        self.instance.options = list(table.options)
        self.instance.rows = [list(row) for row in table.rows]
        return text


@admin.register(TableRule)
class TableRuleAdmin(DraftRowAdmin):
    """Allowed or forbidden combinations, row by row."""

    form = TableForm
    section = "tables"
    list_display = ("key", "product", "columns", "row_count", "allows", "message", "position")
    list_editable = ("position",)
    search_fields = ("key", "message")
    fields = (("key", "position"), "allows", "table", "message")

    @admin.display(description="options")
    def columns(self, table: TableRule) -> str:
        """Return the options the table is about."""
        return format_html("<code>{}</code>", ", ".join(table.options))

    @admin.display(description="rows")
    def row_count(self, table: TableRule) -> int:
        """Return how many combinations the table lists."""
        return len(table.rows)
