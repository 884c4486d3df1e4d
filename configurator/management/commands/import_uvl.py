"""Bring a feature model in as a draft: `manage.py import_uvl kitchen.uvl`."""

import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.operations import publish
from catalog.uvl.reader import read_uvl
from catalog.uvl.to_product import product_of
from configurator.command_line import merchant_called, told_findings, told_import, told_plainly
from pricing.operations import bring_in
from pricing.product_file import ProductFile


class Command(BaseCommand):
    help = (
        "Reads a feature model in the Universal Variability Language and makes it the draft of a product with the same "
        "configurations: alternatives become choices, other groups multi-choices, optional features yes/no options, "
        "features with a type numbers and texts, copies features of their own. Constraints give a number its bounds. "
        "A draft of the same key is replaced; published versions stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the feature model, or - for standard input")
        parser.add_argument("--merchant", metavar="SLUG", help="whose product it is; not needed if there is only one")
        parser.add_argument("--key", metavar="KEY", help="the product's key; the name of the file without it")
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and keep nothing")
        parser.add_argument("--publish", action="store_true", help="publish the draft at once")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        key = options["key"] or re.sub(r"[^a-z0-9_-]+", "-", Path(name).stem.lower()).strip("-")
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", key):
            raise CommandError(f"'{key}' is no key (small letters, digits, hyphens, underscores); give one with --key.")
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{name} cannot be read: {error}") from error
        merchant = merchant_called(options["merchant"])
        with told_plainly():
            model = product_of(read_uvl(text), key)
            found = bring_in(merchant, ProductFile(model), dry_run=options["dry_run"])
            for line in told_import(found, options["dry_run"]):
                self.stdout.write(f"{key}: {line}" if not line.startswith(" ") else line)
            product = found.product
            if options["dry_run"] or product is None:
                self.stdout.write(f"{key}: nothing was kept")
                return
            self.stdout.write(f"{product.key}: draft of {merchant.slug}, {len(model.options)} options")
            self.stdout.write(f"{product.key}: {told_findings(product)}")
            if options["publish"]:
                version = publish(product)
                self.stdout.write(f"{product.key}: published as version {version.number}")
