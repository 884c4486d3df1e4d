"""Adding, copying, moving and removing instances of sub-assemblies, each as one change of choices.

An instance's number is only its place. Whatever is done, each instance takes what was chosen in it
along to its new place; `Rows` says which one stands where afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from catalog.assemblies import ExpandedModel, Instance
from catalog.errors import Refusal
from catalog.expressions.errors import suggestion
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, ProductModel

type Changes = dict[str, Choice | None]

VERBS = ("add", "copy", "move", "remove")


class InstanceRefused(Refusal):
    """An instance that does not exist, or one more or one less than there may be."""

    slug = "instance-refused"
    title = "This cannot be added or removed"
    status = 409


@dataclass(frozen=True, slots=True)
class InstanceAsk:
    """What is to be done: `add` to the sub-assembly counted by `what`; `copy`, `move` or `remove`
    the instance there.

    `to` is the number of the place where the added, copied or moved one stands afterwards. Without
    it an added one is the last, and a copy comes after its original.
    """

    verb: str
    what: str
    to: int | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Where each instance of the sub-assembly counted by `key` stands after a change.

    `sources` has, for each instance that there is afterwards, the number it had before, None for a
    new one; a copy has that of its original. `new` is the number of the instance that was added,
    copied or moved; 0 where one was removed.
    """

    key: str
    sources: tuple[int | None, ...]
    new: int = 0

    def places_of(self, key: str) -> tuple[str, ...]:
        """Return the keys that an option has after the change: several where it was copied, none
        where it went.
        """
        number, rest = _divided(key, self.key)
        if not number:
            return (key,)
        return tuple(
            f"{self.key}.{place}{rest}"
            for place, source in enumerate(self.sources, start=1)
            if source == number
        )

    @property
    def place(self) -> str:
        """The place of the instance that was added, copied or moved; empty where one was removed."""
        return f"{self.key}.{self.new}" if self.new else ""


def rows_after(model: ProductModel, values: Mapping[str, Choice], ask: InstanceAsk) -> Rows:
    """Return where each instance stands after `ask`, with `values` before it; refuse with
    InstanceRefused.
    """
    if ask.verb not in VERBS:
        raise InstanceRefused(
            f"An instance can be added, copied, moved or removed; '{ask.verb}' is none of these."
        )
    if ask.verb == "add":
        key, number = ask.what, 0
    else:
        instance = _existing(model, values, ask.what)
        key, number = instance.assembly, instance.number
    count = _count(model, values, key)
    rows: list[int | None] = list(range(1, count + 1))
    if ask.verb == "remove":
        _refuse_fewer(model, key, count)
        return Rows(key, tuple(each for each in rows if each != number))
    if ask.verb == "move":
        if ask.to is None:
            raise InstanceRefused(
                f"Say with 'to' which number '{ask.what}' is to have.", place=ask.what
            )
        rows.remove(number)
    else:
        _instance(model, f"{key}.{count + 1}")
    to = ask.to if ask.to is not None else number + 1 if ask.verb == "copy" else count + 1
    if not 1 <= to <= len(rows) + 1:
        raise InstanceRefused(
            f"There is no place {to} for it; give 'to' a number from 1 to {len(rows) + 1}.", key=key
        )
    rows.insert(to - 1, None if ask.verb == "add" else number)
    return Rows(key, tuple(rows), to)


def _refuse_fewer(model: ProductModel, key: str, count: int) -> None:
    domain = model.option_by_key[key].number
    if domain is not None and count <= domain.first:
        label = model.option_by_key[key].label
        raise InstanceRefused(f"{label}: at least {domain.first:f} of them must stay.", key=key)


def with_fewer(
    model: ProductModel, choices: Mapping[str, Choice], changes: Mapping[str, Choice | None]
) -> Changes:
    """Return `changes` with what was chosen in instances that they do away with retracted.

    Where a change says that there are two modules, nobody has to take back first what was chosen in
    the third.
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


def with_instance(
    model: ProductModel,
    choices: Mapping[str, Choice],
    values: Mapping[str, Choice],
    changes: Mapping[str, Choice | None],
    ask: InstanceAsk,
) -> tuple[Changes, Rows]:
    """Return `changes` together with those that `ask` comes to, and where instances then stand.

    The changes hold first, and their places are those of before: then the instance is added, copied
    with all that is now chosen in it, moved or removed. A change in an instance that there was not
    before is one of the new instance. `values` follow from `choices` alone. Refuses with
    InstanceRefused.
    """
    first = with_fewer(model, choices, changes)
    chosen = {key: choice for key, choice in {**choices, **first}.items() if choice is not None}
    now = {key: value for key, value in {**values, **first}.items() if value is not None}
    rows = rows_after(model, now, ask)
    key, count = rows.key, _count(model, now, rows.key)
    last = max(count, len(rows.sources))
    found = {
        each: choice for each, choice in first.items() if not 0 < _divided(each, key)[0] <= last
    }
    after: dict[str, Choice] = {}
    for number, source in enumerate(rows.sources, start=1):
        after |= _renamed(chosen, f"{key}.{source}", f"{key}.{number}") if source else {}
    if last > count:
        told = _renamed(first, f"{key}.{last}", rows.place)
        after |= {each: choice for each, choice in told.items() if choice is not None}
    inside = [each for each in {**choices, **after} if 0 < _divided(each, key)[0] <= last]
    found |= {each: after.get(each) for each in inside if after.get(each) != choices.get(each)}
    if len(rows.sources) != count:
        found[key] = _counting(model, key, len(rows.sources))
    return found, rows


def may_add(model: ProductModel, values: Mapping[str, Choice], key: str) -> bool:
    """Tell whether the sub-assembly may have one more instance, as far as its own counts say."""
    return (
        isinstance(model, ExpandedModel)
        and f"{key}.{_count(model, values, key) + 1}" in model.instance_at
    )


def may_remove(model: ProductModel, values: Mapping[str, Choice], key: str) -> bool:
    """Tell whether the sub-assembly may have one instance less, as far as its own counts say."""
    domain = model.option_by_key[key].number
    return _count(model, values, key) > (0 if domain is None else domain.first)


def existing(model: ProductModel, values: Mapping[str, Choice]) -> tuple[Instance, ...]:
    """Return the instances that there are."""
    if not isinstance(model, ExpandedModel):
        return ()
    return tuple(
        each for each in model.instances if each.number <= _count(model, values, each.assembly)
    )


def _count(model: ProductModel, values: Mapping[str, Choice], key: str) -> int:
    if not isinstance(model, ExpandedModel) or key not in model.instances_of:
        known = list(model.instances_of) if isinstance(model, ExpandedModel) else []
        hint = suggestion(key, known)
        raise InstanceRefused(
            f"There is no sub-assembly '{key}'{'; ' if hint else '.'}{hint}", key=key
        )
    count = values.get(key)
    if isinstance(count, bool):
        return int(count)
    return int(count) if isinstance(count, Decimal) else 0


def _counting(model: ProductModel, key: str, count: int) -> Choice:
    return count > 0 if kind_of(model.option_by_key[key]).is_truth else Decimal(count)


def _instance(model: ProductModel, place: str) -> Instance:
    instances = model.instance_at if isinstance(model, ExpandedModel) else {}
    if place not in instances:
        key = place.rpartition(".")[0]
        most = (
            len(model.instances_of[key])
            if isinstance(model, ExpandedModel) and key in model.instances_of
            else 0
        )
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


def _divided(key: str, assembly: str) -> tuple[int, str]:
    """Return the number and the rest of a key such as `modules.2.width`, 0 where it is of no
    instance of `assembly`.
    """
    if not key.startswith(f"{assembly}."):
        return 0, key
    number, dot, rest = key[len(assembly) + 1 :].partition(".")
    return (int(number), f"{dot}{rest}") if number.isdecimal() else (0, key)


def _renamed[Said](said: Mapping[str, Said], source: str, target: str) -> dict[str, Said]:
    """Return what is said of the instance at `source`, by the keys that its options have at
    `target`.
    """
    return {
        f"{target}{key[len(source) :]}": each
        for key, each in said.items()
        if key.startswith(f"{source}.")
    }
