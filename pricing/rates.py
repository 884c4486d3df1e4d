"""Exchange rates and tax rates, many at once: each row on its own, what is wrong told by row, with
a dry run.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from catalog.auditing import record
from catalog.errors import Malformed
from catalog.models import Merchant
from pricing import in_force
from pricing.grid import MOST_ERRORS, RowError
from pricing.models import ExchangeRate, PriceRevision, TaxRate

type Place = tuple[Any, ...]


@dataclass
class RatesReport:
    """What keeping rows did, or in a dry run would do.

    `refused` counts wrong rows; `errors` tells the first thousand cells.
    """

    created: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)


def keep_exchange_rates(
    merchant: Merchant, rows: Iterable[Mapping[str, Any]], dry_run: bool = False
) -> RatesReport:
    """Keep `rows` as exchange rates of the merchant and return what that did; in a `dry_run` keep
    nothing.

    A row has the fields of an exchange rate; one whose `rate` is None takes away what was kept for
    its currencies and beginning. Rows that are wrong are told and left out, the others are kept.
    """

    def place(terms: in_force.ExchangeRate) -> Place:
        return terms.currency, terms.into, terms.valid_from

    def row_of(terms: in_force.ExchangeRate, row: ExchangeRate | None) -> ExchangeRate:
        row = row or ExchangeRate(merchant=merchant)
        for name in ExchangeRate.columns:
            setattr(row, name, getattr(terms, name))
        return row

    return _kept(
        merchant, ExchangeRate, in_force.ExchangeRate, "exchange rate", rows, dry_run, place, row_of
    )


def keep_tax_rates(
    merchant: Merchant, rows: Iterable[Mapping[str, Any]], dry_run: bool = False
) -> RatesReport:
    """Keep `rows` as tax rates of the merchant and return what that did; in a `dry_run` keep
    nothing.

    A row has the fields of a tax rate; one whose `rate` is None takes away what was kept for its
    class, country, region and beginning. Rows that are wrong are told and left out, the others are
    kept.
    """

    def place(terms: in_force.TaxRate) -> Place:
        return terms.tax_class, terms.country, terms.region or "", terms.valid_from

    def row_of(terms: in_force.TaxRate, row: TaxRate | None) -> TaxRate:
        row = row or TaxRate(merchant=merchant)
        row.take(terms)
        return row

    return _kept(merchant, TaxRate, in_force.TaxRate, "tax rate", rows, dry_run, place, row_of)


@transaction.atomic
def _kept(
    merchant: Merchant,
    model: Any,
    kind: type[Any],
    noun: str,
    rows: Iterable[Mapping[str, Any]],
    dry_run: bool,
    place: Callable[[Any], Place],
    row_of: Callable[[Any, Any], Any],
) -> RatesReport:
    """Keep `rows`, each read as a `kind` and written into a row of `model`, which has one for each
    `place`.
    """
    report = RatesReport()
    known = {place(row.terms()): row for row in model.objects.for_merchant(merchant).order_by("pk")}
    seen: dict[Place, int] = {}
    created, changed, deleted = [], [], []
    for number, document in enumerate(rows, 1):
        is_taken_away = document.get("rate") is None
        given = {name: each for name, each in document.items() if each is not None}
        try:
            # What is taken away is found by its place alone; any rate will do to read it.
            terms = in_force.read_row(kind, {**given, "rate": 1} if is_taken_away else given, noun)
        except Malformed as refused:
            report.refused += 1
            told = [
                (each["pointer"].strip("/").partition("/")[0], each["detail"])
                for each in refused.data["errors"]
            ]
            report.errors += [RowError(number, column, detail) for column, detail in told][
                : MOST_ERRORS - len(report.errors)
            ]
            continue
        here = place(terms)
        if here in seen:
            report.refused += 1
            report.errors.append(
                RowError(
                    number, "valid_from", f"row {seen[here]} is for the same place and beginning"
                )
            )
            continue
        seen[here] = number
        row = known.get(here)
        if row is None and not is_taken_away:
            created.append(row_of(terms, None))
        elif row is None or (not is_taken_away and row.terms() == terms):
            report.unchanged += 1
        elif is_taken_away:
            deleted.append(row.pk)
        else:
            changed.append(row_of(terms, row))
    report.created, report.changed, report.deleted = len(created), len(changed), len(deleted)
    if not dry_run and (created or changed or deleted):
        model.objects.bulk_create(created)
        columns = [
            each.name for each in model._meta.concrete_fields if each.name not in ("id", "merchant")
        ]
        model.objects.bulk_update(changed, columns)
        model.objects.for_merchant(merchant).filter(pk__in=deleted).delete()
        PriceRevision.change(merchant.pk)
        counts = [
            f"{verb} {count}"
            for verb, count in (
                ("created", report.created),
                ("changed", report.changed),
                ("deleted", report.deleted),
            )
            if count
        ]
        rows_told = [_said(row) for row in (*created, *changed)]
        record(merchant, f"{noun.replace(' ', '-')}s.changed", "", changes=[*counts, *rows_told])
    return report


def _said(row: Any) -> str:
    terms = row.terms()
    return ", ".join(f"{name} {each}" for name, each in in_force.write_row(terms).items())
