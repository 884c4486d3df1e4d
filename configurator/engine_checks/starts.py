"""Where a product starts from: defaults, presets and preferences that clash, values beyond a
default.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind
from catalog.findings import Finding, Progress
from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option, ProductModel
from configurator.engine.face.choices import ChoiceUnknown, Domain, default_completion
from configurator.engine.face.examination import minimal
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.words import (
    example_of,
    joined,
    labels,
    listed,
    names_of,
    value_told,
    verb,
)


def watched_defaults(model: ProductModel, scope: Scope) -> dict[str, Node]:
    """Return for each option with a default the condition that it keeps it: it has it, or is not
    asked.
    """
    found: dict[str, Node] = {}
    for option in model.options:
        has = _has_default(option)
        if has is not None:
            asked = None if option.when is None else bind(option.when, scope, "condition")
            found[f"options/{option.key}/default"] = (
                has if asked is None else nodes.Implies(asked, has)
            )
    return found


def _has_default(option: Option) -> Node | None:
    default = option.default
    if default is None or default in (NOTHING, ()):
        return None
    return kind_of(option).says(option, default)


def defaults(product: Examined) -> Iterator[Finding]:
    """Return the defaults that can never be chosen, and those that clash with what stands at the
    start.
    """
    settled = default_completion(product.compiled, {}).values
    for option in product.model.options:
        default = option.default
        if default is None or default == ():
            continue
        path = f"options/{option.key}/default"
        try:
            alone = product.clash({option.key: default})
        except ChoiceUnknown:
            continue  # the catalog's own checks tell that there is no such value
        if alone is not None:
            _, reasons = alone
            yield Finding(
                "warning",
                "default-clash",
                path,
                f"The default of '{option.label}' can never be chosen: {listed(reasons)} {verb(reasons)} it. "
                "Choose another default.",
                example_of({option.key: default}),
                about=(str(default),),
            )
            continue
        taken = settled.get(option.key)
        if taken == default or (taken is None and option.key in product.compiled.conditions):
            continue
        others = {key: value for key, value in settled.items() if key != option.key}
        clash = product.clash({**others, option.key: default})
        if clash is not None:
            keys, reasons = clash
            named = labels(product.model, [key for key in keys if key != option.key])
            yield Finding(
                "warning",
                "default-clash",
                path,
                f"The default of '{option.label}' clashes with what {named} has at the start "
                f"({listed(reasons)}), so the product does not start with it. Choose defaults that go together.",
                example_of({**others, option.key: default}, keys),
                about=(str(default), *keys),
            )


def presets(product: Examined) -> Iterator[Finding]:
    """Return the presets whose choices clash."""
    for preset in product.model.presets:
        try:
            clash = product.clash(preset.choices)
        except ChoiceUnknown:
            continue  # the catalog's own checks tell that there is no such value
        if clash is not None:
            keys, reasons = clash
            yield Finding(
                "error",
                "preset-clash",
                f"presets/{preset.key}",
                f"The preset '{preset.label}' cannot be chosen: its choices for {labels(product.model, keys)} clash "
                f"({listed(reasons)}). Change one of them.",
                example_of(preset.choices, keys),
                about=keys,
            )


def preferences(product: Examined) -> Iterator[Finding | Progress]:
    """Return the preferences that no configuration satisfies, and those that every one does."""
    known = product.compiled.preferences
    for done, preference in enumerate(product.model.preferences):
        if done % 200 == 0:
            yield Progress("Preferences", done, len(known))
        path = f"preferences/{preference.key}"
        _, literal = known[preference.key]
        if not product.possible([literal]):
            reasons = product.why([literal])
            because = (
                f": {listed(reasons)} {verb(reasons)} it" if reasons else ", whatever is chosen"
            )
            yield Finding(
                "warning",
                "preference-never-holds",
                path,
                f"The preference '{preference.key}' can never hold{because}. Correct it, or remove it.",
                {},
                about=names_of(reasons),
            )
        elif not product.possible([-literal]):
            reasons = product.why([-literal])
            why = f"it follows from {listed(reasons)}" if reasons else "it holds by itself"
            yield Finding(
                "note",
                "preference-idle",
                path,
                f"The preference '{preference.key}' changes nothing: {why}, whatever is chosen. Remove it, or correct "
                "it if it should ask for something else.",
                about=names_of(reasons),
            )


def values_beyond_defaults(product: Examined) -> Iterator[Finding | Progress]:
    """Return the values that no configuration has in which all other options keep their defaults.

    An option keeps its default where it has it, a multi-choice where it contains it, and where it
    is not asked. Defaults that cannot stand together with those of earlier options do not count:
    `defaults` tells of them. Neither do options that are not asked as long as defaults are kept.
    Numbers are not gone through.
    """
    kept = _standing_defaults(product)
    options = product.model.options if kept else ()
    for done, option in enumerate(options):
        if done % 50 == 0:
            yield Progress("Values that need another default", done, len(options))
        others = {key: literal for key, literal in kept.items() if key != option.key}
        switch = product.compiled.conditions.get(option.key)
        if switch is not None and not product.possible([*others.values(), switch[1]]):
            continue
        by_defaults: dict[tuple[str, ...], list[Choice]] = {}
        for value in _values(option, product.deduction.domains[option.key]):
            literals = product.literals(option, value)
            if not product.possible([*others.values(), *literals]):
                by_defaults.setdefault(_left(product, others, literals), []).append(value)
        for keys, values in by_defaults.items():
            yield _beyond(product, option, keys, values)


def _standing_defaults(product: Examined) -> dict[str, int]:
    """Return the defaults that can stand together, earlier ones first, as literals by option."""
    found: dict[str, int] = {}
    for option in product.model.options:
        literal = product.compiled.watched.get(f"options/{option.key}/default")
        if literal is not None and product.possible([*found.values(), literal]):
            found[option.key] = literal
    return found


def _values(option: Option, domain: Domain) -> Iterator[Choice]:
    kind = kind_of(option)
    if kind.is_single or kind.is_truth:
        yield from domain.values
    elif kind.is_several:
        yield from ((str(value),) for value in domain.values)


def _left(product: Examined, kept: Mapping[str, int], literals: Sequence[int]) -> tuple[str, ...]:
    """Return options of which at least one has to leave its default for the literals; none of them
    superfluous.
    """

    def clash(keys: Sequence[str]) -> Collection[str] | None:
        with product.asking() as search:
            if search.solvable([*literals, *(kept[key] for key in keys)]):
                return None
            core = search.core_of_assumptions()
        return [key for key in keys if kept[key] in core]

    return minimal(clash, list(kept))


def _beyond(
    product: Examined, option: Option, keys: tuple[str, ...], values: Sequence[Choice]
) -> Finding:
    defaults = {key: product.model.option_by_key[key].default for key in keys}
    left = joined(
        [
            f"'{product.model.option_by_key[key].label}' ({value_told(product.model.option_by_key[key], default)})"
            for key, default in defaults.items()
            if default is not None
        ]
    )
    told = f"the default of {left} is" if len(keys) == 1 else f"one of the defaults of {left} is"
    named = [value_told(option, value) for value in values]
    paths = [_path(option, value) for value in values]
    return Finding(
        "note",
        "value-beyond-default",
        paths[0],
        f"{joined(named)} of '{option.label}' can only be had where {told} left. For shoppers who choose it "
        "the nearest answer that is possible is set instead; take another default if many want it.",
        example_of({option.key: values[0]}),
        also=tuple(paths[1:]),
        about=(*named, *keys),
    )


def _path(option: Option, value: Choice) -> str:
    key = value[0] if isinstance(value, tuple) else value
    return (
        f"options/{option.key}" if isinstance(key, bool) else f"options/{option.key}/values/{key}"
    )
