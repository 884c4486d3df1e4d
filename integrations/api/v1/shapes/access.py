"""What keys, OAuth clients and people look like, field by field."""

from typing import Annotated, Literal

from pydantic import Field

from integrations.api.v1.shapes.answer import Answer


class ApiKey(Answer):
    """An API key; its secret is told only when it is made or rotated."""

    id: str
    name: str
    kind: Literal["secret", "publishable"]
    prefix: Annotated[str, Field(description="How the secret begins.")]
    scopes: list[str]
    networks: Annotated[list[str], Field(description="Where it may be used; empty: everywhere.")]
    sites: Annotated[list[str], Field(description="Whose pages use a publishable key.")]
    state: Literal["valid", "expired", "revoked"]
    expires_at: str | None
    revoked_at: str | None
    last_used_at: Annotated[str | None, Field(description="To ten minutes.")]
    old_secret_until: Annotated[
        str | None, Field(description="How long the secret before the last rotation holds.")
    ]
    created_at: str
    url: str


class ApiKeyMade(ApiKey):
    """An API key with its secret, which is told this once."""

    secret: str


class ApiKeyPage(Answer):
    """Some of the API keys."""

    data: list[ApiKey]
    next: str | None


class OauthClient(Answer):
    """An OAuth client; its secret is told only when it is registered or rotated."""

    id: str
    client_id: str
    name: str
    scopes: Annotated[list[str], Field(description="What it may ever ask for.")]
    redirect_uris: Annotated[
        list[str],
        Field(description="Where people go back to; empty: it gets tokens for itself."),
    ]
    is_public: Annotated[bool, Field(description="Whether it runs where no secret is kept.")]
    networks: Annotated[list[str], Field(description="Where it may be used; empty: everywhere.")]
    expires_at: str | None
    last_used_at: Annotated[str | None, Field(description="To ten minutes.")]
    old_secret_until: Annotated[
        str | None, Field(description="How long the secret before the last rotation holds.")
    ]
    created_at: str
    url: str


class OauthClientMade(OauthClient):
    """An OAuth client with its secret, which is told this once; null where it has none."""

    secret: str | None


class OauthClientPage(Answer):
    """Some of the OAuth clients."""

    data: list[OauthClient]
    next: str | None


class Person(Answer):
    """A member of the merchant."""

    id: str
    username: str
    name: str
    email: str
    role: str
    scopes: Annotated[list[str], Field(description="What the role may.")]
    url: str


class PersonPage(Answer):
    """Some of the people."""

    data: list[Person]
    next: str | None
