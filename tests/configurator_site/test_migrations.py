"""Over releases: old data comes along, and the release before goes on working beside a database
that is one ahead.
"""

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from catalog.models import Merchant
from configurator.keeping import save
from configurator.models import Configuration
from configurator.offers import published
from tests.api import Api, make_shop, told

OURS = (
    "jobs",
    "catalog",
    "pricing",
    "configurator",
    "access",
    "webhooks",
    "automations",
    "connectors",
)

# What there was not in the first schema.
YOUNGER = ("automations", "webhooks", "jobs")

TAKE_AWAY = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
)

# Added before there was a release, without a default in the database; nothing is to be added to
# this list.
BEFORE_THE_FIRST_RELEASE = {"catalog": 10, "pricing": 9, "configurator": 4, "access": 1}


def ours() -> dict[tuple[str, str], Any]:
    found = MigrationLoader(None).disk_migrations
    return {key: migration for key, migration in found.items() if key[0] in OURS}


def migrate(targets: list[tuple[str, str | None]]) -> None:
    MigrationExecutor(connection).migrate(targets)


def evaluated(merchant: Merchant) -> Any:
    answer = Api(merchant).post(
        "products/desk/evaluate", {"choices": {"frame": "oak", "top": "oak"}}
    )
    assert answer.status_code == 200
    return told(answer)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_shop_of_the_first_schema_sells_after_all_migrations() -> None:
    """What newer columns held is lost on the way back; the rest of the shop has to answer as it
    did.
    """
    merchant = make_shop()
    kept = save(published(merchant.slug, "desk"), {"frame": "oak"}, quantity=3)
    before = evaluated(merchant)
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        first = [key for key in ours() if key[1].startswith("0001_") and key[0] not in YOUNGER]
        migrate([*((app, None) for app in YOUNGER), *first])
    finally:
        migrate(newest)
    merchant = Merchant.objects.get()
    after = evaluated(merchant)
    again = Configuration.objects.get()
    assert after == before
    assert (again.public_id, again.total, again.choices) == (
        kept.public_id,
        kept.total,
        kept.choices,
    )
    assert Api(merchant).get(f"configurations/{kept.public_id}").status_code == 200


def test_a_new_column_may_be_left_out_by_the_release_before() -> None:
    """During a rolling deploy the old code still writes rows, and does not know the column."""
    wanting = [
        f"{app}.{name}: {operation.model_name}.{operation.name}"
        for (app, name), migration in ours().items()
        if int(name[:4]) > BEFORE_THE_FIRST_RELEASE.get(app, 0)
        for operation in migration.operations
        if isinstance(operation, migrations.AddField) and not may_be_left_out(operation.field)
        if operation.model_name not in made_in(migration)
    ]
    assert wanting == [], "give these null=True or a db_default"


def made_in(migration: Any) -> set[str]:
    """Return the tables that a migration makes, to which the release before writes nothing."""
    return {
        each.name_lower for each in migration.operations if isinstance(each, migrations.CreateModel)
    }


def may_be_left_out(field: Any) -> bool:
    return field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED


def test_a_column_that_the_release_before_reads_is_not_taken_away() -> None:
    """It goes one release after the code that read it: then name it here, with the release that no
    longer reads it.
    """
    no_longer_read: set[str] = set()
    gone = [
        f"{app}.{name}: {operation.describe()}"
        for (app, name), migration in ours().items()
        for operation in migration.operations
        if isinstance(operation, TAKE_AWAY)
    ]
    assert [each for each in gone if each not in no_longer_read] == []
