"""What of a product has no words in a language of its merchant."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass

from catalog.findings import Finding
from catalog.product_model import ProductModel, Text

MOST_NAMED = 5


@dataclass(frozen=True)
class Languages:
    """The languages that a merchant's texts are translated to."""

    locales: tuple[str, ...]


def texts(part: object, path: str = "") -> Iterator[tuple[str, Text]]:
    """Return every text of a product, or of a part of it, with its place; those of contained products are their own."""
    for field in fields(part) if is_dataclass(part) else ():
        value, here = getattr(part, field.name), f"{path}/{field.name}".strip("/")
        if isinstance(value, Text):
            yield here, value
        elif isinstance(value, tuple):
            for each in value:
                if key := getattr(each, "key", None):
                    yield from texts(each, f"{here}/{key}")
        elif field.name != "model":
            yield from texts(value, path)


def untranslated(model: ProductModel, locale: str) -> list[str]:
    """Return the places of texts for which whoever reads `locale` gets the product's own language instead.

    Where that is the same language, as with en-GB beside en, nothing is missing.
    """
    if _language(locale) == _language(model.locale):
        return []
    return [path for path, text in texts(model) if text.default.strip() and not _has(text, locale)]


def translation_findings(model: ProductModel, beside: Sequence[object]) -> Iterator[Finding]:
    """Return a note for each language of the merchant in which something of the product has no words."""
    for locale in _locales(beside):
        if missing := untranslated(model, locale):
            count = sum(bool(text.default.strip()) for _, text in texts(model))
            named = ", ".join(" › ".join(path.split("/")) for path in missing[:MOST_NAMED])
            more = ", …" if len(missing) > MOST_NAMED else ""
            what = "No text has a" if len(missing) == count else f"{len(missing)} of {count} texts have no"
            sentence = (
                f"{what} translation to '{locale}': {named}{more}. Who reads '{locale}' sees '{model.locale}' there, "
                f"on a page whose buttons speak '{locale}'."
            )
            yield Finding("note", "missing-translation", "", sentence, also=tuple(missing), about=(locale, *missing))


def _locales(beside: Sequence[object]) -> Iterable[str]:
    return dict.fromkeys(each for languages in beside if isinstance(languages, Languages) for each in languages.locales)


def _has(text: Text, locale: str) -> bool:
    known = {name.lower() for name, _ in text.translations}
    return locale.lower() in known or _language(locale) in known


def _language(locale: str) -> str:
    return locale.lower().partition("-")[0]
