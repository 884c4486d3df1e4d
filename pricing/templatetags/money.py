"""Amounts in the pages of the administration, which are in English."""

from decimal import Decimal

from django import template

from pricing.money import formatted

register = template.Library()


@register.filter
def money(amount: Decimal | str | None, currency: str) -> str:
    """Return `amount` with its currency, "–" without one."""
    return "–" if amount is None or amount == "" else formatted(Decimal(amount), currency)
