"""Models of the demo's products are held against the validator that Khronos, who writes glTF, gives
out: no error and no warning in any configuration.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from configurator.geometry.glb import glb
from configurator.geometry.production import production
from configurator.geometry.scene import Scene, compile_shapes, resolve
from configurator.sampling import numbered_choices, values_with
from tests.configurator_site.test_demo_shapes import PRODUCTS, product
from tests.node import installed, needed

HERE = Path(__file__).parent / "gltf"
CONFIGURATIONS = int(os.environ.get("GLTF_MODELS", "6"))
SHAPED = (*PRODUCTS, "lounge.yaml")
SECONDS = 300


def scenes(name: str) -> list[Scene]:
    """Return the scenes of valid configurations by chance."""
    made = product(name)
    compiled = compile_shapes(made.model)
    chosen = (numbered_choices(made, 15, number) for number in range(CONFIGURATIONS))
    return [resolve(compiled, values_with(made, choices)) for choices in chosen]


def faults(folder: Path) -> dict[str, list[str]]:
    """Return what the validator has against each .glb of a folder."""
    needed("node", "npm")
    (folder / "node_modules").symlink_to(installed(HERE))
    shutil.copy(HERE / "run.mjs", folder)
    done = subprocess.run(
        ["node", "run.mjs"], cwd=folder, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_model_of_any_configuration_has_an_error_or_a_warning(tmp_path: Path) -> None:
    whole = b""
    for name in SHAPED:
        found = scenes(name)
        for number, scene in enumerate(found):
            whole = glb(scene)
            (tmp_path / f"{name}-{number}.glb").write_bytes(whole)
        (tmp_path / f"{name}-made.glb").write_bytes(glb(production(found[0])))
    (tmp_path / "broken.glb").write_bytes(whole[:-8])
    told = faults(tmp_path)
    assert told.pop("broken.glb"), "a broken file has to be told"
    assert len(told) == len(SHAPED) * (CONFIGURATIONS + 1)
    assert {name: those for name, those in told.items() if those} == {}
