#!/usr/bin/env bash
# @gltf-transform/core and functions 4.5.1 (npm), what makers of shop viewers use to make GLB quick; three 0.187.0 to compare.
# Guess: six equal shelves up to a height of 2.018 m still measure that after instance(), which draws them in one go: getBounds(),
# inspect() and center() belong to the same package.
# Seen: all three know the first shelf only: 0.018 m. So center() puts the bookcase a metre too high, and a size told from the
# bounds is that of one board. three, which draws the file, measures 2.018 m.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund three@0.187.0 \
  @gltf-transform/core@4.5.1 @gltf-transform/extensions@4.5.1 @gltf-transform/functions@4.5.1
cat >shelves.mjs <<'JS'
import assert from "assert";
import { Document, Logger, NodeIO, getBounds } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import { center, inspect, instance } from "@gltf-transform/functions";
import { Box3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
globalThis.self = globalThis;
const span = (low, high) => [low, high].map((value) => Math.round(value * 1000) || 0);
async function heights(...steps) {
  const bookcase = new Document().setLogger(new Logger(Logger.Verbosity.ERROR));
  const buffer = bookcase.createBuffer();
  const corners = bookcase.createAccessor().setType("VEC3").setBuffer(buffer)
    .setArray(new Float32Array([0, 0, 0, 0.8, 0, 0, 0.8, 0.018, 0, 0, 0, 0, 0.8, 0.018, 0, 0, 0.018, 0]));
  const board = bookcase.createMesh("shelf").addPrimitive(
    bookcase.createPrimitive().setAttribute("POSITION", corners).setMaterial(bookcase.createMaterial("oak")));
  const scene = bookcase.createScene();
  for (let at = 0; at < 6; at++)
    scene.addChild(bookcase.createNode("shelf").setMesh(board).setTranslation([0, at * 0.4, 0]));
  await bookcase.transform(...steps);
  const told = inspect(bookcase).scenes.properties[0];
  const bounds = getBounds(scene);
  const glb = await new NodeIO().registerExtensions(ALL_EXTENSIONS).writeBinary(bookcase);
  const shown = await new GLTFLoader().parseAsync(new Uint8Array(glb).buffer, "");
  const box = new Box3().setFromObject(shown.scene);
  return {
    getBounds: span(bounds.min[1], bounds.max[1]), inspect: span(told.bboxMin[1], told.bboxMax[1]),
    three: span(box.min.y, box.max.y),
  };
}
const seen = {
  before: await heights(), instanced: await heights(instance()),
  standing: await heights(center({ pivot: "center" })),
  instancedStanding: await heights(instance(), center({ pivot: "center" })),
};
console.log("gltf-transform 4.5.1, lowest and highest in mm:", seen);
const all = (low, high) => ({ getBounds: [low, high], inspect: [low, high], three: [low, high] });
assert.deepEqual(seen.before, all(0, 2018));
assert.deepEqual(seen.instanced, { ...all(0, 18), three: [0, 2018] });
assert.deepEqual(seen.standing, all(-1009, 1009));
assert.deepEqual(seen.instancedStanding, { ...all(-9, 9), three: [-9, 2009] });
JS
node shelves.mjs
