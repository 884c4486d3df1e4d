"""What publishing a draft changes in money, told to whoever is about to publish it."""

from collections.abc import Iterator, Mapping

from catalog.errors import Refusal
from catalog.models import Product, Version
from catalog.product_model import Choice, ProductModel
from configurator.answering import follow
from configurator.offers import Offer, offered
from pricing.money import formatted

MOST_PRESETS = 20
NO_PRICE = "no price"


def money_told(product: Product, latest: Version) -> Iterator[str]:
    """Return a sentence for the start of a product, and for each preset, whose price is another in
    the draft.

    Prices are those of a buyer nobody knows anything of, now; a draft that cannot be priced says
    why.
    """
    try:
        before, after = offered(product, latest), offered(product, None)
        for name, old, new in _compared(before, after):
            if old != new:
                yield f"{name}: {new} instead of {old}"
    except Refusal as refused:
        yield f"The prices cannot be compared: {refused.sentence}"


def _compared(before: Offer, after: Offer) -> Iterator[tuple[str, str, str]]:
    yield "As it starts, with the defaults", _price(before, {}), _price(after, {})
    known = _presets(before.product.model)
    for key, (label, choices) in list(_presets(after.product.model).items())[:MOST_PRESETS]:
        if key in known:
            yield f"Preset “{label}”", _price(before, known[key][1]), _price(after, choices)


def _presets(model: ProductModel) -> Mapping[str, tuple[str, Mapping[str, Choice]]]:
    return {preset.key: (str(preset.label), preset.choices) for preset in model.presets}


def _price(offer: Offer, choices: Mapping[str, Choice]) -> str:
    breakdown = follow(offer, {}, choices).breakdown
    return NO_PRICE if breakdown is None else formatted(breakdown.shown, breakdown.currency)
