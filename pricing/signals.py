"""What happened to prices, for rooms further left; sent inside the transaction in which it
happened.
"""

from django.dispatch import Signal

# Sent with `price_lists`, rows of one merchant as found, and `is_deleted`, when their terms or
# amounts change.
price_lists_changed = Signal()
