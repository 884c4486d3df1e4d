"""Rows that many tests begin with: made once in a run of the tests, and then put back as they were."""

from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from catalog.models import Merchant

_OTHERS = {"auth", "contenttypes", "sessions"}


@dataclass(frozen=True)
class _Row:
    table: type[models.Model]
    columns: dict[str, Any]
    times: tuple[str, ...]
    """The columns that told the time of the making."""


_MADE: dict[Hashable, tuple[int, list[_Row]]] = {}


def put_once(key: Hashable, make: Callable[[], Merchant]) -> Merchant:
    """Return the merchant that `make` saves with all that is its, the first in an empty database.

    What was made under `key` before is written as it was, with the present time where it told the
    time of its making. Outside a transaction, and beside other merchants, all is made anew.
    """
    if not connection.in_atomic_block or Merchant.objects.exists():
        return make()
    if key not in _MADE:
        if any(each._base_manager.exists() for each in _tables()):
            return make()
        begun = timezone.now()
        merchant = make()
        ended = timezone.now()
        rows = [
            _row(each, begun, ended) for table in _tables() for each in table._base_manager.all()
        ]
        _MADE[key] = merchant.pk, rows
        return merchant
    primary_key, rows = _MADE[key]
    now = timezone.now()
    for table in _tables():
        of_table = [each for each in rows if each.table is table]
        new = [
            table(**(deepcopy(each.columns) | dict.fromkeys(each.times, now))) for each in of_table
        ]
        table._base_manager.bulk_create(new)
    return Merchant.objects.get(pk=primary_key)


def _tables() -> list[type[models.Model]]:
    models_of_ours = apps.get_models(include_auto_created=True)
    return [
        each
        for each in models_of_ours
        if each._meta.app_label not in _OTHERS and each._meta.managed
    ]


def _row(row: models.Model, begun: datetime, ended: datetime) -> _Row:
    columns = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    times = tuple(
        name for name, at in columns.items() if isinstance(at, datetime) and begun <= at <= ended
    )
    return _Row(type(row), columns, times)
