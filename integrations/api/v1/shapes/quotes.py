"""What quotes look like, field by field."""

from typing import Literal

from integrations.api.v1.shapes.answer import Answer, Choices, Money
from integrations.api.v1.shapes.evaluations import LeadTime, Price


class QuoteClaims(Answer):
    """What a quote says, under the names it has in the token."""

    iss: str
    """Who gives it: the address below which the merchant's keys are, at jwks.json."""
    aud: str
    """Whose shop it is for: the merchant's key."""
    jti: str
    """Names this quote, no other has it."""
    iat: int
    """When it was given, in Unix seconds."""
    nbf: int
    """From when it holds."""
    exp: int
    """From then on it no longer holds."""
    product: str
    version: int
    digest: str
    """SHA-256 of the product model."""
    fingerprint: str
    """SHA-256 of digest and values."""
    choices: Choices
    quantity: int
    order_quantity: int | None = None
    """How many pieces of the product the whole order has; left out where it is `quantity`."""
    currency: str
    total: Money
    """For all pieces, net or gross as `amounts_are` says."""
    amounts_are: Literal["net", "gross"]
    net: Money | None = None
    """Left out, like `tax` or `gross`, where it is not known."""
    tax: Money | None = None
    gross: Money | None = None
    taxes: list[dict[str, str | None]] | None = None
    """Where the tax is several: `label`, `rate` in percent and `amount` of each."""
    price_list: str
    price_list_revision: int
    price_list_because: Literal[
        "named", "customer", "customer_group", "channel", "default", "only", "none"
    ]
    lead_days: int | None = None
    """Working days; left out where the product tells no lead time."""
    ready_on: str | None = None
    """The day on which it is ready if it is ordered at once; left out without a calendar."""
    buyer: dict[str, str] | None = None
    """Who asked, as far as it was said."""
    configuration: str | None = None
    """The id of a stored configuration, of which it is the price."""
    internal: str | None = None
    """Choices on options that shoppers never see, encrypted: this service alone reads them."""


class Quote(Answer):
    """A price that is promised for a time, and the token that proves it."""

    token: str
    """A JSON Web Token, signed with Ed25519: hand it on as it is."""
    key: str
    """The id of the key that signed it, as in jwks.json."""
    issued_at: str
    valid_from: str
    expires_at: str
    claims: QuoteClaims
    verified_against: Literal["kept", "now"]
    """The prices that verify compares it with: those its open configuration was kept with, or those
    of then.
    """
    kept_until: str | None
    """With "kept": until when, unless the configuration is completed before; null otherwise."""
    price: Price
    """The same price with its lines."""
    lead_time: LeadTime | None


class KeptQuote(Answer):
    """A quote that was given, and what has become of it."""

    id: str
    """The `jti` of its token."""
    state: Literal["open", "accepted", "expired"]
    product: str
    version: int
    configuration: str | None
    """The id of the stored configuration that it is the price of."""
    quantity: int
    currency: str
    total: Money
    amounts_are: Literal["net", "gross"]
    issued_at: str
    valid_from: str
    expires_at: str
    accepted_at: str | None
    token: str
    url: str


class KeptQuotePage(Answer):
    """Some of the quotes."""

    data: list[KeptQuote]
    next: str | None


class Renewal(Answer):
    """What the choices of a quote come to now."""

    total: Money | None
    currency: str | None
    difference: Money | None
    """How much more is paid: the new gross less the old one, or the totals where no gross is known;
    null where one is missing or they cannot be compared.
    """
    problem: str | None
    """Why there is no price now: the product is gone, the choices clash, or no price is known."""
    quote: Quote | None
    """A fresh quote at that price, to be shown before it is taken."""


class Verification(Answer):
    """Whether a token is a quote of yours that holds."""

    valid: bool
    reason: (
        Literal[
            "malformed",
            "not-a-quote",
            "unknown-key",
            "withdrawn-key",
            "another-merchant",
            "wrong-signature",
            "wrong-issuer",
            "wrong-audience",
            "not-yet-valid",
            "expired",
        ]
        | None
    )
    """Why it does not hold; null where it does."""
    detail: str
    """The same as a sentence."""
    claims: QuoteClaims | None
    """What it says; null unless its signature is right."""
    changed: list[Literal["version", "price", "unavailable"]]
    """What is no longer as it was when the quote was given; a quote that is valid holds all the
    same.
    """
    old_total: Money | None
    now: Renewal | None
    """Where it expired, or anything changed."""
