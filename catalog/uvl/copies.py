"""From a feature model in which features may be there several times to one in which each is there
once: `spread`.

The first instances of `F` become features `F #1`, `F #2`, … that `F` always has, up to the least
number there are; those above may be there, each only with the one before it. So a configuration
with three instances is one with the first three: instances that are configured alike in another
order are different configurations, as they are in UVL's own tools. What reads the value of `F`, or
names something below it, is said again for each instance that is there; what names `F` itself
speaks of there being any. Each instance has the attributes of `F`, and counts in sums. Source: the
conversion of feature cardinalities in github.com/Universal-Variability-Language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalog.uvl.features import (
    Aggregate,
    AttributeOf,
    Feature,
    FeatureModel,
    Formula,
    Gathered,
    Group,
    Has,
    Implies,
    LengthOf,
    Term,
    ValueOf,
    named_in,
    refused,
    rewritten,
)

MOST_FEATURES = 20_000
MOST_CONSTRAINTS = 20_000


def spread(model: FeatureModel) -> FeatureModel:
    """Return the model with every instance as features of its own; refuses with UvlRefused what
    grows too large.
    """
    if not any(feature.copies for feature in model.root.all()):
        return model
    return _Spreading(model).model()


class _Spreading:
    def __init__(self, model: FeatureModel) -> None:
        self.before = model
        self.features = {feature.name: feature for feature in model.root.all()}
        self.above = {
            child.name: feature for feature in model.root.all() for child in feature.below()
        }
        self.names: dict[tuple[str, str], str] = {}
        self.taken = set(self.features)
        self.chains: list[tuple[Formula, int]] = []

    def model(self) -> FeatureModel:
        self._refuse_too_many()
        root = self._spread(self.before.root, "")
        constraints: list[tuple[Formula, int]] = []
        for formula, line in self.before.told():
            for each in self._said(formula, self._copied(formula), {}):
                constraints.append((each, line))
                if len(constraints) > MOST_CONSTRAINTS:
                    raise refused(
                        line,
                        f"said for every copy, this makes more than {MOST_CONSTRAINTS:,} constraints",
                    )
        constraints += self.chains
        told, lines = tuple(each for each, _ in constraints), tuple(line for _, line in constraints)
        return FeatureModel(root, told, lines, self.before.notes)

    # -- the tree

    def _spread(self, feature: Feature, suffix: str) -> Feature:
        """Return a feature with all below it, of the instance that `suffix` names."""
        if feature.copies is None:
            return self._instance(feature, suffix)
        least, most = feature.copies
        instances = [
            self._instance(feature, f"{suffix} #{number}") for number in range(1, most + 1)
        ]
        for place in range(least + 1, most):
            after, before = instances[place].name, instances[place - 1].name
            self.chains.append((Implies(Has(after), Has(before)), feature.line))
        return Feature(
            self._name(feature.name, suffix),
            tuple(instances[:least]),
            tuple(instances[least:]),
            line=feature.line,
            label=feature.label and feature.label + suffix,
        )

    def _instance(self, feature: Feature, suffix: str) -> Feature:
        def all_of(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
            return tuple([self._spread(each, suffix) for each in features])

        return Feature(
            self._name(feature.name, suffix),
            all_of(feature.mandatory),
            all_of(feature.optional),
            tuple(
                Group(group.least, group.most, all_of(group.features)) for group in feature.groups
            ),
            feature.attributes,
            feature.type,
            line=feature.line,
            label=feature.label and feature.label + suffix,
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
        """Return the features with copies of which the formula names one instance, each after those
        above it.
        """
        found: dict[str, Feature] = {}
        for each in named_in(formula):
            own = isinstance(each, (ValueOf, LengthOf))
            found.update((feature.name, feature) for feature in self._around(each.name or "", own))
        return list(found.values())

    def _around(self, name: str, own: bool) -> list[Feature]:
        """Return the features with copies above a feature, from the top; with `own` also itself."""
        path = []
        feature = self.features.get(name) if own else self.above.get(name)
        while feature is not None:
            if feature.copies:
                path.append(feature)
            feature = self.above.get(feature.name)
        return path[::-1]

    def _said(
        self, formula: Formula, copied: list[Feature], suffixes: Mapping[str, str]
    ) -> Iterator[Formula]:
        """Return the formula for each combination of instances; `suffixes` are those chosen, by
        feature with copies.
        """
        if not copied:
            yield rewritten(formula, lambda node: self._renamed(node, suffixes))
            return
        feature, *others = copied
        for own in self._suffixes(feature, suffixes):
            for each in self._said(formula, others, {**suffixes, feature.name: own}):
                yield Implies(Has(self._name(feature.name, own)), each)

    def _suffixes(self, feature: Feature, suffixes: Mapping[str, str]) -> list[str]:
        assert feature.copies is not None
        around = self._suffix_around(feature.name, suffixes)
        return [f"{around} #{number}" for number in range(1, feature.copies[1] + 1)]

    def _renamed(self, node: Formula | Term, suffixes: Mapping[str, str]) -> Formula | Term | None:
        """Return what names a feature with the name of its instance; None for what names none."""
        match node:
            case Gathered():
                parts = [
                    replace(part, name=name)
                    for part in node.parts
                    for name in self._instances(part.name)
                ]
                return replace(node, parts=tuple(parts))
            case ValueOf() | LengthOf():
                return replace(
                    node, name=self._name(node.name, self._suffix_of(node.name, suffixes))
                )
            case AttributeOf():
                around = self._suffix_around(node.name, suffixes)
                first = f"{around} #1" if self.features[node.name].copies else around
                return replace(node, name=self._name(node.name, first))
            case Has():
                return Has(self._name(node.name, self._suffix_around(node.name, suffixes)))
            case Aggregate(name=str() as name):
                return replace(node, name=self._name(name, self._suffix_around(name, suffixes)))
        return None

    def _instances(self, name: str) -> list[str]:
        """Return the names of all instances of a feature, in all instances of those around it."""
        chosen: list[Mapping[str, str]] = [{}]
        for feature in self._around(name, own=True):
            chosen = [
                {**each, feature.name: own}
                for each in chosen
                for own in self._suffixes(feature, each)
            ]
            if len(chosen) > MOST_FEATURES:
                raise refused(
                    feature.line, f"there are more than {MOST_FEATURES:,} copies of '{name}'"
                )
        return [self._name(name, self._suffix_of(name, each)) for each in chosen]

    def _suffix_of(self, name: str, suffixes: Mapping[str, str]) -> str:
        return suffixes[name] if self.features[name].copies else self._suffix_around(name, suffixes)

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
