#!/usr/bin/env bash
# trimesh 5.2.0 (PyPI) writes a GLB, three 0.187.0 (npm) reads it as a shop's viewer does.
# Guess: a board with SimpleMaterial, which is a colour with a little shine and knows no metal, or with a PBRMaterial of
# nothing but a colour, is written as wood, plastic or paint.
# Seen: it is written without a word of metal, and glTF says that what is left out is 1: the board is metal through and
# through. Without a picture of a room around it, it is black but for the lights. metallicFactor=0 has to be given by hand.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q trimesh==5.2.0 pillow==12.0.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund three@0.187.0
v/bin/python - <<'PY'
import trimesh
from trimesh.visual.material import PBRMaterial, SimpleMaterial

OAK = [194, 154, 108, 255]
for name, material in {
    "simple": SimpleMaterial(diffuse=OAK),
    "pbr": PBRMaterial(baseColorFactor=OAK),
    "told": PBRMaterial(baseColorFactor=OAK, metallicFactor=0),
}.items():
    board = trimesh.creation.box((0.6, 0.018, 0.4))
    board.visual = trimesh.visual.TextureVisuals(material=material)
    board.export(f"{name}.glb")
PY
cat >read.mjs <<'JS'
import assert from "assert";
import { readFileSync } from "fs";
import { REVISION } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
const metal = {};
for (const name of ["simple", "pbr", "told"]) {
  const { buffer, byteOffset, byteLength } = readFileSync(`${name}.glb`);
  const { scene } = await new GLTFLoader().parseAsync(buffer.slice(byteOffset, byteOffset + byteLength), "");
  scene.traverse((part) => { if (part.isMesh) metal[name] = part.material.metalness; });
}
console.log(`trimesh 5.2.0, three r${REVISION}: metal of 1`, metal);
assert.deepEqual(metal, { simple: 1, pbr: 1, told: 0 });
JS
node read.mjs
