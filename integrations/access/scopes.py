"""What a key or token may do, as `room:verb`."""

from oauth2_provider.scopes import BaseScopes

SCOPES = {
    "catalog:read": "Read products and their published versions",
    "configurator:evaluate": "Evaluate choices: valid values, price, parts",
    "configurator:read": "Read stored configurations, their price and parts",
    "configurator:write": "Create, change and complete configurations",
}


class Scopes(BaseScopes):
    """The scopes of this project for OAuth: all may be asked for, none is given unasked."""

    def get_all_scopes(self) -> dict[str, str]:
        return SCOPES

    def get_available_scopes(self, application=None, request=None, *args, **kwargs) -> list[str]:  # noqa: ANN001, ANN002, ANN003
        return list(SCOPES)

    def get_default_scopes(self, application=None, request=None, *args, **kwargs) -> list[str]:  # noqa: ANN001, ANN002, ANN003
        return []
