"""Files in the bodies of calls."""

from base64 import b64decode
from binascii import Error

from integrations.api.problems import MalformedInput


def content_of(text: str) -> bytes:
    """Return a file that the field `content` holds in base64; refuse with MalformedInput."""
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        raise MalformedInput(
            "Send the content of the file in base64.",
            errors=[{"pointer": "/content", "detail": "expected base64"}],
        ) from None
