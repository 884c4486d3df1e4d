"""Open a merchant from the command line: `manage.py create_merchant joinery "The Joinery" --owner
olga`.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.errors import Refusal
from catalog.people import open_merchant


class Command(BaseCommand):
    help = (
        "Makes a merchant and its owner, and prints the owner's password, once. Said again, it changes nothing, "
        "except that another owner is added."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "merchant", metavar="KEY", help="the merchant's key, as in the addresses of its widgets"
        )
        parser.add_argument("name", help="what people read")
        parser.add_argument(
            "--owner", required=True, metavar="USER", help="who owns it, by the name to log in with"
        )
        parser.add_argument("--email", default="", help="the owner's address")
        parser.add_argument(
            "--country",
            default="",
            help="where the shop is, such as CA: how the widget writes money",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            names = ("merchant", "name", "owner", "email", "country")
            opened = open_merchant(*(options[name] for name in names))
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        merchant, person = opened.merchant, opened.membership.user.get_username()
        self.stdout.write(
            f"{'Made' if opened.is_new else 'Found'} the merchant '{merchant.slug}' ({merchant.name})."
        )
        if opened.password is None:
            self.stdout.write(f"{person} was there before, owns it, and keeps the password.")
        else:
            self.stdout.write(f"{person} owns it. Password, shown once: {opened.password}")
