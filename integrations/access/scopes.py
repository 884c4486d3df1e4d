"""What OAuth asks of the scopes that catalog/roles.py holds."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

from catalog.roles import COSTS, INTERNAL, SCOPES

__all__ = ["COSTS", "INTERNAL", "SCOPES", "Scopes"]


class Scopes(BaseScopes):  # type: ignore[misc]
    """The scopes of this project for OAuth: all may be asked for, none is given unasked."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(SCOPES)

    def get_available_scopes(self, *args: Any, **kwargs: Any) -> list[str]:
        return list(SCOPES)

    def get_default_scopes(self, *args: Any, **kwargs: Any) -> list[str]:
        return []
