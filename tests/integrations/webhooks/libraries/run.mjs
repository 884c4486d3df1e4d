// Reads { library, cases }, answers for each case whether that library takes it: [true, false, …].
let text = "";
for await (const part of process.stdin) text += part;
const { library, cases } = JSON.parse(text);
const { Webhook, WebhookVerificationError } = await import(library);
const answers = cases.map(({ secret, headers, body }) => {
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64"), headers);
    return true;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return false;
  }
});
console.log(JSON.stringify(answers));
