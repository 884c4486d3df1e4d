"""Waiting for what a page says.

Playwright's own `wait_for_function` asks again inside the page by `eval`, which our Content
Security Policy forbids: it holds only where the first asking is a yes.
"""

from time import monotonic
from typing import Any

from playwright.sync_api import Error, Page


def until(page: Page, said: str, arg: Any = None, *, timeout: float = 30_000) -> None:
    """Wait until the JavaScript `said` is true on the page, for at most `timeout` milliseconds.

    Raises AssertionError when it is not.
    """
    end = monotonic() + timeout / 1000
    heard: object = None
    while monotonic() < end:
        try:
            heard = page.evaluate(said, arg)
        except Error as error:
            # The page that was asked has given way to the next one.
            if "context was destroyed" not in error.message:
                raise
            heard = error.message
        else:
            if heard:
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"waited {timeout} ms for {said}; it is {heard!r}")
