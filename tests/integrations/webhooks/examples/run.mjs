// Reads cases, answers for each whether the page's example takes it: […] to [true, false, …].
import { verified } from "./webhooks.mjs";

let text = "";
for await (const part of process.stdin) text += part;
const answers = JSON.parse(text).map((each) => verified(each.secret, each.headers, Buffer.from(each.body, "base64")));
console.log(JSON.stringify(answers));
