"""Which languages a product speaks, and what of it has no words in a language of its merchant."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass

from catalog.findings import Finding
from catalog.formats import in_region
from catalog.memory import MEGABYTE, Remembered
from catalog.product_model import ProductModel, Text

MOST_NAMED = 5
# Codes and sizes read alike everywhere: "RAL 7016", "60 x 90 cm", "LED".
_WORD = re.compile(r"[^\W\d_]*[^\W\d_A-Z][^\W\d_]*")
_LEAST_OF_WORD = 3
# Shoppers never read them.
_BEHIND = ("bom/", "bom_lines/", "materials/", "shapes/", "fittings/", "shape_checks/")


@dataclass(frozen=True)
class Languages:
    """The languages that a merchant's texts are translated to."""

    locales: tuple[str, ...]


def texts(part: object, path: str = "") -> Iterator[tuple[str, Text]]:
    """Return every text of a product, or of a part of it, with its place; those of contained
    products are their own.
    """
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
    """Return the places of texts for which whoever reads `locale` gets the product's own language
    instead.

    Where that is the same language, as with en-GB beside en, nothing is missing.
    """
    if _language(locale) == _language(model.locale):
        return []
    return [path for path, text in texts(model) if _has_words(text) and not _has(text, locale)]


def spoken(model: ProductModel) -> tuple[str, ...]:
    """Return the locales in which a product has words for all that shoppers read, its own first."""
    return _spoken.get_or_make(model.digest, lambda: _whole(model))


def speaks(model: ProductModel, wanted: str) -> str:
    """Return the locale in which a product has words for all that who wants `wanted` reads; empty
    where it has none.

    A region counts as its language: `de-AT` where a product speaks `de`, and `fr-CA` for `fr` where
    it speaks no other.
    """
    known = spoken(model)
    languages = {
        _language(each) for each in known if each.lower() in (_language(each), model.locale.lower())
    }
    if wanted.lower() in {each.lower() for each in known} or _language(wanted) in languages:
        return wanted
    return next((each for each in known if _language(each) == wanted.lower()), "")


def spoken_locale(model: ProductModel, wanted: str | None) -> str:
    """Return the locale in which a product answers who wants `wanted`.

    Where it does not speak that, it is its own with the numbers that its reader is used to.
    """
    return speaks(model, wanted) or in_region(model.locale, wanted) if wanted else model.locale


_spoken: Remembered[str, tuple[str, ...]] = Remembered(
    MEGABYTE, lambda _, locales: 200 + 60 * len(locales)
)


def _whole(model: ProductModel) -> tuple[str, ...]:
    hidden = tuple(f"options/{key}/" for key in model.internal_options)
    hidden += tuple(f"derived/{each.key}/" for each in model.derived if not each.shown)
    read = {
        text
        for path, text in texts(model)
        if not path.startswith((*_BEHIND, *hidden)) and _has_words(text)
    }
    locales = dict.fromkeys(locale for text in read for locale, _ in text.translations)
    others = (each for each in sorted(locales) if _language(each) != _language(model.locale))
    return (model.locale, *(each for each in others if all(_has(text, each) for text in read)))


def _has_words(text: Text) -> bool:
    return any(len(each) >= _LEAST_OF_WORD for each in _WORD.findall(text.default))


def translation_findings(model: ProductModel, beside: Sequence[object]) -> Iterator[Finding]:
    """Return a note for each language of the merchant in which something of the product has no
    words.
    """
    for locale in _locales(beside):
        if missing := untranslated(model, locale):
            count = sum(_has_words(text) for _, text in texts(model))
            named = ", ".join(" › ".join(path.split("/")) for path in missing[:MOST_NAMED])
            more = ", …" if len(missing) > MOST_NAMED else ""
            few = f"{len(missing)} of {count} texts {'has' if len(missing) == 1 else 'have'} no"
            what = "No text has a" if len(missing) == count else few
            sentence = (
                f"{what} translation to '{locale}': {named}{more}. Until all have one, who reads '{locale}' "
                f"sees the whole page in '{model.locale}'. A name that reads alike there is its own translation."
            )
            yield Finding(
                "note",
                "missing-translation",
                "",
                sentence,
                also=tuple(missing),
                about=(locale, *missing),
            )


def _locales(beside: Sequence[object]) -> Iterable[str]:
    return dict.fromkeys(
        each
        for languages in beside
        if isinstance(languages, Languages)
        for each in languages.locales
    )


def _has(text: Text, locale: str) -> bool:
    known = {name.lower() for name, _ in text.translations}
    return locale.lower() in known or _language(locale) in known


def _language(locale: str) -> str:
    return locale.lower().partition("-")[0]
