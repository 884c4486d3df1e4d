"""What needs no framework stays without one."""

import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
ROOMS = ("catalog", "pricing", "configurator")


def test_every_module_that_needs_no_framework_is_held_to_it():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    held = next(each for each in contracts if each["name"] == "pure cores know no framework")[
        "source_modules"
    ]
    graph = grimp.build_graph(*ROOMS, include_external_packages=True, cache_dir=None)
    needing = graph.find_downstream_modules("django")
    pure = [
        name
        for name in sorted(graph.modules - needing)
        if (ROOT / f"{name.replace('.', '/')}.py").is_file() and "migrations" not in name
    ]

    assert len(pure) > 100
    assert [
        name for name in pure if not any(f"{name}.".startswith(f"{each}.") for each in held)
    ] == []
