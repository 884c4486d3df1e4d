"""What options and values of earlier versions were called, for who has to be told that they are
gone.
"""

import json
from collections.abc import Mapping
from functools import lru_cache

from catalog.assemblies import expanded
from catalog.models import Version
from catalog.product_model import Text, read

MOST_FORMER = 5


def former_names(
    merchant: str, product: str, version: int, option: str, value: str
) -> tuple[Text | None, Text | None]:
    """Return what an option and a value of it were called in the last versions before `version`
    that had them.

    None for what none of the last MOST_FORMER versions had.
    """
    rows = Version.objects.filter(
        product__merchant__slug=merchant, product__key=product, number__lt=version
    )
    label: Text | None = None
    for pk in rows.order_by("-number").values_list("pk", flat=True)[:MOST_FORMER]:
        names = _names(pk)
        label = label or names.get(option)
        if f"{option} {value}" in names:
            return label, names[f"{option} {value}"]
    return label, None


@lru_cache(maxsize=32)
def _names(version_id: int) -> Mapping[str, Text]:
    """Return the labels of a version's options by key, and of their values by both keys; a version
    never changes.
    """
    model = expanded(
        read(json.loads(Version.objects.values_list("document", flat=True).get(pk=version_id)))
    )
    names: dict[str, Text] = {}
    for option in model.options:
        if not option.internal:
            names[option.key] = option.label
            names |= {f"{option.key} {value.key}": value.label for value in option.values}
    return names
