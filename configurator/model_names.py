"""What models and pictures of a scene are called in addresses: after their content, with the values
they are made of, sealed.

The values are encrypted, since some may be of internal options, and cannot be made up: of the many
configurations only those that one of our own pages showed are worth the work. Equal scenes have
equal names (AES-SIV, RFC 5297, needs no chance), so that caches know them.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from functools import lru_cache

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac

from catalog.product_model import Choice, ProductModel
from configurator.choices import kept_choices, plain_choices
from configurator.geometry.glb import fingerprint
from configurator.geometry.scene import Scene

SHORT = 16
"""Of the fingerprint as many digits as a name has."""
MOST_SEALED = 4_000
"""How long what is sealed may be in an address, as the patterns of addresses say."""


def model_name(model: ProductModel, scene: Scene, values: Mapping[str, Choice]) -> str:
    """Return the name of the file of `scene`, which is that of `values`; empty as `named` is."""
    return named(fingerprint(scene), model, values)


def named(content: str, model: ProductModel, values: Mapping[str, Choice]) -> str:
    """Return the name of what has the fingerprint `content` and is made of `values`; empty where
    these, such as a long text, are too much for an address.
    """
    written = sealed_values(model, values)
    return f"{content[:SHORT]}-{written}" if written else ""


def sealed_values(model: ProductModel, values: Mapping[str, Choice]) -> str:
    """Return `values` sealed for an address; empty where they are too much for one."""
    text = zlib.compress(orjson.dumps(plain_choices(values), option=orjson.OPT_SORT_KEYS), 9)
    sealed = _cipher(settings.SECRET_KEY).encrypt(text, [model.digest.encode()])
    written = urlsafe_b64encode(sealed).decode().rstrip("=")
    return written if len(written) <= MOST_SEALED else ""


def values_of_name(model: ProductModel, sealed: str) -> Mapping[str, Choice] | None:
    """Return the values that are sealed in a name, also under an earlier secret key; None where
    they are none of ours.
    """
    try:
        content = urlsafe_b64decode(f"{sealed}{'=' * (-len(sealed) % 4)}")
    except (Error, ValueError):
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            opened = _cipher(key).decrypt(content, [model.digest.encode()])
        except (InvalidTag, ValueError):
            continue
        return kept_choices(model, orjson.loads(zlib.decompress(opened)))
    return None


@lru_cache(maxsize=16)
def _cipher(secret: str) -> AESSIV:
    derived = salted_hmac("configurator.model_names", "", secret=secret, algorithm="sha512")
    return AESSIV(derived.digest())
