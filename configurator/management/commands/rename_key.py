"""Rename a key of a draft in every place that names it: `manage.py rename_key joinery desk
option/top worktop`.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import drafts, operations
from catalog.counts import told_count
from catalog.models import Product
from catalog.renaming import Name, name_in, names_of, written_name
from configurator.command_line import merchant_called, told_plainly


class Command(BaseCommand):
    help = (
        "Renames a key of a product's draft in every place that names it, and prints each place before and after. "
        "Published versions, configurations made with them, links and programs go on with the old key. Said again, it "
        "changes nothing."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "merchant", metavar="MERCHANT", help="whose product it is, by the merchant's key"
        )
        parser.add_argument("product", metavar="PRODUCT", help="the key of the product")
        parser.add_argument(
            "old",
            metavar="OLD",
            help="what to rename: option/top, value/top/oak, price_line/base, or top alone",
        )
        parser.add_argument("new", metavar="NEW", help="the new key")
        parser.add_argument(
            "--dry-run", action="store_true", help="tell the places, and keep nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = merchant_called(options["merchant"])
        product = Product.objects.for_merchant(merchant).filter(key=options["product"]).first()
        if product is None:
            raise CommandError(f"{merchant.slug} has no product '{options['product']}'.")
        with told_plainly():
            name = _named(product, options["old"], options["new"])
            rename = operations.renaming_of if options["dry_run"] else operations.rename
            found = rename(product, {name: options["new"]})
        for place in found.places:
            self.stdout.write(f"{place.path}: {place.before} -> {place.after}")
        for doubt in found.doubts:
            self.stdout.write(f"{doubt.path}: {doubt.text} stays. {doubt.why}")
        verb = "would be" if options["dry_run"] else "is"
        places = told_count(len(found.places), "other place follows", "other places follow")
        left = f"; {told_count(len(found.doubts), 'place')} to be looked at" if found.doubts else ""
        self.stdout.write(f"{name.told} {verb} '{options['new']}'; {places}{left}.")


def _named(product: Product, text: str, new: str) -> Name:
    """Return the name that is meant by OLD; a key alone will do where one thing has it. Refuses
    with CommandError.
    """
    if "/" in text:
        name = name_in(text)
        if name is None:
            raise CommandError(
                f"'{text}' is no name; write it as option/top, value/top/oak or price_line/base."
            )
        return name
    known = names_of(drafts.read(product))
    # Said again, the key has its new name already.
    found = [each for each in known if each.key == text] or [
        Name(each.kind, text, each.option) for each in known if each.key == new
    ]
    if len(found) != 1:
        told = ", ".join(sorted(map(written_name, found)))
        why = (
            f"Several things are called '{text}': {told}. Name one so."
            if found
            else f"Nothing is called '{text}'."
        )
        raise CommandError(why)
    return found[0]
