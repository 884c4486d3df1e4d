"""Do what waits beside the requests: `manage.py worker`, in as many processes as you like."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalog.jobs.clock import now
from catalog.jobs.periodic import ask_for_due
from catalog.jobs.worker import Loop, work_off


class Command(BaseCommand):
    help = (
        "Carries out checks of large products, compiles what is published, delivers events and deletes what is old. "
        "Run it beside the web server, under something that starts it again. Any number may run at once; what one "
        "that was killed had begun, another takes up again. Ends on SIGTERM and Ctrl+C when what it began is done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            ask_for_due(now())
            self.stdout.write(f"{work_off()} done.")
            return
        loop = Loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: loop.stop())
        self.stdout.write(f"Worker {loop.name} looks for work. Stop it with Ctrl+C.")
        self.stdout.flush()
        loop.run()
