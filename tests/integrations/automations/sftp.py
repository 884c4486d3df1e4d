"""A real SFTP server on this machine for tests, and S3 as far as it checks who writes."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko


@dataclass
class SftpServer:
    """Where it is, its key's fingerprint, and who may come: a password, or the key of `maria`."""

    port: int
    fingerprint: str
    folder: Path
    logins: list[str] = field(default_factory=list)


class _Who(paramiko.ServerInterface):
    def __init__(self, server: SftpServer, key: paramiko.PKey) -> None:
        self.server, self.key = server, key

    def check_auth_password(self, username: str, password: str) -> int:
        self.server.logins.append(f"{username} by password")
        return (
            paramiko.AUTH_SUCCESSFUL
            if (username, password) == ("maria", "secret")
            else paramiko.AUTH_FAILED
        )

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.server.logins.append(f"{username} by key")
        return paramiko.AUTH_SUCCESSFUL if key == self.key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"


class _Files(paramiko.SFTPServerInterface):
    folder: Path

    def _path(self, path: str) -> Path:
        return self.folder / path.lstrip("/")

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            number = os.open(self._path(path), flags | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        handle = paramiko.SFTPHandle(flags)
        handle.writefile = os.fdopen(number, "wb")  # type: ignore[attr-defined]
        return handle

    def mkdir(self, path: str, attr: Any) -> int:
        return self._do(lambda: self._path(path).mkdir())

    def remove(self, path: str) -> int:
        return self._do(lambda: self._path(path).unlink())

    def rename(self, old: str, new: str) -> int:
        if self._path(new).exists():
            return int(paramiko.SFTP_FAILURE)
        return self._do(lambda: self._path(old).rename(self._path(new)))

    def posix_rename(self, old: str, new: str) -> int:
        return self._do(lambda: self._path(old).replace(self._path(new)))

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(self._path(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def _do(self, act: Any) -> int:
        try:
            act()
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))
        return int(paramiko.SFTP_OK)


@contextmanager
def sftp_server(folder: Path, key: paramiko.PKey) -> Iterator[SftpServer]:
    """Run a server that keeps files in `folder` as long as the block does; `key` is that of
    `maria`.
    """
    host_key = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    found = SftpServer(listener.getsockname()[1], host_key.fingerprint, folder)
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transports.append(transport)
            transport.add_server_key(host_key)
            files = type("Files", (_Files,), {"folder": folder})
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
            try:
                transport.start_server(server=_Who(found, key))
            except (paramiko.SSHException, EOFError):
                continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield found
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for each in transports:
            each.close()
