"use strict";
// Proposes a key while somebody writes a label, or the message of a rule, which has none; until the key is edited; keys that are kept already stay.
(() => {
  const LONGEST = 63;
  // A key begins with a letter: figures at the beginning go to the end, so that "2 seats" and "3 seats" stay apart.
  const proposed = (label) => {
    const plain = label.normalize("NFKD").replace(/ß/g, "ss").replace(/[̀-ͯ]/g, "").toLowerCase()
      .replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
    const [, figures, rest] = /^([0-9_]*)(.*)$/.exec(plain);
    const number = figures.replace(/_+$/, "");
    if (!number) return rest.slice(0, LONGEST);
    return rest ? `${rest.slice(0, LONGEST - number.length - 1)}_${number}` : `n${number}`.slice(0, LONGEST);
  };
  const keyOf = (input) => {
    const match = /^(.*-)?(?:label|message)$/.exec(input.name || "");
    return match ? document.getElementsByName(`${match[1] || ""}key`)[0] : null;
  };
  // The keys of the rows beside this one; a row's inputs are named values-3-key.
  const taken = (key) => {
    const match = /^(.+-)\d+-key$/.exec(key.name);
    if (!match) return new Set();
    const others = [...document.querySelectorAll(`input[name^="${match[1]}"][name$="-key"]`)];
    return new Set(others.filter((each) => each !== key).map((each) => each.value));
  };
  const free = (wanted, others) => {
    let key = wanted;
    for (let count = 2; key && others.has(key); count += 1) {
      key = `${wanted.slice(0, LONGEST - String(count).length - 1)}_${count}`;
    }
    return key;
  };
  document.addEventListener("input", (event) => {
    const key = keyOf(event.target);
    if (key) {
      if (key.dataset.proposed === undefined && key.value !== "") return;
      if (key.dataset.proposed !== undefined && key.value !== key.dataset.proposed) return;
      key.value = key.dataset.proposed = free(proposed(event.target.value), taken(key));
    }
  });
})();
