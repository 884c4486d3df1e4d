// Turns <div data-configurator="https://…/embed/merchant/product/"> into the widget; told in docs/guide/merchants.md.
(() => {
  // An element with id="Configurator" is a global too.
  const mine = Symbol.for("open-configurator");
  if (window[mine]) return window[mine].scan();
  const widgets = new Map(), listeners = [], reported = new WeakMap();

  // The address that shoppers see; null inside of srcdoc alone.
  function shopPage() {
    let view = window;
    try { while (view.parent !== view && view.parent.location.href) view = view.parent } catch { /* another site's */ }
    return view.location.protocol.startsWith("http") ? view.location.href : null;
  }

  // The same with these choices, or without any.
  function pageWith(link, choices) {
    const shown = shopPage(), page = shown && new URL(shown);
    page?.searchParams[choices ? "set" : "delete"](link, choices);
    return page && page.href;
  }

  function report(element, text, why) {
    if (reported.get(element) === text) return;
    reported.set(element, text);
    console.error(`Configurator: data-configurator="${text}" ${why}`, element);
  }

  // Other plugins may have this attribute.
  function addressIn(element, text) {
    try {
      const url = new URL(text, document.baseURI);
      url.pathname = url.pathname.replace(/(\/embed\/[\w-]+\/[\w-]+)$/, "$1/");
      if (/\/embed\/[\w-]+\/[\w-]+\/(c\/[\w-]{22}\/|draft\/[\w.-]+\/)?$/.test(url.pathname)) return url;
      if (url.pathname.includes("/embed/")) report(element, text, "should end in /embed/merchant/product/");
    } catch {
      if (/^https?:/.test(text)) report(element, text, "is no address");
    }
  }

  const textOf = element => element.dataset.configurator || (element.nodeName === "IFRAME" && element.getAttribute("src")) || "";

  // The scheme that is pinned, or else that of the element's place; "auto" is the system's.
  function schemeOf({ element, pinned }) {
    if (/^(light|dark|auto)$/.test(pinned)) return pinned;
    const { colorScheme } = getComputedStyle(element);
    const page = colorScheme === "normal" ? document.querySelector("meta[name=color-scheme]")?.content : colorScheme;
    return /dark/.test(page) ? /light/.test(page) ? "auto" : "dark" : "light";
  }

  function adopt(element) {
    const known = widgets.get(element), text = textOf(element);
    if (!text || known?.text === text) return;
    const url = addressIn(element, text);
    if (!url) return;
    const { height = "auto", lang, link = "cfg", title = "Configurator", scheme: pinned = url.searchParams.get("color-scheme") } = element.dataset, page = shopPage();
    const shared = page && new URL(page).searchParams.get(link);
    if (/^[\w-]{22}$/.test(shared)) url.pathname += `c/${shared}/`;
    else new URLSearchParams(shared || "").forEach((value, key) => url.searchParams.set(key, value));
    if (lang) url.searchParams.set("lang", lang);
    url.searchParams.set("color-scheme", schemeOf({ element, pinned }));
    let frame = element;
    if (element.nodeName !== "IFRAME") {
      frame = document.createElement("iframe");
      frame.title = title;
      frame.sandbox = "allow-scripts allow-forms allow-same-origin allow-popups";
      frame.allow = "clipboard-write; xr-spatial-tracking";
      frame.style.cssText = "display:block;width:100%;border:0";
      frame.src = url;
      element.replaceChildren(frame);
    } else if (!element.getAttribute("src") || shared || lang) frame.src = url;
    else frame.contentWindow?.postMessage({ v: 1, type: "ping" }, "*");
    if (frame !== element || element.dataset.height) setHeight(frame, height === "auto" ? "max(640px, 100vh)" : height);
    // A frame without an origin says "null".
    const origin = frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin") ? "null" : url.origin;
    const post = (type, data) => frame.contentWindow?.postMessage({ v: 1, type, ...data }, origin === "null" ? "*" : origin);
    const widget = element.configurator = {
      element, frame, origin, height, pinned, post, text: textOf(element), url, link,
      hello: () => post("hello", { page: pageWith(link), parameter: link, height, scheme: widget.scheme = schemeOf(widget) }),
      set: choices => post("set", { choices }),
    };
    widgets.set(element, widget);
  }

  const setHeight = (frame, height) => frame.style.setProperty("height", height, "important");

  addEventListener("message", ({ source, origin, data }) => {
    const widget = [...widgets.values()].find(({ frame }) => frame.contentWindow === source);
    if (!widget || origin !== widget.origin || data?.v !== 1) return;
    let { v, type, ...detail } = data;
    const { element, url, link } = widget;
    // Where a frame goes on that is moved, and so loads anew.
    const goOn = (path, search) => {
      widget.place = Object.assign(new URL(url), { pathname: url.pathname.replace(/c\/[\w-]{22}\/$/, "") + path, search });
      url.searchParams.forEach((value, key) => /^(lang|country|region)$|\w-/.test(key) && widget.place.searchParams.set(key, value));
      // So that a reload loses nothing, where the shop wants that.
      if ("keep" in element.dataset && shopPage() === location.href) history.replaceState(history.state, "", pageWith(link, detail.id || search));
    };
    if (type === "ready") { widget.isReady = 0; widget.hello() }
    else if (type === "size" && widget.height === "auto") {
      widget.wanted = Math.min(20000, Math.max(320, detail.height));
      widget.paper = Math.min(20000, Math.max(widget.wanted, detail.paper || 0));
      // The snippet reserved this room.
      if (element !== widget.frame) element.style.removeProperty("min-height");
      fit(widget);
      view();
    } else if (type === "see") reveal(widget, detail);
    else if (/^(changed|completed|refused)$/.test(type)) {
      if (type === "changed") {
        goOn("", detail.query);
        if (!widget.isReady) { widget.isReady = 1; type = "ready" }
      } else if (type === "completed") {
        detail.link = pageWith(link, detail.id);
        goOn(`c/${detail.id}/`, "");
      }
      element.dispatchEvent(new CustomEvent(`configurator:${type}`, { bubbles: true, detail }));
      for (const [name, listener] of listeners) if (name === type) listener(detail, widget);
    }
  });

  const scrolls = element => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowY);
  const ancestors = element => {
    const found = [];
    for (let up = element.parentElement; up && up !== document.body && up !== document.documentElement; up = up.parentElement) found.push(up);
    return found;
  };

  // A header or banner that stays over the page covers the frame as well; the shop may say how much at the top.
  function over(frame, x, y) {
    let at = document.elementFromPoint(x, y);
    for (; at && !at.contains(frame); at = at.parentElement) if (/fixed|sticky/.test(getComputedStyle(at).position)) return at.getBoundingClientRect();
  }

  // The part of the window in which a frame can be seen at all.
  function opening({ element, frame }) {
    const box = frame.getBoundingClientRect(), middle = box.left + box.width / 2;
    let top = 0, bottom = innerHeight;
    for (const up of ancestors(frame)) if (scrolls(up)) {
      const edges = up.getBoundingClientRect();
      top = Math.max(top, edges.top);
      bottom = Math.min(bottom, edges.bottom);
    }
    const header = over(frame, middle, Math.max(top, box.top) + 1), footer = over(frame, middle, Math.min(bottom, box.bottom) - 1);
    if ("inset" in element.dataset) top = Math.max(top, parseFloat(element.dataset.inset) || 0);
    else if (header && header.bottom < innerHeight / 2) top = Math.max(top, header.bottom);
    if (footer && footer.top > innerHeight / 2) bottom = Math.min(bottom, footer.top);
    return { box, top, bottom, scale: box.height / frame.offsetHeight || 1 };
  }

  const scroller = frame => ancestors(frame).find(up => /auto|scroll/.test(getComputedStyle(up).overflowY) && up.scrollHeight > up.clientHeight) || document.scrollingElement;

  function reveal(widget, seen) {
    const { box, top, bottom, scale } = opening(widget);
    const from = box.top + seen.top * scale - top - 20, to = box.top + seen.bottom * scale - bottom + 140;
    if (from < 0 || to > 0) scroller(widget.frame).scrollBy(0, Math.min(from, Math.max(to, Math.min(from, 0))));
  }

  // A frame that gets lower does so below what is seen, so that the page does not jump.
  function fit({ frame, wanted }) {
    const box = scroller(frame), below = box.scrollHeight - box.scrollTop - box.clientHeight;
    setHeight(frame, `${Math.max(wanted, Math.ceil(frame.offsetHeight - below))}px`);
  }

  // Which part of a frame is seen: picture and price stay there.
  let waits;
  const view = () => waits ||= requestAnimationFrame(() => {
    waits = 0;
    for (const widget of widgets.values()) if (widget.isReady) {
      if (widget.scheme !== schemeOf(widget)) widget.hello();
      if (widget.height !== "auto") continue;
      if (widget.wanted < widget.frame.offsetHeight) fit(widget);
      const { box, top, bottom, scale } = opening(widget);
      widget.post("view", { top: Math.max(0, top - box.top) / scale, bottom: Math.min(box.height, bottom - box.top) / scale });
    }
  });
  // A printer takes the frame as high as it is, and its columns stand below each other on paper.
  addEventListener("beforeprint", () => widgets.forEach(({ frame, paper }) => paper && setHeight(frame, `${paper}px`)));
  addEventListener("afterprint", () => widgets.forEach(widget => widget.paper && fit(widget)));
  for (const type of ["scroll", "resize"]) addEventListener(type, view, { passive: true, capture: true });

  // Routers, Turbo, page builders and consent managers change pages.
  function scan() {
    for (const element of widgets.keys()) if (!element.isConnected) widgets.delete(element);
    document.querySelectorAll("[data-configurator]").forEach(adopt);
    document.querySelectorAll("html, body").forEach(element => dressed.observe(element, { attributes: true }));
  }
  const dressed = new MutationObserver(view);
  new MutationObserver(records => {
    for (const { removedNodes } of records) for (const node of removedNodes) for (const [element, widget] of widgets) {
      // Put in again, a frame loads anew what its address says.
      if (node.isConnected && node.contains(element) && widget.place) widget.frame.contentWindow?.location.replace(widget.place);
    }
    scan();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-configurator", "src"] });

  window[mine] = { on: (type, listener) => listeners.push([type, listener]), scan };
  if (!window.Configurator) window.Configurator = window[mine];
  scan();
  document.addEventListener("DOMContentLoaded", scan);
})();
