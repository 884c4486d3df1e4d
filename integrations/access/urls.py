"""Where OAuth clients get their tokens and give them back."""

from django.urls import path

from integrations.access import token_views

app_name = "oauth2_provider"

urlpatterns = [
    path("token/", token_views.TokenView.as_view(), name="token"),
    path("revoke_token/", token_views.RevokeTokenView.as_view(), name="revoke-token"),
]
