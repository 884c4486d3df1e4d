"""What people do with a catalog: check, publish, duplicate and import products, keep pictures."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from catalog import (
    checking,
    drafts,
    glb_facts,
    glb_files,
    glb_uploads,
    pictures,
    product_model,
)
from catalog.auditing import facts_of, record
from catalog.differences import differences
from catalog.errors import KeyTaken, Malformed, NotFound, Refusal
from catalog.findings import Finding, Progress, to_json
from catalog.models import Asset, Merchant, Product, SubAssembly, Version
from catalog.product_model import ProductModel, write_whole
from catalog.renaming import Doubt, Name, Place, Renaming, names_of, renamed, undone
from catalog.signals import (
    keys_renamed,
    product_brought_back,
    product_duplicated,
    product_retired,
    version_published,
)
from catalog.translations import Languages

_NAMING_ASSETS = (
    *("image", "presets__image", "layers__image", "layers__mask", "options__values__image"),
    "shapes__model",
)
"""Where a draft names an asset."""


class AssetInUse(Refusal):
    """A picture or a 3D model that drafts name; `data["products"]` holds their keys."""

    slug = "asset-in-use"
    title = "The asset is in use"
    status = 409

    def __init__(self, name: str, products: tuple[str, ...]) -> None:
        shown = ", ".join(products[:5]) + (" and others" if len(products) > 5 else "")
        told = f"Drafts name '{name}' ({shown}); let them name another before you delete it."
        super().__init__(told, products=list(products))
        self.products = products


class ProductPublished(Refusal):
    """A product of which versions are published stays: retire it instead."""

    slug = "product-published"
    title = "The product was published"
    status = 409


class PublishRefused(Refusal):
    """A draft with findings that are errors; `findings` holds all of them, `data["findings"]` the
    same as JSON.
    """

    slug = "publish-refused"
    title = "This draft cannot be published"
    status = 422

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        more = f" There are {len(errors) - 1} more." if len(errors) > 1 else ""
        super().__init__(
            f"{errors[0].sentence}{more}", findings=[to_json(finding) for finding in findings]
        )
        self.findings = findings


class DraftChanged(Refusal):
    """A draft that is not the one that was checked and seen; `changes` tells in words what is other
    now.
    """

    slug = "draft-changed"
    title = "The draft has changed"
    status = 409

    def __init__(self, changes: tuple[str, ...], digest: str) -> None:
        told = f" {'; '.join(changes[:3])}{'; …' if len(changes) > 3 else ''}." if changes else ""
        super().__init__(
            f"The draft is no longer the one you looked at.{told} Look at it again, then publish.",
            changes=list(changes),
            draft=digest,
        )
        self.changes = changes


def check(
    product: Product, progress: Callable[[Progress], object] = lambda _: None
) -> tuple[Finding, ...]:
    """Return what the publish checks find in the draft of `product`, as it is now; `progress` is
    told how far.
    """
    return checking.findings_of(product, drafts.read(product), progress)


@dataclass(frozen=True)
class NewerVersion:
    """A contained product of which a newer version is published than the one a sub-assembly holds."""

    assembly: str
    product: str
    held: int
    newest: int


def newer_versions(product: Product) -> Iterator[NewerVersion]:
    """Return the contained products of a draft that are newer now."""
    for assembly in product.assemblies.select_related("product__merchant"):
        newest = newest_version(assembly)
        if newest is not None and assembly.version is not None and newest.number > assembly.version:
            yield NewerVersion(assembly.key, newest.product.key, assembly.version, newest.number)


def languages_of(product: Product) -> tuple[Languages, ...]:
    """Return the languages in which shoppers of the merchant read a product."""
    return (Languages(tuple(product.merchant.locales)),)


def newer_version_findings(model: ProductModel, beside: Sequence[object]) -> Iterator[Finding]:
    """Return a note for each newer version that stands beside the product."""
    for newer in beside:
        if isinstance(newer, NewerVersion):
            sentence = (
                f"Sub-assembly '{newer.assembly}' holds version {newer.held} of '{newer.product}', and "
                f"version {newer.newest} is published; take it on the sub-assembly's page if you want it."
            )
            yield Finding("note", "newer-version", f"assemblies/{newer.assembly}/version", sentence)


def newest_version(assembly: SubAssembly) -> Version | None:
    """Return the newest version of the contained product where it is one of the merchant's own."""
    key = assembly.document.get("product", "")
    versions = Version.objects.for_merchant(assembly.product.merchant).filter(product__key=key)
    newest: Version | None = versions.order_by("-number").first()
    return newest


def hold(assembly: SubAssembly, version: Version) -> None:
    """Have a row of a draft contain the product as it was published in `version`; the row is not
    saved.
    """
    assembly.definition = version.document
    assembly.version = version.number


@transaction.atomic
def take_newest(assembly: SubAssembly) -> Version:
    """Have a draft contain the newest version of a product it contains, and return that; refuse
    with NotFound.
    """
    version = newest_version(assembly)
    if version is None:
        key = assembly.document.get("product", "")
        raise NotFound(f"There is no published product '{key}' to take a version of.")
    hold(assembly, version)
    Product.objects.select_for_update(no_key=True).get(pk=assembly.product_id).save(
        update_fields=["edited_at"]
    )
    assembly.save(update_fields=["definition", "version"])
    return version


def publish(product: Product, by: Any = None, note: str = "", seen: str | None = None) -> Version:
    """Freeze the draft of `product` as its next version and return it; an unchanged draft returns
    the latest one.

    `seen` is the digest of the draft that somebody checked and wants to publish: any other is
    refused with DraftChanged, told what differs. Refuses with PublishRefused, keeping nothing, when
    any finding is an error. Safe to repeat, and safe beside others who publish or import the same
    product.
    """
    # The checks may take seconds: they run before the lock, and again under it only if somebody was
    # faster.
    product = Product.objects.select_related("merchant").get(pk=product.pk)
    checked = drafts.read(product)
    _refuse_unseen(product, checked, seen)
    _refuse_errors(product, checked)
    with transaction.atomic():
        product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        model = drafts.read(product)
        if model.digest != checked.digest:
            _refuse_unseen(product, model, seen)
            _refuse_errors(product, model)
        latest = product.versions.order_by("-number").first()
        if latest is not None and latest.digest == model.digest:
            return latest
        version = Version.objects.create(
            product=product,
            number=latest.number + 1 if latest else 1,
            document=product_model.canonical(model),
            digest=model.digest,
            note=note,
            published_by=by if getattr(by, "pk", None) else None,
        )
        version_published.send(Version, version=version)
        record(
            product.merchant,
            "product.published",
            product.key,
            after={"version": version.number, "definition": version.digest, "note": note},
        )
        return version


def _refuse_unseen(product: Product, model: ProductModel, seen: str | None) -> None:
    """Refuse with DraftChanged a draft that is not the one whose digest is `seen`, where that is
    said.
    """
    if seen is None or seen == model.digest:
        return
    run = product.check_runs.filter(draft=seen).exclude(document="").first()
    before = None if run is None else product_model.read(json.loads(run.document))
    raise DraftChanged(
        () if before is None else differences(write_whole(before), write_whole(model)), model.digest
    )


@dataclass(frozen=True)
class Restored:
    """What restoring a version did to a draft, or would do: `changes` in the draft, and what
    `remains` other than in the version, such as pictures that were replaced since.
    """

    version: Version
    changes: tuple[str, ...]
    remains: tuple[str, ...]
    digest: str


def version_called(product: Product, number: int) -> Version:
    """Return a published version of `product`; refuse with NotFound."""
    version: Version | None = product.versions.filter(number=number).first()
    if version is None:
        raise NotFound(f"The product '{product.key}' has no version {number}.")
    return version


@transaction.atomic
def restore(product: Product, number: int) -> Restored:
    """Make a published version the draft again, and tell what that changed; refuse with NotFound.

    The version stays what it is, and so do shoppers' prices and products until the draft is
    published. Pictures are shown as they are now.
    """
    product = (
        Product.objects.select_for_update(no_key=True, of=("self",))
        .select_related("merchant")
        .get(pk=product.pk)
    )
    version = version_called(product, number)
    before = drafts.read(product)
    import_model(product.merchant, replace(version.model, product=product.key))
    after = drafts.read(product)
    changes = differences(write_whole(before), write_whole(after))
    if changes:
        to = {"version": number}
        record(product.merchant, "product.restored", product.key, after=to, changes=changes)
    return Restored(
        version,
        changes,
        differences(write_whole(version.model), write_whole(after)),
        after.digest,
    )


@transaction.atomic
def retire(product: Product) -> Product:
    """Take a published product off sale and tell it once; return its row. What was made of it
    stays. Safe to repeat.
    """
    row = _locked_published(product)
    if row.retired_at is None:
        row.retired_at = timezone.now()
        row.save(update_fields=["retired_at"])
        product_retired.send(Product, product=row)
        record(row.merchant, "product.retired", row.key)
    product.retired_at = row.retired_at
    return row


@transaction.atomic
def bring_back(product: Product) -> Product:
    """Put a retired product on sale again, in its newest version; return its row. Safe to repeat."""
    row = _locked_published(product)
    if row.retired_at is not None:
        row.retired_at = None
        row.save(update_fields=["retired_at"])
        product_brought_back.send(Product, product=row)
        record(row.merchant, "product.brought-back", row.key)
    product.retired_at = row.retired_at
    return row


def _locked_published(product: Product) -> Product:
    rows = Product.objects.select_for_update(no_key=True, of=("self",)).select_related("merchant")
    row: Product = rows.get(pk=product.pk)
    if not row.versions.exists():
        raise NotFound(f"The product '{row.key}' is not published, so nobody sees it anyway.")
    return row


@transaction.atomic
def delete_product(product: Product) -> None:
    """Delete a product with its draft; refuse with ProductPublished one of which versions are
    published.
    """
    row = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if row.versions.exists():
        raise ProductPublished(
            f"Versions of '{row.key}' are published, and what was made of them stays. Retire the product instead."
        )
    record(product.merchant, "product.deleted", row.key, before=facts_of(row))
    row.delete()


@transaction.atomic
def duplicate(product: Product, key: str, name: str | None = None) -> Product:
    """Return a new product of the same merchant under `key` with the same draft, called `name` where
    that is given; refuse with KeyTaken.
    """
    if product.merchant.products.filter(key=key).exists():
        raise KeyTaken(f"There is a product '{key}' already; choose another key.")
    document = {**product_model.write(drafts.read(product)), "product": key}
    if name is not None:
        document["name"] = name
    copy = drafts.write(product.merchant, product_model.read(document))
    product_duplicated.send(Product, product=product, copy=copy)
    record(product.merchant, "product.copied", copy.key, after={"of": product.key})
    return copy


def renaming_of(product: Product, names: Mapping[Name, str], done: bool | None = None) -> Renaming:
    """Return what `rename` would do now, keeping nothing."""
    return _renaming(product, names, done, is_kept=False)


@transaction.atomic
def rename(product: Product, names: Mapping[Name, str], done: bool | None = None) -> Renaming:
    """Rename keys of the draft of `product` in every place that names them, and return these
    places.

    With `done` the keys are the new ones already and only other places still name the old ones;
    None finds out by itself, so that the same may be asked again. Refuses what `renaming.renamed`
    does, keeping nothing. Published versions stay as they are.
    """
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    found = _renaming(product, names, done, is_kept=True)
    product.save(update_fields=["edited_at"])
    told = [f"{each.path_after}: {each.before} → {each.after}" for each in found.places]
    if told:
        record(product.merchant, "product.renamed", product.key, changes=told)
    return found


def _renaming(
    product: Product, names: Mapping[Name, str], done: bool | None, is_kept: bool
) -> Renaming:
    draft = drafts.read(product)
    if done is None:
        done = _are_renamed(draft, names)
    before = undone(draft, names) if done else draft
    found = renamed(before, names)
    if is_kept and found.model != draft:
        drafts.keep_renamed(product, before, found.model)
    beside = [
        each
        for _, told in keys_renamed.send(Product, product=product, renaming=found, is_kept=is_kept)
        for each in told or ()
    ]
    return replace(
        found,
        places=(*found.places, *(each for each in beside if isinstance(each, Place))),
        doubts=(*found.doubts, *(each for each in beside if isinstance(each, Doubt))),
        done=done,
    )


def _are_renamed(draft: ProductModel, names: Mapping[Name, str]) -> bool:
    """Tell whether none of the names is there any more and all of the new ones are."""
    known = names_of(draft)
    owners = {
        name.key: key for name, key in names.items() if name.kind == "option" and name not in known
    }
    return not known & names.keys() and all(
        Name(name.kind, key, owners.get(name.option, name.option)) in known
        for name, key in names.items()
    )


@transaction.atomic
def import_model(
    merchant: Merchant,
    model: ProductModel,
    files: Mapping[str, bytes] | None = None,
    is_trial: bool = False,
) -> Product:
    """Make `model` the draft of the merchant's product of that key, and keep `files` as the
    merchant's pictures.

    A trial, which the caller takes back, writes no content to the storage.
    """
    for name, content in (files or {}).items():
        keep_asset(merchant, name, content, is_trial)
    known = Product.objects.for_merchant(merchant).filter(key=model.product).first()
    if known is not None and _says(known, model):
        return known
    return drafts.write(merchant, model)


def _says(product: Product, model: ProductModel) -> bool:
    """Tell whether the draft says what `model` does; which content a picture has follows from its
    name.
    """
    try:
        return replace(drafts.read(product), assets={}) == replace(model, assets={})
    except Malformed:
        return False


def pictures_of_others(merchant: Merchant, product: str, files: Mapping[str, bytes]) -> set[str]:
    """Return the names of `files` that are kept with another content and shown by drafts beside
    that of `product`.
    """
    assets = Asset.objects.for_merchant(merchant).filter(name__in=files)
    other = {each.name for each in assets if each.digest != sha256(files[each.name]).hexdigest()}
    others = Product.objects.for_merchant(merchant).exclude(key=product)
    shown: set[str] = set()
    if other:
        for path in _NAMING_ASSETS:
            shown |= set(others.filter(**{f"{path}__in": other}).values_list(path, flat=True))
    return shown


def keep_asset(
    merchant: Merchant,
    name: str,
    content: bytes,
    is_trial: bool = False,
    *,
    credit: str = "",
    licence: str = "",
) -> Asset:
    """Keep a picture or a 3D model under `name`, in place of what had that name.

    Published versions go on showing the content they were published with. A trial writes no
    content. A model has `credit` and `licence` told in its file; without them those it had under
    this name hold, or those of the file. Refuses with PictureRefused, GlbRefused or Malformed.
    """
    try:
        Asset._meta.get_field("name").clean(name, None)
    except ValidationError as error:
        told = f"A file cannot be called '{name}': {' '.join(error.messages)}"
        raise Malformed(told) from error
    if name.endswith(glb_files.SUFFIX) != glb_files.is_glb(content):
        told = "is binary glTF, and" if glb_files.is_glb(content) else "is no binary glTF, and only"
        raise Malformed(f"The file '{name}' {told} 3D models are called .glb; choose another name.")
    if glb_files.is_glb(content):
        content, facts = _as_model(merchant, name, content, credit, licence)
    else:
        facts = _as_picture(content, credit, licence)
    stored = stored_as(facts["digest"], facts["media_type"])
    if not is_trial and not _is_stored(stored, facts["size"]):
        default_storage.delete(stored)
        default_storage.save(stored, ContentFile(content))
    known = Asset.objects.for_merchant(merchant).filter(name=name).first()
    before = None if known is None else _told_of(facts_of(known))
    asset, _ = Asset.objects.update_or_create(merchant=merchant, name=name, defaults=facts)
    record(merchant, "asset.kept", name, before=before, after=_told_of(facts_of(asset)))
    return asset


def _told_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written down of a file: its content by its SHA-256."""
    names = ("media_type", "size", "credit", "licence")
    return {"content": facts["digest"], **{name: facts[name] for name in names}}


def _as_picture(content: bytes, credit: str, licence: str) -> dict[str, Any]:
    picture = pictures.verified(content)
    return {**asdict(picture), "credit": credit, "licence": licence, "facts": {}}


def _as_model(
    merchant: Merchant, name: str, content: bytes, credit: str, licence: str
) -> tuple[bytes, dict[str, Any]]:
    """Return a model with its credit told in it, and what is kept of it."""
    known = Asset.objects.for_merchant(merchant).filter(name=name).first()
    facts = glb_uploads.checked(content)
    credit = credit or facts.credit or (known.credit if known else "")
    licence = licence or facts.licence or (known.licence if known else "")
    if not credit.strip() or not licence.strip():
        raise glb_files.GlbRefused(
            f"The model '{name}' does not tell whose work it is and under which licence; say both."
        )
    content = glb_facts.credited(content, credit, licence)
    facts = replace(facts, credit=credit, licence=licence)
    return content, {
        "digest": sha256(content).hexdigest(),
        "media_type": glb_files.MEDIA_TYPE,
        "width": 0,
        "height": 0,
        "size": len(content),
        "credit": credit,
        "licence": licence,
        "facts": facts.as_json(),
    }


def naming_products(merchant: Merchant, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of the products whose drafts name an asset, in order, by the name of each of
    `names`; asks as often for many as for one.
    """
    products = Product.objects.for_merchant(merchant)
    found: dict[str, set[str]] = {name: set() for name in names}
    for path in _NAMING_ASSETS:
        for name, key in products.filter(**{f"{path}__in": found}).values_list(path, "key"):
            found[name].add(key)
    return {name: tuple(sorted(keys)) for name, keys in found.items()}


def delete_asset(asset: Asset) -> None:
    """Take an asset away; refuse with AssetInUse while drafts name it.

    Its content stays for the versions that show it.
    """
    if products := naming_products(asset.merchant, [asset.name])[asset.name]:
        raise AssetInUse(asset.name, products)
    record(asset.merchant, "asset.deleted", asset.name, before=_told_of(facts_of(asset)))
    asset.delete()


def _is_stored(name: str, size: int) -> bool:
    return bool(default_storage.exists(name) and default_storage.size(name) == size)


def stored_as(digest: str, media_type: str) -> str:
    """Return the name under which storage keeps an asset; models never lie among the pictures,
    which anybody may see.
    """
    is_model = media_type == glb_files.MEDIA_TYPE
    return pictures.storage_name(digest, "models" if is_model else "pictures")


def picture_content(digest: str) -> bytes:
    """Return the content of the picture with this SHA-256; refuse with NotFound."""
    return _content(pictures.storage_name(digest))


def asset_content(asset: Asset) -> bytes:
    """Return the content of an asset; refuse with NotFound."""
    return _content(stored_as(asset.digest, asset.media_type))


def model_content(digest: str) -> bytes:
    """Return the content of the 3D model with this SHA-256; refuse with NotFound."""
    return _content(stored_as(digest, glb_files.MEDIA_TYPE))


def _content(name: str) -> bytes:
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise NotFound("There is no such file; upload it again.") from error


def _refuse_errors(product: Product, model: ProductModel) -> None:
    found = checking.findings_of(product, model)
    if any(finding.severity == "error" for finding in found):
        raise PublishRefused(found)
