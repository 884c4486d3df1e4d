"""Adding, copying and removing instances of sub-assemblies, each as one change of choices.

Instances are told apart by their numbers alone, so removing the second of three moves what was chosen in the third to
the second.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from catalog.assemblies import ExpandedModel, Instance
from catalog.errors import Refusal
from catalog.expressions.errors import suggestion
from catalog.product_model import Choice, Kind, ProductModel

type Changes = dict[str, Choice | None]


class InstanceRefused(Refusal):
    """An instance that does not exist, or one more or one less than there may be."""

    slug = "instance-refused"
    title = "This cannot be added or removed"
    status = 409


def added(model: ProductModel, choices: Mapping[str, Choice], values: Mapping[str, Choice], key: str) -> Changes:
    """Return the changes that add an instance of the sub-assembly counted by `key`; refuse with InstanceRefused."""
    number = _count(model, values, key) + 1
    _instance(model, f"{key}.{number}")
    return {key: _counting(model, key, number)}


def copied(model: ProductModel, choices: Mapping[str, Choice], values: Mapping[str, Choice], place: str) -> Changes:
    """Return the changes that add an instance with all that was chosen in the one at `place` (`modules.2`)."""
    instance = _existing(model, values, place)
    key = instance.assembly
    number = _count(model, values, key) + 1
    _instance(model, f"{key}.{number}")
    return {key: _counting(model, key, number), **_moved(model, choices, place, f"{key}.{number}")}


def removed(model: ProductModel, choices: Mapping[str, Choice], values: Mapping[str, Choice], place: str) -> Changes:
    """Return the changes that remove the instance at `place`; what was chosen in later ones moves up."""
    instance = _existing(model, values, place)
    key, count = instance.assembly, _count(model, values, instance.assembly)
    domain = model.option_by_key[key].number
    if domain is not None and count <= domain.first:
        label = model.option_by_key[key].label
        raise InstanceRefused(f"{label}: at least {domain.first:f} of them must stay.", key=key)
    changes: Changes = {key: _counting(model, key, count - 1)}
    for number in range(instance.number, count):
        changes |= _moved(model, choices, f"{key}.{number + 1}", f"{key}.{number}")
    return changes | dict.fromkeys(_chosen_in(choices, f"{key}.{count}"))


def with_fewer(model: ProductModel, choices: Mapping[str, Choice], changes: Mapping[str, Choice | None]) -> Changes:
    """Return `changes` with what was chosen in instances that they do away with retracted.

    Where a change says that there are two modules, nobody has to take back first what was chosen in the third.
    """
    wanted = dict(changes)
    if not isinstance(model, ExpandedModel):
        return wanted
    for key in model.instances_of.keys() & changes.keys():
        if changes[key] is not None:
            beyond = model.instances_of[key][_count(model, {key: changes[key]}, key) :]  # type: ignore[dict-item]
            for instance in beyond:
                wanted = {**dict.fromkeys(_chosen_in(choices, instance.place)), **wanted}
    return wanted


_CHANGES: Mapping[str, Callable[[ProductModel, Mapping[str, Choice], Mapping[str, Choice], str], Changes]] = {
    "add": added,
    "copy": copied,
    "remove": removed,
}


def changes_for(
    model: ProductModel, choices: Mapping[str, Choice], values: Mapping[str, Choice], verb: str, what: str
) -> Changes:
    """Return the changes that `verb` asks for: `add` a sub-assembly's key, `copy` or `remove` an instance's place.

    `choices` are those so far and `values` what follows from them. Refuses with InstanceRefused.
    """
    change = _CHANGES.get(verb)
    if change is None:
        raise InstanceRefused(f"An instance can be added, copied or removed; '{verb}' is none of these.")
    return change(model, choices, values, what)


def with_instance(
    model: ProductModel,
    choices: Mapping[str, Choice],
    values: Mapping[str, Choice],
    changes: Mapping[str, Choice | None],
    verb: str,
    what: str,
) -> Changes:
    """Return `changes` together with those that `verb` asks for, as `changes_for` has it; refuse as it does.

    The changes hold first, and their places are those of before: then the instance is added, copied with all that is
    now chosen in it, or removed. A change in an instance that there was not before is one of the new instance.
    `values` follow from `choices` alone.
    """
    first = with_fewer(model, choices, changes)
    chosen = {key: choice for key, choice in {**choices, **first}.items() if choice is not None}
    now = {key: value for key, value in {**values, **first}.items() if value is not None}
    found = {**first, **changes_for(model, chosen, now, verb, what)}
    if verb == "remove":
        return found
    key = what if verb == "add" else _existing(model, now, what).assembly
    new = f"{key}.{_count(model, now, key) + 1}."
    return found | {each: choice for each, choice in first.items() if each.startswith(new) and choice is not None}


def may_add(model: ProductModel, values: Mapping[str, Choice], key: str) -> bool:
    """Tell whether the sub-assembly may have one more instance, as far as its own counts say."""
    return isinstance(model, ExpandedModel) and f"{key}.{_count(model, values, key) + 1}" in model.instance_at


def may_remove(model: ProductModel, values: Mapping[str, Choice], key: str) -> bool:
    """Tell whether the sub-assembly may have one instance less, as far as its own counts say."""
    domain = model.option_by_key[key].number
    return _count(model, values, key) > (0 if domain is None else domain.first)


def existing(model: ProductModel, values: Mapping[str, Choice]) -> tuple[Instance, ...]:
    """Return the instances that there are."""
    if not isinstance(model, ExpandedModel):
        return ()
    return tuple(each for each in model.instances if each.number <= _count(model, values, each.assembly))


def _count(model: ProductModel, values: Mapping[str, Choice], key: str) -> int:
    if not isinstance(model, ExpandedModel) or key not in model.instances_of:
        known = list(model.instances_of) if isinstance(model, ExpandedModel) else []
        hint = suggestion(key, known)
        raise InstanceRefused(f"There is no sub-assembly '{key}'{'; ' if hint else '.'}{hint}", key=key)
    count = values.get(key)
    if isinstance(count, bool):
        return int(count)
    return int(count) if isinstance(count, Decimal) else 0


def _counting(model: ProductModel, key: str, count: int) -> Choice:
    return count > 0 if model.option_by_key[key].kind is Kind.BOOLEAN else Decimal(count)


def _instance(model: ProductModel, place: str) -> Instance:
    instances = model.instance_at if isinstance(model, ExpandedModel) else {}
    if place not in instances:
        key = place.rpartition(".")[0]
        most = len(model.instances_of[key]) if isinstance(model, ExpandedModel) and key in model.instances_of else 0
        told = f"at most {most} are possible." if most else "the product has no such sub-assembly."
        raise InstanceRefused(f"There is no '{place}': {told}", place=place)
    return instances[place]


def _existing(model: ProductModel, values: Mapping[str, Choice], place: str) -> Instance:
    instance = _instance(model, place)
    if instance.number > _count(model, values, instance.assembly):
        raise InstanceRefused(f"{instance.label} is not there; add it first.", place=place)
    return instance


def _chosen_in(choices: Mapping[str, Choice], place: str) -> dict[str, Choice]:
    return {key: choice for key, choice in choices.items() if key.startswith(f"{place}.")}


def _moved(model: ProductModel, choices: Mapping[str, Choice], source: str, target: str) -> Changes:
    """Return the changes after which `target` has the choices that `source` has."""
    taken = {f"{target}{key[len(source) :]}": choice for key, choice in _chosen_in(choices, source).items()}
    return {**dict.fromkeys(_chosen_in(choices, target)), **taken}
