"""Bring amounts into price lists from a file: `manage.py import_prices amounts.csv --dry-run`."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from configurator.command_line import MOST_TOLD, merchant_called, told_plainly
from pricing.grid import keep_amounts
from pricing.spreadsheets import rows_of_csv, rows_of_xlsx


class Command(BaseCommand):
    help = (
        "Keeps the amounts of a CSV or XLSX file in the price lists they name, and tells what changes. Rows that are "
        "wrong are told and left out; then it ends with 1."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a file that ends in .csv or .xlsx")
        parser.add_argument("--merchant", metavar="SLUG", help="whose lists they are; not needed if there is only one")
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = merchant_called(options["merchant"])
        path = Path(options["file"])
        try:
            file = path.open("rb")
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        with file, told_plainly():
            rows = rows_of_xlsx(file) if path.suffix.lower() == ".xlsx" else rows_of_csv(file)
            report = keep_amounts(merchant, rows, options["dry_run"], self._tell)
        self.stdout.write(report.told() + (" Nothing was kept." if options["dry_run"] else ""))
        for wrong in report.errors[:MOST_TOLD]:
            self.stderr.write(f"row {wrong.row}, {wrong.column}: {wrong.detail}")
        if report.refused:
            sys.exit(1)

    def _tell(self, rows: int) -> None:
        if rows % 10_000 == 0:
            self.stdout.write(f"{rows:,} rows read …")
            self.stdout.flush()
