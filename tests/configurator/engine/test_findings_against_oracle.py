"""What the checks find equals what going through all combinations finds, on random small models
with every construct.

`ENGINE_MODELS` and `ENGINE_SEED` are as for the engine itself; a failure tells the seed and the
number of the model.
"""

import os
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from catalog.findings import Finding
from catalog.product_model import read
from configurator.engine_checks.findings import findings
from tests.configurator.engine.oracle import Maker, Oracle, Sketch
from tests.configurator.engine.oracle_findings import Found, Remarks

MODELS = int(os.environ.get("ENGINE_MODELS", "250"))
SEED = int(os.environ["ENGINE_SEED"])
BATCHES = 5


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_checks_find_what_enumeration_finds(batch: int) -> None:
    for number in range(batch, MODELS, BATCHES):
        case = f"ENGINE_SEED={SEED}, model {number}"
        maker = Maker(random.Random(f"{SEED}/findings/{number}"), most=600)
        sketch = sketch_with_implications(maker)
        oracle = Oracle(sketch)
        presets = {
            f"p{place}": maker.choices(sketch, oracle, consistent=False) for place in range(2)
        }
        document = sketch.document()
        document["presets"] = [
            {
                "key": key,
                "label": key,
                "choices": {option: _plain(value) for option, value in choices.items()},
            }
            for key, choices in presets.items()
        ]
        listed = [each for each in findings(read(document)) if isinstance(each, Finding)]
        found = {
            about for finding in listed for about in told(bool(oracle.configurations({})), finding)
        }
        assert found == Remarks(sketch, oracle).expected(presets), case
        identities = [finding.identity for finding in listed]
        assert len(set(identities)) == len(identities), case


def sketch_with_implications(maker: Maker) -> Sketch:
    """Return a random sketch, many with short rules that often fire and clash."""
    sketch = maker.sketch()
    if maker.random.random() < 0.5:
        for place in range(maker.random.randint(2, 4)):
            parts = (maker.condition(sketch, 0), maker.condition(sketch, 0))
            sketch.rules.append((f"i{place}", None, ("implies", *parts)))
    answered = [each for each in sketch.asked if each.kind == "choice" and len(each.values) > 1]
    if answered and maker.random.random() < 0.5:
        each = maker.random.choice(answered)
        for place, value in enumerate(maker.random.sample(each.values, 2)):
            sketch.rules.append((f"d{place}", maker.condition(sketch, 0), ("is", each.key, value)))
    return sketch


def told(possible: bool, finding: Finding) -> Iterator[Found]:
    """Return what a finding says as the oracle's tuples; nothing for what only explains another
    finding.
    """
    for path in (finding.path, *finding.also):
        parts = path.split("/")
        match finding.code:
            case "model-void":
                yield ("model-void",)
            case "option-without-values":
                # In a void product, and with an example, it only explains another finding.
                if finding.example == {} and possible:
                    yield ("unasked" if finding.severity == "error" else "valueless"), parts[1]
            case "option-never-active":
                yield "unasked", parts[1]
            case "value-dead" | "value-forced" | "value-beyond-default":
                yield finding.code, parts[1], parts[3] if len(parts) > 3 else _truth(finding)
            case "rules-never-together":
                if path != finding.path:
                    yield finding.code, finding.path.split("/")[1], parts[1]
            case "row-unreachable" | "row-idle":
                yield finding.code, parts[1], int(parts[3])
            case "row-repeated":
                pass
            case "rules-contradict":
                yield finding.code, finding.path.split("/")[1]
            case _:
                yield finding.code, parts[1]


def _truth(finding: Finding) -> bool:
    assert finding.example is not None
    return bool(next(iter(finding.example.values())))


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    return list(value) if isinstance(value, tuple) else value
