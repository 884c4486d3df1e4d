"""What one worker's memory grows to: `python benchmarks/memory.py [--products 1000] [--calls
20000]`.

First each product (the demo's base cabinet, each under a key of its own) is opened, clicked in and
evaluated over the API. Then come calls that no shop makes: buyers, regions and languages that
nobody named before, on all products in turn. Each line tells the resident megabytes of this
process, which does what a worker does, and what its caches say they keep.
"""

import os
import sys

# Beside this file stands one that is called as a module of the standard library.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("LOG_LEVEL", "WARNING")

import argparse  # noqa: E402
import random  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

MEGABYTE = 1_000_000
LINES = 5


def resident() -> float:
    """Return the megabytes of memory that this process holds; Linux alone tells."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def publish_copies(merchant: Any, count: int) -> list[str]:
    """Publish a product `count` times under keys of its own, without the checks of each; return the
    keys.
    """
    from dataclasses import replace

    from catalog.models import Product, Version
    from catalog.product_model import canonical
    from configurator_site.demo.loading import demo_file

    model = demo_file("base_cabinet")[0].model
    keys = [f"cabinet-{number}" for number in range(count)]
    products = Product.objects.bulk_create(
        Product(merchant=merchant, key=key, name=key, currency=model.currency) for key in keys
    )
    for product in products:
        own = replace(model, product=product.key)
        Version.objects.create(
            product=product, number=1, document=canonical(own), digest=own.digest
        )
    return keys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/db.sqlite3"
        measure(asked.products, asked.calls)


def measure(products: int, calls: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    # Django would remember every query.
    settings.DEBUG = False
    settings.API_REQUESTS = settings.API_WORK_SECONDS = 10**9
    setup_test_environment()
    call_command("migrate", verbosity=0)

    from catalog.memory import memories
    from tests.api import Api, make_shop
    from tests.embed import post_form
    from tests.forms import Forms

    shop = make_shop()
    keys = publish_copies(shop, products)
    api, shopper, chance = Api(shop), Client(), random.Random(11)
    start = time.process_time()

    def tell(what: str) -> None:
        kept = sum(each.bytes for each in memories()) / MEGABYTE
        print(
            f"{what:<24} {resident():7.0f} MB  caches {kept:5.0f} MB  {time.process_time() - start:6.0f} s CPU",
            flush=True,
        )

    def word(most: int) -> str:
        return "".join(chance.choice("abcdefgh") for _ in range(most))

    def open_and_click(key: str, **query: str) -> None:
        address = f"/embed/joinery/{key}/"
        sent = Forms(shopper.get(address, query).content.decode()).sent
        post_form(shopper, address, {**sent, "step": "-summary"})

    most = sum(each.most for each in memories()) / MEGABYTE
    tell(f"before (caches ≤ {most:.0f} MB)")
    for number, key in enumerate(keys, 1):
        open_and_click(key)
        api.post(f"products/{key}/evaluate", {"choices": {"series": "contractor"}, "quantity": 2})
        if number % max(1, products // LINES) == 0:
            tell(f"{number:,} products")
    for number in range(1, calls + 1):
        key = keys[number % products]
        buyer = {
            "customer": word(200),
            "customer_group": word(200),
            "channel": word(200),
            "region": word(60),
        }
        body = {"choices": {}, **buyer, "country": "CA", "quantity": chance.randrange(1, 10**6)}
        answer = api.post(f"products/{key}/evaluate", {**body, "locale": f"de-{word(4)}"})
        assert answer.status_code == 200, answer.content
        if number % 20 == 0:
            open_and_click(key, country="CA", region=word(60), lang=word(30))
        if number % max(1, calls // LINES) == 0:
            tell(f"{number:,} hostile calls")


if __name__ == "__main__":
    main()
