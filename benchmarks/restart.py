"""What the first shopper after a restart waits for: with what was compiled kept on the disk, and
without.

    python benchmarks/restart.py [FILE …]

Each line tells of one product: CPU milliseconds until the first page (compiling or reading, then
`evaluate`), of the first click on it, and of the first two clicks that are refused, each in a
process of its own that has only the server's modules loaded. Before these two is done what a server
does beside its requests. Without files, the demo's products, a table of 100,000 rows, and the
largest feature model that stands beside the project in `shared/models`; of that, which no page
could show, only domains and values are asked, not what each value would change.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
sys.path[0] = ROOT
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse  # noqa: E402
import json  # noqa: E402
import random  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

from catalog.kinds.register import KINDS, kind_of  # noqa: E402
from catalog.product_model import Choice, ProductModel, Text, read, write  # noqa: E402
from catalog.uvl.reader import read_uvl  # noqa: E402
from catalog.uvl.to_product import product_of  # noqa: E402
from configurator.compiled_files import CompiledFiles  # noqa: E402
from configurator.compiled_product import CompiledProduct, compile_product  # noqa: E402
from configurator.engine.face.choices import deduce, default_completion  # noqa: E402
from configurator.engine.face.conflicts import explain, repairs  # noqa: E402
from configurator.evaluation.evaluate import evaluate  # noqa: E402
from pricing.breakdown import compile_prices  # noqa: E402
from pricing.price_list import PriceList  # noqa: E402
from pricing.product_file import read_product_file  # noqa: E402

GOAL = 1000
MOST_SHOWN = 500
ROWS, COLUMNS, VALUES = 100_000, 5, 40
TABLE = "table of 100,000 rows"


def table() -> ProductModel:
    chance = random.Random(1)
    rows: set[tuple[str, ...]] = set()
    while len(rows) < ROWS:
        rows.add(tuple(f"v{chance.randrange(VALUES)}" for _ in range(COLUMNS)))
    keys = [f"o{place}" for place in range(COLUMNS)]
    values = [{"key": f"v{place}", "label": f"Value {place}"} for place in range(VALUES)]
    return read(
        {
            "product": "table",
            "name": "Table",
            "options": [
                {"key": key, "kind": "choice", "label": key, "values": values} for key in keys
            ],
            "tables": [
                {"key": "table", "options": keys, "rows": [list(row) for row in sorted(rows)]}
            ],
        }
    )


def model_of(name: str) -> ProductModel:
    if name == TABLE:
        return table()
    path = Path(name)
    text = path.read_text(encoding="utf-8")
    return (
        product_of(read_uvl(text), "product")
        if path.suffix == ".uvl"
        else read_product_file(text, path.name).model
    )


def first_choice(product: CompiledProduct) -> dict[str, Choice]:
    """Return the last listed value of the last choice, or yes where there is no choice."""
    for option in reversed(product.model.options):
        if kind_of(option).is_single and option.when is None:
            return {option.key: option.values[-1].key}
    return {next(option.key for option in product.model.options if kind_of(option).is_truth): True}


def refused_clicks(product: CompiledProduct) -> list[dict[str, Choice]]:
    """Return up to two sets of choices whose last one clashes with the first, as a page offers
    them.
    """
    engine, alone = product.engine, deduce(product.engine, {}).domains
    found: list[dict[str, Choice]] = []
    for option in product.model.options:
        for value in alone[option.key].values if kind_of(option).is_single else ():
            left = deduce(engine, {option.key: value}).domains
            for key, domain in left.items():
                gone = [each for each in alone[key].values if each not in domain.values]
                if (
                    key != option.key
                    and gone
                    and (KINDS[domain.kind].is_single or KINDS[domain.kind].is_truth)
                ):
                    found.append({option.key: value, key: gone[0]})
                    break
            if len(found) == 2:
                return found
    return found


def answer(product: CompiledProduct, choices: dict[str, Choice]) -> None:
    if sum(len(option.values) for option in product.model.options) > MOST_SHOWN:
        deduce(product.engine, choices)
        default_completion(product.engine, choices)
        return
    prices = compile_prices(
        product.model, PriceList("default", Text("Default"), product.model.currency)
    )
    evaluate(product, prices, choices)


def refused(
    product: CompiledProduct, choices: dict[str, Choice], change: dict[str, Choice]
) -> None:
    if sum(len(option.values) for option in product.model.options) > MOST_SHOWN:
        explain(product.engine, choices | change)
        repairs(product.engine, choices | change, frozenset(change))
        return
    prices = compile_prices(
        product.model, PriceList("default", Text("Default"), product.model.currency)
    )
    evaluate(product, prices, choices, change)


def measured(folder: Path, with_files: bool) -> dict[str, float]:
    """Return what the first answers take in this process."""
    files = CompiledFiles(folder, b"benchmark", 1_000_000_000)
    document = (folder / "document.json").read_text(encoding="utf-8")
    digest = (folder / "digest").read_text()
    files.path(digest)  # a server has read its own code before anybody asks
    start = time.process_time()
    product = files.load(digest) if with_files else compile_product(read(json.loads(document)))
    assert product is not None
    ready = time.process_time()
    answer(product, {})
    page = time.process_time()
    answer(product, first_choice(product))
    click = time.process_time()
    product.engine.make_ready()
    made_ready = time.process_time()
    found = {
        "ready": (ready - start) * 1000,
        "page": (page - start) * 1000,
        "click": (click - page) * 1000,
        "beside": (made_ready - click) * 1000,
    }
    for name, clash in zip(
        ("refused", "again"), json.loads((folder / "clashes").read_text()), strict=False
    ):
        (kept, first), (changed, value) = clash.items()
        answer(product, {kept: first})
        before = time.process_time()
        refused(product, {kept: first}, {changed: value})
        found[name] = (time.process_time() - before) * 1000
    return found


def in_new_process(folder: Path, with_files: bool) -> dict[str, float]:
    arguments = [
        sys.executable,
        __file__,
        "--measure",
        str(folder),
        *(["--with-files"] if with_files else []),
    ]
    told = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(told)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--with-files", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measured(arguments.measure, arguments.with_files)))
        return 0
    demo = sorted(str(path) for path in (Path(ROOT) / "configurator_site" / "demo").glob("*.yaml"))
    large = Path(ROOT).parent / "shared" / "models" / "automotive02_v4.uvl"
    names = arguments.files or [*demo, TABLE, *([str(large)] if large.exists() else [])]
    missed = 0
    print(f"{'':24}{'':>10}{'compiled anew:':>25}{'':>8}{'kept:':>14}{'':>48}{'page':>8}")
    print(
        f"{'':24}{'kept':>10}{'ready':>17}{'page':>8}{'click':>8}{'ready':>14}{'page':>8}{'click':>8}"
        f"{'beside':>8}{'refused':>16}{'again':>8}{'ratio':>8}"
    )
    for name in names:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            model = model_of(name)
            (folder / "document.json").write_text(json.dumps(write(model)), encoding="utf-8")
            (folder / "digest").write_text(model.digest)
            files = CompiledFiles(folder, b"benchmark", 1_000_000_000)
            product = compile_product(model)
            assert files.keep(model.digest, product)
            (folder / "clashes").write_text(json.dumps(refused_clicks(product)))
            size = files.path(model.digest).stat().st_size
            without, kept = in_new_process(folder, False), in_new_process(folder, True)
        missed += kept["page"] > GOAL
        print(
            f"{Path(name).stem:24}{size / 1000:7,.0f} kB"
            f"{without['ready']:17,.1f}{without['page']:8,.1f}{without['click']:8,.1f}"
            f"{kept['ready']:14,.1f}{kept['page']:8,.1f}{kept['click']:8,.1f}{kept['beside']:8,.1f}"
            f"{kept.get('refused', 0):16,.1f}{kept.get('again', 0):8,.1f}{without['page'] / kept['page']:8,.1f}"
        )
    print(
        f"{missed} take more than {GOAL} ms"
        if missed
        else f"all first pages take at most {GOAL} ms of CPU"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
