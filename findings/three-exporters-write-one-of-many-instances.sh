#!/usr/bin/env bash
# three 0.187.0 (npm): STLExporter and OBJExporter of its own examples.
# Guess: an InstancedMesh of three shelves is written as three shelves, or refused.
# Seen: one shelf is written, at the place of the mesh itself, and nothing is said. The picture shows three.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund three@0.187.0
cat > run.mjs <<'JS'
import assert from "assert";
import * as THREE from "three";
import { STLExporter } from "three/examples/jsm/exporters/STLExporter.js";
import { OBJExporter } from "three/examples/jsm/exporters/OBJExporter.js";
const shelves = new THREE.InstancedMesh(new THREE.BoxGeometry(600, 18, 300), new THREE.MeshStandardMaterial(), 3);
for (let i = 0; i < 3; i++) shelves.setMatrixAt(i, new THREE.Matrix4().makeTranslation(0, 400 * i, 0));
const count = (text, pattern) => (text.match(pattern) || []).length;
const stl = count(new STLExporter().parse(shelves), /endfacet/g), obj = count(new OBJExporter().parse(shelves), /^f /gm);
console.log({ revision: THREE.REVISION, triangles: 3 * 12, stl, obj });
assert.equal(stl, 12);
assert.equal(obj, 12);
JS
node run.mjs
