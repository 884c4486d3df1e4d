#!/usr/bin/env bash
# yaml 2.9.1 (npm) writes, PyYAML 6.0.4 (PyPI) reads: a file with product data that a shop's tool hands to a workshop's.
# Guess: what is a text in one program is a text in the other; the writer puts quotes where they are needed.
# Seen: needed by YAML 1.2, where "1:20" is a text. PyYAML reads by 1.1, where it is a number to the base of 60: the scale
# of a drawing becomes 80, a cut-off time of "12:30" becomes 750, an article "1_200" becomes 1200. No error anywhere.
# js-yaml 5.5.0 puts quotes round all three.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v" && "$T/v/bin/pip" install -q pyyaml==6.0.4 2>"$T/log" || { cat "$T/log"; exit 1; }
cd "$T"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund yaml@2.9.1 js-yaml@5.5.0
node - <<'JS'
const { writeFileSync } = require("fs");
const product = { scale: "1:20", orderBefore: "12:30", article: "1_200" };
writeFileSync("yaml.yaml", require("yaml").stringify(product));
writeFileSync("js-yaml.yaml", require("js-yaml").dump(product));
JS
v/bin/python - <<'PY'
from yaml import safe_load

by_yaml, by_js_yaml = (safe_load(open(name).read()) for name in ("yaml.yaml", "js-yaml.yaml"))
print("by yaml:", by_yaml, "| by js-yaml:", by_js_yaml)
assert by_yaml == {"scale": 80, "orderBefore": 750, "article": 1200}
assert by_js_yaml == {"scale": "1:20", "orderBefore": "12:30", "article": "1_200"}
PY
