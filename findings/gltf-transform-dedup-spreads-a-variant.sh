#!/usr/bin/env bash
# @gltf-transform/functions 4.5.1 (npm), what makers of shop viewers use to make GLB small: KHR_materials_variants.
# Guess: of two equal doors, one offered in oak and walnut and one in oak alone, dedup() keeps two meshes, since they differ
# in their variants; it does keep two where the materials differ.
# Seen: they become one mesh, that of the door which comes first. If that one has the variants, the other turns walnut with
# it; if not, no door turns walnut any more. The list of variants stays, so a viewer offers walnut all the same.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund \
  @gltf-transform/core@4.5.1 @gltf-transform/extensions@4.5.1 @gltf-transform/functions@4.5.1
cat >doors.mjs <<'JS'
import assert from "assert";
import { Document, Logger, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS, KHRMaterialsVariants } from "@gltf-transform/extensions";
import { dedup } from "@gltf-transform/functions";
async function variantsOf(doors) {
  const cabinet = new Document().setLogger(new Logger(Logger.Verbosity.ERROR));
  const buffer = cabinet.createBuffer();
  const scene = cabinet.createScene();
  const extension = cabinet.createExtension(KHRMaterialsVariants);
  const material = Object.fromEntries(["oak", "walnut", "steel"].map((name, grey) =>
    [name, cabinet.createMaterial(name).setBaseColorFactor([grey / 2, grey / 2, grey / 2, 1])]));
  const variant = Object.fromEntries(["oak", "walnut"].map((name) => [name, extension.createVariant(name)]));
  for (const [name, { first, offered = [] }] of Object.entries(doors)) {
    const corners = cabinet.createAccessor().setType("VEC3").setBuffer(buffer)
      .setArray(new Float32Array([0, 0, 0, 0.6, 0, 0, 0, 2, 0]));
    const face = cabinet.createPrimitive().setAttribute("POSITION", corners).setMaterial(material[first]);
    if (offered.length) {
      const list = extension.createMappingList();
      for (const wood of offered)
        list.addMapping(extension.createMapping().setMaterial(material[wood]).addVariant(variant[wood]));
      face.setExtension("KHR_materials_variants", list);
    }
    scene.addChild(cabinet.createNode(name).setMesh(cabinet.createMesh(name).addPrimitive(face)));
  }
  await cabinet.transform(dedup());
  const { json } = await new NodeIO().registerExtensions(ALL_EXTENSIONS).writeJSON(cabinet);
  return {
    listed: json.extensions.KHR_materials_variants.variants.length,
    ...Object.fromEntries(json.nodes.map((node) => [node.name,
      json.meshes[node.mesh].primitives[0].extensions?.KHR_materials_variants.mappings.length ?? 0])),
  };
}
const both = { first: "oak", offered: ["oak", "walnut"] };
const seen = [
  await variantsOf({ left: both, right: { first: "oak" } }),
  await variantsOf({ left: { first: "oak" }, right: both }),
  await variantsOf({ left: both, right: { first: "steel" } }),
];
console.log("gltf-transform 4.5.1, variants after dedup():", seen);
assert.deepEqual(seen, [
  { listed: 2, left: 2, right: 2 }, { listed: 2, left: 0, right: 0 }, { listed: 2, left: 2, right: 0 },
]);
JS
node doors.mjs
