"""Admin of merchants and of who may do what for them."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from catalog.admin.inputs import LinesField
from catalog.admin.scoped import OWNERS, ByRole, MerchantScopedAdmin, TellsAll, merchants_for
from catalog.models import Membership, Merchant, Role
from catalog.sites import origin_of

_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class MerchantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A merchant's own settings."""

    origins = LinesField(
        label="Shop sites",
        required=False,
        help_text="The sites that may show the configurator, one a line, such as https://shop.example.",
    )
    locales = LinesField(
        label="Languages",
        required=False,
        help_text="The languages your texts are translated to, one a line, such as de or fr-CA.",
    )

    class Meta:
        model = Merchant
        fields = ("name", "slug", "origins", "country", "locales", "accent")
        labels = {"slug": "Key"}

    def clean_origins(self) -> list[str]:
        try:
            return list(dict.fromkeys(map(origin_of, self.cleaned_data["origins"])))
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def clean_locales(self) -> list[str]:
        locales: list[str] = self.cleaned_data["locales"]
        if wrong := [locale for locale in locales if not _LOCALE.fullmatch(locale)]:
            raise ValidationError(f"'{wrong[0]}' is no language; write a code such as de or fr-CA.")
        return locales


class MembershipForm(TellsAll, forms.ModelForm):  # type: ignore[type-arg]
    """A person by name: a list of all users would tell one merchant who works for another."""

    username = forms.CharField(
        label="User name",
        help_text="The person needs an account on this site, and comes in here once they are a member.",
    )

    class Meta:
        model = Membership
        fields = ("username", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["username"] = self.instance.user.get_username()
            self.fields["username"].disabled = True

    def clean(self) -> Any:
        cleaned = super().clean()
        name = self.cleaned_data.get("username")
        if name and not self.instance.pk:
            users = get_user_model()
            user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
            if user is None:
                self.add_error("username", "There is no user of this name.")
            elif (
                self.instance.merchant_id
                and user.memberships.filter(merchant=self.instance.merchant).exists()
            ):
                self.add_error("username", "This person is a member already.")
            else:
                self.instance.user = user
        return cleaned


class MembershipFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The members of a merchant, of whom one is an owner always."""

    def clean(self) -> None:
        """Refuse a page after which nobody would be an owner, where somebody was."""
        super().clean()
        if self.instance.pk is None or any(self.errors):
            return
        had = self.instance.memberships.filter(role=Role.OWNER).values_list("pk", flat=True)
        shown = {form.instance.pk for form in self.initial_forms}
        stay = [
            form
            for form in self.forms
            if form.cleaned_data.get("role") == Role.OWNER
            and not form.cleaned_data.get("DELETE")
            and form.instance.user.is_active
        ]
        if had and not stay and not set(had) - shown:
            raise ValidationError("The last owner stays. Make somebody else an owner first.")


class MembershipInline(ByRole, admin.StackedInline):  # type: ignore[type-arg]
    """The members of a merchant."""

    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    edited_by = OWNERS
    seen_by = OWNERS
    extra = 0
    fields = (("username", "role"),)
    verbose_name = "person"
    verbose_name_plural = "People"


@admin.register(Merchant)
class MerchantAdmin(MerchantScopedAdmin):
    """A merchant's settings; owners change their own, only superusers add one."""

    form = MerchantForm
    edited_by = OWNERS
    list_display = ("name", "slug")
    fields = ("name", "slug", "origins", "country", "locales", "accent")
    inlines = (MembershipInline,)
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> Any:
        return merchants_for(request)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else self.prepopulated_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The slug is part of every address that shops embed.
        return ("slug",) if obj and not request.user.is_superuser else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return admin.ModelAdmin.get_form(self, request, obj, change, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)
