"""What the checks find equals what going through all combinations finds, on random small models with every construct.

`ENGINE_MODELS` and `ENGINE_SEED` are as for the engine itself; a failure tells the seed and the number of the model.
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

MODELS = int(os.environ.get("ENGINE_MODELS", "500"))
SEED = int(os.environ["ENGINE_SEED"])
BATCHES = 5
# What the product as a whole is asked beside its options and rules is tested on its own.
ELSEWHERE = {"no-prices"}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_checks_find_what_enumeration_finds(batch: int) -> None:
    for number in range(batch, MODELS, BATCHES):
        case = f"ENGINE_SEED={SEED}, model {number}"
        maker = Maker(random.Random(f"{SEED}/findings/{number}"), most=600)
        sketch = maker.sketch()
        oracle = Oracle(sketch)
        presets = {f"p{place}": maker.choices(sketch, oracle, consistent=False) for place in range(2)}
        document = sketch.document()
        document["presets"] = [
            {"key": key, "label": key, "choices": {option: _plain(value) for option, value in choices.items()}}
            for key, choices in presets.items()
        ]
        listed = [each for each in findings(read(document)) if isinstance(each, Finding)]
        found = {about for finding in listed for about in told(sketch, finding)}
        assert found == Remarks(sketch, oracle).expected(presets), case
        identities = [finding.identity for finding in listed]
        assert len(set(identities)) == len(identities), case


def told(sketch: Sketch, finding: Finding) -> Iterator[Found]:
    """Return what a finding says as the oracle's tuples; nothing for what only explains another finding."""
    for path in (finding.path, *finding.also):
        parts = path.split("/")
        match finding.code:
            case "model-void":
                yield ("model-void",)
            case "option-without-values":
                if finding.example == {} and sketch_has(sketch, finding):
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


def sketch_has(sketch: Sketch, finding: Finding) -> bool:
    """Tell whether the finding stands for itself: in a void product it only explains."""
    return bool(Oracle(sketch).configurations({}))


def _truth(finding: Finding) -> bool:
    assert finding.example is not None
    return bool(next(iter(finding.example.values())))


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    return list(value) if isinstance(value, tuple) else value
