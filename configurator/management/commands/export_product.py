"""Write a product's draft as a product file: `manage.py export_product desk -o desk.yaml`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.auditing import record
from catalog.models import Product
from configurator.command_line import merchant_called, told_plainly
from pricing.operations import export_product
from pricing.product_file import write_product_file


class Command(BaseCommand):
    help = "Writes the draft of a product as a product file in YAML. Importing that file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", metavar="KEY", help="the product's key")
        parser.add_argument(
            "--merchant",
            metavar="SLUG",
            help="whose product it is; not needed if there is only one",
        )
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="where to write it; standard output without it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = merchant_called(options["merchant"])
        product = Product.objects.for_merchant(merchant).filter(key=options["key"]).first()
        if product is None:
            raise CommandError(f"{merchant.slug} has no product '{options['key']}'.")
        with told_plainly():
            record(merchant, "product.exported", product.key)
            text = write_product_file(export_product(product))
        if not options["output"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["output"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error}") from error
