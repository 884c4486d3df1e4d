"""What prices cost: `python benchmarks/price.py` prints CPU times and ratios, one line a question.

A product of 50 price lines and 12 choices of 5 values is evaluated without and with the differences
that its 48 other values make to price and lead time: the same product and choices, which nobody
asked for before, and again choices that were. Settled choices are priced and signed, all of them
different. Amounts are brought into a list from a CSV and an XLSX file, each in a process of its own
whose memory is told at its peak. Ends with status 1 where a goal is missed.

`--profile` prints instead where the time of a quote goes.
"""

import os
import sys

# Beside this file stands one that is called as a module of the standard library.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
os.environ.setdefault("DEBUG", "1")

import argparse  # noqa: E402
import cProfile  # noqa: E402
import json  # noqa: E402
import pstats  # noqa: E402
import random  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator, Mapping  # noqa: E402
from dataclasses import replace  # noqa: E402
from decimal import Decimal  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import orjson  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

from catalog.product_model import Choice, ProductModel, read  # noqa: E402
from configurator.choices import plain_choices, read_json_choices  # noqa: E402
from configurator.compiled_product import CompiledProduct, compile_product  # noqa: E402
from configurator.evaluation.evaluate import evaluate, evaluate_settled  # noqa: E402
from configurator.evaluation.evaluation import Evaluation  # noqa: E402
from configurator.quoting.tokens import signed  # noqa: E402
from pricing.breakdown import Prices, breakdown_json, compile_prices, difference, price  # noqa: E402
from pricing.price_list import read_price_list  # noqa: E402

OPTIONS, VALUES, LINES = 12, 5, 50
ROUNDS, STATES = 7, 60
QUOTES = 2_000
MOST_RATIO = 3.0
LEAST_QUOTES = 1_000
MOST_GROWTH = 20.0
TERMS = read_price_list({"key": "a", "name": "A", "currency": "EUR", "tax_rate": 19})

missed: list[str] = []


def product() -> ProductModel:
    """Return a product whose 50 lines read its choices: amounts by value, formulas and percentages
    in turn.
    """
    options: list[dict[str, Any]] = [
        {
            "key": f"option_{index}",
            "kind": "choice",
            "label": f"Option {index}",
            "values": [
                {"key": f"v{each}", "label": f"V{each}", "attributes": {"factor": each + 1}}
                for each in range(VALUES)
            ],
        }
        for index in range(OPTIONS)
    ]
    options.append(
        {
            "key": "width",
            "kind": "number",
            "label": "W",
            "number": {"first": 600, "last": 2000, "step": 10},
        }
    )
    lines: list[dict[str, Any]] = [{"key": "base", "label": "Base", "amount": "290 + width / 10"}]
    for index in range(1, LINES):
        option = f"option_{index % OPTIONS}"
        line: dict[str, Any] = {"key": f"line_{index}", "label": f"Line {index}"}
        if index % 10 == 9:
            line |= {"percent": 3, "of": [f"line_{index - each}" for each in range(1, 4)]}
        elif index % 2:
            line |= {
                "option": option,
                "amounts": {f"v{each}": 10 * each + index for each in range(VALUES)},
            }
        else:
            line |= {"amount": f"{option}.factor * width / 100"}
        lines.append(line)
    days = [{"key": "making", "label": "Making", "days": 10}]
    days += [
        {
            "key": f"days_{index}",
            "label": f"Days {index}",
            "days": index,
            "when": f"option_{index} == v{index % VALUES}",
        }
        for index in range(OPTIONS)
    ]
    return read(
        {
            "product": "wide",
            "name": "Wide",
            "options": options,
            "price_lines": lines,
            "lead_time_lines": days,
        }
    )


def random_choices(luck: random.Random) -> dict[str, Choice]:
    """Return a value for every option: all of them together are a configuration, since the product
    has no rules.
    """
    return {f"option_{index}": f"v{luck.randrange(VALUES)}" for index in range(OPTIONS)} | {
        "width": Decimal(600 + 10 * luck.randrange(141))
    }


def told(name: str, figure: str, goal: str = "", is_met: bool = True) -> None:
    """Print one line; note it where its goal is missed."""
    if not is_met:
        missed.append(name)
    print(f"{name:44}{figure:>28}  {goal}{'' if is_met else ': MISSED'}", flush=True)


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
    prices = compile_prices(model, TERMS)
    values: dict[str, Any] = {f"option_{index}": "v0" for index in range(OPTIONS)} | {
        "width": Decimal(1000)
    }
    others = [
        (f"option_{index}", f"v{each}") for index in range(OPTIONS) for each in range(1, VALUES)
    ]
    breakdown = price(prices, values)

    def all_differences() -> None:
        for key, value in others:
            assert difference(prices, breakdown, {**values, key: value}, [key]) is not None

    def all_prices() -> None:
        for key, value in others:
            assert price(prices, {**values, key: value}).total

    one = spent(lambda: price(prices, values), 200)
    many, full = spent(all_differences, 10), spent(all_prices, 10)
    told("lines printed", f"{len(breakdown.lines)} of {LINES}")
    told("one price", f"{one * 1000:.0f} µs")
    told("one difference", f"{many / len(others) * 1000:.1f} µs")
    told(f"{len(others)} differences against full prices", f"{full / many:.1f}×")


def look(evaluation: Evaluation) -> None:
    """Ask for all that the values of an evaluation tell, as a page or the API does."""
    count = 0
    for option in evaluation.options.values():
        for state in option.values.values():
            count += state.price_difference is not None and state.days_difference is not None
    assert count == OPTIONS * VALUES


def evaluations() -> None:
    """Tell what differences add to an evaluation: rounds with and without take turns, the median
    ratio counts.
    """
    model = product()
    compiled, prices = compile_product(model), compile_prices(model, TERMS)
    luck = random.Random(1)
    again = [random_choices(luck) for _ in range(STATES)]

    def took(states: list[dict[str, Choice]], with_differences: bool) -> float:
        start = time.process_time()
        for choices in states:
            found = evaluate(compiled, prices, choices)
            if with_differences:
                look(found)
        return (time.process_time() - start) / len(states) * 1000

    def new() -> list[dict[str, Choice]]:
        return [random_choices(luck) for _ in range(STATES)]

    took(new(), True), took(again, True)
    count = OPTIONS * (VALUES - 1)
    for name, states, is_goal in (
        (f"evaluation with {count} differences, new choices", new, True),
        ("the same for choices asked before", lambda: again, False),
    ):
        pairs = [(took(states(), False), took(states(), True)) for _ in range(ROUNDS)]
        without, with_all = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
        ratio = statistics.median(full / bare for bare, full in pairs)
        figure = f"{with_all:.2f} / {without:.2f} ms = {ratio:.2f}×"
        told(
            name,
            figure,
            f"≤ {MOST_RATIO:.0f}×" if is_goal else "",
            not is_goal or ratio <= MOST_RATIO,
        )


def quoted(
    compiled: CompiledProduct,
    prices: Prices,
    key: Ed25519PrivateKey,
    raw: Mapping[str, Any],
    locale: str = "en",
) -> bytes:
    """Return the answer with a signed price of settled choices, as plain JSON asks for it.

    All that an operation does once it has product and prices at hand: read the choices, see that
    they stand and leave nothing open, price them, tell lead time and fingerprint, write the claims
    and sign them.
    """
    read_choices = read_json_choices(compiled.model, raw)
    choices = {option: choice for option, choice in read_choices.items() if choice is not None}
    found = evaluate_settled(compiled, prices, choices)
    assert (
        found is not None
        and found.ready
        and found.breakdown is not None
        and found.lead_time is not None
    )
    amounts = breakdown_json(found.breakdown, locale)
    claims = {
        "iat": int(time.time()),
        "product": found.model.product,
        "digest": found.model.digest,
        "fingerprint": found.fingerprint,
        "choices": plain_choices(found.choices),
        "quantity": found.quantity,
        "price_list": found.breakdown.price_list,
        "lead_days": found.lead_time.days,
        **{name: amounts[name] for name in ("currency", "total", "net", "tax", "gross")},
    }
    return orjson.dumps({"token": signed(claims, key, "benchmark"), "price": amounts})


def rules_and_options() -> ProductModel:
    """Return the product of `benchmarks/select.py`: 48 options with rules and multi-choices."""
    from benchmarks.select import product as document

    return read(document())


def settled_choices(
    model: ProductModel, compiled: CompiledProduct, count: int
) -> list[dict[str, Any]]:
    """Return as many different complete configurations as plain JSON, drawn at random."""
    luck = random.Random(2)
    prices = compile_prices(model, TERMS)
    found: dict[str, dict[str, Any]] = {}
    while len(found) < count:
        choices: dict[str, Choice] = {}
        for option in model.options:
            if option.number is not None:
                choices[option.key] = option.number.at(luck.randrange(len(option.number)))
            elif option.kind == "boolean":
                choices[option.key] = luck.random() < 0.5
            elif option.kind == "multi":
                choices[option.key] = tuple(
                    each.key for each in option.values if luck.random() < 0.5
                )
            else:
                choices[option.key] = luck.choice(option.values).key
        evaluation = evaluate_settled(compiled, prices, choices)
        if evaluation is not None:
            found[evaluation.fingerprint] = plain_choices(choices)
    return list(found.values())


def quotes(is_profiled: bool) -> None:
    """Tell how many different quotes one core makes in a second, none of them asked for before."""
    key = Ed25519PrivateKey.generate()
    signing = spent(lambda: key.sign(b"x" * 600), 500)
    for name, model in (
        (f"{LINES} lines", product()),
        ("48 options, 46 rules and lines", rules_and_options()),
    ):
        compiled = compile_product(model)
        asked = settled_choices(model, compiled, QUOTES)
        prices = compile_prices(model, replace(TERMS, key="shop"))
        quoted(compiled, prices, key, asked[0])
        if is_profiled:
            profile = cProfile.Profile()
            profile.enable()
            for raw in asked:
                quoted(compiled, prices, key, raw)
            profile.disable()
            print(f"\n{QUOTES:,} quotes, {name}")
            pstats.Stats(profile).sort_stats("cumulative").print_stats(28)
            continue
        start = time.process_time()
        for raw in asked:
            quoted(compiled, prices, key, raw)
        took = (time.process_time() - start) / len(asked)
        figure = f"{1 / took:,.0f} a second, {took * 1e6:.0f} µs"
        told(f"different quotes, {name}", figure, f"≥ {LEAST_QUOTES:,}", 1 / took >= LEAST_QUOTES)
    if not is_profiled:
        told("the signature of each", f"{signing * 1000:.0f} µs")


# ---- bringing amounts in -------------------------------------------------------------------------


def rows_made(rows: int) -> Iterator[dict[str, str]]:
    for number in range(rows):
        place = {"price_list": f"list_{number // 50}", "product": "wide"}
        line = number % 50
        if line and line % 10 != 9 and line % 2:
            yield {**place, "line": f"line_{line}", "value": "v1", "amount": str(number)}
        else:
            yield {
                **place,
                "line": f"line_{line}" if line else "base",
                "value": "",
                "amount": str(number),
            }


def file_made(folder: Path, kind: str, rows: int) -> Path:
    from pricing.grid import COLUMNS, TOLD, csv_of, xlsx_of

    blank = dict.fromkeys((*COLUMNS, *TOLD), "")
    grid = ({**blank, **row, "label": "A line"} for row in rows_made(rows))
    path = folder / f"{rows}.{kind}"
    path.write_bytes(csv_of(grid).encode() if kind == "csv" else xlsx_of(grid))
    return path


def imported(path: Path, rows: int) -> None:
    """Bring a file in here, and print as JSON what that took."""
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
        from pricing.spreadsheets import rows_of_csv, rows_of_xlsx

        merchant = Merchant.objects.create(slug="joinery", name="Joinery")
        drafts.write(merchant, product())
        PriceList.objects.bulk_create(
            PriceList(merchant=merchant, key=f"list_{index}", name="L", currency="EUR")
            for index in range(rows // 50 + 1)
        )
        seen: list[int] = []
        with path.open("rb") as file:
            before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
            report = keep_amounts(
                merchant,
                rows_of_csv(file) if path.suffix == ".csv" else rows_of_xlsx(file),
                progress=seen.append,
            )
            took = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert report.created == rows and report.refused == 0 and seen[-1] == rows
        print(
            json.dumps(
                {
                    "seconds": took,
                    "grown": (peak - before) / 1000,
                    "peak": peak / 1000,
                    "told": len(seen),
                }
            )
        )
    finally:
        runner.teardown_databases(databases)


def imports(rows: int) -> None:
    """Tell what files of a tenth of `rows` and of `rows` take, and how much more memory the larger
    one needs.
    """
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as place:
        for kind in ("csv", "xlsx"):
            grown = []
            for count in (rows // 10, rows):
                path = file_made(Path(place), kind, count)
                command = [sys.executable, __file__, "--rows", str(count), "--bring-in", str(path)]
                answer = subprocess.run(
                    command, check=True, stdout=subprocess.PIPE, text=True
                ).stdout
                found = json.loads(answer.splitlines()[-1])
                grown.append(found["grown"])
                figure = f"{found['seconds']:.1f} s, {found['seconds'] / count * 1e6:.0f} µs a row"
                told(f"{count:,} amounts from {kind.upper()}", figure)
                told(
                    "  memory at its peak",
                    f"{found['peak']:.0f} MB, {found['grown']:.0f} MB more than before",
                )
            more = grown[1] - grown[0]
            told(
                f"  ten times the rows in {kind.upper()}",
                f"{more:+.0f} MB",
                f"≤ {MOST_GROWTH:.0f} MB",
                more <= MOST_GROWTH,
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--rows", type=int, default=100_000, help="how many amounts are brought in; 0 for none"
    )
    parser.add_argument(
        "--profile",
        action="store_true",
        help="print where the time of a quote goes, and nothing else",
    )
    parser.add_argument("--bring-in", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bring_in:
        imported(arguments.bring_in, arguments.rows)
        return 0
    if not arguments.profile:
        differences()
        evaluations()
    quotes(arguments.profile)
    if arguments.rows and not arguments.profile:
        imports(arguments.rows)
    print(f"missed: {', '.join(missed)}" if missed else "all goals are met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
