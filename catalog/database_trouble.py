"""A database that cannot be reached, or is busy: told as a pause, on every face, and not as a
fault.
"""

from django.db import InterfaceError, InternalError, OperationalError

UNAVAILABLE = (OperationalError, InterfaceError, InternalError)
RETRY_SECONDS = 5
