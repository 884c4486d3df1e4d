"""Bring amounts into price lists from a file: `manage.py import_prices amounts.csv --dry-run`."""

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.counts import told_count
from catalog.errors import Malformed
from catalog.models import Merchant
from configurator.command_line import MOST_TOLD, merchant_called, told_plainly
from pricing.grid import Report, keep_amounts
from pricing.layouts import SAMPLE, Layout, read_layout, write_layout
from pricing.price_files import Looked, keep_by, look, remember
from pricing.product_file import read_values
from pricing.spreadsheets import lines_of, rows_of_csv, rows_of_xlsx


class Command(BaseCommand):
    help = (
        "Keeps the amounts of a CSV or XLSX file in price lists, and tells what changes. A file with the columns of a "
        "price list's download is read as it is; one that is laid out otherwise with a mapping: --propose prints the "
        "likely one, --mapping reads by it. Rows that are wrong are told and left out; then it ends with 1."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a file that ends in .csv or .xlsx")
        parser.add_argument(
            "--merchant",
            metavar="SLUG",
            help="whose lists they are; not needed if there is only one",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would change, and keep nothing"
        )
        parser.add_argument(
            "--propose",
            action="store_true",
            help="print how the file would be read, and keep nothing",
        )
        parser.add_argument(
            "--mapping",
            metavar="MAPPING",
            help="a file such as --propose prints (JSON or YAML), or 'remembered' for the mapping that was confirmed "
            "for another file with the same header",
        )
        parser.add_argument(
            "--price-list", metavar="KEY", default="", help="the list, where no column tells"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = merchant_called(options["merchant"])
        path = Path(options["file"])
        try:
            file = path.open("rb")
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        with file, told_plainly():
            if options["propose"]:
                self._propose(merchant, file, path, options["price_list"])
                return
            report = self._bring_in(merchant, file, path, options)
        self.stdout.write(report.told() + (" Nothing was kept." if options["dry_run"] else ""))
        for each in report.without[:MOST_TOLD]:
            self.stdout.write(f"row {each.row}: {each.detail}, left out")
        for wrong in report.errors[:MOST_TOLD]:
            self.stderr.write(f"row {wrong.row}, {wrong.column}: {wrong.detail}")
        if report.refused:
            sys.exit(1)

    def _bring_in(
        self, merchant: Merchant, file: BinaryIO, path: Path, options: dict[str, Any]
    ) -> Report:
        dry_run = options["dry_run"]
        if options["mapping"] is None:
            rows = rows_of_xlsx(file) if path.suffix.lower() == ".xlsx" else rows_of_csv(file)
            return keep_amounts(merchant, rows, dry_run, self._tell)
        looked = self._look(merchant, file, path, options["price_list"])
        layout = _layout(options["mapping"], looked)
        report = keep_by(merchant, layout, lines_of(file, path.name), dry_run, self._tell)
        if not dry_run and report.created + report.changed + report.unchanged:
            remember(merchant, layout, looked.sample, path.name)
        return report

    def _propose(self, merchant: Merchant, file: BinaryIO, path: Path, price_list: str) -> None:
        looked = self._look(merchant, file, path, price_list)
        if looked.remembered is not None:
            self.stderr.write(f"as it was confirmed for {looked.remembered}")
        self.stdout.write(json.dumps(write_layout(looked.layout), indent=2, ensure_ascii=False))
        report = keep_by(merchant, looked.layout, lines_of(file, path.name), dry_run=True)
        self.stderr.write(f"{report.told()} Nothing was kept.")
        for name, count in list(report.unknown.items())[:MOST_TOLD]:
            self.stderr.write(f"not known what it is: {name} ({told_count(count, 'row')})")

    def _look(self, merchant: Merchant, file: BinaryIO, path: Path, price_list: str) -> Looked:
        looked = look(merchant, file, path.name, price_list=price_list)
        file.seek(0)
        return looked

    def _tell(self, rows: int) -> None:
        if rows % 10_000 == 0:
            self.stdout.write(f"{rows:,} rows read …")
            self.stdout.flush()


def _layout(mapping: str, looked: Looked) -> Layout:
    if mapping == "remembered":
        if looked.remembered is None:
            raise CommandError(
                "No mapping was confirmed for a file with this header; see --propose."
            )
        return looked.layout
    try:
        text = Path(mapping).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{mapping} cannot be read: {error}") from error
    layout = read_layout(read_values(text, mapping))
    if layout.header > SAMPLE:
        raise Malformed(f"the header is among the first {SAMPLE} rows of a file")
    return layout
