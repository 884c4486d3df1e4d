"""Lists of rows that come by the hundred thousand: shops keep configurations, and price lists keep
amounts.
"""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest

from catalog.admin.scoped import merchants_for
from catalog.models.ownership import path_to_merchant

MOST_PAGED = 10_000


class FirstRows(Paginator):  # type: ignore[type-arg]
    """Pages of the first rows alone: what lies behind them is found by search and filters.

    Counting all rows, or passing over them to a page in the middle, takes longer the more there
    are.
    """

    @cached_property
    def found(self) -> int:
        """Return how many rows there are, as far as they are counted: one more than are paged at
        most.
        """
        return int(self.object_list.order_by()[: MOST_PAGED + 1].count())  # type: ignore[attr-defined]

    @property
    def has_more(self) -> bool:
        """Return whether there are rows that no page shows."""
        return self.found > MOST_PAGED

    @cached_property
    def count(self) -> int:
        """Return how many rows are paged."""
        return min(self.found, MOST_PAGED)


class LargeList:
    """A list in the admin whose every page costs the same: its order is an index, its search by
    whole keys.
    """

    paginator: ClassVar[Any] = FirstRows
    show_full_result_count = False
    # Django's search_help_text would describe an input that is named by a picture alone.
    search_hint = ""
    sortable_by: ClassVar[Any] = ()


class AmongOwn(admin.RelatedFieldListFilter):
    """A filter by what rows refer to: all that the user's merchants have, whether any row does or
    not.
    """

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        model = field.remote_field.model
        path = path_to_merchant(model)
        rows = model._default_manager.filter(
            **{f"{path}__in": merchants_for(request)}
        ).select_related(path)
        return [(row.pk, str(row)) for row in rows.order_by(*model._meta.ordering)]
