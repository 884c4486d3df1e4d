"""Files that shoppers upload on the page: the click that brings one, the one that takes it away, and
those that are not here any more.
"""

from collections.abc import Mapping
from dataclasses import replace

from catalog.errors import Unreadable
from catalog.kinds.register import kind_of
from catalog.models import Merchant
from catalog.product_model import Choice, ProductModel
from configurator.discretion import is_shown
from configurator.embed.forms import Invalid, PostedForm
from configurator.prints.uploading import UploadRefused
from configurator.uploads import UploadsBusy, files_in, keep_upload, missing_uploads


def with_file(
    merchant: str, model: ProductModel, form: PostedForm
) -> tuple[PostedForm, tuple[Invalid, ...]]:
    """Return `form` with the file that it uploads as the answer of its option, or without the one
    that it takes away; and why a file is not taken.

    The keyboard goes on at that option.
    """
    key = form.upload or form.clear
    option = model.option_by_key.get(key)
    if option is None or not kind_of(option).is_file or not is_shown(model, key):
        return form, ()
    form = replace(form, goto=key)
    if form.clear:
        return replace(form, inputs={**form.inputs, key: [""]}), ()
    if form.file is None:
        return form, (_unread(key, "no-file", "choose a file first"),)
    try:
        kept = keep_upload(Merchant.objects.get(slug=merchant), form.file.read())
    except (UploadRefused, UploadsBusy) as refused:
        return form, (_unread(key, "file-refused", refused.sentence),)
    return replace(form, inputs={**form.inputs, key: [kept.name]}), ()


def gone_files(
    merchant: str, model: ProductModel, choices: Mapping[str, Choice]
) -> tuple[str, ...]:
    """Return the options whose chosen files are not kept, or not any more."""
    if not files_in(model, choices):
        return ()
    return missing_uploads(Merchant.objects.get(slug=merchant), model, choices)


def _unread(key: str, slug: str, told: str) -> Invalid:
    return Invalid(key, "", Unreadable(slug, told))
