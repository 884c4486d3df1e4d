#!/usr/bin/env bash
# @gltf-transform/functions 4.5.1 (npm), what makers of shop viewers use to make GLB quick: KHR_materials_variants.
# Guess: join() puts together two fronts that have the same variants and keeps these, or leaves parts with variants apart.
# Seen: the fronts become one part that has none. The file still lists oak and walnut, so that a viewer offers both, and
# choosing one changes nothing. A front that has no other of its material to be joined with keeps its variants.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund \
  @gltf-transform/core@4.5.1 @gltf-transform/extensions@4.5.1 @gltf-transform/functions@4.5.1
cat >fronts.mjs <<'JS'
import assert from "assert";
import { Document, Logger, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS, KHRMaterialsVariants } from "@gltf-transform/extensions";
import { join } from "@gltf-transform/functions";
async function joined(fronts) {
  const chest = new Document().setLogger(new Logger(Logger.Verbosity.ERROR));
  const buffer = chest.createBuffer();
  const scene = chest.createScene();
  const extension = chest.createExtension(KHRMaterialsVariants);
  const woods = ["oak", "walnut"].map((name) =>
    ({ material: chest.createMaterial(name), variant: extension.createVariant(name) }));
  for (let front = 0; front < fronts; front += 1) {
    const corners = chest.createAccessor().setType("VEC3").setBuffer(buffer)
      .setArray(new Float32Array([0, front, 0, 0.6, front, 0, 0, front + 0.9, 0]));
    const face = chest.createPrimitive().setAttribute("POSITION", corners).setMaterial(woods[0].material);
    const list = extension.createMappingList();
    for (const { material, variant } of woods)
      list.addMapping(extension.createMapping().setMaterial(material).addVariant(variant));
    face.setExtension("KHR_materials_variants", list);
    scene.addChild(chest.createNode().setMesh(chest.createMesh().addPrimitive(face)));
  }
  await chest.transform(join());
  const { json } = await new NodeIO().registerExtensions(ALL_EXTENSIONS).writeJSON(chest);
  const parts = json.meshes.flatMap((mesh) => mesh.primitives);
  return {
    parts: parts.length,
    listed: json.extensions.KHR_materials_variants.variants.map(({ name }) => name),
    mapped: parts.map((part) => part.extensions?.KHR_materials_variants.mappings.length ?? 0),
  };
}
const seen = { alone: await joined(1), two: await joined(2) };
console.log("gltf-transform 4.5.1:", JSON.stringify(seen));
assert.deepEqual(seen, {
  alone: { parts: 1, listed: ["oak", "walnut"], mapped: [2] },
  two: { parts: 1, listed: ["oak", "walnut"], mapped: [0] },
});
JS
node fronts.mjs
