"""What a click is answered with in words."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from catalog.formats import counted
from catalog.product_model import Choice, ProductModel
from configurator.discretion import shown_keys, without_internal
from configurator.embed.languages import Language, told_in_english
from configurator.embed.options import Reader, picked, whole_label
from configurator.evaluation.evaluation import Evaluation
from configurator.instances import InstanceAsk, Rows
from configurator.ordering import MOST_QUANTITY

MOST_TOLD_CHANGES = 3


def new_price_text(seen: str, evaluation: Evaluation, reader: Reader) -> str:
    """Return that the price is another than the one `seen`, which a form says as `told_total` does."""
    amount, _space, currency = seen.partition(" ")
    breakdown = evaluation.breakdown
    if (
        breakdown is None
        or currency != breakdown.currency
        or not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", amount)
    ):
        return _("The price has changed. Please look at it once more.")
    prices = {"before": reader.money(Decimal(amount)), "now": reader.money(breakdown.shown)}
    return (
        _(
            "The price has changed from %(before)s to %(now)s. Please look at it once more, then order again."
        )
        % prices
    )


def quantities_text() -> str:
    """Return which quantities may be ordered, as a sentence."""
    return _("Order 1 to %(most)s pieces.") % {
        "most": counted(MOST_QUANTITY, translation.get_language())
    }


def retracted_text(evaluation: Evaluation, reader: Reader) -> str:
    """Return which choices went with a change, as a sentence."""
    options = evaluation.model.option_by_key
    listed = ", ".join(
        f"{options[key].label.in_locale(reader.locale)} ({picked(options[key], choice, reader)})"
        for key, choice in without_internal(evaluation.model, evaluation.retracted).items()
    )
    return _("These choices went with it: %(choices)s. Undo brings them back.") % {
        "choices": listed
    }


def changes_text(
    before: Evaluation,
    after: Evaluation,
    changes: Mapping[str, Choice | None],
    ask: InstanceAsk | None,
    rows: Rows | None,
    reader: Reader,
) -> str:
    """Return what a click changed beyond what it asked for and the price, as sentences that screen
    readers say.
    """
    if after.conflict is not None:
        return ""
    told = [] if ask is None or rows is None else [_rows_text(after.model, ask, rows, reader)]
    changed = {key for key, _ in before.values.items() ^ after.values.items()} - changes.keys()
    options = after.model.option_by_key
    others = [
        f"{options[key].label.in_locale(reader.locale)}: {picked(options[key], after.values[key], reader)}"
        for key in shown_keys(
            after.model, sorted(changed, key=list(options).index) if changed else ()
        )
        if key in after.values
        and not (rows and key.startswith(f"{rows.key}."))
        # That nothing is ticked where something may be now is no news.
        and (after.values[key] is not False or key in before.values)
    ]
    if others:
        listed = ", ".join(others[:MOST_TOLD_CHANGES])
        if len(others) > MOST_TOLD_CHANGES:
            listed = _("%(some)s and %(count)s more") % {
                "some": listed,
                "count": len(others) - MOST_TOLD_CHANGES,
            }
        told.append(_("Also changed: %(options)s.") % {"options": listed})
    return " ".join(told)


def _rows_text(model: ProductModel, ask: InstanceAsk, rows: Rows, reader: Reader) -> str:
    new, old = whole_label(model, rows.place, reader), whole_label(model, ask.what, reader)
    if ask.verb == "add":
        return _("%(instance)s was added.") % {"instance": new}
    if ask.verb == "copy":
        return _("%(copy)s is a copy of %(instance)s.") % {"copy": new, "instance": old}
    if ask.verb == "move":
        return _("%(instance)s is now %(place)s.") % {"instance": old, "place": new}
    told = _("%(instance)s was removed.") % {"instance": old}
    is_last = int(ask.what.rpartition(".")[2]) > len(rows.sources)
    return told if is_last else f"{told} {_('Those after it moved up.')}"


def misread_text(misread: tuple[str, ...], language: Language) -> str:
    """Return what could not be read of the choices that the shop's page set; on a page in English,
    word by word.
    """
    with translation.override(language.interface):
        return told_in_english(" ".join(misread)) or _(
            "Some of what was to be chosen means nothing here."
        )


def gaps_text(model: ProductModel, gaps: Iterable[str], locale: str) -> str:
    """Return which options an address has no room for, as a sentence."""
    left_out = [model.option_by_key[key].label.in_locale(locale) for key in gaps]
    told = _(
        "Too long for an address, so a reload goes without it, and a shared link gets short: %(options)s."
    )
    return told % {"options": ", ".join(left_out)}
