"""What the demo needs in the database: a merchant with seven products, somebody who may administer,
a key.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from catalog.errors import Refusal
from catalog.model_checks import pictures_of
from catalog.models import Membership, Merchant
from catalog.operations import publish
from catalog.roles import Role
from integrations.access.models import ApiKey
from integrations.access.operations import create_api_key, revoke_api_key
from integrations.access.scopes import SCOPES
from pricing.operations import import_product
from pricing.product_file import ProductFile, read_product_file

MERCHANT, NAME, USER = "demo", "Larch & Lane", "demo"
KEY_NAME, KEY_NAMES = "Demo", r"^Demo( \d{4}-\d{2}-\d{2} \d{2}:\d{2})?$"
KEYS_KEPT = 5
FOLDER = Path(__file__).parent
PRODUCTS = ("base_cabinet", "desk", "cnc_router", "shelving_wall", "wardrobe", "lounge", "sign")


class NotEmpty(Refusal):
    """The database holds more than the demo; it would get an administrator whose password is
    printed.
    """

    slug = "not-empty"
    title = "This is no database for a demo"
    status = 409


@dataclass(frozen=True)
class Loaded:
    """A product of the demo: its key, the latest version, and whether that was published just now."""

    key: str
    version: int
    is_new: bool


def refuse_other_data() -> None:
    """Refuse with NotEmpty a database in which merchants or people exist that the demo did not
    make.
    """
    merchant = Merchant.objects.exclude(slug=MERCHANT).first()
    user = get_user_model()._default_manager.exclude(username=USER).first()
    if merchant is not None or user is not None:
        found = f"the merchant '{merchant.slug}'" if merchant is not None else f"the user '{user}'"
        raise NotEmpty(
            f"This database holds {found}, so it is not the demo's own. The demo makes an administrator and prints the "
            "password; give it a database of its own with DATA_DIR or DATABASE_URL, or say --anyway."
        )


@transaction.atomic
def demo_merchant(origin: str) -> Merchant:
    """Return the demo's merchant, whose widget may be framed by the site `origin` and those it has
    already.
    """
    facts = {"name": NAME, "origins": [], "locales": ["de", "fr"], "country": "CA"}
    merchant, _ = Merchant.objects.get_or_create(slug=MERCHANT, defaults=facts)
    if origin not in merchant.origins:
        merchant.origins = [*merchant.origins, origin]
        merchant.save(update_fields=["origins"])
    return merchant


def load_products(merchant: Merchant) -> Iterator[Loaded]:
    """Import and publish each product that was never published as its file tells it; yield one
    after another.

    A version that somebody published since stays the latest, and a draft somebody works on is left
    alone.
    """
    for name in PRODUCTS:
        file, files = demo_file(name)
        product = merchant.products.filter(key=file.model.product).first()
        if product is None or not product.versions.filter(digest=file.model.digest).exists():
            # Of a product that is there already somebody may have changed the prices since.
            version = publish(
                import_product(merchant, file, files, with_prices=product is None), note="Demo"
            )
            yield Loaded(file.model.product, version.number, True)
        else:
            latest = product.versions.order_by("-number").first()
            assert latest is not None
            yield Loaded(product.key, latest.number, False)


def demo_file(name: str) -> tuple[ProductFile, dict[str, bytes]]:
    """Return a product file of the demo, its pictures and 3D models as assets, and their content."""
    path = FOLDER / f"{name}.yaml"
    file = read_product_file(path.read_text(encoding="utf-8"), path.name)
    files = {picture: (FOLDER / picture).read_bytes() for _, picture in pictures_of(file.model)}
    assets = {picture: sha256(content).hexdigest() for picture, content in files.items()}
    return replace(file, model=replace(file.model, assets=assets)), files


@transaction.atomic
def new_password(merchant: Merchant) -> str:
    """Give the demo's administrator a new password and return it; the one before no longer holds."""
    password = secrets.token_urlsafe(12)
    user, _ = User.objects.get_or_create(
        username=USER, defaults={"is_staff": True, "is_superuser": True}
    )
    user.set_password(password)
    user.save()
    Membership.objects.update_or_create(merchant=merchant, user=user, defaults={"role": Role.OWNER})
    return password


@transaction.atomic
def new_key(merchant: Merchant) -> str:
    """Return the secret of a new API key with all scopes; of the demo's keys before it the latest
    stay.

    A secret cannot be shown again, and somebody may have put that of an earlier start into a
    script.
    """
    _, secret = create_api_key(
        merchant, f"{KEY_NAME} {timezone.now():%Y-%m-%d %H:%M}", tuple(SCOPES)
    )
    valid = ApiKey.objects.for_merchant(merchant).filter(name__regex=KEY_NAMES, revoked_at=None)
    for key in valid.order_by("-created_at", "-pk")[KEYS_KEPT:]:
        revoke_api_key(key)
        key.delete()
    return secret
