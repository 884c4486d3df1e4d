"""What does not go any more of a state that was written down some time ago, in words."""

from django.utils.translation import gettext as _

from catalog.kinds.register import kind_of
from configurator.discretion import without_internal
from configurator.embed.options import Reader, picked
from configurator.evaluation.evaluation import Evaluation
from configurator.former import former_names
from configurator.offers import Offer
from configurator.restoring import Restored
from configurator.salvage import Lost


def told_lost(
    offer: Offer, lost: tuple[Lost, ...], found: Restored, reader: Reader
) -> tuple[str, ...]:
    """Return a sentence for each thing that a state says and that does not exist or go any more."""
    evaluation = found.evaluation
    told = [_told(offer, each, evaluation, reader) for each in lost if each.option]
    options = evaluation.model.option_by_key
    for key, was in without_internal(evaluation.model, found.clashed).items():
        said = {
            "option": options[key].label.in_locale(reader.locale),
            "was": picked(options[key], was, reader),
            "now": picked(options[key], evaluation.values.get(key), reader)
            if key in evaluation.values
            else "",
        }
        if said["now"] and said["now"] != said["was"]:
            told.append(_("%(option)s: %(was)s no longer goes with the rest; now %(now)s.") % said)
        else:
            told.append(_("%(option)s: %(was)s no longer goes with the rest.") % said)
    return tuple(dict.fromkeys(told))


def _told(offer: Offer, lost: Lost, evaluation: Evaluation, reader: Reader) -> str:
    model = evaluation.model
    known = None if lost.option in model.internal_options else model.option_by_key.get(lost.option)
    label, value = former_names(offer.merchant, offer.key, offer.version, lost.option, lost.was)
    label = known.label if known is not None else label
    said = {
        "option": label.in_locale(reader.locale) if label else lost.option,
        "was": value.in_locale(reader.locale) if value else lost.was,
        "now": "",
    }
    if known is not None and not kind_of(known).is_several:
        said["now"] = (
            picked(known, evaluation.values.get(known.key), reader)
            if known.key in evaluation.values
            else ""
        )
    if not said["was"]:
        return _("%(option)s is no longer offered.") % said
    if said["now"]:
        return _("%(option)s: %(was)s is no longer offered; now %(now)s.") % said
    return _("%(option)s: %(was)s is no longer offered.") % said
