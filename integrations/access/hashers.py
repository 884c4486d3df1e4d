"""Fast hashing for generated secrets: 40 and more random characters need no slow rounds."""

import hashlib
import secrets
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare

SHORTEST_SECRET = 40


class GeneratedSecretHasher(BasePasswordHasher):
    """Salted SHA-256 for generated secrets; refuses short ones, which may have been chosen by a
    person.
    """

    algorithm = "generated_sha256"

    def salt(self) -> str:
        return secrets.token_hex(16)

    def encode(self, password: str, salt: str) -> str:
        if len(password) < SHORTEST_SECRET:
            raise ValueError(
                f"A client secret needs at least {SHORTEST_SECRET} generated characters."
            )
        return f"{self.algorithm}${salt}${hashlib.sha256(f'{salt}{password}'.encode()).hexdigest()}"

    def decode(self, encoded: str) -> dict[str, str]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        salt = self.decode(encoded)["salt"]
        digest = hashlib.sha256(f"{salt}{password}".encode()).hexdigest()
        return constant_time_compare(encoded, f"{self.algorithm}${salt}${digest}")

    def safe_summary(self, encoded: str) -> dict[str | Any, Any]:
        return {"algorithm": self.algorithm}

    def must_update(self, encoded: str) -> bool:
        return False
