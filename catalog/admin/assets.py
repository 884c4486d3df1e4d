"""Admin of a merchant's pictures and 3D models, and of the layers a product's picture is composed
of.
"""

import posixpath
import re
from math import nan
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header

from catalog import glb_files, glb_uploads, operations, pictures
from catalog.admin.inputs import PointsField
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin, RowForm
from catalog.admin.scoped import MerchantScopedAdmin
from catalog.errors import NotFound, Refusal
from catalog.models import Asset, Layer

_ALL = 100
_MOST_NAMES = 12
"""How many materials and parts of a model its report names."""


class AssetForm(forms.ModelForm):  # type: ignore[type-arg]
    """An upload; the name is the file's own unless another is given."""

    name = forms.CharField(
        required=False,
        max_length=200,
        help_text=(
            "How products refer to it, such as tops/oak.png or chair.glb. Empty: the name of the file."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    file = forms.FileField(
        label="File",
        help_text=(
            f"A picture (PNG, JPEG or WebP, up to {pictures.MAX_BYTES // 1048576} MB) or a 3D model "
            f"(GLB, up to {glb_files.MAX_BYTES // 1048576} MB)."
        ),
        widget=forms.FileInput(
            attrs={"accept": ",".join([*pictures.MEDIA_TYPES.values(), glb_files.SUFFIX])}
        ),
    )

    class Meta:
        model = Asset
        fields = ("merchant", "name", "credit", "licence")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = b""
        for name in ("credit", "licence"):
            if name in self.fields:
                self.fields[name].help_text += " Empty: what the file of a 3D model tells."
        if self.instance.pk and "name" in self.fields:
            # Products name it; another name is another file.
            self.fields["name"].disabled = True
            self.fields["file"].required = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            try:
                self.content = operations.asset_content(self.instance)
            except NotFound as missing:
                raise ValidationError(missing.sentence) from missing
            return file
        most = max(pictures.MAX_BYTES, glb_files.MAX_BYTES)
        if file.size > most:
            told = f"The file has {file.size / 1048576:.1f} MB"
            raise ValidationError(f"{told}; at most {most // 1048576} are kept.")
        self.content = file.read()
        return file

    def clean(self) -> Any:
        cleaned = super().clean()
        file = self.cleaned_data.get("file")
        if file is not None and not self.cleaned_data.get("name"):
            self.cleaned_data["name"] = re.sub(
                r"[^\w.-]+", "-", posixpath.basename(file.name)
            ).strip("-.")
            if self.cleaned_data["name"].lower().endswith(glb_files.SUFFIX):
                # Some programs write it in capitals.
                stem = self.cleaned_data["name"][: -len(glb_files.SUFFIX)]
                self.cleaned_data["name"] = stem + glb_files.SUFFIX
        if self.content:
            self._clean_content()
        return cleaned

    def _clean_content(self) -> None:
        """Refuse a file that cannot be kept, and a model that nobody says the licence of."""
        try:
            if not glb_files.is_glb(self.content):
                pictures.verified(self.content)
                if str(self.cleaned_data.get("name")).endswith(glb_files.SUFFIX):
                    told = f"This is a picture, and only 3D models are called {glb_files.SUFFIX}."
                    self.add_error("file", f"{told} Take another file, or another name.")
                return
            facts = glb_uploads.checked(self.content)
        except Refusal as refused:
            self.add_error("file", refused.sentence)
            return
        for name in ("credit", "licence"):
            told = self.cleaned_data.get(name) or getattr(facts, name)
            if not told:
                self.add_error(name, "A 3D model needs one, and its file tells none.")
            self.cleaned_data[name] = told
        if not str(self.cleaned_data.get("name")).endswith(glb_files.SUFFIX):
            self.add_error("name", f"A 3D model has a name that ends with {glb_files.SUFFIX}.")


@admin.register(Asset)
class AssetAdmin(MerchantScopedAdmin):
    """Pictures that options, presets and layers name, and 3D models that shapes name."""

    form = AssetForm
    list_display = ("thumbnail", "name", "pixels", "kilobytes", "licence", "kept_at")
    list_display_links = ("thumbnail", "name")
    search_fields = ("name", "credit", "licence")
    fields = ("merchant", "name", "file", "credit", "licence", "report")
    readonly_fields = ("report",)

    def get_urls(self) -> Any:
        content = self.admin_site.admin_view(self.content_view)
        return [
            path("<int:pk>/content/", content, name="catalog_asset_content"),
            *super().get_urls(),
        ]

    def content_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the file itself, to members of its merchant."""
        asset = self.get_queryset(request).filter(pk=pk).first()
        if asset is None:
            raise Http404
        try:
            content = operations.asset_content(asset)
        except NotFound as missing:
            raise Http404 from missing
        headers = {
            "Cache-Control": "private, max-age=300",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        if asset.is_model:
            name = posixpath.basename(asset.name)
            headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return HttpResponse(content, content_type=asset.media_type, headers=headers)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what goes with assets, and the products whose drafts still name one: these keep it
        from going.
        """
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        for asset in objs:
            for product in operations.naming_products(asset.merchant, [asset.name])[asset.name]:
                protected.append(f"Product '{product}', whose draft names {asset.name}")
        return deleted, counts, needed, protected

    def delete_model(self, request: HttpRequest, obj: Asset) -> None:
        operations.delete_asset(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for asset in queryset:
            operations.delete_asset(asset)

    def save_model(self, request: HttpRequest, obj: Asset, form: Any, change: bool) -> None:
        kept = operations.keep_asset(
            obj.merchant, obj.name, form.content, credit=obj.credit, licence=obj.licence
        )
        obj.pk = kept.pk
        obj.refresh_from_db()

    @admin.display(description="picture")
    def thumbnail(self, asset: Asset) -> str:
        """Return the picture in small."""
        if asset.is_model:
            return "3D model"
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" loading="lazy">',
            content_url(asset),
            f"Picture {asset.name}",
        )

    @admin.display(description="pixels")
    def pixels(self, asset: Asset) -> str:
        """Return width and height of a picture, and the size of a model."""
        return size_of_model(asset) if asset.is_model else f"{asset.width} × {asset.height}"

    @admin.display(description="size", ordering="size")
    def kilobytes(self, asset: Asset) -> str:
        """Return the size of the file."""
        return f"{max(asset.size // 1024, 1)} kB"

    @admin.display(description="report")
    def report(self, asset: Asset) -> str:
        """Return what the file of a 3D model tells, and what may trouble who sees it."""
        if not asset.facts:
            return "–"
        rows = format_html_join(
            "", "<tr><th scope=row>{}</th><td>{}</td></tr>", report_of(asset.facts, asset.size)
        )
        return format_html("<table>{}</table>", rows)


def report_of(facts: dict[str, Any], size: int) -> list[tuple[str, str]]:
    """Return what is known of a 3D model, line by line."""
    sides = (f"{each['width']} × {each['height']}" for each in facts["images"])
    warnings = facts["warnings"] or ["none"]
    return [
        ("Size", " × ".join(f"{each:,.1f}" for each in facts["size"]) + " mm"),
        ("File", f"{size / 1024:,.0f} kB"),
        ("Triangles", f"{facts['triangles']:,}"),
        ("Variants", _listed(facts["variants"])),
        ("Materials", _listed(facts["materials"])),
        ("Parts", _listed(facts["nodes"])),
        ("Pictures in it", _listed(list(sides))),
        *(("Warning", each) for each in warnings),
    ]


def _listed(names: list[str]) -> str:
    shown = ", ".join(dict.fromkeys(each for each in names if each))
    distinct = shown.split(", ")
    if len(distinct) > _MOST_NAMES:
        shown = f"{', '.join(distinct[:_MOST_NAMES])} and {len(distinct) - _MOST_NAMES} more"
    return shown or "none"


def size_of_model(asset: Asset) -> str:
    """Return how wide, deep and high a 3D model is."""
    return " × ".join(f"{each:,.0f}" for each in asset.facts.get("size", ())) + " mm"


def content_url(asset: Asset) -> str:
    """Return the address of the file itself, for members of its merchant."""
    return f"{reverse('admin:catalog_asset_content', args=[asset.pk])}?{asset.digest[:8]}"


class LayerForm(RowForm):
    """A layer; prices, parts and pictures may read the characters of a text."""

    lengths = True
    pictures = ("image", "mask")
    corners = PointsField(
        required=False,
        rows=4,
        help_text=(
            "Where the area of a print lies in the picture, in percent from the left and from the top, one corner a "
            "line: upper left, upper right, lower right, lower left, such as 20, 40."
        ),
    )

    def clean_corners(self) -> list[list[float]]:
        """Return the corners as numbers; refuse with ValidationError what is none."""
        try:
            corners = [[float(each) for each in point] for point in self.cleaned_data["corners"]]
        except ValueError:
            corners = [[nan]]
        # What is no number is not between any two.
        if not all(0 <= each <= _ALL for point in corners for each in point):
            raise ValidationError(
                f"Write numbers from 0 to {_ALL} with a decimal point, such as 20.5, 40."
            )
        if len(corners) not in (0, 4):
            raise ValidationError(f"An area has 4 corners, and these are {len(corners)}.")
        return corners


@admin.register(Layer)
class LayerAdmin(DraftRowAdmin):
    """The pictures a product's picture is composed of, from back to front."""

    form = LayerForm
    section = "layers"
    list_display = ("key", "product", "image", "view", "condition", "position")
    list_editable = ("position",)
    search_fields = ("key", "image", "when")
    fieldsets = (
        (None, {"fields": (("key", "position"), "image", "when", "view", "colour")}),
        ("Print", {"fields": ("print", "corners")}),
        ("Blending", {"fields": ("mask", ("blend", "opacity"))}),
    )

    @admin.display(description="only when", ordering="when")
    def condition(self, layer: Layer) -> str:
        """Return when the layer is shown."""
        return code(layer.when)
