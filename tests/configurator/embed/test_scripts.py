import gzip
from pathlib import Path

STATIC = Path("static")
OF_THE_WIDGET = (
    "vendor/htmx-2.0.11/htmx.min.js",
    "vendor/idiomorph-0.8.0/idiomorph-ext.min.js",
    "configurator/widget.js",
)


def zipped(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


def test_the_scripts_of_the_widget_together_stay_below_25_kilobytes() -> None:
    sizes = {name: zipped(name) for name in OF_THE_WIDGET}
    assert sum(sizes.values()) <= 25_000, sizes


def test_the_script_of_the_viewer_stays_below_4_kilobytes() -> None:
    assert zipped("configurator/viewer.js") <= 4_000


def test_the_library_of_the_viewer_leads_to_no_map_and_is_asked_for_where_shapes_are_shown() -> (
    None
):
    library = "vendor/model-viewer-4.4.0/model-viewer-umd.min.js"
    assert b"sourceMappingURL" not in (STATIC / library).read_bytes()
    naming = [
        path.name for path in Path("templates").rglob("*.html") if library in path.read_text()
    ]
    assert sorted(naming) == ["_stage.html", "shape_preview.html"]


def test_the_script_in_the_shops_page_stays_below_4_kilobytes() -> None:
    assert zipped("embed.js") <= 4_000


def test_what_others_wrote_comes_with_its_licence() -> None:
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert all((folder / "LICENSE").exists() for folder in folders)
