"""Workshops in the administration, and the production files of a stored configuration."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from catalog.admin.scoped import MerchantScopedAdmin, merchants_for
from catalog.errors import Refusal
from catalog.roles import roles_with
from configurator.admin.workshop_lines import (
    read_bands,
    read_pairs,
    read_sheets,
    write_bands,
    write_sheets,
)
from configurator.making import FILES, making_of
from configurator.models import Configuration, Workshop
from configurator.production.workshop import (
    COLUMNS,
    PLAIN_LAYERS,
    WorkshopRefused,
    read_workshop,
    workshop_json,
)
from configurator.production.workshop import Workshop as Settings

READING = roles_with("production:read")
WRITING = roles_with("production:write")
_SEPARATORS = ((",", "comma"), (";", "semicolon"), ("\t", "tab"))
_AREA = {"class": "vLargeTextField vExpression"}


def _lines(label: str, rows: int, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={**_AREA, "rows": rows}),
        help_text=help_text,
    )


class WorkshopForm(forms.ModelForm):  # type: ignore[type-arg]
    """A workshop, its lists an entry a line."""

    sheets = _lines(
        "Boards",
        4,
        "One a line, in millimetres: 2800 x 2070. Before it a material, by the part number of the chosen value, "
        "and behind it a thickness, where they are for these alone: BX-16: 3660 x 1830 x 15.875. "
        "The grain runs along the first number.",
    )
    cuts = forms.ChoiceField(
        label="Boards are cut",
        choices=(
            ("guillotine", "from edge to edge, by a panel saw"),
            ("free", "any way, by a router"),
        ),
    )
    kerf = forms.FloatField(label="Kerf", help_text="What a cut takes away.")
    trim = forms.FloatField(label="Trim", help_text="What is cut off all round a board first.")
    offcut_length = forms.FloatField(label="Rests are kept from", help_text="Length.")
    offcut_width = forms.FloatField(label="by", help_text="Width.")
    bands = _lines(
        "Edge bands",
        3,
        "One a line: material: name | thickness, such as FN-OAK: Veneer | 2. "
        "For the rest: all others: ABS | 1. Banded sides are cut so much smaller.",
    )
    oversize = forms.FloatField(
        label="Oversize", help_text="What each side of a panel is cut larger by."
    )
    columns = _lines(
        "Columns",
        8,
        f"One a line: title = field, such as Qty = quantity. Fields: {', '.join(COLUMNS)}.",
    )
    separator = forms.ChoiceField(label="Columns are parted by", choices=_SEPARATORS)
    layers = _lines(
        "Layers",
        4,
        "One a line, where they are not called as here: "
        + "; ".join(f"{kind} = {template}" for kind, template in PLAIN_LAYERS.items())
        + ".",
    )
    decimal = forms.CharField(
        label="Point in layers",
        max_length=1,
        help_text="Such as p: D7p5. A letter, _, - or a point.",
    )
    both_faces = forms.ChoiceField(
        label="Cuts of both faces",
        choices=(("one_drawing", "in one drawing"), ("two_drawings", "in two drawings")),
    )

    class Meta:
        model = Workshop
        fields = ("key", "name")
        widgets: ClassVar[dict[str, Any]] = {"name": forms.TextInput(attrs={"class": "vTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        known = workshop_json(Settings() if row is None else read_workshop(row.settings))
        given = {
            "sheets": write_sheets(known["sheets"]),
            "bands": write_bands(known["bands"]),
            "columns": "\n".join(f"{each['title']} = {each['field']}" for each in known["columns"]),
            "layers": "\n".join(f"{kind} = {told}" for kind, told in known["layers"].items()),
            **known["saw"],
            **{name: known[name] for name in ("oversize", "separator", "decimal", "both_faces")},
        }
        super().__init__(*args, **{**kwargs, "initial": {**given, **(kwargs.get("initial") or {})}})

    def clean(self) -> dict[str, Any]:
        """Return what was said; errors stand at the input that they are of."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        document: dict[str, Any] = {
            name: cleaned[name]
            for name in ("oversize", "separator", "decimal", "both_faces")
            if name in cleaned
        }
        saw = ("cuts", "kerf", "trim", "offcut_length", "offcut_width")
        document["saw"] = {name: cleaned[name] for name in saw if name in cleaned}
        readers: dict[str, Callable[[str], Any]] = {
            "sheets": read_sheets,
            "bands": read_bands,
            "columns": lambda text: [
                {"title": title, "field": field}
                for title, field in read_pairs(text, "Qty = quantity")
            ],
            "layers": lambda text: dict(read_pairs(text, "hole = DRILL_{face}_D{diameter}")),
        }
        for name, read in readers.items():
            try:
                document[name] = read(cleaned.get(name, ""))
            except ValueError as error:
                self.add_error(name, str(error))
        if not self.errors:
            try:
                self.instance.settings = workshop_json(read_workshop(document))
            except WorkshopRefused as refused:
                *_, name = (
                    part
                    for part in ("sheets", *refused.data["field"].split("/"))
                    if part in self.fields
                )
                self.add_error(name, ValidationError(refused.sentence))
        return cleaned


@admin.register(Workshop)
class WorkshopAdmin(MerchantScopedAdmin):
    """How workshops want cut lists, boards and drawings."""

    form = WorkshopForm
    seen_by = READING
    edited_by = WRITING
    list_display = ("key", "name", "merchant")
    list_select_related = ("merchant",)
    fieldsets = (
        (None, {"fields": (("key", "name"), "merchant")}),
        (
            "Boards",
            {
                "fields": (
                    "sheets",
                    ("cuts", "kerf", "trim"),
                    ("offcut_length", "offcut_width"),
                ),
                "description": "Lengths are millimetres.",
            },
        ),
        (
            "Cut list",
            {"fields": ("bands", "oversize", "columns", "separator")},
        ),
        ("Drawings", {"fields": ("layers", ("decimal", "both_faces"))}),
    )


class MakesFiles(MerchantScopedAdmin):
    """The production files of a configuration, on its page."""

    def get_urls(self) -> Any:
        return [
            path(
                "<int:pk>/production/<str:file>",
                self.admin_site.admin_view(self.production_view),
                name="configurator_configuration_production",
            ),
            *super().get_urls(),
        ]

    def production_view(self, request: HttpRequest, pk: int, file: str) -> HttpResponse:
        """Return a production file of a configuration; what keeps it from being made is told in
        words.
        """
        row = Configuration.objects.filter(pk=pk, merchant__in=merchants_for(request)).first()
        if row is None or file not in FILES:
            raise Http404
        if row.merchant not in merchants_for(request, READING):
            raise PermissionDenied
        try:
            content = FILES[file].make(making_of(row, request.GET.get("workshop") or None))
        except Refusal as refused:
            return HttpResponse(refused.sentence, content_type="text/plain", status=refused.status)
        return HttpResponse(
            content,
            content_type=FILES[file].media_type,
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Disposition": f'attachment; filename="{row.public_id}-{file}"',
            },
        )

    @admin.display(description="production files")
    def production_files(self, row: Configuration) -> SafeString:
        """Return where each file is, a line for each workshop."""
        shops = [("", "A plain workshop")] + [
            (each.key, str(each)) for each in Workshop.objects.for_merchant(row.merchant)
        ]
        lines = []
        for key, name in shops:
            address = reverse("admin:configurator_configuration_production", args=[row.pk, "-"])
            asked = f"?workshop={key}" if key else ""
            links = format_html_join(
                " · ",
                '<a href="{}{}{}">{}</a>',
                ((address.removesuffix("-"), file, asked, file) for file in FILES),
            )
            lines.append((name, links))
        return format_html_join("", "<div>{}: {}</div>", lines)
