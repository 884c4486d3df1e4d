"""What happened to prices, for rooms further left; sent inside the transaction in which it happened."""

from django.dispatch import Signal

# Sent with `price_list`, a row as it was found, and `is_deleted`, when terms or amounts of a list change.
price_list_changed = Signal()
