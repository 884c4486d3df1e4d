#!/usr/bin/env bash
# cloudevents 10.0.0 (npm) and cloudevents 2.2.0 (PyPI): both are the SDK of CloudEvents, the form in which shops tell what
# happened. The subject is the part of a GS1 Digital Link that names a batch "A/2".
# Guess: an event sent by one is what the other receives, in both of the two ways over HTTP.
# Seen: in the binary way, with the subject in a header, it is not. Headers are to be percent-encoded; the one for Python does
# so and undoes it, the one for JavaScript does neither. "A%2F2" arrives in Python as "A/2", which names another thing, "Tür"
# in JavaScript as "T%C3%BCr". In the structured way all is right.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q cloudevents==2.2.0 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cloudevents@10.0.0
cat >send.mjs <<'JS'
import { CloudEvent, HTTP } from "cloudevents";
const sent = ["desk-12", "10/A%2F2", "Tür"].map((subject) => {
  const event = new CloudEvent({ type: "order.placed", source: "/shop", subject, data: { total: "48.90" } });
  return { subject, ways: { binary: HTTP.binary(event), structured: HTTP.structured(event) } };
});
console.log(JSON.stringify(sent));
JS
cat >receive.mjs <<'JS'
import { readFileSync } from "fs";
import { HTTP } from "cloudevents";
const messages = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(messages.map((message) => HTTP.toEvent(message).subject)));
JS
node send.mjs >sent.json
v/bin/python - <<'PY'
import json
import subprocess

from cloudevents.core.bindings import http
from cloudevents.core.v1.event import CloudEvent

from_js = []
for event in json.load(open("sent.json")):
    got = [
        http.from_http_event(http.HTTPMessage(headers=way["headers"], body=way["body"].encode())).get_subject()
        for way in event["ways"].values()
    ]
    from_js.append((event["subject"], *got))

messages = []
for subject, *_ in from_js:
    told = {"type": "order.placed", "source": "/shop", "id": "1", "specversion": "1.0", "subject": subject}
    for write in (http.to_binary_event, http.to_structured_event):
        message = write(CloudEvent(told, {"total": "48.90"}))
        messages.append({"headers": message.headers, "body": message.body.decode()})
run = subprocess.run(["node", "receive.mjs"], input=json.dumps(messages), capture_output=True, text=True, check=True)
got = json.loads(run.stdout)
to_js = list(zip((subject for subject, *_ in from_js), got[::2], got[1::2], strict=True))

print("sent, binary, structured | to Python:", from_js, "| to JavaScript:", to_js)
assert from_js == [("desk-12",) * 3, ("10/A%2F2", "10/A/2", "10/A%2F2"), ("Tür",) * 3]
assert to_js == [("desk-12",) * 3, ("10/A%2F2", "10/A%252F2", "10/A%2F2"), ("Tür", "T%C3%BCr", "Tür")]
PY
