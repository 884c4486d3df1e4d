"""The keys that sign a merchant's quotes: made when first needed, rotated, withdrawn, and their public halves told.

A key is published from the moment it is made. It signs from its `signs_from` on until the next one does, and stays
published until everything it may have signed has expired. Of two keys the one counts whose `signs_from` is later.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.errors import NotFound
from catalog.models import Merchant
from configurator.models import MOST_VALID_DAYS, QuoteTerms, SigningKey
from configurator.quote_tokens import encoded, public_jwk, thumbprint
from configurator.sealing import opened, sealed

logger = logging.getLogger(__name__)

SIGNER_SECONDS = 15
"""So long a process goes on with what it knows of a merchant's keys and of how long quotes hold."""
KEYS_SECONDS = 600
"""So long everybody may keep the published keys."""
PUBLISHED_AHEAD = timedelta(hours=1)
"""So long a new key is published before it signs: longer than anybody keeps the published keys."""
# For what a process signs that knows of a new key a little late, and for clocks that differ.
_MARGIN = timedelta(days=2)
_PUBLISHED_AFTER = timedelta(days=MOST_VALID_DAYS) + _MARGIN
# A key that this process cannot open is passed over for the one before it only if that was in use until just now.
_STILL_FRESH = timedelta(days=1)
_ATTEMPTS = 5

type State = Literal["published", "signs", "superseded", "retired", "withdrawn"]


@dataclass(frozen=True)
class Signer:
    """What a process needs to sign quotes of one merchant, and how long they hold."""

    merchant: str
    kid: str
    terms: QuoteTerms
    private: Ed25519PrivateKey = field(repr=False)


_signers: dict[str, tuple[float, Signer]] = {}
_MOST_SIGNERS = 1_000


def forget_signers() -> None:
    """Forget what this process knows of signing keys, as a restart would."""
    _signers.clear()


def issuer_of(merchant: str) -> str:
    """Return how the quotes of `merchant` (a slug) name their issuer: the address below which its keys are."""
    return f"{settings.PUBLIC_URL}/m/{merchant}"


def signer_of(merchant: str) -> Signer:
    """Return what signs for `merchant` (a slug) now, at most SIGNER_SECONDS old.

    Makes the first key where there is none, and another where no secret of the settings opens the present one. Refuses
    with NotFound where there is no such merchant.
    """
    known = _signers.get(merchant)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    signer = _loaded(merchant)

    def keep() -> None:
        if len(_signers) >= _MOST_SIGNERS:
            _signers.clear()
        _signers[merchant] = (time.monotonic() + SIGNER_SECONDS, signer)

    # A key of a transaction that is rolled back must not sign for anybody else.
    transaction.on_commit(keep)
    return signer


def _loaded(slug: str) -> Signer:
    merchant = Merchant.objects.filter(slug=slug).select_related("quote_terms").first()
    if merchant is None:
        raise NotFound("There is no such merchant.")
    private, kid = _again(lambda: _signing(merchant))
    return Signer(slug, kid, terms_of(merchant), private)


def _signing(merchant: Merchant) -> tuple[Ed25519PrivateKey, str]:
    """Return the key that signs for a merchant now, with its id; refuse with IntegrityError as `_make` does."""
    now = timezone.now()
    keys = SigningKey.objects.for_merchant(merchant).filter(signs_from__lte=now, withdrawn_at=None)
    latest = list(keys.order_by("-signs_from", "-number")[:2])
    if len(latest) > 1 and now - latest[0].signs_from > _STILL_FRESH:
        del latest[1:]
    for key in latest:
        if (private := _opened(key)) is not None:
            return private, key.kid
        logger.error("The signing key %s cannot be opened: no secret of the settings fits.", key.kid)
    private = Ed25519PrivateKey.generate()
    return private, _make(merchant, now, private).kid


def terms_of(merchant: Merchant) -> QuoteTerms:
    """Return how long quotes of `merchant` hold: what was set, or else what holds for everybody."""
    try:
        return merchant.quote_terms
    except QuoteTerms.DoesNotExist:
        return QuoteTerms(merchant=merchant)


def _place(merchant_id: int, kid: str) -> str:
    return f"signing-key/{merchant_id}/{kid}"


def _make(merchant: Merchant, signs_from: datetime, private: Ed25519PrivateKey | None = None) -> SigningKey:
    """Make the next key of a merchant; refuse with IntegrityError where somebody made it at the same time."""
    private = private or Ed25519PrivateKey.generate()
    public = encoded(private.public_key().public_bytes_raw())
    kid = thumbprint(public)
    keys = SigningKey.objects.for_merchant(merchant)
    last = keys.order_by("-number").values_list("number", flat=True).first() or 0
    content = sealed(private.private_bytes_raw(), _place(merchant.pk, kid))
    with transaction.atomic():
        key: SigningKey = keys.create(
            merchant=merchant, number=last + 1, kid=kid, public=public, sealed=content, signs_from=signs_from
        )
    return key


def _opened(key: SigningKey) -> Ed25519PrivateKey | None:
    content = opened(bytes(key.sealed), _place(key.merchant_id, key.kid))
    return None if content is None else Ed25519PrivateKey.from_private_bytes(content)


def _again[Answer](ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` answers; it is asked again where somebody made the same key at the same time."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return ask()
        except IntegrityError:
            continue
    return ask()


# ---- rotation --------------------------------------------------------------------------------------------------------


def rotate_signing_key(merchant: Merchant) -> SigningKey:
    """Make the next signing key of `merchant`: published at once, signing PUBLISHED_AHEAD later. Safe to repeat.

    While a key waits for its time that one is returned, and no other is made. The first key of all signs at once.
    """
    return _again(lambda: _next(merchant))


def _next(merchant: Merchant) -> SigningKey:
    now = timezone.now()
    keys = SigningKey.objects.for_merchant(merchant).filter(withdrawn_at=None)
    waiting: SigningKey | None = keys.filter(signs_from__gt=now).order_by("-signs_from").first()
    return waiting or _make(merchant, now + PUBLISHED_AHEAD if keys.exists() else now)


@transaction.atomic
def withdraw_signing_key(key: SigningKey) -> None:
    """Withdraw a key that others may know: it is no longer published, and nothing it signed counts. Safe to repeat.

    Where it was the one that signs, another is made that signs at once. Other processes may sign with the withdrawn key
    for SIGNER_SECONDS yet; what they sign is refused.
    """
    row = SigningKey.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=key.pk)
    if row.withdrawn_at is None:
        now = row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        others = SigningKey.objects.for_merchant(row.merchant).filter(withdrawn_at=None)
        # One that signed before may be as old as this one; what signs from now on was made now.
        if row.signs_from <= now and not others.filter(signs_from__lte=now, signs_from__gt=row.signs_from):
            _again(lambda: _make(row.merchant, now))
    key.withdrawn_at = row.withdrawn_at
    transaction.on_commit(forget_signers)


# ---- what is published -----------------------------------------------------------------------------------------------


def states_of(keys: Sequence[SigningKey], now: datetime) -> dict[int, State]:
    """Return the state of each of a merchant's keys at `now`, by the row's id; `keys` are all there are."""
    states: dict[int, State] = {}
    later: SigningKey | None = None
    for key in sorted(keys, key=lambda each: (each.signs_from, each.number), reverse=True):
        if key.withdrawn_at is not None:
            states[key.pk] = "withdrawn"
            continue
        if key.signs_from > now:
            states[key.pk] = "published"
        elif later is None or later.signs_from > now:
            states[key.pk] = "signs"
        else:
            states[key.pk] = "superseded" if later.signs_from + _PUBLISHED_AFTER > now else "retired"
        later = key
    return states


def published_until(key: SigningKey, keys: Iterable[SigningKey]) -> datetime | None:
    """Return until when `key` is published, None where no other of the merchant's `keys` follows it."""
    following = [
        each.signs_from
        for each in keys
        if each.withdrawn_at is None and (each.signs_from, each.number) > (key.signs_from, key.number)
    ]
    return min(following) + _PUBLISHED_AFTER if following else None


def published_keys(merchant: str | None = None) -> list[dict[str, str]]:
    """Return the JSON Web Keys that verify quotes of `merchant` (a slug), or those of all merchants.

    Makes the merchant's first key where there is none. Refuses with NotFound where there is no such merchant.
    """
    if merchant is not None:
        signer_of(merchant)
    keys = SigningKey.objects.defer("sealed").order_by("merchant_id", "number")
    if merchant is not None:
        keys = keys.filter(merchant__slug=merchant)
    now = timezone.now()
    found = []
    for _, group in groupby(keys, key=lambda key: key.merchant_id):
        of_merchant = list(group)
        states = states_of(of_merchant, now)
        found += [
            public_jwk(key.public, key.kid)
            for key in of_merchant
            if states[key.pk] in {"published", "signs", "superseded"}
        ]
    return found
