"""Examples of calls and answers, told with the desk; a test holds them against what the API really
answers.
"""

from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).with_name("examples.json")

EVALUATE: dict[str, Any] = {"choices": {"frame": "oak"}, "changes": {"width": 1600}, "quantity": 2}
EVALUATE_PRINT: dict[str, Any] = {"choices": {"name": "For Ada"}, "format": "pdf"}
EVALUATE_SCENE: dict[str, Any] = {"choices": {"width": 900, "boards": 2, "wood": "ash"}}
SWEEP: dict[str, Any] = {"count": 3, "seed": 1}
WHY: dict[str, Any] = {"choices": {"frame": "oak"}, "option": "top", "value": "glass"}
COUNT: dict[str, Any] = {"choices": {"frame": "oak"}}
CREATE: dict[str, Any] = {
    "product": "desk",
    "choices": {"frame": "steel", "top": "glass"},
    "quantity": 2,
}
CHANGE: dict[str, Any] = {"changes": {"width": 1600, "top": None}}
AMEND: dict[str, Any] = {
    "reference": "SO-4711/10",
    "metadata": {"order": "SO-4711", "line": "10"},
    "customer": "C-1002",
    "country": "DE",
}
ACCEPT: dict[str, Any] = {
    "identity": "f790d1d6940135e97d1a",
    "reason": "Its message tells shoppers more.",
    "by": "maria",
}

RENAME: dict[str, Any] = {
    "kind": "value",
    "option": "top",
    "key": "glass",
    "to": "safety_glass",
    "dry_run": True,
}
DRAFT_LINK: dict[str, Any] = {"days": 14}

START_AGAIN: dict[str, Any] = {"preset": "studio"}
CHOOSE_REST: dict[str, Any] = {"complete": "cheapest"}
COPY: dict[str, Any] = {"metadata": {"order": "SO-4712"}}
MOVE: dict[str, Any] = {"dry_run": True}
ERASE: dict[str, Any] = {"customer": "C-1002", "by": "maria"}

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
        {
            "product": "desk",
            "line": "base",
            "amount": "310.00",
            "valid_from": "2027-01-01T00:00:00+01:00",
        },
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
VERIFY: dict[str, Any] = {
    "token": "eyJhbGciOiJFZERTQSIsInR5cCI6InF1b3RlK2p3dCIsImtpZCI6IuKApiJ9.eyLigKYifQ.4oCm"
}
KEEP_EXCHANGE_RATES: dict[str, Any] = {
    "rows": [
        {
            "currency": "EUR",
            "into": "CHF",
            "rate": 0.9412,
            "valid_from": "2027-01-01T00:00:00+01:00",
        },
        {"currency": "EUR", "into": "EUR", "rate": 1, "valid_from": "2027-01-01T00:00:00+01:00"},
    ]
}
KEEP_TAX_RATES: dict[str, Any] = {
    "rows": [
        {"country": "DE", "rate": 19, "label": {"default": "VAT", "de": "MwSt."}},
        {"country": "CA", "region": "ON", "rate": 13, "label": "HST"},
        {"country": "Canada", "rate": 5},
    ]
}
KEEP_CALENDAR: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "order_until": "14:00",
    "working_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "closed": [{"first": "2026-12-24", "last": "2027-01-01", "name": "Christmas"}],
}
CREATE_THRESHOLD: dict[str, Any] = {
    "key": "large_orders",
    "name": "Large orders",
    "measure": "total_over",
    "limit": 1000,
    "currency": "EUR",
    "product": "desk",
}
CREATE_WORKSHOP: dict[str, Any] = {
    "key": "panel_saw",
    "name": "Panel saw, hall 2",
    "settings": {
        "separator": ";",
        "bands": {"": {"name": "ABS 1", "thickness": 1.0}},
        "sheets": [{"length": 2800.0, "width": 2070.0}],
        "saw": {"kerf": 4.4, "trim": 10.0},
    },
}
KEEP_LIMITS: dict[str, Any] = {"greatest_discount": 15, "greatest_surcharge": 30}
OVERRIDE: dict[str, Any] = {
    "kind": "discount",
    "percent": 5,
    "reason": "The second desk for the same office.",
    "by": "maria",
}
CREATE_ENDPOINT: dict[str, Any] = {
    "name": "ERP",
    "url": "https://erp.example/in",
    "events": ["configuration.completed", "configuration.expired"],
    "products": ["desk"],
    "condition": "total > 1000",
    "headers": {"X-Api-Key": "9f86d081884c7d65"},
    "oauth": {
        "token_url": "https://id.example/token",
        "client_id": "configurator",
        "client_secret": "correct horse battery staple",
        "scope": "orders",
    },
    "payload": "full",
    "asymmetric": True,
}
RECOVER: dict[str, Any] = {"since": "2026-11-02T08:00:00+00:00"}
CREATE_AUTOMATION: dict[str, Any] = {
    "name": "Large orders",
    "event": "configuration.completed",
    "products": ["desk"],
    "condition": "total > 1000 and frame is steel",
    "steps": [
        {
            "kind": "approval",
            "settings": {
                "title": "Build {quantity} × {product}?",
                "instructions": "Is there steel for {quantity} frames?",
            },
        }
    ],
}
REPLACE_ASSET: dict[str, Any] = {
    "content": (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGM4sSALAAQGAdMmxumDAAAAAElFTkSu"
        "QmCC"
    ),
    "credit": "Joinery Larch",
    "licence": "own work",
}
UPLOAD_ASSET: dict[str, Any] = {"name": "tops/oak.png", **REPLACE_ASSET}
UPLOAD_FILE: dict[str, Any] = {
    "content": (
        "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyIDEiPjxwYXRoIGQ9"
        "Ik0wIDBoMnYxeiIgZmlsbD0iIzBiNmU0ZiIvPjwvc3ZnPg=="
    )
}
CREATE_STORAGE: dict[str, Any] = {
    "name": "Archive",
    "kind": "s3",
    "settings": {
        "endpoint": "https://s3.eu-central-1.amazonaws.com",
        "region": "eu-central-1",
        "bucket": "orders",
        "access_key": "AKIDEXAMPLE",
        "folder": "desks",
    },
    "secret": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
}
CREATE_API_KEY: dict[str, Any] = {
    "name": "ERP",
    "scopes": ["catalog:read", "configurator:evaluate"],
    "networks": ["203.0.113.0/24", "2001:db8::/32"],
}
ROTATE: dict[str, Any] = {"overlap_seconds": 3600}
REPLACE_OAUTH_CLIENT: dict[str, Any] = {
    "name": "Sales app",
    "scopes": ["catalog:read", "configurator:evaluate"],
    "redirect_uris": ["https://sales.example/callback"],
}
CREATE_OAUTH_CLIENT: dict[str, Any] = {**REPLACE_OAUTH_CLIENT, "is_public": False}
ADD_PERSON: dict[str, Any] = {"username": "olga", "role": "product_manager"}
CHANGE_ROLE: dict[str, Any] = {"role": "sales"}
REHEARSE: dict[str, Any] = {"event": "evt_Vb3kq0Zt9mRr2XyLw1sPdA"}
DECIDE: dict[str, Any] = {"by": "maria", "note": "There is steel."}

DEFINITION: dict[str, Any] = {
    "name": {"default": "Bench", "de": "Bank"},
    "locale": "en",
    "currency": "EUR",
    "steps": [{"key": "make", "label": "Make", "groups": [{"key": "looks", "label": "Looks"}]}],
    "options": [
        {
            "key": "wood",
            "label": "Wood",
            "group": "looks",
            "kind": "choice",
            "values": [{"key": "oak", "label": "Oak"}, {"key": "ash", "label": "Ash"}],
            "default": "ash",
        },
        {
            "key": "width",
            "label": "Width",
            "group": "looks",
            "kind": "number",
            "number": {"first": 900, "last": 1800, "step": 50, "unit": "mm"},
        },
    ],
    "rules": [
        {
            "key": "long_is_oak",
            "when": "width > 1500",
            "then": "wood == oak",
            "message": "A bench of more than 1500 mm is made of oak.",
        }
    ],
    "price_lines": [{"key": "base", "label": "Bench", "amount": 240}],
}
PART: dict[str, Any] = {
    "when": "width > 1600",
    "then": "wood == oak",
    "message": "A bench of more than 1600 mm is made of oak.",
}
VALUE: dict[str, Any] = {"label": "Walnut", "sku": "W-07"}
PUBLISH: dict[str, Any] = {
    "draft": "f5413486a95b90ba7911d336f8d2ff164ffc038d118c3cac0ee9b85465db0521",
    "note": "Glass is safety glass.",
}
IMPORT: dict[str, Any] = {
    "format": "uvl",
    "key": "bicycle",
    "files": [
        {
            "name": "bicycle.uvl",
            "content": "features\n\tBicycle\n\t\toptional\n\t\t\tLights\n\t\t\tRack\nconstraints\n\tRack => Lights\n",
        }
    ],
}
SETTINGS: dict[str, Any] = {
    "name": "Joinery",
    "sites": ["https://shop.example"],
    "languages": ["de"],
    "country": "DE",
    "colour": "#0b6e4f",
    "quote_terms": {"valid_days": 14, "most_days": 60, "open_days": 30},
}
RESTORE: dict[str, Any] = {"version": 1}
COPY_PRODUCT: dict[str, Any] = {"key": "garden_bench", "name": "Garden bench"}

_answers: dict[str, Any] = orjson.loads(FILE.read_bytes()) if FILE.exists() else {}


def answer_of(operation: str) -> Any:
    """Return what the operation answers; None while that was not written down yet."""
    return _answers.get(operation)


PRODUCT_PAGE = _answers.get("listProducts")
PRODUCT = _answers.get("getProduct")
VERSION_PAGE = _answers.get("listVersions")
CHECK = _answers.get("checkProduct")
ACCEPTED = _answers.get("acceptFinding")
SWEEP_BEGUN = _answers.get("sweepShapes")
SWEPT = _answers.get("getShapeSweep")
RENAMED = _answers.get("renameKey")
DRAFT_LINKED = _answers.get("createDraftLink")
EVALUATION = _answers.get("evaluateProduct")
EXPLAINED = _answers.get("explainValue")
COUNTED = _answers.get("countConfigurations")
CONFIGURATION_PAGE = _answers.get("listConfigurations")
CONFIGURATION = _answers.get("createConfiguration")
CONFIGURATION_READ = _answers.get("getConfiguration")
CHANGED = _answers.get("changeChoices")
AMENDED = _answers.get("amendConfiguration")
UNDONE = _answers.get("undoChange")
REDONE = _answers.get("redoChange")
STARTED = _answers.get("startAgain")
DELETED = _answers.get("deleteConfiguration")
REST_CHOSEN = _answers.get("chooseRest")
COPIED = _answers.get("copyConfiguration")
MOVED = _answers.get("moveToNewest")
ERASED = _answers.get("erasePersonalData")
ERASURE_PAGE = _answers.get("listErasures")
COMPARED = _answers.get("compareConfigurations")
COMPLETED = _answers.get("completeConfiguration")
SCENE = _answers.get("getScene")
EVALUATED_SCENE = _answers.get("evaluateScene")
WORKSHOP = _answers.get("createWorkshop")
WORKSHOP_READ = _answers.get("getWorkshop")
WORKSHOP_REPLACED = _answers.get("replaceWorkshop")
WORKSHOP_DELETED = _answers.get("deleteWorkshop")
WORKSHOP_PAGE = _answers.get("listWorkshops")
CUT_LIST = _answers.get("getCutList")
NESTING = _answers.get("getNesting")
BOM = _answers.get("getBom")
PRICE_LIST_PAGE = _answers.get("listPriceLists")
PRICE_LIST = _answers.get("createPriceList")
PRICE_LIST_READ = _answers.get("getPriceList")
PRICE_LIST_REPLACED = _answers.get("replacePriceList")
DEFAULT_PRICE_LIST = _answers.get("makeDefaultPriceList")
AMOUNT_PAGE = _answers.get("listAmounts")
AMOUNTS_REPORT = _answers.get("keepAmounts")
PRICE = _answers.get("getPrice")
PRODUCT_RETIRED = _answers.get("retireProduct")
PRODUCT_BACK = _answers.get("bringBackProduct")
QUOTED = _answers.get("createQuote")
VERIFIED = _answers.get("verifyQuote")
QUOTE_PAGE = _answers.get("listQuotes")
QUOTE_ACCEPTED = _answers.get("acceptQuote")
QUOTE_KEPT = _answers.get("getQuote")
EXCHANGE_RATE_PAGE = _answers.get("listExchangeRates")
EXCHANGE_RATES_REPORT = _answers.get("keepExchangeRates")
TAX_RATE_PAGE = _answers.get("listTaxRates")
TAX_RATES_REPORT = _answers.get("keepTaxRates")
CALENDAR = _answers.get("replaceCalendar")
THRESHOLD_PAGE = _answers.get("listPriceThresholds")
THRESHOLD = _answers.get("createPriceThreshold")
LIMITS = _answers.get("replacePriceLimits")
OVERRIDDEN = _answers.get("overridePrice")
REVOKED = _answers.get("revokeOverride")
ENDPOINT_PAGE = _answers.get("listWebhookEndpoints")
ENDPOINT_MADE = _answers.get("createWebhookEndpoint")
ENDPOINT = _answers.get("getWebhookEndpoint")
ENDPOINT_DISABLED = _answers.get("disableWebhookEndpoint")
SECRET = _answers.get("rotateWebhookSecret")
HEALTH = _answers.get("getWebhookHealth")
RECOVERED = _answers.get("recoverWebhookEndpoint")
DELIVERY_TEST = _answers.get("testWebhookEndpoint")
DELIVERY_PAGE = _answers.get("listWebhookDeliveries")
DELIVERY = _answers.get("getWebhookDelivery")
EVENT_PAGE = _answers.get("listEvents")
EVENT = _answers.get("getEvent")
EVENT_TYPES = _answers.get("listEventTypes")
AUTOMATION_PAGE = _answers.get("listAutomations")
AUTOMATION = _answers.get("createAutomation")
REHEARSAL = _answers.get("rehearseAutomation")
RUN_PAGE = _answers.get("listAutomationRuns")
RUN = _answers.get("getAutomationRun")
RUN_RETRIED = _answers.get("retryAutomationRun")
RUN_SKIPPED = _answers.get("skipAutomationStep")
RUN_CANCELLED = _answers.get("cancelAutomationRun")
APPROVAL_PAGE = _answers.get("listApprovals")
APPROVAL = _answers.get("getApproval")
APPROVED = _answers.get("approve")
REJECTED = _answers.get("reject")
ACTIONS = _answers.get("listAutomationActions")
ASSET_PAGE = _answers.get("listAssets")
UPLOAD = _answers.get("uploadFile")
ASSET = _answers.get("uploadAsset")
API_KEY_PAGE = _answers.get("listApiKeys")
API_KEY_MADE = _answers.get("createApiKey")
API_KEY = _answers.get("getApiKey")
API_KEY_ROTATED = _answers.get("rotateApiKey")
API_KEY_REVOKED = _answers.get("revokeApiKey")
OAUTH_CLIENT_PAGE = _answers.get("listOauthClients")
OAUTH_CLIENT_MADE = _answers.get("createOauthClient")
OAUTH_CLIENT = _answers.get("getOauthClient")
OAUTH_CLIENT_ROTATED = _answers.get("rotateOauthClient")
OAUTH_CLIENT_DELETED = _answers.get("deleteOauthClient")
PERSON_PAGE = _answers.get("listPeople")
PERSON = _answers.get("addPerson")
PERSON_CHANGED = _answers.get("changeRole")
STORAGE_PAGE = _answers.get("listStorages")
STORAGE = _answers.get("createStorage")
