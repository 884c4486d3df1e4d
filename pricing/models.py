"""Prices as the merchant keeps them: price lists, amounts in them, exchange rates and tax rates.

None of these is part of a version: what is changed here holds from the next request on.
"""

import secrets
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.errors import Malformed
from catalog.models import Merchant, Product
from catalog.models.fields import ExpressionField, LineField, NumberField
from catalog.models.ownership import Owned
from catalog.models.rows import Translated, key_field
from catalog.product_model import Text
from pricing import defaults, in_force
from pricing import price_list as core
from pricing import thresholds as threshold_core
from pricing.calendar import Calendar, merged
from pricing.money import CURRENCIES
from pricing.override import Limits


def known_currency(code: str) -> None:
    """Refuse a code that ISO 4217 does not list."""
    if code not in CURRENCIES:
        raise ValidationError("This is no currency of ISO 4217; use a code such as EUR or CAD.")


def known_country(code: str) -> None:
    """Refuse what cannot be a country's code."""
    if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
        raise ValidationError("Use two capitals of ISO 3166, such as CA or DE.")


def refuse_malformed(row: Any, refusal: Malformed, known: Iterable[str]) -> None:
    """Refuse with ValidationError, at the columns that are wrong, what `refusal` says of a row."""
    columns = set(known)
    problems: dict[str, list[str]] = {}
    for error in refusal.data["errors"]:
        first, _, rest = error["pointer"].strip("/").partition("/")
        column = next((each for each in (f"{first}_{rest}", first) if each in columns), "__all__")
        problems.setdefault(column, []).append(error["detail"])
    raise ValidationError(problems) from refusal


def new_token() -> str:
    """Return a token that no earlier state of prices had."""
    return secrets.token_hex(16)


class PriceRevision(models.Model):
    """What tells whether a merchant changed prices, published or retired: another token, other
    prices or versions.
    """

    merchant = models.OneToOneField(
        Merchant, models.CASCADE, primary_key=True, related_name="price_revision"
    )
    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return str(self.token)

    @classmethod
    def hold(cls, merchant_id: int) -> None:
        """Let others who hold or change the prices of a merchant wait until this transaction ends."""
        cls.objects.get_or_create(merchant_id=merchant_id, defaults={"token": new_token()})
        cls.objects.select_for_update().get(merchant_id=merchant_id)

    @classmethod
    def change(cls, merchant_id: int) -> None:
        """Tell that prices or versions of a merchant have changed, when this transaction ends."""
        cls.objects.update_or_create(merchant_id=merchant_id, defaults={"token": new_token()})


class Period(models.Model):
    """A row that may hold for a time only."""

    valid_from = models.DateTimeField(null=True, blank=True, help_text="Empty: it has always held.")
    valid_until = models.DateTimeField(
        null=True, blank=True, help_text="From then on it no longer holds."
    )

    class Meta:
        abstract = True


def once_each(name: str, place: tuple[str, ...], told: str) -> list[models.BaseConstraint]:
    """Return that one row at most begins at a time in a `place`, and one that has always held."""
    return [
        models.UniqueConstraint(
            fields=[*place, "valid_from"],
            name=f"{name}_once_per_beginning",
            violation_error_message=f"{told} that begins at the same time.",
        ),
        models.UniqueConstraint(
            fields=place,
            condition=models.Q(valid_from=None),
            name=f"{name}_once_without_beginning",
            violation_error_message=f"{told} that has always held.",
        ),
    ]


def one_for_each_buyer() -> list[models.BaseConstraint]:
    """Return that of the lists that the same buyers get, in a currency, no two begin or end at the
    same time.

    Nor do two of them have no beginning, or no end. The default is the list of everybody.
    """
    audience: list[Any] = [
        Coalesce(name, models.Value("")) for name in ("customer", "customer_group", "channel")
    ]
    place = [*(models.F(name) for name in ("merchant", "currency", "is_default")), *audience]
    is_got = models.Q(is_default=True)
    for name in ("customer", "customer_group", "channel"):
        is_got |= models.Q(**{f"{name}__gt": ""})
    told = "Another price list is for the same buyers at the same time; end one before the other begins."
    made: list[models.BaseConstraint] = []
    for name in ("valid_from", "valid_until"):
        is_without = models.Q(**{f"{name}__isnull": True})
        for kind, fields, when in (
            ("without", place, is_without),
            ("same", [*place, models.F(name)], ~is_without),
        ):
            made.append(
                models.UniqueConstraint(
                    *fields,
                    condition=is_got & when,
                    name=f"price_list_{kind}_{name}",
                    violation_error_message=told,
                )
            )
    return made


class PriceList(Owned, Translated, Period):
    """The terms on which a merchant sells in one market: currency, tax and rounding, for whom and
    when.
    """

    texts: ClassVar[tuple[str, ...]] = ("name", "tax_label")

    class Terms(models.TextChoices):
        NET = "net", "without tax (net)"
        GROSS = "gross", "with tax (gross)"

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", "to the nearest; halves up"
        HALF_EVEN = "half_even", "to the nearest; halves to the even digit"
        UP = "up", "up"
        DOWN = "down", "down"

    class RoundingOf(models.TextChoices):
        LINE = "line", "each line"
        TOTAL = "total", "only the total"

    class RoundingPer(models.TextChoices):
        PIECE = "piece", "each piece"
        ORDER = "order", "only the order"

    class Takes(models.TextChoices):
        AMOUNTS = "amounts", "its amounts"
        COSTS = "costs", "the costs of its lines"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="price_lists")
    key = key_field()
    name = LineField()
    currency = models.CharField(
        max_length=3,
        validators=[known_currency],
        help_text="A code such as EUR. Price lines without a list hold in all lists of their product's own currency.",
    )
    is_default = models.BooleanField(
        "default",
        default=False,
        help_text="Used for products in this currency where nobody asks for another list. One for each currency.",
    )
    amounts_are = models.CharField(
        max_length=5,
        choices=Terms,
        default=Terms.GROSS,
        help_text="What the amounts of price lines are.",
    )
    tax_rate = NumberField(
        "tax rate in percent",
        null=True,
        blank=True,
        help_text="Such as 19. Empty: the tax is not known here, and the shopper is told so. 0: there is none.",
    )
    tax_label = LineField(
        "name of the tax",
        null=True,
        blank=True,
        help_text="Such as VAT, HST or MwSt., as shoppers read it.",
    )
    shows = models.CharField(
        max_length=5,
        choices=Terms,
        default=Terms.GROSS,
        help_text="Which of the two shoppers see first.",
    )
    rounding_increment = NumberField(
        "round to",
        null=True,
        blank=True,
        help_text="Such as 0.05 or 1. Empty: the smallest unit of the currency.",
    )
    rounding_mode = models.CharField(
        "rounding", max_length=9, choices=Rounding, default=Rounding.HALF_UP
    )
    rounding_of = models.CharField(
        "rounds",
        max_length=5,
        choices=RoundingOf,
        default=RoundingOf.LINE,
        help_text="Rounding only the total adds a line of its own for the difference where there is one.",
    )
    rounding_ending = NumberField(
        "amounts end in",
        null=True,
        blank=True,
        help_text="Such as 9.90 where amounts are rounded to 10, for 9.90, 19.90 and so on. Empty: they do not.",
    )
    rounding_per = models.CharField(
        "of several pieces",
        max_length=5,
        null=True,
        blank=True,
        choices=RoundingPer,
        help_text="Whether each piece is rounded, or the order alone. Empty: each piece, but amounts finer than the "
        "smallest unit of the currency are kept where rounding would change much.",
    )
    tax_rounding_of = models.CharField(
        "tax is rounded",
        max_length=5,
        choices=RoundingOf,
        default=RoundingOf.TOTAL,
        help_text="Once for the total, or line by line.",
    )
    paid_increment = NumberField(
        "what is paid is rounded to",
        null=True,
        blank=True,
        help_text="Such as 0.05 where that is the smallest coin: the gross total, as its own line. Empty: it is not "
        "rounded apart.",
    )
    taxes = models.JSONField("taxes it consists of", default=list, blank=True)
    tax_rounding_mode = models.CharField(
        "tax is rounded to",
        max_length=9,
        choices=Rounding,
        default=Rounding.HALF_UP,
        help_text="As the law says.",
    )
    country = models.CharField(
        "at home in",
        max_length=2,
        null=True,
        blank=True,
        validators=[known_country],
        help_text="Two capitals, such as CA. Its tax rates hold where nobody says where the buyer is, and are taken "
        "out of gross amounts for who pays no tax. Empty: the rate above is.",
    )
    region = LineField(
        null=True, blank=True, help_text="Such as ON, where tax rates are by region."
    )
    channel = LineField(
        null=True,
        blank=True,
        help_text="The key of a sales channel, if the list is for that alone.",
    )
    customer_group = LineField(
        null=True,
        blank=True,
        help_text="The key of a customer group, if the list is for that alone.",
    )
    customer = LineField(
        null=True,
        blank=True,
        help_text="A customer's id in your shop or ERP, if the list is for them alone.",
    )
    own_lines_only = models.BooleanField(
        default=False,
        help_text="Leaves out price lines that name no list: only those for this list count.",
    )
    derived_of = LineField(
        "made from",
        null=True,
        blank=True,
        help_text="The key of another list whose amounts, line by line, become those of this one.",
    )
    derived_take = models.CharField(
        "takes",
        max_length=7,
        choices=Takes,
        default=Takes.AMOUNTS,
        help_text="What of each line becomes an amount.",
    )
    derived_factor = NumberField(
        "times", default=Decimal(1), help_text="Each amount times this, such as 0.5."
    )
    derived_percent = NumberField(
        "and percent",
        default=Decimal(0),
        help_text="What is then added, such as -25 or 5. 0: nothing.",
    )
    least_over_cost = NumberField(
        "never below cost and percent",
        null=True,
        blank=True,
        help_text="Such as 5: a price below cost and 5 % is raised to that. Empty: no such least price.",
    )
    on_request = models.BooleanField(
        "price on request",
        default=False,
        help_text="What has no price in this list can be ordered all the same; the shopper reads “Price on request”. "
        "Without it, what has no price cannot be ordered.",
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "key"], name="price_list_key_once_per_merchant"
            ),
            *one_for_each_buyer(),
        ]
        ordering = ["merchant", "currency", "key"]

    def __str__(self) -> str:
        return str(self.name)

    def get_constraints(self) -> Any:
        """Leave out rules of the database that `clean` tells by the name of the other list."""
        told = {each.name for each in one_for_each_buyer()}
        return [
            (model, [each for each in rules if each.name not in told])
            for model, rules in super().get_constraints()
        ]

    def clean(self) -> None:
        """Refuse what the columns allow one by one and a price list cannot be, alone or beside the
        others.
        """
        super().clean()
        try:
            terms = self.terms()
        except Malformed as refusal:
            refuse_malformed(
                self, refusal, (*self.columns, "taxes", *self.texts, *self.derived_columns)
            )
            return
        if connection.in_atomic_block and self.merchant_id is not None:
            # Who keeps a list at the same time waits, and is checked against this one.
            PriceRevision.hold(self.merchant_id)
        others = PriceList.objects.filter(merchant_id=self.merchant_id).exclude(pk=self.pk)
        rows = [each.terms() for each in others]
        if terms.derived is not None and terms.derived.of not in {each.key for each in rows}:
            raise ValidationError({"derived_of": f"There is no price list '{terms.derived.of}'."})
        for ring in in_force.cycles([*rows, terms]):
            if terms.key in ring:
                told = " → ".join((*ring, ring[0]))
                raise ValidationError(
                    {"derived_of": f"These lists would be made from one another: {told}."}
                )
        for pair in in_force.overlaps([*rows, terms]):
            if terms in pair:
                other = pair[0] if pair[1] is terms else pair[1]
                what = (
                    "is for the same buyers"
                    if any(terms.audience)
                    else "of this currency is the default already"
                )
                raise ValidationError(
                    f"Another price list {what}, '{other.key}', and holds at the same time "
                    f"({in_force.told_period(other)}). End one of them before the other begins."
                )
        before = [each.terms() for each in PriceList.objects.filter(pk=self.pk)]
        if lost := lost_lists(self.merchant_id, [*rows, *before], [*rows, terms]):
            raise ValidationError(lost)

    columns: ClassVar[tuple[str, ...]] = (
        "key",
        "currency",
        "amounts_are",
        "tax_rate",
        "shows",
        "rounding_increment",
        "rounding_mode",
        "rounding_of",
        "rounding_ending",
        "rounding_per",
        "tax_rounding_of",
        "paid_increment",
        "tax_rounding_mode",
        "country",
        "region",
        "is_default",
        "valid_from",
        "valid_until",
        "channel",
        "customer_group",
        "customer",
        "own_lines_only",
        "least_over_cost",
        "on_request",
    )
    derived_columns: ClassVar[tuple[str, ...]] = (
        "derived_of",
        "derived_take",
        "derived_factor",
        "derived_percent",
    )

    def terms(self) -> core.PriceList:
        """Return this row as the value that prices are computed with; refuses with Malformed."""
        document: dict[str, Any] = {name: getattr(self, name) for name in self.columns} | {
            "taxes": self.taxes
        }
        for name in self.texts:
            if getattr(self, name) not in (None, ""):
                document[name] = {**self.translations.get(name, {}), "default": getattr(self, name)}
        if self.derived_of:
            document["derived"] = {
                name.removeprefix("derived_"): getattr(self, name) for name in self.derived_columns
            }
        return core.read_price_list(document)

    def take(self, terms: core.PriceList) -> None:
        """Set all columns to those of `terms`, unsaved."""
        for name in self.columns:
            setattr(self, name, getattr(terms, name))
        self.taxes = core.write_price_list(terms).get("taxes", [])
        derived = terms.derived or core.Derivation("none")
        for name in self.derived_columns:
            setattr(self, name, getattr(derived, name.removeprefix("derived_")))
        if terms.derived is None:
            self.derived_of = None
        texts: dict[str, Text | None] = {name: getattr(terms, name) for name in self.texts}
        for name, text in texts.items():
            setattr(self, name, None if text is None else text.default)
        self.translations = {
            name: dict(text.translations)
            for name, text in texts.items()
            if text and text.translations
        }


def lost_lists(
    merchant_id: int, before: list[core.PriceList], after: list[core.PriceList]
) -> list[str]:
    """Return a sentence for each list that buyers of a published product get `before`, with none in
    its place `after`.

    `before` and `after` are all lists of the merchant.
    """
    lost = defaults.lost(before, after, timezone.now())
    if not lost:
        return []
    newest = models.Max("versions__number")
    products = (
        Product.objects.filter(merchant_id=merchant_id).annotate(newest=newest).exclude(newest=None)
    )
    live = {product.versions.get(number=product.newest).model.currency for product in products}
    return [sentence for currency, sentence in lost if currency in live]


class ListAmount(Owned, Period):
    """An amount that a price list keeps for one line of a product, in place of what its version
    says.
    """

    merchant_path: ClassVar[str] = "price_list__merchant"

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="amounts")
    product = models.ForeignKey(Product, models.CASCADE, related_name="list_amounts")
    line = models.CharField(
        "price line", max_length=63, help_text="The key of a price line of the product."
    )
    value = models.CharField(
        max_length=63,
        blank=True,
        default="",
        help_text="The key of a value, if the line has amounts for values.",
    )
    amount = ExpressionField(help_text="An amount such as 129.50, or a formula.")
    earlier = models.BooleanField(
        "for earlier versions",
        default=False,
        db_default=False,
        editable=False,
        help_text="Kept under a key that the draft has renamed, for versions published before.",
    )

    class Meta:
        constraints = once_each(
            "list_amount",
            ("price_list", "product", "line", "value"),
            "There is an amount for this already",
        )
        # For the search in the admin, among millions of them.
        indexes = [
            models.Index(fields=[name], name=f"list_amount_by_{name}") for name in ("line", "value")
        ]
        ordering = ["price_list", "product", "line", "value", "valid_from"]

    def __str__(self) -> str:
        return f"{self.line} {self.value}".strip()

    def terms(self) -> in_force.ListAmount:
        """Return this row as the value that prices are computed with; refuses with Malformed."""
        document = {
            "price_list": self.price_list.key,
            "line": self.line,
            "value": self.value,
            "amount": self.amount,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
        }
        return in_force.read_row(in_force.ListAmount, document, "amount")

    def clean(self) -> None:
        """Refuse an amount that ends before it begins, and one in another merchant's list."""
        super().clean()
        if not self.price_list_id or not self.product_id:
            return
        if self.price_list.merchant_id != self.product.merchant_id:
            raise ValidationError({"price_list": "This is the list of another merchant."})
        try:
            self.terms()
        except Malformed as refusal:
            refuse_malformed(
                self, refusal, ("line", "value", "amount", "valid_from", "valid_until")
            )


class PriceFileLayout(Owned):
    """How files with a certain header are read: confirmed once, and offered for the next such file."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="price_file_layouts")
    fingerprint = models.CharField(max_length=64)
    name = models.CharField("file", max_length=200, help_text="The file it was confirmed for last.")
    document = models.JSONField("mapping")
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "fingerprint"], name="price_file_layout_once_a_header"
            )
        ]
        ordering = ["-used_at"]
        verbose_name = "mapping of price files"
        verbose_name_plural = "mappings of price files"

    def __str__(self) -> str:
        return self.name


class ExchangeRate(Owned):
    """What one unit of a currency is in another, from a day on."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="exchange_rates")
    currency = models.CharField("one", max_length=3, validators=[known_currency])
    into = models.CharField("is in", max_length=3, validators=[known_currency])
    rate = NumberField(help_text="Such as 0.6812, exactly as you want it to be used.")
    valid_from = models.DateTimeField(help_text="It holds from then on, until the next one begins.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "currency", "into", "valid_from"],
                name="exchange_rate_once_per_day",
            )
        ]
        ordering = ["merchant", "currency", "into", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.currency} → {self.into}"

    columns: ClassVar[tuple[str, ...]] = ("currency", "into", "rate", "valid_from")

    def terms(self) -> in_force.ExchangeRate:
        """Return this row as the value that prices are computed with; refuses with Malformed."""
        document = {name: getattr(self, name) for name in self.columns}
        return in_force.read_row(in_force.ExchangeRate, document, "exchange rate")

    def clean(self) -> None:
        """Refuse a rate that is not above 0, and one between a currency and itself."""
        super().clean()
        try:
            self.terms()
        except Malformed as refusal:
            refuse_malformed(self, refusal, self.columns)


class TaxRate(Owned, Translated, Period):
    """The tax on goods of a class in a country, or in one region of it."""

    texts: ClassVar[tuple[str, ...]] = ("label",)

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="tax_rates")
    tax_class = models.CharField(
        max_length=63,
        default="standard",
        help_text="The tax class of products, such as standard or reduced.",
    )
    country = models.CharField(
        max_length=2, validators=[known_country], help_text="Two capitals, such as CA."
    )
    region = LineField(
        blank=True,
        default="",
        help_text="Such as ON, if the rate is for that region alone. Empty: for all without a rate of their own.",
    )
    rate = NumberField("rate in percent", help_text="Such as 13 or 7.7.")
    label = LineField(
        "name of the tax", null=True, blank=True, help_text="Such as HST, as shoppers read it."
    )
    taxes = models.JSONField("taxes it consists of", default=list, blank=True)

    class Meta:
        constraints = once_each(
            "tax_rate",
            ("merchant", "tax_class", "country", "region"),
            "There is a rate for this already",
        )
        ordering = ["merchant", "country", "region", "tax_class", "valid_from"]

    def __str__(self) -> str:
        return f"{self.country} {self.region or ''}".strip()

    columns: ClassVar[tuple[str, ...]] = (
        "tax_class",
        "country",
        "region",
        "rate",
        "valid_from",
        "valid_until",
    )

    def terms(self) -> in_force.TaxRate:
        """Return this row as the value that prices are computed with; refuses with Malformed."""
        document = {name: getattr(self, name) or None for name in self.columns if name != "rate"}
        document |= {"rate": self.rate, "taxes": self.taxes}
        if self.label:
            document["label"] = {**self.translations.get("label", {}), "default": self.label}
        return in_force.read_row(in_force.TaxRate, document, "tax rate")

    def take(self, terms: in_force.TaxRate) -> None:
        """Set all columns to those of `terms`, unsaved."""
        for name in self.columns:
            setattr(self, name, getattr(terms, name))
        self.region = terms.region or ""
        self.taxes = in_force.write_row(terms).get("taxes", [])
        self.label = terms.label.default if terms.label else None
        self.translations = (
            {"label": dict(terms.label.translations)}
            if terms.label and terms.label.translations
            else {}
        )

    def clean(self) -> None:
        """Refuse a rate outside 0 to 100, and one that ends before it begins."""
        super().clean()
        try:
            self.terms()
        except Malformed as refusal:
            refuse_malformed(self, refusal, (*self.columns, "taxes", "label"))


# Each asking reads the names of all zones from the disk anew.
_time_zones = cache(available_timezones)


def known_time_zone(name: str) -> None:
    """Refuse what is no time zone."""
    if name not in _time_zones():
        raise ValidationError("Use a time zone such as Europe/Berlin or America/Toronto.")


class WorkCalendar(Owned):
    """On which days a merchant works, and until when on a day an order still counts for that day."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="work_calendar")
    time_zone = models.CharField(
        max_length=63,
        default="UTC",
        validators=[known_time_zone],
        help_text="Such as Europe/Berlin.",
    )
    order_until = models.TimeField(
        null=True,
        blank=True,
        help_text="An order that comes later counts from the next day on. Empty: all day.",
    )
    monday = models.BooleanField(default=True)
    tuesday = models.BooleanField(default=True)
    wednesday = models.BooleanField(default=True)
    thursday = models.BooleanField(default=True)
    friday = models.BooleanField(default=True)
    saturday = models.BooleanField(default=False)
    sunday = models.BooleanField(default=False)

    class Meta:
        verbose_name = "calendar"

    def __str__(self) -> str:
        return f"Calendar of {self.merchant}"

    week: ClassVar[tuple[str, ...]] = (
        *("monday", "tuesday", "wednesday", "thursday", "friday"),
        *("saturday", "sunday"),
    )

    def clean(self) -> None:
        """Refuse a week without any working day."""
        super().clean()
        if not any(getattr(self, name) for name in self.week):
            raise ValidationError("Choose at least one day on which work is done.")

    def terms(self) -> Calendar:
        """Return this row and the merchant's closed days as the value that days are counted on."""
        days = tuple(number for number, name in enumerate(self.week, 1) if getattr(self, name))
        closed = ClosedDays.objects.filter(merchant_id=self.merchant_id).values_list(
            "first", "last"
        )
        return Calendar(days, merged([(first, last or first) for first, last in closed]))


class ClosedDays(Owned):
    """Days on which a merchant does not work: a holiday, or some weeks of summer."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="closed_days")
    first = models.DateField("first day")
    last = models.DateField(
        "last day", null=True, blank=True, help_text="Empty: the first day alone."
    )
    name = LineField(blank=True, default="", help_text="Such as Summer holidays.")

    class Meta:
        ordering = ["merchant", "first"]
        verbose_name = "closed days"
        verbose_name_plural = "closed days"

    def __str__(self) -> str:
        return str(self.name or self.first)

    def clean(self) -> None:
        """Refuse days that end before they begin."""
        super().clean()
        if self.first and self.last and self.last < self.first:
            raise ValidationError({"last": "The last day is before the first."})


class OverrideLimits(Owned):
    """How far a merchant lets prices of configurations be changed by hand."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="override_limits")
    greatest_discount = NumberField(
        "greatest discount in percent",
        null=True,
        blank=True,
        help_text="Such as 10, of the total. Empty: no limit.",
    )
    greatest_surcharge = NumberField(
        "greatest surcharge in percent",
        null=True,
        blank=True,
        help_text="Such as 20, of the total. Empty: no limit.",
    )
    least_over_cost = NumberField(
        "never below cost and percent",
        null=True,
        blank=True,
        help_text="Such as 5: the net price is not lowered below cost and 5 %, and not at all where the cost is not "
        "known. Empty: no such limit.",
    )

    class Meta:
        verbose_name = "limits of prices by hand"
        verbose_name_plural = "limits of prices by hand"

    columns: ClassVar[tuple[str, ...]] = (
        "greatest_discount",
        "greatest_surcharge",
        "least_over_cost",
    )

    def __str__(self) -> str:
        return f"Limits of {self.merchant}"

    def clean(self) -> None:
        """Refuse limits below zero, and discounts of more than everything."""
        super().clean()
        problems = {}
        for name in self.columns:
            limit = getattr(self, name)
            if limit is not None and (limit < 0 or (name == "greatest_discount" and limit > 100)):
                most = "0 to 100" if name == "greatest_discount" else "0 on"
                problems[name] = f"This is a percentage from {most}."
        if problems:
            raise ValidationError(problems)

    def terms(self) -> Limits:
        """Return this row as the value that prices by hand are held against."""
        return Limits(**{name: getattr(self, name) for name in self.columns})


class PriceThreshold(Owned):
    """A price that a merchant wants to be told of, when a configuration is completed that passes
    it.
    """

    class Measure(models.TextChoices):
        TOTAL_OVER = "total_over", "the total is over"
        TOTAL_UNDER = "total_under", "the total is under"
        MARGIN_BELOW = "margin_below", "the margin is below"
        MARGIN_PERCENT_BELOW = "margin_percent_below", "the margin in percent is below"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="price_thresholds")
    key = key_field()
    name = LineField(blank=True, default="", help_text="Such as Large orders, for people.")
    measure = models.CharField(
        "tell when", max_length=20, choices=Measure, default=Measure.TOTAL_OVER
    )
    limit = NumberField(
        help_text="An amount for all pieces together, or a percentage of the net price."
    )
    currency = models.CharField(
        max_length=3,
        blank=True,
        default="",
        validators=[known_currency],
        help_text="That of the amount: only prices in it are compared. Empty for a percentage.",
    )
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="price_thresholds",
        help_text="Empty: all.",
    )
    price_list = models.ForeignKey(
        PriceList,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="thresholds",
        help_text="Empty: all.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "key"], name="price_threshold_key_once_per_merchant"
            )
        ]
        ordering = ["merchant", "key"]

    def __str__(self) -> str:
        return str(self.name or self.key)

    columns: ClassVar[tuple[str, ...]] = ("key", "name", "measure", "limit", "currency")

    def terms(self) -> threshold_core.Threshold:
        """Return this row as the value that prices are held against; refuses with Malformed."""
        document = {
            **{name: getattr(self, name) for name in self.columns},
            "currency": self.currency or None,
            "product": self.product.key if self.product else None,
            "price_list": self.price_list.key if self.price_list else None,
        }
        return in_force.read_row(threshold_core.Threshold, document, "threshold")

    def clean(self) -> None:
        """Refuse an amount without currency, a percentage with one, and another merchant's product
        or list.
        """
        super().clean()
        for name in ("product", "price_list"):
            row = getattr(self, name)
            if row is not None and row.merchant_id != self.merchant_id:
                raise ValidationError({name: "This is of another merchant."})
        if self.price_list is not None and self.currency not in ("", self.price_list.currency):
            raise ValidationError(
                {
                    "currency": f"Prices in this list are in {self.price_list.currency}, and would never be compared."
                }
            )
        if (self.measure == self.Measure.MARGIN_PERCENT_BELOW) == bool(self.currency):
            told = (
                "A percentage has no currency."
                if self.currency
                else "An amount has a currency, such as EUR."
            )
            raise ValidationError({"currency": told})
        try:
            self.terms()
        except Malformed as refusal:
            refuse_malformed(self, refusal, self.columns)
