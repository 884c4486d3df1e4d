"""Pictures and 3D models in the administration."""

import html
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog import drafts, operations
from catalog.models import Asset, Merchant
from catalog.product_model import read
from tests.examples.desk import DESK
from tests.factories import make_merchant, make_user
from tests.glb_files import CREDIT, picture, spoilt, stool_glb

pytestmark = pytest.mark.database

ADD = "admin:catalog_asset_add"


@pytest.fixture
def maria(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_user("maria", merchant))
    return client


def upload(client: Client, content: bytes, file: str = "stool.glb", **more: str) -> Any:
    return client.post(reverse(ADD), {"file": SimpleUploadedFile(file, content), **more})


def errors_of(answer: Any) -> dict[str, str]:
    errors = answer.context["adminform"].form.errors
    return {name: " ".join(map(str, told)) for name, told in errors.items()}


def bare() -> bytes:
    return spoilt(lambda it: it["asset"].pop("copyright"))


def test_a_model_is_kept_with_the_credit_that_its_file_tells(
    maria: Client, merchant: Merchant
) -> None:
    assert upload(maria, stool_glb(), "stool.GLB").status_code == 302
    kept = merchant.assets.get()
    assert (kept.name, kept.media_type) == ("stool.glb", "model/gltf-binary")
    assert (kept.credit, kept.licence) == (CREDIT, "CC BY 4.0")
    assert operations.asset_content(kept) == stool_glb()


def test_a_model_without_a_credit_needs_one(maria: Client, merchant: Merchant) -> None:
    told = errors_of(upload(maria, bare()))
    assert told == dict.fromkeys(
        ("credit", "licence"), "A 3D model needs one, and its file tells none."
    )
    upload(maria, bare(), credit="Jo Example", licence="own work")
    kept = merchant.assets.get()
    assert (kept.facts["credit"], kept.facts["licence"]) == ("Jo Example", "own work")
    page = maria.get(reverse("admin:catalog_asset_change", args=[kept.pk])).content.decode()
    assert "400.0 × 300.0 × 500.0 mm" in page
    assert "Ruby Red, moss" in page


def test_a_broken_model_is_refused_with_a_sentence(maria: Client, merchant: Merchant) -> None:
    assert "cut off" in errors_of(upload(maria, stool_glb()[:-30]))["file"]
    assert "PNG, JPEG or WebP" in errors_of(upload(maria, b"<svg/>", "a.glb"))["file"]
    told = errors_of(upload(maria, stool_glb(), "stool.glb", name="stool.png"))
    assert "ends with .glb" in told["name"]
    told = errors_of(upload(maria, picture(), "oak.png", name="oak.glb"))
    assert "only 3D models are called .glb" in told["file"]
    assert not merchant.assets.exists()


def test_a_credit_is_changed_without_the_file(maria: Client, merchant: Merchant) -> None:
    upload(maria, stool_glb())
    kept = merchant.assets.get()
    page = reverse("admin:catalog_asset_change", args=[kept.pk])
    assert maria.post(page, {"credit": "Jo", "licence": "CC0"}).status_code == 302
    changed = merchant.assets.get()
    assert (changed.credit, changed.licence) == ("Jo", "CC0")
    assert changed.digest != kept.digest


def test_a_model_is_downloaded_and_never_shown_as_a_page(maria: Client, merchant: Merchant) -> None:
    kept = operations.keep_asset(merchant, "a/stool.glb", stool_glb())
    answer = maria.get(reverse("admin:catalog_asset_content", args=[kept.pk]))
    assert answer.content == stool_glb()
    assert answer["Content-Type"] == "model/gltf-binary"
    assert answer["Content-Disposition"] == 'attachment; filename="stool.glb"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    named = operations.keep_asset(merchant, "椅子.glb", stool_glb())
    answer = maria.get(reverse("admin:catalog_asset_content", args=[named.pk]))
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%A4%85")
    # Pictures are public by their digest; models are not among them.
    assert maria.get(f"/assets/{kept.digest}").status_code == 404
    other = operations.keep_asset(make_merchant("other"), "stool.glb", stool_glb())
    missing = maria.get(reverse("admin:catalog_asset_content", args=[other.pk]))
    assert missing.status_code == 404


def test_an_asset_that_a_draft_names_is_not_deleted(maria: Client, merchant: Merchant) -> None:
    kept = operations.keep_asset(merchant, "oak.png", picture())
    row = drafts.write(merchant, read({**DESK, "product": "bureau", "image": "oak.png"}))
    address = reverse("admin:catalog_asset_delete", args=[kept.pk])
    asked = maria.get(address)
    assert "Product 'bureau', whose draft names oak.png" in html.unescape(asked.content.decode())
    maria.post(address, {"post": "yes"})
    action = {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"}
    maria.post(reverse("admin:catalog_asset_changelist"), action)
    assert merchant.assets.exists()
    row.delete()
    maria.post(address, {"post": "yes"})
    assert not merchant.assets.exists()


def test_a_shape_names_models_and_a_layer_names_pictures(maria: Client, merchant: Merchant) -> None:
    operations.keep_asset(merchant, "stool.glb", stool_glb())
    operations.keep_asset(merchant, "oak.png", picture())
    product = drafts.write(
        merchant,
        read({**DESK, "materials": [{"key": "oak", "label": "Oak"}]}),
    )
    page = f"{reverse('admin:catalog_shape_add')}?product={product.pk}"
    form = maria.get(page).context["adminform"].form
    assert [value for value, _ in form.fields["model"].choices] == ["", "stool.glb"]
    given = {
        "label": "Stool",
        "key": "stool",
        "position": 10,
        "form": "model",
        "orientation": "flat",
        "model": "stool.glb",
        "x": "0",
        "y": "0",
        "z": "0",
        "variant": '"moss"',
        "turn": "90",
        "weight": "4 kg",
        "slots": "steel, grey = oak",
    }
    answer = maria.post(page, {**given, "slots": "= oak"})
    assert "write a name" in errors_of(answer)["slots"]
    assert maria.post(page, given).status_code == 302
    (shape,) = drafts.read(product).shapes
    assert (shape.model, shape.slots) == ("stool.glb", {"steel, grey": "oak"})
    assert (shape.variant, shape.turn, shape.weight) == ('"moss"', "90", "4 kg")
    layers = f"{reverse('admin:catalog_layer_add')}?product={product.pk}"
    form = maria.get(layers).context["adminform"].form
    assert [value for value, _ in form.fields["image"].choices] == ["", "oak.png"]


def test_a_file_under_a_name_of_another_kind_is_refused(merchant: Merchant) -> None:
    for name, content in (("stool.png", stool_glb()), ("oak.glb", picture())):
        with pytest.raises(operations.Malformed, match="choose another name"):
            operations.keep_asset(merchant, name, content)
    assert not Asset.objects.exists()


def test_an_import_takes_the_credit_that_was_told_before(merchant: Merchant) -> None:
    with pytest.raises(operations.glb_files.GlbRefused, match="say both"):
        operations.keep_asset(merchant, "stool.glb", bare())
    operations.keep_asset(merchant, "stool.glb", bare(), credit="Jo", licence="CC0")
    again = operations.keep_asset(merchant, "stool.glb", bare())
    assert (again.credit, again.licence) == ("Jo", "CC0")
