"""Packages of npm for tests that ask the libraries receivers use: what a package-lock.json names,
and nothing else.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def needed(*programs: str) -> None:
    """Skip where a program is missing; fail where nothing may be missing."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        told = f"{' and '.join(missing)} is not installed here"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)


def installed(folder: Path) -> Path:
    """Return the node_modules of the package-lock.json in `folder`, installed once for each state
    of it.
    """
    lock = folder / "package-lock.json"
    kept = (
        Path(tempfile.gettempdir())
        / f"configurator-npm-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    )
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=kept.parent) as place:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, place)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(
                command, cwd=place, capture_output=True, text=True, timeout=300, check=False
            )
            assert done.returncode == 0, done.stderr
            # Packages find one another in a folder of this very name.
            (Path(place) / "whole").mkdir()
            (Path(place) / "node_modules").rename(Path(place) / "whole" / "node_modules")
            try:
                (Path(place) / "whole").rename(kept)
            except OSError:
                # Another process was faster.
                assert kept.exists()
    return kept / "node_modules"
