"""The keys that sign a merchant's quotes: made when first needed, rotated, withdrawn, and their
public halves told.

A key is published from the moment it is made. It signs from its `signs_from` on until the next one
does, and stays published until everything it may have signed has expired. Of two keys the one
counts whose `signs_from` is later.
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

from catalog.auditing import record
from catalog.errors import NotFound
from catalog.memory import MEGABYTE, Remembered
from catalog.models import Merchant
from configurator.models import MOST_VALID_DAYS, QuoteTerms, SigningKey
from configurator.quoting.tokens import encoded, public_jwk, thumbprint
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
# A key that this process cannot open is passed over for the one before it only if that was in use
# until just now.
_STILL_FRESH = timedelta(days=1)
_ATTEMPTS = 5

type State = Literal["published", "signs", "superseded", "retired", "withdrawn"]


@dataclass(frozen=True)
class Signer:
    """What a process needs to sign quotes of one merchant, and how long they hold."""

    merchant: str
    merchant_id: int
    kid: str
    terms: QuoteTerms
    private: Ed25519PrivateKey = field(repr=False)


# Until when each holds.
_signers: Remembered[str, tuple[float, Signer]] = Remembered(MEGABYTE, lambda *_: 2_000)


def issuer_of(merchant: str) -> str:
    """Return how the quotes of `merchant` (a slug) name their issuer: the address below which its
    keys are.
    """
    return f"{settings.PUBLIC_URL}/m/{merchant}"


def signer_of(merchant: str) -> Signer:
    """Return what signs for `merchant` (a slug) now, at most SIGNER_SECONDS old.

    Makes the first key where there is none, and another where no secret of the settings opens the
    present one. Refuses with NotFound where there is no such merchant.
    """
    known = _signers.get(merchant)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    signer = _loaded(merchant)

    def keep() -> None:
        _signers.keep(merchant, (time.monotonic() + SIGNER_SECONDS, signer))

    # A key of a transaction that is rolled back must not sign for anybody else.
    transaction.on_commit(keep)
    return signer


def _loaded(slug: str) -> Signer:
    merchant = Merchant.objects.filter(slug=slug).select_related("quote_terms").first()
    if merchant is None:
        raise NotFound("There is no such merchant.")
    private, kid = _again(lambda: _signing(merchant))
    return Signer(slug, merchant.pk, kid, terms_of(merchant), private)


def _signing(merchant: Merchant) -> tuple[Ed25519PrivateKey, str]:
    """Return the key that signs for a merchant now, with its id; refuse with IntegrityError as
    `_make` does.
    """
    keys = _keys_of(merchant)
    now = timezone.now()
    counting = _counting(keys)
    latest = [key for key in reversed(counting) if key.signs_from <= now][:2]
    if len(latest) > 1 and now - latest[0].signs_from > _STILL_FRESH:
        del latest[1:]
    # Where nothing signs, what waits does: it is the first key, made by a clock that is ahead of
    # ours.
    for key in latest or counting[:1]:
        if (private := _opened(key)) is not None:
            return private, key.kid
        logger.error(
            "The signing key %s cannot be opened: no secret of the settings fits.", key.kid
        )
    private = _new_private()
    return private, _make(merchant, keys, now, private).kid


def _keys_of(merchant: Merchant) -> list[SigningKey]:
    """Return all keys of a merchant, as they are at one moment."""
    return list(SigningKey.objects.for_merchant(merchant).order_by("number"))


def _counting(keys: Iterable[SigningKey]) -> list[SigningKey]:
    """Return those of `keys` that are not withdrawn, in the order in which they sign."""
    return sorted(
        (key for key in keys if key.withdrawn_at is None),
        key=lambda key: (key.signs_from, key.number),
    )


def terms_of(merchant: Merchant) -> QuoteTerms:
    """Return how long quotes of `merchant` hold: what was set, or else what holds for everybody."""
    try:
        return merchant.quote_terms
    except QuoteTerms.DoesNotExist:
        return QuoteTerms(merchant=merchant)


def _place(merchant_id: int, kid: str) -> str:
    return f"signing-key/{merchant_id}/{kid}"


def _make(
    merchant: Merchant,
    keys: Sequence[SigningKey],
    signs_from: datetime,
    private: Ed25519PrivateKey | None = None,
) -> SigningKey:
    """Make the key that follows `keys`, all that the merchant has; refuse with IntegrityError where
    others came first.

    What makes a key necessary and the number it gets are told by the same look at the table. So of
    two that find a key missing at the same time one is refused.
    """
    private = private or _new_private()
    public = _public(private)
    kid = thumbprint(public)
    content = sealed(private.private_bytes_raw(), _place(merchant.pk, kid))
    number = max((key.number for key in keys), default=0) + 1
    with transaction.atomic():
        key: SigningKey = SigningKey.objects.create(
            merchant=merchant,
            number=number,
            kid=kid,
            public=public,
            sealed=content,
            signs_from=signs_from,
        )
    return key


def _public(private: Ed25519PrivateKey) -> str:
    return encoded(private.public_key().public_bytes_raw())


def _new_private() -> Ed25519PrivateKey:
    """Return a new key whose id does not begin with a dash: command lines would read that as an
    option.
    """
    while thumbprint(_public(private := Ed25519PrivateKey.generate())).startswith("-"):
        pass
    return private


def _opened(key: SigningKey) -> Ed25519PrivateKey | None:
    content = opened(bytes(key.sealed), _place(key.merchant_id, key.kid))
    return None if content is None else Ed25519PrivateKey.from_private_bytes(content)


def _again[Answer](ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` answers; it is asked again where somebody made the same key at the same
    time.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return ask()
        except IntegrityError:
            continue
    return ask()


# ---- rotation ------------------------------------------------------------------------------------


def rotate_signing_key(merchant: Merchant) -> SigningKey:
    """Make the next signing key of `merchant`: published at once, signing PUBLISHED_AHEAD later.
    Safe to repeat.

    While a key waits for its time that one is returned, and no other is made. The first key of all
    signs at once.
    """
    return _again(lambda: _next(merchant))


def _next(merchant: Merchant) -> SigningKey:
    keys = _keys_of(merchant)
    now = timezone.now()
    counting = _counting(keys)
    if counting and counting[-1].signs_from > now:
        return counting[-1]
    made = _make(merchant, keys, now + PUBLISHED_AHEAD if counting else now)
    record(merchant, "signing-key.made", made.kid, after={"signs_from": made.signs_from})
    return made


@transaction.atomic
def withdraw_signing_key(key: SigningKey) -> None:
    """Withdraw a key that others may know: it is no longer published, and nothing it signed counts.
    Safe to repeat.

    Where it was the one that signs, another is made that signs at once. Other processes may sign
    with the withdrawn key for SIGNER_SECONDS yet; what they sign is refused.
    """
    row = (
        SigningKey.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=key.pk)
    )
    if row.withdrawn_at is None:
        now = row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        record(row.merchant, "signing-key.withdrawn", row.kid)
        if row.signs_from <= now:
            _again(lambda: _in_place_of(row, now))
    key.withdrawn_at = row.withdrawn_at
    transaction.on_commit(_signers.clear)


def _in_place_of(withdrawn: SigningKey, now: datetime) -> None:
    """Make a key that signs from `now` on, unless one does that began after the withdrawn one."""
    keys = _keys_of(withdrawn.merchant)
    # One that signed before may be as old as the withdrawn one; what signs from now on is new.
    if not any(withdrawn.signs_from < key.signs_from <= now for key in _counting(keys)):
        _make(withdrawn.merchant, keys, now)


# ---- what is published ---------------------------------------------------------------------------


def states_of(keys: Sequence[SigningKey], now: datetime) -> dict[int, State]:
    """Return the state of each of a merchant's keys at `now`, by the row's id; `keys` are all there
    are.
    """
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
            states[key.pk] = (
                "superseded" if later.signs_from + _PUBLISHED_AFTER > now else "retired"
            )
        later = key
    return states


def published_until(key: SigningKey, keys: Iterable[SigningKey]) -> datetime | None:
    """Return until when `key` is published, None where no other of the merchant's `keys` follows
    it.
    """
    following = [
        each.signs_from
        for each in keys
        if each.withdrawn_at is None
        and (each.signs_from, each.number) > (key.signs_from, key.number)
    ]
    return min(following) + _PUBLISHED_AFTER if following else None


def published_keys(merchant: str | None = None) -> list[dict[str, str]]:
    """Return the JSON Web Keys that verify quotes of `merchant` (a slug), or those of all
    merchants.

    Makes the merchant's first key where there is none. Refuses with NotFound where there is no such
    merchant.
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
