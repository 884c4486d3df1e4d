"""Ask the API for the examples its document shows: `python -m
tests.integrations.api.write_examples` writes them.
"""

import json
import re
from typing import Any

from integrations.api.v1.examples import (
    ACCEPT,
    ADD_PERSON,
    AMEND,
    CHANGE,
    CHANGE_ROLE,
    CHOOSE_REST,
    COPY,
    COPY_PRODUCT,
    COUNT,
    CREATE,
    CREATE_API_KEY,
    CREATE_AUTOMATION,
    CREATE_ENDPOINT,
    CREATE_LIST,
    CREATE_OAUTH_CLIENT,
    CREATE_STORAGE,
    CREATE_THRESHOLD,
    CREATE_WORKSHOP,
    DECIDE,
    DEFINITION,
    DRAFT_LINK,
    ERASE,
    EVALUATE,
    EVALUATE_SCENE,
    FILE,
    IMPORT,
    KEEP_AMOUNTS,
    KEEP_CALENDAR,
    KEEP_EXCHANGE_RATES,
    KEEP_LIMITS,
    KEEP_TAX_RATES,
    MOVE,
    OVERRIDE,
    PART,
    PUBLISH,
    QUOTE,
    RECOVER,
    RENAME,
    REPLACE_ASSET,
    REPLACE_OAUTH_CLIENT,
    RESTORE,
    ROTATE,
    SETTINGS,
    START_AGAIN,
    SWEEP,
    UPLOAD_ASSET,
    UPLOAD_FILE,
    VALUE,
    VERIFY,
    WHY,
)

ID = "Vb3kq0Zt9mRr2XyLw1sPdA"
COPY_ID = "9mRr2XyLw1sPdAVb3kq0Zt"
CHECK_ID = "pWq0s3TnBv9KxYzE"
SITE = "https://configurator.example"
MOMENT = "2026-11-02T09:30:00+00:00"
DRAFT_TOKEN = "WyJqb2luZXJ5IiwiZGVzayIsMSwxNzk0ODIxNDAwLCJhNDFmMDJiYyJd.c1gQm3Vx8cQyR1uT0aZbKfWs2gE"
NEXT_KEY = "Wq0s3TnBv9KxYzEkPrKqmxVWaYVA9wwBF6Iuo3vVzz7"
QUOTE_ID = "m3Vx8cQyR1uT0aZbKfWs2g"
QUOTE_KEY = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
# MOMENT, and two weeks later.
QUOTE_SECONDS = {"iat": 1793611800, "nbf": 1793611800, "exp": 1794821400}
# Ids, secrets and durations, which are other ones each time.
FIXED = {
    r"whe_[\w-]{22}": "whe_9mRr2XyLw1sPdAVb3kq0Zt",
    r'"request_id": "req_\w+"': '"request_id": "req_5f0c2ab19d3e7746"',
    r'"x": "[\w-]{43}"': '"x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"',
    r'"id": \d+, "at"': '"id": 28, "at"',
    r'"id": "key:\d+"': '"id": "key:7"',
    r'"name": "Test \(cfg_sk_[^)]*\)"': '"name": "ERP (cfg_sk_Xy0Zt9)"',
    r"evt_[\w-]{22}": "evt_Vb3kq0Zt9mRr2XyLw1sPdA",
    r"sto_[\w-]{22}": "sto_Zt9mRr2XyLw1sPdAVb3kq0",
    r"aut_[\w-]{22}": "aut_sPdA9mRr2XyLw1Vb3kq0Zt",
    r"run_[\w-]{22}": "run_0Zt9mRr2XyLw1sPdAVb3kq",
    r"stp_[\w-]{22}": "stp_1sPdAVb3kq0Zt9mRr2XyLw",
    r"apr_[\w-]{22}": "apr_Xy0Zt9mRr2Lw1sPdAVb3kq",
    r'"quotes": \["[\w-]{22}"\]': f'"quotes": ["{QUOTE_ID}"]',
    r"after=[\w-]{22}": f"after={COPY_ID}",
    r'"milliseconds": \d+': '"milliseconds": 41',
    r"dlv_[\w-]{22}": "dlv_Lw1sPdAVb3kq0Zt9mRr2Xy",
    r"whpk_[\w+/=]{44}": "whpk_5kRtXyLw1sPdAVb3kq0Zt9mRr2XyLw1sPdAVb3kq0Zs=",
    r"whsec_[\w+/=]{44}": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
}
# Of keys, programs and people.
OF_ACCESS = {
    r'"id":"[\w-]{16}"': '"id":"Zt9mRr2XyLw1sPdA"',
    r"(api-keys|oauth-clients)/[\w-]{16}": r"\1/Zt9mRr2XyLw1sPdA",
    r"after=[\w-]{16}": "after=Zt9mRr2XyLw1sPdA",
    r'"id":"\d+"': '"id":"7"',
    r"people/\d+": "people/7",
    r"cfg_sk_[\w-]{43}": "cfg_sk_Vb3kq0…",
    r'"prefix":"[^"]+"': '"prefix":"cfg_sk_Vb3kq0"',
    r'"client_id":"\w+"': '"client_id":"9mRr2XyLw1sPdAVb3kq0Zt9mRr2XyLw1sPdAVb3k"',
    r'"secret":"\w{128}"': '"secret":"MfKQ9r8GKYqrTwjUPD8I…"',
    r'"last_used_at":"[^"]+"': '"last_used_at":null',
}
QUOTE_EXPIRES = "2026-11-16T09:30:00+00:00"


def examples() -> dict[str, Any]:
    """Return an answer of every operation, told with the desk; ids and times always the same."""
    from tests.api import Api, make_shop, told

    shop = make_shop()
    api = Api(shop)
    _say_something_twice(shop)
    answers = {
        "listProducts": api.get("products"),
        "getProduct": api.get("products/desk"),
        "listVersions": api.get("products/desk/versions"),
        "checkProduct": api.post("products/desk/checks", None),
        "evaluateProduct": api.post("products/desk/evaluate", EVALUATE),
        "explainValue": api.post("products/desk/why", WHY),
        "countConfigurations": api.post("products/desk/count", COUNT),
        "createConfiguration": api.post("configurations", CREATE),
    }
    made = told(answers["createConfiguration"])["id"]
    checked = told(answers["checkProduct"])["id"]
    answers["getCheck"] = api.get(f"products/desk/checks/{checked}")
    answers["acceptFinding"] = api.post("products/desk/accepted-findings", ACCEPT)
    answers["renameKey"] = api.post("products/desk/rename", RENAME)
    answers["createDraftLink"] = api.post("products/desk/draft-links", DRAFT_LINK)
    answers["changeChoices"] = api.patch(f"configurations/{made}/choices", CHANGE)
    answers["amendConfiguration"] = api.patch(f"configurations/{made}", AMEND)
    answers |= _revised(api, made)
    answers["createPriceThreshold"] = api.post("price-thresholds", CREATE_THRESHOLD)
    answers["replacePriceLimits"] = api.call("PUT", "price-limits", KEEP_LIMITS)
    answers["overridePrice"] = api.call("PUT", f"configurations/{made}/override", OVERRIDE)
    answers["revokeOverride"] = api.call("DELETE", f"configurations/{made}/override?by=maria")
    answers["completeConfiguration"] = api.post(f"configurations/{made}/complete", {})
    answers["getConfiguration"] = api.get(f"configurations/{made}")
    answers["getBom"] = api.get(f"configurations/{made}/bom")
    answers["getPrice"] = api.get(f"configurations/{made}/price")
    answers["createPriceList"] = api.post("price-lists", CREATE_LIST)
    answers["keepAmounts"] = api.post("price-lists/dealers/amounts", KEEP_AMOUNTS)
    answers["listAmounts"] = api.get("price-lists/dealers/amounts")
    answers["listPriceLists"] = api.get("price-lists")
    answers["getPriceList"] = api.get("price-lists/dealers")
    answers["replacePriceList"] = api.call(
        "PUT",
        "price-lists/dealers",
        {name: each for name, each in CREATE_LIST.items() if name != "key"},
    )
    answers["makeDefaultPriceList"] = api.call("PUT", "price-lists/retail/default")
    limited = {name: each for name, each in CREATE_THRESHOLD.items() if name != "key"}
    answers["listPriceThresholds"] = api.get("price-thresholds")
    answers["getPriceThreshold"] = api.get("price-thresholds/large_orders")
    answers["replacePriceThreshold"] = api.call("PUT", "price-thresholds/large_orders", limited)
    answers["deletePriceThreshold"] = api.call("DELETE", "price-thresholds/large_orders")
    answers["getPriceLimits"] = api.get("price-limits")
    answers["keepExchangeRates"] = api.post("exchange-rates", KEEP_EXCHANGE_RATES)
    answers["listExchangeRates"] = api.get("exchange-rates")
    answers["keepTaxRates"] = api.post("tax-rates", KEEP_TAX_RATES)
    answers["listTaxRates"] = api.get("tax-rates")
    answers["replaceCalendar"] = api.call("PUT", "calendar", KEEP_CALENDAR)
    answers["getCalendar"] = api.get("calendar")
    answers["deleteCalendar"] = api.call("DELETE", "calendar")
    answers["createWorkshop"] = api.post("workshops", CREATE_WORKSHOP)
    answers["listWorkshops"] = api.get("workshops")
    answers["getWorkshop"] = api.get("workshops/panel_saw")
    answers["replaceWorkshop"] = api.call(
        "PUT",
        "workshops/panel_saw",
        {name: each for name, each in CREATE_WORKSHOP.items() if name != "key"},
    )
    answers["listConfigurations"] = api.get("configurations")
    answers["createQuote"] = api.post("quotes", QUOTE)
    _raise_price(shop)
    answers["verifyQuote"] = api.post(
        "quotes/verify", {"token": told(answers["createQuote"])["token"]}
    )
    answers |= _of_scenes(shop, api)
    answers["acceptQuote"] = api.post(
        "quotes/accept", {"token": told(answers["createQuote"])["token"]}
    )
    jti = told(answers["acceptQuote"])["id"]
    answers["listQuotes"] = api.get("quotes?limit=1")
    answers["getQuote"] = api.get(f"quotes/{jti}")
    answers |= _of_webhooks(shop, api)
    answers |= _of_automations(shop, api)
    answers |= _of_definitions(api)
    answers |= _of_access(api)
    answers["erasePersonalData"] = api.post("erasures", ERASE)
    answers["listErasures"] = api.get("erasures?limit=1")
    answers["retireProduct"] = api.post("products/desk/retire", None)
    answers["bringBackProduct"] = api.post("products/desk/bring-back", None)
    refused = {
        name: answer.content for name, answer in answers.items() if answer.status_code >= 400
    }
    if refused:
        raise AssertionError(refused)
    text = json.dumps({name: told(answer) for name, answer in answers.items()})
    text = text.replace(made, ID).replace(checked, CHECK_ID).replace("http://testserver", SITE)
    for pattern, fixed in FIXED.items():
        text = re.sub(pattern, fixed, text)
    text = re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", VERIFY["token"], text)
    text = text.replace(told(answers["createQuote"])["key"], QUOTE_KEY).replace(
        "http://localhost:8000/m/", f"{SITE}/m/"
    )
    text = re.sub(r"/draft/[\w.-]+/", f"/draft/{DRAFT_TOKEN}/", text)
    text = re.sub(r'"jti": "[\w-]+"', f'"jti": "{QUOTE_ID}"', text)
    text = text.replace(jti, QUOTE_ID)
    for name, seconds in QUOTE_SECONDS.items():
        text = re.sub(rf'"{name}": \d+', f'"{name}": {seconds}', text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", MOMENT, text)
    # How far a check had come is told only where it took long.
    text = re.sub(
        r'"stage": "[^"]*", "done": \d+, "total": \d+', '"stage": "", "done": 0, "total": 0', text
    )
    text = text.replace(f'"expires_at": "{MOMENT}"', f'"expires_at": "{QUOTE_EXPIRES}"')
    document: dict[str, Any] = json.loads(text)
    return document


def _revised(api: Any, made: str) -> dict[str, Any]:
    """Return the answers about a copy of a configuration, which is changed and deleted."""
    from tests.api import told

    found = {"copyConfiguration": api.post(f"configurations/{made}/copy", COPY)}
    copy = told(found["copyConfiguration"])["id"]
    found["startAgain"] = api.post(f"configurations/{copy}/start-again", START_AGAIN)
    found["compareConfigurations"] = api.get(f"configurations/{made}/compare/{copy}")
    found["undoChange"] = api.post(f"configurations/{copy}/undo", None)
    found["redoChange"] = api.post(f"configurations/{copy}/redo", None)
    found["chooseRest"] = api.post(f"configurations/{copy}/auto-complete", CHOOSE_REST)
    found["moveToNewest"] = api.post(f"configurations/{copy}/move-to-newest", MOVE)
    found["deleteConfiguration"] = api.call("DELETE", f"configurations/{copy}")
    for answer in found.values():
        answer.content = answer.content.replace(copy.encode(), COPY_ID.encode())
    return found


def _of_definitions(api: Any) -> dict[str, Any]:
    """Return the answers about a bench, from its first draft to a version that is restored."""
    from catalog.jobs.worker import work_off
    from tests.api import told

    bench = "products/bench"
    rule = f"{bench}/definition/rules/long_is_oak"
    value = f"{bench}/definition/options/wood/values/walnut"
    found = {"putDefinition": api.call("PUT", f"{bench}/definition", DEFINITION)}
    found["getDefinition"] = api.get(f"{bench}/definition")
    found["listDefinitions"] = api.get("definitions?limit=1")
    digest = told(found["putDefinition"])["draft"]
    found["publishProduct"] = api.post(f"{bench}/publish", {**PUBLISH, "draft": digest})
    found["getVersion"] = api.get(f"{bench}/versions/1")
    found["getVersionDefinition"] = api.get(f"{bench}/versions/1/definition")
    found["putPart"] = api.call("PUT", rule, PART)
    found["getPart"] = api.get(rule)
    found["listParts"] = api.get(f"{bench}/definition/rules")
    found["putValue"] = api.call("PUT", value, VALUE)
    found["getValue"] = api.get(value)
    found["listValues"] = api.get(f"{bench}/definition/options/wood/values")
    found["compareDefinitions"] = api.get(f"{bench}/differences")
    found["deleteValue"] = api.call("DELETE", value)
    found["deletePart"] = api.call("DELETE", rule)
    found["restoreVersion"] = api.post(f"{bench}/restore", RESTORE)
    found["replaceSettings"] = api.call("PUT", "settings", SETTINGS)
    found["getSettings"] = api.get("settings")
    found["rotateSigningKey"] = api.post("signing-keys/rotate", None)
    kid = told(found["rotateSigningKey"])["kid"]
    found["listSigningKeys"] = api.get("signing-keys")
    found["withdrawSigningKey"] = api.post(f"signing-keys/{kid}/withdraw", None)
    for answer in found.values():
        answer.content = answer.content.replace(kid.encode(), NEXT_KEY.encode())
    found["beginImport"] = api.post("imports", IMPORT)
    begun = told(found["beginImport"])["id"]
    work_off()
    found["getImport"] = api.get(f"imports/{begun}")
    for answer in found.values():
        answer.content = answer.content.replace(begun.encode(), ID.encode())
    found["listAudit"] = api.get("audit?object=product/bench&limit=2")
    found["copyProduct"] = api.post(f"{bench}/copy", COPY_PRODUCT)
    found["deleteDefinition"] = api.call("DELETE", f"products/{COPY_PRODUCT['key']}/definition")
    return found


def _of_access(api: Any) -> dict[str, Any]:
    """Return the answers about a key, a program and a person."""
    from tests.api import told
    from tests.factories import make_user

    make_user("olga")
    found = {"createApiKey": api.post("api-keys", CREATE_API_KEY)}
    key = told(found["createApiKey"])["id"]
    found["getApiKey"] = api.get(f"api-keys/{key}")
    found["listApiKeys"] = api.get("api-keys?limit=1")
    found["rotateApiKey"] = api.post(f"api-keys/{key}/rotate", ROTATE)
    found["revokeApiKey"] = api.call("DELETE", f"api-keys/{key}")
    found["createOauthClient"] = api.post("oauth-clients", CREATE_OAUTH_CLIENT)
    client = f"oauth-clients/{told(found['createOauthClient'])['id']}"
    found["getOauthClient"] = api.get(client)
    found["replaceOauthClient"] = api.call("PUT", client, REPLACE_OAUTH_CLIENT)
    found["listOauthClients"] = api.get("oauth-clients")
    found["rotateOauthClient"] = api.post(f"{client}/rotate", ROTATE)
    found["deleteOauthClient"] = api.call("DELETE", client)
    found["addPerson"] = api.post("people", ADD_PERSON)
    person = f"people/{told(found['addPerson'])['id']}"
    found["getPerson"] = api.get(person)
    found["listPeople"] = api.get("people")
    found["changeRole"] = api.call("PUT", person, CHANGE_ROLE)
    found["removePerson"] = api.call("DELETE", person)
    for answer in found.values():
        text = answer.content.decode()
        for pattern, fixed in OF_ACCESS.items():
            text = re.sub(pattern, fixed, text)
        answer.content = text.encode()
    return found


def _of_scenes(shop: Any, api: Any) -> dict[str, Any]:
    """Return the answers about a shelf, which has shapes."""
    from catalog import drafts, operations
    from tests.api import told
    from tests.configurator.geometry.shelves import shelf

    operations.publish(drafts.write(shop, shelf()))
    made = told(api.post("configurations", {"product": "shelf", **EVALUATE_SCENE}))["id"]
    scene = api.get(f"configurations/{made}/scene")
    cut_list = api.get(f"configurations/{made}/cut-list?workshop=panel_saw")
    nesting = api.get(f"configurations/{made}/nesting?workshop=panel_saw")
    deleted = api.call("DELETE", "workshops/panel_saw")
    for answer in (scene, cut_list, nesting):
        answer.content = answer.content.replace(made.encode(), ID.encode())
    return {
        "getCutList": cut_list,
        "getNesting": nesting,
        "deleteWorkshop": deleted,
        "evaluateScene": api.post("products/shelf/scene", EVALUATE_SCENE),
        "getScene": scene,
        **_swept(api),
    }


def _swept(api: Any) -> dict[str, Any]:
    """Return a sweep as it begins and its report; how long it took is another each time."""
    from configurator.models import ShapeSweep
    from configurator.sweeping import sweep_waiting
    from tests.api import told

    first = api.post("products/shelf/shape-sweeps", SWEEP)
    begun = told(first)["id"]
    first.content = first.content.replace(begun.encode(), ID.encode())
    sweep_waiting.call(ShapeSweep.objects.get(public_id=begun).pk)
    answer = api.get(f"products/shelf/shape-sweeps/{begun}")
    document = told(answer)
    (spent,) = [each for each in document["extremes"] if each["measure"] == "milliseconds"]
    width = document["extremes"][0]
    spent |= {"least": 3.2, "most": 9.6}
    spent |= {end: width[end] for end in ("least_of", "most_of")}
    document["id"] = ID
    answer.content = json.dumps(document).encode()
    return {"sweepShapes": first, "getShapeSweep": answer}


def _of_webhooks(shop: Any, api: Any) -> dict[str, Any]:
    """Return the answers about an endpoint that was sent a test."""
    from integrations.webhooks.delivery import Outcome, keep
    from integrations.webhooks.models import Delivery
    from tests.api import told

    found = {"createWebhookEndpoint": api.post("webhook-endpoints", CREATE_ENDPOINT)}
    endpoint = f"webhook-endpoints/{told(found['createWebhookEndpoint'])['id']}"
    found["listWebhookEndpoints"] = api.get("webhook-endpoints")
    found["replaceWebhookEndpoint"] = api.call("PUT", endpoint, CREATE_ENDPOINT)
    found["getWebhookEndpoint"] = api.get(endpoint)
    found["rotateWebhookSecret"] = api.post(f"{endpoint}/rotate-secret", None)
    found["testWebhookEndpoint"] = api.post(f"{endpoint}/test", None)
    keep(Delivery.objects.get(), Outcome(503, "It answered 503.", 41, "Back in a minute.", "60"))
    delivery = f"deliveries/{told(found['testWebhookEndpoint'])['id']}"
    event = f"events/{told(found['testWebhookEndpoint'])['event']}"
    found["getWebhookHealth"] = api.get(f"{endpoint}/health")
    found["listWebhookDeliveries"] = api.get(f"{endpoint}/deliveries")
    found["getWebhookDelivery"] = api.get(delivery)
    found["redeliverWebhook"] = api.post(f"{delivery}/redeliver", None)
    found["recoverWebhookEndpoint"] = api.post(f"{endpoint}/recover", RECOVER)
    found["listEvents"] = api.get("events")
    found["getEvent"] = api.get(event)
    found["listEventTypes"] = api.get("event-types")
    found["disableWebhookEndpoint"] = api.post(f"{endpoint}/disable", None)
    found["enableWebhookEndpoint"] = api.post(f"{endpoint}/enable", None)
    found["deleteWebhookEndpoint"] = api.call("DELETE", endpoint)
    return found


def _of_automations(shop: Any, api: Any) -> dict[str, Any]:
    """Return the answers about an automation that asked somebody twice."""
    from catalog.jobs.worker import work_off
    from integrations.automations.models import Approval
    from tests.api import told

    found = {"createAutomation": api.post("automations", CREATE_AUTOMATION)}
    automation = f"automations/{told(found['createAutomation'])['id']}"
    found["listAutomations"] = api.get("automations")
    found["replaceAutomation"] = api.call("PUT", automation, CREATE_AUTOMATION)
    found["getAutomation"] = api.get(automation)
    found["uploadFile"] = api.post("uploads", UPLOAD_FILE)
    found["uploadAsset"] = api.post("assets", UPLOAD_ASSET)
    found["replaceAsset"] = api.call("PUT", "assets/tops/oak.png", REPLACE_ASSET)
    found["getAsset"] = api.get("assets/tops/oak.png")
    found["listAssets"] = api.get("assets")
    found["deleteAsset"] = api.call("DELETE", "assets/tops/oak.png")
    found["createStorage"] = api.post("storages", CREATE_STORAGE)
    storage = f"storages/{told(found['createStorage'])['id']}"
    found["listStorages"] = api.get("storages")
    found["replaceStorage"] = api.call("PUT", storage, CREATE_STORAGE)
    found["getStorage"] = api.get(storage)
    found["deleteStorage"] = api.call("DELETE", storage)
    found["listAutomationActions"] = api.get("automation-actions")
    for _ in range(2):
        made = told(api.post("configurations", {**CREATE, "complete": True}))
    work_off()
    event = told(api.get("events?type=configuration.completed"))["data"][0]["id"]
    found["rehearseAutomation"] = api.post(f"{automation}/rehearse", {"event": event})
    found["listAutomationRuns"] = api.get(f"{automation}/runs?limit=1")
    first, second = Approval.objects.order_by("pk")
    run = f"automation-runs/{first.step.run.public_id}"
    found["getAutomationRun"] = api.get(run)
    found["listApprovals"] = api.get("approvals?limit=1")
    found["getApproval"] = api.get(f"approvals/{first.public_id}")
    found["reject"] = api.post(f"approvals/{second.public_id}/reject", DECIDE)
    found["approve"] = api.post(f"approvals/{first.public_id}/approve", DECIDE)
    found["retryAutomationRun"] = api.post(f"{run}/retry", None)
    found["skipAutomationStep"] = api.post(f"{run}/skip", None)
    found["cancelAutomationRun"] = api.post(f"{run}/cancel", None)
    found["deleteAutomation"] = api.call("DELETE", automation)
    assert made["state"] == "completed"
    return found


def _say_something_twice(shop: Any) -> None:
    """Give the draft of the desk a rule that says what another says: something to find."""
    rule = shop.products.get(key="desk").rules.get(key="wide_oak_frame")
    rule.pk, rule.key = None, "wide_oak_frame_again"
    rule.save()


def _raise_price(shop: Any) -> None:
    """Keep a dearer base of the desk in the retail list from now on."""
    from pricing.grid import keep_amounts

    keep_amounts(
        shop, [{"price_list": "retail", "product": "desk", "line": "base", "amount": "420.00"}]
    )


def write() -> None:
    """Write the examples beside the code that shows them."""
    import django
    from django.test.runner import DiscoverRunner

    django.setup()
    runner = DiscoverRunner(verbosity=0)
    databases = runner.setup_databases()
    try:
        FILE.write_text(json.dumps(examples(), indent=1, ensure_ascii=False) + "\n")
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    write()
