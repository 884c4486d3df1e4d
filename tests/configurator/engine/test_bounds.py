"""A question that cannot be decided in reasonable time is refused, and leaves the engine fit for the next one."""

import pytest

from catalog.product_model import ProductModel, read
from configurator.engine.compiled import compile_model
from configurator.engine.deduce import deduce
from configurator.engine.refusals import EngineExhausted


def pigeons(count: int, holes: int) -> ProductModel:
    """As many choices as pigeons, of as many values as holes, no two alike: the classic that is hard to refute."""
    keys = [f"p{number}" for number in range(count)]
    values = [{"key": f"h{number}", "label": str(number)} for number in range(holes)]
    return read(
        {
            "product": "pigeons",
            "name": "Pigeons",
            "options": [{"key": key, "kind": "choice", "label": key, "values": values} for key in keys],
            "rules": [
                {"key": f"{first}_{second}", "then": f"not {first} == {second}"}
                for place, first in enumerate(keys)
                for second in keys[place + 1 :]
            ],
        }
    )


def test_a_product_too_hard_to_decide_is_refused_with_what_to_do() -> None:
    with pytest.raises(EngineExhausted, match="as one table") as refusal:
        deduce(compile_model(pigeons(13, 12)), {})
    assert refusal.value.status == 503


def test_after_a_refusal_easier_questions_are_answered() -> None:
    compiled = compile_model(pigeons(13, 12))
    with pytest.raises(EngineExhausted):
        deduce(compiled, {})
    assert not deduce(compiled, {"p0": "h0", "p1": "h0"}).consistent
