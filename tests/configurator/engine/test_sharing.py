"""One compiled product for many: threads and processes get the answers of one, and nothing grows
without end.
"""

import multiprocessing
import pickle
import random
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from catalog.product_model import Choice, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.default_completion import (
    MOST_COMPLETIONS,
    change_with,
    default_completion,
)
from configurator.engine.answers.explain import explain
from configurator.engine.answers.repair import repairs
from configurator.engine.solver.compiled import Compiled, compile_model
from tests.examples.desk import DESK

THREADS, PROCESSES = 16, 4

type Choices = dict[str, Choice]


def islands() -> Compiled:
    """Three desks that have nothing to do with each other, each on an island of its own."""
    document: dict[str, Any] = {**DESK, "options": [], "rules": []}
    for name in ("a", "b", "c"):
        document["options"] += [
            {
                "key": f"{name}_frame",
                "kind": "choice",
                "label": "Frame",
                "values": values("steel", "oak"),
                "default": "oak",
            },
            {
                "key": f"{name}_top",
                "kind": "choice",
                "label": "Top",
                "values": values("glass", "oak", "laminate"),
            },
            {
                "key": f"{name}_width",
                "kind": "number",
                "label": "Width",
                "number": {"first": 900, "last": 2000, "step": 50},
            },
            {
                "key": f"{name}_lamp",
                "kind": "boolean",
                "label": "Lamp",
                "when": f"{name}_width >= 1200",
            },
        ]
        document["rules"] += [
            {
                "key": f"{name}_glass",
                "when": f"{name}_top is glass",
                "then": f"{name}_frame is steel",
            },
            {
                "key": f"{name}_wide",
                "when": f"{name}_width > 1600",
                "then": f"{name}_frame is steel",
            },
        ]
    kept = ("product", "name", "options", "rules")
    return compile_model(read({key: document[key] for key in kept}))


def values(*keys: str) -> list[dict[str, str]]:
    return [{"key": key, "label": key} for key in keys]


def clicks(compiled: Compiled, user: int, count: int) -> list[tuple[Choices, str]]:
    """Return the states a user comes through, each with all that follows from it."""
    chance = random.Random(user)
    choices: Choices = {}
    found = []
    for _ in range(count):
        deduction = deduce(compiled, choices)
        open_keys = [
            key for key, domain in deduction.domains.items() if key not in choices and domain.given
        ]
        if not open_keys or len(choices) > 6:
            choices = {}
            continue
        key = chance.choice(open_keys)
        domain = deduction.domains[key]
        value: Choice = domain.runs[0][0] if domain.runs else chance.choice(domain.values)
        settled = default_completion(compiled, choices)
        change = change_with(compiled, choices, settled, key, value)
        assert change is not None
        told = (
            sorted(map(repr, deduction.domains.items())),
            sorted(map(repr, settled.values.items())),
            repr(change.values),
        )
        found.append((dict(choices), repr(told)))
        choices = {**choices, key: value}
    return found


@pytest.fixture(autouse=True)
def small_islands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configurator.engine.solver.components.LEAST_SLOTS", 1)


@pytest.fixture(scope="module")
def expected() -> Sequence[list[tuple[Choices, str]]]:
    return [clicks(islands(), user, 30) for user in range(THREADS)]


def test_sixteen_threads_get_the_answers_of_one(
    expected: Sequence[list[tuple[Choices, str]]],
) -> None:
    compiled = islands()
    found: dict[int, list[tuple[Choices, str]]] = {}

    def click(user: int) -> None:
        found[user] = clicks(compiled, user, 30)

    threads = [threading.Thread(target=click, args=(user,)) for user in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[user] for user in range(THREADS)] == list(expected)


def test_four_processes_get_the_answers_of_one(
    expected: Sequence[list[tuple[Choices, str]]],
) -> None:
    compiled = islands()
    deduce(compiled, {})
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        found = pool.starmap(
            clicks, [(pickle.loads(pickle.dumps(compiled)), user, 30) for user in range(PROCESSES)]
        )
    assert found == list(expected[:PROCESSES])


def test_what_is_kept_is_bounded_however_many_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configurator.engine.solver.search.MOST_ANSWERS", 20)
    monkeypatch.setattr("configurator.engine.solver.search.MAX_QUESTIONS", 50)
    monkeypatch.setattr("configurator.engine.solver.search.POOL", 32)
    monkeypatch.setattr("configurator.engine.solver.memory.MOST_ANSWERS", 40)
    compiled = islands()
    for user in range(120):
        clicks(compiled, user, 8)
        compiled.memory.forget()
    grounds = compiled.latest["grounds"]
    for ground in grounds.all.values():
        search = ground.search
        assert len(search._answers) <= 20
        assert len(search._pool) <= 32
        assert len(search._closures) <= len(search.program.targets)
        assert search._questions <= 50 + len(search.program.targets)
        assert search._next <= search.program.variables + 50 + len(search.program.targets)
        assert len(ground.memory._answers) <= MOST_COMPLETIONS
    assert len(compiled.memory._answers) <= 1_000


def test_a_product_is_made_ready_beside_those_who_ask_and_answers_stay_the_same() -> None:
    model = islands().model
    asked = [choices_of(name, top) for name in ("a", "b", "c") for top in ("glass", "oak")]
    expected = [told(compile_model(model), choices) for choices in asked]
    compiled = compile_model(model)
    makers = [threading.Thread(target=compiled.make_ready) for _ in range(4)]
    for maker in makers:
        maker.start()
    found = [told(compiled, choices) for choices in asked]
    for maker in makers:
        maker.join()
    assert found == expected == [told(compiled, choices) for choices in asked]


def choices_of(name: str, top: str) -> Choices:
    return {f"{name}_frame": "oak", f"{name}_top": top}


def told(compiled: Compiled, choices: Choices) -> object:
    deduction = deduce(compiled, choices)
    return (
        default_completion(compiled, choices)
        if deduction.consistent
        else (explain(compiled, choices), repairs(compiled, choices))
    )
