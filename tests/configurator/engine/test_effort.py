"""What answers take is counted for who asks, and changes none of them."""

import threading

from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.explain import explain
from configurator.engine.solver.compiled import compile_model
from configurator.engine.solver.effort import counted
from tests.examples.desk import desk


def test_questions_to_the_solver_are_counted():
    compiled = compile_model(desk())
    with counted() as effort:
        explain(compiled, {"frame": "oak", "top": "glass"})
    assert effort.solver_calls > 0
    assert effort.propagations > 0


def test_what_is_known_already_is_told_apart():
    compiled = compile_model(desk())
    with counted() as effort:
        first = deduce(compiled, {"frame": "oak"})
        again = deduce(compiled, {"frame": "oak"})
    assert first == again
    assert (effort.made, effort.remembered) == (1, 1)


def test_nothing_is_counted_for_another_thread():
    compiled = compile_model(desk())
    with counted() as effort:
        thread = threading.Thread(target=deduce, args=(compiled, {"frame": "oak"}))
        thread.start()
        thread.join()
    assert (effort.solver_calls, effort.made) == (0, 0)
