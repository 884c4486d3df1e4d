"""The addresses of version 1."""

from django.urls import path, register_converter

from integrations.api.v1 import (
    access,
    assets,
    audit,
    automations,
    checks,
    configurations,
    definitions,
    drafts,
    erasures,
    imports,
    pictures,
    price_lists,
    price_rules,
    prints,
    production,
    products,
    quotes,
    rates,
    revising,
    scenes,
    settings,
    storages,
    sweeps,
    uploads,
    versions,
    webhooks,
)


class ProductKey:
    """A product's key in an address."""

    regex = "[a-z0-9][a-z0-9_-]{0,62}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PublicId(ProductKey):
    """The id of a configuration in an address."""

    regex = "[A-Za-z0-9_-]{1,32}"


class AssetName(ProductKey):
    """The name of an asset in an address, with its folders."""

    regex = r"\w[\w.-]*(?:/\w[\w.-]*)*"


class PartKey(ProductKey):
    """The key of a part of a definition in an address, or of the list it stands in."""

    regex = "[a-z][a-z0-9_]{0,62}"


class Number(ProductKey):
    """The number of a version in an address."""

    regex = "[1-9][0-9]{0,8}"


register_converter(ProductKey, "product_key")


class SigningKeyId(ProductKey):
    """The id of a signing key in an address."""

    regex = "[A-Za-z0-9_-]{43}"


register_converter(Number, "version_number")
register_converter(SigningKeyId, "signing_key")
register_converter(PartKey, "part_key")
register_converter(AssetName, "asset_name")
register_converter(PublicId, "public_id")

urlpatterns = [
    # Asked far more often than all others: addresses are tried in this order.
    path("products/<product_key:key>/evaluate", products.Evaluate.as_view(), name="evaluate"),
    path("products", products.Products.as_view(), name="products"),
    path("products/<product_key:key>", products.Product.as_view(), name="product"),
    path(
        "products/<product_key:key>/definition",
        definitions.Definition.as_view(),
        name="definition",
    ),
    path(
        "products/<product_key:key>/definition/<part_key:part>",
        definitions.Parts.as_view(),
        name="parts",
    ),
    path(
        "products/<product_key:key>/definition/<part_key:part>/<part_key:member>",
        definitions.Part.as_view(),
        name="part",
    ),
    path(
        "products/<product_key:key>/definition/options/<part_key:member>/values",
        definitions.Values.as_view(),
        name="values",
    ),
    path(
        "products/<product_key:key>/definition/options/<part_key:member>/values/<part_key:value>",
        definitions.Value.as_view(),
        name="value",
    ),
    path("definitions", definitions.Definitions.as_view(), name="definitions"),
    path("products/<product_key:key>/publish", versions.Publishing.as_view(), name="publish"),
    path("products/<product_key:key>/restore", versions.Restoring.as_view(), name="restore"),
    path(
        "products/<product_key:key>/differences",
        versions.Differences.as_view(),
        name="differences",
    ),
    path(
        "products/<product_key:key>/versions/<version_number:number>",
        versions.OneVersion.as_view(),
        name="version",
    ),
    path(
        "products/<product_key:key>/versions/<version_number:number>/definition",
        versions.VersionDefinition.as_view(),
        name="version-definition",
    ),
    path("products/<product_key:key>/copy", definitions.ProductCopy.as_view(), name="copy"),
    path("products/<product_key:key>/versions", products.Versions.as_view(), name="versions"),
    path("products/<product_key:key>/scene", scenes.ProductScene.as_view(), name="product-scene"),
    path(
        "products/<product_key:key>/model.glb", scenes.ProductModel.as_view(), name="product-model"
    ),
    path(
        "products/<product_key:key>/pictures/<slug:view>",
        pictures.ProductPicture.as_view(),
        name="product-picture",
    ),
    path(
        "products/<product_key:key>/prints/<slug:print>",
        prints.ProductPrint.as_view(),
        name="product-print",
    ),
    path("uploads", uploads.Uploads.as_view(), name="uploads"),
    path("price-lists", price_lists.PriceLists.as_view(), name="price-lists"),
    path("price-lists/<product_key:key>", price_lists.PriceList.as_view(), name="price-list"),
    path(
        "price-lists/<product_key:key>/default",
        price_lists.PriceListDefault.as_view(),
        name="price-list-default",
    ),
    path(
        "price-lists/<product_key:key>/amounts",
        price_lists.PriceListAmounts.as_view(),
        name="amounts",
    ),
    path("exchange-rates", rates.ExchangeRates.as_view(), name="exchange-rates"),
    path("tax-rates", rates.TaxRates.as_view(), name="tax-rates"),
    path("calendar", rates.Calendar.as_view(), name="calendar"),
    path("price-thresholds", price_rules.PriceThresholds.as_view(), name="price-thresholds"),
    path(
        "price-thresholds/<product_key:key>",
        price_rules.PriceThreshold.as_view(),
        name="price-threshold",
    ),
    path("price-limits", price_rules.PriceLimits.as_view(), name="price-limits"),
    path("products/<product_key:key>/why", products.Why.as_view(), name="why"),
    path("products/<product_key:key>/count", products.Count.as_view(), name="count"),
    path("products/<product_key:key>/checks", checks.Checks.as_view(), name="checks"),
    path("products/<product_key:key>/checks/<public_id:id>", checks.Check.as_view(), name="check"),
    path(
        "products/<product_key:key>/shape-sweeps",
        sweeps.ShapeSweeps.as_view(),
        name="shape-sweeps",
    ),
    path(
        "products/<product_key:key>/shape-sweeps/<public_id:id>",
        sweeps.ShapeSweepRead.as_view(),
        name="shape-sweep",
    ),
    path(
        "products/<product_key:key>/accepted-findings",
        checks.AcceptedFindings.as_view(),
        name="accepted-findings",
    ),
    path("products/<product_key:key>/rename", drafts.Renames.as_view(), name="rename"),
    path("products/<product_key:key>/retire", drafts.ProductRetired.as_view(), name="retire"),
    path(
        "products/<product_key:key>/bring-back",
        drafts.ProductBroughtBack.as_view(),
        name="bring-back",
    ),
    path("products/<product_key:key>/draft-links", drafts.DraftLinks.as_view(), name="draft-links"),
    path("workshops", production.Workshops.as_view(), name="workshops"),
    path("workshops/<product_key:key>", production.Workshop.as_view(), name="workshop"),
    path("configurations", configurations.Configurations.as_view(), name="configurations"),
    path(
        "configurations/<public_id:id>",
        configurations.Configuration.as_view(),
        name="configuration",
    ),
    path(
        "configurations/<public_id:id>/cut-list",
        production.CutList.as_view(),
        name="cut-list",
    ),
    path(
        "configurations/<public_id:id>/nesting",
        production.ConfigurationNesting.as_view(),
        name="nesting",
    ),
    path(
        "configurations/<public_id:id>/production-files/<str:file>",
        production.ProductionFile.as_view(),
        name="production-file",
    ),
    path(
        "configurations/<public_id:id>/choices",
        configurations.ConfigurationChoices.as_view(),
        name="choices",
    ),
    path("configurations/<public_id:id>/undo", revising.ConfigurationUndo.as_view(), name="undo"),
    path("configurations/<public_id:id>/redo", revising.ConfigurationRedo.as_view(), name="redo"),
    path(
        "configurations/<public_id:id>/start-again",
        revising.ConfigurationStart.as_view(),
        name="start-again",
    ),
    path(
        "configurations/<public_id:id>/auto-complete",
        revising.ConfigurationRest.as_view(),
        name="auto-complete",
    ),
    path("configurations/<public_id:id>/copy", revising.ConfigurationCopy.as_view(), name="copy"),
    path(
        "configurations/<public_id:id>/move-to-newest",
        revising.ConfigurationMove.as_view(),
        name="move-to-newest",
    ),
    path(
        "configurations/<public_id:id>/compare/<public_id:other>",
        revising.ConfigurationComparison.as_view(),
        name="compare",
    ),
    path(
        "configurations/<public_id:id>/complete",
        configurations.ConfigurationComplete.as_view(),
        name="complete",
    ),
    path(
        "configurations/<public_id:id>/override",
        configurations.ConfigurationOverride.as_view(),
        name="override",
    ),
    path(
        "configurations/<public_id:id>/bom", configurations.ConfigurationBom.as_view(), name="bom"
    ),
    path(
        "configurations/<public_id:id>/price",
        configurations.ConfigurationPrice.as_view(),
        name="price",
    ),
    path(
        "configurations/<public_id:id>/scene",
        scenes.ConfigurationScene.as_view(),
        name="configuration-scene",
    ),
    path(
        "configurations/<public_id:id>/model.glb",
        scenes.ConfigurationModel.as_view(),
        name="configuration-model",
    ),
    path(
        "configurations/<public_id:id>/pictures/<slug:view>",
        pictures.ConfigurationPicture.as_view(),
        name="configuration-picture",
    ),
    path(
        "configurations/<public_id:id>/prints/<slug:print>",
        prints.ConfigurationPrint.as_view(),
        name="configuration-print",
    ),
    path("erasures", erasures.Erasures.as_view(), name="erasures"),
    path("quotes", quotes.Quotes.as_view(), name="quotes"),
    path("quotes/verify", quotes.QuoteVerification.as_view(), name="verify-quote"),
    path("quotes/accept", quotes.QuoteAcceptance.as_view(), name="accept-quote"),
    path("quotes/<public_id:id>", quotes.OneQuote.as_view(), name="quote"),
    path("webhook-endpoints", webhooks.Endpoints.as_view(), name="webhook-endpoints"),
    path(
        "webhook-endpoints/<public_id:id>", webhooks.OneEndpoint.as_view(), name="webhook-endpoint"
    ),
    path(
        "webhook-endpoints/<public_id:id>/rotate-secret",
        webhooks.EndpointSecret.as_view(),
        name="webhook-secret",
    ),
    path(
        "webhook-endpoints/<public_id:id>/test",
        webhooks.EndpointTest.as_view(),
        name="webhook-test",
    ),
    path(
        "webhook-endpoints/<public_id:id>/enable",
        webhooks.EndpointEnabled.as_view(),
        name="webhook-enable",
    ),
    path(
        "webhook-endpoints/<public_id:id>/disable",
        webhooks.EndpointDisabled.as_view(),
        name="webhook-disable",
    ),
    path(
        "webhook-endpoints/<public_id:id>/recover",
        webhooks.EndpointRecovery.as_view(),
        name="webhook-recover",
    ),
    path(
        "webhook-endpoints/<public_id:id>/health",
        webhooks.EndpointHealth.as_view(),
        name="webhook-health",
    ),
    path(
        "webhook-endpoints/<public_id:id>/deliveries",
        webhooks.EndpointDeliveries.as_view(),
        name="webhook-deliveries",
    ),
    path("deliveries/<public_id:id>", webhooks.OneDelivery.as_view(), name="webhook-delivery"),
    path("deliveries/<public_id:id>/redeliver", webhooks.Redelivery.as_view(), name="redeliver"),
    path("events", webhooks.Events.as_view(), name="events"),
    path("events/<public_id:id>", webhooks.OneEvent.as_view(), name="event"),
    path("event-types", webhooks.EventTypes.as_view(), name="event-types"),
    path("automations", automations.Automations.as_view(), name="automations"),
    path("automations/<public_id:id>", automations.OneAutomation.as_view(), name="automation"),
    path(
        "automations/<public_id:id>/rehearse",
        automations.AutomationRehearsal.as_view(),
        name="rehearse",
    ),
    path(
        "automations/<public_id:id>/runs",
        automations.AutomationRuns.as_view(),
        name="automation-runs",
    ),
    path("automation-runs/<public_id:id>", automations.OneRun.as_view(), name="automation-run"),
    path(
        "automation-runs/<public_id:id>/retry",
        automations.RunRetry.as_view(),
        name="automation-retry",
    ),
    path(
        "automation-runs/<public_id:id>/skip", automations.RunSkip.as_view(), name="automation-skip"
    ),
    path(
        "automation-runs/<public_id:id>/cancel",
        automations.RunCancel.as_view(),
        name="automation-cancel",
    ),
    path("approvals", automations.Approvals.as_view(), name="approvals"),
    path("approvals/<public_id:id>", automations.OneApproval.as_view(), name="approval"),
    path(
        "approvals/<public_id:id>/approve", automations.ApprovalApproved.as_view(), name="approve"
    ),
    path("approvals/<public_id:id>/reject", automations.ApprovalRejected.as_view(), name="reject"),
    path("imports", imports.Imports.as_view(), name="imports"),
    path("imports/<public_id:id>", imports.OneImport.as_view(), name="import"),
    path(
        "products/<product_key:key>/feature-model.uvl",
        imports.FeatureModel.as_view(),
        name="feature-model",
    ),
    path("settings", settings.MerchantSettings.as_view(), name="settings"),
    path("signing-keys", settings.SigningKeys.as_view(), name="signing-keys"),
    path("signing-keys/rotate", settings.SigningKeyRotation.as_view(), name="rotate-signing-key"),
    path(
        "signing-keys/<signing_key:kid>/withdraw",
        settings.SigningKeyWithdrawal.as_view(),
        name="withdraw-signing-key",
    ),
    path("audit", audit.Audit.as_view(), name="audit"),
    path("assets", assets.Assets.as_view(), name="assets"),
    path("asset-contents/<asset_name:name>", assets.AssetContent.as_view(), name="asset-content"),
    path("assets/<asset_name:name>", assets.OneAsset.as_view(), name="asset"),
    path("storages", storages.Storages.as_view(), name="storages"),
    path("storages/<public_id:id>", storages.OneStorage.as_view(), name="storage"),
    path("api-keys", access.ApiKeys.as_view(), name="api-keys"),
    path("api-keys/<public_id:id>", access.OneApiKey.as_view(), name="api-key"),
    path("api-keys/<public_id:id>/rotate", access.ApiKeyRotation.as_view(), name="rotate-api-key"),
    path("oauth-clients", access.OauthClients.as_view(), name="oauth-clients"),
    path("oauth-clients/<public_id:id>", access.OneOauthClient.as_view(), name="oauth-client"),
    path(
        "oauth-clients/<public_id:id>/rotate",
        access.OauthClientRotation.as_view(),
        name="rotate-oauth-client",
    ),
    path("people", access.People.as_view(), name="people"),
    path("people/<public_id:id>", access.OnePerson.as_view(), name="person"),
    path("automation-actions", automations.AutomationActions.as_view(), name="automation-actions"),
]
