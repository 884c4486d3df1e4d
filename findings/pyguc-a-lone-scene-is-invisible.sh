#!/usr/bin/env bash
# @gltf-transform/core 4.5.1 (npm) writes a GLB, three 0.187.0 (npm) reads it, pyguc 0.1.1 with usd-core 26.8 (PyPI) makes
# USD of it for a phone that shows the cabinet in the room.
# Guess: a file with one scene shows that scene, also without the word "scene" that names it, which glTF does not ask for.
# Seen: what the viewer in the browser shows is there in USD, and all of it is invisible. Nothing is said, in a report that
# tells of other things. With the word, by setDefaultScene(), it is seen.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q pyguc==0.1.1 usd-core==26.8 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @gltf-transform/core@4.5.1 three@0.187.0
cat >write.mjs <<'JS'
import assert from "assert";
import { readFileSync } from "fs";
import { Document, NodeIO } from "@gltf-transform/core";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
for (const named of [true, false]) {
  const model = new Document();
  const corners = model.createAccessor().setType("VEC3").setBuffer(model.createBuffer())
    .setArray(new Float32Array([0, 0, 0, 0.6, 0, 0, 0, 2, 0]));
  const door = model.createMesh().addPrimitive(model.createPrimitive().setAttribute("POSITION", corners));
  const scene = model.createScene().addChild(model.createNode("door").setMesh(door));
  if (named) model.getRoot().setDefaultScene(scene);
  const file = named ? "named.glb" : "lone.glb";
  await new NodeIO().write(file, model);
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  const shown = (await new GLTFLoader().parseAsync(buffer.slice(byteOffset, byteOffset + byteLength), "")).scene;
  assert.deepEqual([shown.visible, shown.children.map((part) => part.name)], [true, ["door"]]);
}
JS
node write.mjs
v/bin/python - <<'PY'
from pathlib import Path

import pyguc
from pxr import Usd, UsdGeom


def visible(name):
    assert not pyguc.convert(f"{name}.glb", name, format="usda").report.diagnostics
    (path,) = Path(name).glob("*.usda")
    stage = Usd.Stage.Open(str(path))
    doors = [
        prim
        for prim in stage.Traverse(Usd.TraverseInstanceProxies())
        if prim.IsA(UsdGeom.Mesh) and "/Scenes/" in str(prim.GetPath())
    ]
    return [str(UsdGeom.Imageable(door).ComputeVisibility()) for door in doors]


seen = {name: visible(name) for name in ("named", "lone")}
print("pyguc 0.1.1, the door:", seen)
assert seen == {"named": ["inherited"], "lone": ["invisible"]}
PY
