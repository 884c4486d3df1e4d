"""Build many configurations of a draft by chance: `manage.py sweep_shapes desk --count 50 --seed 1`."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.findings import Progress
from catalog.models import Product
from configurator.command_line import add_progress, merchant_called, meter_for, told_plainly
from configurator.offers import draft_of
from configurator.shape_sweep import MOST_CONFIGURATIONS, MOST_SEED, SweepReport, sweep
from configurator.sweeping import USUAL_COUNT, report_json, swept_model


class Command(BaseCommand):
    help = (
        "Builds valid, complete configurations of a draft by chance, and prints which of its shapes fail, with the "
        "choices that lead there, and how large it gets. Ends with 1 where anything fails."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", metavar="PRODUCT", help="the product whose draft is built")
        parser.add_argument(
            "--merchant",
            metavar="SLUG",
            help="whose product it is; not needed if there is only one",
        )
        parser.add_argument(
            "--count", type=int, default=USUAL_COUNT, help="how many; 50 without it"
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=1,
            help="which: equal seeds, equal configurations; 1 without",
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        add_progress(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        count, seed = options["count"], options["seed"]
        if not 1 <= count <= MOST_CONFIGURATIONS:
            raise CommandError(f"--count is 1 to {MOST_CONFIGURATIONS}.")
        if not 0 <= seed <= MOST_SEED:
            raise CommandError(f"--seed is 0 to {MOST_SEED}.")
        merchant = merchant_called(options["merchant"])
        product = Product.objects.for_merchant(merchant).filter(key=options["key"]).first()
        if product is None:
            raise CommandError(f"{merchant.slug} has no product '{options['key']}'.")
        meter = meter_for(self.stderr, options["progress"])

        def tell(done: int) -> None:
            if meter is not None:
                meter(Progress("Building configurations", done, count))

        with told_plainly():
            swept_model(product)
            report = sweep(draft_of(product), seed, count, time.monotonic, tell)
        if meter is not None:
            meter.end()
        if options["json"]:
            document = {"seed": seed, "count": count, **report_json(report)}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            self._tell(product.key, report)
        if report.failures:
            sys.exit(1)

    def _tell(self, key: str, report: SweepReport) -> None:
        for failure in report.failures:
            place = failure.path or "(whole)"
            self.stdout.write(
                f"{self.style.ERROR('failure')} {place} [{failure.code}] {failure.count} of {report.count}"
            )
            self.stdout.write(f"  {failure.sentence}")
            for example in failure.examples:
                told = json.dumps(dict(example.choices), ensure_ascii=False)
                self.stdout.write(f"  Number {example.number + 1}: {told}")
        for each in report.extremes:
            self.stdout.write(f"{each.measure}: {each.least:g} to {each.most:g}")
        self.stdout.write(f"{key}: {report.built} of {report.count} are whole, seed {report.seed}")
