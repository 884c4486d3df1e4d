"""What rules say in vain: that never fire, say what others say already, or contradict each other.

A rule *fires* where its premise holds: its `when`, and what stands before `implies`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from catalog.expressions.nodes import Node
from catalog.findings import Finding, Progress
from catalog.product_model import Rule
from configurator.engine.face.conflicts import Reason
from configurator.engine_checks.examined import Examined, RuleParts
from configurator.engine_checks.words import joined, listed, names_of, verb

MOST_PAIRS = 20_000
_STATEMENTS = ("rule", "table", "value_condition")


def watched_rules(parts: Mapping[str, RuleParts]) -> dict[str, Node]:
    """Return what each rule states and what it waits for, by path."""
    found: dict[str, Node] = {}
    for key, each in parts.items():
        found[f"rules/{key}"] = each.statement
        if each.premise is not None:
            found[f"rules/{key}/when"] = each.premise
    return found


def _premises(product: Examined) -> dict[str, int]:
    """Return what rules wait for, as literals by the rule's key."""
    watched = product.compiled.watched
    return {
        rule.key: watched[path]
        for rule in product.model.rules
        if (path := f"rules/{rule.key}/when") in watched
    }


def never_firing(product: Examined) -> Iterator[Finding | Progress]:
    """Return the rules whose premise never holds, whatever the rule itself forbids."""
    premises = _premises(product)
    for done, (key, literal) in enumerate(premises.items()):
        if done % 200 == 0:
            yield Progress("Rules that never fire", done, len(premises))
        others = product.without(Reason("rule", key))
        if not _never_fires(product, key, literal):
            continue
        reasons = product.why([literal], others)
        because = (
            f", since {listed(reasons)} {verb(reasons)} it" if reasons else ", whatever is chosen"
        )
        yield Finding(
            "note",
            "rule-never-fires",
            f"rules/{key}",
            f"The rule '{key}' never comes into play: what it waits for never happens{because}. "
            "Correct its condition, or remove the rule.",
            {},
            about=names_of(reasons),
        )


def _never_fires(product: Examined, key: str, premise: int) -> bool:
    return not product.possible([premise]) and not product.stands(
        [premise], product.without(Reason("rule", key))
    )


def redundant(product: Examined) -> Iterator[Finding | Progress]:
    """Return rules that all others together imply, each with others that do: all of them can go at
    once.

    Of rules that say the same the first is kept. Rules that never fire are not told again.
    """
    watched = product.compiled.watched
    premises = _premises(product)
    rules = [rule for rule in product.model.rules if f"rules/{rule.key}" in watched]
    gone: list[Rule] = []
    for done, rule in enumerate(reversed(rules)):
        if done % 200 == 0:
            yield Progress("Rules that others imply", done, len(rules))
        kept = product.without(*(Reason("rule", each.key) for each in (*gone, rule)))
        if not product.stands([-watched[f"rules/{rule.key}"]], kept):
            gone.append(rule)
    kept = product.without(*(Reason("rule", each.key) for each in gone))
    gone = [
        rule
        for rule in gone
        if rule.key not in premises or not _never_fires(product, rule.key, premises[rule.key])
    ]
    for done, rule in enumerate(reversed(gone)):
        if done % 50 == 0:
            yield Progress("What implies them", done, len(gone))
        yield _redundant(rule, product.why([-watched[f"rules/{rule.key}"]], kept))


def _redundant(rule: Rule, reasons: Sequence[Reason]) -> Finding:
    why = f"it follows from {listed(reasons)}" if reasons else "it holds whatever is chosen"
    return Finding(
        "note",
        "rule-redundant",
        f"rules/{rule.key}",
        f"The rule '{rule.key}' can be removed, and nothing changes: {why}. Keep it where its message tells a shopper "
        "more; else remove it, or correct it if it should say something else.",
        about=names_of(reasons),
    )


def contradicting(product: Examined) -> Iterator[Finding | Progress]:
    """Return rules that can never fire because of themselves together with other rules, tables or
    values' conditions.

    A rule that denies what it waits for by itself, or with what options say of themselves, is a way
    to forbid that, and no contradiction.
    """
    premises = _premises(product)
    declared = [
        place for place, reason in enumerate(product.reasons) if reason.kind not in _STATEMENTS
    ]
    for done, (key, literal) in enumerate(premises.items()):
        if done % 200 == 0:
            yield Progress("Rules that contradict others", done, len(premises))
        own = Reason("rule", key)
        if product.possible([literal]) or not product.stands([literal], product.without(own)):
            continue
        if not product.stands([literal], [*declared, product.places[own]]):
            continue
        reasons = [reason for reason in product.why([literal]) if reason != own]
        others = [reason for reason in reasons if reason.kind in _STATEMENTS]
        ending = "s" if len(reasons) == 1 else ""
        yield Finding(
            "warning",
            "rules-contradict",
            f"rules/{key}",
            f"Where the rule '{key}' applies nothing is left to choose: {listed(reasons)} contradict{ending} it. "
            "So what it waits for can never be chosen. Change one of them.",
            {},
            also=tuple(reason.path for reason in others),
            about=names_of(reasons),
        )


def never_together(product: Examined) -> Iterator[Finding | Progress]:
    """Return pairs of rules that can each fire, and never both, just because of these two.

    All other demands, and either rule alone, would let both fire. Those of one rule come together.
    """
    premises = {
        key: literal for key, literal in _premises(product).items() if product.possible([literal])
    }
    keys = list(premises)
    pairs = len(keys) * (len(keys) - 1) // 2
    if pairs > MOST_PAIRS:
        yield Finding(
            "note",
            "not-examined",
            "rules",
            f"Which of the {len(keys)} rules can never apply together was not looked at: there are {pairs:,} pairs.",
        )
        return
    found: dict[str, list[str]] = {}
    done = 0
    for place, first in enumerate(keys):
        yield Progress("Rules that never apply together", done, pairs)
        done += len(keys) - place - 1
        for second in islice(keys, place + 1, None):
            literals = [premises[first], premises[second]]
            one, other = Reason("rule", first), Reason("rule", second)
            if (
                not product.possible(literals)
                and product.stands(literals, product.without(one))
                and product.stands(literals, product.without(other))
            ):
                found.setdefault(first, []).append(second)
    for first, others in found.items():
        named = joined([f"'{other}'" for other in others])
        yield Finding(
            "note",
            "rules-never-together",
            f"rules/{first}",
            f"The rule '{first}' and {named} never apply at once, since they demand what cannot be together: choosing "
            "what one waits for rules out what the other waits for. If that is meant, a rule of its own can tell "
            "shoppers so.",
            also=tuple(f"rules/{other}" for other in others),
            about=tuple(others),
        )
