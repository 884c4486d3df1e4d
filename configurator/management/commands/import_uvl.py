"""Bring a feature model in as a draft: `manage.py import_uvl kitchen.uvl`."""

import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.counts import told_count
from catalog.findings import Progress
from catalog.operations import publish
from catalog.product_model import ProductModel
from catalog.uvl.reader import Files, read_uvl
from catalog.uvl.to_product import product_of
from configurator.command_line import (
    Meter,
    add_progress,
    merchant_called,
    meter_for,
    told_findings,
    told_import,
    told_plainly,
)
from pricing.operations import bring_in
from pricing.product_file import ProductFile


class Command(BaseCommand):
    help = (
        "Reads a feature model in the Universal Variability Language and makes it the draft of a product with the same "
        "configurations: alternatives become choices, other groups multi-choices, optional features yes/no options, "
        "features with a type numbers and texts, copies features of their own. Constraints give a number its bounds. "
        "Models it imports are read from the files beside it. A draft of the same key is replaced; published versions "
        "stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="the feature model, or - for standard input"
        )
        parser.add_argument(
            "--merchant",
            metavar="SLUG",
            help="whose product it is; not needed if there is only one",
        )
        parser.add_argument(
            "--key", metavar="KEY", help="the product's key; the name of the file without it"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would change, and keep nothing"
        )
        parser.add_argument("--publish", action="store_true", help="publish the draft at once")
        parser.add_argument(
            "--no-check", action="store_true", help="leave the publish checks for later"
        )
        add_progress(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        if options["no_check"] and options["publish"]:
            raise CommandError("Publishing takes the checks. Leave out --no-check, or --publish.")
        key = options["key"] or re.sub(r"[^a-z0-9_-]+", "-", Path(name).stem.lower()).strip("-")
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", key):
            raise CommandError(
                f"'{key}' is no key (small letters, digits, hyphens, underscores); give one with --key."
            )
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{name} cannot be read: {error}") from error
        merchant = merchant_called(options["merchant"])
        with told_plainly():
            meter = meter_for(self.stderr, options["progress"])
            model = self._model(text, name, key, meter)
            found = bring_in(merchant, ProductFile(model), dry_run=options["dry_run"])
            for line in told_import(found, options["dry_run"]):
                self.stdout.write(f"{key}: {line}" if not line.startswith(" ") else line)
            product = found.product
            if options["dry_run"] or product is None:
                self.stdout.write(f"{key}: nothing was kept")
                return
            self.stdout.write(
                f"{product.key}: draft of {merchant.slug}, {told_count(len(model.options), 'option')}"
            )
            if options["no_check"]:
                later = f"manage.py check_product --key {product.key} --merchant {merchant.slug}"
                self.stdout.write(f"{product.key}: not checked yet; see {later}")
            else:
                self.stdout.write(f"{product.key}: {told_findings(product, meter)}")
            if options["publish"]:
                version = publish(product, seen=found.digest)
                self.stdout.write(f"{product.key}: published as version {version.number}")

    def _model(self, text: str, name: str, key: str, meter: Meter | None) -> ProductModel:
        """Return the product of a feature model, and tell what of it is left out."""
        features = read_uvl(text, None if name == "-" else files_beside(Path(name)))
        for note in features.notes:
            self.stdout.write(f"{key}: {note}")
        if meter is not None:
            count = sum(1 for _ in features.root.all())
            meter(
                Progress(
                    told_count(count, "feature becomes an option", "features become options"),
                    0,
                    count,
                )
            )
        return product_of(features, key)


def files_beside(path: Path) -> Files:
    """Return what finds imported models: beside the file that imports them, else beside `path`, and
    never above it.
    """
    folder = path.resolve().parent

    def find(wanted: str, file: str) -> tuple[str, str] | None:
        for place in dict.fromkeys([(folder / file).parent, folder]):
            found = (place / f"{wanted}.uvl").resolve()
            if found.is_relative_to(folder) and found.is_file():
                name = found.relative_to(folder).as_posix()
                try:
                    return name, found.read_text(encoding="utf-8")
                except (OSError, UnicodeDecodeError) as error:
                    raise CommandError(f"{name} cannot be read: {error}") from error
        return None

    return find
