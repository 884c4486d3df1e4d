#!/usr/bin/env bash
# @gltf-transform/functions 4.5.1 (npm), what makers of shop viewers use to make GLB small.
# Guess: quantize() rounds corners to 14 bits and leaves the node "door" where its hinge is, since a viewer opens the door by
# turning that node; what the rounding needs goes into a node of its own, as it does for a node that is animated.
# Seen: the node itself is moved to the middle of the door. Nothing is seen while it is closed; turned by 90 degrees it stands
# across the opening in place of beside it.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @gltf-transform/core@4.5.1 @gltf-transform/functions@4.5.1
cat >door.mjs <<'JS'
import assert from "assert";
import { Document, Logger, getBounds } from "@gltf-transform/core";
import { quantize } from "@gltf-transform/functions";
async function spans(animated, ...steps) {
  const cabinet = new Document().setLogger(new Logger(Logger.Verbosity.ERROR));
  const buffer = cabinet.createBuffer();
  const array = (type, values) =>
    cabinet.createAccessor().setType(type).setBuffer(buffer).setArray(new Float32Array(values));
  const corners = array("VEC3", [0, 0, 0, 0.6, 0, 0, 0.6, 2, 0, 0, 0, 0, 0.6, 2, 0, 0, 2, 0]);
  const leaf = cabinet.createMesh().addPrimitive(cabinet.createPrimitive().setAttribute("POSITION", corners));
  const door = cabinet.createNode("door").setTranslation([1, 0, 0]).setMesh(leaf);
  const scene = cabinet.createScene().addChild(door);
  if (animated) {
    const sampler = cabinet.createAnimationSampler()
      .setInput(array("SCALAR", [0, 1])).setOutput(array("VEC4", [0, 0, 0, 1, 0, -Math.SQRT1_2, 0, Math.SQRT1_2]));
    const channel = cabinet.createAnimationChannel()
      .setTargetNode(door).setTargetPath("rotation").setSampler(sampler);
    cabinet.createAnimation().addSampler(sampler).addChannel(channel);
  }
  await cabinet.transform(...steps);
  const span = () => {
    const { min, max } = getBounds(scene);
    return [min[0], max[0], min[2], max[2]].map((value) => Math.round(value * 1000) || 0);
  };
  const closed = span();
  door.setRotation([0, -Math.SQRT1_2, 0, Math.SQRT1_2]);
  return { closed, open: span() };
}
const seen = {
  before: await spans(false), after: await spans(false, quantize()), animated: await spans(true, quantize()),
};
console.log("gltf-transform 4.5.1, x and z of the door in mm:", JSON.stringify(seen));
assert.deepEqual(seen.before, { closed: [1000, 1600, 0, 0], open: [1000, 1000, 0, 600] });
assert.deepEqual(seen.after, { closed: [1000, 1600, 0, 0], open: [1300, 1300, -300, 300] });
assert.deepEqual(seen.animated, seen.before);
JS
node door.mjs
