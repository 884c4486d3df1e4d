"""What happened to configurations, told inside the transaction in which it happened.

Each is sent with `configuration` (the row) and `evaluation` (what follows from its choices);
`configuration_completed` also with `quote`, the signed price (a
`configurator.quoting.signing.SignedQuote`; None where it is on request).
"""

from django.dispatch import Signal

configuration_saved = Signal()
choices_changed = Signal()
configuration_completed = Signal()
# A price was set by hand, or that was revoked.
price_overridden = Signal()
# `price.threshold_reached`: the price of a configuration that is being completed passes a threshold
# of the merchant; sent once for each, with `reached` (pricing.thresholds.Reached), before
# `configuration_completed`.
price_threshold_reached = Signal()
# The prices of an open configuration have held for as long as they do; sent once, with
# `configuration` alone.
prices_expired = Signal()
# A signed price was given to somebody: sent with `merchant` (a slug) and `quote` (a SignedQuote)
# alone. That of a configuration that is completed is told by `configuration_completed`.
quote_given = Signal()
# A quote was accepted, or ended without that: each sent once, with `quote` (the row) alone.
quote_accepted = Signal()
quote_expired = Signal()
# Personal data is being erased: sent with `erased` (a configurator.erasing.Erased) alone, which takes
# it out of what other rooms keep.
personal_data_erased = Signal()
