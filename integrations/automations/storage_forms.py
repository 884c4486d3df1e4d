"""The form of a storage in the administration: inputs for each kind, of which those of the chosen
one count.
"""

from typing import Any

from django import forms

from catalog.errors import Refusal
from integrations.automations.forms import inputs_of
from integrations.automations.models import Storage
from integrations.automations.storages import KINDS
from integrations.automations.storing import StorageWish, refuse_storage

SECRET = "secret"  # noqa: S105 (the name of an input)


class StorageForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a storage is called, of which kind it is, and where it leads."""

    class Meta:
        model = Storage
        fields = ("merchant", "name", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            kind, said = self.instance.kind, self.instance.settings
            self.initial.update({f"{kind}__{name}": each for name, each in said.items()})

    @staticmethod
    def fields_of(kind: str) -> tuple[str, ...]:
        """Return the names of the inputs of one kind."""
        known = KINDS[kind]
        names = tuple(f"{kind}__{name}" for name in known.settings.model_fields)
        return (*names, f"{kind}__{SECRET}") if known.secret else names

    def clean(self) -> Any:
        given = super().clean()
        merchant = (given or {}).get("merchant") or getattr(self.instance, "merchant", None)
        if given and not self.errors and merchant is not None:
            # The form has written name and kind into its own row already.
            row = (
                Storage.objects.get(pk=self.instance.pk)
                if self.instance.pk
                else Storage(merchant=merchant)
            )
            try:
                refuse_storage(row, self.wish())
            except Refusal as refusal:
                for each in refusal.data.get("errors") or [{}]:
                    name = str(each.get("pointer", "")).removeprefix("/settings").lstrip("/")
                    kind = given["kind"]
                    field = next(
                        (one for one in (f"{kind}__{name}", name) if one in self.fields), None
                    )
                    self.add_error(field, each.get("detail") or refusal.sentence)
        return given

    def wish(self) -> StorageWish:
        """Return what the form says of the kind that is chosen."""
        kind = self.cleaned_data["kind"]
        said = {
            name: value
            for name in KINDS[kind].settings.model_fields
            if (value := self.cleaned_data.get(f"{kind}__{name}")) not in (None, "")
        }
        return StorageWish(
            self.cleaned_data["name"], kind, said, self.cleaned_data.get(f"{kind}__{SECRET}") or ""
        )


def _declare() -> None:
    """Give the form the inputs of each kind; none is required, since those of other kinds stay
    empty.
    """
    for kind, known in KINDS.items():
        for name, about in known.settings.model_fields.items():
            for field in inputs_of(name, about, None).values():
                field.required = False
                StorageForm.base_fields[f"{kind}__{name}"] = field
                StorageForm.declared_fields[f"{kind}__{name}"] = field
        if known.secret:
            widget = forms.Textarea(
                attrs={"rows": 3, "class": "vLargeTextField", "autocomplete": "off"}
            )
            field = forms.CharField(
                label=known.secret,
                required=False,
                widget=widget,
                help_text="Sealed, and shown to nobody. Empty: it stays as it is.",
            )
            StorageForm.base_fields[f"{kind}__{SECRET}"] = StorageForm.declared_fields[
                f"{kind}__{SECRET}"
            ] = field


_declare()
