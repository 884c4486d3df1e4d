"""What happened in the catalog, for rooms further left; sent inside the transaction in which it
happened.
"""

from django.dispatch import Signal

# Sent by Version with `version`, once for each new version.
version_published = Signal()
# Sent by operations.retire and bring_back with `product`, when it is taken off sale or put on sale
# again.
product_retired = Signal()
product_brought_back = Signal()
# Sent by operations.duplicate with `product` and `copy`, so that rooms further left copy what they
# keep about it.
product_duplicated = Signal()
# Sent by operations.rename and renaming_of with `product`, `renaming` and `is_kept` (False: only to
# be told). Receivers return the Places and Doubts of what they keep about the product.
keys_renamed = Signal()
