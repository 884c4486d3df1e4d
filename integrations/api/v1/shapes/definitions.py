"""What whole definitions of products and their parts look like, and what keeping them answers."""

from typing import Any

from pydantic import ConfigDict

from integrations.api.v1.shapes.answer import Answer


def _any_object(schema: dict[str, Any]) -> None:
    schema.pop("title", None)
    schema["additionalProperties"] = True


class Definition(Answer):
    """A product file: the whole product, as `/api/product-file.schema.json` tells it field by
    field.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=_any_object)

    product: str
    name: Any
    options: list[Any]


class Part(Answer):
    """A member of one list of a definition, as a product file says it: `$defs` of
    `/api/product-file.schema.json` have its fields.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=_any_object)

    key: str


class DraftPartPage(Answer):
    """Members of one list of a definition, in their order."""

    data: list[Part]
    next: str | None


class DefinitionKept(Answer):
    """What keeping a definition did, or would do where it was a trial."""

    product: str
    url: str
    """Where the definition is read."""
    draft: str
    """The digest of the draft: what `publish` takes as seen."""
    is_new: bool
    dry_run: bool
    changes: list[str]
    """What became other in the draft, part by part; empty for a new one."""
    prices: list[str]
    """What the file says otherwise of price lists, amounts in them and rates."""
    prices_taken: bool
    missing_assets: list[str]
    """Pictures and 3D models that the draft names and that are not kept yet."""


class PartKept(Answer):
    """What keeping or taking away a part did to the draft."""

    product: str
    draft: str
    """The digest of the draft: what `publish` takes as seen."""
    is_new: bool
    changes: list[str]
    """What became other in the draft."""


class DefinitionDeleted(Answer):
    """A product that was never published and is no more."""

    product: str


class ProductCopied(Answer):
    """A new product with the draft of another."""

    product: str
    url: str
    """Where its definition is read."""
    draft: str


class DefinitionListed(Answer):
    """A product as people edit it."""

    product: str
    name: str
    """In the product's own language."""
    version: int | None
    """The newest version; null while nothing is published."""
    retired_at: str | None
    edited_at: str
    """When the draft was changed last."""
    url: str
    """Where its definition is read."""


class DefinitionPage(Answer):
    """Some of the products, in order of their keys."""

    data: list[DefinitionListed]
    next: str | None
