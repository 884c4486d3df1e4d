"""Examples of calls and answers, told with the desk; a test holds them against what the API really answers."""

from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).with_name("examples.json")

EVALUATE: dict[str, Any] = {"choices": {"frame": "oak"}, "changes": {"width": 1600}, "quantity": 2}
WHY: dict[str, Any] = {"choices": {"frame": "oak"}, "option": "top", "value": "glass"}
COUNT: dict[str, Any] = {"choices": {"frame": "oak"}}
CREATE: dict[str, Any] = {"product": "desk", "choices": {"frame": "steel", "top": "glass"}, "quantity": 2}
CHANGE: dict[str, Any] = {"changes": {"width": 1600, "top": None}}
ACCEPT: dict[str, Any] = {
    "identity": "f790d1d6940135e97d1a",
    "reason": "Its message tells shoppers more.",
    "by": "maria",
}

CREATE_LIST: dict[str, Any] = {
    "key": "dealers",
    "name": {"default": "Dealers", "de": "Händler"},
    "currency": "EUR",
    "shows": "net",
    "channel": "dealers",
    "derived": {"of": "retail", "percent": -40},
}
KEEP_AMOUNTS: dict[str, Any] = {
    "rows": [
        {"product": "desk", "line": "base", "amount": "310.00", "valid_from": "2027-01-01T00:00:00+01:00"},
        {"product": "desk", "line": "top", "value": "granite", "amount": 240},
    ]
}

QUOTE: dict[str, Any] = {
    "product": "desk",
    "choices": {"frame": "steel", "top": "glass"},
    "quantity": 2,
    "country": "DE",
    "expires_in": 1_209_600,
}
# Shortened: real ones have some hundred characters.
VERIFY: dict[str, Any] = {"token": "eyJhbGciOiJFZERTQSIsInR5cCI6InF1b3RlK2p3dCIsImtpZCI6IuKApiJ9.eyLigKYifQ.4oCm"}

_answers: dict[str, Any] = orjson.loads(FILE.read_bytes()) if FILE.exists() else {}

PRODUCT_PAGE = _answers.get("listProducts")
PRODUCT = _answers.get("getProduct")
VERSION_PAGE = _answers.get("listVersions")
CHECK = _answers.get("checkProduct")
ACCEPTED = _answers.get("acceptFinding")
EVALUATION = _answers.get("evaluateProduct")
EXPLAINED = _answers.get("explainValue")
COUNTED = _answers.get("countConfigurations")
CONFIGURATION_PAGE = _answers.get("listConfigurations")
CONFIGURATION = _answers.get("createConfiguration")
CHANGED = _answers.get("changeChoices")
COMPLETED = _answers.get("completeConfiguration")
BOM = _answers.get("getBom")
PRICE_LIST_PAGE = _answers.get("listPriceLists")
PRICE_LIST = _answers.get("createPriceList")
AMOUNT_PAGE = _answers.get("listAmounts")
AMOUNTS_REPORT = _answers.get("keepAmounts")
PRICE = _answers.get("getPrice")
QUOTED = _answers.get("createQuote")
VERIFIED = _answers.get("verifyQuote")
