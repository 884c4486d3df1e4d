"""Tell what publishing would remark: `manage.py check_product desk.yaml` or `--key desk`."""

import json
import sys
from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import checks
from catalog.findings import Finding, to_json
from catalog.model_checks import pictures_of
from catalog.models import Product
from configurator.command_line import add_pictures, merchant_called, pictures_in, read_file, told_plainly
from pricing.checks import findings as price_findings
from pricing.operations import export_product
from pricing.product_file import ProductFile

# Stands for the content of a picture that is not here.
UNKNOWN = "0" * 64


class Command(BaseCommand):
    help = (
        "Runs the publish checks on a product file, or on the draft of a product, and prints what they find. "
        "Ends with 1 when a finding would stop publishing."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", nargs="?", help="a product file, or - for standard input")
        parser.add_argument("--key", metavar="KEY", help="a product whose draft to check, in place of a file")
        parser.add_argument("--merchant", metavar="SLUG", help="whose product it is; not needed if there is only one")
        add_pictures(parser)
        parser.add_argument("--json", action="store_true", help="print the findings as one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["file"] is None) == (options["key"] is None):
            raise CommandError("Name either a FILE or, with --key, a product.")
        if options["file"]:
            key, found = _check_file(options["file"], options["pictures"])
        else:
            key, found = options["key"], _check_draft(options["key"], options["merchant"])
        if options["json"]:
            self.stdout.write(json.dumps([to_json(finding) for finding in found], ensure_ascii=False, indent=2))
        else:
            self._tell(key, found)
        if any(finding.severity == "error" for finding in found):
            sys.exit(1)

    def _tell(self, key: str, found: tuple[Finding, ...]) -> None:
        styles = {"error": self.style.ERROR, "warning": self.style.WARNING, "note": self.style.NOTICE}
        for finding in found:
            severity = styles[finding.severity](finding.severity)
            self.stdout.write(f"{severity} {finding.path or '(whole)'} [{finding.code}]")
            self.stdout.write(f"  {finding.sentence}")
            if finding.example is not None:
                self.stdout.write(f"  For example: {json.dumps(dict(finding.example), ensure_ascii=False)}")
        counts = {name: sum(finding.severity == name for finding in found) for name in styles}
        told = ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items())
        self.stdout.write(f"{key}: {told}")


def _check_file(name: str, folder: str | None) -> tuple[str, tuple[Finding, ...]]:
    """Return the key and the findings of a file. It holds no pictures: those it lacks are told in one warning."""
    file = read_file(name)
    here = pictures_in(folder, name, file.model)
    assets = {**file.model.assets, **{picture: sha256(content).hexdigest() for picture, content in here.items()}}
    missing = sorted({picture for _, picture in pictures_of(file.model)} - assets.keys())
    assets |= dict.fromkeys(missing, UNKNOWN)
    found = _findings(replace(file, model=replace(file.model, assets=assets)))
    if missing:
        sentence = (
            f"{len(missing)} picture(s) that the file names are not here, the first is '{missing[0]}'. "
            "Say where they lie with --pictures, or upload them before publishing."
        )
        found = (*found, Finding("warning", "picture-not-here", "", sentence))
    return file.model.product, found


def _check_draft(key: str, slug: str | None) -> tuple[Finding, ...]:
    merchant = merchant_called(slug)
    product = Product.objects.for_merchant(merchant).filter(key=key).first()
    if product is None:
        raise CommandError(f"{merchant.slug} has no product '{key}'.")
    with told_plainly():
        return _findings(export_product(product))


def _findings(file: ProductFile) -> tuple[Finding, ...]:
    """Return what the registered checks find, and what is wrong between the product and its price lists."""
    found = list(checks.findings(file.model))
    seen = {(finding.code, finding.path) for finding in found}
    found += [
        each
        for each in price_findings(file.model, file.price_lists, file.list_amounts)
        if (each.code, each.path) not in seen
    ]
    order = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.severity]))
