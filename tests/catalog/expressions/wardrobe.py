"""The wardrobe of the expression corpus, and the values a corpus line gives it."""

import re
from decimal import Decimal
from pathlib import Path

from ruamel.yaml import YAML

from catalog.assemblies import expanded
from catalog.product_model import Choice, Kind, ProductModel, read

CORPUS = Path(__file__).parents[2] / "corpus"
WARDROBE: ProductModel = read(
    YAML(typ="safe").load((CORPUS / "expressions_product.yaml").read_text("utf-8"))
)


def values_told(text: str) -> dict[str, Choice]:
    """Return the values of a corpus line such as `body=oak, width=1200, extras=(usb lamp),
    engraving="Anna"`.
    """
    told = re.findall(r'([\w.]+)=(\(.*?\)|".*"|[^,\s]+)', text)
    return {key: _choice(expanded(WARDROBE).option_by_key[key].kind, value) for key, value in told}


def _choice(kind: Kind, told: str) -> Choice:
    if kind == Kind.MULTI:
        return tuple(told.strip("()").split())
    if kind == Kind.BOOLEAN:
        return {"yes": True, "no": False}[told]
    if kind == Kind.NUMBER:
        return Decimal(told)
    return told[1:-1] if told.startswith('"') else told
