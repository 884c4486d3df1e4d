"""Tell what publishing would remark: `manage.py check_product desk.yaml` or `--key desk`."""

import json
import sys
from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import checks
from catalog.checking import Remark, remark_json, remarks
from catalog.counts import told_count
from catalog.errors import Refusal
from catalog.findings import Finding
from catalog.glb_contents import held
from catalog.model_checks import pictures_of
from catalog.models import Product
from catalog.product_model import ProductModel
from configurator.answering import configurations_of
from configurator.command_line import (
    Meter,
    add_pictures,
    add_progress,
    merchant_called,
    meter_for,
    pictures_in,
    read_file,
    told_plainly,
)
from configurator.compiled_product import compile_product
from pricing.operations import ended_beside, export_product
from pricing.product_file import ProductFile

# Stands for the content of a picture that is not here.
UNKNOWN = "0" * 64
MOST_PLACES = 6


class Command(BaseCommand):
    help = (
        "Runs the publish checks on a product file, or on the draft of a product, and prints what they find. "
        "Ends with 1 when a finding would stop publishing."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", nargs="?", help="a product file, or - for standard input"
        )
        parser.add_argument(
            "--key", metavar="KEY", help="a product whose draft to check, in place of a file"
        )
        parser.add_argument(
            "--merchant",
            metavar="SLUG",
            help="whose product it is; not needed if there is only one",
        )
        add_pictures(parser)
        add_progress(parser)
        parser.add_argument(
            "--count",
            action="store_true",
            help="tell how many configurations the product has as well",
        )
        parser.add_argument(
            "--json", action="store_true", help="print the findings as one JSON list"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["file"] is None) == (options["key"] is None):
            raise CommandError("Name either a FILE or, with --key, a product.")
        if options["json"] and options["count"]:
            raise CommandError("A count is told in words. Ask for it without --json.")
        meter = meter_for(self.stderr, options["progress"])
        if options["file"]:
            file, found = _check_file(options["file"], options["pictures"], meter)
        else:
            file, found = _check_draft(options["key"], options["merchant"], meter)
        if meter is not None:
            meter.end()
        key = file.model.product
        counted = _counted(file.model) if options["count"] else None
        if options["json"]:
            self.stdout.write(
                json.dumps([remark_json(remark) for remark in found], ensure_ascii=False, indent=2)
            )
        else:
            self._tell(key, found)
            if options["key"]:
                self.stdout.write(
                    f"{key}: publish exactly this with publish_product {key} --seen {file.model.digest}"
                )
            if counted is not None:
                self.stdout.write(f"{key}: {counted}")
        if any(remark.finding.severity == "error" for remark in found):
            sys.exit(1)

    def _tell(self, key: str, found: tuple[Remark, ...]) -> None:
        styles = {
            "error": self.style.ERROR,
            "warning": self.style.WARNING,
            "note": self.style.NOTICE,
        }
        for remark in found:
            finding, accepted = remark.finding, remark.accepted
            severity = styles[finding.severity](finding.severity)
            self.stdout.write(
                f"{severity} {finding.path or '(whole)'} [{finding.code}] {finding.identity}"
            )
            self.stdout.write(f"  {finding.sentence}")
            if finding.example:
                self.stdout.write(
                    f"  For example: {json.dumps(dict(finding.example), ensure_ascii=False)}"
                )
            if finding.also:
                more = (
                    f" and {len(finding.also) - MOST_PLACES} more"
                    if len(finding.also) > MOST_PLACES
                    else ""
                )
                self.stdout.write(f"  Also at: {', '.join(finding.also[:MOST_PLACES])}{more}")
            if accepted is not None:
                by = f" ({accepted.by})" if accepted.by else ""
                self.stdout.write(self.style.SUCCESS(f"  Accepted: {accepted.reason}{by}"))
        counts = {name: sum(remark.finding.severity == name for remark in found) for name in styles}
        told = ", ".join(told_count(count, name) for name, count in counts.items())
        accepted_count = sum(remark.accepted is not None for remark in found)
        self.stdout.write(
            f"{key}: {told}{f', {accepted_count} of them accepted' if accepted_count else ''}"
        )


def _counted(model: ProductModel) -> str:
    """Return how many configurations a product has, or why that cannot be told."""
    try:
        return configurations_of(compile_product(model)).told
    except Refusal as refusal:
        return f"not counted: {refusal.sentence}"


def _check_file(
    name: str, folder: str | None, meter: Meter | None
) -> tuple[ProductFile, tuple[Remark, ...]]:
    """Return the file and its findings. It holds no pictures: those it lacks are told in one
    warning.
    """
    file = read_file(name)
    here = pictures_in(folder, name, file.model)
    assets = {
        **file.model.assets,
        **{picture: sha256(content).hexdigest() for picture, content in here.items()},
    }
    missing = sorted({picture for _, picture in pictures_of(file.model)} - assets.keys())
    assets |= dict.fromkeys(missing, UNKNOWN)
    with held({sha256(content).hexdigest(): content for content in here.values()}):
        found = _remarks(replace(file, model=replace(file.model, assets=assets)), meter)
    if missing:
        sentence = (
            f"{len(missing)} picture(s) that the file names are not here, the first is '{missing[0]}'. "
            "Say where they lie with --pictures, or upload them before publishing."
        )
        found = (*found, Remark(Finding("warning", "picture-not-here", "", sentence), None))
    return file, found


def _check_draft(
    key: str, slug: str | None, meter: Meter | None
) -> tuple[ProductFile, tuple[Remark, ...]]:
    merchant = merchant_called(slug)
    product = Product.objects.for_merchant(merchant).filter(key=key).first()
    if product is None:
        raise CommandError(f"{merchant.slug} has no product '{key}'.")
    with told_plainly():
        file = export_product(product)
        return file, _remarks(file, meter)


def _remarks(file: ProductFile, meter: Meter | None) -> tuple[Remark, ...]:
    """Return what the registered checks find in the product and its prices, with what the file
    accepts of it.
    """
    progress = {} if meter is None else {"progress": meter}
    ended = ended_beside(file.price_lists, file.model.currency)
    beside = (*file.price_lists, *file.list_amounts, *file.tax_rates, *ended)
    return remarks(checks.findings(file.model, beside, **progress), file.accepted)
