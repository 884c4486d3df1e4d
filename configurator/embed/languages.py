"""Which one language a page of the widget speaks."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from catalog.formats import at_home, in_region
from catalog.product_model import ProductModel
from catalog.translations import speaks, spoken


@dataclass(frozen=True)
class Language:
    """`asked` is what the address or snippet says; `locale` that of the merchant's texts;
    `interface` that of ours.

    The two are of one language, unless the product speaks none that we do.
    """

    asked: str
    locale: str
    interface: str

    @property
    def page(self) -> str:
        """The language that the page says it is in."""
        if self.words:
            return self.interface
        # The region of another language decides on numbers alone.
        is_own = not self.asked or _language(self.asked) == _language(self.locale)
        return self.locale if is_own else _language(self.locale)

    @property
    def words(self) -> str:
        """The language of the merchant's texts where it is another than the page's; empty
        elsewhere.
        """
        return "" if _language(self.locale) == _language(self.interface) else self.locale


def language_of(
    request: HttpRequest, model: ProductModel, asked: str, country: str = ""
) -> Language:
    """Return the one language to answer in, which product and page both speak whole: that of the
    address, or the browser's, or the product's own, or any; where there is none, the product's own
    on a page of ours.

    Who asked for another still reads numbers as they are used to: English for who asked for German
    is `en-DE`. Where the address names no region, languages of the merchant's `country` are written
    as there: English in Canada is `en-CA`.
    """
    asked = asked_language(asked)
    wanted = (asked, *_browsers(request), *spoken(model))
    for each in filter(None, wanted):
        locale = speaks(model, each)
        if locale and (interface := interface_language(locale)):
            is_asked = each == asked or locale == asked
            return Language(
                asked, _placed(locale, "" if is_asked else asked, asked, country), interface
            )
    return Language(asked, _placed(model.locale, asked, asked, country), "en")


def _placed(locale: str, instead_of: str, asked: str, country: str) -> str:
    """Return `locale` in the region that decides on numbers: that of the language it stands
    `instead_of`, or that which the address `asked` for, or the merchant's.
    """
    if instead_of:
        return in_region(locale, instead_of)
    return locale if "-" in asked else at_home(locale, country)


def _language(locale: str) -> str:
    return locale.lower().partition("-")[0]


def asked_language(asked: str) -> str:
    """Return the language that an address asks for, empty where it is none."""
    return asked[:35] if asked and asked.replace("-", "").isalnum() else ""


@lru_cache(maxsize=512)
def interface_language(locale: str) -> str:
    """Return the language of ours for `locale`; empty where there is none."""
    try:
        return translation.get_supported_language_variant(locale)
    except LookupError:
        return ""


def _browsers(request: HttpRequest) -> tuple[str, ...]:
    return _accepted(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:500])


@lru_cache(maxsize=1_024)
def _accepted(header: str) -> tuple[str, ...]:
    """Return the locales that a browser asks for, the best first, written as `de-AT`."""
    found = (
        locale
        for locale, priority in parse_accept_lang_header(header)
        if priority > 0 and locale != "*"
    )
    parts = (locale.partition("-") for locale in found)
    return tuple(
        f"{name}{dash}{region.upper() if len(region) == 2 else region}"
        for name, dash, region in parts
    )


def told_in_english(sentence: str | None) -> str:
    """Return a sentence that exists in English alone; empty on a page of another language."""
    return sentence or "" if (translation.get_language() or "en").startswith("en") else ""


def language_of_address(request: HttpRequest) -> str:
    """Return the language of ours that a request asks for, or its browser, before anybody knows the
    product.
    """
    wanted = (asked_language(request.GET.get("lang", "")), *_browsers(request))
    return next(filter(None, map(interface_language, filter(None, wanted))), "en")
