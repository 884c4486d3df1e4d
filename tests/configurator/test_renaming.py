"""A product with keys renamed answers as before, under the new names: on random models with every
construct.

`RENAMED_MODELS` sets how many models a run takes, `RENAMED_SEED` where it starts; a failure tells
both.
"""

import json
import os
import random
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.errors import Refusal
from catalog.product_model import Choice, ProductModel, read
from catalog.renaming import names_of, renamed
from configurator.compiled_product import compile_product
from configurator.evaluation.evaluate import evaluate
from configurator.evaluation_json import evaluation_json
from pricing.breakdown import compile_prices
from pricing.in_force import Tariff, in_force
from tests.configurator.engine.oracle import Maker, Oracle, written

MODELS = int(os.environ.get("RENAMED_MODELS", "120"))
SEED = int(os.environ["RENAMED_SEED"])
NOW = datetime(2026, 6, 1, tzinfo=UTC)
BATCHES = 4


def made(maker: Maker) -> tuple[ProductModel, dict[str, Choice]]:
    """Return a random product with price lines and parts, and choices in it."""
    sketch = maker.sketch()
    document: dict[str, Any] = sketch.document()
    lines: list[dict[str, Any]] = [
        {
            "key": "l0",
            "label": "L",
            "amount": written(maker.number(sketch, 2)),
            "subtotal": "l_sum",
        },
        {"key": "l1", "label": "L", "amount": 7, "when": written(maker.condition(sketch, 2))},
        {"key": "l2", "label": "L", "percent": 5, "of": ["l_sum", "l1"]},
    ]
    for each in sketch.asked:
        if each.kind == "choice":
            amounts = {value: written(maker.number(sketch, 1)) for value in each.values}
            lines.append(
                {"key": f"l_{each.key}", "label": "L", "option": each.key, "amounts": amounts}
            )
    document["price_lines"] = lines
    document["derived"] = [
        {"key": "d0", "label": "D", "formula": written(maker.number(sketch, 2)), "shown": True}
    ]
    document["bom_lines"] = [
        {"key": "b0", "label": "B", "quantity": "d0", "when": written(maker.condition(sketch, 1))}
    ]
    chosen = maker.choices(sketch, Oracle(sketch), consistent=maker.random.random() < 0.6)
    document["presets"] = [
        {"key": "s0", "label": "S", "choices": json.loads(json.dumps(chosen, default=plain))}
    ]
    model = read(document)
    return model, dict(model.presets[0].choices)


def plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | frozenset) else float(value)


def answer(model: ProductModel, choices: dict[str, Choice]) -> Any:
    """Return all that the product answers, or why it has no answer."""
    try:
        product = compile_product(model)
        prices = compile_prices(product.model, in_force(Tariff(), model.currency, NOW))
        found = evaluation_json(evaluate(product, prices, {}, choices, explained=3, repaired=3))
    except Refusal as refused:
        return refused.sentence
    return {key: each for key, each in found.items() if key not in {"digest", "fingerprint"}}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_renamed_answers_as_before_under_its_new_name(batch: int) -> None:
    answered = 0
    for number in range(batch, MODELS, BATCHES):
        case = f"RENAMED_SEED={SEED}, model {number}"
        maker = Maker(random.Random(f"{SEED}/{number}"), most=400)
        model, choices = made(maker)
        before = answer(model, choices)
        name = maker.random.choice(
            sorted(each for each in names_of(model) if each.key != "t")
        )  # tonnes
        found = renamed(model, {name: f"{name.key}new"})
        if any("as texts" in doubt.why for doubt in found.doubts):
            continue  # The key itself is read there, and that is told.
        after = answer(found.model, dict(found.model.presets[0].choices))
        # Keys of these models differ from each other, so that a text can be searched for the new
        # one.
        again = re.sub(rf"\b{name.key}new\b", name.key, json.dumps(after, sort_keys=True))
        assert json.loads(again) == json.loads(json.dumps(before, sort_keys=True)), (case, name)
        answered += isinstance(before, dict)
    assert answered > MODELS // BATCHES // 3
