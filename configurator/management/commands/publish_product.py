"""Publish the draft of a product: `manage.py publish_product desk --seen DIGEST`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Product
from catalog.operations import publish
from configurator.command_line import merchant_called, told_plainly


class Command(BaseCommand):
    help = (
        "Publishes the draft of a product as its next version, if no check finds an error. With --seen it publishes "
        "the draft that check_product told the digest of, and no other."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", metavar="KEY", help="the product")
        parser.add_argument(
            "--merchant",
            metavar="SLUG",
            help="whose product it is; not needed if there is only one",
        )
        parser.add_argument(
            "--seen", metavar="DIGEST", help="the digest of the draft that was looked at"
        )
        parser.add_argument(
            "--note", metavar="TEXT", default="", help="what is new in this version"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = merchant_called(options["merchant"])
        product = Product.objects.for_merchant(merchant).filter(key=options["key"]).first()
        if product is None:
            raise CommandError(f"{merchant.slug} has no product '{options['key']}'.")
        with told_plainly():
            version = publish(product, note=options["note"], seen=options["seen"])
        self.stdout.write(f"{product.key}: published as version {version.number}")
