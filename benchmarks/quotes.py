"""What a quote costs: `python benchmarks/quotes.py` prints CPU microseconds, one line a question,
and a token's length.

The desk with five choices: signed again and again, quoted with choices that nobody asked for
before, with and without finding product and prices first, or with choices that leave nothing open,
and verified. The database is in memory; one query tells that no price has changed.
"""

import os
import sys

# Beside this file stands one that is called as a module of the standard library.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
os.environ.setdefault("DEBUG", "1")
os.environ["DATABASE_URL"] = "sqlite://"

import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from decimal import Decimal  # noqa: E402
from itertools import count  # noqa: E402

import django  # noqa: E402

from catalog.product_model import Choice  # noqa: E402


def choices() -> Iterator[dict[str, Choice]]:
    """Return choices of the desk that can be ordered, none of them twice."""
    for number in count():
        yield {
            "frame": "steel",
            "top": "oak",
            "width": Decimal(1200 + 10 * (number % 60)),
            "engraved": True,
            "engraving": f"Ada {number}",
        }


def spent(ask: Callable[[], object], times: int = 400) -> float:
    """Return the CPU microseconds of one call, the least of five rounds of `times`."""
    rounds = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(times):
            ask()
        rounds.append((time.process_time() - before) / times * 1e6)
    return min(rounds)


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    # Django would remember every query.
    settings.DEBUG = False
    call_command("migrate", verbosity=0)

    from configurator.answering import follow
    from configurator.offers import published
    from configurator.quoting.quotes import quote, verify
    from configurator.quoting.signing import signed_quote
    from configurator.quoting.signing_keys import signer_of
    from tests.api import make_shop

    shop = make_shop()
    key = signer_of("joinery").private
    asked = choices()
    offer = published("joinery", "desk")
    evaluation = follow(offer, next(asked))
    settled = ({**evaluation.values, **each} for each in choices())
    token = quote(offer, evaluation.choices).signed.token
    message = token.rpartition(".")[0].encode()

    def anew() -> object:
        return quote(published("joinery", "desk"), next(asked))

    print(f"token                              {len(token):,} characters")
    print(f"Ed25519 signature                  {spent(lambda: key.sign(message)):6.0f} µs")
    print(
        f"price to token                     {spent(lambda: signed_quote(offer, evaluation)):6.0f} µs"
    )
    print(
        f"quote, choices known               {spent(lambda: quote(offer, evaluation.choices)):6.0f} µs"
    )
    print(f"quote, choices new                 {spent(lambda: quote(offer, next(asked))):6.0f} µs")
    took = spent(anew)
    print(f"the same, product and prices found {took:6.0f} µs, {1e6 / took:,.0f} a second and core")
    took = spent(lambda: quote(published("joinery", "desk"), next(settled)))
    print(f"the same, nothing left open        {took:6.0f} µs, {1e6 / took:,.0f} a second and core")
    print(f"verify, with the price of now      {spent(lambda: verify(shop, token)):6.0f} µs")


if __name__ == "__main__":
    main()
