"""What a key or token may do, as `room:verb`."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

SCOPES = {
    "catalog:read": "Read products and their published versions, and assets",
    "pricing:read": "Read price lists, amounts, rates, calendar and thresholds, and why a price is what it is",
    "pricing:write": "Create and change price lists, amounts, rates, calendar and thresholds",
    "pricing:override": "Set prices of configurations by hand, within the limits, and revoke them",
    "pricing:exceed": "Change the limits of prices by hand, and set prices beyond them",
    "pricing:cost": "See what products cost the merchant, and the margin, in evaluations",
    "catalog:check": "Check drafts and accept findings",
    "catalog:write": "Rename keys of drafts, make links to drafts, keep assets, take products off sale and back",
    "configurator:evaluate": "Evaluate choices: valid values, price, parts",
    "configurator:read": "Read stored configurations, their price and parts",
    "configurator:write": "Create, change and complete configurations",
    "configurator:internal": "See and set options that shoppers never see",
    "configurator:quote": "Give signed prices, verify and accept them, and see what became of them",
    "webhooks:read": "Read webhook endpoints, events and deliveries",
    "webhooks:write": "Create, change and delete webhook endpoints, and have events delivered again",
    "automations:read": "Read automations, their runs and approvals, and try them with past events",
    "automations:write": "Create, change and delete automations, help their runs on, and approve",
}


# What tells costs or margins is left out of answers to callers without this one.
COSTS = "pricing:cost"
# Internal options do not exist for callers without this one.
INTERNAL = "configurator:internal"


class Scopes(BaseScopes):  # type: ignore[misc]
    """The scopes of this project for OAuth: all may be asked for, none is given unasked."""

    def get_all_scopes(self) -> dict[str, str]:
        return SCOPES

    def get_available_scopes(self, *args: Any, **kwargs: Any) -> list[str]:
        return list(SCOPES)

    def get_default_scopes(self, *args: Any, **kwargs: Any) -> list[str]:
        return []
