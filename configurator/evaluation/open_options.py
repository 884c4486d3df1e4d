"""Which options take part, which of these have no value, and which have to be answered."""

from catalog.kinds.register import kind_of
from catalog.product_model import Option
from configurator.compiled_product import CompiledProduct, Values
from configurator.engine.face.choices import DefaultCompletion, Needed


def active_options(product: CompiledProduct, values: Values) -> dict[str, bool]:
    """Return of each option whether it takes part."""
    conditions = product.conditions
    # What has a value takes part, though its condition may still read something undecided.
    return {
        key: (condition := conditions.get(key)) is None or key in values or bool(condition(values))
        for key in product.model.option_by_key
    }


def is_active(product: CompiledProduct, option: Option, values: Values) -> bool:
    """Tell whether `option` takes part."""
    # What has a value takes part, though its condition may still read something undecided.
    condition = product.conditions.get(option.key)
    return condition is None or option.key in values or bool(condition(values))


def undecided_options(product: CompiledProduct, values: Values) -> tuple[str, ...]:
    """Return the options that take part and have no value yet."""
    return tuple(
        option.key
        for option in product.model.options
        if option.key not in values and is_active(product, option, values)
    )


def is_missing(option: Option, settled: DefaultCompletion, asked_for: Needed) -> bool:
    """Tell whether `option`, where it takes part, needs a value, or a multi-choice more values than
    it has.
    """
    if option.key in settled.values and option.key not in settled.unsettled:
        return False
    return is_asked(option, settled.unsettled, asked_for)


def is_asked(option: Option, unsettled: frozenset[str], asked_for: Needed) -> bool:
    """Tell whether `option`, where it takes part and is not answered, has to be."""
    kind = kind_of(option)
    if kind.is_several:
        return option.key in unsettled or bool(option.at_least)
    return option.required or kind.is_truth or option.key in asked_for.options
