#!/usr/bin/env bash
# three 0.187.0 (npm): OBJLoader of its own examples.
# Guess: an L-shaped worktop, one face of six corners, is shown as an L: its area is 3.
# Seen: each face is cut as a fan from its first corner, whatever its shape. Triangles reach across the notch and lie on
# each other: they cover 4. The signed sum is still 3, so a check by volume or area that keeps signs does not see it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund three@0.187.0
cat > run.mjs <<'JS'
import assert from "assert";
import * as THREE from "three";
import { OBJLoader } from "three/examples/jsm/loaders/OBJLoader.js";
const corners = [[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2]];
const obj = corners.map(([x, y]) => `v ${x} ${y} 0`).join("\n") + "\nf 2 3 4 5 6 1\n";
const [{ geometry }] = new OBJLoader().parse(obj).children;
const points = geometry.attributes.position, at = (i) => new THREE.Vector3().fromBufferAttribute(points, i);
const areas = [];
for (let i = 0; i < points.count; i += 3) areas.push(new THREE.Vector3().crossVectors(at(i + 1).sub(at(i)), at(i + 2).sub(at(i))).z / 2);
const sum = (list) => list.reduce((total, each) => total + each, 0);
console.log({ revision: THREE.REVISION, signed: sum(areas), covered: sum(areas.map(Math.abs)) });
assert.equal(sum(areas), 3);
assert.equal(sum(areas.map(Math.abs)), 4);
JS
node run.mjs
