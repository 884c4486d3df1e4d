"""What the cheapest completion costs: every value of a large product has an amount, drawn at
random.

    python benchmarks/completions.py [FILE.uvl …]

Each line tells of one model: milliseconds of CPU until the cheapest complete configuration is found
and proved, and until the choices that lead to it are known. "first" is right after compiling,
"then" after the user's first choice.
"""

import os
import sys
from datetime import UTC, datetime

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("OMP_NUM_THREADS", "1")

import random  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass, replace  # noqa: E402
from decimal import Decimal  # noqa: E402
from pathlib import Path  # noqa: E402

from catalog.kinds.register import KINDS, kind_of  # noqa: E402
from catalog.product_model import Choice, PriceLine, ProductModel, Text  # noqa: E402
from catalog.uvl.reader import read_uvl  # noqa: E402
from catalog.uvl.to_product import product_of  # noqa: E402
from configurator.compiled_product import compile_product  # noqa: E402
from configurator.completion.completion import Wish, completion  # noqa: E402
from configurator.engine.face.choices import deduce, default_completion  # noqa: E402
from pricing.breakdown import compile_prices, value_keys  # noqa: E402
from pricing.in_force import Tariff, in_force  # noqa: E402

NOW = datetime(2026, 11, 25, tzinfo=UTC)

MODELS = Path(__file__).resolve().parents[2] / "shared" / "models"
NAMES = ("automotive02_v4", "automotive01", "financialservices01", "busybox_2010", "pc_richmond")


@dataclass(frozen=True)
class Row:
    """Milliseconds of CPU for one model. `settled` is what the state itself takes before anything
    is completed.
    """

    model: str
    values: int
    settled: float
    first: float
    then: float
    total: Decimal
    proven: bool


def priced(model: ProductModel) -> ProductModel:
    """Return `model` with an amount for each value of each option."""
    chance = random.Random("prices")
    lines = [
        PriceLine(
            option.key,
            Text(option.key),
            option=option.key,
            amounts={key: str(chance.randint(0, 500)) for key in value_keys(option)},
        )
        for option in model.options
        if kind_of(option).is_priced_by_value
    ]
    return replace(model, price_lines=tuple(lines))


def completion_rows(
    paths: Sequence[Path] = tuple(MODELS / f"{name}.uvl" for name in NAMES),
) -> list[Row]:
    """Return a row for each of the files that is here."""
    return [_row(path) for path in paths if path.exists()]


def _row(path: Path) -> Row:
    model = priced(product_of(read_uvl(path.read_text(encoding="utf-8")), "product"))
    product = compile_product(model)
    prices = compile_prices(model, in_force(Tariff(), model.currency, NOW))
    start = time.process_time()
    domains = deduce(product.engine, {}).domains

    default_completion(product.engine, {})
    settled = time.process_time()
    found = completion(product, prices, {}, Wish("cheapest"))
    first = time.process_time()
    key = next(key for key, domain in domains.items() if len(domain.values) > 1)
    value: Choice = domains[key].values[-1]
    choices = {key: (str(value),) if KINDS[domains[key].kind].is_several else value}
    default_completion(product.engine, choices)
    begun = time.process_time()
    after = completion(product, prices, choices, Wish("cheapest"))
    then = time.process_time()
    values = sum(max(len(option.values), 1) for option in model.options)
    total = found.breakdown.unit_total if found.breakdown else Decimal(0)
    return Row(
        path.stem,
        values,
        (settled - start) * 1000,
        (first - settled) * 1000,
        (then - begun) * 1000,
        total,
        found.proven and after.proven,
    )


def main() -> None:
    import ortools.sat.python.cp_model  # noqa: F401  (its import is told apart from the answers)

    print(f"{'model':22}{'values':>8}{'state':>8}{'first':>8}{'then':>8}{'total':>12}  proven")
    for row in completion_rows(
        tuple(map(Path, sys.argv[1:])) or tuple(MODELS / f"{name}.uvl" for name in NAMES)
    ):
        print(
            f"{row.model:22}{row.values:8,}{row.settled:8.0f}{row.first:8.0f}{row.then:8.0f}{row.total:12}  "
            f"{'yes' if row.proven else 'no'}"
        )


if __name__ == "__main__":
    main()
