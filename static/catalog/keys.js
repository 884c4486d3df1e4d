"use strict";
// Proposes a key while somebody writes a label, until the key is edited; keys that are kept already stay.
(() => {
  const proposed = (label) => label.normalize("NFKD").replace(/ß/g, "ss").replace(/[̀-ͯ]/g, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 63);
  const keyOf = (input) => {
    const match = /^(.*-)?label$/.exec(input.name || "");
    return match ? document.getElementsByName(`${match[1] || ""}key`)[0] : null;
  };
  document.addEventListener("input", (event) => {
    const key = keyOf(event.target);
    if (key) {
      if (key.dataset.proposed === undefined && key.value !== "") return;
      if (key.dataset.proposed !== undefined && key.value !== key.dataset.proposed) return;
      key.value = key.dataset.proposed = proposed(event.target.value);
    }
  });
})();
