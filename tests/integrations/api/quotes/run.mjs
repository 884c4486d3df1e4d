// Reads cases, answers for each whether the example takes it: { cases } to [true, false, …].
import { fits, verified } from "./quotes.mjs";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { cases } = JSON.parse(text);
const answers = [];
for (const { token, jwks, issuer, audience, line } of cases) {
  try {
    answers.push(fits(await verified(token, jwks, issuer, audience), line));
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof SyntaxError) throw error;
    answers.push(false);
  }
}
console.log(JSON.stringify(answers));
