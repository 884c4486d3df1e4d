"""Who may do what: the scopes of keys and tokens as `room:verb`, the roles of people, and which
scopes each role has.

This is the one table of both. The administration asks it which roles may open and change a page,
OAuth which scopes a person can pass on, and the tests go through every operation by it.
"""

from collections.abc import Iterable, Mapping

from django.db import models

SCOPES: Mapping[str, str] = {
    "catalog:read": "Read products and their published versions, and assets",
    "pricing:read": "Read price lists, amounts, rates, calendar and thresholds, and why a price is what it is",
    "pricing:write": "Create and change price lists, amounts, rates, calendar and thresholds",
    "pricing:override": "Set prices of configurations by hand, within the limits, and revoke them",
    "pricing:exceed": "Change the limits of prices by hand, and set prices beyond them",
    "pricing:cost": "See what products cost the merchant, and the margin",
    "catalog:check": "Check drafts and accept findings",
    "catalog:inspect": "Read whole definitions of drafts and versions",
    "catalog:write": "Write drafts, rename keys, make links to drafts, keep assets, take products off sale and back",
    "catalog:publish": "Publish drafts as versions, and restore versions into drafts",
    "configurator:evaluate": "Evaluate choices: valid values, price, parts",
    "configurator:read": "Read stored configurations, their price and parts",
    "configurator:write": "Create, change and complete configurations",
    "configurator:erase": "Erase personal data of buyers, and see when that was done",
    "configurator:internal": "See and set options that shoppers never see",
    "configurator:quote": "Give signed prices, verify and accept them, and see what became of them",
    "settings:read": "Read the merchant's settings and the public part of signing keys",
    "settings:write": "Change the merchant's settings, rotate and withdraw signing keys",
    "audit:read": "Read who changed, published, exported what, and when",
    "production:read": "Read cut lists, boards, drawings and workshops",
    "production:write": "Create, change and delete workshops",
    "access:read": "Read who may call: API keys, OAuth clients, people and their roles",
    "access:write": "Make, rotate and revoke API keys and OAuth clients, with scopes that one has",
    "access:people": "Add people, change their roles and remove them",
    "webhooks:read": "Read webhook endpoints, events and deliveries",
    "webhooks:write": "Create, change and delete webhook endpoints, and have events delivered again",
    "automations:read": "Read automations, their runs and approvals, and try them with past events",
    "automations:write": "Create, change and delete automations, help their runs on, and approve",
}
COSTS = "pricing:cost"
"""What tells costs or margins is left out of answers to callers without this one."""
INTERNAL = "configurator:internal"
"""Internal options do not exist for callers without this one."""


class Role(models.TextChoices):
    """What a person may do for a merchant."""

    OWNER = "owner", "Owner: everything, and who else may"
    PRODUCT_MANAGER = "product_manager", "Product manager: edits and publishes products, and prices"
    PRICING_MANAGER = (
        "pricing_manager",
        "Pricing manager: keeps price lists, and sets prices by hand",
    )
    SALES = "sales", "Sales: configures, quotes, and sets prices within the limits"
    PRODUCTION = "production", "Production: reads what is to be made"
    INTEGRATOR = "integrator", "Integrator: connects other systems"
    VIEWER = "viewer", "Viewer: reads, without costs"


READING = frozenset(
    {"catalog:read", "pricing:read", "configurator:evaluate", "configurator:read"},
)
ROLES: Mapping[Role, frozenset[str]] = {
    Role.OWNER: frozenset(SCOPES),
    Role.PRODUCT_MANAGER: READING
    | {
        "catalog:check",
        "catalog:inspect",
        "catalog:write",
        "catalog:publish",
        "settings:read",
        "pricing:write",
        "pricing:override",
        "pricing:cost",
        "configurator:write",
        "configurator:internal",
        "configurator:quote",
        "production:read",
        "production:write",
        "webhooks:read",
        "automations:read",
    },
    Role.PRICING_MANAGER: READING
    | {
        "pricing:write",
        "pricing:override",
        "pricing:exceed",
        "pricing:cost",
        "configurator:write",
        "configurator:internal",
        "configurator:quote",
    },
    Role.SALES: READING
    | {
        "pricing:override",
        "configurator:write",
        "configurator:internal",
        "configurator:quote",
    },
    Role.PRODUCTION: READING | {"configurator:internal", "production:read", "production:write"},
    Role.INTEGRATOR: READING
    | {
        "configurator:write",
        "configurator:internal",
        "configurator:quote",
        "settings:read",
        "production:read",
        "production:write",
        "access:read",
        "access:write",
        "webhooks:read",
        "webhooks:write",
        "automations:read",
        "automations:write",
    },
    Role.VIEWER: READING,
}


def scopes_of(role: str) -> frozenset[str]:
    """Return the scopes that a role has; none for a role that there is not."""
    return ROLES[Role(role)] if role in ROLES else frozenset()


def roles_with(scope: str) -> frozenset[str]:
    """Return the roles that have `scope`; a scope that there is not is an error of ours."""
    if scope not in SCOPES:
        raise ValueError(f"there is no scope {scope!r}")
    return frozenset(role for role, scopes in ROLES.items() if scope in scopes)


def known_scopes(names: Iterable[str]) -> frozenset[str]:
    """Return those of `names` that are scopes."""
    return frozenset(names) & SCOPES.keys()
