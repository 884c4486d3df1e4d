"""Make an API key from the command line: `manage.py create_api_key joinery --scopes catalog:read`."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.errors import Refusal
from catalog.models import Merchant
from integrations.access.operations import create_api_key
from integrations.access.scopes import SCOPES

MOST_DAYS = 36_500


class Command(BaseCommand):
    help = f"Makes an API key and prints its secret, once. Scopes: {', '.join(SCOPES)}; or all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merchant", metavar="MERCHANT", help="the merchant's slug")
        parser.add_argument(
            "--scopes", nargs="+", required=True, metavar="SCOPE", help="what it may do, or all"
        )
        parser.add_argument("--name", default="Command line", help="what it is for")
        parser.add_argument(
            "--days", type=int, help="after how many days it expires; never without it"
        )
        parser.add_argument(
            "--only-from", nargs="+", default=(), metavar="ADDRESS", help="addresses or ranges"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant '{options['merchant']}'.")
        scopes = list(SCOPES) if options["scopes"] == ["all"] else options["scopes"]
        days = options["days"]
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise CommandError(
                f"Give --days from 1 to {MOST_DAYS:,}; a key without it never expires."
            )
        expires_at = None if days is None else timezone.now() + timedelta(days=days)
        try:
            _, secret = create_api_key(
                merchant, options["name"], scopes, expires_at, options["only_from"]
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(secret)
