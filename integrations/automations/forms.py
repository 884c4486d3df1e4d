"""Forms in the administration: an automation, and a step of any kind, made from the schema of its
settings.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from django import forms
from django.conf import settings as site
from django.utils.text import capfirst
from pydantic.fields import FieldInfo

from catalog.admin.inputs import LinesField
from catalog.errors import Refusal
from catalog.models import Merchant
from integrations.automations import operations
from integrations.automations.actions import Action
from integrations.automations.marks import DEFAULT
from integrations.automations.models import Automation
from integrations.automations.names import triggers
from integrations.automations.operations import Wish
from integrations.webhooks.catalogue import KINDS

LONG = 300


class AutomationForm(forms.ModelForm):  # type: ignore[type-arg]
    """When, and if; the steps have pages of their own."""

    event = forms.ChoiceField(
        choices=lambda: [(name, f"{KINDS[name].told} ({name})") for name in triggers()],
        label="When",
    )
    products = LinesField(
        required=False,
        label="Only products",
        help_text="Keys of products, one a line. Empty: it is for all products.",
    )
    condition = forms.CharField(
        required=False,
        label="If",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField vExpression"}),
        help_text="Such as: total > 1000 and frame is steel. Options can be asked for where products are named. "
        "Empty: always.",
    )

    class Meta:
        model = Automation
        fields = ("merchant", "name", "event", "products", "condition", "costs", "is_active")

    def clean(self) -> Any:
        given = super().clean()
        merchant = (given or {}).get("merchant") or getattr(self.instance, "merchant", None)
        if given and not self.errors and merchant is not None:
            try:
                operations.refuse_wish(merchant, self.wish(), self.instance.pk)
            except Refusal as refusal:
                pointer = next(
                    (each.get("pointer", "")[1:] for each in refusal.data.get("errors", ())), ""
                )
                self.add_error(pointer if pointer in self.fields else None, refusal.sentence)
        return given

    def wish(self) -> Wish:
        """Return what the form says, with the steps as they are."""
        names = ("name", "event", "products", "condition", "costs", "is_active")
        return Wish(
            steps=self.instance.steps or (), **{name: self.cleaned_data[name] for name in names}
        )


class StepForm(forms.Form):
    """The settings of one step, an input for each field of its kind."""

    def __init__(
        self, data: Any, action: Action[Any], merchant: Merchant, said: Mapping[str, Any]
    ) -> None:
        initial = {
            name: value
            for field, each in said.items()
            for name, value in _spread(field, each).items()
        }
        super().__init__(data, initial=initial)
        self.action = action
        for name, known in action.settings.model_fields.items():
            choices = action.choices.get(name)
            self.fields |= inputs_of(name, known, choices(merchant) if choices else None)

    def document(self) -> dict[str, Any]:
        """Return what the form says as plain JSON, without what was left empty."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            field, _, language = name.partition("__")
            if value in (None, "", []):
                continue
            if language:
                found.setdefault(field, {})[language] = value
            else:
                found[field] = value
        return found

    def tell(self, refusal: Refusal) -> None:
        """Tell why the step cannot be kept, at the inputs that it is about."""
        for each in refusal.data.get("errors") or [{}]:
            name = str(each.get("pointer", "")).rpartition("/settings/")[2].replace("/", "__")
            field = next(
                (
                    one
                    for one in (name, f"{name}__{DEFAULT}", name.partition("__")[0])
                    if one in self.fields
                ),
                None,
            )
            self.add_error(field, each.get("detail") or refusal.sentence)


def _spread(field: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {f"{field}__{language}": text for language, text in value.items()}
    return {field: value}


def inputs_of(
    name: str, known: FieldInfo, choices: list[tuple[str, str]] | None
) -> dict[str, forms.Field]:
    """Return the inputs for one field of a step's settings, by their names."""
    label, told = capfirst(name.replace("_", " ")), known.description or ""
    common: dict[str, Any] = {"label": label, "help_text": told, "required": known.is_required()}
    kind = known.annotation
    most = next((each.max_length for each in known.metadata if hasattr(each, "max_length")), None)
    if choices is not None:
        return {name: forms.ChoiceField(choices=[("", "—"), *choices], **common)}
    if get_origin(kind) is Literal:
        words = [(each, capfirst(str(each).replace("_", " "))) for each in get_args(kind)]
        return {name: forms.ChoiceField(choices=words, initial=known.default, **common)}
    if kind is bool:
        return {name: forms.BooleanField(**{**common, "required": False})}
    if kind is int:
        return {
            name: forms.IntegerField(
                initial=None if known.is_required() else known.default, **common
            )
        }
    if get_origin(kind) is list:
        return {name: LinesField(**common)}
    if get_origin(kind) is dict:
        languages = {DEFAULT: "otherwise", **dict(site.LANGUAGES)}
        return {
            f"{name}__{language}": forms.CharField(
                label=f"{label} ({told_language})",
                help_text=told if language == DEFAULT else "",
                required=known.is_required() and language == DEFAULT,
                widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            )
            for language, told_language in languages.items()
        }
    rows = {"rows": 4, "class": "vLargeTextField"}
    widget = (
        forms.Textarea(attrs=rows)
        if most is not None and most > LONG
        else forms.TextInput(attrs={"class": "vTextField"})
    )
    return {name: forms.CharField(max_length=most, widget=widget, **common)}
