"""The rules by which syntax becomes bound nodes: what each name means and what fits together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast

from catalog.assemblies import Instance
from catalog.expressions import nodes, syntax
from catalog.expressions.errors import ExpressionRefused, listed, suggestion
from catalog.expressions.measures import (
    FIRM,
    Bound,
    BoundKind,
    added,
    arithmetic,
    bits_of,
    factor_firmness,
    in_one_unit,
    in_unit,
    larger_bits,
    made,
    multiplied,
    negative,
    product_bits,
    product_unit,
    scaled,
    sum_bits,
)
from catalog.expressions.nodes import Node
from catalog.expressions.parser import parse
from catalog.expressions.scope import Scope, keys_of
from catalog.expressions.syntax import Comparator, Span, Syntax
from catalog.kinds.register import kind_of
from catalog.product_model import Derived, Option, day_of
from catalog.units import PLAIN, STANDARD, unit_named

type Expected = Literal["condition", "number", "text", "any"]
type Naming = tuple[Literal["option", "value", "attribute", "place"], str, str]
"""What a name in an expression is of: its role, the option that has it (for values and attributes),
and its key.
"""

_TOLD: Mapping[str, str] = {
    "condition": "a condition (something that is true or false)",
    "number": "a number",
    "date": "a date",
    "text": "a text",
    "choice": "a choice",
    "multi": "a multi-choice",
}
_DAYS = unit_named("days")
_FUNCTIONS = (
    "min",
    "max",
    "ceil",
    "floor",
    "round",
    "abs",
    "sum",
    "count",
    "given",
    "length",
    "all",
    "any",
)
_OVER_INSTANCES = ("sum", "min", "max", "count", "all", "any")


class _FormulaRefused(ExpressionRefused):
    """A derived value whose own formula, or one that it reads, is refused."""

    def __init__(self, name: syntax.Name, cause: ExpressionRefused) -> None:
        self.cause: ExpressionRefused = cause.cause if isinstance(cause, _FormulaRefused) else cause
        super().__init__(
            f"the derived value '{name.key}' cannot be read",
            *name.span,
            f"its formula says: {self.cause.sentence}",
        )


class Binder:
    """Turns the syntax of one expression into bound nodes; every method returns a Bound or refuses.

    Names are looked for in `places` (of instances; "" is the product itself), the first that has
    them counts. What each name was found to be of is put down in `noted`, by its span, where that
    is given.
    """

    def __init__(
        self,
        scope: Scope,
        lengths: bool,
        places: Sequence[str] = ("",),
        noted: dict[Span, Naming] | None = None,
    ) -> None:
        self.scope = scope
        self.lengths = lengths
        self.places = places
        self.noted = noted

    # -- the whole

    def whole(self, parsed: Syntax, expected: Expected) -> Bound:
        if expected == "condition":
            return self.condition(parsed)
        if expected == "number":
            return self.number(parsed)
        bound = self.any(parsed)
        if expected == "text" and bound.kind not in ("text", "choice"):
            raise self.wrong(bound, "a text", parsed.span)
        if bound.kind in ("multi", "date"):
            raise self.wrong(
                bound, "a condition, a number or a text", parsed.span, _days_hint(bound)
            )
        return bound

    def derived(self, derived: Derived, parsed: Syntax) -> Bound:
        bound = self.whole(parsed, "any")
        if not derived.unit:
            return bound
        if bound.kind != "number":
            raise ExpressionRefused(
                f"the formula gives {_TOLD[bound.kind]}, which has no unit",
                *parsed.span,
                "leave the unit empty",
            )
        return in_unit(bound, unit_named(derived.unit), parsed.span)

    # -- kinds

    def any(self, part: Syntax) -> Bound:
        match part:
            case syntax.Number():
                return self.literal(part)
            case syntax.Text():
                return Bound(nodes.Constant(part.value), "text")
            case syntax.Truth():
                return Bound(nodes.Constant(part.word in ("true", "yes")), "condition")
            case syntax.Name():
                return self.name(part)
            case syntax.Attribute():
                return self.attribute(part, summed=False)
            case syntax.Negative():
                return negative(self.number(part.operand), part.span)
            case syntax.Sum():
                return self.sum(part)
            case syntax.Product():
                return self.product(part)
            case syntax.Denial():
                denied = self.condition(part.operand)
                return made(nodes.Not(denied.node), "condition", [denied], part.span)
            case syntax.Conjunction():
                return self.all_of([self.condition(each) for each in part.parts], part.span)
            case syntax.Disjunction():
                return self.any_of([self.condition(each) for each in part.parts], part.span)
            case syntax.Relation():
                return self.relation(part)
            case syntax.Comparison():
                return self.comparison(part)
            case syntax.Membership():
                return self.membership(part)
            case syntax.Has():
                return self.has(part)
            case syntax.Conditional():
                return self.conditional(part)
            case syntax.Function():
                return self.function(part)
            case syntax.Placed():
                return self.at(part).any(part.inner)

    def condition(self, part: Syntax) -> Bound:
        if isinstance(part, syntax.Name) and self.known(part) is None:
            raise self.unknown(part)
        bound = self.any(part)
        if bound.kind == "condition":
            return bound
        hint = ""
        if bound.option is not None:
            keys = [value.key for value in bound.option.values]
            verb = "has" if bound.kind == "multi" else "is"
            hint = f"write '{bound.option.key} {verb} {keys[0]}'" if keys else ""
        elif isinstance(part, syntax.Name):
            hint = f"write 'given({part.key})' or compare it"
        raise self.wrong(bound, _TOLD["condition"], part.span, hint)

    def number(self, part: Syntax) -> Bound:
        return self.as_number(self.any(part), part)

    def as_number(self, bound: Bound, part: Syntax) -> Bound:
        """Return what was bound of `part` where it is a number."""
        if bound.kind == "number":
            return bound
        hint = _days_hint(bound)
        if bound.kind == "condition":
            hint = "write 'if … then 1 else 0' or 'count(…)' to count with it"
        elif bound.kind == "multi" and bound.option is not None:
            hint = f"write 'count({bound.option.key})' for how many are chosen"
        elif bound.kind == "choice" and bound.option is not None:
            named = sorted({name for value in bound.option.values for name in value.attributes})
            hint = (
                f"its attributes are {listed(f'{bound.option.key}.{name}' for name in named)}"
                if named
                else ""
            )
        elif bound.kind == "text":
            hint = "numbers stand without quotes"
        raise self.wrong(bound, "a number", part.span, hint)

    def measured(self, parts: Sequence[Syntax]) -> list[Bound]:
        """Return numbers; or dates and numbers, where one is a date: beside it a text is a day."""
        bounds = [self.any(part) for part in parts]
        if any(bound.kind == "date" for bound in bounds):
            return [self.as_day(bound, part) for bound, part in zip(bounds, parts, strict=True)]
        return [self.as_number(bound, part) for bound, part in zip(bounds, parts, strict=True)]

    def as_day(self, bound: Bound, part: Syntax) -> Bound:
        """Return what was bound of `part` beside a date: a text that stands there is a day."""
        if isinstance(part, syntax.Text):
            day = day_of(part.value)
            if day is None:
                raise ExpressionRefused(
                    f"'{part.value}' is no date", *part.span, 'write it as "2026-12-24"'
                )
            number = Fraction(day.toordinal())
            return Bound(nodes.Day(number), "date", _DAYS, bits=bits_of([number]))
        return bound if bound.kind == "date" else self.as_number(bound, part)

    def day(self, part: Syntax) -> Bound:
        """Return the date that `part` is beside a date; refuse what is none."""
        bound = self.as_day(self.any(part), part)
        if bound.kind != "date":
            raise self.wrong(bound, "a date", part.span, 'a day stands in quotes: "2026-12-24"')
        return bound

    def wrong(self, bound: Bound, wanted: str, span: Span, hint: str = "") -> ExpressionRefused:
        if bound.option is not None and bound.kind in ("choice", "multi"):
            return ExpressionRefused(
                f"expected {wanted}; '{bound.option.key}' is {_TOLD[bound.kind]}", *span, hint
            )
        return ExpressionRefused(f"expected {wanted}, found {_TOLD[bound.kind]}", *span, hint)

    def all_of(self, conditions: list[Bound], span: Span) -> Bound:
        if len(conditions) == 1:
            return conditions[0]
        return made(
            nodes.And(tuple(each.node for each in conditions)), "condition", conditions, span
        )

    def any_of(self, conditions: list[Bound], span: Span) -> Bound:
        if len(conditions) == 1:
            return conditions[0]
        return made(
            nodes.Or(tuple(each.node for each in conditions)), "condition", conditions, span
        )

    # -- names

    def at(self, part: syntax.Placed) -> "Binder":
        """Return the binder of an expression about one instance, which reads the names of that
        instance alone.
        """
        for place in keys_of(part.place, self.places):
            if place in self.scope.instance_at:
                self.note((part.span[0], part.span[0] + len(part.place)), "place", "", place)
                return Binder(self.scope, self.lengths, (place,), self.noted)
        raise self.no_instance(part.place, part.span)

    def no_instance(self, place: str, span: Span) -> ExpressionRefused:
        owner, _, _ = place.rpartition(".")
        counted = next(
            (key for key in keys_of(owner, self.places) if key in self.scope.instances), None
        )
        if counted is None:
            hint = suggestion(owner, self.scope.instances) or "the product has no such sub-assembly"
            return ExpressionRefused(f"unknown sub-assembly '{owner}'", *span, hint)
        most = len(self.scope.instances[counted])
        return ExpressionRefused(
            f"there is no instance '{place}'", *span, f"'{owner}' has {most} at most"
        )

    def key(self, name: syntax.Name) -> str | None:
        """Return the key of the option or derived value that `name` means here."""
        for key in keys_of(name.key, self.places):
            if key in self.scope.options or key in self.scope.derived:
                return key
        return None

    def known(self, name: syntax.Name) -> Option | Derived | None:
        key = self.key(name)
        return None if key is None else self.scope.options.get(key) or self.scope.derived[key]

    def option_named(self, part: Syntax | syntax.Range) -> Option | None:
        """Return the option whose bare name `part` is."""
        key = self.key(part) if isinstance(part, syntax.Name) else None
        return None if key is None else self.scope.options.get(key)

    def names(self) -> list[str]:
        """Return what can be named here, the nearest first."""
        found: list[str] = []
        for place in self.places:
            before = f"{place}." if place else ""
            keys = (key[len(before) :] for key in self.scope.names() if key.startswith(before))
            found += [key for key in keys if "." not in key]
        return list(dict.fromkeys(found))

    def note(
        self,
        span: Span,
        role: Literal["option", "value", "attribute", "place"],
        option: str,
        key: str,
    ) -> None:
        """Put down what the name at `span` is of."""
        if self.noted is not None:
            self.noted[span] = (role, option, key)

    def name(self, name: syntax.Name) -> Bound:
        known = self.known(name)
        if known is not None:
            self.note(name.span, "option", "", known.key)
        if isinstance(known, Option):
            return self.option(known, name.span)
        if known is not None:
            return self.derived_value(name, known.key)
        raise self.unknown(name)

    def option(self, option: Option, span: Span) -> Bound:
        key = option.key
        kind = kind_of(option)
        if kind.is_stepped:
            scale = kind.scale(option)
            if scale is None:
                raise ExpressionRefused(f"'{key}' has no range of {kind.bound_as}s yet", *span)
            bits = bits_of([scale.first, scale.last, scale.step])
            return Bound(kind.as_number(option), kind.bound_as, unit_named(scale.unit), bits=bits)
        if kind.is_truth:
            return Bound(nodes.IsTrue(key), "condition", option=option)
        if kind.is_single:
            return Bound(nodes.TextOf(key), "choice", option=option)
        if kind.is_several:
            return Bound(nodes.Given(key), "multi", option=option)
        if not self.lengths:
            raise ExpressionRefused(
                f"rules and conditions cannot read the text of '{key}'",
                *span,
                f"'given({key})' they can",
            )
        return Bound(nodes.TextOf(key), "text", reads_text=True)

    def derived_value(self, name: syntax.Name, key: str) -> Bound:
        bound = self.scope.bound_derived(key)
        if bound is None:
            raise ExpressionRefused(
                f"the derived value '{name.key}' is computed from itself",
                *name.span,
                "take one of them out of its formula",
            )
        if isinstance(bound, ExpressionRefused):
            raise _FormulaRefused(name, bound)
        if bound.reads_text and not self.lengths:
            raise ExpressionRefused(
                f"rules and conditions cannot read a text, as '{name.key}' does", *name.span
            )
        return replace(bound, size=1)

    def unknown(self, name: syntax.Name) -> ExpressionRefused:
        owner, _, inner = name.key.rpartition(".")
        if owner and not any(
            place in self.scope.instance_at for place in keys_of(owner, self.places)
        ):
            return self.no_instance(owner, name.span)
        known = (
            Binder(self.scope, self.lengths, tuple(keys_of(owner, self.places))).names()
            if owner
            else self.names()
        )
        hint = suggestion(inner, known)
        options = {
            key: self.option_named(syntax.Name(f"{owner}.{key}" if owner else key)) for key in known
        }
        owners = [
            key
            for key, option in options.items()
            if option is not None and inner in option.value_by_key
        ]
        inside = [key for key in self.scope.instances for each in self.names() if key == each]
        if owners:
            option = options[owners[0]]
            verb = "has" if option is not None and kind_of(option).is_several else "is"
            hint = f"write '{owners[0]} {verb} {name.key}'"
        elif holder := next((key for key in inside if self.holds(key, name.key)), None):
            hint = (
                f"'{name.key}' is asked in each of '{holder}': write 'sum({holder}, "
                f"{name.key})' or 'all({holder}, …)'"
            )
        elif not hint:
            hint = f"there are {listed(known)}" if known else "the product has no options yet"
        return ExpressionRefused(f"unknown option '{name.key}'", *name.span, hint)

    def holds(self, assembly: str, name: str) -> bool:
        """Tell whether instances of `assembly` have an option or derived value called `name`."""
        key = f"{self.scope.instances[assembly][0].place}.{name}"
        return key in self.scope.options or key in self.scope.derived

    def attribute(self, part: syntax.Attribute, summed: bool) -> Bound:
        owner = self.name(part.owner)
        option = owner.option
        if option is not None:
            self.note(
                (part.span[1] - len(part.name), part.span[1]), "attribute", option.key, part.name
            )
        if option is None or owner.kind not in ("choice", "multi"):
            raise ExpressionRefused(
                f"'{part.owner.key}' has no attributes", *part.span, "only values of choices have"
            )
        if owner.kind == "multi" and not summed:
            raise ExpressionRefused(
                f"'{option.key}' may have several values",
                *part.span,
                f"write 'sum({option.key}.{part.name})'",
            )
        found = self.scope.attributes.get((option.key, part.name, summed))
        if found is None:
            found = self.scope.attributes[option.key, part.name, summed] = self.attribute_of(
                option, part, summed
            )
        return found

    def attribute_of(self, option: Option, part: syntax.Attribute, summed: bool) -> Bound:
        held = [
            (value.key, value.attributes[part.name])
            for value in option.values
            if part.name in value.attributes
        ]
        if not held:
            known = sorted({name for value in option.values for name in value.attributes})
            hint = suggestion(part.name, known) or (f"there are {listed(known)}" if known else "")
            raise ExpressionRefused(
                f"no value of '{option.key}' has the attribute '{part.name}'", *part.span, hint
            )
        texts = [value for value, content in held if isinstance(content, str)]
        if texts and (len(texts) < len(held) or summed):
            raise ExpressionRefused(
                f"the attribute '{part.name}' of '{option.key}' is a text for {listed(texts)}",
                *part.span,
                "give it the same type for every value",
            )
        if texts:
            by_text = tuple((value, str(content)) for value, content in held)
            return Bound(nodes.AttributeOf(option.key, part.name, by_text), "text")
        numbers = [Decimal(content) for _, content in held]
        by_number = tuple((value, Fraction(content)) for value, content in held)
        top, bottom = bits_of(numbers)
        bits = (top + bottom + len(numbers).bit_length(), bottom) if summed else (top, bottom)
        unit = STANDARD.get(part.name, PLAIN)
        return Bound(
            nodes.AttributeOf(option.key, part.name, by_number, summed), "number", unit, bits=bits
        )

    # -- numbers

    def literal(self, part: syntax.Number) -> Bound:
        unit = PLAIN
        if part.unit:
            known = self.scope.units
            if part.unit not in known:
                near = suggestion(part.unit, self.names())
                hint = (
                    suggestion(part.unit, known)
                    or (near and f"an operator is missing, or {near}")
                    or "units are mm, cm, m, in, ft, g, kg, t, deg, m2, m3, l, days"
                )
                raise ExpressionRefused(f"unknown unit '{part.unit}'", *part.span, hint)
            unit = known[part.unit]
        return Bound(nodes.Constant(part.value), "number", unit, bits=bits_of([part.value]))

    def sum(self, part: syntax.Sum) -> Bound:
        terms = self.measured([part.first, *(operand for _, operand in part.rest)])
        signs = [True, *(operator == "+" for operator, _ in part.rest)]
        if any(term.kind == "date" for term in terms):
            return self.days(terms, signs, part)
        terms, unit, firmness = in_one_unit(terms, part.span, "add")
        bound = added(list(zip(signs, terms, strict=True)), part.span)
        return replace(bound, unit=unit, firmness=firmness)

    def days(self, terms: list[Bound], signs: list[bool], part: syntax.Sum) -> Bound:
        """Return a date some days after another, or the days between two dates."""
        dates = sum(
            1 if sign else -1
            for term, sign in zip(terms, signs, strict=True)
            if term.kind == "date"
        )
        if dates not in (0, 1):
            hint = 'from one date another is taken: "delivery - start" gives the days between them'
            raise ExpressionRefused("dates cannot be added", *part.span, hint)
        numbers = [
            replace(term, kind="number") if term.kind == "date" else in_unit(term, _DAYS, part.span)
            for term in terms
        ]
        found = replace(
            added(list(zip(signs, numbers, strict=True)), part.span), unit=_DAYS, firmness=FIRM
        )
        if dates == 0:
            return found
        day = nodes.Day(found.node.value) if isinstance(found.node, nodes.Constant) else found.node
        return replace(found, node=day, kind="date")

    def product(self, part: syntax.Product) -> Bound:
        first = self.number(part.first)
        factors = [(operator, self.number(operand)) for operator, operand in part.rest]
        unit, firmness = first.unit, factor_firmness(first)
        for operator, bound in factors:
            unit = product_unit(unit, bound.unit, operator)
            firmness = min(firmness, factor_firmness(bound))
        if len(factors) <= 8:
            whole = first
            for operator, bound in factors:
                whole = arithmetic(operator, whole, bound, part.span)
        else:
            above = multiplied(
                [first, *(bound for operator, bound in factors if operator == "*")], part.span
            )
            below = [bound for operator, bound in factors if operator == "/"]
            whole = (
                arithmetic("/", above, multiplied(below, part.span), part.span) if below else above
            )
        if not unit.dimension and unit.factor != 1:
            return scaled(whole, unit.factor, PLAIN, part.span)
        return replace(whole, unit=unit if unit.dimension else PLAIN, firmness=firmness)

    # -- functions

    def function(self, part: syntax.Function) -> Bound:
        name, arguments = part.name, part.arguments
        if name not in _FUNCTIONS:
            hint = suggestion(name, _FUNCTIONS) or f"there are {listed(_FUNCTIONS, 20)}"
            raise ExpressionRefused(
                f"unknown function '{name}'", part.span[0], part.span[0] + len(name), hint
            )
        if not arguments:
            raise ExpressionRefused(f"'{name}' needs something in its parentheses", *part.span)
        if name in _OVER_INSTANCES:
            instances = self.instances(arguments[0])
            if instances is not None:
                return self.over(instances, part)
            if name in ("all", "any"):
                raise self.no_assembly(part)
        match name:
            case "count":
                return self.count(part)
            case "given":
                return self.all_of([self.given(each) for each in arguments], part.span)
            case "length":
                return self.length(part)
            case "ceil" | "floor" | "round":
                return self.rounded(part)
            case "abs":
                if len(arguments) > 1:
                    raise ExpressionRefused("'abs' takes one number", *part.span)
                bound = self.number(arguments[0])
                node = nodes.Call("abs", (bound.node,))
                return made(
                    node, "number", [bound], part.span, bound.unit, bound.firmness, bound.bits
                )
        numbers = [
            self.attribute(each, summed=True)
            if name == "sum" and isinstance(each, syntax.Attribute) and self.is_multi(each)
            else self.number(each)
            for each in arguments
        ]
        numbers, unit, firmness = in_one_unit(
            numbers, part.span, "compare" if name != "sum" else "add"
        )
        if len(numbers) == 1:
            return numbers[0]
        bits = numbers[0].bits
        for each in numbers[1:]:
            bits = sum_bits(bits, each.bits) if name == "sum" else larger_bits(bits, each.bits)
        call = nodes.Call(
            cast(Literal["min", "max", "sum"], name), tuple(each.node for each in numbers)
        )
        return made(call, "number", numbers, part.span, unit, firmness, bits)

    def is_multi(self, part: syntax.Attribute) -> bool:
        option = self.option_named(part.owner)
        return option is not None and kind_of(option).is_several

    def count(self, part: syntax.Function) -> Bound:
        if len(part.arguments) == 1 and isinstance(part.arguments[0], syntax.Name):
            bound = self.name(part.arguments[0])
            if bound.kind == "multi" and bound.option is not None:
                bits = (len(bound.option.values).bit_length() + 1, 1)
                return Bound(nodes.CountOf(bound.option.key), "number", bits=bits)
        conditions = [self.condition(each) for each in part.arguments]
        node = nodes.CountTrue(tuple(each.node for each in conditions))
        return made(
            node, "number", conditions, part.span, bits=(len(conditions).bit_length() + 1, 1)
        )

    def given(self, part: Syntax) -> Bound:
        if not isinstance(part, syntax.Name):
            raise ExpressionRefused(
                "expected the name of an option", *part.span, "as in 'given(engraving)'"
            )
        known = self.known(part)
        if known is None:
            raise self.unknown(part)
        if not isinstance(known, Option):
            raise ExpressionRefused(
                f"'{part.key}' is a derived value, 'given' asks about options", *part.span
            )
        self.note(part.span, "option", "", known.key)
        return Bound(nodes.Given(known.key), "condition")

    def length(self, part: syntax.Function) -> Bound:
        argument = part.arguments[0]
        option = self.option_named(argument)
        if isinstance(argument, syntax.Name) and self.known(argument) is None:
            raise self.unknown(argument)
        if option is None or not kind_of(option).is_open or len(part.arguments) > 1:
            raise ExpressionRefused("'length' takes one text option", *part.span)
        self.note(argument.span, "option", "", option.key)
        if not self.lengths:
            raise ExpressionRefused(
                "'length' cannot be used in rules and conditions of options",
                *part.span,
                f"prices may use it; limit the length where '{option.key}' is defined",
            )
        return Bound(nodes.LengthOf(option.key), "number", bits=(32, 1), reads_text=True)

    def rounded(self, part: syntax.Function) -> Bound:
        name = cast(Literal["ceil", "floor", "round"], part.name)
        if len(part.arguments) > 2:
            raise ExpressionRefused(
                f"'{name}' takes a number, and perhaps what to take a multiple of", *part.span
            )
        numbers = [self.number(each) for each in part.arguments]
        numbers, unit, firmness = in_one_unit(numbers, part.span, "round")
        if len(numbers) == 2:
            step = numbers[1].node
            if isinstance(step, nodes.Constant) and cast(Fraction, step.value) <= 0:
                raise ExpressionRefused(
                    f"'{name}' needs a multiple above 0", *part.arguments[1].span
                )
            bits = product_bits(
                product_bits(numbers[0].bits, numbers[1].bits[::-1]), numbers[1].bits
            )
        else:
            bits = (numbers[0].bits[0] + 1, 1)
        node = nodes.Call(name, tuple(each.node for each in numbers))
        return made(node, "number", numbers, part.span, unit, firmness, bits)

    # -- instances of sub-assemblies

    def instances(self, part: Syntax) -> tuple[Instance, ...] | None:
        """Return the instances of the sub-assembly that `part` names, None where it names none."""
        option = self.option_named(part)
        found = None if option is None else self.scope.instances.get(option.key)
        if option is not None and found is not None:
            self.note(part.span, "option", "", option.key)
        return found

    def no_assembly(self, part: syntax.Function) -> ExpressionRefused:
        named = [
            key
            for key in self.names()
            if any(each in self.scope.instances for each in keys_of(key, self.places))
        ]
        hint = f"such as '{part.name}({named[0]}, …)'" if named else "the product has none"
        if not named and len(part.arguments) > 1:
            hint = f"the product has none; join conditions by '{'and' if part.name == 'all' else 'or'}'"
        return ExpressionRefused(
            f"'{part.name}' takes a sub-assembly and a condition", *part.span, hint
        )

    def over(self, instances: tuple[Instance, ...], part: syntax.Function) -> Bound:
        """Return a sum, count or the like over the instances that there are."""
        owner, *inside = part.arguments
        if part.name == "count" and not inside:
            return self.counted(cast(syntax.Name, owner), instances)
        if len(inside) != 1:
            what = "a condition" if part.name in ("count", "all", "any") else "what to take of each"
            raise ExpressionRefused(
                f"'{part.name}' over a sub-assembly takes the sub-assembly and {what}",
                *part.span,
                f"as in '{part.name}({cast(syntax.Name, owner).key}, …)'",
            )
        binders = [
            Binder(self.scope, self.lengths, (each.place, *self.places), self.noted)
            for each in instances
        ]
        if part.name in ("sum", "min", "max"):
            numbers = [
                self.only_existing(instance, binder.number(inside[0]), part)
                for instance, binder in zip(instances, binders, strict=True)
            ]
            return self.folded(numbers, part)
        conditions = [binder.condition(inside[0]) for binder in binders]
        existing = [existence(self.scope, each) for each in instances]
        if part.name == "all":
            return self.all_of(
                [
                    condition
                    if exists is None
                    else made(
                        nodes.Implies(exists.node, condition.node),
                        "condition",
                        [exists, condition],
                        part.span,
                    )
                    for exists, condition in zip(existing, conditions, strict=True)
                ],
                part.span,
            )
        holding = [
            condition
            if exists is None or _is_silent(condition.node, f"{instance.place}.")
            else self.all_of([exists, condition], part.span)
            for instance, exists, condition in zip(instances, existing, conditions, strict=True)
        ]
        if part.name == "any":
            return self.any_of(holding, part.span)
        node = nodes.CountTrue(tuple(each.node for each in holding))
        return made(node, "number", holding, part.span, bits=(len(holding).bit_length() + 1, 1))

    def counted(self, owner: syntax.Name, instances: tuple[Instance, ...]) -> Bound:
        option = cast(Option, self.option_named(owner))
        bits = (len(instances).bit_length() + 1, 1)
        if not kind_of(option).is_stepped:
            return made(
                nodes.CountTrue((nodes.IsTrue(option.key),)), "number", [], owner.span, bits=bits
            )
        number = Bound(nodes.NumberOf(option.key), "number", bits=bits)
        if option.when is None:
            return number
        given = Bound(nodes.Given(option.key), "condition")
        none = Bound(nodes.Constant(Fraction(0)), "number")
        return made(
            nodes.If(given.node, number.node, none.node),
            "number",
            [given, number, none],
            owner.span,
            bits=bits,
        )

    def only_existing(self, instance: Instance, number: Bound, part: syntax.Function) -> Bound:
        """Return a number of an instance as one that counts for nothing where there is no such
        instance.
        """
        exists = existence(self.scope, instance)
        if exists is None or _is_silent(number.node, f"{instance.place}."):
            return number
        nothing: Node = nodes.Constant(Fraction(0))
        if part.name != "sum":
            nothing = nodes.Arithmetic("/", nodes.Constant(Fraction(1)), nothing)
        node = nodes.If(exists.node, number.node, nothing)
        return made(
            node, "number", [exists, number], part.span, number.unit, number.firmness, number.bits
        )

    def folded(self, numbers: list[Bound], part: syntax.Function) -> Bound:
        function = cast(Literal["min", "max", "sum"], part.name)
        numbers, unit, firmness = in_one_unit(
            numbers, part.span, "compare" if function != "sum" else "add"
        )
        bits = numbers[0].bits
        for each in numbers[1:]:
            bits = sum_bits(bits, each.bits) if function == "sum" else larger_bits(bits, each.bits)
        node = nodes.Fold(function, tuple(each.node for each in numbers))
        return made(node, "number", numbers, part.span, unit, firmness, bits)

    # -- conditions

    def relation(self, part: syntax.Relation) -> Bound:
        left, right = self.condition(part.left), self.condition(part.right)
        if part.operator == "excludes":
            both = self.all_of([left, right], part.span)
            return made(nodes.Not(both.node), "condition", [both], part.span)
        return made(nodes.Implies(left.node, right.node), "condition", [left, right], part.span)

    def conditional(self, part: syntax.Conditional) -> Bound:
        condition = self.condition(part.condition)
        if part.no is None:
            rule = self.condition(part.yes)
            return made(
                nodes.Implies(condition.node, rule.node), "condition", [condition, rule], part.span
            )
        yes, no = self.any(part.yes), self.any(part.no)
        if "date" in (yes.kind, no.kind):
            yes, no = self.as_day(yes, part.yes), self.as_day(no, part.no)
        kinds = {"text" if each.kind == "choice" else each.kind for each in (yes, no)}
        if len(kinds) > 1 or "multi" in kinds:
            raise ExpressionRefused(
                f"'then' gives {_TOLD[yes.kind]} and 'else' gives {_TOLD[no.kind]}",
                *part.span,
                "both must be of one kind",
            )
        unit, firmness = PLAIN, FIRM
        if yes.kind in ("number", "date"):
            (yes, no), unit, firmness = in_one_unit([yes, no], part.span, "choose between")
        kind: BoundKind = "text" if yes.kind == "choice" else yes.kind
        node = nodes.If(condition.node, yes.node, no.node)
        return made(
            node,
            kind,
            [condition, yes, no],
            part.span,
            unit,
            firmness,
            larger_bits(yes.bits, no.bits),
        )

    def comparison(self, part: syntax.Comparison) -> Bound:
        if len(part.rest) == 1:
            operator, right = part.rest[0]
            return self.compared(operator, part.first, right, part.span)
        numbers = self.measured([part.first, *(operand for _, operand in part.rest)])
        pairs = [
            self.numbers_compared(operator, left, right, part.span)
            for (operator, _), left, right in zip(part.rest, numbers, numbers[1:], strict=False)
        ]
        return self.all_of(pairs, part.span)

    def numbers_compared(
        self, operator: Comparator, left: Bound, right: Bound, span: Span
    ) -> Bound:
        """Return the comparison of two numbers, or of two dates; refuse one with the other."""
        if left.kind != right.kind:
            told = f"cannot compare {_TOLD[left.kind]} with {_TOLD[right.kind]}"
            raise ExpressionRefused(told, *span, self.mixed_hint(left, right))
        (left, right), _, _ = in_one_unit([left, right], span, "compare")
        return made(
            nodes.Compare(operator, left.node, right.node), "condition", [left, right], span
        )

    def compared(self, operator: Comparator, left: Syntax, right: Syntax, span: Span) -> Bound:
        chosen, other = self.choice(left), right
        if chosen is None:
            chosen, other = self.choice(right), left
        if chosen is not None and chosen.option is not None:
            return self.choice_compared(operator, chosen, other, span)
        for one, another in ((left, right), (right, left)):
            option = self.option_named(one)
            if option is not None and kind_of(option).is_several:
                word = _word(another)
                key = word if word in option.value_by_key else next(iter(option.value_by_key), "…")
                raise ExpressionRefused(
                    f"'{option.key}' may have several values",
                    *span,
                    f"write '{option.key} has {key}'",
                )
        a = self.any(left)
        if a.kind == "text" and isinstance(right, syntax.Name) and self.known(right) is None:
            raise ExpressionRefused(
                f"unknown option '{right.key}'",
                *right.span,
                f'a text stands in quotes: "{right.key}"',
            )
        b = self.any(right)
        if "date" in (a.kind, b.kind):
            a, b = self.as_day(a, left), self.as_day(b, right)
        if a.kind == b.kind and a.kind in ("number", "date"):
            return self.numbers_compared(operator, a, b, span)
        if a.kind != b.kind:
            raise ExpressionRefused(
                f"cannot compare {_TOLD[a.kind]} with {_TOLD[b.kind]}", *span, self.mixed_hint(a, b)
            )
        if operator not in ("==", "!="):
            raise ExpressionRefused(
                f"cannot order {a.kind}s by '{operator}'", *span, "write 'is' or 'is not'"
            )
        if a.kind == "text":
            return made(nodes.Compare(operator, a.node, b.node), "condition", [a, b], span)
        return self.conditions_compared(operator, a, b, span)

    def mixed_hint(self, a: Bound, b: Bound) -> str:
        if "date" in (a.kind, b.kind):
            return 'a day stands in quotes: "2026-12-24"; one date minus another gives the days between them'
        if {a.kind, b.kind} == {"condition", "number"}:
            return "a yes/no option is compared with yes or no"
        return (
            "texts stand in quotes, numbers do not"
            if {a.kind, b.kind} == {"text", "number"}
            else ""
        )

    def conditions_compared(self, operator: Comparator, a: Bound, b: Bound, span: Span) -> Bound:
        if isinstance(a.node, nodes.Constant):
            a, b = b, a
        given = [
            Bound(nodes.Given(each.option.key), "condition")
            for each in (a, b)
            if each.option is not None
        ]  # a comparison with an option that has no value is false
        if isinstance(b.node, nodes.Constant):
            if (b.node.value is True) == (operator == "=="):
                return a
            return self.all_of([*given, made(nodes.Not(a.node), "condition", [a], span)], span)
        forth = made(nodes.Implies(a.node, b.node), "condition", [a, b], span)
        back = made(nodes.Implies(b.node, a.node), "condition", [a, b], span)
        same = self.all_of([forth, back], span)
        if operator == "!=":
            same = made(nodes.Not(same.node), "condition", [same], span)
        return self.all_of([*given, same], span)

    # -- choices

    def choice(self, part: Syntax) -> Bound | None:
        """Return `part` where it is the bare name of a choice or of a derived value that is one."""
        if not isinstance(part, syntax.Name) or self.known(part) is None:
            return None
        bound = self.name(part)
        return bound if bound.kind == "choice" else None

    def choice_compared(
        self, operator: Comparator, chosen: Bound, other: Syntax, span: Span
    ) -> Bound:
        option = cast(Option, chosen.option)
        if operator not in ("==", "!="):
            raise ExpressionRefused(
                f"'{option.key}' is a choice and has no order",
                *span,
                f"compare it by 'is' or 'is not' with one of {listed(option.value_by_key)}",
            )
        if not self.names_value(option, other):
            bound = self.choice(other)
            if bound is None and isinstance(other, syntax.Name) and self.known(other) is not None:
                bound = self.name(other)
            if bound is None and not isinstance(
                other, syntax.Name | syntax.Text | syntax.Truth | syntax.Number
            ):
                bound = self.any(other)
            if bound is not None and bound.kind in ("choice", "text"):
                return made(
                    nodes.Compare(operator, chosen.node, bound.node),
                    "condition",
                    [chosen, bound],
                    span,
                )
        return self.one_of(option, {self.value(option, other)}, operator == "!=", span)

    def one_of(self, option: Option, keys: set[str], negated: bool, span: Span) -> Bound:
        """Return that a choice has one of the values, or one of the others; long lists count as
        several nodes.
        """
        if len(keys) == 1 and not negated:
            return Bound(nodes.IsOneOf(option.key, tuple(keys)), "condition")
        kept = tuple(value.key for value in option.values if (value.key in keys) != negated)
        bound = made(nodes.IsOneOf(option.key, kept), "condition", [], span)
        return replace(bound, size=1 + len(kept) // 100, whole=1 + len(kept) // 100)

    def names_value(self, option: Option, part: Syntax) -> bool:
        return _word(part) in option.value_by_key

    def value(self, option: Option, part: Syntax | syntax.Range) -> str:
        """Return the key of the value of `option` that `part` names."""
        word = _word(part)
        if word is not None and word in option.value_by_key:
            self.note(part.span, "value", option.key, word)
            return word
        known = list(option.value_by_key)
        several = kind_of(option).is_several
        if word is None:
            what = "multi-choice" if several else "choice"
            hint = f"compare it with one of {listed(known)}"
            if isinstance(part, syntax.Number):
                number = format(Decimal(part.value.numerator) / part.value.denominator, "f")
                meant = [
                    value.key
                    for value in option.values
                    if re.findall(r"\d+", value.key) == [number] or str(value.label) == number
                ]
                hint = f"did you mean '{meant[0]}'?" if meant else hint
            raise ExpressionRefused(
                f"'{option.key}' is a {what}, whose values are named by keys", *part.span, hint
            )
        hint = suggestion(word, known) or (f"it has {listed(known)}" if known else "")
        raise ExpressionRefused(f"'{option.key}' has no value '{word}'", *part.span, hint)

    def membership(self, part: syntax.Membership) -> Bound:
        only = part.members[0] if len(part.members) == 1 else None
        if (
            isinstance(only, syntax.Name)
            and self.known(only) is not None
            and self.choice(part.operand) is None
        ):
            owner = self.name(only)
            if owner.kind == "multi" and owner.option is not None:
                node: Node = nodes.Has(owner.option.key, self.value(owner.option, part.operand))
                return Bound(
                    nodes.Not(node) if part.negated else node, "condition", size=2, depth=2, whole=2
                )
        chosen = self.choice(part.operand)
        if chosen is not None and chosen.option is not None:
            keys = {self.value(chosen.option, member) for member in part.members}
            return self.one_of(chosen.option, keys, part.negated, part.span)
        bound = self.any(part.operand)
        if bound.kind == "multi" and bound.option is not None:
            raise self.wrong(
                bound,
                "a number, a text or a choice",
                part.span,
                f"write '{bound.option.key} has any of (…)'",
            )
        if bound.kind == "condition":
            raise self.wrong(bound, "a number, a text or a choice", part.span)
        found = [self.member(bound, member, part.negated) for member in part.members]
        return self.all_of(found, part.span) if part.negated else self.any_of(found, part.span)

    def member(self, bound: Bound, member: Syntax | syntax.Range, negated: bool) -> Bound:
        if isinstance(member, syntax.Range):
            if bound.kind not in ("number", "date"):
                raise ExpressionRefused("a range holds numbers", *member.span)
            first, last = (self.beside(bound, end) for end in (member.first, member.last))
            if not negated:
                above = self.numbers_compared(">=", bound, first, member.span)
                return self.all_of(
                    [above, self.numbers_compared("<=", bound, last, member.span)], member.span
                )
            below = self.numbers_compared("<", bound, first, member.span)
            return self.any_of(
                [below, self.numbers_compared(">", bound, last, member.span)], member.span
            )
        operator: Comparator = "!=" if negated else "=="
        if bound.kind in ("number", "date"):
            return self.numbers_compared(operator, bound, self.beside(bound, member), member.span)
        other = self.any(member)
        if other.kind not in ("text", "choice"):
            raise self.wrong(other, "a text", member.span)
        return made(
            nodes.Compare(operator, bound.node, other.node),
            "condition",
            [bound, other],
            member.span,
        )

    def beside(self, bound: Bound, part: Syntax) -> Bound:
        """Return the number, or beside a date the date, that `part` is."""
        return self.day(part) if bound.kind == "date" else self.number(part)

    def has(self, part: syntax.Has) -> Bound:
        owner = self.any(part.owner)
        if owner.kind != "multi" or owner.option is None:
            hint = (
                f"write '{owner.option.key} is …'"
                if owner.kind == "choice" and owner.option
                else ""
            )
            raise self.wrong(owner, "a multi-choice before 'has'", part.owner.span, hint)
        option = owner.option
        found = [
            Bound(nodes.Has(option.key, self.value(option, member)), "condition")
            for member in part.members
        ]
        if part.quantifier == "all":
            return self.all_of(found, part.span)
        some = self.any_of(found, part.span)
        return (
            some
            if part.quantifier == "any"
            else made(nodes.Not(some.node), "condition", [some], part.span)
        )


def _word(part: Syntax | syntax.Range) -> str | None:
    match part:
        case syntax.Name():
            return part.key
        case syntax.Text():
            return part.value
        case syntax.Truth():
            return part.word
        case _:
            return None


def existence(scope: Scope, instance: Instance) -> Bound | None:
    """Return the bound condition under which there is this instance, None where there always is."""
    if instance.exists is None:
        return None
    if instance.place not in scope.existing:
        scope.existing[instance.place] = Binder(scope, lengths=False).condition(
            parse(instance.exists)
        )
    return scope.existing[instance.place]


def _days_hint(bound: Bound) -> str:
    """Return how a number is made of a date, where one stands in its place."""
    return (
        "write 'delivery - \"2026-12-01\"' for the days between two dates"
        if bound.kind == "date"
        else ""
    )


def _is_silent(node: Node, before: str) -> bool:
    """Tell whether a number is undefined, a condition false, where no option whose key begins so
    has a value.
    """
    match node:
        case (
            nodes.NumberOf()
            | nodes.TextOf()
            | nodes.IsTrue()
            | nodes.IsOneOf()
            | nodes.Has()
            | nodes.Given()
        ):
            return node.option.startswith(before)
        case nodes.AttributeOf():
            return not node.summed and node.option.startswith(before)
        case nodes.Compare() | nodes.Arithmetic():
            return _is_silent(node.left, before) or _is_silent(node.right, before)
        case nodes.Call():
            return any(_is_silent(argument, before) for argument in node.arguments)
        case nodes.And():
            return any(_is_silent(part, before) for part in node.parts)
        case nodes.Or():
            return all(_is_silent(part, before) for part in node.parts)
        case nodes.If():
            return _is_silent(node.yes, before) and _is_silent(node.no, before)
        case _:
            return False
