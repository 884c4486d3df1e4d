"""What OAuth asks of the scopes that catalog/roles.py holds."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

from catalog.roles import COSTS, INTERNAL, SCOPES

__all__ = ["COSTS", "INTERNAL", "SCOPES", "Scopes"]


class Scopes(BaseScopes):  # type: ignore[misc]
    """The scopes of this project for OAuth: each client may ask for its own, none is given unasked."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(SCOPES)

    def get_available_scopes(self, application: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        if application is None:
            return list(SCOPES)
        return [scope for scope in SCOPES if scope in application.scopes]

    def get_default_scopes(self, *args: Any, **kwargs: Any) -> list[str]:
        return []
