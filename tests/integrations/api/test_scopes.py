"""Each operation × each scope, against this table."""

import pytest

from integrations.access.scopes import SCOPES
from tests.api import Api, make_shop, told
from tests.integrations.api.test_isolation import OPERATIONS, example_body, within

pytestmark = pytest.mark.database

TABLE = {
    "listProducts": "catalog:read",
    "getProduct": "catalog:read",
    "listVersions": "catalog:read",
    "countConfigurations": "catalog:check",
    "checkProduct": "catalog:check",
    "getCheck": "catalog:check",
    "acceptFinding": "catalog:check",
    "sweepShapes": "catalog:check",
    "getShapeSweep": "catalog:check",
    "renameKey": "catalog:write",
    "listAudit": "audit:read",
    "beginImport": "catalog:write",
    "getImport": "catalog:write",
    "getFeatureModel": "catalog:inspect",
    "getSettings": "settings:read",
    "replaceSettings": "settings:write",
    "listSigningKeys": "settings:read",
    "rotateSigningKey": "settings:write",
    "withdrawSigningKey": "settings:write",
    "listDefinitions": "catalog:inspect",
    "getDefinition": "catalog:inspect",
    "putDefinition": "catalog:write",
    "deleteDefinition": "catalog:write",
    "listParts": "catalog:inspect",
    "getPart": "catalog:inspect",
    "putPart": "catalog:write",
    "deletePart": "catalog:write",
    "listValues": "catalog:inspect",
    "getValue": "catalog:inspect",
    "putValue": "catalog:write",
    "deleteValue": "catalog:write",
    "copyProduct": "catalog:write",
    "publishProduct": "catalog:publish",
    "restoreVersion": "catalog:publish",
    "compareDefinitions": "catalog:inspect",
    "getVersion": "catalog:read",
    "getVersionDefinition": "catalog:inspect",
    "listAssets": "catalog:read",
    "getAsset": "catalog:read",
    "uploadAsset": "catalog:write",
    "uploadFile": "configurator:evaluate",
    "getAssetContent": "catalog:read",
    "replaceAsset": "catalog:write",
    "deleteAsset": "catalog:write",
    "createDraftLink": "catalog:write",
    "evaluateProduct": "configurator:evaluate",
    "listPriceLists": "pricing:read",
    "createPriceList": "pricing:write",
    "getPriceList": "pricing:read",
    "replacePriceList": "pricing:write",
    "makeDefaultPriceList": "pricing:write",
    "listAmounts": "pricing:read",
    "keepAmounts": "pricing:write",
    "listExchangeRates": "pricing:read",
    "keepExchangeRates": "pricing:write",
    "listTaxRates": "pricing:read",
    "keepTaxRates": "pricing:write",
    "getCalendar": "pricing:read",
    "replaceCalendar": "pricing:write",
    "deleteCalendar": "pricing:write",
    "listPriceThresholds": "pricing:read",
    "createPriceThreshold": "pricing:write",
    "getPriceThreshold": "pricing:read",
    "replacePriceThreshold": "pricing:write",
    "deletePriceThreshold": "pricing:write",
    "getPriceLimits": "pricing:read",
    "replacePriceLimits": "pricing:exceed",
    "overridePrice": "pricing:override",
    "revokeOverride": "pricing:override",
    "explainValue": "configurator:evaluate",
    "listConfigurations": "configurator:read",
    "createConfiguration": "configurator:write",
    "getConfiguration": "configurator:read",
    "changeChoices": "configurator:write",
    "amendConfiguration": "configurator:write",
    "erasePersonalData": "configurator:erase",
    "listErasures": "configurator:erase",
    "deleteConfiguration": "configurator:write",
    "undoChange": "configurator:write",
    "redoChange": "configurator:write",
    "startAgain": "configurator:write",
    "chooseRest": "configurator:write",
    "copyConfiguration": "configurator:write",
    "moveToNewest": "configurator:write",
    "compareConfigurations": "configurator:read",
    "completeConfiguration": "configurator:write",
    "getBom": "configurator:read",
    "getScene": "configurator:read",
    "listWorkshops": "production:read",
    "createWorkshop": "production:write",
    "getWorkshop": "production:read",
    "replaceWorkshop": "production:write",
    "deleteWorkshop": "production:write",
    "getCutList": "production:read",
    "getNesting": "production:read",
    "getProductionFile": "production:read",
    "getModel": "configurator:read",
    "getPicture": "configurator:read",
    "getPrint": "configurator:read",
    "evaluatePrint": "configurator:evaluate",
    "evaluateScene": "configurator:evaluate",
    "evaluateModel": "configurator:evaluate",
    "evaluatePicture": "configurator:evaluate",
    "getPrice": "configurator:read",
    "createQuote": "configurator:quote",
    "listWebhookEndpoints": "webhooks:read",
    "createWebhookEndpoint": "webhooks:write",
    "getWebhookEndpoint": "webhooks:read",
    "replaceWebhookEndpoint": "webhooks:write",
    "deleteWebhookEndpoint": "webhooks:write",
    "rotateWebhookSecret": "webhooks:write",
    "testWebhookEndpoint": "webhooks:write",
    "enableWebhookEndpoint": "webhooks:write",
    "disableWebhookEndpoint": "webhooks:write",
    "recoverWebhookEndpoint": "webhooks:write",
    "getWebhookHealth": "webhooks:read",
    "listWebhookDeliveries": "webhooks:read",
    "getWebhookDelivery": "webhooks:read",
    "redeliverWebhook": "webhooks:write",
    "listEvents": "webhooks:read",
    "getEvent": "webhooks:read",
    "listEventTypes": "webhooks:read",
    "listAutomations": "automations:read",
    "createAutomation": "automations:write",
    "getAutomation": "automations:read",
    "replaceAutomation": "automations:write",
    "deleteAutomation": "automations:write",
    "rehearseAutomation": "automations:read",
    "listAutomationRuns": "automations:read",
    "getAutomationRun": "automations:read",
    "retryAutomationRun": "automations:write",
    "skipAutomationStep": "automations:write",
    "cancelAutomationRun": "automations:write",
    "listApprovals": "automations:read",
    "getApproval": "automations:read",
    "approve": "automations:write",
    "reject": "automations:write",
    "listStorages": "automations:read",
    "createStorage": "automations:write",
    "getStorage": "automations:read",
    "replaceStorage": "automations:write",
    "deleteStorage": "automations:write",
    "listAutomationActions": "automations:read",
    "listApiKeys": "access:read",
    "createApiKey": "access:write",
    "getApiKey": "access:read",
    "revokeApiKey": "access:write",
    "rotateApiKey": "access:write",
    "listOauthClients": "access:read",
    "createOauthClient": "access:write",
    "getOauthClient": "access:read",
    "replaceOauthClient": "access:write",
    "deleteOauthClient": "access:write",
    "rotateOauthClient": "access:write",
    "listPeople": "access:read",
    "addPerson": "access:people",
    "getPerson": "access:read",
    "changeRole": "access:people",
    "removePerson": "access:people",
    "verifyQuote": "configurator:quote",
    "retireProduct": "catalog:write",
    "bringBackProduct": "catalog:write",
    "listQuotes": "configurator:quote",
    "acceptQuote": "configurator:quote",
    "getQuote": "configurator:quote",
}


def test_the_table_has_every_operation():
    assert {operation["operationId"] for _, _, operation in OPERATIONS} == TABLE.keys()


@pytest.mark.django_db
def test_an_operation_is_open_to_its_own_scope_and_to_no_other(settings):
    # All of these calls come from one address.
    settings.API_ADDRESS_REQUESTS = 0
    shop = make_shop()
    made = told(Api(shop).post("configurations", {"product": "desk", "choices": {}}))
    wrong = []
    for scope in SCOPES:
        api = Api(shop, [scope])
        for method, path, operation in OPERATIONS:
            address = within(path).replace("{key}", "desk").replace("{id}", made["id"])
            address = address.replace("{name}", "a.png")
            status = api.call(method, address, example_body(operation)).status_code
            if (status == 403) == (TABLE[operation["operationId"]] == scope):
                wrong.append((scope, operation["operationId"], status))

    assert wrong == []


@pytest.mark.django_db
def test_all_scopes_but_one_do_not_open_its_operations(settings):
    settings.API_ADDRESS_REQUESTS = 0
    shop = make_shop()
    for missing in SCOPES:
        api = Api(shop, [scope for scope in SCOPES if scope != missing])
        for method, path, operation in OPERATIONS:
            if TABLE[operation["operationId"]] == missing:
                address = within(path).replace("{key}", "desk").replace("{id}", "A" * 22)
                address = address.replace("{name}", "a.png")
                response = api.call(method, address, example_body(operation))
                assert (response.status_code, told(response)["scope"]) == (403, missing)
