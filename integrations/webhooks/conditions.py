"""Conditions on what an event says, in the catalog's notation: `total > 1000 and frame is steel`
(ADR 0181).

The names are the fields of the event's kind and, where the event is about a product, that product's
options and derived values. A field hides an option of the same key. Options that shoppers never see
are in no event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args, get_origin

from catalog.errors import Refusal
from catalog.expressions.evaluate import evaluate
from catalog.expressions.types import Scope, bind
from catalog.models import Merchant, Version
from catalog.product_model import (
    Choice,
    Kind,
    NumberDomain,
    Option,
    ProductModel,
    Text,
    Value,
    read,
)
from integrations.webhooks.catalogue import KINDS, Money

_MOST = Decimal(10) ** 12
_CHOICES = "choices"


class ConditionRefused(Refusal):
    """A condition on events that cannot be read: the sentence names the place, and the product
    where there are some.
    """

    slug = "condition-refused"
    title = "The condition cannot be read"


def refuse_condition(text: str, kind: str, models: Iterable[ProductModel] = ()) -> None:
    """Refuse with ConditionRefused a condition that cannot be asked of events of `kind` about each
    of `models`.

    Without any, only the fields of the event may be read. An empty text always holds.
    """
    if not text.strip():
        return
    for model in list(models) or [_NONE]:
        try:
            bind(text, _scope(kind, model), "condition", lengths=True)
        except Refusal as refusal:
            about = f"For {model.product}: " if model is not _NONE else ""
            raise ConditionRefused(
                f"{about}{refusal.sentence}",
                errors=[{"pointer": "/condition", "detail": refusal.sentence}],
            ) from None


def holds(text: str, kind: str, data: Mapping[str, Any], model: ProductModel | None = None) -> bool:
    """Tell whether a condition holds for an event of `kind` that says `data`; refuse with
    ConditionRefused.

    `model` is the version of the product that the event is about.
    """
    if not text.strip():
        return True
    known = model or _NONE
    refuse_condition(text, kind, [known])
    scope = _scope(kind, known)
    return bool(evaluate(bind(text, scope, "condition", lengths=True), _values(scope, data)))


def names_of(kind: str, model: ProductModel | None = None) -> list[str]:
    """Return the names that conditions on events of `kind` may read."""
    return _scope(kind, model or _NONE).names()


def model_at(merchant: Merchant, product: str, number: int | None = None) -> ProductModel | None:
    """Return a version of a merchant's product, the newest without a number; None where there is
    none.
    """
    versions = Version.objects.for_merchant(merchant).filter(product__key=product)
    if number is not None:
        versions = versions.filter(number=number)
    version = versions.order_by("-number").first()
    return None if version is None else version.model


_NONE = read({"product": "none", "name": "None", "options": []})


def _scope(kind: str, model: ProductModel) -> Scope:
    fields = _fields(kind)
    taken = {option.key for option in fields}
    # What shoppers never see is left out of events, so a condition on it would never hold.
    options = tuple(each for each in model.options if not each.internal and each.key not in taken)
    derived = tuple(each for each in model.derived if each.key not in taken)
    return Scope.of(replace(model, options=(*fields, *options), derived=derived))


def _fields(kind: str) -> tuple[Option, ...]:
    known = KINDS[kind].said.model_fields
    return tuple(
        option
        for name, each in known.items()
        if (option := _field(name, each.annotation)) is not None
    )


def _field(name: str, annotation: Any) -> Option | None:
    """Return a field of an event as an option that expressions read; None for lists and the like."""
    # `Money | None` is read as Money.
    parts = [each for each in get_args(annotation) if each is not type(None)]
    if type(None) in get_args(annotation) and len(parts) == 1:
        annotation = parts[0]
    if get_origin(annotation) is Literal:
        values = tuple(Value(key, Text(key)) for key in get_args(annotation))
        return Option(name, Kind.CHOICE, Text(name), values=values)
    if annotation in (int, Money):
        step = Decimal(1) if annotation is int else Decimal("0.0001")
        return Option(name, Kind.NUMBER, Text(name), number=NumberDomain(-_MOST, _MOST, step))
    if annotation is bool:
        return Option(name, Kind.BOOLEAN, Text(name))
    return Option(name, Kind.TEXT, Text(name)) if annotation is str else None


def _values(scope: Scope, data: Mapping[str, Any]) -> dict[str, Choice]:
    choices = data.get(_CHOICES)
    said = {**(choices if isinstance(choices, Mapping) else {}), **data}
    found = ((key, _value(option, said.get(key))) for key, option in scope.options.items())
    return {key: value for key, value in found if value is not None}


def _value(option: Option, said: Any) -> Choice | None:
    if said is None or isinstance(said, Mapping):
        return None
    if isinstance(said, list):
        return tuple(str(each) for each in said)
    if option.number is not None and not isinstance(said, bool):
        try:
            return Decimal(str(said))
        except InvalidOperation:
            return None
    return said if isinstance(said, str | bool) else str(said)
