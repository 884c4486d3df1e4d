"""Bring a product file in as a draft: `manage.py import_product desk.yaml`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalog.counts import told_count
from catalog.operations import publish
from configurator.command_line import (
    add_import,
    add_pictures,
    merchant_called,
    pictures_in,
    read_file,
    told_findings,
    told_import,
    told_plainly,
)
from pricing.operations import bring_in


class Command(BaseCommand):
    help = (
        "Reads a product file (YAML 1.2 or JSON) and makes it the draft of that product, with the pictures that lie "
        "beside it. A draft of the same key is replaced; published versions stay. What the file says of price lists, "
        "amounts in them and rates is told, and taken with --with-price-lists, or where nothing is published yet and "
        "the file only adds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="the product file, or - for standard input"
        )
        parser.add_argument(
            "--merchant",
            metavar="SLUG",
            help="whose product it is; not needed if there is only one",
        )
        add_pictures(parser)
        add_import(parser)
        parser.add_argument(
            "--with-pictures",
            action="store_true",
            help="also replace pictures that other drafts show",
        )
        parser.add_argument("--publish", action="store_true", help="publish the draft at once")

    def handle(self, *args: Any, **options: Any) -> None:
        file = read_file(options["file"])
        merchant = merchant_called(options["merchant"])
        pictures = pictures_in(options["pictures"], options["file"], file.model)
        key, is_dry_run = file.model.product, options["dry_run"]
        with told_plainly():
            found = bring_in(
                merchant,
                file,
                pictures,
                with_prices=options["with_price_lists"],
                with_pictures=options["with_pictures"],
                dry_run=is_dry_run,
            )
            for line in told_import(found, is_dry_run):
                self.stdout.write(f"{key}: {line}" if not line.startswith(" ") else line)
            if is_dry_run or found.product is None:
                self.stdout.write(f"{key}: nothing was kept")
                return
            self.stdout.write(
                f"{key}: draft of {merchant.slug}, {told_count(len(file.model.options), 'option')}"
            )
            self.stdout.write(f"{key}: {told_findings(found.product)}")
            if options["publish"]:
                version = publish(found.product, seen=found.digest)
                self.stdout.write(f"{key}: published as version {version.number}")
