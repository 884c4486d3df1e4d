"""From a feature model in which features may be there several times to one in which each is there once: `spread`.

The first instances of `F` become features `F #1`, `F #2`, … that `F` always has, up to the least number there are;
those above may be there, each only with the one before it. So a configuration with three instances is one with the
first three: instances that are configured alike in another order are different configurations, as they are in UVL's own
tools. What names something below `F` is said again for each instance that is there; what names `F` itself speaks of
there being any. Source: the conversion of feature cardinalities in github.com/Universal-Variability-Language.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from catalog.uvl.features import (
    Aggregate,
    Feature,
    FeatureModel,
    Formula,
    Group,
    Has,
    Implies,
    Term,
    Type,
    named_in,
    parts_of,
    refused,
    renamed,
)

MOST_FEATURES = 20_000
MOST_CONSTRAINTS = 20_000


def spread(model: FeatureModel) -> FeatureModel:
    """Return the model with every instance as features of its own; refuses with UvlRefused what has two meanings."""
    if not any(feature.copies for feature in model.root.all()):
        return model
    return _Spreading(model).model()


class _Spreading:
    def __init__(self, model: FeatureModel) -> None:
        self.before = model
        self.features = {feature.name: feature for feature in model.root.all()}
        self.above = {child.name: feature for feature in model.root.all() for child in feature.below()}
        self.names: dict[tuple[str, str], str] = {}
        self.taken = set(self.features)
        self.chains: list[tuple[Formula, int]] = []

    def model(self) -> FeatureModel:
        self._refuse_too_many()
        self._refuse_two_meanings()
        root = self._spread(self.before.root, "")
        constraints: list[tuple[Formula, int]] = []
        for formula, line in self.before.told():
            for each in self._said(formula, self._copied(formula), {}):
                constraints.append((each, line))
                if len(constraints) > MOST_CONSTRAINTS:
                    raise refused(line, f"said for every copy, this makes more than {MOST_CONSTRAINTS:,} constraints")
        constraints += self.chains
        return FeatureModel(root, tuple(each for each, _ in constraints), tuple(line for _, line in constraints))

    # -- the tree

    def _spread(self, feature: Feature, suffix: str) -> Feature:
        """Return a feature with all below it, of the instance that `suffix` names."""
        if feature.copies is None:
            return self._instance(feature, suffix, suffix)
        least, most = feature.copies
        instances = [self._instance(feature, f"{suffix} #{number}", suffix) for number in range(1, most + 1)]
        for place in range(least + 1, most):
            after, before = instances[place].name, instances[place - 1].name
            self.chains.append((Implies(Has(after), Has(before)), feature.line))
        return Feature(
            self._name(feature.name, suffix),
            tuple(instances[:least]),
            tuple(instances[least:]),
            attributes=feature.attributes,
            line=feature.line,
        )

    def _instance(self, feature: Feature, suffix: str, around: str) -> Feature:
        def all_of(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
            return tuple([self._spread(each, suffix) for each in features])

        return Feature(
            self._name(feature.name, suffix),
            all_of(feature.mandatory),
            all_of(feature.optional),
            tuple(Group(group.least, group.most, all_of(group.features)) for group in feature.groups),
            feature.attributes if suffix == around else {},
            feature.type,
            line=feature.line,
        )

    def _name(self, name: str, suffix: str) -> str:
        """Return the name of an instance, which no other feature has."""
        known = self.names.get((name, suffix))
        if known is None:
            known = name + suffix
            while suffix and known in self.taken:
                known += "'"
            self.taken.add(known)
            self.names[name, suffix] = known
        return known

    # -- the constraints

    def _copied(self, formula: Formula) -> list[Feature]:
        """Return the features with copies below which the formula names something, each after those above it."""
        found: dict[str, Feature] = {}
        for each in named_in(formula):
            path = []
            feature = self.above.get(each.name or "")
            while feature is not None:
                if feature.copies:
                    path.append(feature)
                feature = self.above.get(feature.name)
            found.update((each.name, each) for each in reversed(path))
        return list(found.values())

    def _said(self, formula: Formula, copied: list[Feature], suffixes: Mapping[str, str]) -> Iterator[Formula]:
        """Return the formula for each combination of instances; `suffixes` are those chosen, by feature with copies."""
        if not copied:
            names = {each.name or "": self._name_in(each.name or "", suffixes) for each in named_in(formula)}
            yield renamed(formula, names)
            return
        feature, *others = copied
        assert feature.copies is not None
        around = self._suffix_around(feature.name, suffixes)
        for number in range(1, feature.copies[1] + 1):
            own = f"{around} #{number}"
            instance = Has(self._name(feature.name, own))
            for each in self._said(formula, others, {**suffixes, feature.name: own}):
                yield Implies(instance, each)

    def _name_in(self, name: str, suffixes: Mapping[str, str]) -> str:
        return self._name(name, self._suffix_around(name, suffixes))

    def _suffix_around(self, name: str, suffixes: Mapping[str, str]) -> str:
        feature = self.above.get(name)
        while feature is not None:
            if feature.name in suffixes:
                return suffixes[feature.name]
            feature = self.above.get(feature.name)
        return ""

    # -- what is refused

    def _refuse_too_many(self) -> None:
        sizes: dict[str, int] = {}
        for feature in reversed([*self.before.root.all()]):
            own = 1 + sum(sizes[child.name] for child in feature.below())
            sizes[feature.name] = own if feature.copies is None else 1 + feature.copies[1] * own
            if sizes[feature.name] > MOST_FEATURES:
                raise refused(
                    feature.line,
                    f"with all copies '{feature.name}' has more than {MOST_FEATURES:,} features; allow fewer copies",
                )

    def _refuse_two_meanings(self) -> None:
        """Refuse what tools read differently: the value of a feature with copies, and its own amounts in sums."""
        copied = [feature for feature in self.features.values() if feature.copies]
        for feature in copied:
            if feature.type is not Type.BOOLEAN:
                raise refused(
                    feature.line,
                    f"'{feature.name}' is there several times and has one value; put a feature of type {feature.type} "
                    "below it, which each copy then has for itself",
                )
        for formula, line in self.before.told():
            for aggregate in _aggregates(formula):
                for feature in copied:
                    is_number = isinstance(feature.attributes.get(aggregate.attribute), Decimal)
                    if is_number and (aggregate.name is None or self._is_below(feature.name, aggregate.name)):
                        raise refused(
                            line,
                            f"'{aggregate.attribute}' of '{feature.name}' may count once or for every copy; write it "
                            "at a mandatory feature below it, where it counts for every copy, or above it, where it "
                            "counts once",
                        )

    def _is_below(self, name: str, top: str) -> bool:
        while name != top and name in self.above:
            name = self.above[name].name
        return name == top


def _aggregates(formula: Formula) -> Iterator[Aggregate]:
    waiting: list[Formula | Term] = [formula]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Aggregate):
            yield each
        waiting.extend(parts_of(each))
