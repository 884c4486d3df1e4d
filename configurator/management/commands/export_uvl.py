"""Write a product's draft as a feature model: `manage.py export_uvl kitchen -o kitchen.uvl`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import drafts
from catalog.auditing import record
from catalog.models import Product
from catalog.uvl.of_product import feature_model_of
from catalog.uvl.writer import write_uvl
from configurator.command_line import merchant_called, told_plainly


class Command(BaseCommand):
    help = (
        "Writes the draft of a product in the Universal Variability Language, with the same configurations. Prices and "
        "parts stay behind; what the language cannot say, such as colours, is refused by name."
    )

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
            text = write_uvl(feature_model_of(drafts.read(product)))
        if not options["output"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["output"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error}") from error
