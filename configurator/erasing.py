"""Personal data of buyers is erased: who bought, what they wrote, and what other systems wrote of
them. What was sold, under which version and at what price, stays.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.kinds.register import kind_of
from catalog.models import Merchant, Version
from catalog.product_model import ProductModel
from configurator.keeping import copy_columns, locked
from configurator.models import Configuration, Erasure, KeptQuote
from configurator.offers import compiled
from configurator.quoting.signing_keys import signer_of
from configurator.quoting.tokens import claims_of, signed
from configurator.signals import personal_data_erased
from configurator.stored import model_of

MOST_AT_ONCE = 100
_BY_OPTION = ("choices", "values", "retracted", "changes", "attempted")


@dataclass(frozen=True)
class Erased:
    """What is erased together: of which objects, which options hold what people wrote, and what
    stands in the place of quotes.

    `configuration` is the id of one, None where quotes alone are meant; `quotes` are the ids of
    these. `tokens` gives the new token for each old one. `said` are the texts themselves.
    """

    merchant: Merchant
    configuration: str | None
    quotes: Collection[str]
    options: Collection[str]
    tokens: Mapping[str, str]
    said: Collection[str] = field(default_factory=frozenset)

    @property
    def ids(self) -> list[str]:
        """The public ids of all that is erased."""
        return [each for each in (self.configuration, *self.quotes) if each]

    def without(self, document: Any) -> Any:
        """Return plain JSON values of an answer, an event or an evaluation without personal data."""
        if isinstance(document, list):
            return [self.without(each) for each in document]
        if isinstance(document, str):
            return self.tokens.get(document, document)
        if not isinstance(document, dict):
            return document
        return {name: self._member(name, each) for name, each in document.items()}

    def _member(self, name: str, value: Any) -> Any:
        if name == "customer":
            return None
        if name == "metadata":
            return {}
        if name in _BY_OPTION and isinstance(value, dict):
            return {key: each for key, each in value.items() if key not in self.options}
        if name == "options" and isinstance(value, dict):
            return {
                key: {**each, "value": None, "told": ""} if key in self.options else each
                for key, each in value.items()
            }
        if name == "derived" and isinstance(value, dict):
            return {key: self._unsaid(each) for key, each in value.items()}
        if name == "prints" and isinstance(value, list):
            return [self._print(each) for each in value]
        return self.without(value)

    def _print(self, told: dict[str, Any]) -> dict[str, Any]:
        """Return what is told of a print, without the text and the file that are on it."""
        found = {**told, "text": self._unsaid(told.get("text"))}
        picture = told.get("picture")
        if picture is not None and picture.get("file") in self.said:
            found["picture"] = None
        return found

    def _unsaid(self, value: Any) -> Any:
        """Return what was made of texts, empty where it holds one of them."""
        is_said = isinstance(value, str) and any(text in value for text in self.said)
        return "" if is_said else value


@transaction.atomic
def erase_configuration(configuration: Configuration, by: str) -> None:
    """Erase customer, metadata, and all that people wrote from a configuration, its quotes, and what
    other rooms keep of it.

    Version, values of all other options, fingerprint, price, parts and reference stay. Changes made
    before cannot be undone. It is written down that `by` did it. Safe to repeat.
    """
    row = locked(configuration)
    model = model_of(row)
    texts = _texts(model)
    quotes = list(KeptQuote.objects.filter(configuration=row).select_for_update())
    tokens = {each.token: _erased_token(each.merchant.slug, each.token) for each in quotes}
    if row.quote and row.quote not in tokens:
        tokens[row.quote] = _erased_token(row.merchant.slug, row.quote)
    erased = Erased(
        merchant=row.merchant,
        configuration=row.public_id,
        quotes=frozenset(each.public_id for each in quotes),
        options=texts,
        tokens=tokens,
        said=frozenset(_said(row, texts)),
    )
    row.choices = erased.without({"choices": row.choices})["choices"]
    row.evaluation = erased.without(row.evaluation)
    row.buyer = {name: each for name, each in row.buyer.items() if name != "customer"}
    row.customer, row.past, row.future = "", [], []
    row.quote = tokens.get(row.quote, row.quote)
    row.metadata_entries.all().delete()
    # Files that no configuration holds any more are swept.
    row.uploads.clear()
    row.revision += 1
    row.save()
    _keep_tokens(quotes, tokens)
    copy_columns(row, configuration)
    _told(erased, by)


@transaction.atomic
def erase_quote(quote: KeptQuote, by: str) -> None:
    """Erase customer and texts from a quote that was given without a configuration."""
    tokens = {quote.token: _erased_token(quote.merchant.slug, quote.token)}
    claims = claims_of(quote.token)
    texts = _texts_of_quote(quote.merchant, claims.digest, claims.choices)
    erased = Erased(
        merchant=quote.merchant,
        configuration=None,
        quotes=frozenset({quote.public_id}),
        options=texts,
        tokens=tokens,
        said=frozenset(str(each) for key, each in claims.choices.items() if key in texts),
    )
    _keep_tokens([quote], tokens)
    _told(erased, by)


def erase_customer(merchant: Merchant, customer: str, by: str) -> tuple[int, bool]:
    """Erase what is known of a customer; return how many configurations and quotes that were, and
    whether more are left.

    At most MOST_AT_ONCE of both are erased, each for itself: ask again while more are left.
    """
    rows = Configuration.objects.for_merchant(merchant).filter(customer=customer)
    quotes = KeptQuote.objects.for_merchant(merchant).filter(customer=customer)
    done = 0
    for row in rows.order_by("pk")[:MOST_AT_ONCE]:
        erase_configuration(row, by)
        done += 1
    for quote in quotes.filter(configuration=None).order_by("pk")[: MOST_AT_ONCE - done]:
        erase_quote(quote, by)
        done += 1
    return done, rows.exists() or quotes.exists()


def _texts(model: ProductModel) -> frozenset[str]:
    """Return the options in which people write what they like, or give files of their own."""
    kinds = {option.key: kind_of(option) for option in model.options}
    return frozenset(key for key, kind in kinds.items() if kind.is_text or kind.is_file)


def _texts_of_quote(merchant: Merchant, digest: str, choices: Mapping[str, Any]) -> frozenset[str]:
    """Return the options of a quote in which people wrote; all, where its version is gone."""
    version = Version.objects.for_merchant(merchant).filter(digest=digest).first()
    if version is None:
        return frozenset(choices)
    return _texts(compiled(version.digest, version.document).model)


def _said(row: Configuration, texts: Collection[str]) -> set[str]:
    steps = [step.get("choices", {}) for step in (*row.past, *row.future)]
    return {
        str(each)
        for choices in (row.choices, *steps)
        for key, each in choices.items()
        if key in texts and each
    }


def _erased_token(merchant: str, token: str) -> str:
    """Return the quote that `token` is, under its id and at its price, without the personal data,
    signed by the key of now.
    """
    claims = claims_of(token)
    signer = signer_of(merchant)
    texts = _texts_of_quote(Merchant.objects.get(slug=merchant), claims.digest, claims.choices)
    document = claims.model_dump(exclude_none=True)
    document["choices"] = {key: each for key, each in claims.choices.items() if key not in texts}
    document["buyer"] = {name: each for name, each in claims.buyer.items() if name != "customer"}
    # What is encrypted in it may be a text as well.
    document.pop("internal", None)
    known = {
        name: each for name, each in document.items() if each not in ({}, []) or name == "choices"
    }
    return signed(known, signer.private, signer.kid)


def _keep_tokens(quotes: Collection[KeptQuote], tokens: Mapping[str, str]) -> None:
    for quote in quotes:
        quote.token, quote.customer = tokens[quote.token], ""
        quote.save(update_fields=["token", "customer"])


def _told(erased: Erased, by: str) -> None:
    Erasure.objects.create(
        merchant=erased.merchant,
        configuration=erased.configuration or "",
        quotes=sorted(erased.quotes),
        by=by,
        at=timezone.now(),
    )
    personal_data_erased.send(Erased, erased=erased)
