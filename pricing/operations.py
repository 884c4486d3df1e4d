"""What people do with prices: find the list that holds, bring whole product files in and out."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from catalog import drafts
from catalog.auditing import facts_of, record
from catalog.checking import accepted_findings, keep_accepted
from catalog.counts import told_count
from catalog.differences import differences
from catalog.errors import KeyTaken, Malformed, NotFound
from catalog.expressions.types import Scope
from catalog.memory import MEGABYTE, Remembered, size_of
from catalog.models import Merchant, Product, Version
from catalog.operations import import_model, pictures_of_others
from catalog.product_model import ProductModel, write_whole
from pricing import models
from pricing.breakdown import lines_in
from pricing.calendar import Calendar, Schedule, schedule_at
from pricing.checks import Elsewhere, HasEnded
from pricing.file_tariff import only_adds, taken_in, tariff_differences
from pricing.grid import model_of
from pricing.in_force import (
    Buyer,
    InForce,
    ListAmount,
    Tariff,
    cycles,
    in_force,
    last_of_all,
    overlaps,
    told_period,
)
from pricing.lines import amount_problem
from pricing.override import Limits
from pricing.price_list import PriceList, write_price_list
from pricing.product_file import ProductFile
from pricing.signals import price_lists_changed
from pricing.thresholds import Threshold

TARIFF_BYTES, IN_FORCE_BYTES = 64 * MEGABYTE, 32 * MEGABYTE
# How long before its end the administration tells that nothing follows a list; the checks of a
# product always do.
TOLD_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class ClosedPeriod:
    """Days on which a merchant does not work; without `last` the first alone."""

    first: date
    last: date | None = None
    name: str = ""


_tariffs: Remembered[tuple[str, str], tuple[str, Tariff]] = Remembered(
    TARIFF_BYTES, lambda _, kept: size_of(kept)
)
# Who asks in other words mostly gets the same list: what it takes counts once.
_in_force: Remembered[Any, InForce] = Remembered(
    IN_FORCE_BYTES,
    lambda asked, _: 1_000 + 2 * sum(len(str(each)) for each in asked),
    lambda known: (known.digest, lambda: size_of(known)),
)
_calendars: Remembered[str, tuple[str, tuple[Calendar, ZoneInfo, time | None] | None]] = Remembered(
    MEGABYTE, lambda _, kept: size_of(kept)
)


def terms_of(
    merchant: str,
    currency: str,
    key: str | None = None,
    *,
    product: str = "",
    tax_class: str = "standard",
    line_classes: tuple[str, ...] = (),
    buyer: Buyer | None = None,
    at: datetime | None = None,
    token: str | None = None,
) -> InForce:
    """Return the price list `key` of `merchant` (a slug), or without a key the one that `buyer`
    gets, for a product.

    It holds at `at`, by default now, for the key `product`, its tax class and those of its lines;
    without a product it has no amounts of its own. Refuses with NotFound as `in_force` does. Makes
    one query, which tells whether prices have changed, unless `token` tells it.
    """
    at = at or timezone.now()
    token, tariff = tariff_of(merchant, product, token)
    # Between two moments at which something begins or ends, the same holds.
    asked = (
        merchant,
        product,
        token,
        currency,
        key,
        buyer,
        tax_class,
        line_classes,
        bisect_right(tariff.moments, at),
    )
    known = _in_force.get(asked)
    if known is None:
        known = _in_force.keep(
            asked, in_force(tariff, currency, at, key, buyer, tax_class, line_classes)
        )
    return known


def token_of(merchant: str) -> str:
    """Return what tells whether prices, calendar or published versions of `merchant` (a slug) have
    changed.
    """
    # Asked on every request, and the building of a query takes longer than its answer.
    with connection.cursor() as cursor:
        cursor.execute(_token_query(), [merchant])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


@cache
def _token_query() -> str:
    rows = models.PriceRevision.objects.filter(merchant__slug="").values_list("token")
    return str(rows.query.sql_with_params()[0])


def tariff_of(merchant: str, product: str = "", token: str | None = None) -> tuple[str, Tariff]:
    """Return all that `merchant` keeps about the prices of a product, with the token of its
    revision.
    """
    token = token_of(merchant) if token is None else token
    known = _tariffs.get((merchant, product))
    if known is not None and known[0] == token:
        return known
    return _tariffs.keep((merchant, product), (token, _read_tariff(merchant, product)))


def schedule_of(
    merchant: str, at: datetime | None = None, token: str | None = None
) -> Schedule | None:
    """Return the calendar of `merchant` (a slug) as seen at `at`, by default now; None where there
    is none.

    Makes one query, which tells whether it has changed, unless `token` tells it.
    """
    token = token_of(merchant) if token is None else token
    known = _calendars.get(merchant)
    if known is None or known[0] != token:
        row = models.WorkCalendar.objects.filter(merchant__slug=merchant).first()
        kept = None if row is None else (row.terms(), ZoneInfo(row.time_zone), row.order_until)
        known = _calendars.keep(merchant, (token, kept))
    if known[1] is None:
        return None
    calendar, zone, order_until = known[1]
    return schedule_at(calendar, at or timezone.now(), zone, order_until)


def _read_tariff(merchant: str, product: str, of_draft: bool = False) -> Tariff:
    """Return all prices of a merchant that bear on a product; of a draft, without what is for
    earlier versions.
    """
    of_merchant = {"merchant__slug": merchant}
    lists = models.PriceList.objects.filter(**of_merchant).order_by("pk")
    amounts = models.ListAmount.objects.filter(
        price_list__merchant__slug=merchant, product__key=product
    )
    if of_draft:
        amounts = amounts.filter(earlier=False)
    return Tariff(
        price_lists=tuple(row.terms() for row in lists),
        list_amounts=tuple(
            row.terms() for row in amounts.select_related("price_list").order_by("pk")
        ),
        exchange_rates=tuple(
            row.terms() for row in models.ExchangeRate.objects.filter(**of_merchant).order_by("pk")
        ),
        tax_rates=tuple(
            row.terms() for row in models.TaxRate.objects.filter(**of_merchant).order_by("pk")
        ),
        revisions={row.key: row.revision for row in lists},
    )


def prices_changed(row: Any, is_deleted: bool = False) -> None:
    """Let the change of `row`, a price list or something kept for prices, hold from the next
    request on.
    """
    merchant = row.price_list.merchant_id if isinstance(row, models.ListAmount) else row.merchant_id
    if is_deleted:
        # A merchant that is being deleted gets no new row that would hold it back.
        models.PriceRevision.objects.filter(merchant_id=merchant).update(token=models.new_token())
    else:
        models.PriceRevision.change(merchant)
    changed = row.price_list_id if isinstance(row, models.ListAmount) else row.pk
    if isinstance(row, (models.ListAmount, models.PriceList)):
        models.PriceList.objects.filter(pk=changed).update(revision=F("revision") + 1)
        price_list = row if isinstance(row, models.PriceList) else row.price_list
        price_lists_changed.send(
            models.PriceList, price_lists=[price_list], is_deleted=is_deleted and price_list is row
        )


def override_limits(merchant: Merchant) -> Limits:
    """Return how far prices of `merchant` may be changed by hand; without any limits where none are
    kept.
    """
    row = models.OverrideLimits.objects.for_merchant(merchant).first()
    return Limits() if row is None else row.terms()


def thresholds_of(merchant: Merchant) -> tuple[Threshold, ...]:
    """Return the prices at which `merchant` wants to be told, in order of their keys."""
    rows = models.PriceThreshold.objects.for_merchant(merchant).select_related(
        "product", "price_list"
    )
    return tuple(row.terms() for row in rows.order_by("key"))


@contextmanager
def holding_prices(merchant: Merchant) -> Iterator[None]:
    """Let others who change prices of `merchant` wait: what is read in the block is what it
    changes.
    """
    with transaction.atomic():
        models.PriceRevision.hold(merchant.pk)
        yield


def price_list_called(merchant: Merchant, key: str) -> models.PriceList:
    """Return the merchant's price list of that key; refuse with NotFound where there is none."""
    row: models.PriceList | None = (
        models.PriceList.objects.for_merchant(merchant).filter(key=key).first()
    )
    if row is None:
        raise NotFound(f"There is no price list '{key}'.")
    return row


def losing_price(merchant_id: int, terms: PriceList) -> tuple[str, ...]:
    """Return the keys of published products that have a price in the list of `terms` now, and would
    have none then.

    So it is where a list takes lines of its own only, or is made from another no more.
    """
    row = models.PriceList.objects.filter(merchant_id=merchant_id, key=terms.key).first()
    before = None if row is None else row.terms()
    if row is None or before is None or terms.on_request or terms.derived is not None:
        return ()
    if before.derived is None and (before.own_lines_only or not terms.own_lines_only):
        return ()
    kept: dict[int, list[tuple[str, str, str]]] = {}
    for each in row.amounts.all():
        kept.setdefault(each.product_id, []).append((each.line, each.value, each.amount))
    found = []
    for product in (
        Product.objects.filter(merchant_id=merchant_id, versions__isnull=False)
        .distinct()
        .order_by("key")
    ):
        model, amounts = model_of(product), tuple(kept.get(product.pk, ()))
        had = before.derived is not None or lines_in(model, InForce(before, amounts))
        if had and not lines_in(model, InForce(terms, amounts)):
            found.append(product.key)
    return tuple(found)


def told_losing(keys: Sequence[str]) -> str:
    """Return how many products lose their price, with some of them, as a sentence."""
    more = f" and {len(keys) - _MOST_NAMED:,} more" if len(keys) > _MOST_NAMED else ""
    count = told_count(len(keys), "product")
    return f"{count} would have no price in this list: {', '.join(keys[:_MOST_NAMED])}{more}"


_MOST_NAMED = 5


@transaction.atomic
def keep_price_list(
    merchant: Merchant, terms: PriceList, is_new: bool, accept_lost: bool = False
) -> models.PriceList:
    """Make a price list with `terms`, or give the one of that key these terms; return its row.

    Refuses with KeyTaken a new list whose key is taken; with Malformed, every place named, another
    currency, what a list cannot be beside the others, and, unless that is accepted, terms with
    which products lose their price.
    """
    if not accept_lost and (lost := losing_price(merchant.pk, terms)):
        raise _misfit("/own_lines_only", f"{told_losing(lost)}; say accept_lost if that is meant")
    row = models.PriceList.objects.for_merchant(merchant).filter(key=terms.key).first()
    if is_new and row is not None:
        raise _taken(f"there is a price list '{terms.key}' already; replace its terms instead")
    if row is not None and row.currency != terms.currency:
        raise _misfit(
            "/currency", f"the amounts of this list are in {row.currency}; make another list"
        )
    before = None if row is None else write_price_list(row.terms())
    row = row or models.PriceList(merchant=merchant)
    row.take(terms)
    _refuse_invalid(row, "The list")
    row.save()
    row.refresh_from_db()
    action = "price-list.created" if before is None else "price-list.changed"
    record(merchant, action, row.key, before=before, after=write_price_list(row.terms()))
    return row


@transaction.atomic
def make_default(row: models.PriceList) -> None:
    """Make a list the one that everybody gets in its currency, in place of those that are it while
    it holds.

    Refuses with Malformed a list for some buyers only. Safe to repeat.
    """
    models.PriceRevision.hold(row.merchant_id)
    row.refresh_from_db()
    terms = replace(row.terms(), is_default=True)
    if any(terms.audience):
        raise _misfit(
            "/is_default",
            f"'{row.key}' is for some buyers only, so it cannot be the list of everybody",
        )
    others = models.PriceList.objects.filter(merchant_id=row.merchant_id, is_default=True).exclude(
        pk=row.pk
    )
    for other in others:
        if overlaps([terms, other.terms()]):
            other.is_default = False
            other.save()
            _record_default(other)
    if not row.is_default:
        row.is_default = True
        row.save()
        _record_default(row)


def _record_default(row: models.PriceList) -> None:
    now = {"is_default": row.is_default}
    before = {"is_default": not row.is_default}
    record(row.merchant, "price-list.changed", row.key, before=before, after=now)


@transaction.atomic
def keep_calendar(
    merchant: Merchant,
    time_zone: str,
    working_days: Collection[str],
    order_until: time | None = None,
    closed: Sequence[ClosedPeriod] = (),
) -> models.WorkCalendar:
    """Give the merchant this calendar in place of the one before, closed days included; return its
    row.

    `working_days` are names such as "monday". Refuses with Malformed, every place named.
    """
    before = _calendar_facts(merchant)
    row = models.WorkCalendar.objects.for_merchant(merchant).first() or models.WorkCalendar(
        merchant=merchant
    )
    row.time_zone, row.order_until = time_zone, order_until
    for name in row.week:
        setattr(row, name, name in working_days)
    _refuse_invalid(row, "The calendar")
    days = [
        models.ClosedDays(merchant=merchant, first=each.first, last=each.last, name=each.name)
        for each in closed
    ]
    for index, each in enumerate(days):
        _refuse_invalid(each, "The closed days", f"/closed/{index}")
    row.save()
    models.ClosedDays.objects.for_merchant(merchant).delete()
    models.ClosedDays.objects.bulk_create(days)
    models.PriceRevision.change(merchant.pk)
    record(merchant, "calendar.changed", "", before=before, after=_calendar_facts(merchant))
    return row


def _calendar_facts(merchant: Merchant) -> dict[str, Any]:
    """Return what is written down of the calendar; nothing where there is none."""
    row = calendar_if_any(merchant)
    if row is None:
        return {}
    closed = models.ClosedDays.objects.for_merchant(merchant).order_by("first")
    told = [f"{each.first} – {each.last} {each.name}".strip() for each in closed]
    return {**facts_of(row), "closed": told}


def calendar_of(merchant: Merchant) -> models.WorkCalendar:
    """Return the merchant's calendar; refuse with NotFound where there is none."""
    row = calendar_if_any(merchant)
    if row is None:
        raise NotFound("There is no calendar.")
    return row


def calendar_if_any(merchant: Merchant) -> models.WorkCalendar | None:
    """Return the merchant's calendar; None where there is none."""
    row: models.WorkCalendar | None = models.WorkCalendar.objects.for_merchant(merchant).first()
    return row


@transaction.atomic
def forget_calendar(merchant: Merchant) -> None:
    """Take the merchant's calendar away, closed days included: lead times are then told in days
    alone.
    """
    calendar = calendar_of(merchant)
    record(merchant, "calendar.deleted", "", before=_calendar_facts(merchant))
    calendar.delete()
    models.ClosedDays.objects.for_merchant(merchant).delete()


def threshold_called(merchant: Merchant, key: str) -> models.PriceThreshold:
    """Return the merchant's threshold of that key; refuse with NotFound where there is none."""
    rows = models.PriceThreshold.objects.for_merchant(merchant).select_related(
        "product", "price_list"
    )
    row: models.PriceThreshold | None = rows.filter(key=key).first()
    if row is None:
        raise NotFound(f"There is no price threshold '{key}'.")
    return row


@transaction.atomic
def keep_threshold(merchant: Merchant, terms: Threshold, is_new: bool) -> models.PriceThreshold:
    """Make a threshold with `terms`, or give the one of that key these terms; return its row.

    Refuses with KeyTaken a new one whose key is taken; with Malformed a product or list that is not
    there.
    """
    row = models.PriceThreshold.objects.for_merchant(merchant).filter(key=terms.key).first()
    if is_new and row is not None:
        raise _taken(f"there is a price threshold '{terms.key}' already; replace it instead")
    before = {} if row is None else facts_of(row)
    row = row or models.PriceThreshold(merchant=merchant)
    row.key, row.name, row.measure, row.limit = terms.key, terms.name, terms.measure, terms.limit
    row.currency = terms.currency or ""
    row.product = row.price_list = None
    if terms.product is not None:
        row.product = Product.objects.for_merchant(merchant).filter(key=terms.product).first()
        if row.product is None:
            raise _misfit("/product", f"there is no product '{terms.product}'")
    if terms.price_list is not None:
        row.price_list = (
            models.PriceList.objects.for_merchant(merchant).filter(key=terms.price_list).first()
        )
        if row.price_list is None:
            raise _misfit("/price_list", f"there is no price list '{terms.price_list}'")
    _refuse_invalid(row, "The threshold")
    row.save()
    action = "price-threshold.changed" if before else "price-threshold.created"
    record(merchant, action, row.key, before=before, after=facts_of(row))
    return row


@transaction.atomic
def delete_threshold(row: models.PriceThreshold) -> None:
    """Take a threshold away; what configurations passed stays recorded."""
    record(row.merchant, "price-threshold.deleted", row.key, before=facts_of(row))
    row.delete()


@transaction.atomic
def keep_override_limits(merchant: Merchant, limits: Limits) -> models.OverrideLimits:
    """Give the merchant these limits of prices by hand, in place of those before; return the row.

    Refuses with Malformed, every place named, limits that are no percentages.
    """
    row = models.OverrideLimits.objects.for_merchant(merchant).first() or models.OverrideLimits(
        merchant=merchant
    )
    before = {name: getattr(row, name) for name in row.columns}
    for name in row.columns:
        setattr(row, name, getattr(limits, name))
    _refuse_invalid(row, "The limits")
    row.save()
    now = {name: getattr(row, name) for name in row.columns}
    record(merchant, "price-limits.changed", "", before=before, after=now)
    return row


def _refuse_invalid(row: Any, what: str, pointer: str = "") -> None:
    """Refuse with Malformed, every place named from `pointer` on, what a row cannot be."""
    try:
        row.full_clean()
    except ValidationError as error:
        places = [
            {
                "pointer": pointer
                if name == "__all__"
                else f"{pointer}/{name.replace('derived_', 'derived/')}",
                "detail": message,
            }
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise Malformed(
            f"{places[0]['pointer'] or what}: {places[0]['detail']}", errors=places
        ) from error


def _taken(detail: str) -> KeyTaken:
    return KeyTaken(f"/key: {detail}.", errors=[{"pointer": "/key", "detail": detail}])


def _misfit(pointer: str, detail: str) -> Malformed:
    return Malformed(f"{pointer}: {detail}.", errors=[{"pointer": pointer, "detail": detail}])


def _refuse_clashing(lists: Sequence[PriceList], brought: set[str]) -> None:
    """Refuse with Malformed lists that are `brought` and cannot stand beside the merchant's others."""
    for first, second in overlaps(lists):
        if brought & {first.key, second.key}:
            raise _misfit(
                "/price_lists",
                f"'{first.key}' (holds {told_period(first)}) and '{second.key}' (holds {told_period(second)}) are for "
                "the same buyers at the same time; end one before the other begins",
            )
    for ring in cycles(lists):
        if not brought.isdisjoint(ring):
            raise _misfit(
                "/price_lists", f"these are made from one another: {' → '.join((*ring, ring[0]))}"
            )


@dataclass(frozen=True)
class Imported:
    """What bringing a product file in did, or would do.

    `draft` tells what became other in the draft, `prices` and `pictures` what the file says of
    things that are not of this product alone; these were taken where `prices_taken` and
    `pictures_taken` say so. `product` is the row, None where nothing was kept and there was none,
    and `digest` that of the draft.
    """

    product: Product | None
    is_new: bool
    draft: tuple[str, ...]
    prices: tuple[str, ...]
    prices_taken: bool
    pictures: tuple[str, ...]
    pictures_taken: bool
    digest: str


class _OnlyLooked(Exception):
    """Nothing of what was tried is to be kept."""


def bring_in(
    merchant: Merchant,
    file: ProductFile,
    files: Mapping[str, bytes] | None = None,
    *,
    with_prices: bool = False,
    with_pictures: bool = False,
    dry_run: bool = False,
    only_asked: bool = False,
) -> Imported:
    """Make `file` the draft of the merchant's product of that key, and tell what it says of
    everything else.

    Price lists, amounts in them and rates are taken only `with_prices`, or where the merchant has
    published nothing and the file only adds to what is kept, but for `only_asked`; a picture that
    another draft shows is replaced only `with_pictures`. What the file does not mention stays.
    Findings that the file accepts are accepted here. A dry run keeps nothing.

    Refuses with Malformed or PictureRefused, keeping nothing; so it does lists that are taken and
    are made from one another, or hold for the same buyers at the same time as another, or leave a
    currency without its default.
    """
    try:
        with transaction.atomic():
            found = _bring_in(
                merchant, file, files or {}, with_prices, with_pictures, dry_run, only_asked
            )
            if dry_run:
                raise _OnlyLooked
    except _OnlyLooked:
        product = merchant.products.filter(key=file.model.product).first()
        return replace(found, product=product)
    return found


def import_product(
    merchant: Merchant,
    file: ProductFile,
    files: Mapping[str, bytes] | None = None,
    *,
    with_prices: bool = False,
    with_pictures: bool = False,
) -> Product:
    """Do what `bring_in` does, and return the product."""
    found = bring_in(merchant, file, files, with_prices=with_prices, with_pictures=with_pictures)
    assert found.product is not None
    return found.product


def _bring_in(
    merchant: Merchant,
    file: ProductFile,
    files: Mapping[str, bytes],
    with_prices: bool,
    with_pictures: bool,
    dry_run: bool,
    only_asked: bool,
) -> Imported:
    known = merchant.products.filter(key=file.model.product).first()
    before = None if known is None else _whole_draft(known)
    is_sold = Version.objects.for_merchant(merchant).exists()
    shared = pictures_of_others(merchant, file.model.product, files)
    wanted = {
        name: content for name, content in files.items() if with_pictures or name not in shared
    }
    product = import_model(merchant, file.model, wanted, is_trial=dry_run)
    # Whoever changes prices at the same time waits, so that each sees what the other has kept. The
    # product is locked before, as it is where it is published.
    models.PriceRevision.hold(merchant.pk)
    kept = _read_tariff(merchant.slug, file.model.product, of_draft=True)
    taken = taken_in(kept, file)
    lost = [(each.key, losing_price(merchant.pk, each)) for each in taken.price_lists]
    prices = (
        *tariff_differences(kept, taken),
        *(f"Price list '{key}': {told_losing(products)}" for key, products in lost if products),
    )
    prices_taken = bool(prices) and (
        with_prices or (not only_asked and not is_sold and only_adds(kept, taken))
    )
    if prices_taken:
        further = _further(kept.list_amounts, taken.list_amounts)
        _refuse_unreadable(file.model, further)
        # They hold at once, by what is sold now and not by the draft.
        _refuse_unreadable(
            model_of(product), further, " in the version that is sold; publish the draft first"
        )
        _keep_tariff(merchant, product, kept, taken)
    keep_accepted(product, file.accepted)
    changes = () if before is None else differences(before, _whole_draft(product))
    if before is None or changes:
        action = "product.created" if before is None else "product.edited"
        record(merchant, action, product.key, changes=changes)
    if prices_taken:
        record(merchant, "prices.imported", product.key, changes=prices)
    return Imported(
        product,
        before is None,
        changes,
        prices,
        prices_taken,
        tuple(
            f"Picture '{name}': another content, and another draft shows it"
            for name in sorted(shared)
        ),
        bool(shared) and with_pictures,
        drafts.read(product).digest,
    )


def _refuse_unreadable(
    model: ProductModel, amounts: Collection[ListAmount], where: str = ""
) -> None:
    """Refuse with Malformed amounts that would hold at once, and with which nothing in `model`
    would have a price.
    """
    lines = {line.key: line for line in model.price_lines}
    scope = Scope.of(model) if amounts else None
    for each in amounts:
        if scope is not None and each.line in lines:
            problem = amount_problem(scope, lines[each.line], each.amount)
            if problem is not None:
                raise _misfit(
                    f"/list_amounts/{each.price_list}/{each.line}", problem.rstrip(".") + where
                )


def _whole_draft(product: Product) -> dict[str, Any]:
    """Return a draft as plain values; nothing for one that cannot be read as it is."""
    try:
        return write_whole(drafts.read(product))
    except Malformed:
        return {}


def _keep_tariff(merchant: Merchant, product: Product, kept: Tariff, taken: Tariff) -> None:
    """Keep what is other in `taken` than in `kept`; refuse with Malformed lists that cannot stand
    together.
    """
    rows = models.PriceList.objects.for_merchant(merchant)
    before = {each.key: each for each in kept.price_lists}
    changed = [each for each in taken.price_lists if before.get(each.key) != each]
    # While they change places, none of them holds for anybody: the database allows one a buyer.
    nobody: dict[str, Any] = {
        "is_default": False,
        "channel": None,
        "customer_group": None,
        "customer": None,
    }
    rows.filter(key__in=[each.key for each in changed]).update(**nobody)
    if lost := models.lost_lists(merchant.pk, list(kept.price_lists), list(taken.price_lists)):
        raise _misfit("/price_lists", lost[0].rstrip("."))
    kept_rows = {row.key: row for row in rows}
    _refuse_clashing(taken.price_lists, {each.key for each in changed})
    for terms in changed:
        row = kept_rows.get(terms.key) or models.PriceList(merchant=merchant)
        row.take(terms)
        row.save()
    keys = dict(rows.values_list("key", "pk"))
    for amount in _further(kept.list_amounts, taken.list_amounts):
        place: dict[str, Any] = {"price_list_id": keys[amount.price_list], "product": product}
        place |= {"line": amount.line, "value": amount.value, "valid_from": amount.valid_from}
        facts = {"amount": amount.amount, "valid_until": amount.valid_until, "earlier": False}
        models.ListAmount.objects.update_or_create(**place, defaults=facts)
    for rate in _further(kept.exchange_rates, taken.exchange_rates):
        models.ExchangeRate.objects.update_or_create(
            merchant=merchant,
            currency=rate.currency,
            into=rate.into,
            valid_from=rate.valid_from,
            defaults=dict[str, Any](rate=rate.rate),
        )
    for tax in _further(kept.tax_rates, taken.tax_rates):
        known = models.TaxRate.objects.filter(
            merchant=merchant,
            tax_class=tax.tax_class,
            country=tax.country,
            region=tax.region or "",
            valid_from=tax.valid_from,
        ).first()
        tax_row = known or models.TaxRate(merchant=merchant)
        tax_row.take(tax)
        tax_row.save()
    models.PriceRevision.change(merchant.pk)


def _further[Row](kept: Collection[Row], taken: Collection[Row]) -> list[Row]:
    return [each for each in taken if each not in kept]


def export_product(product: Product) -> ProductFile:
    """Return the draft of `product` with all that the merchant keeps about its prices.

    Of price lists those that price lines name, those in the product's own currency, those that keep
    an amount for it, and those that any of these is made from or that are made from these.
    """
    model = drafts.read(product)
    tariff, lists = _tariff_beside(product, {line.price_list for line in model.price_lines})
    currencies = {each.currency for each in lists}
    return ProductFile(
        model,
        lists,
        tariff.list_amounts,
        tuple(each for each in tariff.exchange_rates if {each.currency, each.into} <= currencies),
        tariff.tax_rates,
        accepted_findings(product),
    )


def prices_beside(product: Product) -> tuple[object, ...]:
    """Return the price lists that the prices of a draft can be in, as `export_product` does, their
    amounts, tax rates.

    Also in which other currencies there are lists, and whether the last in the product's own has
    ended.
    """
    tariff, lists = _tariff_beside(
        product, set(product.price_lines.values_list("price_list", flat=True))
    )
    is_own = any(each.currency == product.currency for each in lists)
    others = [
        (each.key, each.currency)
        for each in tariff.price_lists
        if not is_own and not any(each.audience)
    ]
    elsewhere = (Elsewhere(tuple(others)),) if others else ()
    return (
        *lists,
        *tariff.list_amounts,
        *tariff.tax_rates,
        *elsewhere,
        *ended_beside(lists, product.currency),
    )


def ends_told(merchants: Iterable[Merchant]) -> list[str]:
    """Return a sentence for each currency whose last list ends within `TOLD_BEFORE`, or has, while
    none follows.
    """
    now = timezone.now()
    rows: dict[Merchant, list[PriceList]] = {}
    for row in (
        models.PriceList.objects.filter(merchant__in=merchants)
        .select_related("merchant")
        .order_by("pk")
    ):
        rows.setdefault(row.merchant, []).append(row.terms())
    found = []
    for merchant, lists in rows.items():
        for currency in sorted({each.currency for each in lists}):
            last = last_of_all(lists, currency)
            if last is None or last[1] > now + TOLD_BEFORE:
                continue
            price_list, end = last
            when = (
                f"ended at {end.isoformat()}"
                if end <= now
                else f"ends in {told_count((end - now).days, 'day')} ({end.isoformat()})"
            )
            found.append(
                f"{merchant}: the price list '{price_list.key}' {when}, and none in {currency} for everybody follows. "
                "From then on there is no price: let another begin, or let this one hold on."
            )
    return found


def ended_beside(price_lists: Collection[PriceList], currency: str) -> tuple[HasEnded, ...]:
    """Return what the checks are told of lists that have ended by now."""
    last = last_of_all(price_lists, currency)
    return (HasEnded(currency),) if last is not None and last[1] <= timezone.now() else ()


def _tariff_beside(
    product: Product, named: Collection[str | None]
) -> tuple[Tariff, tuple[PriceList, ...]]:
    """Return all that is kept about the prices of a draft, and the lists of it that bear on them."""
    tariff = _read_tariff(product.merchant.slug, product.key, of_draft=True)
    wanted = {*named} | {each.price_list for each in tariff.list_amounts}
    wanted |= {each.key for each in tariff.price_lists if each.currency == product.currency}
    before: set[str | None] = set()
    while wanted != before:
        before = set(wanted)
        for each in tariff.price_lists:
            if each.derived is not None and (each.key in wanted or each.derived.of in wanted):
                wanted |= {each.key, each.derived.of}
    return tariff, tuple(each for each in tariff.price_lists if each.key in wanted)


def copy_amounts(product: Product, copy: Product, **_: Any) -> None:
    """Have a copy of a product begin with the amounts that price lists keep for the product."""
    rows = list(models.ListAmount.objects.filter(product=product, earlier=False))
    for row in rows:
        row.pk, row.product = None, copy
        row._state.adding = True
    models.ListAmount.objects.bulk_create(rows, batch_size=1_000)
