#!/usr/bin/env python3
"""The project's command line: demo, import_product, check_product, evaluate, and all of Django's
commands.
"""

import os
import sys

HOW_TO_START = """\
With uv:                  uv run manage.py demo
Without (Python 3.12+):   python3 -m venv .venv && .venv/bin/pip install -e '.[dev]'
                          .venv/bin/python manage.py demo"""

# Old syntax on purpose: this has to run, and help, on a Python that is too old for the rest.
if sys.version_info < (3, 12):  # noqa: UP036
    sys.exit(
        "This project needs Python 3.12 or newer; this is %d.%d.\n\n%s"  # noqa: UP031
        % (sys.version_info[:2] + (HOW_TO_START,))  # noqa: RUF005
    )


def main() -> None:
    """Run the command given on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        from catalog.acting import Actor, acting
    except ImportError:
        sys.exit("Django is not installed for this Python.\n\n" + HOW_TO_START)
    try:
        with acting(lambda: Actor("command", " ".join(sys.argv[1:2]))):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # It tells which setting is missing; where in Django that was noticed helps nobody.
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))


if __name__ == "__main__":
    main()
