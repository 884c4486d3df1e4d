"""Headers that a merchant has sent with every event: which there may be, read strictly."""

import re
from collections.abc import Collection, Mapping

from catalog.errors import Malformed

MOST_HEADERS = 20
MOST_VALUE = 1_000
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
# Visible ASCII with blanks between: no line ends, so that a value writes no header of its own.
_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# What belongs to one connection (RFC 9110, 7.6.1), to the message, or to whoever sends it.
_OURS = frozenset(
    (
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
    )
)
_OUR_BEGINNINGS = ("webhook-", "svix-", "proxy-", "x-forwarded-")
AUTHORIZATION = "authorization"


def refuse_headers(
    headers: Mapping[str, str | None], held: Collection[str], is_authorized: bool
) -> None:
    """Refuse with Malformed headers that are not sent with events.

    A value of None stands for the one that is kept; `held` names those that are. `is_authorized`
    says that tokens of OAuth fill `Authorization`.
    """
    if len(headers) > MOST_HEADERS:
        raise _refused(f"Give at most {MOST_HEADERS} headers.", "")
    if len({name.lower() for name in headers}) < len(headers):
        raise _refused("A header is named twice; capitals make no difference.", "")
    for name, value in headers.items():
        _refuse_name(name, is_authorized)
        if value is None and name not in held:
            raise _refused(f"There is no value of '{name}' yet: give one.", name)
        if value is not None and (len(value) > MOST_VALUE or not _VALUE.fullmatch(value)):
            told = f"The value of '{name}' is to be at most {MOST_VALUE:,} letters, digits, marks and blanks of ASCII."
            raise _refused(told, name)


def _refuse_name(name: str, is_authorized: bool) -> None:
    low = name.lower()
    if not _NAME.fullmatch(name):
        raise _refused(
            f"'{name[:64]}' is no name of a header. Use letters, digits and hyphens, 64 at most.",
            "",
        )
    if low in _OURS or low.startswith(_OUR_BEGINNINGS):
        raise _refused(
            f"The header '{name}' is not for you to set: it belongs to the request itself.", name
        )
    if low == AUTHORIZATION and is_authorized:
        raise _refused(
            "With OAuth, the header Authorization carries its token. Take one of the two.", name
        )


def _refused(told: str, name: str) -> Malformed:
    escaped = name.replace("~", "~0").replace("/", "~1")
    return Malformed(told, errors=[{"pointer": f"/headers/{escaped}".rstrip("/"), "detail": told}])
