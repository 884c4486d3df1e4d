"""Products that contain products: a product model with sub-assemblies written out as one without.

Each instance of a sub-assembly brings the options, rules, tables, derived values and lines of its
definition under keys such as `modules.2.width`, and a number option (`modules`) says how many
instances there are. Expressions of an instance stand behind its place, `modules.2: width <= 600`,
and read the names of the definition. Engine, prices and parts then know nothing of sub-assemblies.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Literal

from catalog.counts import told_count
from catalog.errors import Refusal
from catalog.findings import Finding
from catalog.product_model import (
    BomLine,
    Derived,
    Kind,
    LeadTimeLine,
    NumberDomain,
    Option,
    Preference,
    PriceLine,
    PriceTable,
    ProductModel,
    QuantityBreak,
    Rule,
    SubAssembly,
    TableRule,
    Text,
    Value,
)

MAX_LEVELS = 3
MAX_INSTANCES = 100
# What all instances of a product may bring together: options, values, rules, rows of tables and
# lines.
MAX_PARTS = 50_000

_PLAIN = re.compile(r"-?\d+(\.\d+)?|true|false")


class AssembliesRefused(Refusal):
    """Sub-assemblies that cannot be written out: too deep, too many, or the wrong way round.

    `data["path"]` is the place in the product model.
    """

    slug = "assemblies-refused"
    title = "The sub-assemblies cannot be held"


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a sub-assembly: `place` is `modules.2`, `assembly` the key of the option that
    counts them.

    `exists` is the condition under which there is this instance, None where there always is.
    `label` is "Module 2", `name` "Module". `lead_time` says how its days count beside those of the
    other instances.
    """

    place: str
    assembly: str
    number: int
    label: Text
    name: Text
    exists: str | None
    lead_time: Literal["longest", "added"] = "longest"


@dataclass(frozen=True)
class ExpandedModel(ProductModel):
    """A product model whose sub-assemblies are written out; `source` is the model as it was
    written.

    `own_labels` holds, by key, what options of instances are called within their instance.
    """

    source: ProductModel | None = None
    instances: tuple[Instance, ...] = ()
    own_labels: Mapping[str, Text] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """The digest of the model as it was written."""
        assert self.source is not None
        return self.source.digest

    @cached_property
    def instances_of(self) -> Mapping[str, tuple[Instance, ...]]:
        """The instances of each sub-assembly, by the key of the option that counts them."""
        found: dict[str, list[Instance]] = {}
        for instance in self.instances:
            found.setdefault(instance.assembly, []).append(instance)
        return {key: tuple(instances) for key, instances in found.items()}

    @cached_property
    def instance_at(self) -> Mapping[str, Instance]:
        """The instances by their places."""
        return {instance.place: instance for instance in self.instances}


def place_of(key: str) -> str:
    """Return the place of the instance that a key belongs to, `modules.2` of `modules.2.width`;
    empty for no instance.

    The option that counts the instances within an instance belongs to the outer one.
    """
    return key.rpartition(".")[0]


def as_written(model: ProductModel) -> ProductModel:
    """Return the model that an expanded one was made from; any other model as it is."""
    return model.source if isinstance(model, ExpandedModel) and model.source is not None else model


def expanded(model: ProductModel) -> ProductModel:
    """Return `model` with its sub-assemblies written out; one without sub-assemblies is returned as
    it is.

    Refuses with AssembliesRefused what is deeper than MAX_LEVELS or larger than MAX_PARTS, and
    counts that no number of instances meets.
    """
    if not model.assemblies or isinstance(model, ExpandedModel):
        return model
    known = vars(model).get("_expanded")
    if known is None:
        refuse_too_large(model)
        # Kept with the model, as a cached property would be.
        known = vars(model)["_expanded"] = _expanded(model)
    made: ProductModel = known
    return made


def refuse_too_large(model: ProductModel) -> None:
    """Refuse with AssembliesRefused, naming the place, sub-assemblies that cannot be written out."""
    parts = _size(model, "assemblies", 1)
    if parts > MAX_PARTS:
        raise AssembliesRefused(
            f"With all instances of its sub-assemblies the product has {parts:,} parts, more than {MAX_PARTS:,}; "
            "allow fewer instances, or contain smaller products.",
            path="assemblies",
        )


def _size(model: ProductModel, path: str, level: int) -> int:
    """Return how many options, values, rules, rows and lines the product has with all its
    instances.
    """
    found = (
        len(model.rules)
        + len(model.preferences)
        + len(model.derived)
        + len(model.price_lines)
        + len(model.bom_lines)
    )
    found += sum(1 + len(option.values) for option in model.options) + sum(
        len(table.rows) for table in model.tables
    )
    for assembly in model.assemblies:
        here = f"{path}/{assembly.key}"
        if level > MAX_LEVELS:
            raise AssembliesRefused(
                f"The sub-assembly '{assembly.key}' lies {level} levels deep; at most {MAX_LEVELS} are possible.",
                path=here,
            )
        if not 0 <= assembly.at_least <= assembly.at_most or assembly.at_most < 1:
            raise AssembliesRefused(
                f"The sub-assembly '{assembly.key}' is contained at least {assembly.at_least} and at most "
                f"{told_count(assembly.at_most, 'time')}; give it 0 or more, and a most that is not below it.",
                path=here,
            )
        if assembly.at_most > MAX_INSTANCES:
            raise AssembliesRefused(
                f"The sub-assembly '{assembly.key}' may be contained {assembly.at_most:,} times; at most "
                f"{MAX_INSTANCES} are possible.",
                path=here,
            )
        found += assembly.at_most * (
            1 + _size(assembly.definition, f"{here}/definition/assemblies", level + 1)
        )
    return found


def _expanded(model: ProductModel) -> ExpandedModel:
    whole = [_Written(assembly) for assembly in model.assemblies]
    own = {each.name: getattr(model, each.name) for each in fields(ProductModel)}
    of_assembly = {
        each.assembly.key: tuple(line.key for line in each.price_lines) for each in whole
    }
    own_lines = [_of_whole(line, of_assembly) for line in model.price_lines]
    # A percentage, minimum or maximum of all lines before it is one of the instances' lines as
    # well.
    first = next((place for place, line in enumerate(own_lines) if line.is_bound), len(own_lines))
    return ExpandedModel(
        **{
            **own,
            "options": (*model.options, *chain.from_iterable(each.options for each in whole)),
            "derived": (*model.derived, *chain.from_iterable(each.derived for each in whole)),
            "rules": (*model.rules, *chain.from_iterable(each.rules for each in whole)),
            "preferences": (
                *model.preferences,
                *chain.from_iterable(each.preferences for each in whole),
            ),
            "tables": (*model.tables, *chain.from_iterable(each.tables for each in whole)),
            "price_lines": (
                *own_lines[:first],
                *chain.from_iterable(each.price_lines for each in whole),
                *own_lines[first:],
            ),
            "bom_lines": (*model.bom_lines, *chain.from_iterable(each.bom_lines for each in whole)),
            "lead_time_lines": (
                *model.lead_time_lines,
                *chain.from_iterable(each.lead_time_lines for each in whole),
            ),
            "assets": {
                **model.assets,
                **{name: digest for each in whole for name, digest in each.assets.items()},
            },
        },
        source=model,
        instances=tuple(chain.from_iterable(each.instances for each in whole)),
        own_labels={key: label for each in whole for key, label in each.own_labels.items()},
    )


def _of_whole(line: PriceLine, of_assembly: Mapping[str, Sequence[str]]) -> PriceLine:
    """Return a line whose `of` names the lines of instances where it named their sub-assembly."""
    if not any(key in of_assembly for key in line.of):
        return line
    of = tuple(chain.from_iterable(of_assembly.get(key, (key,)) for key in line.of))
    return replace(line, of=of) if of else _of_nothing(line)


def _of_nothing(line: PriceLine) -> PriceLine:
    """Return a percentage, minimum or maximum that no line stands before as the amount it comes to."""
    amount = "0"
    if line.minimum is not None:
        amount = f"max({line.minimum}, 0)"
    elif line.maximum is not None:
        amount = f"min({line.maximum}, 0)"
    return replace(line, amount=amount, percent=None, minimum=None, maximum=None, of=(), cost="0")


def counting_option(assembly: SubAssembly) -> Option:
    """Return the option that says how many instances there are: yes or no for one that may be left
    out.
    """
    label = assembly.count_label or assembly.label
    shown = Option(
        assembly.key, Kind.BOOLEAN, label, assembly.group, assembly.help, when=assembly.when
    )
    if assembly.at_most == 1 and assembly.at_least == 0:
        default = None if assembly.default is None else assembly.default > 0
        return replace(shown, default=default, reason=assembly.reason)
    return replace(
        shown,
        kind=Kind.NUMBER,
        number=NumberDomain(Decimal(assembly.at_least), Decimal(assembly.at_most)),
        default=Decimal(assembly.at_least if assembly.default is None else assembly.default),
        reason=assembly.reason,
    )


class _Written:
    """What one sub-assembly brings, written out."""

    def __init__(self, assembly: SubAssembly) -> None:
        definition = expanded(assembly.definition)
        self.assembly = assembly
        self.options = [counting_option(assembly)]
        self.derived: list[Derived] = []
        self.rules: list[Rule] = []
        self.preferences: list[Preference] = []
        self.tables: list[TableRule] = []
        self.price_lines: list[PriceLine] = []
        self.bom_lines: list[BomLine] = []
        self.lead_time_lines: list[LeadTimeLine] = []
        self.instances: list[Instance] = []
        self.own_labels: dict[str, Text] = {}
        self.assets = {
            _picture(assembly, name): digest for name, digest in definition.assets.items()
        }
        for number in range(1, assembly.at_most + 1):
            _Placing(self, definition, number).write()


class _Placing:
    """The way of one definition to its place as one instance."""

    def __init__(self, written: _Written, definition: ProductModel, number: int) -> None:
        self.written = written
        self.assembly = written.assembly
        self.definition = definition
        self.place = f"{self.assembly.key}.{number}"
        label = self.assembly.label
        self.label = (
            label if self.assembly.at_most == 1 else joined_texts((label, Text(str(number))), " ")
        )
        counting = written.options[0]
        if counting.number is None:
            self.exists: str | None = counting.key
        elif number <= self.assembly.at_least:
            self.exists = f"given({counting.key})" if self.assembly.when else None
        else:
            self.exists = f"{counting.key} >= {number}"
        self.instance = Instance(
            self.place,
            counting.key,
            number,
            self.label,
            label,
            self.exists,
            self.assembly.lead_time,
        )

    def write(self) -> None:
        written, definition = self.written, self.definition
        written.instances.append(self.instance)
        written.options += map(self.option, definition.options)
        written.derived += (
            replace(
                each,
                key=self.key(each.key),
                label=self.named(each.label),
                formula=self.text(each.formula),
            )
            for each in definition.derived
        )
        written.rules += map(self.rule, definition.rules)
        written.preferences += map(self.rule, definition.preferences)
        written.tables += map(self.table, definition.tables)
        written.price_lines += self.priced(definition.price_lines)
        written.bom_lines += map(self.bom_line, definition.bom_lines)
        written.lead_time_lines += (
            replace(
                line,
                key=self.key(line.key),
                label=self.named(line.label),
                days=self.text(line.days),
                stage=_maybe(self.key, line.stage),
                when=self.only(line.when),
            )
            for line in definition.lead_time_lines
        )
        if isinstance(definition, ExpandedModel):
            written.instances += map(self.inner, definition.instances)
        inside = definition.own_labels if isinstance(definition, ExpandedModel) else {}
        for option in definition.options:
            written.own_labels[self.key(option.key)] = inside.get(option.key, option.label)

    def inner(self, instance: Instance) -> Instance:
        """Return an instance within this one."""
        exists = self.exists if instance.exists is None else self.text(instance.exists)
        return replace(
            instance,
            place=self.key(instance.place),
            assembly=self.key(instance.assembly),
            label=self.named(instance.label),
            exists=exists,
        )

    # -- keys and texts

    def key(self, key: str) -> str:
        return f"{self.place}.{key}"

    def text(self, text: str) -> str:
        """Return an expression of the definition as one about this instance."""
        return text if _PLAIN.fullmatch(text) else f"{self.place}: {text}"

    def only(self, when: str | None) -> str | None:
        """Return a condition of the definition that is false where there is no such instance."""
        if when is None or self.exists is None:
            return self.exists if when is None else self.text(when)
        return f"{self.exists} and ({self.text(when)})"

    def named(self, label: Text) -> Text:
        return joined_texts((self.label, label), " – ")

    # -- parts

    def option(self, option: Option) -> Option:
        return replace(
            option,
            key=self.key(option.key),
            label=self.named(option.label),
            group=self.assembly.group,
            values=tuple(map(self.value, option.values)),
            when=self.only(option.when),
        )

    def value(self, value: Value) -> Value:
        return replace(
            value,
            image=value.image and _picture(self.assembly, value.image),
            when=None if value.when is None else self.text(value.when),
        )

    def rule[Statement: (Rule, Preference)](self, rule: Statement) -> Statement:
        return replace(
            rule,
            key=self.key(rule.key),
            then=self.text(rule.then),
            when=self.only(rule.when),
            message=rule.message and joined_texts((self.label, rule.message), ": "),
        )

    def table(self, table: TableRule) -> TableRule:
        return replace(
            table,
            key=self.key(table.key),
            options=tuple(map(self.key, table.options)),
            message=table.message and joined_texts((self.label, table.message), ": "),
        )

    def priced(self, lines: Sequence[PriceLine]) -> Iterator[PriceLine]:
        for place, line in enumerate(lines):
            of = line.of
            if line.is_bound and not of:
                of = tuple(before.key for before in lines[:place])
                line = line if of else _of_nothing(line)
            yield replace(
                line,
                key=self.key(line.key),
                label=self.named(line.label),
                amount=_maybe(self.text, line.amount),
                option=_maybe(self.key, line.option),
                amounts={value: self.text(amount) for value, amount in line.amounts.items()},
                table=None if line.table is None else self.price_table(line.table),
                percent=_maybe(self.text, line.percent),
                minimum=_maybe(self.text, line.minimum),
                maximum=_maybe(self.text, line.maximum),
                of=tuple(map(self.key, of)),
                subtotal=_maybe(self.key, line.subtotal),
                quantity=_maybe(self.text, line.quantity),
                parts=tuple(map(self.key, line.parts)),
                waste=_maybe(self.text, line.waste),
                at_least=_maybe(self.text, line.at_least),
                breaks=tuple(map(self.quantity_break, line.breaks)),
                cost=_maybe(self.text, line.cost),
                costs={value: self.text(cost) for value, cost in line.costs.items()},
                when=self.only(line.when),
            )

    def price_table(self, table: PriceTable) -> PriceTable:
        return replace(table, columns=self.text(table.columns), rows=self.text(table.rows))

    def quantity_break(self, each: QuantityBreak) -> QuantityBreak:
        return replace(
            each, amount=_maybe(self.text, each.amount), percent=_maybe(self.text, each.percent)
        )

    def bom_line(self, line: BomLine) -> BomLine:
        return replace(
            line,
            key=self.key(line.key),
            label=self.named(line.label),
            quantity=self.text(line.quantity),
            option=_maybe(self.key, line.option),
            when=self.only(line.when),
            measures={name: self.text(measure) for name, measure in line.measures.items()},
        )


def _maybe(made: Callable[[str], str], text: str | None) -> str | None:
    return None if text is None else made(text)


def _picture(assembly: SubAssembly, name: str) -> str:
    """Return the name of a picture of the definition, which may mean another picture than in the
    product.
    """
    return f"{assembly.key}/{name}"


def told_once(found: Iterable[Finding], model: ProductModel) -> list[Finding]:
    """Return findings with those that say the same of several instances told of the first alone.

    Their paths lead to the definition, `assemblies/modules/definition/options/door`.
    """
    if not model.assemblies:
        return list(found)
    written = expanded(model)
    labels = (
        {each.place: each.label.default for each in written.instances}
        if isinstance(written, ExpandedModel)
        else {}
    )
    alike: dict[object, list[tuple[Finding, str]]] = {}
    for finding in found:
        kind, _, rest = finding.path.partition("/")
        key, _, further = rest.partition("/")
        place = place_of(key)
        if place in labels:
            path = "/".join(filter(None, (_path_of(place), kind, key[len(place) + 1 :], further)))
            finding = replace(finding, path=path)
            alike.setdefault((finding.code, finding.severity, path), []).append(
                (finding, labels[place])
            )
        else:
            alike.setdefault(len(alike), []).append((finding, ""))
    return [_of_several(each) for each in alike.values()]


def _path_of(place: str) -> str:
    """Return the path of the definition that an instance is of."""
    return "/".join(f"assemblies/{key}/definition" for key in place.split(".")[::2])


def _of_several(alike: Sequence[tuple[Finding, str]]) -> Finding:
    first, _ = alike[0]
    others = [label for _, label in alike[1:]]
    if not others:
        return first
    listed = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    return replace(first, sentence=f"{first.sentence} So it is in {listed}.")


def joined_texts(texts: Iterable[Text], by: str) -> Text:
    """Return the texts one after the other, in every locale that any of them knows."""
    known = tuple(texts)
    locales = sorted({locale for text in known for locale, _ in text.translations})
    return Text(
        by.join(text.default for text in known),
        tuple((locale, by.join(text.in_locale(locale) for text in known)) for locale in locales),
    )
