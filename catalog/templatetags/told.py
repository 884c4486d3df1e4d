"""Rates and times in the pages of the administration, which are in English."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django import template

from catalog.formats import percentage, told_date, told_moment

register = template.Library()


@register.filter
def rate(number: Decimal | str | float) -> str:
    """Return a rate in percent."""
    return percentage(Decimal(str(number)), None)


@register.filter
def change(number: Decimal | float) -> str:
    """Return a change in percent, with its sign."""
    return percentage(Decimal(str(number)), None, signed=True)


@register.filter
def moment(at: datetime) -> str:
    """Return a moment with its time zone."""
    return told_moment(at, UTC, None)


@register.filter
def day(on: date) -> str:
    """Return a day, written out."""
    return told_date(on, None)
