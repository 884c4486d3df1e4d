"use strict";
// The shapes of a draft in 3D beside their table: a part that is clicked shows its row, a row its part. What is to be
// seen stands in the data of #preview-told, which htmx swaps; without WebGL the server's picture stays.
(() => {
  const find = id => document.getElementById(id), told = () => find("preview-told").dataset, words = text => text ? text.split(" ") : [];
  const MARK = [0.807, 0.178, 0.010, 1], FAINT = 0.16, STILL = 6;
  let viewer, form, picked = "", looks = new Map();

  function canDraw() {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return !!context;
  }

  async function begin() {
    const { library } = find("preview-stage").dataset, own = new URL("./", new URL(library, location)).href;
    // The library prepares a decoder of its own at once, which the policy forbids and no file here needs.
    self.WebAssembly = undefined;
    await new Promise((done, failed) => document.head.append(Object.assign(document.createElement("script"), { src: library, onload: done, onerror: failed })));
    Object.assign(self.ModelViewerElement, { dracoDecoderLocation: own, ktx2TranscoderLocation: own });
    viewer = document.createElement("model-viewer");
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const settings = { "camera-controls": "", "disable-tap": "", "touch-action": "pan-y", "interaction-prompt": "none", "camera-orbit": "30deg 75deg 105%", "shadow-intensity": ".7", "shadow-softness": ".9", ...(reduced && { "interpolation-decay": "1" }) };
    for (const [name, value] of Object.entries(settings)) viewer.setAttribute(name, value);
    viewer.addEventListener("load", () => {
      looks = new Map();
      // Of a 3D model there are only those that are seen; its own keep their names and looks.
      for (const material of viewer.model.materials.filter(each => each.isLoaded)) {
        looks.set(material.name, { material, colour: [...material.pbrMetallicRoughness.baseColorFactor] });
      }
      find("preview-stage").classList.add("modelled");
      paint();
    });
    viewer.addEventListener("error", () => find("preview-stage").classList.remove("modelled"));
    let down;
    viewer.addEventListener("pointerdown", event => { down = event });
    viewer.addEventListener("click", event => {
      if (down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > STILL) return;
      const [mesh] = words(viewer.surfaceFromPoint(event.clientX, event.clientY));
      pick(mesh === undefined ? "" : words(told().meshes)[mesh] || "", true);
    });
    find("preview-stage").append(viewer);
    follow();
  }

  function follow() {
    const { src, form: next, alt } = told();
    find("preview-stage").classList.toggle("without", !src);
    if (viewer) {
      if (alt) viewer.alt = alt;
      if (src && next !== form) { form = next; viewer.src = src }
    } else show();
    mark();
  }

  // Without a viewer the picture follows, with the part that is picked in a colour of its own.
  function show() {
    const { picture, alt } = told(), image = find("preview-picture");
    if (!picture) return;
    const wanted = picked ? `${picture}&shape=${encodeURIComponent(picked)}` : picture;
    if (image.getAttribute("src") !== wanted) image.src = wanted;
    image.alt = alt;
  }

  // The shape that is picked stands out, and the others let it be seen through them.
  function paint() {
    for (const [key, { material, colour }] of looks) {
      const isFaint = picked && looks.has(picked) && key !== picked;
      material.setAlphaMode(isFaint ? "BLEND" : "OPAQUE");
      material.pbrMetallicRoughness.setBaseColorFactor(key === picked ? MARK : isFaint ? [...colour.slice(0, 3), FAINT] : colour);
    }
  }

  const rows = () => [...document.querySelectorAll(".shape-row[data-shape]")];

  function mark() {
    for (const row of rows()) {
      const isPicked = row.dataset.shape === picked;
      row.classList.toggle("picked", isPicked);
      row.querySelector(".shape-pick").setAttribute("aria-pressed", isPicked);
    }
    const other = document.querySelector(`[data-contained="${CSS.escape(picked)}"]`), row = rows().find(each => each.dataset.shape === picked);
    const named = row?.querySelector(".shape-pick").textContent || other?.textContent || "";
    find("preview-picked").textContent = named;
    return row || other;
  }

  function pick(key, isFromPicture) {
    picked = key === picked && !isFromPicture ? "" : key;
    const row = mark();
    if (viewer) paint(); else show();
    if (isFromPicture && row) row.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  document.addEventListener("click", event => {
    const link = event.target.closest(".shape-pick");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      pick(link.closest("[data-shape]").dataset.shape);
    }
    const close = event.target.closest("[data-close]");
    if (close) {
      const body = close.closest("tbody");
      close.closest(".shape-edit").replaceChildren();
      body.querySelector(".shape-do a")?.focus();
    }
  });
  document.addEventListener("keydown", event => {
    const link = event.target.closest?.(".shape-pick");
    if (link && event.key === " ") { event.preventDefault(); link.click() }
    if (event.key === "Escape" && picked) pick(picked);
  });
  // A row that is being edited is the one to look at.
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const row = detail.target?.closest?.("tbody")?.querySelector("[data-shape]");
    if (row && detail.target.querySelector("form")) {
      if (picked !== row.dataset.shape) pick(row.dataset.shape);
      detail.target.querySelector("[aria-invalid=true], input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("htmx:afterSettle", follow);

  if (canDraw()) begin().catch(() => { viewer = undefined; show() });
})();
