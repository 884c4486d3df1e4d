/* What the widget needs beyond htmx: focus, sliders, the latest answer only, sharing, and talking with the shop's page.
   Every message is {v: 1, type, …}; docs/api/embed-events.md tells them. */
(() => {
  "use strict";
  const root = document.documentElement, main = document.getElementById("configurator");
  if (!main) return;
  root.classList.add("scripted");
  const find = id => document.getElementById(id);
  const sees = e => !!e && e.getClientRects().length > 0;

  // ---- htmx: morph without closing what is open or losing what is being typed; overtaken requests are no errors ----
  if (window.Idiomorph) {
    const d = Idiomorph.defaults;
    d.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.nodeName === "DETAILS");
  }
  const isTyping = () => { const e = document.activeElement; return e && e.matches("input[type=text], input[type=number]") };
  let sent = "", refusals = 0;
  document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
    const abort = xhr.onabort;
    xhr.onabort = () => { const say = console.error; console.error = () => {}; try { abort() } finally { console.error = say } };
    sent = isTyping() ? document.activeElement.value : "";
  });
  document.addEventListener("htmx:beforeSwap", ({ detail: { xhr } }) => {
    const status = xhr.getResponseHeader("HX-Status") || "200";
    if (window.Idiomorph) Idiomorph.defaults.ignoreActiveValue = isTyping() && status !== "409" && document.activeElement.value !== sent;
    refusals = status === "409" ? 1 : 0;
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"])
    document.addEventListener(name, () => toast(main.dataset.offline));

  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id !== "panel" && target.id !== "choices") return;
    const box = find("conflict") || find("because") || find("finished-title"), panel = find("panel");
    if (box && box.id !== "conflict") box.focus({ preventScroll: true });
    const goal = panel.dataset.focus && find(panel.dataset.focus);
    const input = goal && goal.querySelector("input:not([type=hidden]):not([tabindex='-1'])");
    if (input) input.focus({ preventScroll: true });
    const seen = goal || box;
    if (sees(seen)) seen.scrollIntoView({ block: "nearest" });
    if (step !== currentStep()) { step = currentStep(); if (!seen) toTop() }
    afterChange();
  });
  const currentStep = () => { const e = document.querySelector(".step.current"); return e ? e.value : "" };
  let step = currentStep();
  const toTop = () => {
    const nav = document.querySelector(".steps"), now = document.querySelector(".step.current");
    if (now) now.scrollIntoView({ block: "nearest", inline: "center" });
    if (nav && find("options").getBoundingClientRect().top < nav.getBoundingClientRect().bottom - 4 && !link.page) {
      const stage = find("stage"), narrow = getComputedStyle(main).gridTemplateColumns.split(" ").length < 2;
      window.scrollTo({ top: narrow ? Math.max(0, main.offsetTop) : 0 });
    }
  };

  // ---- inputs that speak for a named one ----
  let wait = 0;
  const live = () => { clearTimeout(wait); const form = find("choices"); if (form && window.htmx) htmx.trigger(form, "live") };
  document.addEventListener("input", ({ target }) => {
    const twin = target.dataset.for && find(target.dataset.for);
    if (twin) twin.value = target.value;
    if ("live" in target.dataset) { clearTimeout(wait); wait = setTimeout(live, 500) }
  });
  document.addEventListener("change", ({ target }) => {
    const twin = target.id && document.querySelector(`[data-for="${target.id}"]`);
    if (twin && target.value) twin.value = target.value;
    clearTimeout(wait);
  });

  // ---- sharing ----
  const share = () => {
    const query = location.search.slice(1);
    if (!link.page) return location.href;
    const url = new URL(link.page);
    url.searchParams.set(link.parameter, query);
    return url.href;
  };
  document.addEventListener("click", async event => {
    if (!event.target.closest || !event.target.closest("#share") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = share();
    try { await navigator.clipboard.writeText(url); toast(main.dataset.copied) } catch { toast(main.dataset.copy, url) }
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[open]"), keep = document.querySelector("#conflict .quiet");
    if (open) { open.open = false; open.firstElementChild.focus() } else if (keep) keep.click();
  });
  let gone = 0;
  function toast(text, url) {
    let box = find("toast");
    if (!box) { box = document.createElement("div"); box.id = "toast"; box.className = "toast"; box.setAttribute("role", "status"); document.body.append(box) }
    box.textContent = text;
    if (url) { const field = document.createElement("input"); field.readOnly = true; field.value = url; field.setAttribute("aria-label", text); box.append(field); field.select() }
    clearTimeout(gone);
    gone = setTimeout(() => box.remove(), url ? 20000 : 3500);
  }

  // ---- the shop's page ----
  const framed = window.parent !== window, link = { origin: "", page: "", parameter: "" };
  const known = (main.dataset.origins || "").split(" ").filter(Boolean);
  const isKnown = origin => known.some(each => {
    const [scheme, host] = each.split("://");
    return each === origin || host.startsWith("*.") && origin.startsWith(scheme + "://") && origin.endsWith(host.slice(1));
  });
  const send = (type, data) => { if (link.origin) window.parent.postMessage({ v: 1, type, ...data }, link.origin) };
  let told = "", sequence = 0;
  function afterChange() {
    const panel = find("panel");
    if (!panel || !link.origin) return;
    const { message, completed } = panel.dataset;
    if (completed && completed !== told) { told = completed; send("completed", JSON.parse(completed)) }
    else if (message && message !== told) { told = message; const data = JSON.parse(message); if (refusals && set) send("refused", { conflict: data.conflict, text: find("said").textContent }); send("changed", { ...data, sequence: ++sequence }) }
    set = false;
  }
  let set = false;
  if (framed) {
    window.addEventListener("message", ({ source, origin, data }) => {
      if (source !== window.parent || !isKnown(origin) || !data || data.v !== 1) return;
      if (data.type === "hello" && !link.origin) {
        link.origin = origin;
        if (data.height === "auto") root.classList.add("embedded");
        if (typeof data.page === "string" && URL.canParse(data.page) && new URL(data.page).origin === origin)
          Object.assign(link, { page: data.page, parameter: String(data.parameter || "cfg") });
        new ResizeObserver(() => send("size", { height: Math.ceil(main.getBoundingClientRect().height) })).observe(main);
        afterChange();
      } else if (data.type === "set" && origin === link.origin && data.choices && typeof data.choices === "object") {
        const field = find("set");
        if (!field) return;
        field.value = Object.entries(data.choices).map(([key, choice]) =>
          choice === null ? `-${key}=` : `${key}=${encodeURIComponent(Array.isArray(choice) ? choice.join(",") : choice)}`).join("&");
        set = true;
        live();
      } else if (data.type === "view" && origin === link.origin) follow(data);
    });
    window.parent.postMessage({ v: 1, type: "ready" }, "*");
  }
  // In a frame as high as its content nothing sticks by itself: the shop's page tells which part of it is seen.
  function follow({ top, bottom }) {
    if (!(top >= 0) || !(bottom > top)) return;
    root.style.setProperty("--seen-top", `${Math.round(top)}px`);
    root.style.setProperty("--seen-rest", `${Math.round(Math.max(0, main.offsetHeight - bottom))}px`);
  }
})();
