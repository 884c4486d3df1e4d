"""The dated versions of the API. Inside one, things are only added; what would break callers gets a
new date.
"""

from datetime import date

from catalog.errors import Refusal

VERSIONS = ("2026-11-30",)
"""The dates, oldest first; each has a snapshot of the OpenAPI document in `docs/api/openapi/`."""
HEADER = "Configurator-Version"


class VersionUnknown(Refusal):
    """The header `Configurator-Version`, or the credential, names a date that there is no version
    of; `known` lists those that there are.
    """

    slug = "version-unknown"
    title = "There is no such version of the API"
    status = 400


def newest() -> str:
    """Return the version that new credentials are pinned to."""
    return VERSIONS[-1]


def version_of(header: str | None, pinned: str) -> str:
    """Return the version that a call asks for: that of its header, else that of its credential;
    refuse with VersionUnknown.
    """
    asked = pinned if header is None else header.strip()
    if asked in VERSIONS:
        return asked
    try:
        date.fromisoformat(asked)
    except ValueError:
        sentence = "Send a date such as 2026-11-30, or leave the header out."
    else:
        sentence = f"There is no version {asked}; the newest is {newest()}."
    raise VersionUnknown(sentence, known=list(VERSIONS))
