#!/usr/bin/env bash
# three 0.187.0 (npm): STLExporter of its own examples.
# Guess: a left-hand part made of the right-hand one by scale.x = -1, which the screen shows properly, is written as a
# proper solid.
# Seen: corners are mirrored and their order is not, so the solid is inside out: its volume is negative. The renderer
# turns such faces by itself, so the fault is not seen before the file is read elsewhere.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund three@0.187.0
cat > run.mjs <<'JS'
import assert from "assert";
import * as THREE from "three";
import { STLExporter } from "three/examples/jsm/exporters/STLExporter.js";
function volume(scale) {
  const part = new THREE.Mesh(new THREE.BoxGeometry(2, 3, 4));
  part.scale.x = scale;
  part.updateMatrixWorld();
  const points = [...new STLExporter().parse(part).matchAll(/vertex (\S+) (\S+) (\S+)/g)]
    .map((found) => new THREE.Vector3(...found.slice(1).map(Number)));
  let sum = 0;
  for (let i = 0; i < points.length; i += 3) sum += points[i].dot(points[i + 1].clone().cross(points[i + 2])) / 6;
  return Math.round(sum);
}
console.log({ revision: THREE.REVISION, right: volume(1), left: volume(-1) });
assert.equal(volume(1), 24);
assert.equal(volume(-1), -24);
JS
node run.mjs
