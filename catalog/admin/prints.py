"""Admin of prints: texts of shoppers that are printed, engraved or cut."""

from django.contrib import admin

from catalog.admin.lines import LineForm
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin
from catalog.models import Print


@admin.register(Print)
class PrintAdmin(DraftRowAdmin):
    """The texts that a product is printed with, and the areas they stand in."""

    form = LineForm
    section = "prints"
    list_display = ("label", "key", "product", "written", "size_told", "condition", "position")
    list_editable = ("position",)
    search_fields = ("label", "key", "text")
    fieldsets = (
        (None, {"fields": (("label", "key", "position"), "text", "when")}),
        ("Area", {"fields": (("width", "height"), ("align", "curve"))}),
        (
            "Letters",
            {
                "fields": (
                    ("size", "least"),
                    ("typeface", "typeface_of"),
                    ("colour", "colour_of"),
                )
            },
        ),
    )

    @admin.display(description="text", ordering="text")
    def written(self, row: Print) -> str:
        """Return the option that its text is of."""
        return code(row.text)

    @admin.display(description="area")
    def size_told(self, row: Print) -> str:
        """Return the formulas of its width and height."""
        return code(f"{row.width} × {row.height}")

    @admin.display(description="only when", ordering="when")
    def condition(self, row: Print) -> str:
        """Return when it is there."""
        return code(row.when)
