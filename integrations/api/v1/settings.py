"""A merchant's settings, and the keys that sign its quotes."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from pydantic import BeforeValidator, Field

from catalog.errors import Malformed, NotFound
from catalog.models import Merchant
from catalog.numbers import whole
from configurator.merchant_settings import Settings, keep_settings, settings_of
from configurator.models import MOST_VALID_DAYS, SigningKey
from configurator.quoting import signing_keys
from configurator.quoting.tokens import public_jwk
from integrations.api.endpoint import (
    Call,
    Endpoint,
    answer_changed,
    answer_json,
    answer_tagged,
    operation,
    refuse_stale,
)
from integrations.api.reading import Body, Locale
from integrations.api.v1 import examples
from integrations.api.v1.definitions import refuse_malformed
from integrations.api.v1.shapes import settings as shapes
from integrations.api.written import moment_text, tagged

type Days = Annotated[int, Field(ge=1, le=MOST_VALID_DAYS), BeforeValidator(whole)]


class QuoteTermsBody(Body):
    """For how many days prices hold."""

    valid_days: Annotated[
        Days, Field(description="Of a quote, where nobody asks for another time.")
    ] = 30
    most_days: Annotated[Days, Field(description="Of a quote, at most.")] = 90
    open_days: Annotated[
        Days,
        Field(description="Of a configuration that is open; then it has the prices of the day."),
    ] = 30


class SettingsBody(Body):
    """All that a merchant decides for its products; what is left out is taken away."""

    name: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^[^\x00-\x1f]*[^\x00-\x1f\s][^\x00-\x1f]*$",
            description="What people read.",
        ),
    ]
    sites: Annotated[
        list[Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f]+$")]],
        Field(
            max_length=200,
            description="Sites that may show the widget, such as https://shop.example, without a path.",
        ),
    ] = []
    languages: Annotated[
        list[Locale],
        Field(max_length=100, description="Languages that texts are translated to, such as de."),
    ] = []
    country: Annotated[
        str,
        Field(
            pattern="^([A-Z]{2})?$",
            description="Where the shop is, two capitals: how the widget writes money, numbers and days.",
        ),
    ] = ""
    colour: Annotated[
        str,
        Field(
            pattern="^(#[0-9a-fA-F]{6})?$",
            description="For buttons and marks in the widget, such as #0b6e4f.",
        ),
    ] = ""
    quote_terms: Annotated[QuoteTermsBody, Field(description="For how many days prices hold.")] = (
        QuoteTermsBody()
    )


class MerchantSettings(Endpoint):
    @operation(
        id="getSettings",
        scope="settings:read",
        summary="Read the settings",
        answers={200: shapes.Settings},
        tagged=True,
        answer_example=examples.answer_of("getSettings"),
    )
    def get(self, call: Call) -> HttpResponse:
        """Return what the merchant decided for all of its products."""
        return answer_tagged(call, *tagged(_told(_now(call))))

    @operation(
        id="replaceSettings",
        scope="settings:write",
        summary="Replace the settings",
        body=SettingsBody,
        answers={200: shapes.Settings},
        tagged=True,
        headers=("If-Match",),
        refusals=("changed-meanwhile",),
        request_example=examples.SETTINGS,
        answer_example=examples.answer_of("replaceSettings"),
    )
    def put(self, call: Call, body: SettingsBody) -> HttpResponse:
        """Set all of it; what is left out is taken away. Shops see it from the next request on."""
        wanted = Settings(
            body.name.strip(),
            body.sites,
            body.languages,
            body.country,
            body.colour,
            body.quote_terms.model_dump(),
        )
        with transaction.atomic():
            rows = Merchant.objects.select_for_update(no_key=True)
            refuse_stale(call, tagged(_told(rows.get(pk=call.caller.merchant.pk)))[1])
            try:
                row = keep_settings(call.caller.merchant, wanted)
            except Malformed as refusal:
                raise refuse_malformed(refusal) from None
            row = Merchant.objects.get(pk=row.pk)
        return answer_changed(*tagged(_told(row)))


class SigningKeys(Endpoint):
    @operation(
        id="listSigningKeys",
        scope="settings:read",
        summary="List signing keys",
        answers={200: shapes.SigningKeys},
        answer_example=examples.answer_of("listSigningKeys"),
    )
    def get(self, call: Call) -> HttpResponse:
        """Return the public part of every key that signs or signed quotes, the newest first.

        Whoever verifies quotes reads those that count at `/m/{merchant}/jwks.json`.
        """
        return answer_json({"data": _keys(call.caller.merchant)})


class SigningKeyRotation(Endpoint):
    @operation(
        id="rotateSigningKey",
        scope="settings:write",
        summary="Rotate the signing key",
        answers={200: shapes.SigningKey},
        answer_example=examples.answer_of("rotateSigningKey"),
    )
    def post(self, call: Call) -> HttpResponse:
        """Make the next signing key: it is published at once and signs an hour later.

        The old one stays published until everything it signed has expired. Safe to repeat: while a
        key waits for its time, that one is answered and none is made.
        """
        made = signing_keys.rotate_signing_key(call.caller.merchant)
        return answer_json(_key(call.caller.merchant, made.kid))


class SigningKeyWithdrawal(Endpoint):
    @operation(
        id="withdrawSigningKey",
        scope="settings:write",
        summary="Withdraw a signing key",
        answers={200: shapes.SigningKey},
        refusals=("not-found",),
        answer_example=examples.answer_of("withdrawSigningKey"),
    )
    def post(self, call: Call, kid: str) -> HttpResponse:
        """Withdraw a key that others may know: it is no longer published, and no quote that it signed
        counts any more.

        Where it was the one that signs, another is made. Safe to repeat.
        """
        merchant = call.caller.merchant
        key = SigningKey.objects.for_merchant(merchant).filter(kid=kid).first()
        if key is None:
            raise NotFound("There is no signing key of this id; list them to see which there are.")
        signing_keys.withdraw_signing_key(key)
        return answer_json(_key(merchant, kid))


def _now(call: Call) -> Merchant:
    return Merchant.objects.get(pk=call.caller.merchant.pk)


def _told(merchant: Merchant) -> dict[str, Any]:
    settings = settings_of(merchant)
    return {
        "merchant": merchant.slug,
        "name": settings.name,
        "sites": list(settings.sites),
        "languages": list(settings.locales),
        "country": settings.country,
        "colour": settings.accent,
        "quote_terms": dict(settings.terms),
    }


def _keys(merchant: Merchant) -> list[dict[str, Any]]:
    rows = list(SigningKey.objects.for_merchant(merchant).defer("sealed").order_by("-number"))
    states = signing_keys.states_of(rows, timezone.now())
    return [
        {
            "kid": row.kid,
            "state": states[row.pk],
            "signs_from": row.signs_from.isoformat(),
            "published_until": moment_text(signing_keys.published_until(row, rows)),
            "withdrawn_at": moment_text(row.withdrawn_at),
            "jwk": public_jwk(row.public, row.kid),
        }
        for row in rows
    ]


def _key(merchant: Merchant, kid: str) -> dict[str, Any]:
    return next(each for each in _keys(merchant) if each["kid"] == kid)
