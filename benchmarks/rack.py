"""A rack of 20 slots with boards, modules and power sums: CPU time of a click, with and without
knowing what is alike.

.venv/bin/python benchmarks/rack.py
"""

import random
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from catalog.product_model import ProductModel, read
from configurator.engine.constraints.symmetry import Symmetry
from configurator.engine.face.choices import Compiled, compile_model, deduce
from configurator.engine.face.examination import Search

USERS, CHOICES = 4, 12
BOARDS = {
    "cpu": (40, 2),
    "gpu": (120, 3),
    "io": (10, 1),
    "net": (20, 1),
    "disk": (15, 2),
    "fpga": (75, 2),
}
MODULES = {"none": 0, "cache": 5, "turbo": 25}


def rack() -> ProductModel:
    """Return the rack as a product model."""
    boards = [
        {"key": key, "label": key, "attributes": {"watt": watt, "units": units}}
        for key, (watt, units) in BOARDS.items()
    ]
    modules = [
        {"key": key, "label": key, "attributes": {"watt": watt}} for key, watt in MODULES.items()
    ]
    supplies = [
        {"key": f"w{watt}", "label": f"{watt} W", "attributes": {"watt": watt}}
        for watt in (300, 600, 1200, 2000)
    ]
    cooling = [{"key": key, "label": key} for key in ("air", "water")]
    slot = {
        "product": "slot",
        "name": "Slot",
        "options": [
            {"key": "board", "kind": "choice", "label": "Board", "values": boards},
            {"key": "module", "kind": "choice", "label": "Module", "values": modules},
            {"key": "hot", "kind": "boolean", "label": "Hot swap", "when": "board in (disk, net)"},
        ],
        "rules": [{"key": "turbo", "when": "module is turbo", "then": "board in (cpu, gpu, fpga)"}],
    }
    return read(
        {
            "product": "rack",
            "name": "Rack",
            "options": [
                {"key": "supply", "kind": "choice", "label": "Supply", "values": supplies},
                {"key": "cooling", "kind": "choice", "label": "Cooling", "values": cooling},
                {
                    "key": "height",
                    "kind": "number",
                    "label": "Height",
                    "number": {"first": 8, "last": 42},
                },
            ],
            "rules": [
                {"key": "power", "then": "sum(slots, board.watt + module.watt) <= supply.watt"},
                {"key": "space", "then": "sum(slots, board.units) <= height"},
                {
                    "key": "water",
                    "when": "count(slots, board is gpu) >= 6",
                    "then": "cooling is water",
                },
                {"key": "one_cpu", "when": "count(slots) >= 1", "then": "any(slots, board is cpu)"},
                {
                    "key": "gpus",
                    "then": "count(slots, board is gpu) <= 4 * count(slots, board is cpu)",
                },
            ],
            "assemblies": [{"key": "slots", "label": "Slot", "at_most": 20, "definition": slot}],
        }
    )


def clicks(compiled: Compiled) -> list[float]:
    """Return the CPU time in ms of each click of some users, who choose at random what is offered."""
    found = []
    for user in range(USERS):
        chance = random.Random(user)
        choices: dict[str, Any] = {"slots": Decimal(chance.randint(12, 20))}
        deduction = deduce(compiled, choices)
        for _ in range(CHOICES):
            open_keys = [
                key
                for key, domain in deduction.domains.items()
                if key not in choices and domain.given
            ]
            if not open_keys:
                break
            key = chance.choice(open_keys)
            domain = deduction.domains[key]
            choices[key] = (
                chance.choice(domain.values) if domain.values else chance.choice(domain.runs)[0]
            )
            start = time.process_time()
            deduction = deduce(compiled, choices)
            found.append((time.process_time() - start) * 1000)
    return sorted(found)


def main() -> None:
    for name in ("interchangeable slots known", "not known"):
        start = time.process_time()
        compiled = compile_model(rack())
        seconds = time.process_time() - start
        if name == "not known":
            compiled.search.program.symmetry = Symmetry()
            compiled = replace(compiled, search=Search(compiled.search.program))
        times = clicks(compiled)
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(
            f"{name}: compile {seconds:.2f} s, click median {middle:.0f} ms, p95 {late:.0f} ms, max {times[-1]:.0f} ms"
        )


if __name__ == "__main__":
    main()
