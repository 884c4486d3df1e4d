"""The addresses of the API: each version, the page that describes it, and a problem for everything
else.
"""

from django.urls import include, path, re_path

from integrations.api.docs import docs
from integrations.api.openapi import openapi_json
from integrations.api.problems import unknown
from integrations.api.v1.definitions import product_file_schema

app_name = "api"

urlpatterns = [
    path("v1/openapi.json", openapi_json, name="openapi"),
    path("v1/", include("integrations.api.v1.urls")),
    path("product-file.schema.json", product_file_schema, name="product-file-schema"),
    path("docs/", docs, name="docs"),
    re_path("", unknown),
]
