"""A caller of the API for tests, and a shop to call it for."""

import re
import uuid
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse
from django.test import Client

from catalog.models import Merchant
from catalog.operations import publish
from catalog.product_model import ProductModel, Text
from integrations.access.operations import create_api_key
from integrations.access.scopes import SCOPES
from pricing.operations import import_product
from pricing.price_list import PriceList
from pricing.product_file import ProductFile
from tests.examples.desk import desk
from tests.factories import make_merchant
from tests.rows import put_once

RETAIL = PriceList(
    key="retail",
    name=Text("Retail", (("de", "Endkunden"),)),
    currency="EUR",
    tax_rate=Decimal(19),
    tax_label=Text("VAT"),
    is_default=True,
)
NEEDS_KEY = re.compile(r"quotes(/accept)?|assets|configurations/[^/]*/complete")
TRADE = PriceList(
    key="trade",
    name=Text("Trade"),
    currency="EUR",
    tax_rate=Decimal(19),
    tax_label=Text("VAT"),
    shows="net",
)


def make_shop(slug: str = "joinery", model: ProductModel | None = None) -> Merchant:
    """Return a saved merchant that sells the desk, or `model`, at a retail list (the default) and a
    trade list.
    """
    sold = model or desk()

    def made() -> Merchant:
        merchant = make_merchant(slug)
        publish(import_product(merchant, ProductFile(sold, (RETAIL, TRADE))))
        return merchant

    return put_once((slug, sold.digest), made)


def _makes_money_or_files(path: str, document: Any) -> bool:
    """Tell whether a call needs an Idempotency-Key."""
    is_whole = isinstance(document, dict) and document.get("complete") is True
    return bool(NEEDS_KEY.fullmatch(path)) or (path == "configurations" and is_whole)


class Api:
    """Calls the API with a key of `merchant` that has `scopes` (all, without any); `secret`
    replaces the key. Calls that need an Idempotency-Key have one of their own, and those
    that need the tag of what is there are sent again with it.
    """

    def __init__(
        self,
        merchant: Merchant | None,
        scopes: Collection[str] = tuple(SCOPES),
        secret: str | None = None,
    ) -> None:
        self.secret = secret
        if merchant is not None:
            _, self.secret = create_api_key(merchant, "Test", scopes)
        self.client = Client(raise_request_exception=False)

    def call(self, method: str, path: str, document: Any = None, **headers: str) -> HttpResponse:
        """Return the answer to a call; headers are named as in `If_Match`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST" and _makes_money_or_files(path, document):
            given.setdefault("Idempotency-Key", str(uuid.uuid4()))
        if self.secret is not None:
            given.setdefault("Authorization", f"Bearer {self.secret}")
        body = {}
        if document is not None:
            content = document if isinstance(document, bytes) else orjson.dumps(document)
            body = {"data": content, "content_type": given.pop("Content-Type", "application/json")}
        response: HttpResponse = self.client.generic(
            method, f"/api/v1/{path}", headers=given, **body
        )
        if response.status_code == 428 and "If-Match" not in given:
            return self.call(method, path, document, **headers, If_Match=response.headers["ETag"])
        return response

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, document: Any, **headers: str) -> HttpResponse:
        return self.call("POST", path, document, **headers)

    def patch(self, path: str, document: Any, **headers: str) -> HttpResponse:
        return self.call("PATCH", path, document, **headers)


def told(response: HttpResponse) -> Any:
    """Return the JSON document of an answer."""
    return orjson.loads(response.content)
