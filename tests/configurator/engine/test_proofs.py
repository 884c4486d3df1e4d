"""What one search has proved saves another its questions, and changes none of its answers."""

import pickle
import random
from collections.abc import Mapping
from typing import Any

from catalog.product_model import Choice, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.answers.explain import explain
from configurator.engine.answers.repair import repairs
from configurator.engine.solver.compiled import Compiled, compile_model
from tests.configurator.engine.oracle import Maker, Oracle
from tests.configurator.engine.test_against_oracle import SEED, engine_choices


def answers(compiled: Compiled, choices: Mapping[str, Choice]) -> list[Any]:
    deduction = deduce(compiled, choices)
    if deduction.consistent:
        return [
            deduction,
            default_completion(compiled, choices),
            repairs(compiled, choices, frozenset(), 5),
        ]
    return [deduction, explain(compiled, choices), repairs(compiled, choices, frozenset(), 5)]


def test_proofs_of_another_search_change_no_answer() -> None:
    for number in range(60):
        maker = Maker(random.Random(f"{SEED}/proofs {number}"))
        sketch = maker.sketch()
        model = read(sketch.document())
        oracle = Oracle(sketch)
        states = [
            {},
            *(
                engine_choices(maker.choices(sketch, oracle, consistent))
                for consistent in (True, True, False)
            ),
        ]
        used = compile_model(model)
        for choices in states[:3]:
            deduce(used, choices)
        again = pickle.loads(pickle.dumps(used))
        again.search.learn(*pickle.loads(pickle.dumps(used.search.proofs())))
        again.memory.learn(used.memory.first_answers())
        for choices in states:
            case = f"ENGINE_SEED={SEED}, model {number}, {choices}"
            assert answers(again, choices) == answers(compile_model(model), choices), case


def test_proofs_spare_the_solver_the_questions_they_answer() -> None:
    model = read(
        {
            "product": "p",
            "name": "P",
            "options": [
                {
                    "key": key,
                    "kind": "choice",
                    "label": key,
                    "values": [{"key": v, "label": v} for v in "abc"],
                }
                for key in ("one", "two")
            ],
            "rules": [{"key": "r", "then": "one is a implies two is not a"}],
        }
    )
    first, second = compile_model(model), compile_model(model)
    deduction = deduce(first, {})
    second.search.learn(*first.search.proofs())
    assert deduce(second, {}) == deduction
    assert second.search._solver is None
