"""What people and programs do with storages: make, change and find them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from catalog.errors import KeyTaken, Malformed
from catalog.models import Merchant
from configurator.sealing import sealed
from integrations.automations.models import Storage
from integrations.automations.storages import KINDS, place_of, read_storage_settings

MOST_SECRET = 10_000


@dataclass(frozen=True)
class StorageWish:
    """What a storage is to be; without a `secret` it keeps the one it has."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    secret: str = field(default="", repr=False)


def storage_called(merchant: Merchant, public_id: str) -> Storage:
    """Return the merchant's storage of that id; refuse with NotFound."""
    row: Storage = Storage.objects.called(merchant, public_id, "There is no such storage.")
    return row


@contextmanager
def holding_storage(merchant: Merchant, public_id: str) -> Iterator[Storage]:
    """Let others who change a storage wait while the block looks at it and changes it; refuse with
    NotFound.
    """
    with transaction.atomic():
        pk = storage_called(merchant, public_id).pk
        yield Storage.objects.select_for_update(no_key=True).select_related("merchant").get(pk=pk)


@transaction.atomic
def keep_storage(storage: Storage, wish: StorageWish) -> Storage:
    """Let a storage, a new one or one that is there, be what is wished; refuse with KeyTaken,
    Malformed, UrlRefused.

    Its secret is sealed, and told nowhere. Where it would lead elsewhere, the secret has to be
    given again.
    """
    refuse_storage(storage, wish)
    storage.name, storage.kind = wish.name, wish.kind
    storage.settings = read_storage_settings(wish.kind, wish.settings).model_dump(mode="json")
    if not KINDS[wish.kind].secret:
        storage.secret = None
    elif wish.secret:
        storage.secret = sealed(wish.secret.encode(), place_of(storage))
    storage.save()
    return storage


def refuse_storage(storage: Storage, wish: StorageWish) -> None:
    """Refuse what a storage cannot be, as `keep_storage` does."""
    others = Storage.objects.for_merchant(storage.merchant).exclude(
        pk=-1 if storage.pk is None else storage.pk
    )
    if others.filter(name=wish.name).exists():
        raise KeyTaken(
            f"There is a storage '{wish.name}' already. Take another name.",
            errors=[{"pointer": "/name", "detail": "taken"}],
        )
    said = read_storage_settings(wish.kind, wish.settings).model_dump(mode="json")
    if len(wish.secret) > MOST_SECRET:
        raise Malformed(
            "The secret is too long.", errors=[{"pointer": "/secret", "detail": "too long"}]
        )
    named = KINDS[wish.kind].secret
    if named and not wish.secret and not _keeps_secret(storage, wish.kind, said):
        told = f"{named} is needed, and again where another place or user is named."
        raise Malformed(told, errors=[{"pointer": "/secret", "detail": told}])


def _keeps_secret(storage: Storage, kind: str, said: Mapping[str, Any]) -> bool:
    """Tell whether a storage goes on leading to whom its secret was given for."""
    places = ("endpoint", "bucket", "access_key", "host", "host_key", "port", "user")
    was = storage.settings if storage.secret is not None and storage.kind == kind else None
    return was is not None and all(was.get(name) == said.get(name) for name in places)
