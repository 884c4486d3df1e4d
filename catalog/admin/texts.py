"""Translated texts in forms: one ordinary input for each of the merchant's languages, below the
product's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info

from catalog.admin.scoped import TellsAll
from catalog.models.rows import Translated


@dataclass(frozen=True)
class Translation:
    """A text as a form holds it: the product's own language, and the others by locale."""

    default: str
    others: Mapping[str, str]


class TranslatedWidget(forms.MultiWidget):
    """The inputs of one text, each with the name of its language."""

    template_name = "admin/catalog/widgets/translated.html"
    use_fieldset = False

    def __init__(self, widget: forms.Widget, own: str, locales: Sequence[str]) -> None:
        self.locales = tuple(locales)
        self.own = own
        super().__init__(
            {"": widget, **{locale: type(widget)(attrs=widget.attrs) for locale in locales}}
        )

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, Translation):
            return [value.default, *(value.others.get(locale, "") for locale in self.locales)]
        return [value or "", *("" for _ in self.locales)]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for subwidget, locale in zip(
            context["widget"]["subwidgets"], (self.own, *self.locales), strict=True
        ):
            subwidget["locale"] = locale
            subwidget["attrs"]["lang"] = locale
            if locale != self.own:
                subwidget["attrs"]["aria-label"] = f"In {language(locale)}"
                subwidget["attrs"].pop("aria-describedby", None)
        # The label of the field belongs to the first input, as with a single one.
        context["widget"]["subwidgets"][0]["attrs"]["id"] = context["widget"]["attrs"].get("id")
        return context

    def id_for_label(self, id_: str) -> str:
        return id_


class TranslatedField(forms.MultiValueField):
    """A text in the product's own language and the merchant's others; cleans to a Translation."""

    def __init__(self, field: forms.Field, own: str, locales: Sequence[str]) -> None:
        self.locales = tuple(locales)
        self.own = own
        longest = getattr(field, "max_length", None)
        others = [forms.CharField(required=False, max_length=longest) for _ in locales]
        super().__init__(
            [field, *others],
            widget=TranslatedWidget(field.widget, own, locales),
            required=field.required,
            require_all_fields=False,
            label=field.label,
            help_text=field.help_text,
        )

    def compress(self, values: list[str]) -> Translation:
        default, *others = values or [""]
        told = {locale: text for locale, text in zip(self.locales, others, strict=False) if text}
        if told and not default:
            raise ValidationError(
                f"Give the text in {language(self.own)} first; the others translate it."
            )
        return Translation(default or "", told)


def language(locale: str) -> str:
    """Return the English name of a language, or its code where it has none here."""
    try:
        return str(get_language_info(locale.lower())["name"])
    except KeyError:
        return locale


class TranslatedForm(TellsAll, forms.ModelForm):  # type: ignore[type-arg]
    """A form for a row with translated texts; the admin says which languages there are."""

    own_locale = "en"
    locales: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if not self.locales or not isinstance(row, Translated):
            return
        for column in row.texts:
            if column in self.fields:
                self.fields[column] = TranslatedField(
                    self.fields[column], self.own_locale, self.locales
                )
                others = row.translations.get(column, {})
                self.initial[column] = Translation(self.initial.get(column) or "", others)

    def _post_clean(self) -> None:
        translations = (
            dict(self.instance.translations) if isinstance(self.instance, Translated) else {}
        )
        for column, text in list(self.cleaned_data.items()):
            if isinstance(text, Translation):
                # Languages the merchant does not list any more are kept as they are.
                kept = {
                    key: told
                    for key, told in translations.get(column, {}).items()
                    if key not in self.locales
                }
                others = {**kept, **text.others} if text.default else {}
                translations = (
                    {**translations, column: others} if others else _without(translations, column)
                )
                nullable = self.instance._meta.get_field(column).null
                self.cleaned_data[column] = text.default or (None if nullable else "")
        if isinstance(self.instance, Translated):
            self.instance.translations = translations
        super()._post_clean()  # type: ignore[misc]


def _without(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}
