"""Rows and files for tests, made by plain functions."""

import hashlib
import struct
import zlib
from io import BytesIO
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from catalog import drafts
from catalog.glb_facts import facts_of
from catalog.glb_files import MEDIA_TYPE
from catalog.models import Asset, Membership, Merchant, Product, Role, Version
from catalog.operations import publish, stored_as
from catalog.product_model import ProductModel
from tests.examples.desk import desk
from tests.glb_files import stool_glb


def make_merchant(slug: str = "joinery", **fields: Any) -> Merchant:
    """Return a saved merchant with a shop site and German translations."""
    defaults = {
        "name": slug.capitalize(),
        "origins": [f"https://{slug}.example"],
        "locales": ["en", "de"],
    }
    return Merchant.objects.create(slug=slug, **{**defaults, **fields})


def make_user(
    name: str = "maria", merchant: Merchant | None = None, role: Role = Role.PRODUCT_MANAGER
) -> Any:
    """Return a saved user, who may log in to the admin as a member of `merchant`, or as staff where
    none is given.
    """
    user = get_user_model().objects.create_user(
        name, f"{name}@joinery.example", "correct horse battery", is_staff=merchant is None
    )
    if merchant is not None:
        Membership.objects.create(merchant=merchant, user=user, role=role)
    return user


def make_product(merchant: Merchant, model: ProductModel | None = None) -> Product:
    """Return a saved product with `model` (the desk, without one) as its draft."""
    return drafts.write(merchant, model or desk())


def make_version(merchant: Merchant, model: ProductModel | None = None) -> Version:
    """Return the published version of a product with `model` (the desk, without one) as its draft."""
    return publish(make_product(merchant, model))


def make_model(merchant: Merchant, name: str = "cushion.glb") -> Asset:
    """Return a kept 3D model, without the process that checks what is uploaded."""
    content = stool_glb()
    facts = facts_of(content)
    digest = hashlib.sha256(content).hexdigest()
    default_storage.save(stored_as(digest, MEDIA_TYPE), ContentFile(content))
    return Asset.objects.create(
        merchant=merchant,
        name=name,
        digest=digest,
        media_type=MEDIA_TYPE,
        width=0,
        height=0,
        size=len(content),
        credit=facts.credit,
        licence=facts.licence,
        facts=facts.as_json(),
    )


def picture(width: int = 40, height: int = 30, colour: str = "#c8a06a", form: str = "PNG") -> bytes:
    """Return the content of a picture of one colour."""
    file = BytesIO()
    Image.new("RGB", (width, height), colour).save(file, form)
    return file.getvalue()


def picture_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG file that claims to be this large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    head = (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )
    return head + struct.pack(">I", 4) + b"IDAT" + bytes(8)
