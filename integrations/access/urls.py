"""Where people let OAuth clients in, and where these get their tokens and give them back."""

from django.urls import path

from integrations.access import token_views

app_name = "oauth2_provider"

urlpatterns = [
    path("authorize/", token_views.AuthorizeView.as_view(), name="authorize"),
    path("introspect/", token_views.IntrospectView.as_view(), name="introspect"),
    path("token/", token_views.TokenView.as_view(), name="token"),
    path("revoke_token/", token_views.RevokeTokenView.as_view(), name="revoke-token"),
]
