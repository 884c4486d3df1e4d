"""Make the next key that signs a merchant's quotes: `manage.py rotate_signing_key joinery`."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.errors import Refusal
from catalog.models import Merchant
from configurator.quoting.signing_keys import rotate_signing_key


class Command(BaseCommand):
    help = (
        "Makes the next key that signs a merchant's quotes. It is published at once and signs an hour later; the old "
        "one stays published until everything it signed has expired. Safe to repeat: while a key waits, none is made."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merchant", nargs="*", metavar="MERCHANT", help="slugs of merchants")
        parser.add_argument(
            "--all", action="store_true", help="those of all merchants that have a key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slugs: list[str] = options["merchant"]
        if bool(slugs) == options["all"]:
            raise CommandError("Name merchants, or give --all.")
        merchants = Merchant.objects.order_by("slug")
        merchants = (
            merchants.exclude(signing_keys=None)
            if options["all"]
            else merchants.filter(slug__in=slugs)
        )
        found = {merchant.slug: merchant for merchant in merchants.distinct()}
        for slug in slugs or found:
            if slug not in found:
                raise CommandError(f"There is no merchant '{slug}'.")
            try:
                key = rotate_signing_key(found[slug])
            except (Refusal, ImproperlyConfigured) as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{slug}: {key.kid} signs from {key.signs_from.isoformat()} on")
