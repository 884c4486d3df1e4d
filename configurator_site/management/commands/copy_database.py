"""Move a site to another database: `manage.py copy_database --from
sqlite:////var/lib/configurator/db.sqlite3`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

from configurator_site.settings import database

SOURCE = "copied_from"
# Made by `migrate` itself, so an empty database has them; other rows refer to them by number.
_MADE_BY_MIGRATE: tuple[type[models.Model], ...] = (Permission, ContentType)
_AT_ONCE = 2000


class Command(BaseCommand):
    help = (
        "Copies every row of another database into the one of DATABASE_URL, which has to be migrated and empty. "
        "Whole or not at all; the other database is only read. Uploaded files stay where they are, in DATA_DIR."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="source", required=True, metavar="URL", help="as in DATABASE_URL"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            settings = database(options["source"])
        except ImproperlyConfigured as error:
            raise CommandError(str(error).replace("DATABASE_URL", "--from")) from error
        if settings["ENGINE"].endswith("sqlite3") and not Path(settings["NAME"]).is_file():
            raise CommandError(f"There is no file {settings['NAME']}.")
        connections.settings |= {SOURCE: {**connections.settings[DEFAULT_DB_ALIAS], **settings}}
        try:
            for model, count in copied(SOURCE, DEFAULT_DB_ALIAS):
                self.stdout.write(f"{count:>9,} {model._meta.verbose_name_plural}")
        except (DatabaseError, ValueError) as error:
            raise CommandError(f"Nothing was copied. The database said: {error}") from error
        finally:
            connections[SOURCE].close()


def tables() -> list[type[models.Model]]:
    """Return every model with a table of its own, those that join two others included."""
    return [
        each
        for each in apps.get_models(include_auto_created=True)
        if each._meta.managed and not each._meta.proxy
    ]


def copied(source: str, target: str) -> Iterator[tuple[type[models.Model], int]]:
    """Copy all rows, and yield each model with the count of its rows; refuse with CommandError what
    cannot be copied.

    Both databases must have the schema of this code, and the target no rows but those that
    `migrate` makes.
    """
    for alias, what in ((source, "copied from"), (target, "of DATABASE_URL")):
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(
                f"The database {what} has another schema than this release. Run migrate on it first."
            )
    with transaction.atomic(source), transaction.atomic(target):
        for model in _MADE_BY_MIGRATE:
            model._base_manager.using(target).all().delete()
        for model in tables():
            if model._base_manager.using(target).exists():
                rows = model._meta.verbose_name_plural
                raise CommandError(
                    f"The database of DATABASE_URL has {rows} already. Take an empty one."
                )
        # Foreign keys are looked at when the transaction ends, so the order of the tables is free.
        for model in tables():
            count = 0
            for row in model._base_manager.using(source).order_by("pk").iterator(_AT_ONCE):
                # Raw, so that no row is stamped as changed now.
                row.save_base(raw=True, force_insert=True, using=target)
                count += 1
            yield model, count
        with connections[target].cursor() as cursor:
            for statement in connections[target].ops.sequence_reset_sql(no_style(), tables()):
                cursor.execute(statement)
    ContentType.objects.clear_cache()
