"""A product model made ready to answer: everything that does not depend on choices is done once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.assemblies import expanded, place_of
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind, bind_derived, existence
from catalog.product_model import Choice, ProductModel
from configurator.engine.face.choices import Compiled, compile_model
from configurator.holding import Wall
from configurator.prints.printed import CompiledPrint, compile_prints
from configurator.production.bom import CompiledBom, compile_bom
from pricing.breakdown import line_classes
from pricing.lead_time import CompiledLeadTime, compile_lead_time

type Values = Mapping[str, Choice]


@dataclass(frozen=True)
class CompiledProduct:
    """A product model made ready to answer: everything that does not depend on choices is done
    once, here.
    """

    model: ProductModel
    engine: Compiled
    conditions: Mapping[str, Callable[[Values], Any]]
    condition_reads: frozenset[str]
    derived: Mapping[str, Callable[[Values], Any]]
    layers: tuple[tuple[str, Callable[[Values], Any] | None], ...]
    prints: tuple[CompiledPrint, ...]
    lead_time: CompiledLeadTime
    bom: CompiledBom
    wall: Wall
    line_classes: tuple[str, ...]


def compile_product(model: ProductModel, engine: Compiled | None = None) -> CompiledProduct:
    """Return `model` compiled; refuses as its parts do: AssembliesRefused, ExpressionRefused,
    EngineRefused.

    `engine` is what `compile_model` once made of it, where that was kept: nearly all of the work.
    """
    model = expanded(model)
    scope = Scope.of(model)
    conditions = {
        option.key: bind(option.when, scope, "condition") for option in model.options if option.when
    }
    return CompiledProduct(
        model=model,
        engine=compile_model(model) if engine is None else engine,
        conditions={key: function_of(node) for key, node in conditions.items()},
        condition_reads=frozenset().union(*(reads(node) for node in conditions.values())),
        derived={each.key: _derived(each.key, scope) for each in model.derived},
        layers=tuple(
            (
                layer.key,
                function_of(bind(layer.when, scope, "condition", lengths=True))
                if layer.when
                else None,
            )
            for layer in model.layers
        ),
        prints=compile_prints(model),
        lead_time=compile_lead_time(model),
        bom=compile_bom(model),
        wall=Wall(model),
        line_classes=line_classes(model),
    )


def _derived(key: str, scope: Scope) -> Callable[[Values], Any]:
    """Return the function of a derived value; that of an instance has no value where there is no
    such instance.
    """
    value = function_of(bind_derived(key, scope))
    instance = scope.instance_at.get(place_of(key))
    bound = None if instance is None else existence(scope, instance)
    if bound is None:
        return value
    exists = function_of(bound.node)
    return lambda values: value(values) if exists(values) else None
