"""What an e-mail says of a stored configuration, in the buyer's language and formats: picture,
summary, price, link.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import css_inline
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from catalog.formats import at_home, told_date
from catalog.models import Merchant
from catalog.product_model import ProductModel
from catalog.shape_expressions import has_shapes
from catalog.translations import speaks
from configurator.answering import follow
from configurator.embed.done import DoneShown, done_shown, kept_lines
from configurator.embed.languages import interface_language
from configurator.embed.options import Reader
from configurator.embed.theme import shades
from configurator.evaluation.evaluation import Evaluation
from configurator.geometry.picture_files import Wish
from configurator.geometry.scene import SceneRefused
from configurator.models import Configuration
from configurator.pictures import at_most_wide, composed, kept, layer_mask, picture_views, tints_of
from configurator.scene_pictures import PictureFailed, scene_picture
from configurator.scenes import scene_of
from configurator.stored import choices_of, offer_of
from configurator.uploads import shown_files
from integrations.automations.links import design_link
from integrations.automations.mail import Picture
from pricing.operations import schedule_of

WIDTH = 1_120
"""Pictures are shown at half of it, so that they are sharp on good screens."""
DRAWN = Wish("corner", WIDTH, WIDTH * 3 // 4)
MOST_SECONDS_TO_DRAW = 5.0
QUALITY = 85
CANVAS = (255, 255, 255)
PICTURE = "design"
# The widget's own colours, for shops without one.
_LIGHT = {"accent": "#0b6e4f", "accent-fill": "#0b6e4f", "accent-ink": "#ffffff"}
_DARK = {"accent": "#4fc79c", "accent-fill": "#4fc79c", "accent-ink": "#06251a"}


@dataclass(frozen=True)
class Design:
    """A stored configuration as an e-mail tells it; `facts` fill the marks of texts."""

    locale: str
    interface: str
    name: str
    done: DoneShown
    picture: Picture | None
    alt: str
    link: str
    link_until: str
    facts: Mapping[str, str]


def design_of(configuration: Configuration, language: str, link_days: int, now: datetime) -> Design:
    """Return what is told of a stored configuration in `language`, its own without one; refuses as
    `follow` does.
    """
    offer = offer_of(configuration)
    model = offer.product.model
    locale = locale_of(model, language or configuration.locale, configuration.merchant)
    interface = interface_language(locale) or "en"
    reader = Reader(locale, configuration.currency)
    evaluation = follow(offer, choices_of(configuration), quantity=configuration.quantity)
    expires_at = now + timedelta(days=link_days)
    schedule = schedule_of(configuration.merchant.slug)
    day = expires_at.astimezone(schedule.zone if schedule else UTC).date()
    picture = None
    # A mail without it is worth more than none.
    with suppress(PictureFailed):
        picture = picture_of(model, evaluation, configuration.merchant.slug)
    with translation.override(interface):
        done = done_shown(configuration, model, evaluation.breakdown, reader)
        total = done.total or (_("Price on request") if done.is_on_request else "")
    name = model.name.in_locale(locale)
    lines = {key: told for key, _label, told in kept_lines(model, configuration, reader)}
    return Design(
        locale=locale,
        interface=interface,
        name=name,
        done=done,
        picture=picture,
        alt=f"{name}: {', '.join(told for _, told in done.lines[:8])}",
        link=design_link(configuration.public_id, locale, expires_at),
        link_until=told_date(day, locale),
        facts={
            **lines,
            "product": name,
            "total": total,
            "quantity": reader.count(configuration.quantity),
        },
    )


def locale_of(model: ProductModel, asked: str, merchant: Merchant) -> str:
    """Return the locale of the product's texts that is nearest to `asked`, in the merchant's
    country without a region.

    Where the product does not speak it, its own.
    """
    if not asked:
        return at_home(model.locale, merchant.country)
    found = speaks(model, asked)
    return (asked if "-" in asked else at_home(asked, merchant.country)) if found else model.locale


def picture_of(model: ProductModel, evaluation: Evaluation, merchant: str) -> Picture | None:
    """Return the configuration's picture as a JPEG, which every mail program shows; None where
    there is none.

    Without a picture of its own it is that of its shapes. Refuses with PicturesBusy one that is
    being drawn: asking again a little later helps.
    """
    from PIL import Image as Pillow

    mask = layer_mask(model, evaluation.layers, picture_views(model)[0])
    tints = tints_of(model, mask, evaluation.values)
    image = composed(model, mask, tints, evaluation.prints, shown_files(merchant)) if mask else None
    if image is None and model.image and (digest := model.assets.get(model.image)):
        image = kept(digest)
    if image is None and has_shapes(model):
        with suppress(SceneRefused):
            image = scene_picture(scene_of(evaluation), DRAWN, MOST_SECONDS_TO_DRAW)
    if image is None or image.media_type not in ("image/webp", "image/png", "image/jpeg"):
        return None
    with Pillow.open(BytesIO(image.content)) as opened:
        layer = opened.convert("RGBA")
    layer = at_most_wide(layer, WIDTH)
    canvas = Pillow.new("RGB", layer.size, CANVAS)
    canvas.paste(layer, mask=layer.getchannel("A"))
    written = BytesIO()
    canvas.save(written, "JPEG", quality=QUALITY, optimize=True)
    return Picture(PICTURE, written.getvalue())


def written(context: Mapping[str, Any], merchant: Merchant, interface: str) -> tuple[str, str]:
    """Return the plain and the HTML part of a mail; the styles stand at each element, as mail
    programs want them.
    """
    light, dark = shades(merchant.accent[1:]) if merchant.accent else (_LIGHT, _DARK)
    colours = {
        "light": {name.replace("-", "_"): each for name, each in light.items()},
        "dark": {name.replace("-", "_"): each for name, each in dark.items()},
    }
    whole = {**context, **colours, "merchant": merchant.name}
    with translation.override(interface):
        plain = render_to_string("automations/design_mail.txt", whole)
        html = render_to_string("automations/design_mail.html", whole)
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    lines = [line.rstrip() for line in plain.strip().splitlines()]
    # Parts that are left out leave no heap of empty lines.
    text = "\n".join(
        line for place, line in enumerate(lines) if line or (place and lines[place - 1])
    )
    return f"{text}\n", inliner.inline(html)
