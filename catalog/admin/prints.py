"""Admin of prints: texts and pictures of shoppers that are printed, engraved or cut."""

from django.contrib import admin

from catalog.admin.lines import LineForm
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin
from catalog.models import Print


@admin.register(Print)
class PrintAdmin(DraftRowAdmin):
    """The texts and pictures that a product is printed with, and their areas."""

    form = LineForm
    section = "prints"
    list_display = ("label", "key", "product", "written", "size_told", "condition", "position")
    list_editable = ("position",)
    search_fields = ("label", "key", "text", "file")
    fieldsets = (
        (None, {"fields": (("label", "key", "position"), ("text", "file"), "when")}),
        ("Area", {"fields": (("width", "height"),)}),
        (
            "Letters",
            {
                "fields": (
                    ("size", "least"),
                    ("align", "curve"),
                    ("typeface", "typeface_of"),
                    ("colour", "colour_of"),
                )
            },
        ),
        (
            "Picture",
            {"fields": (("fit", "scale"), ("x", "y", "turn"), "least_dpi")},
        ),
    )

    @admin.display(description="of", ordering="text")
    def written(self, row: Print) -> str:
        """Return the option that its text or picture is of."""
        return code(row.text or row.file)

    @admin.display(description="area")
    def size_told(self, row: Print) -> str:
        """Return the formulas of its width and height."""
        return code(f"{row.width} × {row.height}")

    @admin.display(description="only when", ordering="when")
    def condition(self, row: Print) -> str:
        """Return when it is there."""
        return code(row.when)
