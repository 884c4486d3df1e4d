"""The page that brings a product file in: what it would change is shown first, and taken when that
is confirmed.
"""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from catalog import glb_files, pictures
from catalog.admin.scoped import EDITORS, merchants_for
from catalog.errors import Malformed, Refusal
from catalog.model_checks import pictures_of
from catalog.models import Merchant
from pricing.operations import Imported, bring_in
from pricing.product_file import MAX_CHARACTERS, ProductFile, read_product_file
from pricing.uploads import forget_files, keep_files, kept_files

PASTED = "pasted.yaml"
MOST_PICTURES = 200
# Of a file that cannot be read so many places are told.
MOST_WRONG = 20


class Pictures(forms.ClearableFileInput):
    """An input for several files."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures and 3D models, or none."""

    widget = Pictures(
        attrs={"accept": ",".join([*pictures.MEDIA_TYPES.values(), glb_files.SUFFIX])}
    )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(PicturesField, self).clean(each, initial) for each in data or ()]
        if len(files) > MOST_PICTURES or any(file.size > _most(file.name) for file in files):
            raise ValidationError(
                f"At most {MOST_PICTURES} files, pictures of at most {pictures.MAX_BYTES // 1048576} MB and "
                f"3D models of at most {glb_files.MAX_BYTES // 1048576} MB."
            )
        return files


def _most(name: str) -> int:
    return glb_files.MAX_BYTES if name.endswith(glb_files.SUFFIX) else pictures.MAX_BYTES


class ProductFileForm(forms.Form):
    """A product file, chosen or pasted, and the pictures it names."""

    merchant = forms.ModelChoiceField(Merchant.objects.none(), empty_label=None)
    file = forms.FileField(
        required=False,
        label="Product file",
        help_text="YAML or JSON, such as Export on the page of a product gives.",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json"}),
    )
    pictures = PicturesField(
        required=False,
        help_text="Those the file names, by the same file names. Without them, what is kept stays.",
    )
    text = forms.CharField(
        required=False,
        strip=False,
        label="Or paste its text",
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField", "spellcheck": "false"}),
    )

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(*args)
        allowed = merchants_for(request, EDITORS)
        if len(allowed) == 1:
            del self.fields["merchant"]
            self.only = allowed[0]
        else:
            self.fields["merchant"].queryset = allowed  # type: ignore[attr-defined]

    def clean(self) -> Any:
        file = self.cleaned_data.get("file")
        if bool(file) == bool((self.cleaned_data.get("text") or "").strip()):
            raise ValidationError("Choose a file, or paste its text.")
        if file and file.size > 4 * MAX_CHARACTERS:
            raise ValidationError(f"A product file has at most {MAX_CHARACTERS:,} characters.")
        return super().clean()

    def merchant_meant(self) -> Merchant:
        """Return whose product it becomes."""
        return self.cleaned_data.get("merchant") or self.only

    def brought(self) -> list["File[bytes]"]:
        """Return the product file, then the pictures."""
        text = self.cleaned_data["text"].encode("utf-8", "surrogatepass")
        return [
            self.cleaned_data["file"] or ContentFile(text, PASTED),
            *self.cleaned_data["pictures"],
        ]


class TakeForm(forms.Form):
    """What of a file that waits is taken beside the draft, and what was shown of it."""

    merchant = forms.ModelChoiceField(Merchant.objects.none())
    token = forms.CharField(max_length=40)
    seen = forms.CharField(max_length=64, required=False)
    with_prices = forms.BooleanField(required=False)
    with_pictures = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Waiting:
    """A product file that waits for somebody to confirm it, with its pictures by the names that it
    gives them.
    """

    file: ProductFile
    pictures: Mapping[str, bytes]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


def import_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Take a file and show what it would change; on POST with its token, take it."""
    if not merchants_for(request, EDITORS).exists():
        raise PermissionDenied
    if request.method == "POST" and "token" in request.POST:
        return _take(request, site)
    form = ProductFileForm(
        request, *([request.POST, request.FILES] if request.method == "POST" else [])
    )
    if request.method == "POST" and form.is_valid():
        merchant = form.merchant_meant()
        token = keep_files(merchant, form.brought())
        try:
            return _shown(request, site, merchant, token, TakeForm())
        except Refusal as refused:
            forget_files(merchant, token)
            return _ask(request, site, form, refused)
    return _ask(request, site, form)


def _take(request: HttpRequest, site: AdminSite) -> HttpResponse:
    form = TakeForm(request.POST)
    form.fields["merchant"].queryset = merchants_for(request, EDITORS)  # type: ignore[attr-defined]
    if not form.is_valid():
        raise PermissionDenied
    merchant, token = form.cleaned_data["merchant"], form.cleaned_data["token"]
    try:
        waiting = _waiting(merchant, token)
        looked = bring_in(merchant, waiting.file, waiting.pictures, dry_run=True)
        if form.cleaned_data["seen"] != _digest(looked):
            messages.warning(
                request,
                "Something has changed since this was shown. Nothing is kept; look once more.",
            )
            return _shown(request, site, merchant, token, form, 409)
        found = bring_in(
            merchant,
            waiting.file,
            waiting.pictures,
            with_prices=form.cleaned_data["with_prices"],
            with_pictures=form.cleaned_data["with_pictures"],
        )
    except Refusal as refused:
        return _ask(request, site, ProductFileForm(request), refused)
    forget_files(merchant, token)
    assert found.product is not None
    beside = [
        *_taken_told("prices", found.prices, found.prices_taken),
        *_taken_told("pictures of others", found.pictures, found.pictures_taken),
    ]
    told = "is new" if found.is_new else "is now as the file says"
    messages.success(request, " ".join([f"The draft of {found.product} {told}.", *beside]))
    return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[found.product.pk]))


def _taken_told(what: str, told: Sequence[str], is_taken: bool) -> list[str]:
    return [f"Its {what} {'were taken' if is_taken else 'were left as they are'}."] if told else []


def _waiting(merchant: Merchant, token: str) -> Waiting:
    with kept_files(merchant, token) as (first, *others):
        try:
            text = first.read().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise Malformed(
                "The file is no text in UTF-8; a product file is YAML or JSON."
            ) from None
        file = read_product_file(text, str(first.name))
        brought = {str(each.name): each.read() for each in others}
    names = {_last(name): name for name in brought}
    named = {name: names.get(_last(name)) for _, name in pictures_of(file.model)}
    pictures = {name: brought[own] for name, own in named.items() if own is not None}
    kept = set(merchant.assets.filter(name__in=named).values_list("name", flat=True))
    unused = tuple(name for name in brought if name not in named.values())
    return Waiting(
        file,
        pictures,
        unused,
        tuple(name for name in named if name not in pictures and name not in kept),
    )


def _last(name: str) -> str:
    return posixpath.basename(name).casefold()


def _digest(found: Imported) -> str:
    told = (
        found.is_new,
        found.digest,
        found.draft,
        found.prices,
        found.prices_taken,
        found.pictures,
    )
    return sha256(repr(told).encode()).hexdigest()


def _shown(
    request: HttpRequest,
    site: AdminSite,
    merchant: Merchant,
    token: str,
    form: TakeForm,
    status: int = 200,
) -> HttpResponse:
    waiting = _waiting(merchant, token)
    found = bring_in(merchant, waiting.file, waiting.pictures, dry_run=True)
    model = waiting.file.model
    latest = (
        found.product.versions.order_by("-number").first() if found.product is not None else None
    )
    context = {
        **site.each_context(request),
        "title": f"{model.name}: what would change",
        "merchant": merchant,
        "token": token,
        "seen": _digest(found),
        "found": found,
        "waiting": waiting,
        "model": model,
        "latest": latest,
        "form": form,
        "changes": bool(found.is_new or found.draft or found.prices or found.pictures),
    }
    return TemplateResponse(
        request, "admin/pricing/product_import_shown.html", context, status=status
    )


def _ask(
    request: HttpRequest, site: AdminSite, form: ProductFileForm, refused: Refusal | None = None
) -> HttpResponse:
    wrong = () if refused is None else refused.data.get("errors", ())
    context = {
        **site.each_context(request),
        "title": "Import a product file",
        "form": form,
        "refused": refused,
        "wrong": wrong[:MOST_WRONG] if len(wrong) > 1 or (wrong and "line" in wrong[0]) else (),
        "further": max(0, len(wrong) - MOST_WRONG),
    }
    status = 422 if refused is not None or form.errors else 200
    return TemplateResponse(request, "admin/pricing/product_import.html", context, status=status)
