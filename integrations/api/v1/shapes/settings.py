"""What a merchant's settings and signing keys look like, field by field."""

from typing import Any, Literal

from integrations.api.v1.shapes.answer import Answer


class QuoteTerms(Answer):
    """For how many days prices hold."""

    valid_days: int
    """Of a quote, where nobody asks for another time."""
    most_days: int
    """Of a quote, at most."""
    open_days: int
    """Of a configuration that is open; from then on it has the prices of the day."""


class Settings(Answer):
    """What a merchant decides for all of its products."""

    merchant: str
    """Its key, as in the addresses of its widgets; it never changes."""
    name: str
    sites: list[str]
    """Sites that may show the widget."""
    languages: list[str]
    """Languages that its texts are translated to."""
    country: str
    """Two capitals: how the widget writes money, numbers and days; empty for none."""
    colour: str
    """For buttons and marks in the widget; empty for the widget's own."""
    quote_terms: QuoteTerms


class SigningKey(Answer):
    """The public part of a key that signs quotes."""

    kid: str
    state: Literal["published", "signs", "superseded", "retired", "withdrawn"]
    """A key is `published` before it `signs`; then the next one does, and it is `superseded` until
    everything it signed has expired.
    """
    signs_from: str
    published_until: str | None
    withdrawn_at: str | None
    jwk: dict[str, Any]
    """The JSON Web Key that verifies what it signed."""


class SigningKeys(Answer):
    """All keys of a merchant, the newest first."""

    data: list[SigningKey]
