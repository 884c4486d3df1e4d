"""What the engine remarks about a product model at publish: what can never be chosen, asked or
fulfilled, and why.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from catalog.assemblies import expanded
from catalog.expressions.types import Scope
from catalog.findings import Finding, Progress
from catalog.product_model import ProductModel, Text
from configurator.engine.face.choices import EngineExhausted
from configurator.engine_checks import hard, lines, rules, shapes, starts, tables, totals, values
from configurator.engine_checks.examined import Examined, examined, rule_parts
from configurator.engine_checks.gaps import grids_not_examined, price_gaps
from pricing.price_list import PriceList

# How many findings of one code are told one by one, and how the rest is called that is told
# together.
MOST_TOLD = 25
# Of what is often meant just so, a few show what it is about.
FEW_TOLD = 3
_QUIET = {"value-beyond-default", "rules-never-together", "option-forced", "value-forced"}
_MORE = {
    "option-never-active": "options are never asked",
    "option-without-values": "options are left without values",
    "value-dead": "groups of values can never be chosen",
    "option-forced": "options ask nothing",
    "value-forced": "multi-choices have values that cannot be left out",
    "step-never-shown": "steps are never shown",
    "group-never-shown": "groups are never shown",
    "default-clash": "defaults clash",
    "preference-never-holds": "preferences never hold",
    "preference-idle": "preferences change nothing",
    "value-beyond-default": "groups of values need another default",
    "rule-never-fires": "rules never come into play",
    "rules-contradict": "rules are contradicted by others",
    "rule-redundant": "rules say only what others say already",
    "rules-never-together": "rules rule each other out",
    "row-unreachable": "tables have rows that nothing reaches",
    "line-never-applies": "lines never apply",
    "lead-time-missing": "values have no lead time",
    "part-listed-twice": "parts are listed twice",
    "layer-never-shown": "layers are never shown",
}

type Part = Callable[[Examined], Iterable[Finding | Progress]]


def findings(model: ProductModel, beside: Sequence[object] = ()) -> Iterator[Finding | Progress]:
    """Return what the engine finds, and how far it is; refuses as `compile_model` does where it
    cannot begin.

    Where the whole product is without configuration, that is said instead of its consequences.
    Price lists among `beside` are those the product is sold by; without any, lines are taken as
    they are, in the product's currency. Each part may ask as much as one click may, however large
    the product; one that cannot end says so.
    """
    model = expanded(model)
    price_lists = [each for each in beside if isinstance(each, PriceList)] or _plain_lists(model)
    scope = Scope.of(model)
    asked = lines.watched_lines(model, price_lists, scope)
    watch = {
        **rules.watched_rules(rule_parts(model, scope)),
        **starts.watched_defaults(model, scope),
        **{each.path: each.node for each in asked},
    }
    yield Progress("Reading the product", 0, 1)
    try:
        product = examined(model, watch)
    except EngineExhausted:
        yield from hard.at_all(model)
        return
    if not product.deduction.consistent:
        yield from values.void(product)
        return
    parts: dict[str, Part] = {
        "options that are never asked": values.never_active,
        "values that can never be chosen": values.dead_values,
        "options that ask nothing": values.forced_values,
        "questions that are too hard": hard.after_choices,
        "steps and groups": values.unreachable_groups,
        "defaults": starts.defaults,
        "presets": starts.presets,
        "preferences": starts.preferences,
        "values that need another default": starts.values_beyond_defaults,
        "rules that never fire": rules.never_firing,
        "rules that contradict others": rules.contradicting,
        "rules that others imply": rules.redundant,
        "rules that never apply together": rules.never_together,
        "rows of tables": tables.idle_rows,
        "price lines, parts, lead times and layers": lambda each: lines.line_findings(each, asked),
        "price gaps": lambda each: (
            *price_gaps(each, price_lists),
            *grids_not_examined(each, price_lists),
        ),
        "totals below zero": lambda each: totals.negative_totals(each, price_lists),
        "shapes": shapes.shapes,
        "totals that are too large": lambda each: totals.overflowing_totals(each, price_lists),
    }
    for name, part in parts.items():
        yield from _folded(_within_bounds(product, name, part))


def _folded(found: Iterable[Finding | Progress]) -> Iterator[Finding | Progress]:
    """Return the same, but what is remarked more than MOST_TOLD times with one code in one finding
    from then on.
    """
    counts: Counter[tuple[str, str]] = Counter()
    further: dict[tuple[str, str], list[Finding]] = {}
    for each in found:
        if isinstance(each, Progress) or each.severity == "error" or each.code not in _MORE:
            yield each
            continue
        counts[each.severity, each.code] += 1
        if counts[each.severity, each.code] <= (FEW_TOLD if each.code in _QUIET else MOST_TOLD):
            yield each
        else:
            further.setdefault((each.severity, each.code), []).append(each)
    for (_, code), rest in further.items():
        first = rest[0]
        yield (
            first
            if len(rest) == 1
            else Finding(
                first.severity,
                code,
                first.path,
                f"{len(rest):,} more {_MORE[code]}, listed with this finding. The first of them: {first.sentence}",
                first.example,
                also=(
                    *first.also,
                    *(path for each in rest[1:] for path in (each.path, *each.also)),
                ),
                about=tuple(part for each in rest for part in (each.path, *each.about)),
            )
        )


def _within_bounds(product: Examined, name: str, part: Part) -> Iterator[Finding | Progress]:
    """Return what one part finds; if its questions are too hard, as far as it came, and that it
    did.
    """
    try:
        with product.asking():
            yield from part(product)
    except EngineExhausted:
        yield Finding(
            "note",
            "not-examined",
            "",
            f"Not all {name} could be looked at: the rules of this product are too hard to be decided in the time that "
            "a check may take. What was found until then is listed.",
            about=(name,),
        )


def _plain_lists(model: ProductModel) -> list[PriceList]:
    """Return price lists in the product's own currency, one for each that its lines name and one
    for the rest.
    """
    named = dict.fromkeys(
        line.price_list for line in model.price_lines if line.price_list is not None
    )
    general = any(line.price_list is None for line in model.price_lines)
    keys = [*(["standard"] if general and "standard" not in named else []), *named]
    return [PriceList(key, Text(key), model.currency) for key in keys]
