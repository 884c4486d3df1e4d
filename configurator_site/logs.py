"""Lines of the log for machines: one JSON object each, with what is being done."""

import json
import logging
from datetime import UTC, datetime

from catalog.noting import noted


class JsonLines(logging.Formatter):
    """Time, level, logger and message, the ids of request, event or job, and the traceback where
    there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **noted(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)
