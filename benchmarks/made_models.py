"""Large products made by rule: numbers that many rules bind together, a wide table, sums over many
options.

`MADE` names them. Each is the same at every call.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from catalog.product_model import ProductModel, read

type Document = dict[str, Any]


def furniture() -> ProductModel:
    """A wardrobe made to measure: six numbers of 61 to 2,000 values, twenty options, forty rules,
    1,183 finishes.
    """
    numbers = [
        _number("width", "Width", 600, 2400, 5, "mm"),
        _number("height", "Height", 400, 2650, 5, "mm"),
        _number("depth", "Depth", 250, 850, 10, "mm"),
        _number("load", "Load of a shelf", 5, 500, 5, ""),
        _number("pitch", "Distance of shelves", 0.5, 1000, 0.5, "mm"),
        _number("door_width", "Width of a door", 200, 900, 1, "mm"),
    ]
    choices = [
        _choice("material", "Material", _MATERIALS),
        _choice(
            "thickness", "Board", {f"t{mm}": {"board": mm} for mm in (12, 16, 19, 22, 25, 30, 38)}
        ),
        _choice("color", "Colour", [f"ral_{number}" for number in range(9001, 9024)]),
        _choice("finish", "Finish", ["raw", "oil", "wax", "lacquer", "powder", "film", "veneer"]),
        _choice("shelves", "Shelves", {f"s{count}": {"n": count} for count in range(13)}),
        _choice("sections", "Sections", {f"p{count}": {"n": count} for count in range(1, 7)}),
        _choice("doors", "Doors", {f"d{count}": {"n": count} for count in range(7)}),
        _choice("handle", "Handle", ["none", "knob", "bar", "shell", "edge", "push", "leather"]),
        _choice("hinge", "Hinge", ["none", "standard", "soft", "push"]),
        _choice("legs", "Legs", ["none", "plinth", "feet", "castors"]),
        _choice("back", "Back", ["none", "hdf", "solid"]),
        _choice("lock", "Lock", ["none", "cam", "smart"]),
        _choice("light", "Light", ["none", "led", "rgb"]),
        _choice("delivery", "Delivery", ["pickup", "van", "truck"]),
        _choice("market", "Market", ["eu", "us", "uk", "ch"]),
    ]
    yes_or_no = [
        {"key": key, "kind": "boolean", "label": key.capitalize()}
        for key in ("anchor", "glass", "assembled", "fireproof", "drawers")
    ]
    rules = [{"key": f"r{place}", "then": rule} for place, rule in enumerate(_WARDROBE_RULES, 1)]
    return read(
        {
            "product": "wardrobe",
            "name": "Wardrobe to measure",
            "options": [*numbers, *choices, *yes_or_no],
            "rules": rules,
            "tables": [_finishes(choices)],
            "price_lines": [
                {"key": "corpus", "label": "Corpus", "amount": "190 + width * height * 0.0001"},
                {"key": "doors", "label": "Doors", "amount": "doors.n * 48"},
                {"key": "shelves", "label": "Shelves", "amount": "shelves.n * 17.5"},
            ],
        }
    )


def two_numbers() -> ProductModel:
    """A cable on a drum: a length of 100,000 steps in two rules with a load of 10,000."""
    return read(
        {
            "product": "cable",
            "name": "Cable on a drum",
            "options": [
                _number("length", "Length", 1, 100_000, 1, ""),
                _number("strain", "Strain", 1, 10_000, 1, ""),
                _choice("sheath", "Sheath", {"pvc": {"limit": 70_000}, "pur": {"limit": 90_000}}),
                {"key": "armoured", "kind": "boolean", "label": "Armoured"},
            ],
            "rules": [
                {
                    "key": "drum",
                    "then": "length + strain <= sheath.limit",
                    "message": "The drum is full.",
                },
                {
                    "key": "work",
                    "then": "length * strain <= 300000000",
                    "message": "The cable would break.",
                },
                {"key": "armour", "then": "strain > 4000 implies armoured"},
            ],
            "price_lines": [
                {"key": "cable", "label": "Cable", "amount": "length * 0.8 + strain * 0.02"}
            ],
        }
    )


def big_table() -> ProductModel:
    """A gear motor: 100,000 combinations that are built, of six columns, one of them a number."""
    chance = random.Random("gear motors")
    sizes: Mapping[str, Sequence[Any]] = {
        "frame": [f"b{size}" for size in range(56, 96)],
        "power": [f"w{watts}" for watts in range(90, 1290, 40)],
        "poles": [f"x{poles}" for poles in (2, 4, 6, 8, 10, 12)],
        "mount": [f"m{place}" for place in range(12)],
        "shaft": [f"d{size}" for size in range(9, 49)],
        "ratio": [place * 0.5 + 1.5 for place in range(400)],
    }
    rows = sorted(
        {tuple(chance.choice(values) for values in sizes.values()) for _ in range(100_100)}
    )
    rows = sorted(chance.sample(rows, 100_000))
    choices = [
        _choice(key, key.capitalize(), values) for key, values in sizes.items() if key != "ratio"
    ]
    return read(
        {
            "product": "gear_motor",
            "name": "Gear motor",
            "options": [
                *choices,
                _number("ratio", "Ratio", 1.5, 201, 0.5, ""),
                _choice("paint", "Paint", ["none", "grey", "blue"]),
                {"key": "brake", "kind": "boolean", "label": "Brake"},
            ],
            "rules": [
                {"key": "brake_room", "then": "brake implies not frame in (b56, b57, b58)"},
                {"key": "grey_only", "then": "mount is m3 implies paint is grey"},
            ],
            "tables": [
                {"key": "built", "options": list(sizes), "rows": [list(row) for row in rows]}
            ],
            "price_lines": [{"key": "motor", "label": "Motor", "amount": "420 + ratio * 1.5"}],
        }
    )


def rack() -> ProductModel:
    """A rack of twenty slots: boards with power, heat and width, a supply, a fan, and counts of
    boards of a kind.
    """
    slots = [f"slot_{place}" for place in range(1, 21)]
    options = [_choice(slot, f"Slot {place}", _BOARDS) for place, slot in enumerate(slots, 1)]

    def total(attribute: str) -> str:
        return "sum(" + ", ".join(f"{slot}.{attribute}" for slot in slots) + ")"

    def count(board: str) -> str:
        return "count(" + ", ".join(f"{slot} is {board}" for slot in slots) + ")"

    return read(
        {
            "product": "rack",
            "name": "Rack of boards",
            "options": [
                *options,
                _choice(
                    "supply",
                    "Supply",
                    {f"v{watts}": {"capacity": watts} for watts in (250, 400, 650, 900, 1400)},
                ),
                _choice(
                    "fan",
                    "Fan",
                    {
                        "quiet": {"airflow": 220},
                        "normal": {"airflow": 480},
                        "strong": {"airflow": 900},
                    },
                ),
                {"key": "redundant", "kind": "boolean", "label": "Second supply"},
            ],
            "rules": [
                {
                    "key": "power",
                    "then": f"{total('power')} <= supply.capacity",
                    "message": "The supply is too weak.",
                },
                {
                    "key": "reserve",
                    "when": "redundant",
                    "then": f"{total('power')} * 1.2 <= supply.capacity",
                },
                {
                    "key": "heat",
                    "then": f"{total('heat')} <= fan.airflow",
                    "message": "The fan is too weak.",
                },
                {
                    "key": "space",
                    "then": f"{total('units')} <= 34",
                    "message": "There is no room for so many.",
                },
                {"key": "one_cpu", "then": f"{count('cpu')} >= 1"},
                {"key": "cpus", "then": f"{count('cpu')} <= 4"},
                {"key": "switches", "then": f"{count('switch')} <= {count('cpu')}"},
                {"key": "cpu_first", "then": "slot_1 in (cpu, cpu_large)"},
                *(
                    {"key": f"beside_{place}", "then": f"{one} is gpu implies not {other} is gpu"}
                    for place, (one, other) in enumerate(pairwise(slots), 1)
                ),
            ],
            "price_lines": [{"key": "rack", "label": "Rack", "amount": "890"}],
        }
    )


MADE: dict[str, Callable[[], ProductModel]] = {
    "furniture": furniture,
    "two_numbers": two_numbers,
    "big_table": big_table,
    "rack": rack,
}

_MATERIALS = {
    "mdf": {"weight": 750, "span": 600},
    "birch": {"weight": 650, "span": 800},
    "oak": {"weight": 720, "span": 900},
    "ash": {"weight": 690, "span": 850},
    "walnut": {"weight": 640, "span": 820},
    "bamboo": {"weight": 700, "span": 780},
    "laminate": {"weight": 680, "span": 650},
    "steel": {"weight": 7850, "span": 1400},
    "aluminium": {"weight": 2700, "span": 1200},
}
_METALS = "(steel, aluminium)"
_BOARDS = {
    "empty": {"power": 0, "heat": 0, "units": 0},
    "cpu": {"power": 65, "heat": 42, "units": 2},
    "cpu_large": {"power": 120, "heat": 81, "units": 3},
    "memory": {"power": 18, "heat": 11, "units": 1},
    "gpu": {"power": 180, "heat": 133, "units": 4},
    "switch": {"power": 31, "heat": 19, "units": 1},
    "router": {"power": 27, "heat": 17, "units": 1},
    "disk": {"power": 12, "heat": 9, "units": 1},
    "flash": {"power": 9, "heat": 5, "units": 1},
    "sensor": {"power": 4, "heat": 1, "units": 1},
    "relay": {"power": 22, "heat": 13, "units": 2},
    "modem": {"power": 14, "heat": 8, "units": 1},
}
_WARDROBE_RULES = [
    "height > 2000 implies anchor",
    "width / sections.n <= 900",
    "width / sections.n >= 250",
    "width / sections.n <= material.span * thickness.board / 19",
    "shelves.n * pitch + 100 <= height",
    "shelves is s0 implies pitch == 100",
    "load * width / sections.n <= 450 * thickness.board * thickness.board",
    "width * height * depth * material.weight / 100000 <= 40000000",
    "not doors is d0 implies doors.n * door_width >= width - 20 and doors.n * door_width <= width",
    "doors is d0 implies door_width == 200",
    "drawers implies depth >= 400",
    "height > 3 * depth implies anchor",
    "legs is castors implies height <= 1300 and load <= 120",
    "glass implies door_width * height <= 1300000",
    "glass implies not doors is d0",
    "doors is d0 implies handle is none and hinge is none and lock is none",
    "not doors is d0 implies not hinge is none",
    "hinge is push implies handle in (none, push)",
    "lock is smart implies not light is none",
    f"finish is oil implies not material in {_METALS}",
    f"finish is powder implies material in {_METALS}",
    f"material in {_METALS} implies finish in (powder, raw)",
    f"fireproof implies material in {_METALS}",
    "market is us and height > 760 implies anchor",
    "market is ch implies not delivery is truck",
    "assembled implies delivery in (van, truck)",
    "assembled and width + height > 3800 implies delivery is truck",
    "width + height + depth > 5000 implies not assembled",
    "legs is none implies load <= 300",
    "light is rgb implies not back is none",
    "back is solid implies depth >= 300",
    "back is none implies height <= 1800",
    "load > 250 implies thickness in (t25, t30, t38)",
    "thickness is t38 implies not material is mdf",
    "drawers implies shelves.n >= 2",
    "drawers and glass implies width >= 1000",
    "abs(height - 1500) >= 900 implies not lock is smart",
    "shelves.n + doors.n != 9",
    "depth < 600 or anchor or legs in (plinth, feet)",
    "load * depth * shelves.n <= height * 400",
]


def _number(key: str, label: str, first: float, last: float, step: float, unit: str) -> Document:
    return {
        "key": key,
        "kind": "number",
        "label": label,
        "number": {"first": first, "last": last, "step": step, "unit": unit},
    }


def _choice(
    key: str, label: str, values: Mapping[str, Mapping[str, float]] | Sequence[str]
) -> Document:
    attributes = values if isinstance(values, Mapping) else {}
    return {
        "key": key,
        "kind": "choice",
        "label": label,
        "values": [
            {
                "key": value,
                "label": value.replace("_", " "),
                "attributes": dict(attributes.get(value, {})),
            }
            for value in values
        ],
    }


def _finishes(choices: Sequence[Document]) -> Document:
    """Return the table of 1,183 combinations of material, finish, colour and handle that are made."""
    chance = random.Random("finishes")
    columns = ["material", "finish", "color", "handle"]
    by_key = {choice["key"]: [value["key"] for value in choice["values"]] for choice in choices}

    def combinations() -> Iterator[tuple[str, ...]]:
        while True:
            yield tuple(chance.choice(by_key[column]) for column in columns)

    rows: set[tuple[str, ...]] = set()
    for row in combinations():
        rows.add(row)
        if len(rows) == 1183:
            break
    return {"key": "finishes", "options": columns, "rows": [list(row) for row in sorted(rows)]}
