"""A site moves to another database with all it has, whole or not at all."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import DjangoDbBlocker

from catalog.models import Merchant
from configurator.keeping import save
from configurator.offers import published
from configurator.quoting.signing_keys import rotate_signing_key
from configurator_site.management.commands.copy_database import copied, tables
from configurator_site.settings import database
from integrations.access.operations import create_api_key
from tests.api import make_shop

OTHER = "other"
pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True, databases=["default", OTHER]),
]


@pytest.fixture(scope="module", autouse=True)
def other(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """An empty, migrated SQLite database beside the one of the tests."""
    file = tmp_path_factory.mktemp("other") / "db.sqlite3"
    connections.settings[OTHER] = {
        **connections.settings["default"],
        **database(f"sqlite:///{file}"),
    }
    with django_db_blocker.unblock():
        call_command("migrate", database=OTHER, verbosity=0)
    yield
    connections[OTHER].close()
    del connections[OTHER], connections.settings[OTHER]


def rows(model: type[models.Model], alias: str) -> list[tuple[object, ...]]:
    return list(model._base_manager.using(alias).order_by("pk").values_list())


def test_every_row_arrives_as_it_was() -> None:
    merchant = make_shop()
    save(published(merchant.slug, "desk"), {"frame": "oak"})
    create_api_key(merchant, "Shop", ["catalog:read"])
    rotate_signing_key(merchant)
    told = dict(copied("default", OTHER))
    assert told[Merchant] == 1
    assert len([count for count in told.values() if count]) > 10
    assert [each for each in tables() if rows(each, "default") != rows(each, OTHER)] == []


def test_what_is_added_after_it_has_a_number_of_its_own() -> None:
    make_shop()
    list(copied("default", OTHER))
    added = Merchant(slug="next", name="Next")
    added.save(using=OTHER)
    assert added.pk > Merchant.objects.get(slug="joinery").pk


def test_a_database_that_has_something_is_left_alone() -> None:
    make_shop()
    Merchant(slug="there", name="There").save(using=OTHER)
    with pytest.raises(CommandError, match=r"has merchants already\. Take an empty one"):
        list(copied("default", OTHER))
    assert [each.slug for each in Merchant.objects.using(OTHER)] == ["there"]


def test_a_database_of_another_release_is_not_copied() -> None:
    recorder = MigrationRecorder(connections[OTHER])
    (newest,) = MigrationLoader(None).graph.leaf_nodes("pricing")
    recorder.record_unapplied(*newest)
    try:
        with pytest.raises(CommandError, match="The database copied from has another schema"):
            list(copied(OTHER, "default"))
    finally:
        recorder.record_applied(*newest)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite:////nowhere/at/all", "There is no file"),
        ("mysql://x", "--from must start with sqlite"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(url: str, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("copy_database", "--from", url)
