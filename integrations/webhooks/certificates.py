"""Certificates that say to a receiver who sends it events (mutual TLS), read strictly."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from catalog.errors import Malformed

MOST_PEM = 20_000


def refuse_certificate(certificate: str, key: bytes | None, is_secure: bool, now: datetime) -> None:
    """Refuse with Malformed a certificate chain in PEM, the client's first, or the private key,
    that cannot be used.

    `key` is a PEM without a password, None where there is none yet. `is_secure` says that the URL
    begins with https.
    """
    if not is_secure:
        raise _refused("A certificate is shown over https:// alone. Change the URL.", "")
    try:
        first = x509.load_pem_x509_certificates(certificate.encode())[0]
    except (ValueError, IndexError):
        raise _refused(
            "This is no certificate in PEM: -----BEGIN CERTIFICATE-----.", "/chain"
        ) from None
    if first.not_valid_after_utc <= now:
        raise _refused(f"The certificate ended on {first.not_valid_after_utc:%Y-%m-%d}.", "/chain")
    if key is None:
        raise _refused("Give the private key of the certificate, too.", "/key")
    try:
        private = load_pem_private_key(key, password=None)
    except (ValueError, TypeError):
        raise _refused("This is no private key in PEM without a password.", "/key") from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != first.public_key().public_bytes(*form):
        raise _refused(
            "The private key is not that of the certificate, which is the first one of the chain.",
            "/key",
        )


def _refused(told: str, place: str) -> Malformed:
    return Malformed(told, errors=[{"pointer": f"/certificate{place}", "detail": told}])
