"""Configurations and what quotes need, in the administration."""

from configurator.admin.configurations import ConfigurationAdmin
from configurator.admin.quotes import KeptQuoteAdmin
from configurator.admin.signing import QuoteTermsAdmin, SigningKeyAdmin
from configurator.admin.workshops import WorkshopAdmin

__all__ = [
    "ConfigurationAdmin",
    "KeptQuoteAdmin",
    "QuoteTermsAdmin",
    "SigningKeyAdmin",
    "WorkshopAdmin",
]
