"""Publishing, duplicating, importing, and keeping pictures."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from catalog import drafts, operations, pictures, product_model
from catalog.checking import check_of
from catalog.errors import Malformed, NotFound
from catalog.models import Merchant, Product, Version
from catalog.models.versions import VersionIsImmutable
from catalog.operations import DraftChanged, KeyTaken, PublishRefused
from catalog.signals import version_published
from tests.examples.desk import desk
from tests.factories import make_product, make_user, make_version, picture, picture_header

pytestmark = pytest.mark.database


@pytest.fixture
def announced() -> Iterator[list[Version]]:
    """The versions that were announced while the test ran."""
    heard: list[Version] = []

    def hear(version: Version, **_: Any) -> None:
        heard.append(version)

    version_published.connect(hear)
    yield heard
    version_published.disconnect(hear)


def test_publishing_freezes_the_draft_as_version_one(merchant: Merchant) -> None:
    version = operations.publish(make_product(merchant), note="First")
    assert (version.number, version.note, version.model) == (1, "First", desk())


def test_a_version_holds_the_canonical_json_its_digest_is_made_of(desk_version: Version) -> None:
    assert (
        hashlib.sha256(desk_version.document.encode()).hexdigest()
        == desk_version.digest
        == desk().digest
    )


def test_a_draft_that_is_not_the_one_seen_is_not_published(merchant: Merchant) -> None:
    product = make_product(merchant)
    seen = check_of(product).draft
    make_product(merchant, desk(currency="CHF"))
    with pytest.raises(DraftChanged, match="currency “EUR” → “CHF”") as refused:
        operations.publish(product, seen=seen)
    assert refused.value.data["draft"] == drafts.read(Product.objects.get()).digest
    assert not product.versions.exists()


def test_a_draft_that_was_seen_is_published(merchant: Merchant) -> None:
    product = make_product(merchant)
    assert operations.publish(product, seen=check_of(product).draft).number == 1


def test_a_version_says_who_published_it(merchant: Merchant) -> None:
    maria = make_user("maria", merchant)
    assert operations.publish(make_product(merchant), by=maria).published_by == maria


def test_publishing_an_unchanged_draft_again_returns_the_same_version(merchant: Merchant) -> None:
    product = make_product(merchant)
    assert operations.publish(product) == operations.publish(product)


def test_a_changed_draft_becomes_the_next_version(merchant: Merchant) -> None:
    product = make_product(merchant)
    operations.publish(product)
    make_product(merchant, desk(name="Writing desk"))
    assert operations.publish(product).number == 2


def test_going_back_to_an_earlier_draft_is_a_version_of_its_own(merchant: Merchant) -> None:
    product = make_product(merchant)
    first = operations.publish(product)
    operations.publish(make_product(merchant, desk(name="Writing desk")))
    third = operations.publish(make_product(merchant))
    assert (third.number, third.digest) == (3, first.digest)


def test_a_new_version_is_announced_once(merchant: Merchant, announced: list[Version]) -> None:
    product = make_product(merchant)
    version = operations.publish(product)
    operations.publish(product)
    assert announced == [version]


def test_a_draft_with_errors_is_refused_with_its_findings(merchant: Merchant) -> None:
    product = make_product(
        merchant, desk(rules=[{"key": "r", "when": "tpo == glass", "then": "frame == steel"}])
    )
    with pytest.raises(PublishRefused) as refused:
        operations.publish(product)
    assert "did you mean 'top'?" in refused.value.sentence
    assert [each["path"] for each in refused.value.data["findings"]] == ["rules/r/when", ""]
    assert not product.versions.exists()


def test_a_listener_that_refuses_keeps_the_version_from_being_published(merchant: Merchant) -> None:
    def refuse(**_: Any) -> None:
        raise NotFound("no")

    product = make_product(merchant)
    version_published.connect(refuse)
    try:
        with pytest.raises(NotFound):
            operations.publish(product)
    finally:
        version_published.disconnect(refuse)
    assert not product.versions.exists()


def test_a_version_cannot_be_saved_again(desk_version: Version) -> None:
    desk_version.note = "changed"
    with pytest.raises(VersionIsImmutable):
        desk_version.save()


def test_a_version_cannot_be_deleted(desk_version: Version) -> None:
    with pytest.raises(VersionIsImmutable):
        desk_version.delete()


@pytest.mark.parametrize(
    "change",
    [
        lambda versions: versions.update(note="changed"),
        lambda versions: versions.delete(),
        lambda versions: versions.bulk_update(list(versions), ["note"]),
        lambda versions: versions.update_or_create(number=1, defaults={"note": "changed"}),
        lambda versions: versions.bulk_create(
            list(versions), update_conflicts=True, unique_fields=["id"], update_fields=["note"]
        ),
    ],
)
def test_versions_cannot_be_changed_through_a_queryset(desk_version: Version, change: Any) -> None:
    with pytest.raises(VersionIsImmutable):
        change(Version.objects.all())


def test_a_product_with_versions_cannot_be_deleted(desk_version: Version) -> None:
    with pytest.raises(Exception, match="protected"):
        desk_version.product.delete()


def test_a_product_without_versions_can_be_deleted_with_its_draft(merchant: Merchant) -> None:
    make_product(merchant).delete()
    assert not merchant.products.exists()


def test_a_duplicate_has_the_same_draft_under_another_key(merchant: Merchant) -> None:
    copy = operations.duplicate(make_product(merchant), "desk-2")
    assert drafts.read(copy) == replace(desk(), product="desk-2")


def test_a_duplicate_needs_a_key_of_its_own(merchant: Merchant) -> None:
    product = make_product(merchant)
    with pytest.raises(KeyTaken):
        operations.duplicate(product, "desk")


def test_a_duplicate_needs_a_well_formed_key(merchant: Merchant) -> None:
    product = make_product(merchant)
    with pytest.raises(Malformed):
        operations.duplicate(product, "Desk 2")


def test_importing_keeps_pictures_and_draft_together(merchant: Merchant) -> None:
    product = operations.import_model(merchant, desk(image="desk.png"), {"desk.png": picture()})
    digest = hashlib.sha256(picture()).hexdigest()
    assert drafts.read(product).assets == {"desk.png": digest}
    assert operations.picture_content(digest) == picture()


def test_an_import_with_a_bad_picture_keeps_nothing(merchant: Merchant) -> None:
    with pytest.raises(pictures.PictureRefused):
        operations.import_model(merchant, desk(), {"a.png": picture(), "b.png": b"no picture"})
    assert (merchant.assets.count(), merchant.products.count()) == (0, 0)


@pytest.mark.parametrize(
    ("form", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_pictures_are_known_by_their_content(
    merchant: Merchant, form: str, media_type: str
) -> None:
    asset = operations.keep_asset(merchant, "desk", picture(40, 30, form=form))
    assert (asset.media_type, asset.width, asset.height) == (media_type, 40, 30)
    assert pictures.media_type_of(operations.picture_content(asset.digest)) == media_type


def test_a_photo_with_another_one_behind_it_is_a_jpeg() -> None:
    """Telephones write them so."""
    photo, behind = (Image.new("RGB", (8, 6), colour) for colour in ("red", "blue"))
    file = BytesIO()
    photo.save(file, "MPO", save_all=True, append_images=[behind])
    found = pictures.verified(file.getvalue())
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 8, 6)


def test_a_replaced_picture_leaves_the_content_that_versions_show(merchant: Merchant) -> None:
    before = operations.keep_asset(merchant, "desk.png", picture())
    after = operations.keep_asset(merchant, "desk.png", picture(colour="#000000"))
    assert (before.pk, before.digest != after.digest) == (after.pk, True)
    assert operations.picture_content(before.digest) == picture()


def test_a_version_pins_the_picture_it_was_published_with(merchant: Merchant) -> None:
    before = operations.keep_asset(merchant, "desk.png", picture())
    version = make_version(merchant, desk(image="desk.png"))
    operations.keep_asset(merchant, "desk.png", picture(colour="#000000"))
    assert Version.objects.get(pk=version.pk).model.assets == {"desk.png": before.digest}


def test_a_half_written_file_is_written_again(merchant: Merchant) -> None:
    asset = operations.keep_asset(merchant, "desk.png", picture())
    name = pictures.storage_name(asset.digest)
    with default_storage.open(name, "wb") as file:
        file.write(b"\x89PNG")
    operations.keep_asset(merchant, "desk.png", picture())
    assert operations.picture_content(asset.digest) == picture()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:60],
        picture(form="GIF"),
    ],
    ids=["empty", "gif", "svg", "cut off", "whole gif"],
)
def test_what_is_no_whole_png_jpeg_or_webp_is_refused(merchant: Merchant, content: bytes) -> None:
    with pytest.raises(pictures.PictureRefused):
        operations.keep_asset(merchant, "desk.png", content)


# Beyond a bound of its own Pillow refuses before we do; it is lowered, so that a picture beyond it
# is an ordinary one.
@pytest.mark.parametrize("most_of_pillow", [178_000_000, 10_000_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch, most_of_pillow: int
) -> None:
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", most_of_pillow)
    with pytest.raises(pictures.PictureRefused, match="pixels; at most 24 million"):
        pictures.verified(picture_header(5_000, 5_000))


def test_a_picture_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(pictures.PictureRefused, match="MB"):
        pictures.verified(picture() + b"\0" * pictures.MAX_BYTES)


@pytest.mark.parametrize(
    "name", ["", "../desk.png", "/desk.png", "a//b.png", "a b.png", "x" * 201, "desk.png\n"]
)
def test_a_picture_needs_a_well_formed_name(merchant: Merchant, name: str) -> None:
    with pytest.raises(Malformed):
        operations.keep_asset(merchant, name, picture())


def test_documents_are_canonical_whatever_the_order_of_their_keys(desk_version: Version) -> None:
    document = json.loads(desk_version.document)
    again = product_model.read(dict(reversed(document.items())))
    assert again.digest == desk_version.digest
