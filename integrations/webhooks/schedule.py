"""When a delivery is tried again, and when nobody expects an answer any more.

Source of the pauses: the schedule that Standard Webhooks 1.0.0 gives as an example, 75 hours and 35
minutes in all.
"""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

HOUR = 3600
PAUSES = (5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds between attempts; the first attempt is made at once."""
SPREAD = 0.2
LONGEST_RETRY_AFTER = timedelta(hours=24)
FAILING_FOR = timedelta(hours=120)
"""An endpoint that has failed for so long without a success between is disabled."""
BUSY = frozenset((429, 502, 503, 504))
"""A server that answers so has too much to do: nothing else is sent to it for a while either."""
BUSY_PAUSE = timedelta(seconds=5)
GONE = 410
NOT_LET_IN = 401


def is_taken(status: int | None) -> bool:
    """Tell whether a receiver took the message: by a status of success, and by no other."""
    return status is not None and 200 <= status < 300


def pause_after(step: int, chance: float) -> timedelta | None:
    """Return the pause after that many failures of the schedule, None after the last.

    `chance`, from 0 to 1, spreads it by a fifth either way.
    """
    if not 1 <= step <= len(PAUSES):
        return None
    return timedelta(seconds=PAUSES[step - 1] * (1 - SPREAD + 2 * SPREAD * chance))


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Return how long a receiver asks to wait by its header `Retry-After`, seconds or a date; a day
    at most.
    """
    if not text:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        # A longer number is more than a day all the same.
        wished = timedelta(seconds=int(text.strip()[:9]))
    else:
        try:
            wished = parsedate_to_datetime(text) - now
        except (TypeError, ValueError, OverflowError):
            return None
    return min(max(wished, timedelta(seconds=1)), LONGEST_RETRY_AFTER)
