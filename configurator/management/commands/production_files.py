"""Write what a workshop gets of a stored configuration into a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.errors import Refusal
from configurator.making import FILES, making_of
from configurator.models import Configuration


class Command(BaseCommand):
    """`manage.py production_files <id> --to folder`."""

    help = "Write cut list, boards and drawings of a stored configuration into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "id", help="the id of the configuration, such as Vb3kq0Zt9mRr2XyLw1sPdA"
        )
        parser.add_argument("--workshop", help="the key of a workshop of its merchant")
        parser.add_argument(
            "--to", type=Path, default=Path(), help="the folder, made where missing"
        )
        parser.add_argument(
            "--only", choices=list(FILES), action="append", help="one of the files; again for more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        row = Configuration.objects.filter(public_id=options["id"]).first()
        if row is None:
            raise CommandError(f"There is no configuration '{options['id']}'.")
        try:
            making = making_of(row, options["workshop"])
            # All of them are made before any is written.
            made = {name: FILES[name].make(making) for name in options["only"] or FILES}
        except Refusal as refused:
            raise CommandError(refused.sentence) from None
        folder: Path = options["to"]
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (folder / name).write_bytes(content)
            self.stdout.write(f"{folder / name}: {len(content):,} bytes")
