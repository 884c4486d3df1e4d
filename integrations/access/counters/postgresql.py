"""Counts in a table that PostgreSQL does not log, so that counting waits for no disk."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from django.db import connection
from django.db.utils import DatabaseError, InterfaceError

from catalog.limits import Charge

# A window that began later empties a counter; a clock that is behind counts into the present one.
_UPSERT = """
INSERT INTO access_count (name, began, ends, used) VALUES {rows}
ON CONFLICT (name) DO UPDATE SET
  used = CASE
    WHEN excluded.began > access_count.began THEN GREATEST(excluded.used, 0)
    WHEN excluded.began < access_count.began AND excluded.used < 0 THEN access_count.used
    ELSE access_count.used + excluded.used
  END,
  began = GREATEST(access_count.began, excluded.began),
  ends = GREATEST(access_count.ends, excluded.ends)
RETURNING name, used
"""
_STATEMENTS = [_UPSERT.format(rows=", ".join(["(%s, %s, %s, %s)"] * each)) for each in range(5)]
_FORGOTTEN = (psycopg.errors.InvalidSqlStatementName, psycopg.errors.DuplicatePreparedStatement)
# Who counts does not wait long for a database that is away.
_PATIENCE = {"connect_timeout": 2, "tcp_user_timeout": 2_000}


class PostgresCounters:
    """Counts in the table of `Count`, over one connection of its own for each process: never in the
    transaction of a request, and without what Django does around a statement.
    """

    away = (psycopg.Error, DatabaseError, InterfaceError)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._prepares = True

    def add(self, charges: Sequence[Charge]) -> Mapping[str, int]:
        """Return what each comes to."""
        # In this order nobody waits for one another.
        values = [
            value
            for name, began, window, more in sorted(charges)
            for value in (name, began, began + window, more)
        ]
        with self._lock:
            try:
                return self._counted(_STATEMENTS[len(charges)], values)
            except (psycopg.OperationalError, *_FORGOTTEN) as error:
                # The server may have been started again since, or something in between gives the
                # connection to others, who know nothing of what was prepared.
                self._prepares &= not isinstance(error, _FORGOTTEN)
                self.close()
                return self._counted(_STATEMENTS[len(charges)], values)

    def close(self) -> None:
        """Give the connection up; the next count makes another."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _counted(self, statement: str, values: Sequence[Any]) -> Mapping[str, int]:
        if self._connection is None:
            told = connection.copy()
            parameters = told.get_connection_params()
            for name in ("context", "cursor_factory", "prepare_threshold"):
                parameters.pop(name, None)
            self._connection = psycopg.connect(**{**_PATIENCE, **parameters}, autocommit=True)
        found = self._connection.execute(statement, values, prepare=self._prepares)
        return dict(found.fetchall())
