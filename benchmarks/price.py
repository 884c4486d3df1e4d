"""What prices cost: `python benchmarks/price.py` prints ratios and CPU milliseconds, one line a question.

A product of 50 price lines and 12 choices of 5 values is evaluated with the differences of its 48 other values and
without any; amounts are brought into a list row by row, with the memory that takes at its peak.
"""

import os
import sys

# Beside this file stands one that is called as a module of the standard library.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
os.environ.setdefault("DEBUG", "1")

import argparse  # noqa: E402
import time  # noqa: E402
import tracemalloc  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from decimal import Decimal  # noqa: E402
from typing import Any  # noqa: E402

from catalog.product_model import ProductModel, read  # noqa: E402
from pricing.breakdown import compile_prices, difference, price  # noqa: E402
from pricing.price_list import read_price_list  # noqa: E402

OPTIONS, VALUES, LINES = 12, 5, 50


def product() -> ProductModel:
    """Return a product whose 50 lines read its choices: amounts by value, formulas and percentages in turn."""
    options: list[dict[str, Any]] = [
        {
            "key": f"option_{index}",
            "kind": "choice",
            "label": f"Option {index}",
            "values": [
                {"key": f"v{each}", "label": f"V{each}", "attributes": {"factor": each + 1}} for each in range(VALUES)
            ],
        }
        for index in range(OPTIONS)
    ]
    options.append({"key": "width", "kind": "number", "label": "W", "number": {"first": 600, "last": 2000, "step": 10}})
    lines: list[dict[str, Any]] = [{"key": "base", "label": "Base", "amount": "290 + width / 10"}]
    for index in range(1, LINES):
        option = f"option_{index % OPTIONS}"
        line: dict[str, Any] = {"key": f"line_{index}", "label": f"Line {index}"}
        if index % 10 == 9:
            line |= {"percent": 3, "of": [f"line_{index - each}" for each in range(1, 4)]}
        elif index % 2:
            line |= {"option": option, "amounts": {f"v{each}": 10 * each + index for each in range(VALUES)}}
        else:
            line |= {"amount": f"{option}.factor * width / 100"}
        lines.append(line)
    return read({"product": "wide", "name": "Wide", "options": options, "price_lines": lines})


def spent(ask: Callable[[], object], times: int) -> float:
    """Return the CPU milliseconds of one call, the least of five rounds of `times`."""
    rounds = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(times):
            ask()
        rounds.append((time.process_time() - before) / times * 1000)
    return min(rounds)


def differences() -> None:
    model = product()
    prices = compile_prices(model, read_price_list({"key": "a", "name": "A", "currency": "EUR", "tax_rate": 19}))
    values: dict[str, Any] = {f"option_{index}": "v0" for index in range(OPTIONS)} | {"width": Decimal(1000)}
    breakdown = price(prices, values)

    def all_differences() -> None:
        found = price(prices, values)
        for index in range(OPTIONS):
            key = f"option_{index}"
            for each in range(1, VALUES):
                assert difference(prices, found, {**values, key: f"v{each}"}, [key]) is not None

    def all_prices() -> None:
        for index in range(OPTIONS):
            for each in range(1, VALUES):
                assert price(prices, {**values, f"option_{index}": f"v{each}"}).total

    one = spent(lambda: price(prices, values), 200)
    many = spent(all_differences, 10)
    full = spent(all_prices, 10)
    count = OPTIONS * (VALUES - 1)
    print(f"lines printed                      {len(breakdown.lines)} of {LINES}")
    print(f"one price                          {one:.3f} ms")
    print(f"price with {count} differences         {many:.3f} ms, {(many - one) / count * 1000:.0f} µs each")
    print(f"differences against full prices    {full / many:.1f}×")


def evaluations() -> None:
    """Print what an evaluation takes whose values tell differences, and one where no line reads a choice."""
    from dataclasses import replace

    from configurator.evaluation import compile_product, evaluate

    model = product()
    terms = read_price_list({"key": "a", "name": "A", "currency": "EUR"})
    bare = replace(model, options=tuple(replace(each, values=each.values[:1]) for each in model.options))
    values = {f"option_{index}": "v0" for index in range(OPTIONS)} | {"width": Decimal(1000)}
    took = []
    for each in (model, bare):
        compiled = compile_product(each)
        prices = compile_prices(model, terms)
        took.append(spent(lambda compiled=compiled, prices=prices: evaluate(compiled, prices, values), 10))
    print(f"evaluation with {OPTIONS * (VALUES - 1)} differences     {took[0]:.3f} ms")
    print(f"the same with no other value       {took[1]:.3f} ms, ratio {took[0] / took[1]:.1f}")


def imports(rows: int) -> None:
    import django
    from django.test.runner import DiscoverRunner

    django.setup()
    runner = DiscoverRunner(verbosity=0)
    databases = runner.setup_databases()
    try:
        from catalog import drafts
        from catalog.models import Merchant
        from pricing.grid import keep_amounts
        from pricing.models import PriceList

        merchant = Merchant.objects.create(slug="joinery", name="Joinery")
        drafts.write(merchant, product())
        for index in range(rows // 50 + 1):
            PriceList.objects.create(merchant=merchant, key=f"list_{index}", name="L", currency="EUR")

        def made() -> Iterator[dict[str, str]]:
            for number in range(rows):
                place = {"price_list": f"list_{number // 50}", "product": "wide"}
                line = number % 50
                if line and line % 10 != 9 and line % 2:
                    yield {**place, "line": f"line_{line}", "value": "v1", "amount": str(number)}
                else:
                    yield {**place, "line": f"line_{line}" if line else "base", "amount": str(number)}

        tracemalloc.start()
        before = time.process_time()
        report = keep_amounts(merchant, made())
        took = time.process_time() - before
        _, peak = tracemalloc.get_traced_memory()
        print(f"rows kept                          {report.created:,} of {rows:,}, {report.refused} refused")
        print(f"CPU per 1,000 rows                 {took / rows * 1e6:.0f} ms (with memory traced)")
        print(f"memory at its peak                 {peak / 1e6:.1f} MB")
    finally:
        runner.teardown_databases(databases)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="how many amounts are brought in")
    arguments = parser.parse_args()
    differences()
    evaluations()
    imports(arguments.rows)


if __name__ == "__main__":
    main()
