from catalog.models.merchants import Membership, Merchant

__all__ = ["Membership", "Merchant"]
