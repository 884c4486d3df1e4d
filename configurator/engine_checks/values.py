"""What can never be chosen, asked or had, and what is no question: the whole product, options,
values, groups.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.findings import Finding, Progress
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option
from configurator.engine.face.choices import Domain
from configurator.engine.face.conflicts import Reason
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.words import (
    MOST_LISTED,
    example_of,
    joined,
    listed,
    names_of,
    value_told,
    verb,
)

MOST_CLASSES = 200


@dataclass(frozen=True)
class _Dead:
    """A value (or yes or no) that no configuration has, and reasons for that."""

    option: Option
    value: Choice
    path: str
    reasons: tuple[Reason, ...]

    @property
    def told(self) -> str:
        if isinstance(self.value, bool):
            return f"'{'Yes' if self.value else 'No'}'"
        return value_told(self.option, self.value)


def void(product: Examined) -> Iterator[Finding]:
    """Return why no configuration exists, and which options are left without any value."""
    reasons = product.why([])
    yield Finding(
        "error",
        "model-void",
        "",
        f"No configuration of this product exists: {listed(reasons)} cannot hold together. Change or remove one.",
        {},
        about=names_of(reasons),
    )
    for option in _left_without_values(product, [], reasons):
        others = [reason for reason in reasons if reason != Reason("required", option.key)]
        yield Finding(
            "error",
            "option-without-values",
            f"options/{option.key}",
            f"No value is left for '{option.label}': {listed(others)} rule out all. "
            "Allow one of its values, or make the option optional.",
            {},
            about=names_of(others),
        )


def never_active(product: Examined) -> Iterator[Finding | Progress]:
    """Return the options that are never asked, and those that have no value where they are asked."""
    conditional = [
        option for option in product.model.options if option.key in product.compiled.conditions
    ]
    for done, option in enumerate(conditional):
        if done % 100 == 0:
            yield Progress("Options that are never asked", done, len(conditional))
        if option.key not in product.never_asked:
            continue
        reasons = product.why([product.compiled.conditions[option.key][1]])
        own = Reason("required", option.key)
        if own in reasons:
            others = [reason for reason in reasons if reason != own]
            yield Finding(
                "error",
                "option-without-values",
                f"options/{option.key}",
                f"Where '{option.label}' is asked it must have a value, and no value is left for it: "
                f"{listed(others)} rule out all. Allow one of its values, or make the option optional.",
                {},
                about=names_of(others),
            )
            continue
        because = f": {listed(reasons)} rule it out" if reasons else ", whatever is chosen"
        yield Finding(
            "warning",
            "option-never-active",
            f"options/{option.key}/when",
            f"'{option.label}' is never asked, since its condition never holds{because}. "
            "Correct the condition, or remove the option.",
            {},
            about=names_of(reasons),
        )


def dead_values(product: Examined) -> Iterator[Finding | Progress]:
    """Return the values no configuration has, those of one option with one cause together, and what
    they starve.
    """
    starving: dict[str, list[_Dead]] = {}
    options = product.model.options
    for done, option in enumerate(options):
        if done % 100 == 0:
            yield Progress("Values that can never be chosen", done, len(options))
        if option.key in product.never_asked:
            continue  # told by `never_active`
        dead = [
            _Dead(option, value, path, product.why(product.literals(option, value)))
            for value, path in _missing(option, product.deduction.domains[option.key])
        ]
        if not product.deduction.domains[option.key].given and (kind_of(option).is_stepped or dead):
            yield _without_values(product, option, dead)
        by_cause: dict[tuple[Reason, ...], list[_Dead]] = {}
        for each in dead:
            by_cause.setdefault(each.reasons, []).append(each)
        for reasons, group in by_cause.items():
            yield _dead(option, group, reasons)
        own = Reason("option_condition", option.key)
        for each in dead:
            if own in each.reasons:
                continue  # its condition says what the other option must have
            for starved in _left_without_values(
                product, product.literals(option, each.value), each.reasons
            ):
                if starved is not option:
                    starving.setdefault(starved.key, []).append(each)
    for key, culprits in starving.items():
        yield _starved(product.model.option_by_key[key], culprits)


def _missing(option: Option, domain: Domain) -> Iterator[tuple[Choice, str]]:
    """Return the values outside the domain, each with its path."""
    kind = kind_of(option)
    if kind.is_truth:
        yield from (
            (truth, f"options/{option.key}")
            for truth in (True, False)
            if truth not in domain.values
        )
        return
    left = set(domain.values)
    for value in option.values if kind.is_listed else ():
        if value.key not in left:
            choice: Choice = (value.key,) if kind.is_several else value.key
            yield choice, f"options/{option.key}/values/{value.key}"


def _dead(option: Option, group: Sequence[_Dead], reasons: Sequence[Reason]) -> Finding:
    first = group[0]
    several = f" ({len(group)} values)" if len(group) > MOST_LISTED else ""
    own = Reason("value_condition", first.path.removeprefix("options/").replace("/values/", "."))
    why = (
        "its condition never holds"
        if reasons == (own,)
        else f"{listed(reasons)} {verb(reasons)} {_pronoun(group)}"
    )
    return Finding(
        "warning",
        "value-dead",
        first.path,
        f"{joined([each.told for each in group])} of '{option.label}' can never be chosen{several}: {why}. "
        f"Remove the value{'s' if len(group) > 1 else ''}, or "
        f"change what forbids {_pronoun(group)}.",
        example_of({option.key: first.value}),
        also=tuple(each.path for each in group[1:]),
        about=(*(str(each.value) for each in group), *names_of(reasons)),
    )


def _pronoun(group: Sequence[_Dead]) -> str:
    return "it" if len(group) == 1 else "them"


def _left_without_values(
    product: Examined, literals: Sequence[int], reasons: Sequence[Reason]
) -> Iterator[Option]:
    """Return the options that `reasons`, with the literals, leave without any value.

    That is so where the option's need of a value is among the reasons, or where each reason rules
    out some of its values, none all of them, and together they do.
    """
    touched = _touched(product, reasons) if 2 <= len(reasons) <= MOST_LISTED else frozenset()
    for option in product.model.options:
        if Reason("required", option.key) in reasons:
            yield option
        elif option.key in touched and (values := _value_literals(product, option)):
            killed = [_killed(product, values, literals, reason) for reason in reasons]
            if all(0 < len(each) < len(values) for each in killed) and set().union(*killed) == set(
                values
            ):
                yield option


def _touched(product: Examined, reasons: Sequence[Reason]) -> frozenset[str]:
    """Return the options that every one of the reasons reads."""
    read = [product.options_read(reason) for reason in reasons]
    return frozenset.intersection(*read)


def _value_literals(product: Examined, option: Option) -> list[int]:
    """Return a literal for each value of `option` (for each class of them), none for very many."""
    compiled = product.compiled
    slot = compiled.slots.of_option.get(option.key)
    if slot is None or len(compiled.classes.first[slot.index]) > MOST_CLASSES:
        return []
    none = compiled.classes.none(slot)
    cells = range(len(compiled.classes.first[slot.index]))
    return [compiled.literal(slot.index, cell) for cell in cells if cell != none]


def _killed(
    product: Examined, values: Sequence[int], literals: Sequence[int], reason: Reason
) -> set[int]:
    number = product.places[reason]
    return {value for value in values if not product.stands([*literals, value], [number])}


def _without_values(product: Examined, option: Option, dead: Sequence[_Dead]) -> Finding:
    if kind_of(option).is_stepped:
        given = product.compiled.slots.of_option[option.key]
        none = product.compiled.classes.none(given)
        assert none is not None
        reasons = product.why([-product.compiled.literal(given.index, none)])
    else:
        reasons = tuple(dict.fromkeys(reason for each in dead for reason in each.reasons))
    return Finding(
        "warning",
        "option-without-values",
        f"options/{option.key}",
        f"'{option.label}' never has a value: {listed(reasons)} rule out all. "
        "Allow one of its values, or remove the option.",
        {},
        about=names_of(reasons),
    )


def _starved(option: Option, culprits: Sequence[_Dead]) -> Finding:
    names = joined([f"{each.told} of '{each.option.label}'" for each in culprits])
    first = culprits[0]
    reasons = [reason for reason in first.reasons if reason != Reason("required", option.key)]
    return Finding(
        "warning",
        "option-without-values",
        f"options/{option.key}",
        f"'{option.label}' is left without any value by {names}, which can therefore never be chosen "
        f"({listed(reasons)}). Allow a value of '{option.label}' there, or make the option optional.",
        example_of({first.option.key: first.value}),
        about=tuple(f"{each.option.key}={each.value}" for each in culprits),
    )


# -- what is no question


def forced_values(product: Examined) -> Iterator[Finding]:
    """Return the options that have one value whenever they are asked, and values a multi-choice
    always contains.

    Of a yes/no option `dead_values` says the same.
    """
    for option in product.model.options:
        domain = product.deduction.domains[option.key]
        if option.key in product.never_asked or kind_of(option).is_truth:
            continue
        only = _only(product, option, domain)
        if only is not None:
            where = "where it is asked, it is" if option.when is not None else "it is"
            yield Finding(
                "note",
                "option-forced",
                f"options/{option.key}",
                f"'{option.label}' asks nothing: {where} always "
                f"{value_told(option, only)}. Leave it, if people should read it; or remove the option and say it in "
                "the description.",
                example_of({option.key: only}),
                about=(value_told(option, only),),
            )
        elif kind_of(option).is_several and (always := _always_in(product, option, domain)):
            yield Finding(
                "note",
                "value-forced",
                f"options/{option.key}/values/{always[0]}",
                f"{value_told(option, always)} of '{option.label}' cannot be left out. Leave it, if people should see "
                "that it is included; or remove it from the option.",
                example_of({option.key: always}),
                also=tuple(f"options/{option.key}/values/{key}" for key in always[1:]),
                about=always,
            )


def _only(product: Examined, option: Option, domain: Domain) -> Choice | None:
    """Return the value that the option has in every configuration in which it is asked, if there is
    one.
    """
    kind = kind_of(option)
    if kind.is_several:
        always = _always_in(product, option, domain)
        return always if always and set(always) == set(domain.values) else None
    if not kind.is_single and not kind.is_stepped:
        return None
    listed = domain.listed(1)
    found = listed[0] if listed else None
    if found is None or not domain.none:
        return found
    return (
        found
        if option.key in product.compiled.conditions and not _blank_while_asked(product, option)
        else None
    )


def _blank_while_asked(product: Examined, option: Option) -> bool:
    """Tell whether the option can be asked and have no value."""
    slot = product.compiled.slots.of_option[option.key]
    none = product.compiled.classes.none(slot)
    assert none is not None
    return product.possible(
        [product.compiled.conditions[option.key][1], product.compiled.literal(slot.index, none)]
    )


def _always_in(product: Examined, option: Option, domain: Domain) -> tuple[str, ...]:
    """Return the values that a multi-choice contains in every configuration in which it is asked."""
    switch = product.compiled.conditions.get(option.key)
    if switch is None:
        return domain.forced
    return tuple(
        slot.value
        for slot in product.compiled.slots.members(option)
        if slot.value in domain.values
        and slot.value is not None
        and not product.possible([switch[1], product.compiled.literal(slot.index, 0)])
    )


# -- pages


def unreachable_groups(product: Examined) -> Iterator[Finding]:
    """Return the steps and groups that nobody ever sees: none of their options is ever asked, or
    they have none.
    """
    shown: dict[str | None, bool] = {}
    filled = {option.group for option in product.model.options}
    for option in product.model.options:
        shown[option.group] = (
            shown.get(option.group, False) or option.key not in product.never_asked
        )
    for step in product.model.steps:
        seen = [group for group in step.groups if shown.get(group.key, False)]
        if step.groups and not seen and any(group.key in filled for group in step.groups):
            yield _unseen(
                "step", step.key, f"The step '{step.label}'", "none of its options is ever asked"
            )
            continue
        if not step.groups or not any(group.key in filled for group in step.groups):
            yield _unseen("step", step.key, f"The step '{step.label}'", "it has no options", "note")
            continue
        for group in step.groups:
            if group.key not in filled:
                yield _unseen(
                    "group", group.key, f"The group '{group.label}'", "it has no options", "note"
                )
            elif group not in seen:
                yield _unseen(
                    "group",
                    group.key,
                    f"The group '{group.label}'",
                    "none of its options is ever asked",
                )


def _unseen(noun: str, key: str, named: str, why: str, severity: str = "warning") -> Finding:
    return Finding(
        "note" if severity == "note" else "warning",
        f"{noun}-never-shown",
        f"{noun}s/{key}",
        f"{named} is never shown, since {why}. Remove it, or give it an option that can be asked.",
        about=(why,),
    )
