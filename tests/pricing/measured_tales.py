"""Price models whose numbers have units: what is needed of a material, its parts, conditions and
amounts.

`measured` puts units into a tale of the oracle, both as texts that the product reads and as numbers
in metres and kilograms, each computed with the factors that are written here.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from functools import partial
from math import ceil
from typing import Any

from tests.pricing.oracle import PARTS, Number, Tale, Values, decimal

METRES = {
    "mm": F(1, 1000),
    "cm": F(1, 100),
    "dm": F(1, 10),
    "m": F(1),
    "in": F(254, 10000),
    "ft": F(3048, 10000),
}
KILOGRAMS = {
    "g": F(1, 1000),
    "kg": F(1),
    "lb": F(45359237, 10**8),
    "oz": F(28349523125, 10**12),
    "t": F(1000),
}
MOST = 9

type Formula = tuple[str, Number]


def measured(luck: random.Random, tale: Tale, step: int = 1) -> None:
    """Give the product of `tale` options that have units, of these steps, and let its lines read
    them.
    """
    units = Units(luck, step)
    tale.product = {
        **tale.product,
        "options": [*tale.product["options"], *units.options()],
        "derived": [
            {"key": "area", "label": "Area", "formula": "width * depth", "unit": units.area}
        ],
    }
    parts, needs = measured_parts(luck, units)
    tale.product["bom_lines"] = parts
    for document, line in zip(tale.product["price_lines"], tale.lines, strict=True):
        if luck.random() < 0.3:
            document["when"], line.when = units.condition(luck)
        if line.form in {"amount", "minimum", "maximum"} and luck.random() < 0.3:
            document[line.form], line.amount = units.amount(luck)
            line.written = {}
        if line.form == "percent" and luck.random() < 0.3:
            document["percent"], line.amount = units.ratio(luck)
        if line.table is not None and luck.random() < 0.3:
            document["table"]["columns"] = "width"
            line.table = replace(line.table, columns=plain("width"))
        per = document.get("per")
        if per is None:
            continue
        if "parts" in document:
            wholes = [part["key"] for part in parts if part.get("whole") and line.whole]
            needed = (
                of_longest(document["parts"], needs)
                if per == "m_of_longest"
                else of_parts(document["parts"], per, needs, wholes)
            )
            line.count, line.needs = partial(needed, pieces=1), needed
        else:
            document["quantity"], line.count = units.need(luck, per)
        if line.at_least and luck.random() < 0.5:
            document["at_least"], line.at_least = units.least(
                luck, "m" if per == "m_of_longest" else per
            )


def measures(luck: random.Random) -> Values:
    """Return values of the options that have units; not all of them have one."""
    return {
        key: luck.randint(0, MOST) for key in ("width", "depth", "mass") if luck.random() < 0.97
    }


def plain(key: str) -> Number:
    """Return the number of an option as it is, in its own unit."""
    return lambda values: None if key not in values else F(values[key])


def computed(make: Callable[..., F | None], *numbers: Number) -> Number:
    """Return what is made of numbers; nothing of what is not there."""

    def number(values: Values) -> F | None:
        found = [each(values) for each in numbers]
        return None if any(each is None for each in found) else make(*found)

    return number


def constant(number: F) -> Number:
    return lambda values: number


class Units:
    """Which units the options have, and formulas with what they mean in metres, kilograms, and
    their powers.
    """

    def __init__(self, luck: random.Random, step: int) -> None:
        self.step = step
        self.width, self.depth = luck.choice(list(METRES)), luck.choice(list(METRES))
        self.mass = luck.choice(list(KILOGRAMS))
        self.area = luck.choice(["", "m2", "cm2", "in2"])

    def options(self) -> list[dict[str, Any]]:
        return [
            {
                "key": key,
                "kind": "number",
                "label": key.title(),
                "number": {"first": 0, "last": MOST, "step": self.step, "unit": unit},
                "required": False,
            }
            for key, unit in (("width", self.width), ("depth", self.depth), ("mass", self.mass))
        ]

    @property
    def wide(self) -> Number:
        return computed(lambda number: number * METRES[self.width], plain("width"))

    @property
    def deep(self) -> Number:
        return computed(lambda number: number * METRES[self.depth], plain("depth"))

    @property
    def heavy(self) -> Number:
        return computed(lambda number: number * KILOGRAMS[self.mass], plain("mass"))

    @property
    def wide_by_deep(self) -> Number:
        return computed(lambda wide, deep: wide * deep, self.wide, self.deep)

    def length(self, luck: random.Random) -> Formula:
        """Return a formula of a length, and what it is in metres."""
        number, unit = luck.randint(1, 40), luck.choice(list(METRES))
        some = constant(number * METRES[unit])
        in_width = constant(number * METRES[self.width])

        def longer(values: Values) -> F | None:
            wide, deep = self.wide(values), self.deep(values)
            is_wider = wide is not None and deep is not None and wide > deep
            return wide if is_wider else some(values)

        return luck.choice(
            [
                ("width", self.wide),
                ("depth", self.deep),
                ("(width + depth)", computed(lambda wide, deep: wide + deep, self.wide, self.deep)),
                (
                    f"(width + {number})",
                    computed(lambda wide, more: wide + more, self.wide, in_width),
                ),
                (
                    f"(depth + {number} {unit})",
                    computed(lambda deep, more: deep + more, self.deep, some),
                ),
                ("(width - depth)", computed(lambda wide, deep: wide - deep, self.wide, self.deep)),
                ("3 * width", computed(lambda wide: 3 * wide, self.wide)),
                (f"max(width, {number} {unit})", computed(max, self.wide, some)),
                (f"{number} {unit}", some),
                (f"(if width > depth then width else {number} {unit})", longer),
            ]
        )

    def square(self, luck: random.Random) -> Formula:
        """Return a formula of an area, and what it is in square metres."""
        (one, first), (other, second) = self.length(luck), self.length(luck)
        number, unit = luck.randint(1, 4000), luck.choice(list(METRES))
        more = constant(number * METRES[unit] ** 2)
        known = [
            (f"{one} * {other}", computed(lambda a, b: a * b, first, second)),
            ("area", self.wide_by_deep),
            (f"area + {number} {unit}2", computed(lambda a, b: a + b, self.wide_by_deep, more)),
            (f"{one} * {one}", computed(lambda a: a * a, first)),
        ]
        return luck.choice(known)

    def need(self, luck: random.Random, per: str) -> Formula:
        """Return a formula of how much is needed of a material, and what it is in the unit of its
        price.
        """
        if per == "m":
            return self.length(luck)
        if per == "m2":
            if self.width == self.depth == "mm" and luck.random() < 0.5:
                # The very factor that converts is understood.
                return "width * depth / 1000000", self.wide_by_deep
            return self.square(luck)
        if per == "m3":
            (text, area), (other, length) = self.square(luck), self.length(luck)
            volume = computed(lambda a, b: a * b, area, length)
            return luck.choice(
                [(f"({text}) * {other}", volume), ("area * 18 mm", self.thick(F(18, 1000)))]
            )
        if per == "kg":
            number, unit = luck.randint(1, 900), luck.choice(list(KILOGRAMS))
            some = constant(number * KILOGRAMS[unit])
            return luck.choice(
                [
                    ("mass", self.heavy),
                    (f"mass + {number} {unit}", computed(lambda a, b: a + b, self.heavy, some)),
                    ("3 * mass", computed(lambda a: 3 * a, self.heavy)),
                    (f"min(mass, {number} {unit})", computed(min, self.heavy, some)),
                    (f"{number} {unit}", some),
                ]
            )
        return luck.choice(
            [self.ratio(luck), ("number / 3 + 1", computed(lambda n: n / 3 + 1, plain("number")))]
        )

    def thick(self, thickness: F) -> Number:
        return computed(lambda area: area * thickness, self.wide_by_deep)

    def ratio(self, luck: random.Random) -> Formula:
        """Return a formula of a number without unit."""
        number = luck.randint(1, 30)
        unit, mass = luck.choice(list(METRES)), luck.choice(list(KILOGRAMS))
        divided: Callable[..., F | None] = lambda a, b: a / b if b else None  # noqa: E731
        return luck.choice(
            [
                ("width / depth", computed(divided, self.wide, self.deep)),
                (
                    f"3 * (width / {number} {unit})",
                    computed(lambda a: 3 * a / (number * METRES[unit]), self.wide),
                ),
                (
                    f"mass / {number} {mass}",
                    computed(lambda a: a / (number * KILOGRAMS[mass]), self.heavy),
                ),
                (f"area / 1 {unit}2", computed(lambda a: a / METRES[unit] ** 2, self.wide_by_deep)),
            ]
        )

    def least(self, luck: random.Random, per: str) -> tuple[str | float | int, F]:
        """Return how much is charged at least of a material, and what it is in the unit of its
        price.
        """
        number = luck.randint(1, 90)
        if per == "kg":
            unit = luck.choice(list(KILOGRAMS))
            return f"{number} {unit}", number * KILOGRAMS[unit]
        if per == "piece":
            return number, F(number)
        power = {"m": 1, "m2": 2, "m3": 3}[per]
        unit = luck.choice(list(METRES))
        return f"{number} {unit}{power if power > 1 else ''}", number * METRES[unit] ** power

    def amount(self, luck: random.Random) -> Formula:
        """Return an amount for each of the unit that a number has: the number counts, whatever its
        unit is.
        """
        price = F(luck.randint(1, 9000), 1000)
        square = (
            METRES[self.width]
            * METRES[self.depth]
            / (METRES[self.area[:-1]] ** 2 if self.area else 1)
        )
        area = computed(lambda a, b: a * b, plain("width"), plain("depth"))
        if self.area:
            area = computed(lambda a, b: a * b * square, plain("width"), plain("depth"))
        elif self.width != self.depth:
            area = plain("width")
        text = "area" if self.area or self.width == self.depth else "width"
        unit = luck.choice(list(METRES))
        return luck.choice(
            [
                (f"{float(price):.3f} * {text}", computed(lambda a: price * a, area)),
                (f"{float(price):.3f} * mass", computed(lambda a: price * a, plain("mass"))),
                (
                    f"{float(price):.3f} * (width / 1 {unit})",
                    computed(lambda a: price * a / METRES[unit], self.wide),
                ),
            ]
        )

    def condition(self, luck: random.Random) -> tuple[str, Callable[[Values], bool]]:
        number, unit, mass = (
            luck.randint(1, 9),
            luck.choice(list(METRES)),
            luck.choice(list(KILOGRAMS)),
        )

        def holds(compare: Callable[..., bool], *numbers: Number) -> Callable[[Values], bool]:
            def told(values: Values) -> bool:
                found = [each(values) for each in numbers]
                return all(each is not None for each in found) and compare(*found)

            return told

        return luck.choice(
            [
                (f"width > {number} {unit}", holds(lambda a: a > number * METRES[unit], self.wide)),
                ("width >= depth", holds(lambda a, b: a >= b, self.wide, self.deep)),
                (
                    f"area < {number} {unit}2",
                    holds(lambda a: a < number * METRES[unit] ** 2, self.wide_by_deep),
                ),
                (
                    f"mass <= {number} {mass}",
                    holds(lambda a: a <= number * KILOGRAMS[mass], self.heavy),
                ),
                (f"depth <= {number}", holds(lambda a: a <= number, plain("depth"))),
            ]
        )


type Needs = dict[str, dict[str, Number]]

_MEASURED = {
    "m": ("length",),
    "m2": ("length", "width"),
    "m3": ("length", "width", "thickness"),
    "kg": ("weight",),
}


def measured_parts(luck: random.Random, units: Units) -> tuple[list[dict[str, Any]], Needs]:
    """Return parts whose measures and quantities may have units, with what they are in metres and
    kilograms.
    """
    parts, needs = [], {}
    for part in PARTS:
        need: dict[str, Number] = {}
        told: dict[str, Any] = {}
        for name, number in part["measures"].items():
            base = F(number) * (1 if name == "weight" else F(1, 1000))
            told[name], need[name] = decimal(F(number)), constant(base)
            if luck.random() < 0.4:
                told[name], need[name] = (
                    units.need(luck, "kg") if name == "weight" else units.length(luck)
                )
        document = {**part, "measures": told}
        count = F(part.get("quantity", 1))
        need["quantity"] = constant(count)
        if luck.random() < 0.4:
            unit, kind = luck.choice(
                [("m", "m"), ("cm", "m"), ("m2", "m2"), ("g", "kg"), ("pcs", "piece")]
            )
            text, number_of = units.need(luck, kind)
            factor = {"cm": F(100), "g": F(1000)}.get(unit, F(1))
            document |= {"quantity": text, "unit": unit}
            need["quantity"] = computed(lambda a, factor=factor: a * factor, number_of)
        if luck.random() < 0.2:
            document["whole"] = True
        parts.append(document)
        needs[part["key"]] = need
    return parts, needs


def of_parts(
    keys: list[str], per: str, needs: Needs, wholes: list[str]
) -> Callable[[Values, int], F | None]:
    """Return how much of a material so many pieces need for parts: those that are there, each with
    its measures.

    What is needed of the `wholes` for all pieces is rounded up.
    """

    def number(values: Values, pieces: int) -> F | None:
        total = F(0)
        for key in keys:
            there = {
                "board": 1,
                "lid": bool(values.get("lacquered")),
                "extra": len(values.get("extras", ())),
            }[key]
            if not there:
                continue
            for name in ("quantity", *_MEASURED.get(per, ())):
                each = needs[key][name](values)
                if each is None:
                    return None
                if name == "quantity":
                    each = (
                        each * pieces if key not in wholes or each < 0 else F(ceil(each * pieces))
                    )
                there = there * each
            total += there
        return total

    return number


def of_longest(keys: list[str], needs: Needs) -> Callable[[Values, int], F | None]:
    """Return how many metres so many pieces need: each as many as its longest part has; one that is
    not there has 0.
    """

    def number(values: Values, pieces: int) -> F | None:
        lengths = []
        for key in keys:
            there = {"board": True, "lid": values.get("lacquered"), "extra": values.get("extras")}[
                key
            ]
            count = needs[key]["quantity"](values) if there else F(0)
            length = needs[key]["length"](values) if count is None or count > 0 else F(0)
            if count is None or length is None:
                return None
            lengths.append(length)
        return max(lengths) * pieces

    return number
