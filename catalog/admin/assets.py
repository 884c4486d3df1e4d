"""Admin of a merchant's pictures, and of the layers a product's picture is composed of."""

import posixpath
import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html

from catalog import operations, pictures
from catalog.admin.options import code
from catalog.admin.rows import DraftRowAdmin, RowForm
from catalog.admin.scoped import MerchantScopedAdmin
from catalog.errors import NotFound
from catalog.models import Asset, Layer
from catalog.pictures import MAX_BYTES


class AssetForm(forms.ModelForm):  # type: ignore[type-arg]
    """An upload; the name is the file's own unless another is given."""

    name = forms.CharField(
        required=False,
        max_length=200,
        help_text="How products refer to it, such as tops/oak.png. Empty: the name of the file.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    file = forms.FileField(
        label="Picture",
        help_text=f"PNG, JPEG or WebP, up to {MAX_BYTES // 1048576} MB.",
        widget=forms.FileInput(attrs={"accept": ",".join(pictures.MEDIA_TYPES.values())}),
    )

    class Meta:
        model = Asset
        fields = ("merchant", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "name" in self.fields:
            # Products name it; another name is another picture.
            self.fields["name"].disabled = True

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(
                f"The picture has {file.size / 1048576:.1f} MB; at most {MAX_BYTES // 1048576} are kept."
            )
        self.content = file.read()
        try:
            pictures.verified(self.content)
        except pictures.PictureRefused as refused:
            raise ValidationError(refused.sentence) from refused
        return file

    def clean(self) -> Any:
        cleaned = super().clean()
        file = self.cleaned_data.get("file")
        if file is not None and not self.cleaned_data.get("name"):
            self.cleaned_data["name"] = re.sub(
                r"[^\w.-]+", "-", posixpath.basename(file.name)
            ).strip("-.")
        return cleaned


@admin.register(Asset)
class AssetAdmin(MerchantScopedAdmin):
    """Pictures that options, presets and layers name."""

    form = AssetForm
    list_display = ("thumbnail", "name", "pixels", "kilobytes", "kept_at")
    list_display_links = ("thumbnail", "name")
    search_fields = ("name",)
    fields = ("merchant", "name", "file")

    def get_urls(self) -> Any:
        content = self.admin_site.admin_view(self.content_view)
        return [
            path("<int:pk>/content/", content, name="catalog_asset_content"),
            *super().get_urls(),
        ]

    def content_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the picture itself, to members of its merchant."""
        asset = self.get_queryset(request).filter(pk=pk).first()
        if asset is None:
            raise Http404
        try:
            content = operations.picture_content(asset.digest)
        except NotFound as missing:
            raise Http404 from missing
        headers = {
            "Cache-Control": "private, max-age=300",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return HttpResponse(content, content_type=asset.media_type, headers=headers)

    def save_model(self, request: HttpRequest, obj: Asset, form: Any, change: bool) -> None:
        kept = operations.keep_asset(obj.merchant, obj.name, form.content)
        obj.pk = kept.pk
        obj.refresh_from_db()

    @admin.display(description="picture")
    def thumbnail(self, asset: Asset) -> str:
        """Return the picture in small."""
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" loading="lazy">',
            content_url(asset),
            f"Picture {asset.name}",
        )

    @admin.display(description="pixels")
    def pixels(self, asset: Asset) -> str:
        """Return width and height."""
        return f"{asset.width} × {asset.height}"

    @admin.display(description="size", ordering="size")
    def kilobytes(self, asset: Asset) -> str:
        """Return the size of the file."""
        return f"{max(asset.size // 1024, 1)} kB"


def content_url(asset: Asset) -> str:
    """Return the address of the picture itself, for members of its merchant."""
    return f"{reverse('admin:catalog_asset_content', args=[asset.pk])}?{asset.digest[:8]}"


class LayerForm(RowForm):
    """A layer; prices, parts and pictures may read the characters of a text."""

    lengths = True


@admin.register(Layer)
class LayerAdmin(DraftRowAdmin):
    """The pictures a product's picture is composed of, from back to front."""

    form = LayerForm
    section = "layers"
    list_display = ("key", "product", "image", "view", "condition", "position")
    list_editable = ("position",)
    search_fields = ("key", "image", "when")
    fields = (("key", "position"), "image", "when", "view", "colour", "mask", ("blend", "opacity"))

    @admin.display(description="only when", ordering="when")
    def condition(self, layer: Layer) -> str:
        """Return when the layer is shown."""
        return code(layer.when)
