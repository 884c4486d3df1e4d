"""What texts and conditions of automations may speak of: fields of the event, options of the
products.
"""

from collections.abc import Collection

from catalog.models import Merchant
from catalog.product_model import ProductModel
from integrations.webhooks.catalogue import chosen
from integrations.webhooks.conditions import model_at, names_of

CALLED = "automation.called"


def triggers() -> list[str]:
    """Return the kinds of events that set automations off: those that endpoints choose, but for
    their own calls.
    """
    return [kind.name for kind in chosen() if kind.name != CALLED]


def models_of(merchant: Merchant, products: Collection[str]) -> list[ProductModel]:
    """Return the newest versions of these products of a merchant, those that have one."""
    found = (model_at(merchant, key) for key in products)
    return [model for model in found if model is not None]


def marks_for(merchant: Merchant, kind: str) -> set[str]:
    """Return the names of marks that an event of `kind` may fill: its fields, and options of any
    product.
    """
    keys = merchant.products.values_list("key", flat=True)
    models = models_of(merchant, list(keys))
    names = {
        name
        for model in models
        for name in (option.key for option in model.options if not option.internal)
    }
    return names | set(names_of(kind))
