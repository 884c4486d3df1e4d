"""Compile what is on sale before anybody asks: `manage.py warm`, for instance while a new release
is rolled out.
"""

import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.errors import Refusal
from catalog.models import Merchant, Version
from configurator.command_line import merchant_called
from configurator.offers import compiled_files, prepare
from configurator.preparing import current_versions


class Command(BaseCommand):
    help = (
        "Sees to it that the compiled form of each product's newest version is on the disk, so that no shopper waits "
        "for it. A server does so by itself when it starts and when something is published. Safe to repeat, also "
        "beside running servers. Ends with 1 when a product could not be prepared."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchant", metavar="SLUG", help="only this merchant's products")
        parser.add_argument(
            "--all",
            action="store_true",
            help="older versions too, which stored configurations need",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = compiled_files()
        if files is None:
            raise CommandError(
                "Set SECRET_KEY to the servers' own: what is kept is signed with it."
            )
        merchant = merchant_called(options["merchant"]) if options["merchant"] else None
        failed = 0
        for version in _all_versions(merchant) if options["all"] else current_versions(merchant):
            name = (
                f"{version.product.merchant.slug}/{version.product.key}, version {version.number}"
            )
            start = time.monotonic()
            try:
                told = "ready" if prepare(version) else f"cannot be kept in {files.folder}"
            except Refusal as refusal:
                told = refusal.sentence
            failed += told != "ready"
            self.stdout.write(f"{time.monotonic() - start:6.2f} s  {name}: {told}")
        if failed:
            raise CommandError(f"{failed} could not be prepared.")


def _all_versions(merchant: Merchant | None) -> Iterator[Version]:
    rows = Version.objects.all() if merchant is None else Version.objects.for_merchant(merchant)
    return iter(
        rows.select_related("product__merchant")
        .order_by("-published_at", "-pk")
        .iterator(chunk_size=10)
    )
