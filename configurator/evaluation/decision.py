"""Which state a change of choices leads to, decided without prices."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.errors import Refusal
from catalog.kinds.register import kind_of
from catalog.product_model import Choice
from configurator.compiled_product import CompiledProduct, Values
from configurator.engine.face.choices import Budget, Deduction, deduce
from configurator.engine.face.conflicts import Reason, explain, repairs, stands, switched_off
from configurator.instances import with_fewer
from configurator.reasons import reason_text

# The public models of up to 18,000 features need fewer for a click; a hard product takes some
# tenths of a second.
MOST_CONFLICTS = 3_000


class ProductVoid(Refusal):
    """A product that no configuration satisfies; `data["rules"]` names rules that contradict each
    other.
    """

    slug = "product-void"
    title = "The product has no configuration"
    status = 409

    def __init__(self, product: CompiledProduct, rules: tuple[Reason, ...]) -> None:
        sentences = " ".join(reason_text(product.model, rule, None) for rule in rules)
        super().__init__(
            f"No configuration satisfies all rules of this product: {sentences} Change one of them.",
            rules=[{"kind": rule.kind, "key": rule.key} for rule in rules],
        )


@dataclass(frozen=True)
class Clash:
    """Choices that cannot stand together: what was chosen before, and the `changes` to it (None
    retracts).
    """

    choices: Mapping[str, Choice]
    changes: Mapping[str, Choice | None]


@dataclass(frozen=True)
class Begun:
    """What the engine told already of a state, within a budget that whoever goes on has the rest
    of.
    """

    deduction: Deduction
    budget: Budget


@dataclass(frozen=True)
class Decision:
    """Which state a change of choices leads to: `choices`, in the order of the options, which stand
    together.

    `retracted` are choices that went with the change. With a `clash` the change was refused, and
    the choices are those from before; of ones that clash by themselves what the cheapest repair
    leaves. `begun` saves who evaluates the state at once a part of the work.
    """

    choices: Mapping[str, Choice]
    retracted: Mapping[str, Choice] = field(default_factory=dict)
    clash: Clash | None = None
    begun: Begun | None = field(default=None, repr=False, compare=False)


def decide(
    product: CompiledProduct, choices: Values, changes: Mapping[str, Choice | None] | None = None
) -> Decision:
    """Return to which state `choices` with `changes` (None retracts) applied to them lead.

    A change of how many instances there are retracts what was chosen in those that go, and one that
    switches options off what was chosen for these. If the choices clash in any other way, nothing
    changes. Refuses with ProductVoid.
    """
    # The same question, asked in another order, has the same answer.
    choices, asked = _ordered(product, choices), _ordered(product, changes or {})
    changes = with_fewer(product.model, choices, asked)
    wanted = applied(product, choices, changes)
    budget = product.engine.patience.budget(wanted, MOST_CONFLICTS)
    deduction = deduce(product.engine, wanted, budget)
    if deduction.consistent:
        fallen = _taken_back_with(product, wanted, choices, asked, deduction)
    else:
        fallen = _switched_off(product, wanted, asked)
    if fallen:
        wanted = {key: choice for key, choice in wanted.items() if key not in fallen}
        deduction = deduce(product.engine, wanted, budget)
    if deduction.consistent:
        retracted = {
            key: choice for key, choice in choices.items() if key not in wanted and key not in asked
        }
        return Decision(wanted, retracted, begun=Begun(deduction, budget))
    return Decision(_standing(product, choices), clash=Clash(choices, changes))


def _ordered[Said](product: CompiledProduct, by_option: Mapping[str, Said]) -> dict[str, Said]:
    if len(by_option) < 2:
        return dict(by_option)
    places = product.engine.places
    there = [places.get(key, -1) for key in by_option]
    if all(map(operator.le, there, there[1:])):
        return dict(by_option)
    return {key: by_option[key] for key in sorted(by_option, key=lambda key: places.get(key, -1))}


def _standing(product: CompiledProduct, choices: Mapping[str, Choice]) -> Mapping[str, Choice]:
    """Return `choices`, or where they clash what the cheapest repair leaves of them; refuse with
    ProductVoid.
    """
    if stands(product.engine, choices):
        return choices
    internal = product.model.internal_options & choices.keys()
    ways = repairs(product.engine, choices, internal, 1) or repairs(
        product.engine, choices, frozenset(), 1
    )
    if not ways:
        raise ProductVoid(product, explain(product.engine, {}).rules)
    return {key: choice for key, choice in choices.items() if key not in ways[0].retract}


def applied(
    product: CompiledProduct, choices: Values, changes: Mapping[str, Choice | None]
) -> dict[str, Choice]:
    """Return the choices with the changes, in the order of the options."""
    merged = {**choices, **changes}
    return _ordered(product, {key: choice for key, choice in merged.items() if choice is not None})


def _taken_back_with(
    product: CompiledProduct,
    wanted: Values,
    choices: Values,
    changes: Mapping[str, Choice | None],
    deduction: Deduction,
) -> tuple[str, ...] | None:
    """Return the choices among `wanted` that would force upon an option what `changes` take back
    there.

    Who takes back a tick does not want it to stand because of what it opened.
    """
    for key, change in changes.items():
        option = product.model.option_by_key.get(key)
        if (
            option is None
            or change is not None
            or key not in choices
            or deduction.inferred.get(key) != choices[key]
        ):
            continue
        kind = kind_of(option)
        before = (option.default is True) if kind.is_truth else option.default
        if before is not None and before != choices[key] and not kind.is_several:
            fallen = switched_off(product.engine, {**wanted, key: before}, frozenset((key,)))
            if fallen:
                return fallen
    return None


def _switched_off(
    product: CompiledProduct, wanted: Values, changes: Mapping[str, Choice | None]
) -> tuple[str, ...] | None:
    """Return the choices among `wanted` on options that `changes` switch off, where nothing else
    clashes.
    """
    chosen = frozenset(key for key, choice in changes.items() if choice is not None)
    return switched_off(product.engine, wanted, chosen) if chosen else None
