import gzip
from pathlib import Path

STATIC = Path("static")
SCRIPTS = (
    "vendor/htmx-2.0.11/htmx.min.js",
    "vendor/idiomorph-0.8.0/idiomorph-ext.min.js",
    "configurator/widget.js",
    "embed.js",
)


def test_all_scripts_together_stay_below_25_kilobytes() -> None:
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in SCRIPTS}
    assert sum(sizes.values()) <= 25_000, sizes


def test_what_others_wrote_comes_with_its_licence() -> None:
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert all((folder / "LICENSE").exists() for folder in folders)
