"""All explanations and all repairs in their order, and why a value is set or out, by plain
enumeration.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.product_model import Choice
from configurator.engine.answers.default_completion import DefaultCompletion, default_completion
from configurator.engine.answers.explain import (
    Explanation,
    Explanations,
    explanations,
    why,
    why_not,
)
from configurator.engine.answers.repair import repairs
from configurator.engine.solver.compiled import Compiled
from tests.configurator.engine.oracle import Oracle

MANY_DEMANDS = 20

type Part = tuple[str, str]
type Told = tuple[tuple[Part, ...], tuple[Part, ...]]
"""What is given and takes part, and the demands, each in the order of the product."""


def check_explanations(
    case: str, compiled: Compiled, oracle: Oracle, choices: Mapping[str, Any]
) -> None:
    """Compare all explanations of a clash, and the single one, with enumeration."""
    given = {("choice", key): oracle.stated({key: choice}) for key, choice in choices.items()}
    expected = all_explanations(oracle, given, oracle.everything)
    _compare(case, oracle, expected, explanations(compiled, _plain(choices)))
    assert [
        _told(explanation) for explanation in explanations(compiled, _plain(choices), 1).found
    ] == expected[:1], case


def check_repairs(
    case: str, compiled: Compiled, oracle: Oracle, choices: Mapping[str, Any], keep: frozenset[str]
) -> None:
    """Compare all repairs and their order with enumeration."""
    asked = oracle.sketch.asked
    places = {each.key: place for place, each in enumerate(asked)}
    importance = {each.key: each.importance for each in asked}
    expected = sorted(
        (sorted(each, key=places.__getitem__) for each in oracle.minimal_repairs(choices, keep)),
        key=lambda keys: (
            len(keys),
            sum(importance[key] for key in keys),
            [places[key] for key in keys],
        ),
    )
    found = repairs(compiled, _plain(choices), keep, limit=1000)
    assert [list(repair.retract) for repair in found] == expected, case
    assert repairs(compiled, _plain(choices), keep, limit=2) == found[:2], case


def check_whys(case: str, compiled: Compiled, oracle: Oracle, choices: Mapping[str, Any]) -> None:
    """Compare why each value is set, and why each that is out is out, with enumeration."""
    left = oracle.configurations(choices)
    settled = default_completion(compiled, _plain(choices)) if left else None
    for each in oracle.sketch.asked:
        others = {key: choice for key, choice in choices.items() if key != each.key}
        chosen = {("choice", key): oracle.stated({key: choice}) for key, choice in others.items()}
        for value in each.values:
            wanted = (value,) if each.kind == "multi" else value
            expected = all_explanations(oracle, chosen, oracle.stated({each.key: wanted}))
            answer = why_not(compiled, _plain(choices), each.key, _choice(wanted))
            _compare(f"{case}: {each.key} = {value}", oracle, expected, answer)
            first = why_not(compiled, _plain(choices), each.key, _choice(wanted), 1)
            assert [_told(explanation) for explanation in first.found] == expected[:1], (
                f"{case}: {each.key} = {value}"
            )
        if settled is not None:
            answer = why(compiled, _plain(choices), settled, each.key)
            expected = list(_reasons_of_value(oracle, choices, settled, each.key))
            if settled.sources.get(each.key) == "inferred":
                assert expected, f"{case}: {each.key}"
            if answer.complete:
                assert [_told(explanation) for explanation in answer.found] == expected, (
                    f"{case}: why {each.key}"
                )


def _reasons_of_value(
    oracle: Oracle, choices: Mapping[str, Any], settled: DefaultCompletion, key: str
) -> Iterator[Told]:
    """Return what explains the inferred value of an option: choices, then preferences too, then
    defaults too.

    Of a multi-choice, what explains each value that has to be in; by choices alone where it was not
    inferred.
    """
    is_inferred = settled.sources.get(key) == "inferred"
    preferred = {("preference", each): oracle.preferred[each] for each in settled.preferred}
    left = {
        ("default", each): state
        for each in settled.values
        if each != key and (state := _left_as_it_is(oracle, settled, each)) != oracle.everything
    }
    for denied, others in _denied(oracle, choices, settled, key):
        chosen = {
            ("choice", other): oracle.stated({other: choice}) for other, choice in others.items()
        }
        for given in (chosen, {**chosen, **preferred}, {**chosen, **preferred, **left})[
            : 3 if is_inferred else 1
        ]:
            found = all_explanations(oracle, given, denied)
            if found:
                yield from found
                break
        else:
            assert not is_inferred, f"nothing explains {key}"


def _left_as_it_is(oracle: Oracle, settled: DefaultCompletion, key: str) -> int:
    """Return the combinations that have what nobody chose: a default or its stand-in, and nothing
    more than is in.
    """
    value = settled.values[key]
    each = oracle.sketch.option(key)
    found = (
        oracle.stated({key: value})
        if settled.sources[key] in {"default", "adjusted"}
        else oracle.everything
    )
    if each.kind == "multi" and key not in settled.unsettled:
        for member in each.values:
            if member not in value:
                found &= oracle.everything & ~oracle.stated({key: (member,)})
    return found


def _denied(
    oracle: Oracle, choices: Mapping[str, Any], settled: DefaultCompletion, key: str
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    value = settled.values.get(key)
    others = {other: choice for other, choice in choices.items() if other != key}
    if isinstance(value, tuple):
        for member in oracle.sketch.option(key).values:
            if member in value:
                rest = tuple(each for each in choices.get(key, ()) if each != member)
                yield (
                    oracle.everything & ~oracle.stated({key: (member,)}),
                    {**others, key: rest} if rest else others,
                )
    elif settled.sources.get(key) == "inferred":
        yield oracle.everything & ~oracle.stated({key: value}), others


def all_explanations(oracle: Oracle, given: Mapping[Part, int], always: int) -> list[Told]:
    """Return every minimal set of what is given that clashes where `always` holds, with every
    minimal set of demands.

    The smallest first, then those with the fewest of what is given, then in the order of the
    product.
    """
    everything = oracle.demanded(oracle.demands)
    conflicts: list[frozenset[Part]] = []
    for count in range(len(given) + 1):
        for some in itertools.combinations(given, count):
            if any(each <= frozenset(some) for each in conflicts):
                continue
            if not _meet(given, some) & always & everything:
                conflicts.append(frozenset(some))
    order = _order(oracle, given)
    found: list[Told] = []
    for conflict in conflicts:
        left = _meet(given, conflict) & always
        parts = tuple(sorted(conflict, key=order.__getitem__))
        found += [(parts, demands) for demands in _minimal_demands(oracle, left)]
    places = {name: place for place, name in enumerate(oracle.demands)}
    return sorted(found, key=lambda told: _size(oracle, told, order, places))


def _size(
    oracle: Oracle, told: Told, order: Mapping[Part, int], places: Mapping[Part, int]
) -> tuple[Any, ...]:
    parts, demands = told
    options = [each.key for each in oracle.sketch.asked]
    keys = [key for kind, key in parts if kind == "choice"] + [
        key for kind, key in parts if kind == "default"
    ]
    preferences = [order[part] + len(places) for part in parts if part[0] == "preference"]
    reasons = [places[name] for name in demands] + preferences
    return len(parts) + len(demands), len(keys), [options.index(key) for key in keys], reasons


def _order(oracle: Oracle, given: Iterable[Part]) -> dict[Part, int]:
    options = [each.key for each in oracle.sketch.asked]
    kinds = ["choice", "preference", "default"]
    names = list(oracle.preferred)

    def rank(part: Part) -> tuple[int, int]:
        kind, key = part
        return kinds.index(kind), names.index(key) if kind == "preference" else options.index(key)

    return {part: place for place, part in enumerate(sorted(given, key=rank))}


def _meet(given: Mapping[Part, int], parts: Iterable[Part]) -> int:
    left = -1
    for part in parts:
        left &= given[part]
    return left


def _minimal_demands(oracle: Oracle, left: int) -> list[tuple[Part, ...]]:
    """Return the minimal sets of demands that together break every combination in `left`: minimal
    transversals.
    """
    names = list(oracle.demands)
    broken = {
        frozenset(name for name in names if not oracle.demands[name] >> combination & 1)
        for combination in range(left.bit_length())
        if left >> combination & 1
    }
    smallest = [each for each in broken if not any(other < each for other in broken)]
    found: set[frozenset[Part]] = {frozenset()}
    for each in sorted(smallest, key=lambda names: (len(names), sorted(names))):
        larger = {chosen | {name} for chosen in found if not chosen & each for name in each}
        hitting = {chosen for chosen in found if chosen & each}
        found = hitting | {new for new in larger if not any(old <= new for old in hitting)}
        found = {new for new in found if not any(old < new for old in found)}
    return [tuple(sorted(each, key=names.index)) for each in found]


def _compare(case: str, oracle: Oracle, expected: Sequence[Told], answer: Explanations) -> None:
    found = [_told(explanation) for explanation in answer.found]
    if answer.complete:
        assert found == list(expected), case
    else:
        assert len(set(found)) == len(found), case
        assert set(found) <= set(expected), case
        # The bounded work suffices for few where many demands, as of several instances, are alike.
        least = 1 if len(oracle.demands) >= MANY_DEMANDS else 10
        assert len(found) >= min(len(expected), least), case


def _told(explanation: Explanation) -> Told:
    demands = [
        (str(reason.kind), reason.key)
        for reason in explanation.rules
        if reason.kind != "preference"
    ]
    parts = [("choice", key) for key in explanation.choices]
    parts += [
        ("preference", reason.key) for reason in explanation.rules if reason.kind == "preference"
    ]
    parts += [("default", key) for key in explanation.assumed]
    return tuple(parts), tuple(demands)


def _plain(choices: Mapping[str, Any]) -> dict[str, Choice]:
    return {key: _choice(value) for key, value in choices.items()}


def _choice(value: Any) -> Choice:
    return (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else value
    )
