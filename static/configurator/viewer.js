// The 3D model in the place of the widget's picture. It comes once the options can be used, and the picture stays
// wherever it cannot. What is to be seen stands in the data of #model, told by configurator/embed/viewer.py.
(() => {
  const find = id => document.getElementById(id), root = document.documentElement;
  const SPACE = .09, START = "30deg 75deg 105%", ENDS = [0, 1, 2, 3, 4, 5].map(end => `hotspot-${end}`), CLOSEST = 8, FARTHEST = 45, STEP = .8, STILL = 6;
  const place = () => find("model"), told = () => place()?.dataset || {}, words = text => text ? text.split(" ") : [];
  // `has` is the file that is asked for last, with the looks it is shown in; `isHere` tells that some model is shown.
  let viewer, lines, has = {}, isDrawn, isPainting, isMeasured = true;

  document.addEventListener("htmx:afterSettle", follow);

  const idle = window.requestIdleCallback || setTimeout;
  addEventListener("load", () => idle(() => {
    if (!place() || !canDraw()) return;
    new IntersectionObserver(([{ isIntersecting }], watch) => {
      if (!isIntersecting) return;
      watch.disconnect();
      begin().catch(leave);
    }).observe(find("stage"));
  }));

  function canDraw() {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return !!context;
  }

  // A module would need the consent of its server in a frame without an origin; a plain script needs none.
  const added = src => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement("script"), { src, onload: done, onerror: failed }));
  });

  async function begin() {
    const { library, spoken } = told(), own = new URL("./", new URL(library, location)).href;
    // The library prepares a decoder of its own at once, which this page's policy forbids and no file here needs.
    self.WebAssembly = undefined;
    await added(library);
    // No file here is packed. A packed one would be refused, instead of bringing a decoder from another site; that of
    // meshopt has no site unless it is given one.
    Object.assign(self.ModelViewerElement, { dracoDecoderLocation: own, ktx2TranscoderLocation: own });
    // What is put into the stage here stays through a swap of the page.
    const morph = window.Idiomorph?.defaults;
    if (morph) morph.callbacks.beforeNodeRemoved = node => !node.classList?.contains("of-model");
    viewer = document.createElement("model-viewer");
    // Asking for it in a frame that may not have it is an error in the console of the shop's page.
    const isXrAllowed = document.featurePolicy?.allowsFeature("xr-spatial-tracking");
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const settings = {
      class: "of-model", a11y: spoken, "camera-controls": "", "disable-zoom": "", "disable-tap": "", "touch-action": "pan-y",
      "interaction-prompt": "none", ar: "", "ar-modes": `${isXrAllowed ? "webxr " : ""}scene-viewer quick-look`, "ar-scale": "fixed", "camera-orbit": START, "min-field-of-view": `${CLOSEST}deg`, "max-field-of-view": `${FARTHEST}deg`,
      "shadow-intensity": ".7", "shadow-softness": ".9", ...(reduced && { "interpolation-decay": "1" }),
    };
    for (const [name, value] of Object.entries(settings)) viewer.setAttribute(name, value);
    // An own button stands for that of the library.
    for (const slot of ["ar-button", ...ENDS]) viewer.append(Object.assign(document.createElement("i"), { slot }));
    viewer.addEventListener("load", arrived);
    viewer.addEventListener("error", leave);
    viewer.addEventListener("camera-change", () => draw());
    new ResizeObserver(() => draw()).observe(viewer);
    lines = svg("svg", { class: "of-model lines", "aria-hidden": "true" });
    listen();
    place().append(viewer, lines);
    follow();
  }

  // The picture is shown again, until a model comes.
  function leave() {
    root.classList.remove("modelled");
    has = {};
    if (viewer) viewer.src = null;
  }

  function follow() {
    if (!viewer) return;
    find("measure")?.setAttribute("aria-pressed", isMeasured);
    const { src, form, alt } = told();
    viewer.alt = alt;
    root.classList.toggle("modelled", !!src && !!has.isHere);
    if (src && form !== has.form) return load();
    paint();
    if (isDrawn) draw({ ...told() });
  }

  function load() {
    const { src, form, looks } = told();
    has = { form, looks: words(looks), isHere: has.isHere };
    isDrawn = false;
    // Of the variant that was shown last, none is left for the next file: an unknown one changes nothing.
    viewer.variantName = "-";
    viewer.src = src;
  }

  function arrived() {
    has.isHere = isDrawn = true;
    root.classList.add("modelled");
    root.classList.toggle("can-stand", viewer.canActivateAR);
    paint();
    draw({ ...told() });
  }

  // A variant changes the materials of one option and leaves the others as they are shown.
  async function paint() {
    if (!isDrawn || isPainting) return;
    isPainting = true;
    for (let next; isDrawn && (next = words(told().looks).find(name => !has.looks.includes(name)));) {
      // Of an unknown name the library says nothing.
      if (!viewer.availableVariants.includes(next)) { load(); break }
      const applied = new Promise(done => viewer.addEventListener("variant-applied", done, { once: true }));
      viewer.variantName = next;
      await applied;
      has.looks = [...has.looks.filter(name => name.split("=")[0] !== next.split("=")[0]), next];
    }
    isPainting = false;
  }

  // ---- dimension lines ---------------------------------------------------------------------------

  const svg = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Width and depth along the lower edges that are nearest, height at the outline.
  function ends() {
    const [left, bottom, back, right, top, front] = words(measures.box).map(Number);
    const space = SPACE * Math.max(right - left, top - bottom, front - back), { theta } = viewer.getCameraOrbit();
    const isFront = Math.cos(theta) >= 0, isRight = Math.sin(theta) >= 0;
    const near = isFront ? front : back, side = isRight ? right : left, outer = isRight ? left : right;
    const before = near + (isFront ? space : -space), beside = side + (isRight ? space : -space), out = outer + (isRight ? -space : space);
    return [[left, bottom, before], [right, bottom, before], [out, bottom, near], [out, top, near], [beside, bottom, back], [beside, bottom, front]];
  }

  // Until another model is there, the lines are those of the former one.
  let measures = {};
  function draw(now = measures) {
    measures = now;
    lines.replaceChildren();
    if (!isMeasured || !measures.box) return;
    ends().forEach((at, end) => viewer.updateHotspot({ name: ENDS[end], position: at.map(each => `${each}m`).join(" ") }));
    const spots = ENDS.map(end => viewer.queryHotspot(end)?.canvasPosition);
    if (spots.includes(undefined)) return;
    measures.sizes.split("|").forEach((size, line) => {
      const [from, to] = [spots[2 * line], spots[2 * line + 1]], wide = to.x - from.x, high = to.y - from.y, long = Math.hypot(wide, high);
      // Seen along its length a line is a point.
      if (long < 24) return;
      const x = -5 * high / long, y = 5 * wide / long, tick = at => `M${at.x - x} ${at.y - y}L${at.x + x} ${at.y + y}`;
      lines.append(svg("path", { d: `M${from.x} ${from.y}L${to.x} ${to.y}${tick(from)}${tick(to)}` }));
      const label = svg("text", { y: (from.y + to.y) / 2 });
      label.textContent = size;
      lines.append(label);
      const half = label.getComputedTextLength() / 2;
      label.setAttribute("x", Math.min(Math.max((from.x + to.x) / 2, half), viewer.clientWidth - half));
    });
  }

  // ---- pointer and buttons -----------------------------------------------------------------------

  function listen() {
    let down;
    viewer.addEventListener("pointerdown", event => { down = event });
    viewer.addEventListener("click", event => {
      if (down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > STILL) return;
      const [mesh] = words(viewer.surfaceFromPoint(event.clientX, event.clientY));
      const option = words(told().drivers)[mesh];
      [...document.querySelectorAll("#model-options button")].find(button => button.value === option)?.click();
    });
    document.addEventListener("keydown", ({ key }) => key === "Escape" && document.querySelector(".room[open]")?.removeAttribute("open"));
    document.addEventListener("click", ({ target }) => {
      const { id } = target.closest?.(".model-tools button") || {};
      if (id === "measure") {
        isMeasured = !isMeasured;
        find(id).setAttribute("aria-pressed", isMeasured);
        draw();
      } else if (id === "room") {
        // Scene Viewer opens the file itself, which has to look as what is shown.
        if (viewer.src !== told().src) load();
        viewer.activateAR();
      } else if (id === "closer" || id === "farther") {
        const wanted = viewer.getFieldOfView() * (id === "closer" ? STEP : 1 / STEP);
        viewer.fieldOfView = `${Math.min(FARTHEST, Math.max(CLOSEST, wanted))}deg`;
      }
    });
  }
})();
