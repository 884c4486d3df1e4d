"""Have two generators of clients read the document, and check all that they make; needs the
network, so no test.

    python -m tests.integrations.api.try_generators /tmp/generators

openapi-python-client has to make every operation, and every module of it to import.
openapi-typescript has to make types with which `tsc --strict` takes a call of every operation with
the example that the document has for it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")

METHODS = ("get", "post", "put", "patch", "delete")
IMPORT_ALL = (
    "import importlib, pkgutil, made;"
    "[importlib.import_module(each.name) for each in pkgutil.walk_packages(made.__path__, 'made.')]"
)


def run(*command: str, at: Path) -> str:
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout + done.stderr


def calls(document: Any) -> str:
    """A call of every operation, as a program in TypeScript."""
    lines = [
        'import createClient from "openapi-fetch";',
        'import type { paths } from "./made";',
        "",
    ]
    lines += ["const api = createClient<paths>();", "export async function all() {"]
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            given: dict[str, Any] = {}
            parts = [each for each in operation["parameters"] if each["in"] == "path"]
            if parts:
                given["params"] = {
                    "path": {
                        each["name"]: each["schema"].get("enum", ["desk"])[0] for each in parts
                    }
                }
            wanted = [
                each["name"]
                for each in operation["parameters"]
                if each["in"] == "header" and each["required"]
            ]
            if wanted:
                headers = dict.fromkeys(wanted, "7b8c1d1e-6f0a-4a5e-9b51-1d9c1f6f2a10")
                given["params"] = {**given.get("params", {}), "header": headers}
            if "requestBody" in operation:
                given["body"] = operation["requestBody"]["content"]["application/json"]["example"]
            lines.append(f"  await api.{method.upper()}({json.dumps(path)}, {json.dumps(given)});")
    return "\n".join([*lines, "}", ""])


def try_both(folder: Path) -> None:
    import django

    django.setup()
    from integrations.api.openapi import document

    folder.mkdir(parents=True, exist_ok=True)
    told = json.loads(json.dumps(document()))
    (folder / "openapi.json").write_text(json.dumps(told))
    wanted = sum(method in item for item in told["paths"].values() for method in METHODS)

    python = folder / "v" / "bin" / "python"
    if not python.exists():
        run(sys.executable, "-m", "venv", "v", at=folder)
        run(str(python), "-m", "pip", "install", "-q", "openapi-python-client", "ruff", at=folder)
    run(str(python.parent / "openapi-python-client"), "generate", "--path", "openapi.json", "--output-path", "made",
        "--meta", "none", "--overwrite", at=folder)  # fmt: skip
    made = [each for each in (folder / "made" / "api").rglob("*.py") if each.name != "__init__.py"]
    if len(made) != wanted:
        sys.exit(f"openapi-python-client made {len(made)} of {wanted} operations")
    run(str(python), "-c", IMPORT_ALL, at=folder)
    print(f"openapi-python-client: {len(made)} operations")

    if not (folder / "node_modules").exists():
        run(
            "npm",
            "install",
            "--silent",
            "openapi-typescript",
            "typescript",
            "openapi-fetch",
            at=folder,
        )
    run("npx", "openapi-typescript", "openapi.json", "-o", "made.d.ts", at=folder)
    (folder / "calls.ts").write_text(calls(told))
    run("npx", "tsc", "--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--moduleResolution",
        "nodenext", "--skipLibCheck", "calls.ts", at=folder)  # fmt: skip
    print(f"openapi-typescript: tsc --strict takes a call of each of {wanted} operations")


if __name__ == "__main__":
    try_both(Path(sys.argv[1]))
