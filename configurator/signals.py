"""What happened to configurations, told inside the transaction in which it happened.

Each is sent with `configuration` (the row) and `evaluation` (what follows from its choices); `configuration_completed`
also with `quote`, the signed price (a `configurator.quote_signing.SignedQuote`).
"""

from django.dispatch import Signal

configuration_saved = Signal()
choices_changed = Signal()
configuration_completed = Signal()
