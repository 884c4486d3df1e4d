"""What happened in the catalog, for rooms further left; sent inside the transaction in which it happened."""

from django.dispatch import Signal

# Sent by Version with `version`, once for each new version.
version_published = Signal()
# Sent by operations.duplicate with `product` and `copy`, so that rooms further left copy what they keep about it.
product_duplicated = Signal()
