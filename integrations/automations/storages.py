"""Storages: where steps put files. A folder of the site, a bucket of S3, or a server that speaks
SFTP (ADR 0198).

A file is written beside its place and moved there when it is whole; written again, it is the same
file. What a merchant names is called through egress alone, and a server has to be the one it says.
"""

import hmac
import os
import posixpath
import re
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from django.conf import settings
from pydantic import AfterValidator, Field, ValidationError

from catalog.errors import Malformed
from catalog.models import Merchant
from configurator.sealing import opened
from integrations.automations.actions import Settings, StepFailed
from integrations.automations.models import Storage
from integrations.egress.client import Unreachable, connected_to, put, refuse_closed
from integrations.egress.targets import UrlRefused, read_host, read_target

SFTP_PORTS = frozenset((22, 2222))
MOST_PARTS, MOST_PART = 8, 150
_AGAIN = frozenset((408, 425, 429))
_FINGERPRINT = r"^SHA256:[A-Za-z0-9+/]{43}$"
_PART = r"[^\x00-\x1f\x7f/\\]{1,150}"

type Put = Callable[[Merchant, Any, str, str, bytes, float], str]


def _folder(text: str) -> str:
    parts = [part for part in text.split("/") if part]
    if any(part in (".", "..") for part in parts) or len(parts) > MOST_PARTS:
        raise ValueError("expected a folder such as orders/desks, without . and ..")
    return "/".join(parts)


def _fingerprint(text: str) -> str:
    found = text.strip().rstrip("=")
    if not re.fullmatch(_FINGERPRINT, found):
        raise ValueError(
            "expected a fingerprint such as SHA256:… of 43 characters, as ssh-keygen -l tells it"
        )
    return found


Folder = Annotated[
    str, Field(max_length=200, pattern=rf"^$|^{_PART}(/{_PART})*/?$"), AfterValidator(_folder)
]


class LocalSettings(Settings):
    """A folder of the site."""

    folder: Folder = ""
    """Below the merchant's own folder, such as orders."""


class S3Settings(Settings):
    """A bucket of S3, or of what speaks as S3 does."""

    endpoint: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x20\x7f]+$")]
    """Such as https://s3.eu-central-1.amazonaws.com."""
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    """Such as eu-central-1; us-east-1 where a server has none."""
    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    access_key: Annotated[str, Field(pattern=r"^[\w/+=.-]{1,128}$")]
    folder: Folder = ""
    """What the names of all files begin with."""


class SftpSettings(Settings):
    """A server that speaks SFTP."""

    host: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\x00-\x20\x7f]+$")]
    """Its name, such as files.shop.example."""
    host_key: Annotated[
        str,
        Field(max_length=80, json_schema_extra={"pattern": _FINGERPRINT}),
        AfterValidator(_fingerprint),
    ]
    """The fingerprint of its key, as `ssh-keygen -lf` tells it; no other server is given anything.
    """
    user: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    """22 or 2222; others where the operator opened the network."""
    folder: Folder = ""
    """Where files are put; made where it is not there."""


@dataclass(frozen=True)
class StorageKind:
    """A sort of storage: its settings, the name of its secret (empty without one), a check, and how
    a file is put.
    """

    title: str
    settings: type[Settings]
    secret: str
    check: Callable[[Any], None]
    put: Put


def read_storage_settings(kind: str, document: Any) -> Settings:
    """Return the settings of a storage; refuse with Malformed, each place told, or with UrlRefused."""
    known = KINDS.get(kind)
    if known is None:
        raise Malformed(f"There is no kind of storage '{kind}'. There are {', '.join(KINDS)}.")
    try:
        said = known.settings.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        errors = [
            {
                "pointer": "".join(f"/{part}" for part in ("settings", *each["loc"])),
                "detail": each["msg"],
            }
            for each in found
        ]
        raise Malformed(f"{errors[0]['pointer']}: {errors[0]['detail']}.", errors=errors) from None
    known.check(said)
    return said


def put_file(storage: Storage, name: str, content: bytes, seconds: float) -> str:
    """Put a file into a storage under `name`, a path without `..`, and return where it is; refuse
    with StepFailed.
    """
    known = KINDS[storage.kind]
    said = read_storage_settings(storage.kind, storage.settings)
    secret = ""
    if known.secret:
        found = opened(bytes(storage.secret or b""), place_of(storage))
        if found is None:
            raise StepFailed(
                f"The secret of {storage} was sealed with one of the site's that is gone. Enter it again."
            )
        secret = found.decode()
    try:
        return known.put(storage.merchant, said, secret, name, content, seconds)
    except UrlRefused as refused:
        raise StepFailed(refused.sentence, is_final=True) from None
    except Unreachable as error:
        raise StepFailed(f"{storage}: {error}") from None


def place_of(storage: Storage) -> str:
    """Return the name of the place that the secret of a storage is sealed for."""
    return f"automations {storage.public_id}"


# -- folders of the site


def _root() -> Path:
    """Return the folder that the operator set; refuse with Malformed where there is none."""
    root: Path | None = settings.AUTOMATION_FILES
    if root is None:
        raise Malformed("This site keeps no files: the operator sets AUTOMATION_FILES.")
    return root


def _check_local(said: LocalSettings) -> None:
    _root()


def _put_local(
    merchant: Merchant, said: LocalSettings, secret: str, name: str, content: bytes, seconds: float
) -> str:
    root = _root() / merchant.slug
    path = root.joinpath(said.folder, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A link within the folder may lead anywhere.
        if not path.parent.resolve().is_relative_to(root.resolve()):
            raise StepFailed("This leads out of the merchant's own folder.", is_final=True)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=".", suffix=".part", delete=False
        ) as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o640)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StepFailed(f"The file cannot be written: {error.strerror or error}") from None
    return posixpath.join(said.folder, name)


# -- S3


def _check_s3(said: S3Settings) -> None:
    target = read_target(said.endpoint)
    refuse_closed(target)
    if target.path != "/":
        raise UrlRefused("Give the endpoint without a path: the bucket has a field of its own.")


def _put_s3(
    merchant: Merchant, said: S3Settings, secret: str, name: str, content: bytes, seconds: float
) -> str:
    try:
        from requests import Request
        from requests_aws4auth import AWS4Auth
    except ImportError:
        raise StepFailed(
            "This site cannot write to S3: the operator installs open-configurator[s3]."
        ) from None
    key = quote(posixpath.join(said.folder, name), safe="/")
    request = Request(
        "PUT", f"{said.endpoint.rstrip('/')}/{said.bucket}/{key}", data=content
    ).prepare()
    signed = AWS4Auth(said.access_key, secret, said.region, "s3")(request)
    own = {"host", "content-length"}
    headers = {
        name: _text(value) for name, value in signed.headers.items() if name.lower() not in own
    }
    answer = put(str(request.url), content, headers, seconds)
    if 200 <= answer.status < 300:
        return f"{said.bucket}/{key}"
    raise StepFailed(
        f"{target_of(said.endpoint)} answered {answer.status}.",
        is_final=400 <= answer.status < 500 and answer.status not in _AGAIN,
        answer=answer.body.decode("utf-8", "replace"),
    )


def target_of(url: str) -> str:
    """Return the host of a URL, as people are told it."""
    return read_target(url).host


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


# -- SFTP


def _check_sftp(said: SftpSettings) -> None:
    read_host(said.host)


def _put_sftp(
    merchant: Merchant, said: SftpSettings, secret: str, name: str, content: bytes, seconds: float
) -> str:
    try:
        import paramiko
    except ImportError:
        raise StepFailed(
            "This site cannot write by SFTP: the operator installs open-configurator[sftp]."
        ) from None
    transport = paramiko.Transport(connected_to(said.host, said.port, SFTP_PORTS, seconds))
    # Every call of the library waits anew; this ends all of them.
    end = threading.Timer(seconds, transport.close)
    end.daemon = True
    end.start()
    try:
        transport.start_client(timeout=seconds)
        told = str(transport.get_remote_server_key().fingerprint)
        if not hmac.compare_digest(told, said.host_key):
            raise StepFailed(
                f"{said.host} shows another key: {told}. Nothing was sent.", is_final=True
            )
        _log_in(transport, said.user, secret)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        return _upload(client, said.folder, name, content)
    except paramiko.AuthenticationException:
        raise StepFailed(f"{said.host} takes neither user nor secret.", is_final=True) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise StepFailed(f"{said.host}: {error or 'the connection ended'}") from None
    finally:
        end.cancel()
        transport.close()


def _log_in(transport: Any, user: str, secret: str) -> None:
    """Log in with a password, or with a private key in PEM."""
    if "PRIVATE KEY-----" not in secret:
        transport.auth_password(user, secret)
        return
    transport.auth_publickey(user, _private_key(secret))


def _private_key(secret: str) -> Any:
    from io import StringIO

    import paramiko

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(StringIO(secret))
        except (paramiko.SSHException, ValueError):
            continue
    raise StepFailed("The private key cannot be read. Give one without a password.", is_final=True)


def _upload(client: Any, folder: str, name: str, content: bytes) -> str:
    path = posixpath.join(folder, name)
    parent = posixpath.dirname(path)
    made = ""
    for part in parent.split("/") if parent else ():
        made = posixpath.join(made, part)
        try:
            client.mkdir(made)
        except OSError:
            # It is there already; where it is not, the file tells.
            continue
    part_of = f"{path}.part"
    with client.open(part_of, "wb") as file:
        file.write(content)
    try:
        client.posix_rename(part_of, path)
    except OSError:
        # Servers without OpenSSH's extension move nothing onto what is there.
        client.remove(path)
        client.rename(part_of, path)
    return path


KINDS: Mapping[str, StorageKind] = {
    "local": StorageKind("A folder of this site", LocalSettings, "", _check_local, _put_local),
    "s3": StorageKind("S3", S3Settings, "Secret key", _check_s3, _put_s3),
    "sftp": StorageKind("SFTP", SftpSettings, "Password or private key", _check_sftp, _put_sftp),
}
