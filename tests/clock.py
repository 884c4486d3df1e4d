"""A clock that tests set: what asks for the time is told a later one."""

import time
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from catalog.memory import forget_all


class Clock:
    """Tells the time, `ahead` of what it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta()
        seconds, now = time.time, timezone.now
        monkeypatch.setattr(time, "time", lambda: seconds() + self.ahead.total_seconds())
        monkeypatch.setattr(timezone, "now", lambda: now() + self.ahead)

    def now(self) -> datetime:
        """Return the time that is told."""
        return timezone.now()

    def goes_on(self, **time_passed: float) -> None:
        """Let time pass, as `timedelta` takes it; what processes know for some seconds is forgotten
        with that.
        """
        self.ahead += timedelta(**time_passed)
        forget_all()
