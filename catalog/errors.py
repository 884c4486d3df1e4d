"""What every "no" of the project has in common, so that each face can tell it in its own way."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A request that was understood and cannot be granted.

    `slug` names the kind for machines, `sentence` tells a person what is wrong and what to do next,
    `data` holds plain values that a face may show beside it. `status` is what HTTP calls it: 409
    when other choices would do, 422 when the input itself is impossible, 404 when there is no such
    thing for this merchant.
    """

    slug = "refused"
    title = "This cannot be done"
    status = 422
    kinds: ClassVar[dict[str, "type[Refusal]"]] = {}

    def __init_subclass__(cls) -> None:
        """Register a kind under the slug it declares; a kind that narrows another keeps the slug of
        that one.
        """
        super().__init_subclass__()
        if "slug" in vars(cls):
            Refusal.kinds[cls.slug] = cls

    def __init__(self, sentence: str, **data: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.data: Mapping[str, Any] = data

    def members(self) -> dict[str, Any]:
        """Return what a program reads beside the sentence."""
        return {name: value for name, value in self.data.items() if name != "retry_after"}

    def headers(self) -> dict[str, str]:
        """Return what HTTP says in headers: after how many seconds to ask again, where the refusal
        knows it.
        """
        seconds = self.data.get("retry_after")
        return {} if seconds is None else {"Retry-After": str(seconds)}


class NotFound(Refusal):
    """There is no such thing, or it belongs to another merchant, which must look the same."""

    slug = "not-found"
    title = "Not found"
    status = 404


class KeyTaken(Refusal):
    """Something else has this key already."""

    slug = "key-taken"
    title = "This key is taken"
    status = 409


class Malformed(Refusal):
    """Input that could not be read; `data["errors"]` lists `{"pointer", "detail"}` where the place
    is known.
    """

    slug = "malformed"
    title = "The input could not be read"
    status = 400


class Unreadable(ValueError):
    """A value that an option cannot take: `slug` names why, for faces that say it in their own
    language with `data`.

    The sentence says it in English, as the end of one that starts with the option's label.
    """

    def __init__(self, slug: str, sentence: str, **data: Any) -> None:
        super().__init__(sentence)
        self.slug = slug
        self.data: Mapping[str, Any] = data
