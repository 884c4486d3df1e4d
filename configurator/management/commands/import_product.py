"""Bring a product file in as a draft: `manage.py import_product desk.yaml`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalog.operations import publish
from configurator.command_line import add_pictures, merchant_called, pictures_in, read_file, told_findings, told_plainly
from pricing.operations import import_product


class Command(BaseCommand):
    help = (
        "Reads a product file (YAML 1.2 or JSON) and makes it the draft of that product, with its price lists and with "
        "the pictures that lie beside it. A draft of the same key is replaced; published versions stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the product file, or - for standard input")
        parser.add_argument("--merchant", metavar="SLUG", help="whose product it is; not needed if there is only one")
        add_pictures(parser)
        parser.add_argument("--publish", action="store_true", help="publish the draft at once")

    def handle(self, *args: Any, **options: Any) -> None:
        file = read_file(options["file"])
        merchant = merchant_called(options["merchant"])
        pictures = pictures_in(options["pictures"], options["file"], file.model)
        with told_plainly():
            product = import_product(merchant, file, pictures)
            self.stdout.write(f"{product.key}: draft of {merchant.slug}, {len(file.model.options)} options")
            self.stdout.write(f"{product.key}: {told_findings(product)}")
            if options["publish"]:
                version = publish(product)
                self.stdout.write(f"{product.key}: published as version {version.number}")
