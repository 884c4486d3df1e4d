"""Turn a folder of OCA product configurator data into drafts: `manage.py import_oca data/`."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from catalog import checks
from catalog.counts import told_count
from catalog.findings import Finding, to_json
from catalog.models import Merchant
from configurator.command_line import merchant_called, told_import, told_plainly, with_pictures
from integrations.connectors.oca.mapping import Import, Imported, described, read_products
from pricing.operations import bring_in


class Command(BaseCommand):
    help = (
        "Reads the XML data files of the OCA product configurator for Odoo below DIR, makes a draft of every "
        "configurable template, and prints what was left behind and what is wrong. Doing it again changes nothing. "
        "Ends with 1 where something that a product is made of could not be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", metavar="DIR", type=Path, help="the folder with the .xml files"
        )
        parser.add_argument(
            "--merchant", metavar="SLUG", help="whose products they are; not needed with only one"
        )
        parser.add_argument(
            "--currency", metavar="CODE", help="the currency of prices where the data names none"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only tell what would be imported"
        )
        parser.add_argument(
            "--with-price-lists",
            action="store_true",
            help="also take price lists of the data; they hold at once",
        )
        parser.add_argument(
            "--no-check", action="store_true", help="leave out what publishing would remark"
        )
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object in place of text"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with told_plainly():
            found = read_products(options["folder"], options["currency"])
            merchant = None if options["dry_run"] else merchant_called(options["merchant"])
            changed, prices = (
                _write(merchant, found, options["with_price_lists"])
                if merchant is not None
                else ([], [])
            )
            remarks = {
                each.file.model.product: _remarks(each, not options["no_check"])
                for each in found.products
            }
        if options["json"]:
            self.stdout.write(
                json.dumps(_as_json(found, changed, remarks), ensure_ascii=False, indent=2)
            )
        else:
            self._tell(found, changed, remarks, merchant)
            for line in prices:
                self.stdout.write(line)
            for sentence in found.refused:
                self.stdout.write(self.style.ERROR(sentence))
        if found.refused or any(
            each.severity == "error" for one in found.products for each in one.findings
        ):
            sys.exit(1)

    def _tell(
        self,
        found: Import,
        changed: list[str],
        remarks: dict[str, tuple[Finding, ...]],
        merchant: Merchant | None,
    ) -> None:
        self.stdout.write(
            f"Read {told_count(found.records, 'record')} from {told_count(len(found.files), 'file')}: "
            f"{', '.join(found.files)}"
        )
        for note in found.notes:
            self.stdout.write(f"  {note}")
        for line, each in zip(described(found.products), found.products, strict=True):
            self.stdout.write("")
            self.stdout.write(self.style.MIGRATE_HEADING(line))
            for note in each.notes:
                self.stdout.write(f"  {note}")
            for finding in remarks[each.file.model.product]:
                style = self.style.ERROR if finding.severity == "error" else self.style.WARNING
                self.stdout.write(
                    f"  {style(finding.severity)} {finding.path or '(whole)'} [{finding.code}]"
                )
                self.stdout.write(f"    {finding.sentence}")
                if finding.example:
                    self.stdout.write(
                        f"    For example: {json.dumps(dict(finding.example), ensure_ascii=False)}"
                    )
        self.stdout.write("")
        if merchant is None:
            self.stdout.write(
                f"{told_count(len(found.products), 'product')} could be imported; nothing was kept."
            )
        else:
            same = len(found.products) - len(changed)
            self.stdout.write(
                f"{merchant.slug}: {told_count(len(changed), 'draft')} written, {same} unchanged."
            )


@transaction.atomic
def _write(merchant: Merchant, found: Import, with_prices: bool) -> tuple[list[str], list[str]]:
    """Write the drafts; return the keys of those that are new or different, and what is told of
    prices.
    """
    changed, prices = [], []
    for each in found.products:
        key = each.file.model.product
        done = bring_in(merchant, each.file, each.pictures, with_prices=with_prices)
        if done.is_new or done.draft:
            changed.append(key)
        prices += [
            line if line.startswith(" ") else f"{key}: {line}" for line in told_import(done, False)
        ]
    return changed, prices


def _remarks(each: Imported, with_checks: bool) -> tuple[Finding, ...]:
    """Return the importer's findings, then those of the publish checks about other places."""
    told = {(finding.path) for finding in each.findings if finding.path}
    model = with_pictures(each.file.model, each.pictures)
    further = checks.findings(model, each.file.price_lists) if with_checks else ()
    return (*each.findings, *(finding for finding in further if finding.path not in told))


def _as_json(
    found: Import, changed: list[str], remarks: dict[str, tuple[Finding, ...]]
) -> dict[str, Any]:
    return {
        "files": list(found.files),
        "records": found.records,
        "notes": list(found.notes),
        "refused": list(found.refused),
        "products": [
            {
                "key": each.file.model.product,
                "changed": each.file.model.product in changed,
                "notes": list(each.notes),
                "findings": [to_json(finding) for finding in remarks[each.file.model.product]],
            }
            for each in found.products
        ],
    }
