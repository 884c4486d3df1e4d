"""Links that show a draft in the widget to whoever has them: signed, for one product, and good for
some days.

Nothing is kept of a link, so that it ends by its time alone. It shows the draft as it is when
somebody looks.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from catalog.auditing import record
from catalog.errors import Malformed, NotFound, Refusal
from catalog.models import Product
from configurator.offers import Offer, offered
from pricing.in_force import Buyer

SALT = "configurator.draft_links"
DAYS, MOST_DAYS = 7, 14
# Of the digest of a draft as many signs as people compare.
SHORT = 8


class LinkExpired(Refusal):
    """A link to a draft whose time is over."""

    slug = "draft-link-expired"
    title = "This link has expired"
    status = 410


@dataclass(frozen=True)
class DraftLink:
    """A link to the draft of a product: `digest` is that of the draft when the link was made, in
    short.
    """

    product: Product
    expires_at: datetime
    digest: str
    token: str

    @property
    def path(self) -> str:
        """The address of the widget that shows the draft, on this site."""
        return reverse("draft", args=[self.product.merchant.slug, self.product.key, self.token])

    def offer(self, price_list: str | None = None, buyer: Buyer | None = None) -> Offer:
        """Return the draft as it is now, ready to answer; refuses as `offered` does."""
        return offered(self.product, None, price_list, buyer)


def make_draft_link(product: Product, days: int = DAYS, now: datetime | None = None) -> DraftLink:
    """Return a link that shows the draft of `product` for so many days; refuse with Malformed
    another number of days.

    Refuses as `offered` does a draft that cannot be shown.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Malformed(
            f"A link to a draft holds 1 to {MOST_DAYS} days.",
            errors=[{"pointer": "/days", "detail": f"expected 1 to {MOST_DAYS}"}],
        )
    digest = offered(product, None).product.model.digest[:SHORT]
    expires_at = ((now or timezone.now()) + timedelta(days=days)).replace(microsecond=0)
    parts = [product.merchant.slug, product.key, product.pk, int(expires_at.timestamp()), digest]
    record(product.merchant, "draft-link.made", product.key, after={"expires_at": expires_at})
    return DraftLink(product, expires_at, digest, _signer().sign_object(parts))


def read_draft_link(
    merchant: str, product: str, token: str, now: datetime | None = None
) -> DraftLink:
    """Return the link that `token` is of; refuse with NotFound what is no link to the product, or
    with LinkExpired.
    """
    try:
        slug, key, pk, seconds, digest = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound("There is no such link to a draft.") from None
    row = (
        Product.objects.filter(pk=pk, merchant__slug=merchant, key=product)
        .select_related("merchant")
        .first()
    )
    if row is None or (slug, key) != (merchant, product):
        raise NotFound("There is no such link to a draft.")
    expires_at = datetime.fromtimestamp(seconds, UTC)
    if (now or timezone.now()) >= expires_at:
        raise LinkExpired("This link to a draft has expired. Ask for a new one.")
    return DraftLink(row, expires_at, digest, token)


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")
