"""Withdraw a key that others may know: `manage.py withdraw_signing_key joinery KEY`."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from configurator.models import SigningKey
from configurator.quoting.signing_keys import withdraw_signing_key


class Command(BaseCommand):
    help = (
        "Withdraws a signing key that others may know: it is no longer published, and no quote that it signed counts "
        "any more. Where it was the one that signs, another is made. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merchant", metavar="MERCHANT", help="the merchant's slug")
        parser.add_argument(
            "key",
            metavar="KEY",
            help="the key's id, as in jwks.json; with -- before it where it begins so",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key = SigningKey.objects.filter(
            merchant__slug=options["merchant"], kid=options["key"]
        ).first()
        if key is None:
            raise CommandError(
                f"The merchant '{options['merchant']}' has no signing key '{options['key']}'."
            )
        try:
            withdraw_signing_key(key)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['merchant']}: {key.kid} is withdrawn")
