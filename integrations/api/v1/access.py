"""Who may call: API keys, OAuth clients and people, each given at most what the caller holds."""

from datetime import timedelta
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, Literal

import orjson
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from catalog.errors import KeyTaken
from catalog.models import Membership, Merchant
from catalog.roles import Role, scopes_of
from integrations.access import members, operations
from integrations.access.errors import KeyRefused
from integrations.access.models import ApiClient
from integrations.access.models import ApiKey as Key
from integrations.access.operations import ClientWish, Holder
from integrations.access.scopes import SCOPES
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_changed,
    answer_json,
    answer_tagged,
    operation,
    refuse_stale,
)
from integrations.api.pagination import PageQuery, answer_page
from integrations.api.reading import SAYS_SOMETHING, Body, Moment
from integrations.api.v1 import examples
from integrations.api.v1.shapes import access as shapes
from integrations.api.written import moment_text, tagged

type Name = Annotated[
    str, Field(pattern=SAYS_SOMETHING, max_length=100, description="What it is for; each once.")
]
type Scopes = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Field(max_length=len(SCOPES), description="What it may, such as catalog:read."),
]
type Networks = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Field(
        max_length=operations.MOST_NETWORKS,
        description="Addresses and ranges that it may be used from; empty: everywhere.",
    ),
]
type Expires = Annotated[Moment | None, Field(description="When it ends; never, without it.")]
type RoleName = Literal[
    "owner",
    "product_manager",
    "pricing_manager",
    "sales",
    "production",
    "integrator",
    "viewer",
]
LONGEST_OVERLAP = int(operations.LONGEST_OVERLAP.total_seconds())


class ApiKeyBody(Body):
    """What an API key is to be."""

    name: Name
    kind: Annotated[
        Literal["secret", "publishable"],
        Field(description="For servers, or for pages of the sites that it names."),
    ] = "secret"
    scopes: Scopes = Field(default_factory=list)
    networks: Networks = Field(default_factory=list)
    sites: Annotated[
        list[Annotated[str, Field(max_length=255)]],
        Field(
            max_length=operations.MOST_SITES,
            description="Of a publishable key: whose pages use it, such as https://shop.example.",
        ),
    ] = Field(default_factory=list)
    expires_at: Expires = None


class RotateBody(Body):
    """How long the old secret holds yet."""

    overlap_seconds: Annotated[
        int,
        Field(ge=0, le=LONGEST_OVERLAP, description="A week at most; 0: it ends at once."),
    ] = 24 * 3600


class ReplaceClientBody(Body):
    """What an OAuth client may, from where and until when."""

    name: Name
    scopes: Scopes
    redirect_uris: Annotated[
        list[Annotated[str, Field(max_length=500)]],
        Field(
            max_length=operations.MOST_REDIRECTS,
            description="Where people are sent back to who let it in; empty: it gets tokens for itself.",
        ),
    ] = Field(default_factory=list)
    networks: Networks = Field(default_factory=list)
    expires_at: Expires = None

    def wish(self, is_public: bool = False) -> ClientWish:
        """Return what is wished."""
        return ClientWish(
            self.name, self.scopes, self.redirect_uris, is_public, self.networks, self.expires_at
        )


class ClientBody(ReplaceClientBody):
    """What an OAuth client is to be."""

    is_public: Annotated[
        bool, Field(description="It runs where no secret can be kept; people let it in.")
    ] = False


class RoleBody(Body):
    """What a person may do."""

    role: Annotated[RoleName, Field(description="One role for the merchant.")]


class PersonBody(RoleBody):
    """Who becomes a member, and as what."""

    username: Annotated[
        str,
        Field(pattern=SAYS_SOMETHING, max_length=150, description="The account on this site."),
    ]


class ApiKeys(Endpoint):
    @operation(
        id="listApiKeys",
        scope="access:read",
        summary="List API keys",
        query=PageQuery,
        answers={200: shapes.ApiKeyPage},
        refusals=("not-found",),
        answer_example=examples.API_KEY_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the keys, revoked ones included, the oldest first."""
        merchant = call.caller.merchant
        rows = Key.objects.for_merchant(merchant).prefetch_related("sites").order_by("pk")
        if query.after:
            rows = rows.filter(pk__gt=operations.key_called(merchant, query.after).pk)
        return answer_page(
            call,
            query,
            list(rows[: query.limit + 1]),
            partial(_told_key, call),
            attrgetter("public_id"),
        )

    @operation(
        id="createApiKey",
        scope="access:write",
        summary="Make an API key",
        body=ApiKeyBody,
        answers={201: shapes.ApiKeyMade},
        tagged=True,
        refusals=("api-key-refused", "grant-refused", "key-taken"),
        request_example=examples.CREATE_API_KEY,
        answer_example=examples.API_KEY_MADE,
    )
    def post(self, call: Call, body: ApiKeyBody) -> HttpResponse:
        """Make a key with scopes that you have yourself; the answer alone has its secret.

        A publishable key names `sites` and takes no scopes or networks. Among valid keys a name is
        taken once: a call that is repeated without its Idempotency-Key is refused with 409
        `key-taken` and makes no second one. If the answer got lost, rotate the key.
        """
        merchant = call.caller.merchant
        with transaction.atomic():
            _lock(merchant)
            found = Key.objects.for_merchant(merchant).filter(name=body.name)
            _refuse_taken(any(each.state == "valid" for each in found))
            key, secret = _made(call, body)
        return _answer_made(call, _told_key(call, key), secret, 201)


class OneApiKey(Endpoint):
    @operation(
        id="getApiKey",
        scope="access:read",
        summary="Read an API key",
        answers={200: shapes.ApiKey},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.API_KEY,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a key without its secret."""
        return answer_tagged(call, *_tagged(_told_key(call, _key(call, id))))

    @operation(
        id="revokeApiKey",
        scope="access:write",
        summary="Revoke an API key",
        answers={200: shapes.ApiKey},
        tagged=True,
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.API_KEY_REVOKED,
    )
    def delete(self, call: Call, id: str) -> HttpResponse:
        """End a key with all its secrets; server processes may answer it for 15 seconds yet. It
        stays in the list.
        """
        with transaction.atomic():
            _lock(call.caller.merchant)
            key = _key(call, id)
            refuse_stale(call, _tagged(_told_key(call, key))[1])
            operations.revoke_api_key(key)
        return answer_changed(*_tagged(_told_key(call, key)))


class ApiKeyRotation(Endpoint):
    @operation(
        id="rotateApiKey",
        scope="access:write",
        summary="Rotate an API key",
        body=RotateBody,
        answers={200: shapes.ApiKeyMade},
        tagged=True,
        refusals=("not-found", "api-key-refused", "grant-refused", "changed-meanwhile"),
        headers=("If-Match",),
        request_example=examples.ROTATE,
        answer_example=examples.API_KEY_ROTATED,
    )
    def post(self, call: Call, id: str, body: RotateBody) -> HttpResponse:
        """Give a key a new secret, which the answer alone has; the old one holds for a day, or as
        long as you say.

        Of two old secrets the earlier one ends. Send an Idempotency-Key or `If-Match`, so that a
        repeated call does not rotate again.
        """
        with transaction.atomic():
            _lock(call.caller.merchant)
            key = _key(call, id)
            refuse_stale(call, _tagged(_told_key(call, key))[1])
            overlap = timedelta(seconds=body.overlap_seconds)
            secret = operations.rotate_api_key(key, overlap, _holder(call))
        return _answer_made(call, _told_key(call, _key(call, id)), secret, 200)


class OauthClients(Endpoint):
    @operation(
        id="listOauthClients",
        scope="access:read",
        summary="List OAuth clients",
        query=PageQuery,
        answers={200: shapes.OauthClientPage},
        refusals=("not-found",),
        answer_example=examples.OAUTH_CLIENT_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the programs that get tokens, the oldest first."""
        merchant = call.caller.merchant
        rows = ApiClient.objects.filter(merchant=merchant).order_by("pk")
        if query.after:
            rows = rows.filter(pk__gt=operations.client_called(merchant, query.after).pk)
        return answer_page(
            call,
            query,
            list(rows[: query.limit + 1]),
            partial(_told_client, call),
            attrgetter("public_id"),
        )

    @operation(
        id="createOauthClient",
        scope="access:write",
        summary="Register an OAuth client",
        body=ClientBody,
        answers={201: shapes.OauthClientMade},
        tagged=True,
        refusals=("api-key-refused", "grant-refused", "key-taken"),
        request_example=examples.CREATE_OAUTH_CLIENT,
        answer_example=examples.OAUTH_CLIENT_MADE,
    )
    def post(self, call: Call, body: ClientBody) -> HttpResponse:
        """Register a program with scopes that you have yourself; the answer alone has its secret.

        With `redirect_uris` people let it in, and it acts for them; without, it gets tokens for
        itself. A name is taken once: a repeated call is refused with 409 `key-taken`.
        """
        merchant = call.caller.merchant
        with transaction.atomic():
            _lock(merchant)
            _refuse_taken(ApiClient.objects.filter(merchant=merchant, name=body.name).exists())
            client, secret = operations.register_client(
                merchant, body.wish(body.is_public), _holder(call)
            )
        return _answer_made(call, _told_client(call, client), secret or None, 201)


class OneOauthClient(Endpoint):
    @operation(
        id="getOauthClient",
        scope="access:read",
        summary="Read an OAuth client",
        answers={200: shapes.OauthClient},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.OAUTH_CLIENT,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a client without its secret."""
        return answer_tagged(call, *_tagged(_told_client(call, _client(call, id))))

    @operation(
        id="replaceOauthClient",
        scope="access:write",
        summary="Replace an OAuth client",
        body=ReplaceClientBody,
        answers={200: shapes.OauthClient},
        tagged=True,
        refusals=(
            "not-found",
            "api-key-refused",
            "grant-refused",
            "key-taken",
            "changed-meanwhile",
        ),
        headers=("If-Match",),
        request_example=examples.REPLACE_OAUTH_CLIENT,
        answer_example=examples.OAUTH_CLIENT,
    )
    def put(self, call: Call, id: str, body: ReplaceClientBody) -> HttpResponse:
        """Set what a client may, from where and until when; tokens that are out have no more from
        then on.
        """
        with transaction.atomic():
            _lock(call.caller.merchant)
            client = _client(call, id)
            refuse_stale(call, _tagged(_told_client(call, client))[1])
            others = ApiClient.objects.filter(merchant=client.merchant, name=body.name)
            _refuse_taken(others.exclude(pk=client.pk).exists())
            operations.change_client(client, body.wish(), _holder(call))
        return answer_changed(*_tagged(_told_client(call, _client(call, id))))

    @operation(
        id="deleteOauthClient",
        scope="access:write",
        summary="Delete an OAuth client",
        answers={200: shapes.OauthClient},
        refusals=("not-found", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.OAUTH_CLIENT_DELETED,
    )
    def delete(self, call: Call, id: str) -> HttpResponse:
        """Take a client away with all its tokens and return it as it was; server processes may
        answer a token for 15 seconds yet.
        """
        with transaction.atomic():
            _lock(call.caller.merchant)
            client = _client(call, id)
            told = _told_client(call, client)
            refuse_stale(call, _tagged(told)[1])
            operations.remove_client(client)
        return answer_json(told)


class OauthClientRotation(Endpoint):
    @operation(
        id="rotateOauthClient",
        scope="access:write",
        summary="Rotate an OAuth client's secret",
        body=RotateBody,
        answers={200: shapes.OauthClientMade},
        tagged=True,
        refusals=("not-found", "api-key-refused", "grant-refused", "changed-meanwhile"),
        headers=("If-Match",),
        request_example=examples.ROTATE,
        answer_example=examples.OAUTH_CLIENT_ROTATED,
    )
    def post(self, call: Call, id: str, body: RotateBody) -> HttpResponse:
        """Give a client a new secret, which the answer alone has; the old one holds for a day, or
        as long as you say. Tokens that are out stay valid.
        """
        with transaction.atomic():
            _lock(call.caller.merchant)
            client = _client(call, id)
            refuse_stale(call, _tagged(_told_client(call, client))[1])
            overlap = timedelta(seconds=body.overlap_seconds)
            secret = operations.rotate_client(client, overlap, _holder(call))
        return _answer_made(call, _told_client(call, _client(call, id)), secret, 200)


class People(Endpoint):
    @operation(
        id="listPeople",
        scope="access:read",
        summary="List people",
        query=PageQuery,
        answers={200: shapes.PersonPage},
        refusals=("not-found",),
        answer_example=examples.PERSON_PAGE,
    )
    def get(self, call: Call, query: PageQuery) -> HttpResponse:
        """Return the merchant's members with their roles, the oldest first."""
        rows = members.members_of(call.caller.merchant)
        if query.after:
            rows = rows.filter(pk__gt=_person(call, query.after).pk)
        return answer_page(
            call,
            query,
            list(rows[: query.limit + 1]),
            partial(_told_person, call),
            attrgetter("pk"),
        )

    @operation(
        id="addPerson",
        scope="access:people",
        summary="Add a person",
        body=PersonBody,
        answers={201: shapes.Person},
        tagged=True,
        refusals=("malformed", "member-already", "grant-refused"),
        request_example=examples.ADD_PERSON,
        answer_example=examples.PERSON,
    )
    def post(self, call: Call, body: PersonBody) -> HttpResponse:
        """Make somebody with an account on this site a member, with a role that may no more than
        you. A repeated call is refused with 409 `member-already`.
        """
        row = members.add_member(
            call.caller.merchant, body.username, Role(body.role), _holder(call)
        )
        told = _told_person(call, row)
        return answer_changed(*_tagged(told), 201, Location=told["url"])


class OnePerson(Endpoint):
    @operation(
        id="getPerson",
        scope="access:read",
        summary="Read a person",
        answers={200: shapes.Person},
        tagged=True,
        refusals=("not-found",),
        answer_example=examples.PERSON,
    )
    def get(self, call: Call, id: str) -> HttpResponse:
        """Return a member and what their role may."""
        return answer_tagged(call, *_tagged(_told_person(call, _person(call, id))))

    @operation(
        id="changeRole",
        scope="access:people",
        summary="Change a person's role",
        body=RoleBody,
        answers={200: shapes.Person},
        tagged=True,
        refusals=("not-found", "last-owner", "grant-refused", "changed-meanwhile"),
        headers=("If-Match",),
        request_example=examples.CHANGE_ROLE,
        answer_example=examples.PERSON_CHANGED,
    )
    def put(self, call: Call, id: str, body: RoleBody) -> HttpResponse:
        """Give a member another role. The last owner stays an owner."""
        with transaction.atomic():
            _lock(call.caller.merchant)
            row = _person(call, id)
            refuse_stale(call, _tagged(_told_person(call, row))[1])
            row = members.change_role(row, Role(body.role), _holder(call))
        return answer_changed(*_tagged(_told_person(call, row)))

    @operation(
        id="removePerson",
        scope="access:people",
        summary="Remove a person",
        answers={200: shapes.Person},
        refusals=("not-found", "last-owner", "grant-refused", "changed-meanwhile"),
        headers=("If-Match",),
        answer_example=examples.PERSON_CHANGED,
    )
    def delete(self, call: Call, id: str) -> HttpResponse:
        """End a membership, and the tokens of that person for this merchant; return it as it was.
        The account stays, and so does the last owner.
        """
        with transaction.atomic():
            _lock(call.caller.merchant)
            row = _person(call, id)
            told = _told_person(call, row)
            refuse_stale(call, _tagged(told)[1])
            members.remove_member(row, _holder(call))
        return answer_json(told)


def _holder(call: Call) -> Holder:
    return Holder(call.caller.scopes, call.caller.networks)


def _lock(merchant: Merchant) -> None:
    """Have changes of who may call come one after the other, so that a repeated one sees the first."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def _refuse_taken(is_taken: bool) -> None:
    if is_taken:
        raise KeyTaken("Another one has this name. Choose another name, or rotate that one.")


def _key(call: Call, id: str) -> Key:
    return operations.key_called(call.caller.merchant, id)


def _client(call: Call, id: str) -> ApiClient:
    return operations.client_called(call.caller.merchant, id)


def _person(call: Call, id: str) -> Membership:
    return members.member_called(call.caller.merchant, id)


def _made(call: Call, body: ApiKeyBody) -> tuple[Key, str]:
    merchant, holder = call.caller.merchant, _holder(call)
    people = get_user_model()._default_manager
    maker: Any = people.filter(username=call.caller.person).first() if call.caller.person else None
    is_publishable = body.kind == "publishable"
    if is_publishable and (body.scopes or body.networks):
        raise KeyRefused(
            "A publishable key opens what shoppers may do, from everywhere; leave scopes and networks out."
        )
    if is_publishable:
        return operations.create_publishable_key(
            merchant, body.name, body.sites, body.expires_at, maker, holder
        )
    if body.sites:
        raise KeyRefused("Sites are of publishable keys; a secret key has networks.")
    return operations.create_api_key(
        merchant, body.name, body.scopes, body.expires_at, body.networks, maker, holder
    )


def _tagged(told: dict[str, Any]) -> tuple[bytes, str]:
    """Return what is told and its entity tag, which does not change when a credential is used."""
    body, _ = tagged(told)
    return body, tagged({name: each for name, each in told.items() if name != "last_used_at"})[1]


def _answer_made(call: Call, told: dict[str, Any], secret: str | None, status: int) -> HttpResponse:
    headers = {"Location": told["url"]} if status == 201 else {}
    answer = answer_changed(
        orjson.dumps({**told, "secret": secret}), _tagged(told)[1], status, **headers
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told_key(call: Call, key: Key) -> dict[str, Any]:
    return {
        "id": key.public_id,
        "name": key.name,
        "kind": str(key.kind),
        "prefix": key.prefix,
        "scopes": key.scopes,
        "networks": key.networks,
        "sites": [site.origin for site in key.sites.all()],
        "state": key.state,
        "expires_at": moment_text(key.expires_at),
        "revoked_at": moment_text(key.revoked_at),
        "last_used_at": moment_text(key.last_used_at),
        "old_secret_until": moment_text(key.old_until),
        "created_at": key.created_at.isoformat(),
        "url": call.address(reverse("api:api-key", kwargs={"id": key.public_id})),
    }


def _told_client(call: Call, client: ApiClient) -> dict[str, Any]:
    return {
        "id": client.public_id,
        "client_id": client.client_id,
        "name": client.name,
        "scopes": client.scopes,
        "redirect_uris": client.redirect_uris.split(),
        "is_public": client.client_type == ApiClient.CLIENT_PUBLIC,
        "networks": client.networks,
        "expires_at": moment_text(client.expires_at),
        "last_used_at": moment_text(client.last_used_at),
        "old_secret_until": moment_text(client.old_until),
        "created_at": client.created.isoformat(),
        "url": call.address(reverse("api:oauth-client", kwargs={"id": client.public_id})),
    }


def _told_person(call: Call, row: Membership) -> dict[str, Any]:
    user: Any = row.user
    held = scopes_of(row.role)
    return {
        "id": str(row.pk),
        "username": user.get_username(),
        "name": user.get_full_name(),
        "email": user.email,
        "role": row.role,
        "scopes": [scope for scope in SCOPES if scope in held],
        "url": call.address(reverse("api:person", kwargs={"id": str(row.pk)})),
    }
