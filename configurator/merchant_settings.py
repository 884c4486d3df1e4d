"""What a merchant decides for all of its products: name, shop sites, languages, country, colour, and
how long quotes and prices of open configurations hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.auditing import facts_of, record
from catalog.errors import Malformed
from catalog.models import Merchant
from catalog.sites import origin_of
from configurator.models import QuoteTerms
from configurator.quoting.signing_keys import terms_of

TERMS = ("valid_days", "most_days", "open_days")


@dataclass(frozen=True)
class Settings:
    """What a merchant decides; `terms` are days, by the name of the column."""

    name: str
    sites: Sequence[str]
    locales: Sequence[str]
    country: str
    accent: str
    terms: Mapping[str, int]


def settings_of(merchant: Merchant) -> Settings:
    """Return what `merchant` decided, or what holds where it decided nothing."""
    terms = terms_of(merchant)
    return Settings(
        merchant.name,
        tuple(merchant.origins),
        tuple(merchant.locales),
        merchant.country,
        merchant.accent,
        {name: getattr(terms, name) for name in TERMS},
    )


@transaction.atomic
def keep_settings(merchant: Merchant, settings: Settings) -> Merchant:
    """Give the merchant these settings in place of those before, and return its row.

    Refuses with Malformed, every place named. They hold from the next request on; a process goes on
    signing quotes by the terms it knows for some seconds.
    """
    row = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    before = facts_of(row) | dict(settings_of(row).terms)
    row.name, row.country, row.accent = settings.name, settings.country, settings.accent
    row.locales = list(dict.fromkeys(settings.locales))
    errors: list[dict[str, str]] = []
    sites = []
    for index, text in enumerate(settings.sites):
        try:
            sites.append(origin_of(text))
        except ValueError as error:
            errors.append({"pointer": f"/sites/{index}", "detail": str(error)})
    row.origins = list(dict.fromkeys(sites))
    errors += _errors(row, {"accent": "/colour", "origins": "/sites", "locales": "/languages"})
    terms = terms_of(row)
    for name, days in settings.terms.items():
        setattr(terms, name, days)
    own = {name: f"/quote_terms/{name}" for name in TERMS} | {"__all__": "/quote_terms"}
    errors += _errors(terms, own)
    if errors:
        raise Malformed(f"{errors[0]['pointer']}: {errors[0]['detail']}", errors=errors)
    row.save()
    if QuoteTerms.objects.filter(pk=row.pk).exists() or dict(settings.terms) != _defaults():
        terms.save()
    after = facts_of(row) | {name: getattr(terms, name) for name in TERMS}
    record(row, "merchant.changed", row.slug, before=before, after=after)
    return row


def _defaults() -> dict[str, Any]:
    return {name: getattr(QuoteTerms(), name) for name in TERMS}


def _errors(row: Any, pointers: Mapping[str, str]) -> list[dict[str, str]]:
    try:
        row.full_clean(validate_unique=False)
    except ValidationError as error:
        return [
            {"pointer": pointers.get(name, f"/{name}"), "detail": message}
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    return []
