// Writes what the validator of Khronos has against each .glb of the folder: { name: [message, …] }.
import { readFile, readdir } from "node:fs/promises";
import { validateBytes } from "gltf-validator";

const found = {};
for (const name of (await readdir(".")).filter((each) => each.endsWith(".glb"))) {
  const report = await validateBytes(new Uint8Array(await readFile(name)), { maxIssues: 100 });
  // Errors are 0 and warnings 1; information and hints follow.
  const grave = report.issues.messages.filter((each) => each.severity < 2);
  found[name] = grave.map((each) => `${each.code} at ${each.pointer}: ${each.message}`);
}
console.log(JSON.stringify(found));
