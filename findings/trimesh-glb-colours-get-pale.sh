#!/usr/bin/env bash
# trimesh 5.2.0 (PyPI) writes and reads GLB, three 0.187.0 (npm) shows what a viewer makes of it.
# Guess: the colour 194, 154, 108 of a decor (RGB as in any catalogue) is #c29a6c on the screen.
# Seen: it is #e2ccae, a pale one. The numbers in glTF count light and not what the eye sees, and trimesh divides by 255 and
# does no more; read by trimesh again, all is as it was, so its own round trip does not show it. Colours of faces and
# corners are written the same way. Dark decors suffer most: 60, 40, 30 is seen as 133, 110, 96.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q trimesh==5.2.0 pillow==12.0.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund three@0.187.0
v/bin/python - <<'PY'
import trimesh
from trimesh.visual.material import PBRMaterial

for name, colour in {"oak": [194, 154, 108, 255], "wenge": [60, 40, 30, 255]}.items():
    board = trimesh.creation.box((0.6, 0.018, 0.4))
    board.visual = trimesh.visual.TextureVisuals(material=PBRMaterial(baseColorFactor=colour, metallicFactor=0))
    board.export(f"{name}.glb")
    (again,) = trimesh.load(f"{name}.glb").geometry.values()
    print("trimesh", trimesh.__version__, name, colour, "read again:", again.visual.material.baseColorFactor.tolist())
    assert again.visual.material.baseColorFactor.tolist() == colour
PY
cat >read.mjs <<'JS'
import assert from "assert";
import { readFileSync } from "fs";
import { REVISION } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
const shown = {};
for (const name of ["oak", "wenge"]) {
  const { buffer, byteOffset, byteLength } = readFileSync(`${name}.glb`);
  const { scene } = await new GLTFLoader().parseAsync(buffer.slice(byteOffset, byteOffset + byteLength), "");
  scene.traverse((part) => { if (part.isMesh) shown[name] = part.material.color.getHexString(); });
}
console.log(`three r${REVISION} shows`, shown);
assert.deepEqual(shown, { oak: "e2ccae", wenge: "856e60" });
JS
node read.mjs
